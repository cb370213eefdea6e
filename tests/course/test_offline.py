"""The book in one file, opened from the disk; built once from a site that is built once."""

import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from course import offline
from course.book import ROOT, Refused
from course.onefile import at, data, face, names, one_file, to
from playwright.sync_api import Page, expect


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built for this file alone."""
    folder = tmp_path_factory.mktemp("site")
    command = [ROOT / ".venv/bin/jupyter-book", "build", ROOT, "--path-output", folder, "-q"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return folder / "_build/html"


@pytest.fixture(scope="module")
def book(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one file, alone in its folder."""
    file = tmp_path_factory.mktemp("one file") / "book.html"
    file.write_text(one_file(site, ""), "utf-8")
    return file


@pytest.fixture
def page(book: Path, visit) -> Page:
    """The file, open from the disk, when its widgets are alive."""
    one: Page = visit(viewport={"width": 1280, "height": 900}).page
    one.goto(book.as_uri())
    one.wait_for_function("performance.getEntriesByName('widgets-ready').length")
    return one


def test_it_is_small_and_asks_for_nothing(book: Path, visit):
    """Under six megabytes, and the only file that a browser asks for."""
    assert book.stat().st_size <= offline.LARGEST
    one: Page = visit().page
    asked: list[str] = []
    one.on("request", lambda request: asked.append(request.url))
    one.goto(book.as_uri())
    one.wait_for_function("performance.getEntriesByName('widgets-ready').length")
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [book.as_uri()]


def test_every_chapter_is_there_and_every_link_lands(book: Path):
    """Each link within the file has its place."""
    whole = re.sub(r"<(script|style).*?</\1>", "", book.read_text("utf-8"), flags=re.S)
    ids = re.findall(r' id="([^"]+)"', whole)
    pages = set(re.findall(r'<div class="page" id="([^"]+)"', whole))
    assert pages == {at(name) for name in names()}
    assert {"dice", "bce", "bce-dice", "iou", "focal", "choosing"} <= pages
    links = re.findall(r' href="#([^"]+)"', whole)
    assert len(links) > 500
    assert {link for link in links if link not in set(ids)} == {link for link in links if "=" in link}


def test_a_page_at_a_time(page: Page):
    """The contents turn the pages, a link leads into another page, Back returns."""
    shown = page.locator(".page[data-shown]")
    expect(shown).to_have_count(1)
    expect(shown.locator("h1")).to_contain_text("From an X-ray to a number")
    page.locator(".bd-links").get_by_role("link", name="Dice loss").click()
    expect(shown).to_have_id("dice")
    link = shown.locator("a.glossary-term").first
    there = link.get_attribute("href")
    link.click()
    expect(shown).to_have_id("glossary")
    expect(page).to_have_url(re.compile(f"{there}$"))
    page.go_back()
    expect(shown).to_have_id("dice")


def test_its_widgets_are_alive(page: Page):
    """On the first page at once, on another when it is shown; a question answers."""
    cell = page.locator("#intro [role=gridcell]").nth(12)
    cell.click()
    expect(cell).to_have_attribute("aria-selected", "true")
    assert page.locator("#dice .live-widget").count() == 0
    page.goto(f"{page.url.split('#')[0]}#dice--dice-draw")
    page.locator("#dice .grid-painter").get_by_role("button", name="prediction 2").first.click()
    expect(page.locator("#dice .grid-painter").first).to_contain_text("0.3704")
    page.locator("#dice input[type=radio]").first.check()
    page.locator("#dice").get_by_role("button", name="Commit").first.click()
    expect(page.locator("#dice .qu-reason").first).to_be_visible()


def test_a_link_to_a_part_shows_it(page: Page):
    """It stands at the top of the window, also when the widgets above it have grown."""
    page.goto(f"{page.url.split('#')[0]}#focal--focal-remember")
    expect(page.locator("#focal .live-widget").first).to_be_visible()
    page.wait_for_function(
        "() => Math.abs(document.getElementById('focal--focal-remember').getBoundingClientRect().top) < 200"
    )


def test_a_link_to_a_state(page: Page):
    """It leads to the widget whose name it begins with, on that widget's page."""
    page.goto(f"{page.url.split('#')[0]}#choosing")
    page.locator("#choosing a[href^='#playground=']").click()
    expect(page.locator(".page[data-shown]")).to_have_id("playground")
    expect(page.locator("#playground .live-widget").first).to_be_visible()


def test_a_link_that_a_widget_makes(page: Page):
    """It is written as on the site, and leads to the place in the file."""
    page.evaluate(
        "() => { const a = document.createElement('a'); a.href = 'iou.html#iou-puzzle'; a.textContent = 'x';"
        " document.querySelector('#intro h1').append(a); }"
    )
    page.locator("#intro h1 a[href='iou.html#iou-puzzle']").click()
    expect(page.locator(".page[data-shown]")).to_have_id("iou")


def test_without_scripts_all_pages_are_shown(book: Path, visit):
    """One after the other, each widget as its picture."""
    one: Page = visit(java_script_enabled=False).page
    one.goto(book.as_uri())
    assert one.locator(".page").count() == len(names())
    expect(one.locator("#corrections h1")).to_be_visible()
    expect(one.locator("#dice .widget-still").nth(1)).to_be_visible()


def test_the_memory_stick(site: Path, tmp_path: Path):
    """The zip holds the site as it is, and no sources, which have the solutions."""
    offline.pack(site, tmp_path / "stick.zip")
    with zipfile.ZipFile(tmp_path / "stick.zip") as packed:
        found = packed.namelist()
        assert packed.read("stick/book/dice.html") == (site / "book/dice.html").read_bytes()
    assert "stick/index.html" in found
    assert not [name for name in found if "_sources" in name]


def test_addresses():
    """To its own part, to another page, to one in a folder, to another host, to what is left out."""
    assert to("#the-formula", "dice") == ' href="#dice--the-formula"'
    assert to("bce.html", "dice") == ' href="#bce"'
    assert to("../dice.html#the-formula", "widgets/grid-painter") == ' href="#dice--the-formula"'
    assert to("widgets/grid-painter.html", "dice") == ' href="#widgets-grid-painter"'
    assert to("https://pytorch.org/#a", "dice") == ' href="https://pytorch.org/#a"'
    assert to("api.html#losses", "dice") == ""
    assert to("playground.html#playground=nEIA", "choosing") == ' href="#playground=nEIA"'


def test_fonts():
    """Of each font one format, and no alphabet that no formula uses."""
    rule = '@font-face{font-family:A;src:url(a.woff2) format("woff2"),url(a.ttf) format("truetype")}'
    assert face(rule) == '@font-face{font-family:A;src:url(a.woff2) format("woff2")}'
    assert face("@font-face{font-family:KaTeX_Fraktur;src:url(a.woff2)}") == ""
    assert data(Path("a.css"), "data:image/png;base64,x") == "data:image/png;base64,x"


def test_a_site_that_is_not_built(tmp_path: Path):
    """One clear line, and what to do."""
    with pytest.raises(Refused, match=r"the site must be built; got no .*intro\.html\. Hint: make site\."):
        one_file(tmp_path, "")


def test_a_file_too_large_is_not_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """It says how large it would have been."""
    monkeypatch.setattr(offline, "one_file", lambda site, style: "x" * 11)
    monkeypatch.setattr(offline, "LARGEST", 10)
    monkeypatch.setattr(offline, "TARGET", tmp_path / "offline")
    monkeypatch.setattr("sys.argv", ["offline"])
    with pytest.raises(Refused, match="at most 10 bytes; got 11"):
        offline.main()
    assert list(tmp_path.iterdir()) == []

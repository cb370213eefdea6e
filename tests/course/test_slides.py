"""The decks: built once, shown in a real browser from their files."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from course import slides
from course.book import ROOT, Refused
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

SIZE = {"width": 1280, "height": 720}
SLIDE = "section.present:not(.stack)"
LEAST_TEXT = 17  # pixels of a window of 1280 by 720: a class reads it as 26 of 1920 by 1080
LEAST_DRAWN = 0.55  # of a widget as decks draw it, whose text has 18.75 pixels

MARKED = slides.with_slides([])
LOSSES = ["dice", "bce", "bce-dice", "iou", "focal"]


def built(names: list[str], folder: Path, before: str = "") -> subprocess.CompletedProcess[str]:
    """Build decks in a process of their own: Sphinx leaves much behind in the one it runs in."""
    code = f"from pathlib import Path; from course import slides; {before}\n"
    code += f"slides.build({names!r}, Path({str(folder)!r}))"
    paths = os.pathsep.join([str(ROOT / "tools"), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": paths}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def decks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All decks."""
    folder = tmp_path_factory.mktemp("slides")
    ran = built(MARKED, folder)
    assert ran.returncode == 0, ran.stderr
    return folder


@pytest.fixture
def show(decks: Path, visit) -> Callable[..., Page]:
    """``show("dice", at="dice-draw")``: a deck at one of its slides."""

    def open_one(name: str, query: str = "", at: str = "", **options) -> Page:
        one = visit(**{"viewport": SIZE, **options})
        page: Page = one.page
        page.goto((decks / f"{name}.html").as_uri() + query + (f"#/{at}" if at else ""))
        page.wait_for_function("window.Reveal?.isReady()")
        return page

    return open_one


def test_each_chapter_has_a_deck_with_what_a_lesson_has(decks: Path):
    """A puzzle, a guess, a widget, a formula, code, a question from before, an exercise, notes."""
    assert set(LOSSES) <= set(MARKED)
    for name in LOSSES:
        page = (decks / f"{name}.html").read_text("utf-8")
        ids = re.findall(r'<section[^>]* id="([\w-]+)"', page)
        for part in ("title", "puzzle", "formula", "step-widget", "remember", "recall"):
            assert f"{name}-{part}" in ids, name
        assert any("exercise" in one for one in ids), name
        for what in ("notes", "katex", "highlight-ipython3", "question-still"):
            assert f'class="{what}' in page or f"{what} " in page, (name, what)


def test_no_deck_shows_a_solution(decks: Path):
    """A solution is not among the cells, and no source of a page lies beside the decks."""
    assert not (decks / "_sources").exists()
    for name in MARKED:
        assert "solution" not in (decks / f"{name}.html").read_text("utf-8").split("application/vnd")[0], name


MEASURE = """() => Reveal.getSlides().map(slide => {
    const { h, v } = Reveal.getIndices(slide);
    Reveal.slide(h, v ?? 0, 99);
    const frame = slide.getBoundingClientRect();
    const hidden = ".sl-hidden, .katex-mathml, .notes, svg *"; // for screen readers, for the speaker, cut off
    const shown = [...slide.querySelectorAll("*")].filter(one =>
        one.checkVisibility({ visibilityProperty: true }) && !one.closest(hidden));
    const boxes = shown.map(one => one.getBoundingClientRect()).filter(box => box.width && box.height);
    const style = getComputedStyle(slide);
    return {
        id: slide.id,
        fit: Number(style.getPropertyValue("--fit")) , drawn: Number(style.getPropertyValue("--drawn") || 1),
        title: slide.firstElementChild.textContent,
        right: Math.max(...boxes.map(box => box.right)) - frame.right,
        bottom: Math.max(...boxes.map(box => box.bottom)) - frame.bottom,
        left: frame.left - Math.min(...boxes.map(box => box.left)),
        window: [frame.width, frame.height],
    };
})"""


@pytest.mark.parametrize("name", MARKED)
def test_every_slide_holds_what_it_shows(show, name: str):
    """Nothing reaches over the edge of a slide, and nothing is drawn too small to be read."""
    for slide in show(name).evaluate(MEASURE):
        assert max(slide["right"], slide["bottom"], slide["left"]) <= 1, slide
        assert slide["window"] == [1280, 720], slide
        assert slide["title"].strip(), slide
        assert slide["fit"] * 24 >= LEAST_TEXT, slide
        assert slide["fit"] * slide["drawn"] >= LEAST_DRAWN, slide


@pytest.mark.parametrize("window", [SIZE, {"width": 1000, "height": 700}])
def test_the_pointer_paints_the_pixel_it_points_at(show, window: dict[str, int]):
    """However the slide is scaled."""
    page = show("dice", at="dice-draw", viewport=window)
    grid = page.locator(f"{SLIDE} .grid-painter [role=gridcell]")
    for row, column in ((0, 0), (8, 8), (9, 9)):
        cell = grid.nth(10 * row + column)
        before = cell.get_attribute("aria-selected")
        box = cell.bounding_box()
        page.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + 0.2 * box["height"])
        expect(cell).not_to_have_attribute("aria-selected", before)


def place(page: Page) -> str:
    """The slide that is shown."""
    return page.evaluate("Reveal.getCurrentSlide().id")


def test_keys_of_a_widget_turn_no_slide(show):
    """Arrows, Space, digits in a grid, arrows in a slider. Escape gives them back, Page Down always turns."""
    page = show("dice", at="dice-draw")
    cell = page.locator(f"{SLIDE} .grid-painter [role=gridcell]").nth(45)
    cell.click()
    selected = cell.get_attribute("aria-selected")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.ariaLabel").startswith("row 5, column 7")
    for key in ("ArrowLeft", "Space", "1", "ArrowDown", "Home"):
        page.keyboard.press(key)
    expect(cell).not_to_have_attribute("aria-selected", selected)
    assert place(page) == "dice-draw"

    slider = page.locator(f"{SLIDE} .grid-painter input[type=range]").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert place(page) == "dice-draw"
    assert slider.evaluate("one => one.valueAsNumber") > 0
    page.keyboard.press("PageDown")
    assert place(page) == "dice-formula"
    page.keyboard.press("PageUp")

    cell.click()
    page.keyboard.press("Escape")
    assert not page.evaluate("Reveal.isOverview()")
    page.keyboard.press("ArrowRight")
    assert place(page) == "dice-formula"


def test_a_pressed_button_keeps_space_and_leaves_the_arrows(show):
    """After a click on Play the next arrow turns the slide; Space presses the button again."""
    page = show("dice", at="dice-draw")
    page.locator(SLIDE).get_by_role("button", name="prediction 2").click()
    page.keyboard.press("Space")
    assert place(page) == "dice-draw"
    page.keyboard.press("ArrowRight")
    assert place(page) == "dice-formula"


def test_a_field_takes_digits(show):
    """A number is typed into an answer, and the deck stays where it is."""
    page = show("bce", at="bce-base-rate-guess")
    field = page.locator(f"{SLIDE} input[type=number]")
    field.click()
    field.press_sequentially("0.5")
    assert field.input_value() == "0.5"
    assert place(page) == "bce-base-rate-guess"


def test_an_answer_and_its_reason_fit(show):
    """What opens below a question stays on its slide."""
    page = show("dice", at="dice-guess")
    page.locator(f"{SLIDE} input[type=radio]").first.check()
    page.locator(SLIDE).get_by_role("button", name="Commit").click()
    reason = page.locator(f"{SLIDE} .qu-reason").last
    expect(reason).to_be_visible()
    page.wait_for_function(
        "() => { const s = Reveal.getCurrentSlide(); return s.scrollHeight <= s.clientHeight + 1; }"
    )


def test_a_fragment_waits_for_a_key():
    """The kinds of cells that a notebook may mark, each as Jupyter means it."""
    from decks import marked

    def cell(kind: str, **more) -> dict:
        return {"cell_type": "markdown", "id": f"a-{kind}", "source": "x", "metadata": more}

    kinds = ("slide", "fragment", "notes", "-", "skip")
    cells = [*(cell(kind, slideshow={"slide_type": kind}) for kind in kinds), cell("unmarked")]
    marks = [one["source"] for one in marked(cells)][::2]
    assert marks == [f"% cell {kind} a-{kind}" for kind in kinds[:-1]]


def test_light_and_dark(show):
    """As the system asks, and the other at the press of T; axe finds no text that is hard to read."""
    page = show("dice", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 30)"
    page.keyboard.press("t")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_deck_is_readable(show, violations, scheme: str):
    """No contrast too low on a slide of text, of code, of a question."""
    page = show("dice", color_scheme=scheme)
    for at in ("dice-formula", "dice-raw-mask", "dice-guess"):
        page.evaluate("at => { location.hash = `/${at}`; }", at)
        page.wait_for_function("at => Reveal.getCurrentSlide().id === at", arg=at)
        assert violations(page, f"{SLIDE} *", runOnly=["color-contrast"]) == []


def test_the_speaker_has_notes(show):
    """They hold what the speaker says, and the minutes; the class does not see them."""
    page = show("dice", at="dice-draw")
    notes = page.evaluate("Reveal.getSlideNotes()")
    assert "Seven minutes" in notes
    assert "0.4286" in notes
    assert "Seven minutes" not in page.locator(SLIDE).inner_text()


def test_paper(decks: Path, tmp_path: Path, browser: Browser):
    """Each slide is a page of the PDF."""
    slides.print_deck(browser, decks / "iou.html", tmp_path / "iou.pdf")
    pages = PdfReader(tmp_path / "iou.pdf").pages
    assert len(pages) == (decks / "iou.html").read_text("utf-8").count("<section  id=")
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pages} == {(960, 540)}
    assert "Which model has the higher mean?" in pages[2].extract_text()


def test_an_unknown_chapter_and_one_without_slides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Each is one clear line."""
    with pytest.raises(Refused, match=r"chapter must be one of intro, dice, .*; got 'dise'"):
        slides.with_slides(["dise"])
    monkeypatch.setattr(slides, "any_marked", lambda path: False)
    with pytest.raises(Refused, match=r"must have cells for slides; got none in dice\. Hint: "):
        slides.with_slides(["dice"])


def test_a_build_that_warns_leaves_nothing(tmp_path: Path):
    """A missing bibliography, say, stops it."""
    broken = (
        "own = slides.settings; slides.settings = lambda names: own(names) | {'bibtex_bibfiles': ['no.bib']}"
    )
    ran = built(["dice"], tmp_path, broken)
    assert "Refused: slides must build without a warning; got: " in ran.stderr
    assert list(tmp_path.iterdir()) == []

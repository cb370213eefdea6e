"""What makes a site found and passed on: on the book as built here, and on a small one with addresses."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
from PIL import Image

from tests.site.conftest import PAGES, ROOT

ADDRESS = "https://name.github.io/losses/"
CONF = """
import sys
sys.path.insert(0, {folder!r})
extensions = ["myst_nb", "published"]
html_title, author, nb_execution_mode = "A small book", "Its authors", "off"
html_theme, html_context = "sphinx_book_theme", {{"default_mode": "auto"}}
"""
INDEX = """# The first page

*Two minutes.*

What a page is about stands in its first paragraph of prose, and this is one of some length: long enough to be
cut where a search engine would cut it, at the end of a word that still fits into what it shows of a page.

```{toctree}
second
third
```
"""


def head(page: Path) -> dict[str, str]:
    """The names and contents of a page's meta tags."""
    tags = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page.read_text("utf-8"))
    return dict(tags)


@pytest.fixture
def small(tmp_path: Path):
    """``small(**environment)`` builds a book of three pages: the process, and the folder of its site."""
    (tmp_path / "conf.py").write_text(CONF.format(folder=str(ROOT / "book/_ext")))
    (tmp_path / "index.md").write_text(INDEX)
    (tmp_path / "second.md").write_text("# Second & short\n\nShort.\n")
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# Third, which runs", id="title")]
    )
    nbformat.write(notebook, tmp_path / "third.ipynb")

    def build(**environment: str):
        command = [sys.executable, "-m", "sphinx", "-q", "-W", str(tmp_path), str(tmp_path / "html")]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("BOOK_")}
        done = subprocess.run(command, env=clean | environment, capture_output=True, text=True)
        return done, tmp_path / "html"

    return build


def test_each_page_says_what_it_is_about(site: Path):
    """A description of its own, in prose, and a title for messengers; nothing that needs an address."""
    heads = {name: head(site / f"{name}.html") for name in PAGES}
    descriptions = [tags.get("description", "") for tags in heads.values()]
    assert all(40 <= len(text) <= 162 for text in descriptions), heads
    assert len(set(descriptions)) == len(PAGES)
    assert all(tags["og:title"] and tags["og:description"] for tags in heads.values())
    assert not [name for name, tags in heads.items() if {"og:url", "og:image"} & set(tags)]
    assert not (site / "sitemap.xml").exists()
    assert (site / "robots.txt").read_text() == "User-agent: *\nAllow: /\n"


def test_each_page_has_a_markdown_twin(site: Path):
    """The list names all pages in order, and each page its twin: title, prose, code, what it printed."""
    listed = re.findall(r"\]\((.+)\.md\)", (site / "llms.txt").read_text("utf-8"))
    assert listed == PAGES
    for name in PAGES:
        text = (site / f"{name}.md").read_text("utf-8")
        assert text.startswith(("# ", "("))
        assert f'type="text/markdown" href="{Path(name).name}.md"' in (site / f"{name}.html").read_text(
            "utf-8"
        )
    dice = (site / "book/dice.md").read_text("utf-8")
    assert r"DSC = \frac{2 \times 19}{19 + 20} = \frac{38}{39}" in dice  # a formula as it was written
    assert "```text\n0.0256\n```" in dice  # what a cell printed
    assert "*Picture: The grid painter as a still picture" in dice
    assert "Run All Cells" not in dice  # a line for Jupyter alone
    assert "#### `dice_loss(inputs, targets, smooth," in (site / "book/api.md").read_text("utf-8")


def test_the_way_back_stands_in_the_page_for_a_wrong_address(site: Path):
    """It needs no other file, for nobody knows how deep the wrong address was."""
    lost = (site / "404.html").read_text("utf-8")
    assert '<base href="/">' in lost
    assert not re.search(r"<(script|link|img)", lost)


def test_a_page_can_be_passed_on(site: Path):
    """Its foot holds the licence and a line to copy, with the page's title."""
    foot = (site / "book/iou.html").read_text("utf-8")
    assert (
        "“IoU loss: the stricter twin of Dice”, Segmentation Losses, Pixel by Pixel, The authors of" in foot
    )


def test_an_address_fills_what_needs_one(small):
    """Canonical addresses, pictures of the right size, a site map, the way home, under a path of its own."""
    done, html = small(BOOK_ADDRESS=ADDRESS.rstrip("/"))  # the final slash may be left out
    assert done.returncode == 0, done.stderr
    tags = head(html / "index.html")
    assert tags["og:url"] == ADDRESS + "index.html"
    assert tags["description"].endswith("would cut it, at the …")
    assert len(tags["description"]) <= 162
    assert tags["og:image"] == ADDRESS + "_images/cards/index.png"
    with Image.open(html / urlsplit(tags["og:image"]).path.removeprefix("/losses/")) as card:
        assert card.size == (1200, 630)
    assert "description" not in head(html / "second.html")  # it has no sentence to show
    assert head(html / "second.html")["og:title"] == "Second &amp; short"
    places = [place.text for place in ET.parse(html / "sitemap.xml").iter() if place.tag.endswith("loc")]
    assert places == [ADDRESS + "index.html", ADDRESS + "second.html", ADDRESS + "third.html"]
    assert (html / "robots.txt").read_text().endswith(f"Sitemap: {ADDRESS}sitemap.xml\n")
    assert '<base href="/losses/">' in (html / "404.html").read_text()


def test_a_repository_brings_the_buttons_that_start_a_chapter(small):
    """Binder and Colab open this chapter of that repository; a page that runs nothing has no button."""
    done, html = small(BOOK_REPOSITORY="https://github.com/name/losses")
    assert done.returncode == 0, done.stderr
    links = re.findall(r'href="(https://(?:mybinder|colab)[^"]*)"', (html / "third.html").read_text("utf-8"))
    assert [urlsplit(link).netloc for link in links] == ["mybinder.org", "colab.research.google.com"]
    assert all("name/losses" in link and "third.ipynb" in link for link in links)
    assert not re.search("mybinder|colab", (html / "second.html").read_text("utf-8"))  # nothing to run


def test_a_hub_brings_a_button_of_its_own(small):
    """It pulls the repository into the student's home and opens the chapter there in JupyterLab."""
    given = {"BOOK_REPOSITORY": "https://github.com/name/losses", "BOOK_HUB": "https://hub.school.edu/"}
    done, html = small(**given)
    assert done.returncode == 0, done.stderr
    (link,) = re.findall(r'href="(https://hub[^"]*)"', (html / "third.html").read_text("utf-8"))
    asked = parse_qs(urlsplit(unescape(link)).query)
    assert urlsplit(link).path == "/hub/user-redirect/git-pull"
    assert asked == {
        "repo": ["https://github.com/name/losses"],
        "branch": ["main"],
        "urlpath": ["lab/tree/losses/third.ipynb"],
    }
    del given["BOOK_REPOSITORY"]
    done, _ = small(**given)
    assert done.returncode != 0
    assert (
        "BOOK_REPOSITORY must be given with BOOK_HUB; got 'https://hub.school.edu' alone. Hint:"
        in done.stderr
    )


@pytest.mark.parametrize("setting", ["BOOK_ADDRESS", "BOOK_REPOSITORY", "BOOK_HUB"])
def test_a_bad_address_stops_the_build(small, setting):
    """It says what must be, what came, and what to do."""
    done, _ = small(**{setting: "name.github.io"})
    assert done.returncode != 0
    assert (
        f"{setting} must be an address that begins with https://; got 'name.github.io'. Hint:" in done.stderr
    )

"""Slides of the chapters: a reveal.js deck each, that needs no network and no server.

    make slides                  every chapter with marked cells, into _build/slides
    make slides CHAPTER=dice     this one
    make slides-pdf              the same as PDF

Which cells a deck shows, its notebook says (`book/_ext/decks`).
"""

import argparse
import io
import json
import shutil
import sys
import tempfile
from contextlib import nullcontext
from html import escape
from pathlib import Path
from typing import Any

import yaml
from myst_nb.core.render import base_render_priority
from playwright.sync_api import Browser, ViewportSize
from sphinx.application import Sphinx
from sphinx.errors import SphinxError

from course.book import ROOT, Refused, chapters, command, written
from course.browser import opened

TARGET = ROOT / "_build/slides"
BOOK, EXTENSIONS = ROOT / "book", ROOT / "book/_ext"
SIZE: ViewportSize = {"width": 1280, "height": 720}
WORDS = {"en": {"decks": "Slides"}}
INDEX = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body {{ font: 1.1rem/1.8 system-ui, sans-serif; max-width: 40em; margin: 2em auto; padding: 0 1em }}
:root {{ color-scheme: light dark }}</style></head>
<body><main><h1>{title}</h1><ul>
{items}
</ul></main></body></html>
"""


def settings(names: list[str]) -> dict[str, Any]:
    """What Sphinx is told: the book's own settings where they matter, and how reveal.js is to behave."""
    book = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    own = ("nb_render_markdown_format", "bibtex_reference_style")
    return {
        "project": book["title"],
        "extensions": [
            *("myst_nb", "sphinx_design", "sphinxcontrib.bibtex", "sphinx_revealjs"),
            *("live_widgets", "stored_widgets", "finished_formulas", "inline_pictures", "decks"),
        ],
        # the list of references is read for who is cited, and not written
        "include_patterns": [*(f"{name}.ipynb" for name in names), "references.md"],
        "root_doc": "references",
        "suppress_warnings": ["myst.header"],
        "myst_enable_extensions": book["parse"]["myst_enable_extensions"],
        "bibtex_bibfiles": ["references.bib"],
        **{name: book["sphinx"]["config"][name] for name in own},
        "nb_execution_mode": "off",
        "nb_mime_priority_overrides": [
            ("revealjs", kind, place) for kind, place in base_render_priority()["html"].items()
        ],
        "html_copy_source": False,
        "pygments_style": "a11y-high-contrast-light",
        "revealjs_html_theme": "revealjs-simple",
        "revealjs_style_theme": "decks.css",
        "revealjs_static_path": [str(BOOK / "_static"), str(EXTENSIONS / "decks/static")],
        "revealjs_css_files": ["live_widgets.css", "book.css", "pygments.css", "pygments-in-the-dark.css"],
        "revealjs_use_section_ids": True,
        "revealjs_script_conf": json.dumps(
            {**SIZE, "margin": 0, "center": False, "hash": True, "transition": "none"}
            | {"controlsLayout": "edges", "slideNumber": True}
            | {"viewDistance": 1000}  # slides that are far off stay measured
            | {"pdfMaxPagesPerSlide": 1, "pdfSeparateFragments": False}
        ),
        "revealjs_script_plugins": [
            {"name": "RevealNotes", "src": "revealjs/plugin/notes/notes.js"},
            {"name": "Deck", "src": "decks.js"},
        ],
    }


def build(names: list[str], folder: Path) -> None:
    """Write the decks of these chapters into a folder.

    Raises:
        Refused: Sphinx warns of something, or cannot go on; its own words say of what.
    """
    if str(EXTENSIONS) not in sys.path:
        sys.path.insert(0, str(EXTENSIONS))
    with tempfile.TemporaryDirectory() as work:
        out, said = Path(work) / "html", io.StringIO()
        try:
            paths = (BOOK, None, out, Path(work) / "doctrees")
            app = Sphinx(
                *paths, "revealjs", settings(names), None, said, warningiserror=True, keep_going=True
            )
            app.build(filenames=[str(BOOK / f"{name}.ipynb") for name in names])
        except SphinxError as error:
            raise Refused(f"slides must build without a warning; got: {error}") from error
        if said.getvalue():
            raise Refused(f"slides must build without a warning; got: {said.getvalue().strip()}")
        for part in ("_images", "_static"):
            shutil.copytree(out / part, folder / part)
        for name in names:
            shutil.copy(out / f"{name}.html", folder)
        titles = {name: app.env.titles[name].astext() for name in names}
    items = "\n".join(f'<li><a href="{name}.html">{escape(title)}</a></li>' for name, title in titles.items())
    index = INDEX.format(language="en", title=WORDS["en"]["decks"], items=items)
    (folder / "index.html").write_text(index, "utf-8")


def print_deck(browser: Browser, deck: Path, target: Path) -> None:
    """Print a deck, each slide a page, its fragments shown."""
    page = browser.new_page(viewport=SIZE)
    page.emulate_media(media="print")  # before the slides are measured
    page.goto(f"{deck.as_uri()}?print-pdf")
    page.wait_for_function("Reveal.isReady() && document.querySelectorAll('.pdf-page').length")
    page.pdf(path=target, prefer_css_page_size=True, print_background=True, tagged=True)
    page.close()


def with_slides(names: list[str]) -> list[str]:
    """The chapters of these names, or all, that have cells for slides.

    Raises:
        Refused: one that was asked for has none.
    """
    marked = {path.stem: any_marked(path) for path in chapters(*names)}
    for name in names:
        if not marked[name]:
            hint = 'Hint: mark cells by their metadata, "slideshow": {"slide_type": "slide"}.'
            raise Refused(f"a chapter must have cells for slides; got none in {name}. {hint}")
    return [name for name, slides in marked.items() if slides]


def any_marked(notebook: Path) -> bool:
    """Tell whether any cell of a notebook is marked for a slide."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return any(cell["metadata"].get("slideshow", {}).get("slide_type", "skip") != "skip" for cell in cells)


def main() -> None:
    """Make the decks that the command line names, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", help="names such as dice; all without one")
    parser.add_argument("--pdf", action="store_true", help="print them, too")
    asked = parser.parse_args()
    names = with_slides(asked.chapters)
    with opened() if asked.pdf else nullcontext() as browser, written(TARGET) as folder:
        build(names, folder)
        for name in names:
            if browser:
                print_deck(browser, folder / f"{name}.html", folder / f"{name}.pdf")
    print(TARGET / "index.html")


if __name__ == "__main__":
    command(main)

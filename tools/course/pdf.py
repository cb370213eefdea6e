"""The book as a PDF to print: A4, with an outline, page numbers, the widgets' stills.

make pdf     _build/pdf/seglosses.pdf
"""

import argparse
import re
import tempfile
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path
from typing import cast

import yaml
from playwright.sync_api import Browser
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from course.book import ROOT, command, written
from course.browser import opened
from course.offline import SITE
from course.onefile import HERE, at, data, names, one_file

TARGET = ROOT / "_build/pdf"
WORDS = {"en": {"contents": "Contents"}}
TITLE = re.compile(r'<h[1-6][^>]*>(.*?)(?:<a class="headerlink".*?)?</h[1-6]>', re.S)
TAG = re.compile(r"<[^>]+>")
SMALL = "font: 8px system-ui, sans-serif; color: #48566b; width: 100%; padding: 0 18mm"
FOOT = f'<div style="{SMALL}; text-align: center"><span class="pageNumber"></span></div>'


def paper(whole: str) -> str:
    """The one-file book with a cover, and a list of its pages, before the first."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    picture = data(ROOT / "book/_static/book.css", "favicon.svg")
    titles = [plain(TITLE.findall(part)[0]) for part in whole.split('<div class="page" id="')[1:]]
    entries = "".join(
        f'<li><a href="#{at(name)}">{escape(words)}</a></li>'
        for name, words in zip(names(), titles, strict=True)
    )
    front = f'<div class="cover"><img src="{picture}" alt=""><h1>{escape(config["title"])}</h1>'
    front += f"<p>{escape(config['author'])}</p></div>"
    front += f'<div class="contents"><h1>{WORDS["en"]["contents"]}</h1><ol>{entries}</ol></div>'
    return whole.replace('<article class="bd-article">', f'<article class="bd-article">{front}', 1)


def plain(heading: str) -> str:
    """The words of a heading."""
    return unescape(TAG.sub("", heading)).strip()


def print_book(browser: Browser, book: Path, target: Path) -> None:
    """Print a file without its scripts: so each widget is its still, and nothing has been answered."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(0)
    page.goto(book.as_uri())
    page.pdf(
        path=target,
        prefer_css_page_size=True,
        print_background=True,
        tagged=True,
        outline=True,
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=FOOT,
    )
    context.close()


def name_bookmarks(target: Path, headings: list[str]) -> None:
    """Give the outline the words of the headings: Chromium loses spaces at line ends, or says all twice."""
    known = {squeezed(one): one for one in headings}
    writer = PdfWriter(clone_from=target)
    for mark in bookmarks(cast(DictionaryObject, writer.root_object["/Outlines"])):
        said = squeezed(str(mark["/Title"]))
        once = (said[n:] for n in range(1, len(said) // 2 + 1) if said.startswith(said[:n], n))
        name = next((known[one] for one in (said, *once) if one in known), None)
        if name:
            mark[NameObject("/Title")] = TextStringObject(name)
    writer.write(target)


def squeezed(words: str) -> str:
    """Words without the spaces between them."""
    return re.sub(r"\s", "", words)


def bookmarks(above: DictionaryObject) -> Iterator[DictionaryObject]:
    """Each bookmark below another, or below the root of the outline."""
    mark = above.get("/First")
    while mark is not None:
        own = mark.get_object()
        yield own
        yield from bookmarks(own)
        mark = own.get("/Next")


def make(browser: Browser, site: Path, target: Path) -> None:
    """Print a built site."""
    whole = paper(one_file(site, (HERE / "paper.css").read_text("utf-8")))
    with tempfile.TemporaryDirectory() as work:
        book = Path(work) / "book.html"
        book.write_text(whole, "utf-8")
        print_book(browser, book, target)
    name_bookmarks(target, [plain(one) for one in TITLE.findall(whole)])


def main() -> None:
    """Print the built site."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    with opened() as browser, written(TARGET) as folder:
        make(browser, SITE, folder / "seglosses.pdf")
    print(TARGET / "seglosses.pdf")


if __name__ == "__main__":
    command(main)

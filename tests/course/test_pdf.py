"""The book on paper, printed once from a site that is built once."""

import os
import subprocess
import unicodedata
from contextlib import nullcontext

import pytest
from course import pdf
from course.book import ROOT, Refused
from course.browser import opened
from course.onefile import names
from playwright.sync_api import Browser
from pypdf import PdfReader


@pytest.fixture(scope="module")
def printed(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> PdfReader:
    """The PDF."""
    folder = tmp_path_factory.mktemp("pdf")
    command = [ROOT / ".venv/bin/jupyter-book", "build", ROOT, "--path-output", folder, "-q"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    pdf.make(browser, folder / "_build/html", folder / "book.pdf")
    return PdfReader(folder / "book.pdf")


def tops(printed: PdfReader) -> list:
    """The bookmarks of the book's pages, without those below them."""
    return [mark for mark in printed.outline if not isinstance(mark, list)][-len(names()) :]


def test_it_is_a4_and_tagged(printed: PdfReader):
    """Readers of a screen reader find its structure."""
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in printed.pages} == {
        (595, 842)
    }
    assert printed.root_object["/MarkInfo"]["/Marked"]


def test_the_outline_has_every_chapter(printed: PdfReader):
    """In order, each with its sections, in words that are whole."""
    titles = [mark.title for mark in tops(printed)]
    assert titles[0] == "From an X-ray to a number"
    assert titles[1:6] == [
        "Dice loss: two regions and what they share",
        "Binary cross entropy: the surprise of every pixel",
        "BCE-Dice: two losses, one sum",
        "IoU loss: the stricter twin of Dice",
        "Focal loss: quiet where the model is right",
    ]
    sections = [
        mark.title
        for mark in printed.outline[printed.outline.index(tops(printed)[1]) + 1]
        if not isinstance(mark, list)
    ]
    assert {"A puzzle", "The formula", "What to remember"} <= set(sections)


def test_each_sheet_has_its_number(printed: PdfReader):
    """And a bookmark leads to the sheet on which its chapter begins."""
    for mark in tops(printed)[:6]:
        number = printed.get_destination_page_number(mark) + 1
        said = printed.pages[number - 1].extract_text()
        assert str(number) in said.split()
        assert mark.title.split(":")[0] in said


def test_no_answer_stands_on_paper(printed: PdfReader):
    """Neither a solution nor what a question says once it is answered; the question and its choices do."""
    text = "\n".join(page.extract_text() for page in printed.pages)
    squeezed = "".join(unicodedata.normalize("NFKC", text).split())  # without ligatures
    assert "WhatistheDicecoefficientofprediction2?" in squeezed
    for answer in (
        "This is accuracy again.",
        "Yes. Dice weighs the overlap against both regions",
        "Zeros must become large negative numbers",
        "One more lung pixel gives",
    ):
        assert "".join(answer.split()) not in squeezed


def test_without_a_browser(monkeypatch: pytest.MonkeyPatch):
    """One clear message, with two ways to get one."""
    monkeypatch.setattr("course.browser.sync_playwright", nullcontext)
    monkeypatch.setattr("course.browser.chromium", lambda playwright: pytest.fail("No browser to test with."))
    with pytest.raises(Refused, match="No browser to test with"), opened():
        pass

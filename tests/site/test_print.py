"""A page on paper: nothing that its reader has not opened, and no figure or code in two halves."""

import pytest
from playwright.sync_api import expect

PAGES = ["book/dice", "book/bce", "book/exercises"]


@pytest.fixture(params=PAGES)
def paper(request, address, visit):
    """A page that is about to be printed, as a reader finds it who has answered nothing."""
    page = visit().page
    page.goto(f"{address}/{request.param}.html")
    page.wait_for_function(
        "!document.querySelector('script[src*=live_widgets]')"
        "|| performance.getEntriesByName('widgets-ready').length"
    )
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    return page


def test_paper_tells_no_answer(paper):
    """No key, no reason and nothing covered is printed; a question is, with its choices."""
    for hidden in (
        ".question-still details",
        ".qu-covered",
        ".solution pre",
        ".sd-card-body",
    ):
        expect(paper.locator(hidden).locator("visible=true")).to_have_count(0)
    for question in paper.locator(".question-still").all():
        expect(question.locator("strong")).to_be_visible()


def test_paper_keeps_figures_and_code_whole(paper):
    """Neither a figure, nor a widget, nor a block of code is torn over two pages."""
    assert paper.evaluate(TORN) == []


TORN = """[...document.querySelectorAll("article :is(img, .live-widget > *, .highlight pre, table)")]
    .filter((one) => one.checkVisibility())
    .filter((one) => {
        while (one && getComputedStyle(one).breakInside !== "avoid") one = one.parentElement;
        return !one;
    }).map((one) => one.outerHTML.slice(0, 160))"""

"""Where a reader stands: section links, shared links, reload and Back, while widgets grow under the page."""

import pytest
from playwright.sync_api import Page, expect

from seglosses.grids import LUNG, PREDICTION_1, PREDICTION_2
from seglosses.widgets import GridPainter, Question

# What follows the widgets: a section with room around it, and a link to another page.
REST = """<p style="height: 30rem">Between</p><h2 id="later">Later</h2><p style="height: 90rem">
<a href="page.html?another">Another page</a> <a href="#later">A section</a></p>"""
# As in WebKit: what grows above the window moves what is in it.
WITHOUT_ANCHORING = "<style>* { overflow-anchor: none }</style>"
READY = "performance.getEntriesByName('widgets-ready').length"


def opened(page: Page, address: str) -> Page:
    """The page at that address, once its widgets stand there."""
    page.goto(address)
    page.wait_for_function(READY)
    return page


def top_of(page: Page, selector: str) -> float:
    """How far under the upper edge of the window something stands."""
    return page.locator(selector).evaluate("one => one.getBoundingClientRect().top")


@pytest.mark.parametrize("rest", [REST, WITHOUT_ANCHORING + REST], ids=["anchored", "not-anchored"])
def test_a_section_link_lands_on_its_section(rest, page_of, visit):
    """The section stands at the top of the window when the widgets above it have grown."""
    page = opened(visit().page, page_of(GridPainter(LUNG), GridPainter(LUNG), rest=rest) + "#later")
    assert abs(top_of(page, "#later")) < 2


@pytest.mark.parametrize("rest", [REST, WITHOUT_ANCHORING + REST], ids=["anchored", "not-anchored"])
def test_a_shared_link_lands_on_its_widget(rest, page_of, visit):
    """The widget whose state the address holds starts at the top of the window, however tall it is."""
    address = page_of(GridPainter(LUNG), GridPainter(LUNG), GridPainter(LUNG), rest=rest)
    page = visit(viewport={"width": 390, "height": 500}).page
    opened(page, address + GridPainter(LUNG, PREDICTION_1, name="grid-2").url())
    assert abs(top_of(page, "[data-name=grid-2]")) < 2


# Each widget's module waits until the test lets it go on.
HELD = """window.released = new Promise((done) => { window.release = done; });
const make = URL.createObjectURL;
const held = (blob) => new Blob(["await window.released;", blob], { type: blob.type });
URL.createObjectURL = (blob) => make.call(URL, held(blob));"""


def grown(page: Page) -> None:
    """Let the held widgets grow, late, as on a slow line: the browser has put the reader somewhere."""
    page.evaluate("release()")
    page.wait_for_function(READY)


@pytest.mark.parametrize("rest", [REST, WITHOUT_ANCHORING + REST], ids=["anchored", "not-anchored"])
@pytest.mark.parametrize("fragment", ["", "#later", GridPainter(LUNG, PREDICTION_1).url()])
def test_reload_and_back_keep_the_place(fragment, rest, page_of, visit):
    """A reader who was somewhere finds the same line at the same height, whatever the address points at."""
    page = visit().page
    page.add_init_script(HELD)
    page.goto(page_of(GridPainter(LUNG), GridPainter(LUNG), rest=rest) + fragment)
    grown(page)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    before = top_of(page, "#later")
    page.reload()
    grown(page)
    assert abs(top_of(page, "#later") - before) < 2
    page.get_by_role("link", name="Another page").dispatch_event("click")  # a click would scroll to the link
    page.wait_for_url("**?another")
    grown(page)
    assert page.evaluate("scrollY") == 0  # a new visit starts at the top
    page.go_back()
    grown(page)
    assert abs(top_of(page, "#later") - before) < 2


def test_nothing_on_a_page_of_the_book_forgets_the_place(address, visit):
    """Scripts of the theme and of Sphinx leave what is noted in the browser's history."""
    page = visit().page
    page.goto(f"{address}/book/references.html")
    page.evaluate("history.replaceState({ widgets: 'noted' }, '')")
    page.reload()
    page.wait_for_load_state()
    assert page.evaluate("history.state") == {"widgets": "noted"}


def test_a_reader_who_has_moved_on_is_left_alone(page_of, visit):
    """Widgets that are late to grow do not pull back a reader who scrolls already."""
    page = visit().page
    page.add_init_script(HELD)
    page.goto(page_of(GridPainter(LUNG), rest=WITHOUT_ANCHORING + REST) + "#later")
    page.wait_for_function("scrollY > 0")
    place = page.evaluate("scrollY")
    page.mouse.wheel(0, 200)
    page.wait_for_function("place => scrollY === place + 200", arg=place)
    page.evaluate("release()")
    page.wait_for_function(READY)
    assert page.evaluate("scrollY") == place + 200


def ones(page: Page) -> int:
    """How many pixels of the prediction are painted."""
    return page.locator("[data-outcome=tp][role=gridcell], [data-outcome=fp][role=gridcell]").count()


def paint(page: Page) -> None:
    """One more pixel, of those that are in neither mask."""
    before = ones(page)
    page.locator("[data-outcome=tn][role=gridcell]").first.click()
    page.wait_for_function(f"{ONES} === {before + 1}")


ONES = "document.querySelectorAll('[role=gridcell]:is([data-outcome=tp], [data-outcome=fp])').length"


@pytest.mark.parametrize("fragment", ["", GridPainter(LUNG, PREDICTION_1).url()], ids=["plain", "shared"])
def test_back_keeps_a_painting(fragment, page_of, visit):
    """Back from another page, and from a section of this one, shows what was painted; a reload does not."""
    page = opened(visit().page, page_of(GridPainter(LUNG), rest=REST) + fragment)
    start = ones(page)
    paint(page)
    page.get_by_role("link", name="A section").click()
    page.wait_for_url("**#later")
    paint(page)
    page.go_back()
    page.wait_for_function("location.hash !== '#later'")
    assert ones(page) == start + 2
    page.get_by_role("link", name="Another page").click()
    page.wait_for_url("**?another")
    page.go_back()
    page.wait_for_function(READY)
    assert ones(page) == start + 2
    page.reload()
    page.wait_for_function(READY)
    assert ones(page) == start


def test_back_from_a_shared_state_brings_the_painting_again(page_of, visit):
    """A link that replaces what was painted does so until the reader goes back, and forward again."""
    address = page_of(GridPainter(LUNG), rest=REST)
    page = opened(visit().page, address)
    paint(page)
    link = GridPainter(LUNG, PREDICTION_2).url()
    page.evaluate("(link) => { location.hash = link }", link)
    page.wait_for_function(f"{ONES} === {int(PREDICTION_2.sum())}")
    paint(page)
    page.go_back()
    page.wait_for_function(f"{ONES} === 1")
    page.go_forward()
    page.wait_for_function(f"{ONES} === {int(PREDICTION_2.sum()) + 1}")


def test_back_keeps_an_answer(page_of, visit):
    """An answer that was committed after a jump to a section stays committed."""
    question = Question("Which?", {"a": "b", "c": "d"}, right="a", name="first")
    page = opened(visit().page, page_of(question, rest=REST))
    page.get_by_role("link", name="A section").click()
    page.get_by_label("c", exact=True).check()
    page.get_by_role("button", name="Commit my answer").click()
    page.go_back()
    page.wait_for_function("location.hash === ''")
    expect(page.get_by_role("button", name="Forget my answer")).to_be_visible()

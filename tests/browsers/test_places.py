"""Where a reader stands: section links, shared links, reload and Back, in real chapters."""

from seglosses.grids import LUNG, PREDICTION_1
from seglosses.widgets import GridPainter
from tests.browsers.webdriver import DESKTOP, NARROW

TOP = "document.querySelector(a).getBoundingClientRect().top"
# Every heading that a link can lead to, but those near the end, which cannot come to the top.
SECTIONS = """[...document.querySelectorAll("article section[id]")].filter((one) =>
    one.getBoundingClientRect().top + scrollY < document.documentElement.scrollHeight - 2 * innerHeight)
    .map((one) => one.id)"""
MARGIN = "parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0"


def test_f1_section_links_land_on_their_section(name, address, browser):
    """At the top of the window, when the widgets above it have grown; F1 of the first reading in WebKit."""
    page = f"{address}/{name}.html"
    for size in (DESKTOP, NARROW):
        browser.resize(size)
        browser.open(page)
        sections = browser.run(SECTIONS)
        for section in sections[:: max(1, len(sections) // 3)]:  # a few from top to bottom
            browser.open(f"{page}?{section}#{section}")
            off = browser.run(TOP, f"[id='{section}']") - browser.run(MARGIN)
            assert abs(off) < 40, (section, off)


def test_f2_a_shared_link_shows_its_widget(address, browser):
    """A widget whose state the address holds starts at the top, with what the link says in it."""
    for size in (DESKTOP, NARROW):
        browser.resize(size)
        for page, name in (
            ("dice", "grid"),
            ("iou", "grid"),
            ("batches", "batch"),
            ("numerics", "numerics-halves"),
        ):
            link = GridPainter(LUNG, PREDICTION_1, name=name).url()
            browser.open(f"{address}/book/{page}.html?{size[0]}{link}")
            off = browser.run(TOP, f"[data-name={name}]") - browser.run(MARGIN)
            assert abs(off) < 40, (page, off)


def test_c1_reload_and_back_keep_the_place(address, browser):
    """The same line stands at the same height after a reload, and after Back from another page."""
    browser.open(f"{address}/book/dice.html")
    browser.run("scrollTo({top: 0.6 * document.documentElement.scrollHeight, behavior: 'instant'})")
    browser.next_frame()
    before = browser.run(TOP, "#what-the-gradient-says")
    browser.command("Refresh")
    browser.settled()
    assert abs(browser.run(TOP, "#what-the-gradient-says") - before) < 2
    browser.open(f"{address}/book/bce.html")
    browser.command("Back")
    browser.settled()
    assert abs(browser.run(TOP, "#what-the-gradient-says") - before) < 2

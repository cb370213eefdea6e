"""Every page opens in both browsers: alive, at home, quiet, and no wider than its window."""

from tests.browsers.webdriver import DESKTOP, NARROW

# Neither alive, nor an exercise that waits for a reader.
DEAD = """[...document.querySelectorAll(".widget-slot")].filter((slot) => !slot.querySelector(
    ".live-widget > *, .answer-here, .exercise-still:not([data-in-page]), .exercise-contents-still"
  )).length"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_a_page_is_alive_and_fits_its_window(name, address, browser):
    """Each widget stands there; wide and narrow, nothing scrolls sideways."""
    browser.open(f"{address}/{name}.html")
    assert browser.run(DEAD) == 0
    for size in (DESKTOP, NARROW):
        browser.resize(size)
        browser.next_frame()
        assert browser.run(WIDER) <= 0, size


def test_a_complaint_would_be_seen(address, browser):
    """The check above of the console and of other hosts is not idle."""
    browser.open(f"{address}/book/references.html")
    browser.run("console.error('said aloud')")
    browser.run("setTimeout(() => { throw new Error('thrown') })")
    browser.next_frame()
    said = "\n".join(browser.complaints())
    assert "said aloud" in said
    assert "thrown" in said


def test_another_host_would_be_seen(address, browser, elsewhere):
    """A page that asks for one does so in vain, and the proxy knows."""
    _, asked = elsewhere
    browser.open(f"{address}/book/references.html")
    browser.run("fetch('http://example.org/').then((r) => r.status, () => 'refused')")
    assert any("example.org" in one for one in asked)
    asked.clear()
    browser.complaints()

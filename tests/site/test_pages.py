"""Every page in a real browser: quiet, at home, readable, accessible and light."""

import gzip
import json
import re

from playwright.sync_api import expect

CHINESE = re.compile("[\u4e00-\u9fff]")  # that edition's own
LIVE = ".live-widget > *"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


def settled(page) -> None:
    """Wait until each widget on the page is mounted or given up."""
    page.wait_for_function(
        "!document.querySelector('script[src*=live_widgets]')"
        "|| performance.getEntriesByName('widgets-ready').length"
    )


def test_accessible(name, address, visit, violations):
    """Axe finds nothing in both themes at both widths, nor a target too small; no page scrolls sideways."""
    page = visit(viewport=DESKTOP).page
    page.goto(f"{address}/{name}.html")
    page.add_style_tag(content="*, ::before, ::after { transition: none !important }")  # no colour half-way
    settled(page)
    assert page.evaluate(CELLS_CUT_OFF) == []  # a line has room for 80 characters
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(f"document.documentElement.dataset.theme == {theme!r}")
        assert page.evaluate(FORMULAS_OF_ANOTHER_COLOUR) == []
        page.evaluate(MARK_TOKENS_LIKE_ANOTHER)
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            page.wait_for_function(SCROLLABLE_IS_REACHABLE)
            # Only colours depend on the theme, and those of the text do not depend on the width.
            coloured = TEXTS if size == DESKTOP else ":not(article *)"
            options = TARGETS if theme == "light" else {"runOnly": ["color-contrast", "link-in-text-block"]}
            assert violations(page, coloured, preload=False, **options) == [], (theme, size)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (theme, size)


# Not among the rules that axe runs unasked: 24 pixels or room around; a name that begins as the label reads.
TARGETS = {"rules": {"target-size": {"enabled": True}, "label-content-name-mismatch": {"enabled": True}}}
CELLS_CUT_OFF = """[...document.querySelectorAll(".cell pre")]
    .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent.slice(0, 160))"""
# The theme and scrollable.js see to this a moment after a change of width.
SCROLLABLE_IS_REACHABLE = """[...document.querySelectorAll("pre, div.math, .pst-scrollable-table-container")]
    .every((box) => box.scrollWidth <= box.clientWidth || box.tabIndex === 0)"""
# A formula is a few hundred elements, and so is the code of a cell. What has the colour of its paragraph, or
# looks like another token on the same ground, axe need not measure again.
TEXTS = ":not(.katex-html *, [data-like-another])"
FORMULAS_OF_ANOTHER_COLOUR = """[...document.querySelectorAll(".katex-html, .katex-html [style*=color]")]
    .filter((one) => getComputedStyle(one).color !== getComputedStyle(one.closest(".math")).color)
    .map((one) => one.outerHTML.slice(0, 160))"""
MARK_TOKENS_LIKE_ANOTHER = """() => {
    const seen = new Set();
    const look = (one) => {
        const { color, fontWeight, fontSize, opacity } = getComputedStyle(one);
        let ground = one;
        while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
        return [color, fontWeight, fontSize, opacity, getComputedStyle(ground).backgroundColor].join();
    };
    const written = (one) => [...one.childNodes].some((text) => text.nodeType === 3 && text.data.trim());
    for (const token of document.querySelectorAll(".highlight span, .pre")) {
        if (!written(token) || !token.checkVisibility()) continue;
        token.toggleAttribute("data-like-another", seen.has(look(token)));
        seen.add(look(token));
    }
}"""


def test_alive_from_a_file(name, site, visit):
    """A page opened as a file, with no server at all, mounts each of its widgets."""
    page = visit().page
    page.goto(f"{(site / name).as_uri()}.html")
    settled(page)
    page.locator(".qu-cover button").evaluate_all("covers => covers.forEach((one) => one.click())")
    page.locator(".answer-here").evaluate_all("buttons => buttons[0]?.click()")
    for slot in page.locator(".widget-slot").all():
        expect(slot.locator(LIVE).first).to_be_visible()
        expect(slot.locator(".widget-still")).to_be_hidden()


def test_readable_without_scripts(name, address, visit):
    """With scripts switched off, a picture or plain text stands for each widget, and formulas are there."""
    page = visit(java_script_enabled=False).page
    page.goto(f"{address}/{name}.html")
    assert page.locator(".widget-slot").evaluate_all(UNSEEN, ".widget-still > *") == []
    assert page.locator("main .math:not(details *)").evaluate_all(UNSEEN, ".katex") == []


UNSEEN = """(boxes, inner) => boxes.filter((box) => !box.querySelector(inner)?.checkVisibility())
    .map((box) => box.outerHTML.slice(0, 160))"""


def test_light(name, address, site, visit):
    """A first visit costs at most 250 kB, compressed; all widgets' code 40; the exercises' 10, on demand."""
    visitor = visit(viewport=DESKTOP)
    bodies = {}
    visitor.page.on("response", lambda response: bodies.update({response.url: response}))
    visitor.page.goto(f"{address}/{name}.html")
    settled(visitor.page)
    visitor.page.evaluate("document.fonts.ready.then(() => null)")
    sizes = {url: len(gzip.compress(response.body())) for url, response in list(bodies.items())}
    stored = visitor.page.locator("script[type='application/vnd.jupyter.widget-state+json']")
    states = [json.loads(text) for text in stored.all_text_contents()]
    pieces = [piece for state in states for piece in state["pieces"]]
    assert len(pieces) == len(set(pieces))
    runtime = sum(size for url, size in sizes.items() if "live_widgets." in url)
    assert runtime + len(gzip.compress("".join(pieces).encode())) <= 40_000
    assert CHINESE.findall("".join(pieces)) == []
    assert "function mountForm" not in "".join(pieces)
    for _, more in (file for state in states for file in state["more"]):
        assert not any(more in url for url in sizes)
        assert len(gzip.compress((site / "_static" / more).read_bytes())) <= 10_000
    assert sum(sizes.values()) <= 250_000, sorted(sizes.items(), key=lambda item: -item[1])[:10]


def test_printed_text_has_the_whole_column(address, visit):
    """On paper nothing is left free for the sidebar of a wide window, and code wraps."""
    page = visit(viewport=DESKTOP).page
    page.goto(f"{address}/book/dice.html")
    settled(page)
    page.emulate_media(media="print")
    share = "one => one.clientWidth / one.parentElement.clientWidth"
    assert page.locator(".bd-article-container").evaluate(share) > 0.95
    page.set_viewport_size({"width": 500, "height": 800})
    assert page.evaluate(CELLS_CUT_OFF) == []

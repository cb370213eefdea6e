"""What book/accessibility.md signs and no other test shows: the Tab key, tooltips, navigation, paper."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.site.conftest import PAGES as EVERY

DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
# Together they hold every kind of widget, question, exercise, fold and table.
PAGES = ["book/widgets/class-painter", "book/widgets/loss-comparer", "book/playground", "book/iou"]


@pytest.mark.parametrize("where", PAGES)
def test_the_tab_key_walks_through_a_page(where, address, visit):
    """Nothing is skipped, nothing traps; where the focus is, a mark shows it, and no bar lies over it."""
    page = visit(viewport=DESKTOP).page
    page.goto(f"{address}/{where}.html")
    page.wait_for_function("performance.getEntriesByName('widgets-ready').length")
    page.locator(".qu-cover button").evaluate_all("covers => covers.forEach((one) => one.click())")
    page.add_style_tag(content="*, ::before, ::after { transition: none !important }")  # no mark half-way
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    page.keyboard.press("Enter")
    page.evaluate(WATCH)
    stops = page.evaluate("stops().length")
    for _ in range(stops + 5):
        page.keyboard.press("Tab")
        if page.evaluate("NOTE()"):
            break
    assert page.evaluate("missed()") == []
    assert page.evaluate("faults") == []


# What the Tab key should reach: of a group of radio buttons, and of a grid, one.
WATCH = """() => {
    const article = document.querySelector("#main-content article");
    const CONTROLS = "a[href], button, input, select, summary, [tabindex]";
    window.seen = new Set();
    window.faults = [];
    window.stops = () => [...article.querySelectorAll(CONTROLS)]
        .filter((one) => one.tabIndex >= 0 && !one.disabled)
        .filter((one) => one.checkVisibility({ visibilityProperty: true }));
    const covered = (one) => {
        const boxes = [...one.getClientRects()];
        return !boxes.some(({ left, right, top, bottom }) =>
            [0.1, 0.5, 0.9].some((part) => {
                const at = document.elementFromPoint(left + (right - left) * part, (top + bottom) / 2);
                return at && (one.contains(at) || at.contains(one) || at.closest("label")?.contains(one));
            }));
    };
    const look = (one) => {
        const { outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor } = getComputedStyle(one);
        const outline = outlineStyle === "none" ? 0 : parseFloat(outlineWidth);
        return [outline, boxShadow, borderColor, backgroundColor].join();
    };
    let last = null, lastLook = "";
    window.NOTE = () => {
        const one = document.activeElement;
        if (last && look(last) === lastLook) faults.push(`no mark: ${last.outerHTML.slice(0, 120)}`);
        [last, lastLook] = [one, look(one)];
        if (!article.contains(one)) return seen.size > 0;
        seen.add(one);
        if (covered(one)) faults.push(`covered: ${one.outerHTML.slice(0, 120)}`);
        return false;
    };
    const group = (one) => one.type === "radio" ? one.name : null;
    window.missed = () => {
        const groups = new Set([...seen].map(group));
        return stops().filter((one) => !seen.has(one) && !(group(one) && groups.has(group(one))))
            .map((one) => one.outerHTML.slice(0, 120));
    };
}"""


def test_a_tooltip_goes_and_no_single_key_is_taken(address, visit):
    """Escape takes a tooltip away, and its button keeps the focus; the theme's key for a search is off."""
    page = visit(viewport=DESKTOP).page
    page.goto(f"{address}/book/glossary.html")
    button = page.locator(".sidebar-toggle.primary-toggle")
    button.focus()
    expect(page.locator(".tooltip")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".tooltip")).to_have_count(0)
    page.keyboard.press("/")
    expect(button).to_be_focused()


def test_a_page_prints_to_a_tagged_pdf(address, visit):
    """Headings, tables, pictures and the language reach the PDF that a browser makes of a page."""
    page = visit(viewport=DESKTOP).page
    page.goto(f"{address}/book/dice.html")
    page.wait_for_function("performance.getEntriesByName('widgets-ready').length")
    pdf = page.pdf(tagged=True, outline=True)
    kinds = set(re.findall(rb"/S /(\w+)", pdf))
    assert {b"H1", b"H2", b"P", b"Table", b"Figure", b"Link", b"L"} <= kinds
    assert b"/Lang (en)" in pdf
    assert b"/Marked true" in pdf
    assert b"/Outlines" in pdf


def test_navigation_and_help_stand_in_one_place(site: Path):
    """Every page has one list of all pages in one order, and the questions that people ask are in it."""
    lists = [listed(site / f"{name}.html") for name in EVERY]
    assert all(one == lists[0] for one in lists)
    assert len(lists[0]) >= len(EVERY) - 1
    assert any("Questions people ask" in entry for entry in lists[0])


def listed(page: Path) -> list[str]:
    """The entries of a page's sidebar."""
    (sidebar,) = re.findall(r'<nav class="bd-links.*?</nav>', page.read_text("utf-8"), re.S)
    return [re.sub(r"\s+", " ", text).strip() for text in re.findall(r"<a [^>]*>(.*?)</a>", sidebar, re.S)]

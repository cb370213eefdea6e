"""Widgets in a page that is scaled or runs from right to left, and keys that are the browser's."""

import pytest

from seglosses.grids import LUNG
from seglosses.widgets import FocalExplorer, GridPainter, ProbabilityPainter


@pytest.mark.parametrize("style", ["zoom: 2", "zoom: 0.5", "transform: scale(1.5)", "transform: scale(0.6)"])
def test_a_plot_reads_the_pointer_where_it_is(style, show):
    """On a slide that is scaled, the cursor goes where the pointer is."""
    page = show(FocalExplorer(LUNG, 0.1 + 0.8 * LUNG))
    page.add_style_tag(content=f"main {{ {style}; transform-origin: 0 0 }}")
    page.evaluate("document.querySelector('.pl-plot').scrollIntoView()")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    box = page.locator(".pl-plot").bounding_box()
    x, y = box["x"] + 0.7 * box["width"], box["y"] + box["height"] / 2
    page.mouse.click(x, y)
    cursor = page.locator(".pl-cursor circle").evaluate(
        "one => { const box = one.getBoundingClientRect(); return (box.left + box.right) / 2 }"
    )
    assert abs(cursor - x) < 0.015 * box["width"]  # p_t is set to a hundredth


@pytest.mark.parametrize("make", [GridPainter, ProbabilityPainter])
def test_a_grid_paints_the_cell_that_was_clicked_from_right_to_left_too(make, show):
    """In an Arabic course page the pixel under the pointer changes; the first column stays at the left."""
    page = show(make(LUNG))
    page.evaluate("document.documentElement.dir = 'rtl'")
    cells = page.get_by_role("gridcell")
    assert cells.nth(0).bounding_box()["x"] < cells.nth(9).bounding_box()["x"]
    before = [cell.get_attribute("aria-label") for cell in cells.all()]
    cells.nth(3).click()
    after = [cell.get_attribute("aria-label") for cell in cells.all()]
    assert [i for i in range(100) if before[i] != after[i]] == [3]


@pytest.mark.parametrize(
    "keys", ["Alt+ArrowLeft", "Alt+Home", "Meta+ArrowRight", "Control+ArrowUp", "Control+Enter", "Meta+Space"]
)
def test_a_grid_leaves_the_browsers_keys_alone(keys, show):
    """With Alt, Control or Command an arrow, Enter and the space are the browser's: back, home, a new tab."""
    page = show(GridPainter(LUNG))
    cell = page.get_by_role("gridcell").nth(44)
    cell.click()
    painted = cell.get_attribute("aria-label")
    page.evaluate("""() => {
        window.seen = [];
        addEventListener("keydown", (event) => {
            seen.push(event.defaultPrevented);
            event.preventDefault();
        });
    }""")
    page.keyboard.press(keys)
    assert page.evaluate("seen") == [False, False]  # the modifier, the key with it
    assert cell.get_attribute("aria-label") == painted
    assert cell.evaluate("one => one === document.activeElement")

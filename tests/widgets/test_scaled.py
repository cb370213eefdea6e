"""Widgets in a page that is scaled or runs from right to left, and keys that are the browser's."""

import pytest

from seglosses.grids import LUNG
from seglosses.widgets import FocalExplorer


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

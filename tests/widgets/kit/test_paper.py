"""On paper: grids keep their shape and plots fit, though nothing is drawn anew for it."""

import pytest

from seglosses.grids import CLASS_MAP, LUNG, PREDICTION_1
from seglosses.widgets import ClassPainter, FocalExplorer, GridPainter, ProbabilityPainter

PROBABILITIES = 0.1 + 0.8 * PREDICTION_1
# Firefox prints with the container units of the screen: of another width than the paper's.
OTHER_UNITS = "*, ::before { container-type: normal !important }"


@pytest.mark.parametrize("make", [GridPainter, ProbabilityPainter])
def test_cells_stay_square_under_their_outline(make, show):
    """Each cell is as tall as wide, and the outline lies on the grid, whatever the container units say."""
    page = show(make(LUNG, PREDICTION_1 if make is GridPainter else PROBABILITIES))
    page.emulate_media(media="print")
    page.add_style_tag(content=OTHER_UNITS)
    boxes = page.evaluate(BOXES)
    assert max(abs(cell["width"] - cell["height"]) for cell in boxes["cells"]) < 0.1
    for side in ("x", "y", "width", "height"):
        assert abs(boxes["grid"][side] - boxes["outline"][side]) < 1.1  # but for the grid's own line


BOXES = """() => {
    const box = (one) => one.getBoundingClientRect().toJSON();
    return {
        cells: [...document.querySelectorAll(".sl-cell[role=gridcell]")].map(box),
        grid: box(document.querySelector(".sl-grid")),
        outline: box(document.querySelector(".sl-contour")),
    };
}"""


@pytest.mark.parametrize(
    "make", [lambda: ProbabilityPainter(LUNG, PROBABILITIES), lambda: ClassPainter(CLASS_MAP, CLASS_MAP)]
)
def test_numbers_stay_in_the_middle_of_their_cells(make, show):
    """On paper a number is centred by its cell, not by a line as tall as the screen's."""
    page = show(make())
    page.emulate_media(media="print")
    page.add_style_tag(content=OTHER_UNITS)
    assert page.evaluate(OFF_THE_MIDDLE, NUMBERED) < 1


NUMBERED = ".sl-numbered .sl-cell, .class-painter .sl-cell"
OFF_THE_MIDDLE = """(numbered) => Math.max(...[...document.querySelectorAll(numbered)].map((cell) => {
    if (!cell.textContent) return 0;
    const text = document.createRange();
    text.selectNodeContents(cell);
    const [a, b] = [text.getBoundingClientRect(), cell.getBoundingClientRect()];
    return Math.abs(a.top + a.bottom - b.top - b.bottom) / 2;
}))"""


@pytest.mark.parametrize("width", [400, 1100])
def test_a_plot_is_as_wide_as_the_paper(width, show):
    """The picture is scaled to its new width: the axes span it and nothing is cut."""
    page = show(FocalExplorer(LUNG, PROBABILITIES))
    page.emulate_media(media="print")
    page.evaluate(NEXT_FRAME)
    plot, label = page.evaluate(AT_ONCE, width)
    assert 0.9 * plot["width"] < label["right"] - plot["left"] <= plot["width"]
    assert label["bottom"] <= plot["bottom"] + 1


NEXT_FRAME = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
# In one task: before a frame, no observer has heard of the new width.
AT_ONCE = """(width) => {
    document.querySelector("main").style.maxWidth = `${width}px`;
    const plot = document.querySelector(".pl-plot");
    const ticks = [...plot.querySelectorAll(".pl-axes text")].map((one) => one.getBoundingClientRect());
    const right = Math.max(...ticks.map((one) => one.right));
    const bottom = Math.max(...ticks.map((one) => one.bottom));
    return [plot.getBoundingClientRect().toJSON(), { right, bottom }];
}"""

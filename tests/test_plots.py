import re
import subprocess
import sys
from itertools import combinations

import pytest
import torch
from matplotlib.colors import to_rgb, to_rgba

from seglosses import plots
from seglosses.grids import (
    CLASS_MAP,
    CLASS_PREDICTION,
    LUNG,
    LUNG_PROBABILITIES,
    NODULE,
    NODULE_PROBABILITIES,
    PREDICTION_1,
    PREDICTION_2,
)
from seglosses.walkthrough.pixels import bce_pixels
from seglosses.widgets.kit.looks import COLOURS

DRAW_ALL = """
import hashlib
from seglosses.grids import LUNG, PREDICTION_2
from seglosses.plots import outline, picture, plot_curves, plot_grid, plot_image, plot_overlap
figure, axes = picture(4)
plot_overlap(axes[0], PREDICTION_2, LUNG)
outline(plot_grid(axes[1], LUNG, digits=1), LUNG)
plot_curves(axes[2], [0, 1], {"$p$": [0, 1], "$q$": [1, 0]}).set(xlabel="$p$", ylabel="$L$")
plot_image(axes[3], LUNG)
print(hashlib.sha256(figure._repr_svg_().encode()).hexdigest())
"""


@pytest.fixture
def ax():
    """Empty axes."""
    return plots.picture()[1][0]


def luminance(colour):
    """The relative luminance of WCAG 2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """The contrast ratio of WCAG 2, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def drawn(prediction, target):
    """The picture of one overlap as SVG."""
    figure, (ax,) = plots.picture()
    plots.plot_overlap(ax, prediction, target)
    return figure._repr_svg_()


def test_two_runs_draw_the_same_bytes(capsys):
    """No date and no random id gets into a figure, or the stored outputs would change at every run."""
    exec(DRAW_ALL, {})
    here = capsys.readouterr().out
    assert subprocess.check_output([sys.executable, "-c", DRAW_ALL], text=True) == here


def fills(svg, colour):
    """How many squares are filled with a colour: each starts with an M in its path."""
    found = re.findall(r'<path d="([^"]*)" style="fill: ([^";]*)', svg)
    return sum(path.count("M") for path, fill in found if fill == colour.lower())


def test_pixels_are_told_apart_by_colour():
    """Prediction 2 fills its 5 true and 2 false positives, each kind in its colour."""
    svg = drawn(PREDICTION_2, LUNG)
    assert [fills(svg, colour) for colour in (plots.TRUE_POSITIVE, plots.FALSE_POSITIVE)] == [5, 2]


def test_pixels_are_told_apart_by_mark(ax):
    """With the colours gone, dots, crosses and rings remain: as many as there are pixels."""
    plots.plot_overlap(ax, PREDICTION_2, LUNG)
    marks = [c for c in ax.collections if type(c).__name__ == "PathCollection"]
    assert [len(mark.get_offsets()) for mark in marks] == [5, 2, 15]
    shapes = [(len(mark.get_paths()[0].vertices), len(mark.get_facecolor())) for mark in marks]
    assert len(set(shapes)) == 3


def test_rows_run_down_as_in_the_text(ax):
    """The missed pixel of prediction 1 lies in row 1 from the top and column 5 from the left, from 0."""
    plots.plot_overlap(ax, PREDICTION_1, LUNG)
    missed = [c for c in ax.collections if type(c).__name__ == "PathCollection"][2]
    assert missed.get_offsets().tolist() == [[5, 1]]
    assert ax.yaxis_inverted()
    assert not ax.xaxis_inverted()


def test_colours_are_those_of_the_grid_painter():
    """A reader who learns the colours on one learns them for both."""
    painter = {kind: COLOURS[kind] for kind in ("tp", "fp", "fn")}
    assert painter == {
        "tp": plots.TRUE_POSITIVE.lower(),
        "fp": plots.FALSE_POSITIVE.lower(),
        "fn": plots.FALSE_NEGATIVE.lower(),
    }


PAPERS = {"light": (plots.GROUND, plots.INK), "dark": ("#121212", "#ced6dd")}  # ground and ink of the theme


def over(colour, share, ground):
    """What a colour makes of its ground when it covers this share."""
    return [share * c + (1 - share) * g for c, g in zip(to_rgb(colour), to_rgb(ground), strict=True)]


@pytest.mark.parametrize("theme", PAPERS)
def test_marks_lines_and_words_have_enough_contrast(theme):
    """On both pages text has 4.5:1 on its ground, lines and white marks 3:1, the WCAG AA limits."""
    ground, ink = PAPERS[theme]
    assert contrast(ink, ground) > 4.5
    for colour in (plots.TRUE_POSITIVE, plots.FALSE_POSITIVE, plots.FALSE_NEGATIVE):
        assert contrast("white", colour) > 3
    for colour in (*plots.CURVES[:-1], plots.LINE):
        assert contrast(colour, ground) > 3, colour


@pytest.mark.parametrize("value", [0.0, 0.1, 0.5, 0.9, 1.0, 7.0])
@pytest.mark.parametrize("hue", plots.HUES)
@pytest.mark.parametrize("theme", PAPERS)
def test_numbers_in_pixels_can_be_read(ax, value, hue, theme):
    """However strong a pixel's colour is, its number has 4.5:1 on it, on both pages."""
    ground, ink = PAPERS[theme]
    plots.plot_grid(ax, torch.full((1, 1), value), hue=hue, digits=1)
    colour = ax.patches[0].get_facecolor() if ax.patches else (0, 0, 0, 0)
    assert colour[3] == pytest.approx(plots.TINT * min(value, 1))
    assert contrast(ink, over(colour[:3], colour[3], ground)) > 4.5
    assert ax.texts[0].get_color() == plots.INK


def test_colours_differ_in_lightness_or_mark_in_grey_print():
    """No two curves share both a dash and a colour."""
    styles = list(zip(plots.CURVES, plots.DASHES, strict=True))
    assert all(one[0] != other[0] and one[1] != other[1] for one, other in combinations(styles, 2))


def test_numbers_are_printed_with_a_minus_sign(ax):
    """A map of gradients shows its signs as a formula does."""
    plots.plot_grid(ax, torch.tensor([[-0.06, 0.01]]), low=-0.1, high=0.1, digits=2)
    assert [text.get_text() for text in ax.texts] == ["\N{MINUS SIGN}0.06", "0.01"]


def test_outline_follows_the_edge_of_the_mask(ax):
    """A block of 5 by 4 pixels has an edge of 2 x (5 + 4) sides."""
    plots.outline(ax, LUNG)
    assert len(ax.lines) == 18
    corners = torch.tensor([point for line in ax.lines for point in line.get_xydata().tolist()])
    assert corners.min(dim=0).values.tolist() == [1.5, 0.5]
    assert corners.max(dim=0).values.tolist() == [5.5, 5.5]


def test_figures_are_light():
    """Two overlaps, a mask beside a map with a number in each pixel, or one with two decimals: 60 kB."""
    figure, (left, right) = plots.picture(2)
    plots.plot_overlap(left, PREDICTION_1, LUNG)
    plots.plot_overlap(right, PREDICTION_2, LUNG)
    assert len(figure._repr_svg_()) < 60_000
    figure, (left, right) = plots.picture(2)
    plots.outline(plots.plot_grid(left, NODULE), NODULE)
    plots.outline(plots.plot_grid(right, NODULE_PROBABILITIES, digits=1), NODULE)
    assert len(figure._repr_svg_()) < 60_000
    figure, (ax,) = plots.picture(width=3.6, height=3.6)
    losses = bce_pixels(NODULE_PROBABILITIES, NODULE)
    plots.outline(plots.plot_grid(ax, losses, high=0.4, hue="orange", digits=2), NODULE)
    assert len(figure._repr_svg_()) < 60_000


def test_images_keep_their_pixels(ax):
    """No smoothing: a film of few pixels is to look like one."""
    plots.plot_image(ax, LUNG)
    assert ax.images[0].get_interpolation() == "none"
    assert ax.images[0].get_array().tolist() == LUNG.tolist()


def test_a_map_is_as_strong_as_its_values(ax):
    """Nothing of the hue at 0 and below, all of it at ``high`` and beyond, one pixel a value."""
    plots.plot_map(ax, torch.tensor([[-1.0, 0.0], [0.5, 3.0]]), high=1.0, hue="orange")
    shown = ax.images[0].get_array()
    assert shown[..., 3].tolist() == [[0, 0], [128, 255]]
    assert {tuple(pixel[:3]) for row in shown.tolist() for pixel in row} == {(0xD5, 0x5E, 0x00)}


def test_an_edge_is_seen_on_a_dark_film_and_on_a_light_map(ax):
    """White on a film, which no page darkens; ink on a map, which a dark page turns."""
    plots.edge(plots.plot_map(ax, LUNG), LUNG)
    assert ax.collections[-1].get_edgecolor().tolist() == [list(to_rgba(plots.INK))]
    _, (film,) = plots.picture()
    plots.edge(plots.plot_image(film, LUNG), LUNG)
    assert film.collections[-1].get_edgecolor().tolist() == [list(to_rgba(plots.GROUND))]


def test_overlap_of_a_probability_map_is_refused(ax):
    """A figure counts nothing that the numbers beside it would not count."""
    with pytest.raises(
        ValueError, match=r"prediction must be a mask of 0 and 1; got a pixel of 0\.1\. Hint: "
    ):
        plots.plot_overlap(ax, LUNG_PROBABILITIES, LUNG)


def test_too_many_curves_are_refused(ax):
    """A sixth curve would look like the first."""
    with pytest.raises(ValueError, match=r"curves must be at most 5; got 6. Hint: "):
        plots.plot_curves(ax, [0, 1], {name: [0, 1] for name in "abcdef"})


def names(curves):
    """What a picture of these curves says at their ends, and in its key."""
    figure, (ax,) = plots.picture()
    plots.plot_curves(ax, [0, 1], curves)
    ax.set(xlabel="$p$", ylabel="loss")
    figure._repr_svg_()
    key = ax.get_legend()
    return [text.get_text() for text in ax.texts], key and [text.get_text() for text in key.get_texts()]


def test_curves_are_named_at_their_ends_or_in_a_key():
    """Names that would lie on top of each other, or outside, go into a key, in order; a blank one nowhere."""
    assert names({"a": [0, 1], "b": [0, 2], " ": [0, 3]}) == (["a", "b"], None)
    assert names({"a": [0, 1], "b": [1, 1.01], "": [0, 3]}) == ([], ["a", "b"])
    assert names({"a": [0, 1], "b": [1, float("nan")]}) == ([], ["a", "b"])
    assert names({"$D$": [0, 1], r"$\gamma=0.5$": [0, 2]}) == (["Dice coefficient", "γ = 0.5"], None)


def test_a_key_does_not_narrow_the_axes():
    """It takes more lines instead, and a title stands above it."""
    widths = []
    for one in ({"": [0, 1]}, {f"a curve of number {k}": [0, 1] for k in range(5)}):
        figure, (ax,) = plots.picture()
        plots.plot_curves(ax, [0, 1], one)
        ax.set(xlabel="$p$", ylabel="$L$", title="a title")
        figure._repr_svg_()
        widths.append(ax.get_window_extent().width)
    assert widths[1] == pytest.approx(widths[0], rel=0.02)
    assert ax.title.get_window_extent().y0 > ax.get_legend().get_window_extent().y1


def test_axes_are_labelled_in_words(ax):
    """A symbol becomes what the book calls it; a letter alone is refused, and so is nothing."""
    figure, (ax,) = plots.picture()
    plots.plot_curves(ax, [0, 1], {"": [0, 1]})
    ax.set(xlabel="$p$", ylabel="$q$")
    with pytest.raises(ValueError, match=r"ylabel must say in words what the axis shows; got 'q'. Hint: "):
        figure._repr_svg_()
    ax.set(ylabel="")
    with pytest.raises(ValueError, match="ylabel must say"):
        figure._repr_svg_()
    ax.set(ylabel="$L$")
    assert ">predicted probability p</text>" in figure._repr_svg_()
    assert ">loss</text>" in figure._repr_svg_()
    ax.annotate("A", (0, 0))  # what a page adds has the ink of the others
    assert ">A</text>" in (svg := plots.Picture([ax.figure])._repr_svg_())
    assert set(re.findall(r"fill: ([^;\"]*)[^>]*>\w", svg)) == {f"var(--ink, {plots.INK.lower()})"}
    assert all(plots.A_WORD.search(words) for words in plots.WORDS.values())


def test_each_axes_is_a_panel_that_can_stand_alone():
    """Two inches are 192 pixels; ids differ between panels, no style leaks, and ink has a name."""
    figure, axes = plots.picture(2, width=2, height=1)
    for ax in axes:
        plots.plot_curves(ax, [0, 1], {"": [0, 1]})
        ax.set(xlabel="$p$", ylabel="$L$")
    svg = figure._repr_svg_()
    sizes = re.findall(r'<svg class="panel" x="(\d+)" width="(\d+)" height="(\d+)"', svg)
    assert sizes == [("0", "192", "96"), (str(192 + plots.GAP), "192", "96")]
    ids = re.findall(r' id="([^"]+)"', svg)
    assert len(ids) == len(set(ids)) > 0
    assert set(re.findall(r"#(p[\w-]+)", svg)) == set(ids)
    assert "<style" not in svg
    assert f"fill: var(--ink, {plots.INK.lower()})" in svg
    assert not re.search(rf"(?<!, ){plots.INK.lower()}", svg)


def test_an_outline_on_an_image_stays_dark(ax):
    """A dark page turns ink light; an image does not change, and the line on it must not."""
    plots.outline(plots.plot_image(ax, 1 - LUNG), LUNG)
    assert {line.get_color() for line in ax.lines} == {"black"}


def test_places_are_rounded_and_what_is_said_is_not(ax):
    """A hundredth of a point cannot be seen; a thousandth on a tick or in a pixel can be read."""
    figure, (ax,) = plots.picture()
    plots.plot_grid(ax, torch.tensor([[0.0625]]), digits=4)
    svg = figure._repr_svg_()
    assert ">0.0625</text>" in svg
    assert not re.search(r'(?:x|d|y|transform)="[^"]*\d\.\d{3}', svg)


def test_a_map_of_classes_says_each_wrong_pixel(ax):
    """A digit in each pixel that either map has, both where they differ: no class is told by colour alone."""
    plots.plot_classes(ax, CLASS_PREDICTION, CLASS_MAP)
    said = [text.get_text() for text in ax.texts]
    assert sorted(said) == sorted(["1"] * 17 + ["2", "0≠1", "1≠2", "0≠2"])
    with pytest.raises(ValueError, match="prediction must hold the classes 0 to 2"):
        plots.plot_classes(ax, CLASS_MAP + 1, CLASS_MAP)

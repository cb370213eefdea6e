"""The grid painter's fraction, drawn: terms that light their pixels, bars, and Dice against IoU."""

import re
from fractions import Fraction

import pytest
import torch
from playwright.sync_api import Page, expect

from seglosses.grids import LUNG, PREDICTION_1, PREDICTION_2
from seglosses.walkthrough.overlaps import overlap
from seglosses.widgets import GridPainter

TERMS = {
    "twice": lambda n: 2 * n.intersection,
    "X": lambda n: n.predicted,
    "Y": lambda n: n.actual,
    "sum": lambda n: n.predicted + n.actual,
    "overlap": lambda n: n.intersection,
    "union": lambda n: n.union,
}


def painter(**options) -> GridPainter:
    """The lung and the source's second prediction, the first as a preset."""
    return GridPainter(LUNG, PREDICTION_2, presets={"prediction 1": PREDICTION_1}, **options)


def term(page: Page, name: str):
    """The first term of that name in the formulas."""
    return page.locator(f"[role=button][data-terms={name}]").first


TRACED = """() => [...document.querySelectorAll(".sl-canvas .sl-marks path")]
    .map((path) => [path.className.baseVal, path.getAttribute("d")])"""
STRETCHES = """(score) => [...document.querySelector(`dd:has([data-score=${score}]) .gp-bars`)
    .querySelectorAll(".gp-stretch")]
    .map((one) => ["class", "y1", "x1", "x2"].map((name) => one.getAttribute(name)))"""
ROWS = {"25%": "top", "75%": "bottom"}


def lit(page: Page) -> dict[str, int]:
    """How often the lit pixels are counted, and how many are under the veil."""
    paths = dict(page.evaluate(TRACED))
    frames = "".join(paths[f"sl-times-{kind}"] for kind in ("tp", "fp", "fn", "tn"))
    runs = re.findall(r"h(\d+)v1", paths["sl-veil"])
    return {"counted": frames.count("h.82") + frames.count("h.62"), "veiled": sum(map(int, runs))}


def stretches(page: Page, score: str) -> list[tuple[str, str, Fraction, Fraction]]:
    """Each stretch of a score's bars: kind, row, and both its ends as shares of the room."""
    return [
        (kind.split("gp-")[-1], ROWS[row], *(Fraction(end[:-1]) / 100 for end in ends))
        for kind, row, *ends in page.evaluate(STRETCHES, score)
    ]


def test_a_term_lights_the_pixels_that_it_counts(show):
    """Under the pointer: as many frames as its number says, two in a sum's overlap; the rest is veiled."""
    page = show(painter())
    for mask in (PREDICTION_2, PREDICTION_1, LUNG, LUNG * 0, LUNG * 0 + 1):
        page.evaluate("mask => models[0].set('prediction', mask)", mask.int().tolist())
        n = overlap(mask, LUNG)
        times_two = {"twice": n.intersection, "sum": n.intersection}
        for name, count in TERMS.items():
            term(page, name).hover()
            last = page.locator(f"[role=button][data-terms={name}]").last.text_content()
            assert int(last) == count(n), name
            veiled = LUNG.numel() - (count(n) - times_two.get(name, 0))
            assert lit(page) == {"counted": count(n), "veiled": veiled}, name
    page.get_by_role("gridcell").first.hover()
    assert lit(page) == {"counted": 0, "veiled": 0}


def test_a_bar_of_the_drawing_is_a_term_too(show):
    """Under the pointer it lights what it is drawn for: the right half of Dice's lower bar is Y."""
    page = show(painter())
    box = page.locator(".gp-stretch.gp-fn").first.evaluate("(one) => one.getBoundingClientRect().toJSON()")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert lit(page) == {"counted": 20, "veiled": 80}
    expect(page.locator(".gp-term-note")).to_have_text("Y: what is true")


@pytest.mark.parametrize("smooth", [0, 2.5])
def test_the_bars_are_as_long_as_the_fraction_says(show, smooth):
    """The rows add up to both ends of it, and twice the overlap stands over the two that X and Y hold."""
    page = show(painter(smooth=smooth))
    for mask in (PREDICTION_2, PREDICTION_1, LUNG * 0 + 1):
        page.evaluate("mask => models[0].set('prediction', mask)", mask.int().tolist())
        n = overlap(mask, LUNG)
        both = n.predicted + n.actual + smooth
        room = next(room for room in (10, 20, 40, 80, 160) if room >= both)
        ends = {"dice": (2 * n.tp + smooth, both), "iou": (n.tp + smooth, n.union + smooth)}
        for score, (top, bottom) in ends.items():
            drawn = stretches(page, score)
            long = {row: sum(b - a for _, at, a, b in drawn if at == row) for row in ("top", "bottom")}
            assert float(long["top"] * room) == pytest.approx(top, abs=1e-9)
            assert float(long["bottom"] * room) == pytest.approx(bottom, abs=1e-9)
            found = {row: {one[2:] for one in drawn if one[:2] == ("tp", row)} for row in ("top", "bottom")}
            assert found["top"] == found["bottom"]


def test_terms_are_one_stop_for_the_keyboard(show):
    """The focus lights, arrows go from term to term, Enter keeps one lit, Escape lets it go."""
    page = show(painter())
    page.get_by_role("button", name="Reset").focus()
    page.keyboard.press("Tab")
    expect(term(page, "twice")).to_be_focused()
    expect(term(page, "twice")).to_have_accessible_name("2·5, the overlap, each pixel counted twice")
    assert lit(page)["counted"] == 10
    page.keyboard.press("ArrowRight")
    expect(term(page, "X")).to_be_focused()
    assert lit(page)["counted"] == 7
    page.keyboard.press("Enter")
    expect(term(page, "X")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    expect(page.get_by_role("slider")).to_be_focused()
    assert lit(page)["counted"] == 7
    page.keyboard.press("Shift+Tab")
    expect(term(page, "X")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    last = page.locator("[role=button][data-terms=union]").last
    expect(last).to_be_focused()
    assert lit(page)["counted"] == 22
    page.keyboard.press("Tab")
    assert lit(page) == {"counted": 0, "veiled": 0}
    assert page.locator(".gp-scores [tabindex='0']").count() == 1


def test_a_tapped_term_stays_lit_while_a_finger_paints(show):
    """It follows every pixel until it is tapped again."""
    page = show(painter(), has_touch=True, viewport={"width": 390, "height": 844})
    term(page, "union").tap()
    assert lit(page) == {"counted": 22, "veiled": 78}
    page.get_by_role("gridcell").first.tap()
    assert lit(page) == {"counted": 23, "veiled": 77}
    expect(term(page, "union")).to_have_attribute("aria-pressed", "true")
    heights = page.locator(".gp-term").evaluate_all("all => all.map((one) => one.offsetHeight)")
    assert min(heights) >= 44
    term(page, "union").tap()
    assert lit(page) == {"counted": 0, "veiled": 0}


def test_pixels_too_small_for_frames_are_lit_by_the_veil_alone(show):
    """On 64x64 pixels a frame could not be seen."""
    page = show(GridPainter(torch.eye(64), torch.ones(64, 64).triu()))
    term(page, "overlap").hover()
    assert lit(page) == {"counted": 0, "veiled": 64 * 64 - 64}


def test_on_paper_the_fraction_is_whole_and_nothing_asks_to_be_pressed(show):
    """The numbers of the terms are printed, the bars with them; the sentence on how to light them is not."""
    page = show(painter())
    page.emulate_media(media="print")
    assert page.locator(".gp-term:visible").count() == 11
    assert page.locator(".gp-bars:visible").count() == 2
    assert not page.locator(".gp-term-note").is_visible()


# ---- Dice against IoU --------------------------------------------------------------------------------------

DRAWN = """() => {
    const box = (what) => document.querySelector(what).getBoundingClientRect();
    const [dot, gap, been] = [box(".gp-dot"), document.querySelector(".gp-gap").getAttribute("d"),
        document.querySelector(".gp-curve svg")];
    return { dot: [dot.left + dot.width / 2, dot.top + dot.height / 2], gap,
        at: document.querySelector(".gp-dot").getAttribute("transform"),
        been: ["x", "width"].map((name) => Number(been.getAttribute(name))) };
}"""


def place(page: Page) -> dict:
    """Where the dot, the gap and the curve are, as scores: the axes are 192 long, from (40, 204)."""
    drawn = page.evaluate(DRAWN)
    x, y = map(float, re.findall(r"[\d.]+", drawn["at"]))
    gap = list(map(float, re.findall(r"[\d.]+", drawn["gap"])))
    start, length = drawn["been"]
    return {
        "dot": ((x - 40) / 192, (204 - y) / 192),
        "gap": ((gap[0] - 40) / 192, (204 - gap[1]) / 192, (204 - gap[2]) / 192),
        "been": ((start - 40) / 192, (start - 40 + length) / 192),
    }


def test_the_dot_stands_at_both_scores_and_the_curve_as_far_as_it_has_been(show):
    """Pixel by pixel to the whole lung: Dice over IoU, the gap from the diagonal to the dot, in fractions."""
    page = show(painter(plot="dice_of_iou"))
    mask = LUNG * 0
    for row, col in LUNG.nonzero().tolist():
        mask[row, col] = 1
        page.evaluate("mask => models[0].set('prediction', mask)", mask.int().tolist())
        n = overlap(mask, LUNG)
        d, j = n.dice(), n.iou()
        assert d == 2 * j / (1 + j)
        at = place(page)
        assert at["dot"] == pytest.approx((float(j), float(d)))
        assert at["gap"] == pytest.approx((float(j), float(j), float(d)))
        lowest, highest = min(Fraction(5, 22), Fraction(1, 20)), max(Fraction(5, 22), j)
        assert at["been"] == pytest.approx((float(lowest), float(highest)))
        sign = "=" if (d - j) * 10_000 == int((d - j) * 10_000) else "≈"
        text = f"{2 * n.tp}/{n.predicted + n.actual} − {n.tp}/{n.union} {sign} {float(d - j):.4f}"
        expect(page.locator("[data-score=gap]")).to_have_text(text)
    assert place(page)["been"] == pytest.approx((1 / 20, 1))


def test_with_one_smooth_in_both_the_dot_leaves_the_curve(show):
    """Dice needs twice the smooth of IoU to stay on it: with 1 in both, prediction 2 has 11/28 over 6/23."""
    page = show(painter(plot="dice_of_iou", smooth=1))
    j, d = 6 / 23, 11 / 28
    assert place(page)["dot"] == pytest.approx((j, d))
    assert 2 * j / (1 + j) == pytest.approx(12 / 29)  # the curve at 6/23
    expect(page.get_by_role("img", name="a dot at Dice 0.39 over IoU 0.26")).to_be_visible()


def test_without_a_plot_there_is_none(show):
    """A painter shows the curve where it is asked for, and refuses another name."""
    page = show(painter())
    assert page.locator(".gp-curve").count() == 0
    with pytest.raises(ValueError, match=r"plot must be one of 'none', 'dice_of_iou'; got 'curve'. Hint: "):
        painter(plot="curve")


def test_two_empty_masks_have_no_gap(show):
    """Both scores are agreed to be 1."""
    page = show(GridPainter(LUNG * 0, plot="dice_of_iou"))
    assert place(page)["dot"] == (1, 1)
    expect(page.locator("[data-score=gap]")).to_have_text("1 − 1 = 0.0000")

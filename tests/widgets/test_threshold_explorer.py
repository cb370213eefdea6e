"""The threshold explorer: a cut over object and background, and each score what Python makes of it."""

import re
from fractions import Fraction

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, NODULE_PROBABILITIES
from seglosses.metrics import dice_score, iou_score
from seglosses.walkthrough.overlaps import Overlap, overlap
from seglosses.walkthrough.pixels import focal_posterior
from seglosses.widgets import ThresholdExplorer

GENERATOR = torch.Generator().manual_seed(0)
MASKS = (torch.rand(3, 1, 16, 16, generator=GENERATOR) < 0.2).float()
MASKS[2] = 0  # an image without any object
PROBABILITIES = torch.sigmoid(1.5 * torch.randn(3, 1, 16, 16, generator=GENERATOR) + 4 * MASKS - 3)
PROBABILITIES[0, 0, 0, :3] = torch.tensor([0.0, 0.5, 1.0])
GRIDS = {"the lung": (LUNG_PROBABILITIES, LUNG), "the nodule": (NODULE_PROBABILITIES, NODULE)}
NETWORKS = {"BCE": (PROBABILITIES, MASKS), "Focal": (PROBABILITIES**2, MASKS)}
FOCAL = {"Focal": (0.25, 2)}


def grids(**options) -> ThresholdExplorer:
    """Both models of the text."""
    return ThresholdExplorer(GRIDS, **options)


def networks(**options) -> ThresholdExplorer:
    """Two models over three images; the second was trained with the focal loss."""
    return ThresholdExplorer(NETWORKS, focal=FOCAL, **options)


def scores(n: Overlap) -> dict[str, tuple[int, int]]:
    """Each score as its fraction."""
    return {
        "dice": (2 * n.tp, n.predicted + n.actual),
        "iou": (n.tp, n.union),
        "precision": (n.tp, n.predicted),
        "recall": (n.tp, n.actual),
    }


def said(top: int, bottom: int) -> str:
    """A fraction as the page sets it."""
    if not bottom:
        return "undefined (0/0)"
    ten_thousandths = Fraction(10_000 * top, bottom)
    return f"{top}/{bottom} {'=' if ten_thousandths.denominator == 1 else '≈'} {top / bottom:.4f}"


def texts(page: Page, kind: str) -> dict[str, str]:
    """What the page says of each score (or count, or mean)."""
    read = "(all, kind) => all.map((one) => [one.dataset[kind], one.textContent])"
    return dict(page.locator(f"[data-{kind}]").evaluate_all(read, kind))


def check(page: Page, n: Overlap) -> None:
    """The page shows these counts and their scores."""
    counts = {kind: str(getattr(n, kind)) for kind in ("tp", "fp", "fn", "tn")}
    assert texts(page, "count") == counts
    shown = texts(page, "score")
    expected = {name: said(*score) for name, score in scores(n).items()}
    top, bottom = scores(n)["dice"]
    expected["half"] = said(top, 2 * bottom).partition(" ")[2] if bottom else said(top, bottom)
    assert shown == expected


# ---- Python ------------------------------------------------------------------------------------------------


def test_the_counts_are_those_of_the_masks_above_each_cut():
    """At all 101 cuts, of float32 and float64, with 0, 0.5 and 1 among them: above the cut, never at it."""
    for dtype in (torch.float32, torch.float64):
        p = PROBABILITIES.to(dtype)
        widget = ThresholdExplorer({"one": (p, MASKS)})
        for k in range(101):
            widget.threshold = k / 100
            assert widget.counts == overlap((p > k / 100).int(), MASKS.int()), k
    hundredths = torch.arange(101, dtype=torch.float64)[None] / 100
    widget = ThresholdExplorer({"all": (hundredths, torch.ones_like(hundredths))})
    assert widget._above()[0] == list(range(100, -1, -1))


def test_the_text_has_these_scores_at_a_half():
    """The lung's model misses 4 of 20, invents none: 32/36. From 0.1 to 0.79 the nodule's has 1."""
    n = grids().counts
    assert (n.dice(), n.iou()) == (Fraction(32, 36), Fraction(16, 20))
    nodule = grids(model="the nodule")
    for cut in (0.1, 0.5, 0.79):
        nodule.threshold = cut
        assert nodule.counts.dice() == 1


def test_the_means_are_those_of_the_images():
    """Each image by itself, an empty one that stays empty counted as right: what the metrics give."""
    held = networks()._held["BCE"]
    for name, score in (("dice", dice_score), ("iou", iou_score)):
        cuts = [PROBABILITIES.gt(k / 100) for k in range(101)]
        means = [score(cut, MASKS, empty=1).mean().item() for cut in cuts]
        assert held["readings"]["raw"]["means"][name] == pytest.approx(means, abs=6e-6)
    assert grids()._held["the lung"]["readings"]["raw"]["means"] == {}


def test_a_translated_model_is_cut_by_what_its_probabilities_mean():
    """The cut is on eta; only the models that were trained with focal have another reading."""
    widget = networks(model="Focal", reading="translated")
    eta = focal_posterior(PROBABILITIES.double() ** 2, 0.25, 2)
    for k in range(0, 101, 5):
        widget.threshold = k / 100
        n = widget.counts
        expected = overlap(
            (focal_posterior((PROBABILITIES**2).double(), 0.25, 2) > k / 100).int(), MASKS.int()
        )
        assert n == expected
    assert eta.max() <= 1
    widget.model = "BCE"
    widget.threshold = 0.3
    assert widget.counts == overlap((PROBABILITIES > 0.3).int(), MASKS.int())


def test_adding_pixels_raises_dice_above_half_of_it():
    """On a thousand sets of pixels: a share of object above D/2 raises Dice, one below lowers it."""
    draw = torch.Generator().manual_seed(1)
    for tp, fp, fn, more, size in torch.randint(1, 50, (1000, 5), generator=draw).tolist():
        object_pixels = min(more, fn)
        pixels = max(size, object_pixels)
        before = Overlap(tp, fp, fn, 100).dice()
        after = Overlap(tp + object_pixels, fp + pixels - object_pixels, fn - object_pixels, 100).dice()
        share = Fraction(object_pixels, pixels)
        assert (after > before, after < before) == (share > before / 2, share < before / 2)


BAD = {
    "no model": ({}, {}, ValueError, "models must hold at least one"),
    "no pair": ({"a": LUNG}, {}, TypeError, r"models\['a'\] must be probabilities and masks; got Tensor"),
    "a word": ({"a": "lung"}, {}, TypeError, r"models\['a'\] must be probabilities and masks; got str"),
    "shapes": ({"a": (LUNG, LUNG[None])}, {}, ValueError, r"one shape; got \(10, 10\) and \(1, 10, 10\)"),
    "nothing": ({"a": (LUNG[:0], LUNG[:0])}, {}, ValueError, r"got \(0, 10\) and"),
    "logits": (
        {"a": (4 * LUNG, LUNG)},
        {},
        ValueError,
        r"values from 0 to 4\. Hint: these look like logits; pass torch",
    ),
    "NaN": ({"a": (LUNG / 0, LUNG)}, {}, ValueError, "probabilities in"),
    "soft mask": ({"a": (LUNG, 0.5 * LUNG)}, {}, ValueError, r"mask of models\['a'\] must be a mask"),
    "unknown": (GRIDS, {"lung": (0.25, 2)}, ValueError, "focal must name models, 'the lung', .*got 'lung'"),
    "one number": (GRIDS, {"the lung": 2}, TypeError, r"focal\['the lung'\] must be alpha and gamma; got 2"),
    "alpha": (GRIDS, {"the lung": (1, 2)}, ValueError, r"an alpha in \(0, 1\)"),
}


@pytest.mark.parametrize(("models", "focal", "error", "says"), BAD.values(), ids=BAD)
def test_a_bad_model_is_refused(models, focal, error, says):
    """The error names the model, what came and what is expected."""
    with pytest.raises(error, match=rf"(?s){says}"):
        ThresholdExplorer(models, focal=focal)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("model", "lung", "model must be one of 'the lung', 'the nodule'; got 'lung'"),
        ("threshold", 1.5, r"threshold must be a number in \[0, 1\]; got 1.5"),
        ("reading", "eta", "reading must be one of 'raw', 'translated'"),
        ("scale", "sqrt", "scale must be one of 'log', 'linear'"),
    ],
)
def test_a_bad_setting_is_refused_and_the_last_good_one_stays(name, value, says):
    """The constructor and an assignment say the same."""
    widget = grids()
    before = widget.get_state()
    for act in (lambda: setattr(widget, name, value), lambda: grids(**{name: value})):
        with pytest.raises((TypeError, ValueError), match=says):
            act()
    assert widget.get_state() == before


def test_arrays_and_lists_are_models_too():
    """And a cut between two hundredths goes to the nearer one."""
    widget = ThresholdExplorer({"a": (np.array([[0.2, 0.9]]), [[0, 1]])}, threshold=0.204)
    assert widget.threshold == 0.2
    assert widget.counts == Overlap(tp=1, fp=0, fn=0, tn=1)


def test_a_link_holds_the_cut_and_not_the_model():
    """It opens over the models that it was made with."""
    widget = networks(model="Focal", threshold=0.37, reading="translated", scale="linear", name="mine")
    again = ThresholdExplorer.from_url(widget.url("https://example.org/page.html"), NETWORKS, FOCAL)
    assert again.get_state(list(again._shared)) == widget.get_state(list(widget._shared))
    assert again.name == "mine"


def test_the_picture_and_the_repr_are_true_to_the_state():
    """The same bytes every time, with the counts and scores at the cut."""
    widget = grids()
    text = "TP 16, FP 0, FN 4, TN 80; Dice 0.8889, IoU 0.8000, precision 1.0000, recall 0.8000"
    assert repr(widget) == f"ThresholdExplorer(the lung at 0.5: {text})"
    assert widget._snapshot() == grids()._snapshot()
    assert "TP 16, FP 0, FN 4, TN 80" in widget._snapshot()
    widget.threshold = 1
    assert "precision 0/0" in repr(widget)


# ---- the page ----------------------------------------------------------------------------------------------


def test_every_readout_is_pythons_number(show):
    """At cuts all along, of each model and reading: counts at the corners, fractions, means and D/2."""
    page = show(networks())
    for model, reading in (("BCE", "raw"), ("Focal", "raw"), ("Focal", "translated")):
        widget = networks(model=model, reading=reading)
        page.evaluate(
            "(to) => Object.entries(to).forEach(([k, v]) => models[0].set(k, v))",
            {"model": model, "reading": reading},
        )
        for k in (0, 7, 29, 50, 83, 100):
            widget.threshold = k / 100
            page.evaluate("(x) => models[0].set('threshold', x)", k / 100)
            check(page, widget.counts)
            means = widget._held[model]["readings"][reading]["means"]
            shown = texts(page, "mean")
            assert {name: shown[name] for name in means} == {
                name: f"{all_[k]:.4f}" for name, all_ in means.items()
            }


def bars(page: Page) -> dict[str, list[tuple[int, float]]]:
    """The bars of each class: from which hundredth on, and how high."""
    read = "(name) => document.querySelector(`.te-left .te-${name}`).getAttribute('d')"
    return {
        name: [
            (int(x), float(v)) for x, v in re.findall(r"M(\d+) 0v(-?[\d.]+)h1V0z", page.evaluate(read, name))
        ]
        for name in ("object", "background")
    }


def test_the_bars_are_the_pixels_of_each_class(show):
    """Object up, background down, one in each hundredth; what is above the cut is drawn as predicted."""
    page = show(grids(scale="linear"))
    # 0.1 lies in the hundredth that ends there: 4 pixels of the lung and 80 others; above, 2, 4, 6 and 4.
    assert bars(page) == {
        "object": [(9, -5.0), (59, -2.5), (69, -5.0), (79, -7.5), (89, -5.0)],
        "background": [(9, 100.0)],
    }
    view = page.locator(".te-right")
    for cut in (0.5, 0.87):
        page.evaluate("(x) => models[0].set('threshold', x)", cut)
        expect(view).to_have_attribute("viewBox", f"{round(100 * cut)} -100 {round(100 - 100 * cut)} 200")
        expect(view).to_have_attribute("x", f"{round(100 * cut)}%")


def at(page: Page, x: float) -> tuple[float, float]:
    """Where on the screen the cut x is."""
    box = page.locator(".te-bars").bounding_box()
    inner = page.locator(".te-middle").evaluate("(one) => one.getBoundingClientRect().toJSON()")
    return inner["x"] + x * inner["width"], box["y"] + box["height"] / 2


def test_the_cut_is_dragged_over_the_bars(show):
    """By mouse it follows, and is sent when the hand lets go; the line at D/2 follows the Dice score."""
    page = show(grids())
    page.mouse.move(*at(page, 0.5))
    page.mouse.down()
    page.mouse.move(*at(page, 0.65), steps=4)
    check(page, Overlap(tp=14, fp=0, fn=6, tn=80))
    assert page.evaluate("models[0].saved") == []
    page.mouse.up()
    assert page.evaluate("models[0].saved") == [{"threshold": 0.65}]
    line = page.locator(".te-bars .te-best").get_attribute("x1")
    assert float(line.rstrip("%")) == pytest.approx(100 * 14 / 34)
    expect(page.get_by_role("status")).to_have_text(
        "Threshold 0.65: Dice 0.8235, IoU 0.7000, Precision 1.0000, Recall 0.7000"
    )
    page.mouse.move(*at(page, 0.2))
    check(page, Overlap(tp=14, fp=0, fn=6, tn=80))  # nothing is held


def test_the_cut_moves_by_finger_and_by_key(show):
    """A tap on the bars, a tap on the curves, an arrow key on the slider, which runs under the same axis."""
    page = show(grids(), has_touch=True, viewport={"width": 390, "height": 844})
    page.touchscreen.tap(*at(page, 0.75))
    check(page, Overlap(tp=10, fp=0, fn=10, tn=80))
    slider = page.get_by_role("slider", name="Threshold")
    expect(slider).to_have_value("0.75")
    box = slider.bounding_box()
    assert box["x"] + 8 + 0.75 * (box["width"] - 16) == pytest.approx(at(page, 0.75)[0], abs=2)
    slider.focus()
    page.keyboard.press("Home")
    check(page, Overlap(tp=20, fp=80, fn=0, tn=0))
    page.keyboard.press("End")
    check(page, Overlap(tp=0, fp=0, fn=20, tn=80))
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("models[0].get('threshold')") == 0.99


def test_without_a_prediction_precision_has_no_value(show):
    """And without any object and any prediction Dice has none, so no line stands at half of it."""
    page = show(ThresholdExplorer({"empty": (0.5 * LUNG, 0 * LUNG)}, threshold=1))
    check(page, Overlap(tp=0, fp=0, fn=0, tn=100))
    expect(page.locator(".te-bars .te-best")).to_be_hidden()
    expect(page.locator(".te-best-label")).to_be_hidden()


SEEN = """() => {
    const [axis, seen] = [".pl-axes path", ".pl-plot svg"].map((one) => document.querySelector(one));
    const [x, width] = ["x", "width"].map((name) => Number(seen.getAttribute(name)));
    const box = axis.getBBox();
    return [(x - box.x) / box.width, (x + width - box.x) / box.width];
}"""


def test_the_scores_are_drawn_as_far_as_the_cut_has_been(show):
    """Nobody sees the best cut before looking for it; another model starts anew."""
    page = show(networks())
    assert page.evaluate(SEEN) == pytest.approx([0.5, 0.5])
    slider = page.get_by_role("slider", name="Threshold")
    for value in ("0.3", "0.8", "0.6"):
        slider.fill(value)
    assert page.evaluate(SEEN) == pytest.approx([0.3, 0.8], abs=1e-3)
    page.get_by_role("button", name="Focal").click()
    assert page.evaluate(SEEN) == pytest.approx([0.6, 0.6], abs=1e-3)
    recall = page.locator("svg svg .te-recall").get_attribute("d")
    assert recall.count("L") == 100


def test_what_can_be_chosen_is_what_there_is(show):
    """One model has no choice of models; only a focal model can be translated; both say which is on."""
    page = show(ThresholdExplorer({"one": GRIDS["the lung"]}))
    assert page.get_by_role("group", name="Model").count() == 0
    expect(page.get_by_role("group", name="Probabilities")).to_be_hidden()
    page = show(networks())
    expect(page.get_by_role("group", name="Probabilities")).to_be_hidden()
    page.get_by_role("button", name="Focal").click()
    page.get_by_role("button", name="Translated").click()
    check(page, networks(model="Focal", reading="translated").counts)
    expect(page.get_by_text("share of foreground η that p stands for")).to_be_visible()
    page.get_by_role("button", name="Linear").click()
    assert page.evaluate("models[0].saved") == [
        {"model": "Focal"},
        {"reading": "translated"},
        {"scale": "linear"},
    ]
    page.evaluate("models[0].set('language', 'zh')")
    expect(page.get_by_role("slider", name="阈值")).to_be_visible()
    page.evaluate("models[0].cleanups.forEach((stop) => stop())")
    assert page.evaluate("models[0].listeners.length") == 0

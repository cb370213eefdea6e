"""The atlas of several classes: complete, in step with seglosses, and each number explained by a formula."""

import math
from datetime import date
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from seglosses.atlas import Atlas, read_atlas
from seglosses.atlas.classes import ALPHA, CLASS_CASES, CLASS_WEIGHTS, OURS, class_table
from seglosses.walkthrough.classes import averages, class_overlaps

ROOT = Path(__file__).parents[1]
ATLAS = read_atlas(ROOT / "book/data/classes.json")
REFUSED = "refused"


def tallies(case, ignore=255):
    """TP, predicted and true pixels as (N, 3); with ignore None an unlabelled pixel is only not in Y."""
    keep = case.target != ignore if ignore else torch.ones_like(case.target, dtype=torch.bool)
    x, y = (torch.stack([(one == k) & keep for k in range(3)], 1) for one in case)
    return [(one).sum((2, 3)).double() for one in (x & y, x, y)]


def score(tp, x, y, kind="dice"):
    """Dice or IoU, with NaN for 0/0."""
    return 2 * tp / (x + y) if kind == "dice" else tp / (x + y - tp)


def whole(counts):
    """The batch as one image."""
    return [one.sum(0, keepdim=True) for one in counts]


def refusing(call):
    """What takes no label of 255."""
    return lambda case: REFUSED if (case.target == 255).any() else call(case)


def pooled(ignore=255):
    """All classes of all images summed first."""
    return lambda case: score(*(one.sum() for one in tallies(case, ignore)))


def weighted(case):
    """Each image's classes by their true pixels, then the mean over the images."""
    tp, x, y = tallies(case)
    return ((score(tp, x, y).nan_to_num(0) * y).sum(1) / y.sum(1)).mean()


def per_image(kind="dice", first=0, absent=math.nan, wanted=False):
    """A mean over each image's classes, then over images; ``wanted`` leaves out what the truth has not."""

    def call(case):
        tp, x, y = tallies(case, ignore=None if absent == 1 and not wanted else 255)
        scores = score(tp, x, y, kind).nan_to_num(absent)
        scores = scores.where(y > 0, math.nan) if wanted else scores
        return scores[:, first:].nanmean(1).mean()

    return call


def at_once(kind="dice", absent=math.nan, ignore=255):
    """One mean over the classes of the whole batch."""
    return lambda case: score(*whole(tallies(case, ignore)), kind).nan_to_num(absent).nanmean()


def all_pairs(case):
    """Every class of every image that either map has, with one vote each."""
    return score(*tallies(case), "iou").nanmean()


def soft(batch=False, first=0, absent=0.0, present=False):
    """The Dice loss of sure logits; ``absent`` is that of 0/0, ``present`` silences what the truth lacks."""

    def call(case):
        tp, x, y = whole(tallies(case)) if batch else tallies(case)
        losses = (1 - score(tp, x, y)).nan_to_num(absent)
        return (losses * (y > 0) if present else losses)[:, first:].mean()

    return call


def of_the_present(case):
    """The mean over each image's true classes, then over the images."""
    tp, x, y = tallies(case)
    return (1 - score(tp, x, y)).where(y > 0, math.nan).nanmean(1).mean()


def of_pixels(case):
    """All classes of an image in one region: the share of wrong pixels."""
    tp, x, _ = tallies(case)
    return (1 - tp.sum(1) / x.sum(1)).mean()


def pixel(factor, divisor):
    """The sum of ``factor`` (of class and p) times -log p over labelled pixels, over the ``divisor``."""

    def call(case):
        keep = case.target != 255
        labels = case.target[keep]
        p = torch.where(case.prediction[keep] == labels, math.exp(4), 1.0) / (
            math.exp(4) + 2
        )  # logits of 2, -2
        weights = factor(labels, p)
        below = {"weights": weights.sum(), "labelled": keep.sum(), "all": keep.numel()}[divisor]
        return (weights * -p.double().log()).sum() / below

    return call


def by_class(values):
    """A factor for each class."""
    return lambda labels, p: torch.tensor(values, dtype=torch.float64)[labels]


def focal(values=(1.0, 1.0, 1.0), share=1.0):
    """The same times (1 - p)^2."""
    return lambda labels, p: share * by_class(values)(labels, p) * (1 - p) ** 2


def sigmoids(labelled):
    """Smp's focal loss: three yes-or-no questions a pixel; 255 is "no" to all unless it is left out."""

    def call(case):
        keep = case.target != 255 if labelled else torch.ones_like(case.target, dtype=torch.bool)
        z = case.logits(2).movedim(1, -1)[keep]
        y = torch.stack([(case.target == k)[keep] for k in range(3)], -1).double()
        bce = F.binary_cross_entropy_with_logits(z, y, reduction="none")
        return ((1 - torch.exp(-bce)) ** 2 * bce).mean()

    return call


#: What each call computes, from its documented formula and what its numbers say.
FORMULAS = {
    "scores": {
        "pooled": [refusing(pooled()), pooled(ignore=None)],
        "weighted": [refusing(weighted)],
        "mean": [
            refusing(per_image()),
            refusing(at_once()),
            at_once(),
            refusing(per_image(wanted=True)),
            refusing(per_image(absent=1)),
            at_once(absent=1, ignore=None),
            at_once(absent=1),
            per_image(absent=1),
        ],
        "foreground": [refusing(per_image(first=1)), refusing(per_image(first=1, wanted=True))],
        "mean IoU": [
            refusing(all_pairs),
            at_once("iou"),
            refusing(per_image("iou", wanted=True)),
            at_once("iou", absent=1, ignore=None),
        ],
    },
    "losses": {
        "dice": [
            soft(),
            soft(batch=True),
            soft(first=1),
            soft(batch=True, present=True),
            of_the_present,
            of_pixels,
        ],
        "cross entropy": [
            refusing(pixel(by_class((1, 1, 1)), "labelled")),
            pixel(by_class((1, 1, 1)), "labelled"),
            pixel(by_class(CLASS_WEIGHTS), "weights"),
            pixel(by_class((1, 1, 1)), "all"),
        ],
        "focal": [
            pixel(focal(), "labelled"),
            pixel(focal(ALPHA), "labelled"),
            pixel(focal(ALPHA), "labelled"),
            pixel(focal(share=0.25), "labelled"),
            pixel(focal(share=0.25 / 3), "all"),
            sigmoids(labelled=True),
            sigmoids(labelled=False),
        ],
    },
}


def asked():
    """Each call of the record with its formula."""
    return [
        pytest.param(said, formula, id=f"{name}-{call}")
        for kind, names in ATLAS.values.items()
        for name, calls in names.items()
        for (call, said), formula in zip(calls.items(), FORMULAS[kind][name], strict=True)
    ]


@pytest.mark.parametrize(("said", "formula"), asked())
def test_each_number_is_that_of_the_formula(said, formula):
    """The record is what the library's formula gives, on each of the maps."""
    assert list(said) == list(CLASS_CASES)
    for name, case in CLASS_CASES.items():
        expected = formula(case)
        expected = expected if isinstance(expected, str) else pytest.approx(float(expected), abs=2e-5)
        assert said[name] == expected, name


def test_the_record_says_when_and_with_which_versions():
    """The day, and the versions that the tool pins; the same as those of the other record."""
    assert date.fromisoformat(ATLAS.date) >= date(2026, 11, 25)
    pins = dict(line.split("==") for line in (ROOT / "tools/class_atlas.txt").read_text().splitlines()[1:])
    assert ATLAS.versions == pins
    others = (ROOT / "tools/compare_peers.txt").read_text().splitlines()
    assert {f"{name}=={pins[name]}" for name in set(pins) - {"torchmetrics"}} <= set(others)


def test_what_seglosses_says_is_the_exact_fraction():
    """The first row of each table of scores is an average of the walkthrough, of the batch as one region."""
    for case in CLASS_CASES.values():
        for kind in ("dice", "iou"):
            four = averages(class_overlaps(*case), kind)
            names = ("pooled", "weighted", "mean", "foreground") if kind == "dice" else ("mean",)
            for name in names:
                ours = OURS["scores"]["mean IoU" if kind == "iou" else name](case)
                assert ours == pytest.approx(float(getattr(four, name)), abs=1e-12)


def test_a_table_marks_what_deviates():
    """The first row is ours, computed now; another's value is bold where four decimals show a difference."""
    table = class_table(ATLAS, "scores", "mean")
    assert table.head == ["", *CLASS_CASES]
    assert table.rows[0] == ["seglosses", "0.8106", "0.9841", "0.6471", "0.8169", "0.8663"]
    rows = {name: cells for name, *cells in table.rows}
    assert rows["MONAI DiceMetric()"] == ["0.8106", "0.9841", "<b>0.9706</b>", "<b>0.8974</b>", "refused"]
    assert 'smp f1_score(<br>reduction="macro")' in rows  # two lines, so that the table fits
    assert len(rows) == len(table.rows) == 1 + len(ATLAS.values["scores"]["mean"])


def test_an_unknown_name_is_answered_with_the_known_ones():
    """Mistyped, or missing in the record."""
    for atlas, name in ((ATLAS, "median"), (Atlas("2026-11-25", {}, {}), "mean")):
        with pytest.raises(ValueError, match=r"kind and name must be one of .*'foreground'.*; got .* Hint: "):
            class_table(atlas, "scores", name)

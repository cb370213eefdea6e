"""The numerals of the page of the family: what each cell of book/family.ipynb may print, and its claims.

tests/test_family.py compares what its lines compute with libraries; here the prose is held to the lines.
"""

from fractions import Fraction
from math import sqrt

import torch

from seglosses import bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES, as_logits
from tests.test_family import RECORD, run


def pull_ratio(alpha: float, beta: float) -> float:
    """How many times as hard Tversky pulls up a pixel of the lung as it pushes down one of the background."""
    p = LUNG_PROBABILITIES.clone().requires_grad_()
    tp, fp, fn = (p * LUNG).sum(), (p * (1 - LUNG)).sum(), ((1 - p) * LUNG).sum()
    (slope,) = torch.autograd.grad(1 - tp / (tp + alpha * fp + beta * fn), p)
    return -(slope[LUNG == 1][0] / slope[LUNG == 0][0]).item()


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    names, facts = run(), {}
    y, p = LUNG, LUNG_PROBABILITIES
    tube, gap, dent = (names[name] for name in ("tube", "gap", "dent"))
    missed = {int((tube - one).sum()) for one in (gap, dent)}
    assert len(missed) == 1
    for loss in (dice_loss, iou_loss, bce_loss, focal_loss):
        assert torch.allclose(*(loss(as_logits(one, 4), tube) for one in (gap, dent)))
    facts["family-puzzle"] = f"{missed.pop()}"
    facts["family-puzzle-picture"] = "3 1 3"
    groups = {group: text.split("|") for group, text in names["groups"].items()}
    count = sum(map(len, groups.values()))
    assert [len(one) for one in groups.values()] == [4, 10, 8, 3]
    facts["family-map"] = facts["family-map-read"] = f"{count}"
    facts["family-map-picture"] = f"1 1 {count}"

    facts["family-tversky"] = "1 2 1 2; 1; 1 2; 1; 3 4"
    dice, tp = 1 - 2 * (p * y).sum() / (p.sum() + y.sum()), (p * y).sum()
    assert torch.isclose(dice, 1 - tp / (tp + names["fp"] / 2 + names["fn"] / 2))
    iou = 1 - tp / (p + y - p * y).sum()
    assert torch.isclose(iou, 1 - tp / (tp + names["fp"] + names["fn"]))
    facts["family-tversky-read"] = (
        f"{names['fp']:.1f} {names['fn']:.1f} {pull_ratio(0.5, 0.5):.2f} 0.3 0.7 {pull_ratio(0.3, 0.7):.2f} 1"
    )
    facts["family-generalised"] = "1 2 1 2"
    small, large = names["classes_y"].sum((1, 2))[[1, 0]].tolist()
    assert small / large == 0.25
    facts["family-generalised-read"] = f"{(large / small) ** 2:.0f} 1 {small**2:.0f}"
    facts["family-lovasz"] = "1; 1 2"
    soft = names["soft_iou"].item()
    without = run(y, p * (y == 1))  # no doubts about the background
    assert torch.isclose(without["lovasz"], without["soft_iou"])
    assert torch.isclose(without["lovasz"], names["lovasz"])
    doubts = soft - without["soft_iou"].item()
    facts["family-lovasz-read"] = f"{without['lovasz']:.2f} {doubts:.2f}"

    facts["family-boundary"] = f"{y.numel()}; 1"
    phi = names["phi"]
    corner = phi[9, 9].item()
    assert corner == phi.max() == sqrt(32)
    assert phi[y == 0].min() == 1
    assert (phi[1, 2:6] == 0).all()
    assert names["best"] < 0
    facts["family-boundary-picture"] = f"0 {corner:.0f}"
    facts["family-boundary-read"] = f"0; {corner:.1f} 0; 1 2 2 2"
    facts["family-cldice"] = "1 2"
    line = names["lines"][0, 0]
    assert line.sum() == line[5].sum() == 10
    cut, dented = RECORD["cldice"].values()
    both = {f"{dice_loss(as_logits(one, 700), tube, 0).item():.4f}" for one in (gap, dent)}
    assert both == {f"{cut:.4f}"}
    assert dented == 0
    facts["family-cldice-read"] = f"{cut:.4f} {int(line.sum())}"
    prices = names["prices"]
    wrong = prices.view(10, 10)[5, 2:6].sum()
    facts["family-topk"] = f"10 {prices.numel()}"
    facts["family-topk-read"] = (
        f"4 {wrong / prices.sum():.0%} {wrong / prices.topk(10).values.sum():.0%} 10 10 %"
    )
    facts["family-deep"] = "2 -"
    facts["family-deep-read"] = "1"

    lung = RECORD["values"]["lung"]
    facts["family-checked"] = " ".join(
        [
            f"{lung['tversky']:.4f} {lung['focal_tversky']:.4f} 0.75 {lung['generalised']:.4f}",
            f"{lung['lovasz']:.4f} {lung['boundary']:.4f} {lung['hausdorff']:.4f} {cut:.4f}",
            f"{lung['topk']:.4f} {lung['deep']:.4f} 1.5",
        ]
    )
    return facts | exercises()


def exercises() -> dict[str, str]:
    """The numerals of the exercises, from the counts and the pixels that they give."""
    hits, alarms, misses, alpha, beta = 12, 2, 8, 0.3, 0.7
    below = hits + alpha * alarms + beta * misses
    dice = 1 - Fraction(2 * hits, 2 * hits + alarms + misses)
    p, y = (Fraction(9, 10), Fraction(4, 10), Fraction(3, 10), Fraction(2, 10)), (1, 1, 0, 0)
    order = sorted(range(4), key=lambda i: -abs(y[i] - p[i]))
    rows, total, before, found, false = [], Fraction(0), Fraction(0), 2, 0
    for i in order:
        found, false = found - y[i], false + 1 - y[i]
        loss = 1 - Fraction(found, 2 + false)
        step = loss - before
        rows.append((i + 1, abs(y[i] - p[i]), loss, step))
        total, before = total + abs(y[i] - p[i]) * step, loss
    table = " ".join(
        f"{n} {float(error)} 1 {'' if loss == 1 else 1 - loss} {step}" for n, error, loss, step in rows
    ).replace("/", " ")
    products = " ".join(f"{float(e)} {step.denominator}" for _, e, _, step in rows)
    assert {step.numerator for *_, step in rows} == {1}
    return {
        "family-exercise-tversky": f"{hits} {alarms} {misses} {alpha} {beta}",
        "family-exercise-tversky-solution": (
            f"{hits} {alpha} {alarms} {beta} {misses} {below:.1f} 1 {hits} {below:.1f} {1 - hits / below:.4f}"
            f" {dice.numerator} {dice.denominator} {float(dice):.4f}"
        ),
        "family-exercise-lovasz": (
            f"1 2 3 4 {' '.join(map(str, y))} {' '.join(str(float(one)) for one in p)}"
        ),
        "family-exercise-lovasz-solution": (
            f"{' '.join(str(float(abs(a - b))) for a, b in zip(y, p, strict=True))} {table} {products}"
            f" {total.numerator} {total.denominator} {float(total):.4f}"
        ),
    }

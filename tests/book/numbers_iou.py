"""The numerals of the IoU chapter, computed: what each cell of book/iou.ipynb may print, in order."""

from fractions import Fraction
from math import sqrt

import pytest
import torch
from torch.func import grad

from seglosses import dice_loss, iou_loss
from seglosses.grids import (
    LUNG,
    LUNG_PROBABILITIES,
    NODULE,
    NODULE_PROBABILITIES,
    PREDICTION_1,
    PREDICTION_2,
    as_logits,
)
from seglosses.probabilities import to_logits
from seglosses.walkthrough.film import chest_film
from seglosses.walkthrough.overlaps import Overlap, dice_gradient, iou_gradient, overlap, soft_overlap
from seglosses.walkthrough.steps import descend


def dice_of(j):
    """The Dice coefficient of an image whose IoU is ``j``."""
    return 2 * j / (1 + j)


def shifted(width: int) -> Overlap:
    """The counts of a row of a block, this wide, and of the same row one pixel further."""
    return Overlap(tp=width - 1, fp=1, fn=1, tn=0)


def found(pixels: int) -> Overlap:
    """The counts of so many pixels of the lung and none besides."""
    lung = int(LUNG.sum())
    return Overlap(tp=pixels, fp=0, fn=lung - pixels, tn=LUNG.numel() - lung)


def pull_ratio(z: torch.Tensor, y: torch.Tensor, of_dice: float, of_iou: float) -> torch.Tensor:
    """The least and the largest ratio of the two pulls, Dice over IoU, over the pixels; all point alike."""
    pulls = grad(dice_loss)(z, y, of_dice), grad(iou_loss)(z, y, of_iou)
    assert torch.equal(*(pull.sign() for pull in pulls))
    return torch.stack((pulls[0] / pulls[1]).aminmax())


def steps() -> dict[str, str]:
    """The section of steps: Dice and IoU from prediction 2, and without any lung."""
    facts = {}
    start, lost = to_logits(0.02 + 0.96 * PREDICTION_2), (LUNG == 1) & (PREDICTION_2 == 0)
    dice_path, iou_path = (descend(loss, start, LUNG, 10, 300) for loss in (dice_loss, iou_loss))
    crossed = [
        next(step for step in range(301) if (path[step][lost] >= 0).all()) for path in (dice_path, iou_path)
    ]
    race = [[soft_overlap(torch.sigmoid(z), LUNG).dice() for z in path] for path in (dice_path, iou_path)]
    turn = next(step for step in range(10, 301) if race[1][step] > race[0][step])
    ahead = [dice > iou for dice, iou in zip(*race, strict=True)]
    assert ahead == [0 < step < turn for step in range(301)]  # Dice from the first step, then IoU to the last
    false = [path[300].sigmoid()[6, 3].item() for path in (iou_path, dice_path)]
    for one in (start, torch.zeros_like(LUNG)):
        both = [descend(loss, one, 0 * LUNG, 10, 300) for loss in (dice_loss, iou_loss)]
        torch.testing.assert_close(*both, rtol=0, atol=1e-12)
        assert (both[0].diff(dim=0) < 0).all()  # everything goes down, in each step
    facts["iou-step"] = "prediction 2; 0.98 0.02; 10 s = 1"
    facts["iou-step-question"] = "300"
    facts["iou-step-widget"] = "prediction 2"
    facts["iou-step-read"] = f"0.5 {crossed[0]} {crossed[1]} {turn} 300 {false[0]:.2f} {false[1]:.2f}; 1"
    return facts


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    one, two = (overlap(x, LUNG) for x in (PREDICTION_1, PREDICTION_2))
    lung = one.actual
    steady = found(11)
    facts = {}

    facts["iou-puzzle"] = f"predictions 1 and 2, {steady.tp} of {lung}"

    gap = {k: found(k).dice() - found(k).iou() for k in range(lung + 1)}
    widest = max(gap, key=gap.get)
    best = found(widest)
    facts["iou-draw"] = "both are 0, both are 1"
    assert gap[lung // 2] > gap[lung // 2 + 1]  # "closing"
    facts["iou-gap-question"] = "at none both are 0, and the gap is 0; at all 1"
    facts["iou-draw-answer"] = (
        f"{widest} {2 * best.tp} {best.predicted + lung} {float(best.dice()):.4f}"
        f" {best.tp} {best.union} {float(best.iou())} {float(gap[widest]):.4f}"
        f" {widest - 1} {float(gap[widest - 1]):.4f} {widest + 1} {float(gap[widest + 1]):.4f} below 1"
    )
    facts["iou-drawn-loss"] = "prediction 2"
    facts["iou-formula"] = "1"

    better, worse = one.iou(), two.iou()
    facts["iou-by-hand"] = (
        f"prediction 1: {one.predicted} {one.predicted} {lung} {one.tp} {one.union}"
        f" {better.numerator} {better.denominator} {float(better)} 1 {float(better)} {float(1 - better)}"
        f" prediction 2: {two.predicted} {two.tp} {two.predicted} {lung} {two.tp} {two.union}"
        f" {worse.numerator} {worse.denominator} {float(worse):.4f}"
        f" {(1 - worse).numerator} {(1 - worse).denominator} {float(1 - worse):.4f}"
    )

    for terms in (one, two, steady, best):
        assert dice_of(terms.iou()) == terms.dice()
    soft = soft_overlap(LUNG_PROBABILITIES, LUNG)
    assert dice_of(soft.iou()) == pytest.approx(soft.dice())
    score = two.dice()
    facts["iou-twins"] = (
        f"2 2 1 2; prediction 2: {worse.numerator} {worse.denominator}"
        f" {2 * two.tp} {two.union} {two.predicted + lung} {two.union} {score.numerator} {score.denominator};"
        f" {LUNG_PROBABILITIES.min()} {LUNG_PROBABILITIES.max()}"
    )
    peak = sqrt(2) - 1
    assert 2 / (1 + peak) ** 2 == pytest.approx(1)
    assert dice_of(peak) - peak == pytest.approx(3 - 2 * sqrt(2))
    facts["iou-twins-read"] = (
        f"s = 0; 2 1 2 1; 2 1 {peak:.4f}; 3 2 2 {3 - 2 * sqrt(2):.4f}; {widest} of {lung} and {lung};"
        " prediction 1"
    )
    rows = [(0.90, 0.82), (0.60, 0.65), (0.50, 0.33), (0.0, 0.0)]
    assert [round(dice_of(j), 2) == d for d, j in rows] == [True, False, True, True]
    facts["iou-table"] = " ".join(f"{d:.2f} {j:.2f}" for d, j in rows)

    means = {"A": (one, two), "B": (steady, steady)}
    dice = {model: sum(image.dice() for image in images) / 2 for model, images in means.items()}
    iou = {model: sum(image.iou() for image in images) / 2 for model, images in means.items()}
    assert dice["A"] < dice["B"]
    assert iou["A"] > iou["B"]
    facts["iou-mean-read"] = (
        f"predictions 1 and 2: {float(dice['A']):.4f} {float(iou['A']):.4f}"
        f" {steady.tp} of {lung} {float(dice['B']):.4f} {float(iou['B']):.4f}"
        f" 2 1; 0 or 1; {float(dice_of(iou['A'])):.4f}"
    )

    aside = overlap(torch.roll(LUNG, 1, dims=1), LUNG)
    assert (aside.dice(), aside.iou()) == (shifted(4).dice(), shifted(4).iou())
    facts["iou-shift"] = "5 rows, 4 columns"
    blocks = {a: shifted(a) for a in (4, 5, 10, 20, 50)}
    for a, block in blocks.items():
        assert (block.dice(), block.iou()) == (Fraction(a - 1, a), Fraction(a - 1, a + 1))
    table = " ".join(f"{a} {float(b.dice()):.4f} {float(b.iou()):.4f}" for a, b in blocks.items())
    facts["iou-shift-read"] = (
        f"1 1 1 1 1 {table} 4 {float(blocks[4].iou())} 50 {float(blocks[50].iou()):.2f}"
        f" 50 {float(1 - blocks[50].iou()):.4f} {float(1 - blocks[50].dice()):.4f}"
    )
    facts["iou-code"] = "1"
    assert iou_loss(as_logits(PREDICTION_2), LUNG, smooth=1).item() == pytest.approx(17 / 23)
    facts["iou-run-read"] = "s is 0, 1; 0 and 255"

    smoothed, hasty = two.dice(1), dice_of(two.iou(1))
    assert dice_of(two.iou(Fraction(1, 2))) == smoothed
    facts["iou-smooth"] = (
        f"2 1, 2, 2 1 2 2 2 2; prediction 2, s = 1, D_1: {smoothed.numerator} {smoothed.denominator}"
        f" {float(smoothed):.4f} t = 1: {hasty.numerator} {hasty.denominator} {float(hasty):.4f} 1 2"
    )

    inside, outside = Fraction(-1, two.union), worse / two.union
    values = iou_gradient(PREDICTION_2, LUNG).unique().tolist()
    assert values == pytest.approx([float(inside), float(outside)])
    pull = float(-inside / outside)
    slopes = dice_gradient(PREDICTION_2, LUNG).unique()
    assert float(-slopes[0] / slopes[1]) == pytest.approx(pull)
    facts["iou-gradient"] = (
        f"s = 0; -1 over U, y = 1, y = 0; prediction 2: {inside.numerator} {inside.denominator}"
        f" {float(inside):.4f} {outside.numerator} {outside.denominator} {float(outside):.4f} {pull} {pull}"
    )
    factors = []
    for terms, x in ((one, PREDICTION_1), (two, PREDICTION_2)):
        factor = 2 / (1 + terms.iou()) ** 2
        ratio = dice_gradient(x, LUNG) / iou_gradient(x, LUNG)
        torch.testing.assert_close(ratio, torch.full_like(ratio, float(factor)))
        factors.append(f"{factor.numerator} {factor.denominator} {float(factor):.4f}")
    least, most = Fraction(2, (1 + 1) ** 2), Fraction(2, (1 + 0) ** 2)
    assert most / least == 4  # "four times as heavily", "four to one"
    z = to_logits(NODULE_PROBABILITIES)
    low, high = pull_ratio(z, NODULE, 1, 1)
    for twin in (0, 0.5, 1, 3):  # the smooth of IoU, half of that of Dice
        assert pytest.approx(1, abs=1e-9) == torch.div(*pull_ratio(z, NODULE, 2 * twin, twin))
    facts["iou-gradient-read"] = (
        f"{LUNG.numel()} 2 1 2; 2, 1 at 2 - 1, {least.numerator} {least.denominator};"
        f" prediction 1: {factors[0]}, prediction 2: {factors[1]}; s = 0; 1 {low:.2f} {high:.2f}; 1 - p"
    )

    tiny = Overlap(tp=2, fp=0, fn=1, tn=97).iou()
    facts["iou-fails"] = (
        f"s = 0 costs 1; s = 1, P + 1; 3: {tiny.numerator} {tiny.denominator} {float(tiny):.4f}"
        f" {lung} {float(found(lung - 1).iou())};"
        f" {two.masks_alike} prediction 2 {worse.numerator} {worse.denominator}"
    )
    facts["iou-remember"] = f"2 1; 1, 1 1; 2 down to {least.numerator} {least.denominator}"
    facts["iou-recall"] = f"prediction 2, {two.fp + two.fn}"

    facts["iou-exercise-convert"] = f"{float(aside.iou())}"
    facts["iou-exercise-convert-solution"] = (
        f"2 {float(aside.iou())} 1 {float(aside.iou())} {float(aside.dice())} 4"
    )
    rows = [(0.90, 0.85), (0.90, 0.70), (0.80, 0.75), (0.60, 0.60)]
    assert [j <= d <= dice_of(j) for d, j in rows] == [True, False, True, True]
    facts["iou-exercise-table"] = " ".join(f"{d:.2f} {j:.2f}" for d, j in rows)
    bounds = " ".join(f"{dice_of(j):.4f}" for _, j in rows)
    facts["iou-exercise-table-solution"] = f"2 1 {bounds} 0 or 1"
    goal = Fraction(9, 10)
    width = next(a for a in range(1, 99) if shifted(a).iou() >= goal)
    of_dice = next(a for a in range(1, 99) if shifted(a).dice() >= goal)
    facts["iou-exercise-shift"] = f"{float(goal)}"
    facts["iou-exercise-shift-solution"] = (
        f"1 1 {float(goal)} 1 {float(goal)} {float(goal)} {float(1 - goal)} {float(1 + goal)}"
        f" {width} {of_dice}"
    )
    facts["iou-exercise-loss"] = "s = 0"
    facts["iou-exercise-loss-solution"] = "1 - L; 1 - L over 1 + L; 1 - J; 2 over 1 + L"
    facts |= steps()
    # --- what questions and pictures say, beyond what they compute themselves
    facts["iou-puzzle-picture"] = f"{one.fn} {two.tp} {two.fp} {steady.tp}"
    facts["iou-painter"] = "prediction 2"
    rows = {"a": "0.82 1.82 0.90", "b": "0.65", "c": "0.33 1.33", "d": "0"}
    assert f"{dice_of(0.82):.2f}" == "0.90"
    facts["iou-table-question"] = f"2 over {rows['a']}; {rows['b']}; 2 over {rows['c']}; {rows['d']}"
    forgetful = Fraction(aside.predicted, aside.predicted + aside.fp)
    facts["iou-shift-question"] = f"{float(forgetful)} {aside.predicted} {aside.predicted + aside.fp}"
    facts["iou-shift-picture"] = f"1 {aside.fn} {aside.fp}"
    facts["iou-gradient-question"] = "prediction 2; 2, 1; 1, 2; 1"
    film = chest_film()
    pulls = [grad(loss)(film.logits, film.lung, smooth=0) for loss in (dice_loss, iou_loss)]
    d = 1 - dice_loss(film.logits, film.lung, smooth=0)
    (ratio,) = {f"{one:.2f}" for one in (pulls[1] / pulls[0]).flatten().tolist()}
    assert ratio == f"{2 / (2 - d) ** 2:.2f}"
    (air,) = {f"{film.shares(pull.abs())['air']:.1%}" for pull in pulls}
    facts["iou-film"] = "s = 0"
    facts["iou-film-read"] = f"{d:.2f} {film.lung.numel()} 2 2 2 {ratio} {air}"
    return facts

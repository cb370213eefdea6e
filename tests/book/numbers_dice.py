"""The numerals of the Dice chapter, computed: what each cell of book/dice.ipynb may print, in order."""

from fractions import Fraction

import pytest
import torch
from torch.func import grad

from seglosses import bce_loss, dice_loss
from seglosses.grids import (
    LUNG,
    NODULE,
    NODULE_PROBABILITIES,
    PREDICTION_1,
    PREDICTION_2,
    as_logits,
)
from seglosses.probabilities import to_logits
from seglosses.walkthrough.film import chest_film
from seglosses.walkthrough.overlaps import Overlap, dice_gradient, overlap, soft_overlap
from seglosses.walkthrough.steps import descend

EMPTY, FULL = torch.zeros_like(LUNG), torch.ones_like(LUNG)


def floor(share: float) -> float:
    """The lowest Dice loss, smooth 0, of a model whose probabilities pass for logits."""
    y = (torch.arange(100) < 100 * share).double()
    lowest = dice_loss(y, y, smooth=0).item()  # 0 and 1 are the farthest that they reach
    z = torch.randn(100, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    for outputs in (z, 9 * z, 40 * y - 20):
        assert dice_loss(torch.sigmoid(outputs), y, smooth=0) > lowest - 1e-6
    return lowest


def background_over_object(p: torch.Tensor, y: torch.Tensor) -> float:
    """How many times as much as the object the background weighs in Dice's gradient with respect to p."""
    slopes, terms, share = dice_gradient(p, y), soft_overlap(p, y), y.mean().item()
    ratio = (slopes[y == 0].sum() / -slopes[y == 1].sum()).item()
    assert ratio == pytest.approx((1 - share) / share * terms.dice() / (2 - terms.dice()))
    return ratio


def steps() -> dict[str, str]:
    """The section of steps: Dice and BCE from prediction 2, sure of itself."""
    facts = {}
    facts["dice-step"] = "10; prediction 2; 0.98 0.02; s = 1"
    facts["dice-step-widget"] = "prediction 2"
    facts["dice-step-question"] = "0.98 after 100; 0.2 0.5"
    sure = to_logits(0.02 + 0.96 * PREDICTION_2)
    learned = {loss: torch.sigmoid(descend(loss, sure, LUNG, 10, 300)) for loss in (dice_loss, bce_loss)}
    invented, missed = ((k == PREDICTION_2) & (1 - k == LUNG) for k in (1, 0))
    alike = {
        (loss, step): [p[step][kind].unique().tolist() for kind in (invented, missed)]
        for loss, p in learned.items()
        for step in (100, 200, 300)
    }
    at = {key: [values[0] for values in both] for key, both in alike.items()}
    assert all(max(values) - min(values) < 1e-9 for both in alike.values() for values in both)
    found, false = at[dice_loss, 100], at[bce_loss, 100]
    assert 0.98 - found[0] < 0.01 < 0.98 - false[0]  # Dice has hardly moved what BCE has
    assert false[0] < 0.2
    facts["dice-step-read"] = (
        f"7 4; 100 {found[0]:.2f} {false[0]:.2f} {found[1]:.2f} {false[1]:.2f}"
        f" 200 {at[dice_loss, 200][1]:.2f} 300 {at[dice_loss, 300][0]:.2f}; 1 1"
    )
    return facts


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    one, two, none = (overlap(x, LUNG) for x in (PREDICTION_1, PREDICTION_2, EMPTY))
    lung, pixels, background = one.actual, LUNG.numel(), int((LUNG == 0).sum())
    facts = {}

    facts["dice-puzzle"] = f"{lung} {pixels}"
    rights = [terms.tp + terms.tn for terms in (one, two, none)]
    rows = [f"{right} of {pixels} {right / pixels:.2f}" for right in rights]
    facts["dice-puzzle-accuracy"] = f"prediction 1 {rows[0]} prediction 2 {rows[1]} {rows[2]}"

    facts["dice-guess"] = f"from 0 to 1, prediction 2: {two.tp} {lung} {two.fp}"

    facts["dice-draw"] = "prediction 2"
    found, removed = (2 * (two.tp + 1), two.predicted + 1 + lung), (2 * two.tp, two.predicted - 1 + lung)
    goal = Fraction(9, 10)
    more = next(
        k for k in range(two.fn + 1) if Overlap(two.tp + k, two.fp, two.fn - k, two.tn).dice() >= goal
    )
    reached = Overlap(two.tp + more, two.fp, two.fn - more, two.tn)
    facts["dice-draw-answer"] = (
        f"{found[0]} {found[1]} {found[0] / found[1]:.4f}"
        f" {removed[0]} {removed[1]} {removed[0] / removed[1]:.4f}"
        f" {float(goal)} {more} {2 * reached.tp} {reached.predicted + lung} {float(reached.dice())}"
    )
    facts["dice-drawn-loss"] = "prediction 1"
    facts["dice-formula"] = "2 1"

    marks = (f"prediction 1: {one.predicted}", f"prediction 2: {two.predicted}, of which {two.tp}")
    for marked, x in zip(marks, (one, two), strict=True):
        score, loss = x.dice(), 1 - x.dice()
        facts["dice-by-hand"] = facts.get("dice-by-hand", "") + (
            f" {marked} 2 {x.intersection} {x.predicted} {x.actual}"
            f" {score.numerator} {score.denominator} {float(score):.4f}"
            f" 1 - DSC {loss.numerator} {loss.denominator} {float(loss):.4f}"
        )

    printed = round(float(one.dice()), 2)
    wrong = round(1 - printed, 2)
    too_high = Fraction(str(wrong)) / (1 - one.dice()) - 1
    facts["dice-rounding"] = f"1 {printed} {wrong} prediction 1 {100 * float(too_high):.0f}%"

    facts["dice-soft"] = "between 0 and 1; y 1 or 0; 1 2 s, s = 0"
    facts["dice-source"] = "0 1; being 0"
    facts["dice-listing-read"] = "between 0 and 1; 0 over 0 as 1"
    of_bytes = 255 * LUNG
    plain = soft_overlap(torch.sigmoid(as_logits(PREDICTION_2)), LUNG)
    wrong = [1 - (510 * plain.intersection + s) / (plain.predicted + 255 * plain.actual + s) for s in (0, 1)]
    assert max(wrong) < dice_loss(as_logits(PREDICTION_2), LUNG) < float(1 - two.dice())
    with pytest.raises(ValueError, match="Hint"):
        dice_loss(as_logits(PREDICTION_2), of_bytes)
    facts["dice-run-read"] = (
        f"0 in the first, 1; {dice_loss(as_logits(EMPTY), EMPTY, smooth=0):.0f};"
        f" 0 {of_bytes.max():.0f} {wrong[0]:.4f} {wrong[1]:.4f} prediction 2"
    )

    raw = soft_overlap(torch.sigmoid(LUNG), LUNG)
    on, off = torch.sigmoid(torch.tensor([1.0, 0.0], dtype=torch.float64)).tolist()
    masks = (LUNG, PREDICTION_1, PREDICTION_2, FULL)
    table = [f"{dice_loss(as_logits(m), LUNG):.4f} {dice_loss(m, LUNG):.4f}" for m in masks]
    facts["dice-raw-mask-why"] = (
        f"0 {off} 1 {on:.5f} {lung} {background}"
        f" {lung} {on:.5f} {raw.intersection:.4f} {raw.intersection:.4f}"
        f" {background} {off} {raw.predicted:.4f}"
        f" 1 2 {raw.intersection:.4f} 1 {raw.predicted:.4f} {lung} 1 {1 - raw.dice(1):.4f}"
        f" smooth 1, prediction 2, logits 20, {table[0]} 1 {table[1]} 2 {table[2]} {table[3]}"
        f" 0 {floor(0.01):.2f} 1% {floor(0.09):.2f} 9% {floor(0.5):.2f} 50%"
    )

    missed = {n: Overlap(tp=0, fp=n, fn=n, tn=0).dice(smooth=1) for n in (1, 20)}
    facts["dice-smooth"] = (
        f"0 0 gives {overlap(EMPTY, EMPTY).dice(1)}, a loss of {dice_loss(as_logits(EMPTY), EMPTY):.0f},"
        f" {Overlap(tp=0, fp=1, fn=1, tn=0).dice()} 1"
        f" {missed[1].numerator} {missed[1].denominator} {float(missed[1]):.4f} 1"
        f" {missed[20].numerator} {missed[20].denominator} {float(missed[20]):.4f} 20; from 1 to 30"
    )
    whisper = 0.01
    losses = {s: [1 - float(x.dice(s)) for x in (one, two)] for s in (1, 0)}
    facts["dice-smooth-caption"] = (
        f"{Overlap(tp=0, fp=9, fn=9, tn=0).dice()} {whisper}"
        f" {whisper / (whisper + 1):.4f} 1 {whisper / (whisper + 1e-5):.4f} {1e-5:.5f}"
        f" 1 {losses[1][0]:.4f} {losses[1][1]:.4f} 0 {losses[0][0]:.4f} {losses[0][1]:.4f}"
    )

    score, size = two.dice(), two.predicted + two.actual
    inside, outside = (score - 2) / size, score / size
    assert dice_gradient(PREDICTION_2, LUNG).unique().tolist() == pytest.approx(
        [float(inside), float(outside)]
    )
    facts["dice-gradient"] = f"prediction 2: {two.tp} {two.fn} {two.fp} {two.tn}"
    facts["dice-gradient-read"] = (
        f"2; prediction 2, 0:"
        f" {inside.numerator} {inside.denominator} {float(inside):.4f}"
        f" {outside.numerator} {outside.denominator} {float(outside):.4f}"
    )
    half = torch.full_like(NODULE, 0.5)
    in_bce = grad(bce_loss)(torch.zeros_like(NODULE), NODULE)
    drowned = in_bce[NODULE == 0].sum() / -in_bce[NODULE == 1].sum()
    weighs = [
        background_over_object(p, y) for p, y in ((half, NODULE), (PREDICTION_2, LUNG), (PREDICTION_1, LUNG))
    ]
    assert background_over_object(NODULE_PROBABILITIES, NODULE) > 1 > weighs[0]  # it ends with the overlap
    facts["dice-gradient-read"] += (
        f" {float(-inside / outside)}; s = 0, 1 - f, 2 - D;"
        f" 0.5 {weighs[0]:.2f} {NODULE.sum():.0f} {NODULE.numel()} {drowned:.2f};"
        f" {weighs[1]:.2f} prediction 2, {weighs[2]:.2f} prediction 1; 0 0"
    )

    facts |= steps()
    pushes = []
    for loss in (dice_loss, bce_loss):
        logits = as_logits(PREDICTION_2, confidence=10).requires_grad_()
        loss(logits, LUNG).backward()
        pushes.append(logits.grad[(PREDICTION_2 == 1) & (LUNG == 0)].mean().item())
    (small, small_power), (large, large_power) = (f"{push:.1e}".split("e") for push in pushes)
    facts["dice-saturation-read"] = (
        f"10 s = 1 {two.fp} {small} 10 {int(small_power)} {large} 10 {int(large_power)}"
        f" {round(pushes[1] / pushes[0], -3):.0f}"
    )

    false_pixel = EMPTY.clone()
    false_pixel[0, 0] = 1
    with_smooth = [dice_loss(as_logits(x), EMPTY) for x in (EMPTY, false_pixel)]
    exactly = dice_loss(torch.full_like(EMPTY, -torch.inf), EMPTY, smooth=0)  # as the painter counts
    trace, alarm = (dice_loss(as_logits(x), EMPTY, smooth=0) for x in (EMPTY, false_pixel))
    empty = {
        loss: torch.sigmoid(descend(loss, torch.zeros_like(LUNG), EMPTY, 10, 100))
        for loss in (dice_loss, bce_loss)
    }
    assert all((p.diff(dim=0) < 0).all() for p in empty.values())  # everything goes down, in each step
    facts["dice-fails"] = (
        f"1 {with_smooth[0]:.0f} {with_smooth[1]:.1f};"
        f" 0 {alarm:.0f} {exactly:.0f}, exactly 0; -20 {trace:.0f};"
        f" 100 0.5 {empty[dice_loss][-1].max():.2f} {empty[bce_loss][-1].max():.2f}"
    )

    costs = {n: 1 - Overlap(tp=n - 1, fp=0, fn=1, tn=0).dice() for n in (20, 3, 1)}
    assert costs[1] == 1
    nodule = soft_overlap(NODULE_PROBABILITIES, NODULE)
    least, middle, most = sorted(NODULE_PROBABILITIES.unique().tolist())
    rest = int((NODULE == 0).sum())
    facts["dice-tiny"] = (
        f"20 {costs[20].numerator} {costs[20].denominator} {float(costs[20]):.4f}"
        f" 3 {costs[3].numerator} {costs[3].denominator} {float(costs[3])} 1"
        f" {middle} {most} {int(NODULE.sum())} {least} {rest}"
        f" {overlap(NODULE_PROBABILITIES > 0.5, NODULE).dice()} {rest} {least} {rest * least:.1f} 0"
        f" {2 * nodule.intersection:.1f} {nodule.predicted + nodule.actual:.1f} {nodule.dice():.4f}"
    )
    facts["dice-shape-read"] = (
        f"{two.tp} {lung} {two.fp} {background} {two.masks_alike}"
        f" {score.numerator} {score.denominator} {two.fp}"
    )
    facts["dice-recall"] = f"0 {dice_loss(LUNG, LUNG):.4f} {off} 0 {background}"

    column = Overlap(tp=20, fp=5, fn=0, tn=75)
    loss = 1 - column.dice()
    facts["dice-exercise-column"] = f"{column.fp}"
    facts["dice-exercise-column-solution"] = (
        f"{column.tp} {column.predicted} 2 {column.tp} {column.predicted} {lung}"
        f" {2 * column.tp} {column.predicted + lung} {column.dice().numerator} {column.dice().denominator}"
        f" {loss.numerator} {loss.denominator} {float(loss):.4f}"
    )
    loss = 1 - one.dice()
    facts["dice-exercise-logits"] = f"1 {loss.numerator} {loss.denominator}"
    facts["dice-exercise-twin"] = f"2 {score.numerator} {score.denominator}"
    double = Overlap(tp=10, fp=24, fn=10, tn=56)
    assert double.dice() == score
    facts["dice-exercise-twin-solution"] = (
        f"{two.tp} {two.fp} {two.tp} {double.tp} {double.fp} {2 * double.tp} {double.predicted + lung}"
    )
    facts["dice-exercise-squares"] = "1 2 p^2 y^2"
    # --- what questions and pictures say, beyond what they compute themselves
    facts["dice-painter"] = "prediction 1"
    facts["dice-guess-question"] = "prediction 2"
    facts["dice-puzzle-picture"] = f"{one.fn} {two.tp} {two.fp}"
    facts["dice-logits-question"] = "exactly 0, a logit of 0; 0.0 1.0"
    facts["dice-saturation-picture"] = "0 at both ends; from 0 to 1"
    facts["dice-shape-picture"] = f"{two.tp} {two.fp}"
    assert to_logits(torch.tensor([0.0, 1.0])).isfinite().all()
    facts["dice-remember"] = "0 and 1 stay finite"
    film = chest_film()
    z = film.logits.requires_grad_()
    pulled = film.shares(torch.autograd.grad(dice_loss(z, film.lung), z)[0].abs())
    facts["dice-film"] = f"{len(film.lung)} {film.air.sum():.0f}"
    facts["dice-film-read"] = f"{pulled['air']:.1%} 1 1 0; {pulled['tissue']:.0%} {pulled['lung']:.0%}"
    return facts

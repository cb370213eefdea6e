"""The numerals of the chapter on batches, computed: what each cell of book/batches.ipynb may print."""

from fractions import Fraction
from math import erfc, exp, log, sqrt
from pathlib import Path

import torch

from seglosses import dice_loss
from seglosses.grids import LUNG, NODULE, PREDICTION_1, PREDICTION_2, as_logits
from seglosses.training.recorded import read_recording
from seglosses.walkthrough.overlaps import Overlap, overlap
from seglosses.walkthrough.pixels import focal_posterior

CHAPTER = Path(__file__).parents[2] / "book/batches.ipynb"


def pool(*images: Overlap) -> Overlap:
    """The counts of several images as one region."""
    return Overlap(*(sum(getattr(n, name) for n in images) for name in ("tp", "fp", "fn", "tn")))


def mean(*scores: Fraction) -> Fraction:
    """The mean of exact scores."""
    return sum(scores) / len(scores)


def ring(painted: int, share: Fraction, core: int = 100, size: int = 300) -> Fraction:
    """Dice of a core and so many pixels of a ring, pooled over annotators of whom a share marks the ring."""
    return 2 * (core + share * painted) / (core + painted + core + share * size)


def above(cut: float) -> float:
    """The share of a standard bell curve above the cut."""
    return erfc(cut / sqrt(2)) / 2


def cut_population() -> dict[str, str]:
    """The population as pixels, and two models of it: where each must be cut."""
    rank = torch.cat([(torch.arange(n).double() + 0.5) / n for n in (1_000, 99_000)])
    nodule = (torch.arange(100_000) < 1_000).int()
    signal = torch.special.ndtri(rank) + sqrt(5) * nodule
    eta = torch.sigmoid(log(1 / 99) + sqrt(5) * signal - 2.5)
    says = torch.arange(1, 100_000, dtype=torch.float64) / 100_000
    focal = says[torch.searchsorted(focal_posterior(says, 0.25, 2), eta).clamp(max=len(says) - 1)]
    best, recalls = {}, []
    for name, p in (("eta", eta), ("focal", focal)):
        found = {k: overlap((p > k / 100).int(), nodule) for k in range(101)}
        at = max(found, key=lambda k: found[k].dice())
        best[name] = at, found[at]
        recalls.append(found[50].tp / found[50].actual)
    at, n = best["eta"]
    assert abs(at / 100 - n.dice() / 2) < 0.005  # the cut meets the line
    assert abs(float(n.dice()) - max(population(k / 100)[1] for k in range(600))) < 5e-4
    elsewhere, other = best["focal"]
    assert abs(elsewhere / 100 - other.dice() / 2) > 0.05
    top, bottom = 2 * n.tp, n.predicted + n.actual
    return {
        "batches-cut": f"{len(eta)} alpha {0.25} gamma {2}",
        "batches-cut-answer": (
            f"{at / 100} {top} {bottom} {float(n.dice()):.4f} {elsewhere / 100} {at / 100} {top} {bottom}"
            f" 0.5 {recalls[0]:.3f} {recalls[1]:.3f}"
        ),
    }


def population(cut: float, foreground: float = 0.01, shift: float = sqrt(5)) -> tuple[float, float, float]:
    """The posterior at a cut of the signal, and the Dice and the recall that the cut gives."""
    recall = above(cut - shift)
    hits, alarms = foreground * recall, (1 - foreground) * above(cut)
    odds = log(foreground / (1 - foreground)) + shift * cut - shift**2 / 2
    return 1 / (1 + exp(-odds)), 2 * hits / (hits + alarms + foreground), recall


def perfect_from(kind: torch.dtype) -> float:
    """The logit from which on an empty image left empty has a loss of 0, without smooth."""
    z = -torch.arange(0, 800, 0.0625, dtype=torch.float64)  # float16 has these numbers too
    rows = z.to(kind).unsqueeze(1).expand(-1, 8)
    perfect = dice_loss(rows, torch.zeros_like(rows), smooth=0, dim=1) == 0
    first = int(perfect.int().argmax())
    assert perfect[first:].all()
    return z[first].item()


def runs() -> tuple[int, int, int, str]:
    """Of the runs that differ in the order of their images: half of the images, a batch, steps, the table."""
    recording = read_recording(CHAPTER.with_name("data") / "runs.json")
    tried, steps = recording.settings["order"], recording.settings["order"]["steps"]
    orders, seeds = ("mixed", "mixed again", "sorted"), len(recording.settings["seeds"])
    found = [recording.score(order, "Dice", "largest", steps) > 0.5 for order in orders]
    bce = [recording.score(order, "BCE", "tuned dice", steps) for order in orders]
    rows = " ".join(
        f"{int(seen.sum())} {seeds} {dice.min():.2f} {dice.max():.2f}"
        for seen, dice in zip(found, bce, strict=True)
    )
    gaps = [(bce[0] - other).abs().mean() for other in (bce[2], bce[1])]
    source = CHAPTER.read_text("utf-8")
    assert f'\\"steps\\": {steps // 2}, \\"batch_size\\": {tried["batch_size"]}' in source
    return tried["patients"], tried["batch_size"], steps // 2, f"{seeds} {rows} {gaps[0]:.2f} {gaps[1]:.2f}"


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    empty = 0 * NODULE
    lung, nodule = overlap(PREDICTION_1, LUNG), overlap(empty, NODULE)
    both = pool(lung, nodule)
    facts = {}

    facts["batches-puzzle"] = f"{lung.actual} {nodule.actual}"
    first, second = 1 - lung.dice(), 1 - nodule.dice()
    facts["batches-commit"] = f"{first.numerator} {first.denominator} {second}"

    more = [pool(Overlap(20, 0, 0, 80), nodule), pool(lung, Overlap(1, 0, 2, 97))]
    assert more[0].dice() == more[1].dice()
    one = Overlap(1, 0, 2, 97).dice()
    gains = one / 2, first / 2
    assert 2 * lung.tp == lung.dice().numerator
    facts["batches-draw-answer"] = (
        f"{2 * both.tp} {both.predicted + both.actual} {float(both.dice()):.4f}"
        f" {2 * more[0].tp} {more[0].predicted + more[0].actual} {float(more[0].dice()):.4f}"
        f" {nodule.dice()} 2 {1 + nodule.actual} {float(one)} {float(gains[0])}"
        f" {lung.dice().numerator} {lung.dice().denominator} {Overlap(20, 0, 0, 80).dice()}"
        f" {float(gains[1]):.4f} {float(gains[0] / gains[1])}"
    )
    average, pooled = mean(first, second), 1 - both.dice()
    facts["batches-formula"] = (
        f"1 1 2, 1 2; 1 2 {first.numerator} {first.denominator} {second}"
        f" {average.numerator} {average.denominator} {float(average):.4f}"
        f" 1 2 {both.tp} {both.predicted} {both.actual}"
        f" {both.fp + both.fn} {both.predicted + both.actual} {float(pooled):.4f}"
    )

    half, whole = Overlap(tp=11, fp=0, fn=9, tn=80), overlap(NODULE, NODULE)
    a = mean(lung.dice(), nodule.dice()), both.dice()
    b = mean(half.dice(), whole.dice()), pool(half, whole).dice()
    assert a[0] < b[0]
    assert a[1] > b[1]
    facts["batches-order-read"] = f"{half.tp} of {half.actual}; " + " ".join(
        f"{float(score):.4f}" for score in (*a, *b)
    )

    half, batch, steps, largest = runs()
    facts["batches-runs"] = f"{half} 1 % {half} {batch} 1"
    facts["batches-runs-question"] = f"{steps} 1"
    facts["batches-runs-read"] = largest

    facts["batches-empty"] = "1 0.2"
    price = Fraction(2, 2 + 8)
    alarm = empty.clone()
    alarm[4, 4:6] = 1
    assert abs(dice_loss(as_logits(alarm), empty, smooth=8).item() - price) < 1e-6
    facts["batches-empty-answer"] = f"8 2 2 8 {float(price)}"
    smooths, totals = (1e-5, 1, 100), (0.01, 1, 10)
    table = " ".join(f"{p} " + " ".join(f"{p / (p + s):.4f}" for s in smooths) for p in totals)
    slopes = [s / (1 + s) ** 2 for s in smooths]
    facts["batches-price"] = (
        f"{smooths[0]:.5f} {smooths[1]} {smooths[2]} {table}"
        f" 2; at 1: {slopes[0]:.5f} {slopes[1]} {slopes[2]:.4f}; costs {1 / (1 + smooths[0]):.0f}"
    )
    facts["batches-both-empty"] = "-20"
    jump = [dice_loss(as_logits(empty, size), empty, smooth=0) for size in (20, 800)]
    found, score, images = 6, Fraction(8, 10), 10
    rules = [(found * score + rule * (images - found)) / images for rule in (0, 1)]
    jumps = {kind: perfect_from(kind) for kind in (torch.float64, torch.float32, torch.float16)}
    assert -800 < jumps[torch.float64] < jumps[torch.float32] == jumps[torch.float16]  # summed in float32
    edge = -log(torch.finfo(torch.float32).max)  # e to more overflows
    assert edge - 0.0625 < jumps[torch.float32] <= edge
    facts["batches-both-empty-read"] = (
        f"-800 0 0 0 {edge:.1f} {jump[0]:.0f} {jump[1]:.0f} s = 0 {float(score)}"
        f" 0 {float(rules[0])} 1 {float(rules[1])} {float(score):.2f}"
    )

    often, seldom = Fraction(35, 100), Fraction(30, 100)
    assert ring(0, often) < ring(150, often) < ring(300, often)
    assert ring(0, seldom) > ring(150, seldom) > ring(300, seldom)
    third = Fraction(1, 3)
    assert ring(0, third) == ring(300, third) == 2 * third
    facts["batches-threshold"] = "100 300; 35 of 100; 100"
    facts["batches-threshold-read"] = (
        f"35% 30% 35% {float(ring(0, often)):.4f} {float(ring(300, often)):.4f}"
        f" 30% {float(ring(0, seldom)):.4f} {float(ring(300, seldom)):.4f} 300"
        f" 2 1; 2 2 2 1; 2 > D; D over 2; D* over 2; above 1; 200 200 300"
        f" {third.numerator} {third.denominator} {2 * third.numerator} {third.denominator}"
        f" 2 over S; 1 or 0; D over 2; {float(often)}"
    )
    assert ring(0, third).numerator * 100 == 200

    cuts = [k / 10_000 for k in range(-20_000, 60_001)]
    best = max((population(cut) for cut in cuts), key=lambda found: found[1])
    usual = min((population(cut) for cut in cuts), key=lambda found: abs(found[0] - 0.5))
    assert abs(best[0] - best[1] / 2) < 5e-5
    facts["batches-population"] = f"1% {5}"
    facts["batches-population-read"] = (
        f"{usual[0]:.1f} {usual[1]:.3f} {usual[2]:.3f} {best[1] / 2:.4f} {best[1]:.4f} {best[2]:.3f}"
        f" {best[1] / 2:.4f} {best[1]:.4f} {usual[0]:.1f}"
    )
    facts |= cut_population()
    facts["batches-remember"] = "D over 2, 0.5"
    facts["batches-recall"] = "2 - D"

    poor = overlap(PREDICTION_2, LUNG)
    pair = pool(poor, whole)
    loss, apart = 1 - pair.dice(), mean(1 - poor.dice(), 1 - whole.dice())
    facts["batches-exercise-pooled"] = f"prediction 2, {poor.tp} of {poor.actual}, {poor.fp}, {whole.tp}"
    facts["batches-exercise-pooled-solution"] = (
        f"{pair.tp} {pair.predicted} {pair.actual} {pair.dice().numerator} {pair.dice().denominator}"
        f" {loss.numerator} {loss.denominator} {float(loss):.4f}"
        f" {apart.numerator} {apart.denominator} {float(apart):.4f}"
    )
    s = 18
    assert Fraction(2, 2 + s) == Fraction(1, 10)
    missed = Fraction(nodule.actual, nodule.actual + s)  # an empty prediction: 1 - s / (3 + s)
    assert missed == 1 - nodule.dice(s)
    facts["batches-exercise-price"] = "0.1"
    facts["batches-exercise-price-solution"] = (
        f"2 2 0.1 2 {2 + s} {s} {nodule.actual} {nodule.actual} {nodule.actual + s} {float(missed):.4f}"
    )
    quarter = Fraction(1, 4)
    level = ring(0, quarter, core=10, size=80)
    assert level == ring(80, quarter, core=10, size=80) == 2 * quarter
    assert 8 * quarter**2 + 2 * quarter - 1 == 0
    facts["batches-exercise-ring"] = "10 80"
    facts["batches-exercise-ring-solution"] = (
        f"20 20 80; D over 2, D over 2; 8 2 2 1 0; {quarter.numerator} {quarter.denominator}"
        f" {level.numerator} {level.denominator}"
    )
    facts["batches-exercise-skip"] = "1"
    # --- what questions and pictures say, beyond what they compute themselves
    facts["batches-puzzle-picture"] = f"{lung.fn} {nodule.fn}"
    facts["batches-guess"] = f"{second}"
    facts["batches-empty-painter"] = f"{alarm.sum():.0f}"
    facts["batches-both-empty-question"] = (
        f"0 if right; the sigmoid of -20, not 0; {jump[0]:.0f}; above 0; 0 over 0, 0 over 0"
    )
    facts["batches-threshold-question"] = f"{float(often):.0%}"
    facts["batches-population-question"] = f"{usual[0]:.1f} 0.01"
    return facts

"""The numerals of the BCE chapter, computed: what each cell of book/bce.ipynb may print, in order."""

from math import ceil, exp, isinf, log
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch.func import grad

from seglosses import bce_loss, dice_loss
from seglosses.grids import LUNG, NODULE, NODULE_PROBABILITIES, PREDICTION_2, as_logits
from seglosses.probabilities import to_logits
from seglosses.training.examples import Examples, lungs, nodules
from seglosses.training.loop import train
from seglosses.walkthrough.film import chest_film
from seglosses.walkthrough.overlaps import overlap
from seglosses.walkthrough.pixels import bce_pixels
from seglosses.walkthrough.steps import descend


def price(y: float, p: float) -> float:
    """The loss of one pixel."""
    return float(bce_pixels(torch.tensor(p, dtype=torch.float64), torch.tensor(y, dtype=torch.float64)))


def entropy(f: float) -> float:
    """The loss of the best single probability for all pixels."""
    return -f * log(f) - (1 - f) * log(1 - f)


class Lesson(NamedTuple):
    """What a short training with BCE shows of its first descent."""

    share: float
    """The share of foreground."""
    steps: int
    """How long the training is."""
    bend: float
    """How fast the loss falls in five steps from H(f) on, measured by its speed until there."""


def lesson(examples: Examples) -> Lesson:
    """Train as the page does, and see whether the descent ends at H(f)."""
    losses, share = train(bce_loss, examples, examples, steps=30).losses, examples.masks.mean().item()
    there = int((losses <= entropy(share)).nonzero()[0])
    before, after = (losses[0] - losses[there]) / there, (losses[there] - losses[there + 5]) / 5
    return Lesson(share, len(losses), (after / before).item())


def steps() -> dict[str, str]:
    """The section of steps: the nodule from a coin toss, and from five wrong pixels."""
    facts = {}
    half = torch.zeros_like(NODULE)
    alike, sized = (descend(loss, half, NODULE, 10, 100).sigmoid() for loss in (bce_loss, dice_loss))
    off = (alike - NODULE).abs()
    assert (off.amax((1, 2)) - off.amin((1, 2)) < 1e-12).all()  # in each step
    nodule, rest = alike[-1][NODULE == 1].mean(), alike[-1][NODULE == 0].mean()
    faster, slower = sized[-1][NODULE == 1].mean(), sized[-1][NODULE == 0].mean()
    assert faster > nodule
    assert slower > rest
    facts["bce-step"] = f"10; {NODULE.numel()} 0.5, s = 1"
    few, many = int(NODULE.sum()), int((NODULE == 0).sum())
    facts["bce-step-question"] = f"100 {few} {many}; {many} {few}"
    facts["bce-step-widget"] = "0.5"
    wrong = NODULE_PROBABILITIES.clone()
    wrong[8, 2:7] = 0.8
    spoilt = [
        descend(loss, to_logits(wrong), NODULE, 10, 100)[-1].sigmoid()[8, 2:7].unique().tolist()
        for loss in (bce_loss, dice_loss)
    ]
    assert spoilt[1][0] < spoilt[0][0]
    facts["bce-step-read"] = (
        f"100 {nodule:.2f} {rest:.2f} {faster:.2f} {slower:.2f}; 0.8 {spoilt[0][0]:.2f}"
        f" 100 {spoilt[1][0]:.2f}"
    )
    return facts


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    p, pixels = NODULE_PROBABILITIES, bce_pixels(NODULE_PROBABILITIES, NODULE)
    n, nodule = NODULE.numel(), int(NODULE.sum())
    rest = n - nodule
    faint, weaker, strong = sorted(p.unique().tolist())
    assert torch.equal(p > 0.5, NODULE == 1)
    total, mean = float(pixels.sum()), float(pixels.mean())
    of_nodule = float(pixels[NODULE == 1].sum())
    share = f"{(total - of_nodule) / total:.1%}"
    f = nodule / n
    facts = {}

    facts["bce-puzzle"] = f"{nodule} {n} 0.5"
    facts["bce-puzzle-rule"] = f"{n} 0 {strong} {faint} both {1 - strong:.1f}"

    spoiled = price(0, 0.9) - price(0, faint)
    needed = ceil(total / spoiled)
    facts["bce-paint"] = f"0.9 {rest}"
    alone = total + price(0, faint)
    facts["bce-paint-answer"] = (
        f"{faint} {price(0, faint):.4f} 0.9 {price(0, 0.9):.4f} {n} {spoiled / n:.4f}"
        f" {needed - 1} {mean + (needed - 1) * spoiled / n:.4f}"
        f" {needed} {mean + needed * spoiled / n:.4f} {2 * mean:.4f}"
        f" {alone:.4f} {1 - exp(-alone):.5f}"
    )

    facts["bce-formula"] = (
        f"y 0 or 1: 1 - y, 1 - p, 1 - p; ln 1 = {abs(price(1, 1.0)):.0f}; ln 0.5 = {price(1, 0.5):.4f}"
    )
    easy, wrong = price(0, faint), price(0, weaker)
    dragged = NODULE_PROBABILITIES.clone()
    dragged[2, 4] = 0.35
    prices = [bce_pixels(p, NODULE) for p in (NODULE_PROBABILITIES, dragged)]
    own = [one[2, 4].item() for one in prices]
    assert abs(own[1] / own[0] - 10) < 0.05
    shares = [100 * (one[2, 4] / one.sum()).item() for one in prices]
    slopes = [grad(bce_loss)(to_logits(p), NODULE)[2, 4].item() for p in (NODULE_PROBABILITIES, dragged)]
    facts["bce-price"] = (
        f"0.9 0.35 0.9 10 {0.9**10:.3f} {own[0]:.4f} {own[1]:.4f} {shares[0]:.1f}% {shares[1]:.1f}%"
        f" {slopes[0]:.3f} {slopes[1]:.4f} {slopes[1] / slopes[0]:.1f} 0 1 {NODULE.numel()}"
    )
    facts["bce-by-hand"] = (
        f"{strong} 1 {strong} 1 {strong} 0 {1 - strong:.1f} {price(1, strong):.3f}"
        f" {faint} 0 {faint} 0 {faint} 1 {1 - faint} {easy:.3f}"
        f" {weaker} 0 {weaker} 0 {weaker} 1 {1 - weaker:.1f} {wrong:.3f} {wrong / easy:.1f}"
    )
    facts["bce-total"] = (
        f"1 1; 2 {strong} {weaker} {rest} {faint}; 2 {price(1, strong):.6f} {price(1, weaker):.6f}"
        f" {rest} {easy:.6f} {n} {total:.6f} {n} {mean:.6f} {total - of_nodule:.6f} {share}"
    )

    mistakes = 5
    exact = nodule * easy + rest * easy + mistakes * wrong
    counted = nodule + rest + mistakes
    five_wrong = p.clone()
    five_wrong[8, 2:7] = weaker
    facts["bce-total-source"] = (
        f"{nodule} {easy:.3f} {rest} {easy:.3f} {mistakes} {wrong:.3f} {n} {exact / n:.3f}"
        f" {counted} {n} {mistakes} {weaker} {faint} {nodule} {weaker} {price(1, weaker):.3f}"
        f" {bce_pixels(five_wrong, NODULE).mean():.4f}"
    )

    blind = bce_pixels(torch.full_like(NODULE, f), NODULE)
    assert abs(float(blind.mean()) - entropy(f)) < 1e-12
    facts["bce-base-rate"] = f"{mean:.6f} {nodule} {n} {n}"
    rows = " ".join(f"{s:.0%} {entropy(s):.4f}" for s in (0.01, 0.03, 0.09, 0.2, 0.5))
    facts["bce-base-rate-read"] = f"H 1 1 {rows} {entropy(0.09):.2f} 9% 0.5 {log(2):.4f}"
    rare, common = lesson(nodules(16)), lesson(lungs(16))
    assert rare.bend < 0.25  # the descent all but ends at H(f)
    assert common.bend > 0.75  # and here it does not
    seeing = [bce_loss(to_logits(p.where(NODULE == 1, low)), NODULE) for low in (0.03, 1e-6)]
    facts["bce-base-rate-curves"] = f"{rare.steps} steps, a line at 1"
    facts["bce-base-rate-curves-read"] = (
        f"{rare.share:.0%} {common.share:.0%}; {entropy(f):.4f} {mean:.4f} {faint}"
        f" 0.03 {seeing[0]:.4f} 0 {seeing[1]:.4f}; 1 - f; {f:.0%} {log(f / (1 - f)):.4f}"
    )

    up, down = (p - NODULE)[NODULE == 1].abs(), (p - NODULE)[NODULE == 0]
    ups = " ".join(f"{gap:.1f}" for gap in up.tolist())
    slope = n * grad(bce_loss)(torch.logit(p), NODULE)
    assert torch.allclose(slope, p - NODULE)
    facts["bce-gradient"] = f"1 over N; {ups} {up.sum():.1f} {rest} {faint} {down.sum():.1f}"
    facts["bce-gradient-question"] = "0.5"

    w = rest / nodule
    weight = 1 + (w - 1) * NODULE
    logits = torch.logit(p)
    by_pixels = F.binary_cross_entropy_with_logits(logits, NODULE, pos_weight=torch.tensor(w))
    by_weight = bce_loss(logits, NODULE, weight=weight)
    facts |= steps()
    facts["bce-weight"] = (
        f"{total:.6f} {mean:.6f} {rest} {nodule} 0.5 1 {f} {w * f / (w * f + 1 - f):.1f} 0.5 {f}"
    )
    facts["bce-weight-read"] = f"{by_pixels / by_weight:.2f} {weight.sum():.0f} {n}"
    z = torch.linspace(-30, 30, 61, dtype=torch.float64)
    torch.testing.assert_close(F.logsigmoid(-z), F.logsigmoid(z) - z)
    facts["bce-source"] = "0 1"
    facts["bce-package"] = "max(z, 0), 1 +, log(1 - p)"
    facts["bce-listing-read"] = "between 0 and 1"
    of_bytes = 255 * NODULE
    assert (-of_bytes * p.log() - (1 - of_bytes) * (1 - p).log()).mean() < 0
    facts["bce-run-read"] = "0 and 255, below 0; prediction 2"

    sure = torch.tensor(20.0)
    truth = bce_loss(sure, torch.tensor(0.0)), grad(bce_loss)(sure, torch.tensor(0.0))
    facts["bce-stable"] = (
        f"{round(-log(torch.finfo(torch.float32).eps) / log(10))} 20 {truth[0]:.0f} {truth[1]:.0f}"
    )

    facts["bce-stable-table"] = "1 + e^z"
    firsts = {}
    for kind in (torch.float32, torch.float16, torch.bfloat16):
        z = torch.arange(4, 40, 1e-4, dtype=torch.float64).to(kind)
        firsts[kind] = float(z[torch.sigmoid(z) == 1][0])
    overflow = next(k for k in range(200) if isinf(torch.exp(torch.tensor(float(k)))))
    two, confident = overlap(PREDICTION_2, LUNG), as_logits(PREDICTION_2).float()
    clamped = F.binary_cross_entropy(torch.sigmoid(confident), LUNG.float(), reduction="none")
    lost = clamped[(PREDICTION_2 == 1) & (LUNG == 0)]
    assert (clamped == 100).sum() == len(lost) == two.fp
    facts["bce-stable-read"] = (
        f"{firsts[torch.float32]:.2f} 1 {firsts[torch.float16]:.2f} {firsts[torch.bfloat16]:.2f} {overflow}"
        f" prediction 2, {confident.max():.0f}, {two.fp + two.fn} {n} {confident.max():.0f}"
        f" {bce_loss(confident, LUNG):.4f} {clamped.mean():.4f} {two.fp} {lost[0]:.0f} {two.fp}"
    )

    floors = price(1, float(torch.sigmoid(torch.tensor(1.0, dtype=torch.float64)))), log(2)
    facts["bce-double"] = "0 1"
    facts["bce-double-question"] = (
        f"sigmoid of 0, ln 2; sigmoid of 1; to 0; 0, {torch.sigmoid(torch.tensor(0.0)):.1f}"
    )
    assert floors[0] < floors[1]
    z = torch.randn(100, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 3
    heads = {"sigmoid": torch.sigmoid(z), "relu": torch.relu(z), "logits": z}
    for outputs in (heads["sigmoid"], heads["relu"], 0 * z):  # 0 * z: nothing is learned yet
        assert bce_loss(outputs, 0 * z) > log(2) - 1e-12
    low, high = zip(*(outputs.aminmax() for outputs in heads.values()), strict=True)
    assert 0 < low[0] < high[0] < 1
    assert 0 == low[1] < 1 < high[1]
    assert low[2] < 0 < high[2]
    facts["bce-double-read"] = (
        f"{bce_loss(NODULE, NODULE):.4f} {bce_loss(p, NODULE):.4f} {floors[1]:.2f} 0 and 1; 0, 1; 0"
    )
    left = n * entropy(f) - of_nodule
    tipping = 1 - exp(-left / rest)
    facts["bce-fails"] = (
        f"from 0; from 0 to 1; {share}; 3 of 10: {3 / 10}; {nodule} {tipping:.4f} {rest}; {faint}"
        f" {1 - dice_loss(logits, NODULE, smooth=0):.4f} 0"
    )
    facts["bce-remember"] = f"{share} 9% {entropy(0.09):.4f} {log(2):.2f} 0, 1; 100"
    empty = torch.zeros_like(LUNG)
    one = empty.clone()
    one[0, 0] = 1
    facts["bce-recall"] = f"1; 1 1 1 1 {dice_loss(as_logits(one), empty):.1f} {n}"

    fallen = total - price(1, weaker) + price(1, 0.2)
    facts["bce-exercise-missed"] = f"{weaker} 0.2"
    facts["bce-exercise-missed-solution"] = (
        f"{price(1, weaker):.6f} 0.2 {price(1, 0.2):.6f}"
        f" {total:.6f} {price(1, weaker):.6f} {price(1, 0.2):.6f} {fallen:.6f} {fallen / n:.4f}"
    )
    lung = int(LUNG.sum())
    facts["bce-exercise-blind"] = f"{lung} {n} 0.48"
    facts["bce-exercise-blind-solution"] = (
        f"{lung / n} {lung / n} -{lung / n} {lung / n} {1 - lung / n} {1 - lung / n}"
        f" {entropy(lung / n):.4f} {entropy(lung / n) - 0.48:.4f}"
    )
    assert abs(20 * tipping - round(20 * tipping)) > 0.1  # between the brushes of the painter: on paper only
    facts["bce-exercise-tipping"] = f"{strong} {weaker} {strong} {faint} {rest} {entropy(f):.6f}"
    facts["bce-exercise-tipping-solution"] = (
        f"{of_nodule:.6f} {n * entropy(f):.6f} {of_nodule:.6f} {left:.6f} {rest} {left / rest:.6f}"
        f" 1 -{left / rest:.6f} {tipping:.4f} {faint}"
    )
    facts["bce-exercise-stable"] = "200"
    # --- what questions and pictures say, beyond what they compute themselves
    facts["bce-puzzle-picture"] = f"{nodule} {strong} {weaker} {strong} {faint}"
    facts["bce-guess"] = f"{faint} {rest / n:.0%}"
    assert f"{price(1, strong):.2f}" == f"{easy:.2f}"
    facts["bce-heat-map"] = f"{price(1, weaker):.2f} {weaker} {easy:.2f} {n - 1}"
    assert price(1, 0.01) > 4
    assert isinf(price(1, 0.0))
    assert isinf(price(0, 1.0))
    facts["bce-base-rate-guess"] = "0 has probability 0; 0.5; 1"
    facts["bce-stable-guess"] = (
        f"exactly {torch.sigmoid(sure):.0f}; {truth[0]:.0f} {truth[1]:.0f};"
        f" sigmoid of 20, from 1, it is {torch.sigmoid(sure):.0f}; logarithm of 0"
    )
    film = chest_film()
    paid = film.shares(bce_pixels(torch.sigmoid(film.logits), film.lung))
    pulled, dice = (film.shares(grad(loss)(film.logits, film.lung).abs()) for loss in (bce_loss, dice_loss))
    facts["bce-film"] = f"{film.air.sum():.0f}"
    facts["bce-film-read"] = (
        f"{film.air.mean():.0%} {paid['air']:.0%} {paid['tissue']:.0%} {paid['lung']:.1%}"
        f" {pulled['air']:.0%} 1 {dice['air']:.1%}"
    )
    return facts

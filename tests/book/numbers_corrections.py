"""The numerals of the corrections, computed: what each cell of book/corrections.ipynb may print.

What the page says of the source's own functions is proved on them, and what it quotes is quoted here too.
"""

import json
import re
from fractions import Fraction
from functools import partial
from math import log
from pathlib import Path

import pytest
import torch
from numerals import scientific

import seglosses
from seglosses.grids import (
    LUNG,
    LUNG_PROBABILITIES,
    NODULE,
    NODULE_PROBABILITIES,
    PREDICTION_1,
    PREDICTION_2,
    as_logits,
)
from seglosses.walkthrough.overlaps import Overlap, overlap, soft_overlap
from seglosses.walkthrough.pixels import bce_pixels, focal_pixels, focal_posterior, focal_pull
from seglosses.walkthrough.source import (
    source_bce_dice_loss,
    source_bce_loss,
    source_dice_loss,
    source_focal_loss,
    source_iou_loss,
)

PAGE = Path(__file__).parents[2] / "book" / "corrections.ipynb"
SEVERITIES = ("Wrong", "Contradicts itself", "Misleading", "Works only under conditions")
PARTS = ("dice", "bce", "bce-dice", "iou", "focal")


def listed():
    """How many corrections of each severity each part of the page holds, and how many editorial ones."""
    cells = {c["id"]: "".join(c["source"]) for c in json.loads(PAGE.read_text("utf-8"))["cells"]}
    counts, part = {p: dict.fromkeys(SEVERITIES, 0) for p in PARTS}, ""
    for name, text in cells.items():
        part = name.removeprefix("corrections-") if name.removeprefix("corrections-") in PARTS else part
        for severity in re.findall(r"^\*\*(.+)\.\*\* ", text, re.MULTILINE):
            counts[part][severity] += 1
            assert "*Proof.*" in text, name
            assert "*Right.*" in text, name
    return counts, len(re.findall(r"^- ", cells["corrections-editorial"], re.MULTILINE))


def same_as_the_source():
    """The book's functions return what the source's do, on every row of the page's last table."""
    nothing = torch.zeros_like(LUNG)
    raw = (LUNG, PREDICTION_1, PREDICTION_2, nothing, nothing + 1, LUNG_PROBABILITIES)
    rows = [(x, LUNG) for x in raw]
    rows += [(as_logits(x), LUNG) for x in (PREDICTION_1, PREDICTION_2)]
    rows += [
        (torch.logit(LUNG_PROBABILITIES), LUNG),
        (torch.logit(NODULE_PROBABILITIES), NODULE),
        (NODULE_PROBABILITIES, NODULE),
    ]
    pairs = {
        seglosses.dice_loss: source_dice_loss,
        seglosses.bce_loss: source_bce_loss,
        seglosses.bce_dice_loss: source_bce_dice_loss,
        seglosses.iou_loss: source_iou_loss,
        seglosses.focal_loss: source_focal_loss,
    }
    for ours, theirs in pairs.items():
        for z, y in rows:
            assert f"{ours(z, y):.6f}" == f"{theirs(z, y):.6f}"


def refusals_and_blunders():
    """What the page says of the source's functions without a number."""
    with pytest.raises(RuntimeError):
        source_dice_loss(as_logits(LUNG).T, LUNG)
    source_dice_loss(torch.zeros(2, 1, 4, 4), torch.zeros(2, 4, 4))
    for kind in (torch.int64, torch.bool):
        with pytest.raises(RuntimeError):
            source_focal_loss(as_logits(LUNG), LUNG.to(kind))
    soft = torch.tensor(0.9)
    assert (
        source_focal_loss(torch.logit(soft), soft, alpha=1.0) == 0
    )  # the weight of the negatives, 1 - alpha
    assert gradient(lambda z: source_focal_loss(z, torch.tensor(1.0), gamma=0.5), 20.0).isnan()


def gradient(loss, logit):
    """The gradient of a loss at a logit, in float32."""
    z = torch.tensor(logit, requires_grad=True)
    return torch.autograd.grad(loss(z), z)[0]


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    same_as_the_source()
    refusals_and_blunders()
    one, two = overlap(PREDICTION_1, LUNG), overlap(PREDICTION_2, LUNG)
    logits = [as_logits(x) for x in (PREDICTION_1, PREDICTION_2)]
    n, positives = NODULE.numel(), int(NODULE.sum())
    rest = n - positives
    pixels = bce_pixels(NODULE_PROBABILITIES, NODULE)
    right, middle = pixels[0, 0].item(), pixels[3, 3].item()
    wrong = -log(0.2)
    facts = {}

    printed = "3 0.105 97 0.105 5 1.609 100 0.186"  # as quoted
    facts["corrections-guess-intro"] = f"{rest} {right:.3f} {wrong:.3f} {printed}"
    counts, editorial = listed()
    rows = [list(counts[part].values()) for part in PARTS]
    sums = [sum(column) for column in zip(*rows, strict=True)]
    facts["corrections-table"] = " ".join(str(k) for row in [*rows, sums, [editorial]] for k in row)

    # --- Dice
    dice, iou = (
        [f"{loss(z, LUNG, 0):.6f} {loss(z, LUNG, 1):.6f}" for z in logits]
        for loss in (source_dice_loss, source_iou_loss)
    )
    everywhere = torch.ones_like(LUNG)
    raw = [f"{source_dice_loss(x, LUNG):.6f}" for x in (LUNG, everywhere, PREDICTION_2)]
    assert raw[1] < raw[2]
    facts["corrections-dice-two-calculations"] = (
        f"s = 1; prediction 1 {dice[0]}; prediction 2 {dice[1]}; {iou[0]}; {iou[1]};"
        f" {raw[0]}; a mask of 1: {raw[1]}; prediction 2: {raw[2]}"
    )
    missed = [Overlap(tp=0, fp=k, fn=k, tn=0).dice(1) for k in (1, 20)]
    traces = [f"{0.01 / (0.01 + s):.6f}" for s in (1, 1e-5)]
    facts["corrections-dice-smooth"] = (
        f"from being 0; 0; s = 1: {missed[0].numerator} {missed[0].denominator} for 1"
        f" {missed[1].numerator} {missed[1].denominator} for 20; {Overlap(0, 0, 0, n).dice(1)}"
        f" 0.01 {traces[0]} 1 {traces[1]} {1e-5:.5f}"
    )
    facts["corrections-dice-shape"] = (
        f"{two.masks_alike}, prediction 2, {two.dice().numerator} {two.dice().denominator}"
    )
    soft = {
        p: soft_overlap(torch.where(NODULE == 1, NODULE_PROBABILITIES, p), NODULE).dice()
        for p in (0.1, 0.01, 0)
    }
    pulls = []
    for loss in (source_dice_loss, source_bce_loss):
        z = as_logits(PREDICTION_1, confidence=10).requires_grad_()
        loss(z, LUNG).backward()
        pulls.append(scientific(z.grad[(LUNG == 1) & (PREDICTION_1 == 0)].abs().item()))
    facts["corrections-dice-robust"] = (
        f"0.5 {overlap(NODULE_PROBABILITIES > 0.5, NODULE).dice()} {soft[0.1]:.6f} 0.1 {0.1 * rest:.1f}"
        f" 0.01 {soft[0.01]:.6f} 0 {soft[0]:.6f}; at -10 in prediction 1: {' '.join(pulls)}"
    )
    facts["corrections-dice-view"] = f"0 255 {source_dice_loss(as_logits(LUNG), 255 * LUNG):.6f} 0 1"

    # --- BCE
    exact, counted, mistakes = n * right + 5 * wrong, n + 5, 5
    rounded = 3 * 0.105 + 97 * 0.105 + 5 * 1.609
    of_nodule, total = pixels[NODULE == 1].sum().item(), pixels.sum().item()
    shown = total + mistakes * (wrong - right)
    facts["corrections-bce-total"] = (
        f"{counted} {printed} 3 97 5 {counted} {n} {rounded / n:.6f} {exact / n:.3f} {exact / n:.6f}"
        f" {total / n:.6f} {rest} {shown / n:.6f}"
    )
    assert NODULE_PROBABILITIES[NODULE == 1].tolist() == [0.9, 0.8, 0.9]
    facts["corrections-bce-positives"] = (
        f"0.8; 3 0.105; 0.8 {middle:.6f} {right:.6f} {of_nodule:.6f} {of_nodule / positives:.6f}"
    )
    assert set(NODULE_PROBABILITIES[NODULE == 0].tolist()) == {0.1}
    facts["corrections-bce-five"] = f"y = 0 p = 0.8, 5; {rest} 0.1 {rest}"
    where = NODULE.nonzero().tolist()
    assert all(abs(a - c) + abs(b - d) != 1 for a, b in where for c, d in where)
    facts["corrections-bce-lung"] = f"{positives} {int(LUNG.sum())}"
    nothing = torch.tensor(0.0)
    clamped, unclamped = (loss(torch.tensor(20.0), nothing) for loss in (source_bce_loss, seglosses.bce_loss))
    slopes = [
        gradient(partial(loss, targets=nothing), 20.0) for loss in (source_bce_loss, seglosses.bce_loss)
    ]
    z, y = logits[1].float(), LUNG.float()
    facts["corrections-bce-sigmoid"] = (
        f"20 {torch.sigmoid(torch.tensor(20.0)):.0f} {clamped:.0f} {unclamped:.0f}"
        f" {slopes[0]:.0f} {slopes[1]:.0f} prediction 2, 20"
        f" {source_bce_loss(z, y):.4f} {seglosses.bce_loss(z, y):.4f}"
    )

    # --- BCE-Dice
    facts["corrections-bce-dice-sum"] = "ends at 1"
    for p, y in ((NODULE_PROBABILITIES, NODULE), (LUNG_PROBABILITIES, LUNG)):
        z = torch.logit(p)
        facts["corrections-bce-dice-sum"] += "".join(
            f" {loss(z, y):.6f}" for loss in (source_bce_loss, source_dice_loss, source_bce_dice_loss)
        )

    # --- IoU
    halved, same = two.iou(Fraction(1, 2)), two.iou(1)
    assert 2 * halved / (1 + halved) == two.dice(1)
    facts["corrections-iou-smooth"] = (
        f"s = 1; 2 1; prediction 2: {float(two.dice(1)):.6f} {float(2 * same / (1 + same)):.6f}"
        f" {float(two.dice(1)):.6f}"
    )
    half = Overlap(tp=11, fp=0, fn=9, tn=80)
    means = [float(a + b) / 2 for a, b in ((one.dice(), two.dice()), (one.iou(), two.iou()))]
    assert means[0] < half.dice()
    assert means[1] > half.iou()
    facts["corrections-iou-ranking"] = (
        f"prediction 1, predictions 1 and 2: {means[0]:.6f} {means[1]:.6f}"
        f" {half.tp} {half.actual} {float(half.dice()):.6f} {float(half.iou()):.6f}"
    )

    # --- focal
    facts["corrections-focal"] = "1 - p, 1 - p_t, 1 - alpha"
    shares = {}
    for alpha in (0.25, 0.5, 0.75):
        loss = focal_pixels(NODULE_PROBABILITIES, NODULE, alpha, 2).loss
        shares[alpha] = f"{loss[NODULE == 1].sum() / loss.sum():.3%}"
        assert focal_posterior(torch.tensor(0.5), alpha, 2) == pytest.approx(1 - alpha)
    facts["corrections-focal-alpha"] = (
        f"0.5 0.2; 20% {1 - 0.2:.0%}; gamma = 2 {shares[0.5]} 0.5; 0.25 {shares[0.25]}; 0.75 {shares[0.75]};"
        f" 0.5 1 - alpha 0.25 {focal_posterior(torch.tensor(0.5), 0.25, 2):.0%}; below 0.5"
    )
    # the note as quoted; Lin et al. 2017, Table 1a (gamma 0, by alpha) and 1b (gamma 2, alpha 0.25)
    facts["corrections-focal-stones"] = "0.25 0.75; 0.25 2; 0 10.8 0.25 31.1 0.75; 2 0.25 34.0"
    facts["corrections-focal-dynamic"] = "0.5"
    assert focal_pixels(torch.tensor(0.1), torch.tensor(0.0)).p_t == pytest.approx(0.9)
    facts["corrections-focal-pt"] = f"0.1 {1 - 0.1}"

    found = overlap(LUNG_PROBABILITIES > 0.5, LUNG)
    full = focal_pixels(LUNG_PROBABILITIES, LUNG, 0.5, 2)
    hits, misses = ((LUNG == 1) & side for side in (LUNG_PROBABILITIES > 0.5, LUNG_PROBABILITIES < 0.5))
    high = LUNG_PROBABILITIES[hits]
    rows = [int((mask.sum(1) > 0).sum()) for mask in (LUNG, hits)]
    miss = {"bce": full.bce[misses].mean().item(), "focal": full.loss[misses].mean().item()}
    low = LUNG_PROBABILITIES[misses].mean().item()
    facts["corrections-focal-row"] = (
        f"{rows[0]} {rows[1]} {low:.1f} 0.5 {found.tp} {found.fn} {found.tp / found.actual:.1f}"
        f" {found.tp} {high.min():.1f} {high.max():.1f} {found.fn} {low:.1f} {found.fn}"
        f" {miss['bce']:.6f} {miss['focal']:.6f} 0.5 2"
    )
    assert found.fp == 0

    at = {
        p: focal_pixels(torch.tensor(p, dtype=torch.float64), torch.tensor(1.0).double(), 0.5, 2)
        for p in (0.1, 0.5, 0.6, 0.9)
    }
    parts = [(values[misses].sum() / values.sum()).item() for values in (full.loss, full.bce)]
    assert 0.4 not in LUNG_PROBABILITIES.unique().tolist()
    facts["corrections-focal-hard"] = (
        f"0.6 0.6 0.1 {at[0.1].loss / at[0.6].loss:.2f} {parts[0]:.2%} {parts[1]:.2%} 0.4"
        f" 0.1 1 0.1 2 {at[0.1].focusing:.2f}"
    )
    p_t = torch.linspace(1e-4, 1, 10_000, dtype=torch.float64)
    pull = focal_pull(p_t)
    facts["corrections-focal-factor"] = (
        f"{at[0.6].focusing:.2f} 1 1 1 0.6 2 {at[0.6].focusing:.2f} 0.5 {at[0.5].focusing:.2f} 0 2"
        f" {p_t[pull > 1 - p_t].max():.4f} {pull.max():.4f} {p_t[pull.argmax()]:.4f}"
    )
    ratios = {p: (at[p].bce / at[p].loss).item() for p in at}
    focused = {p: (1 / at[p].focusing).item() for p in at}
    facts["corrections-focal-two-factors"] = (
        f"1 0.105 0.00053 {ratios[0.9]:.0f} {focused[0.9]:.0f} {at[0.9].focusing * at[0.9].bce:.6f}"
        f" {ratios[0.9] / focused[0.9]:.0f} 0.5 0.6 {ratios[0.6]:.1f} {focused[0.6]:.2f} 2"
    )
    drops = [(at[p].bce - at[p].loss).item() for p in (0.6, 0.9)]
    weights = [(at[0.6].bce / at[0.9].bce).item(), (at[0.6].loss / at[0.9].loss).item()]
    facts["corrections-focal-drop"] = (
        f"0.511 0.041 {ratios[0.6]:.1f} {ratios[0.9]:.0f} {drops[0]:.6f} {drops[1]:.6f}"
        f" {weights[0]:.3f} {weights[1]:.2f} {weights[1] / weights[0]:.0f}"
    )
    facts["corrections-focal-scene"] = f"{int(LUNG.sum())} {n} {positives} {n}"

    errors = []
    for value in (15.0, 17.0):
        z, y = torch.tensor(value), torch.tensor(1.0)
        truth = focal_pixels(torch.sigmoid(z.double()), y.double(), alpha=1)
        errors.append((source_focal_loss(z, y, alpha=1.0) / truth.loss - 1).item())
    soft_label = torch.tensor(0.9, dtype=torch.float64)
    false_pt = torch.exp(-bce_pixels(soft_label, soft_label))
    z = torch.logit(NODULE_PROBABILITIES)
    assert errors[0] < 0 < errors[1]
    facts["corrections-focal-code"] = (
        f"15 {-errors[0]:.1%} 17 {errors[1]:.0%} 0.5 20 0.9 0.9 {false_pt:.4f}"
        f" {source_focal_loss(z, NODULE):.6f} {n * source_focal_loss(z, NODULE) / positives:.6f}"
    )

    # --- the rest
    loss = 1 - one.dice()
    hasty = Fraction(3, 100)
    facts["corrections-editorial"] = (
        f"1 0.97 0.03 {loss.numerator} {loss.denominator} {float(loss):.4f} 0.03"
        f" {float(hasty / loss - 1):.0%} prediction 2 {Fraction(63, 100) / hasty}"
        f" {float((1 - two.dice()) / loss):.1f} {total:.6f} {total / n:.6f}"
    )
    facts["corrections-kept"] = (
        f"1 0.97 {one.dice().numerator} {one.dice().denominator} {float(one.dice()):.6f}"
        f" 2 0.37 0.63 {two.dice().numerator} {two.dice().denominator} {float(two.dice()):.6f}"
        f" {(1 - two.dice()).numerator} {(1 - two.dice()).denominator} {float(1 - two.dice()):.6f}"
        f" 1 0.95 0.05 {one.iou().numerator} {one.iou().denominator} {float(one.iou()):.6f}"
        f" {(1 - one.iou()).numerator} {(1 - one.iou()).denominator} {float(1 - one.iou()):.6f}"
        f" 2 0.23 0.77 {two.iou().numerator} {two.iou().denominator} {float(two.iou()):.6f}"
        f" {(1 - two.iou()).numerator} {(1 - two.iou()).denominator} {float(1 - two.iou()):.6f}"
        f" {positives} {n} {rest} {positives} {rest}"
        f" 0.9 0.105 {-log(0.9):.6f} 0.2 1.609 {-log(0.2):.6f} 0.6 0.511 {-log(0.6):.6f}"
        f" 0.9 0.00053 {at[0.9].loss:.6f} 0.6 0.041 {at[0.6].loss:.6f} y of 0 or 1"
        f" {1 - of_nodule / total:.3%} {total / n:.6f}"
        f" 0.03 {bce_pixels(torch.full_like(NODULE, 0.03), NODULE).mean():.6f}"
    )
    facts["corrections-variants"] = f"{exact / n:.3f}"
    facts["corrections-variants-read"] = f"{exact / n:.3f} {counted} {n} {total / n:.6f}"
    facts["corrections-functions"] = "20 0.25 2"
    p = NODULE_PROBABILITIES
    facts["corrections-functions-read"] = (
        f"{source_dice_loss(LUNG, LUNG):.6f}"
        f" {source_dice_loss(z, NODULE):.6f} {source_dice_loss(p, NODULE):.6f}"
        f" {source_bce_loss(z, NODULE):.6f} {source_bce_loss(p, NODULE):.6f}"
    )
    facts["corrections-recall"] = f"{log(2):.2f} 2"
    # --- what questions and pictures say, beyond what they compute themselves
    facts["corrections-guess"] = (
        f"0.9 {-log(0.9):.3f} 0.2 {-log(0.2):.3f}; {rest} {counted} {n}; {rounded / n:.3f} {exact / n:.3f}"
    )
    facts["corrections-focal-guess"] = f"0.2; here 0.2, {1 - 0.2}; {1 - 0.2} 0.2; 0.5"
    return facts

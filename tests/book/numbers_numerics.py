"""The numerals of the chapter on numerics, computed: what each cell of book/numerics.ipynb may print."""

import json
import re
from math import ceil, exp, floor, log, log2
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from numerals import scientific

from seglosses import bce_loss, dice_loss, focal_loss
from seglosses.grids import LUNG, PREDICTION_2, as_logits
from seglosses.losses._sums import LONG_FORMULA, SHORT_FORMULA
from seglosses.training.examples import nodules
from seglosses.walkthrough.numerics import kept_for_backward, plain_dice_loss
from seglosses.walkthrough.overlaps import overlap

KINDS = (torch.float64, torch.float32, torch.float16, torch.bfloat16)
LARGEST = int(torch.finfo(torch.float16).max)
SHARES = json.loads((Path(__file__).parents[2] / "book/data/step_share.json").read_text("utf-8"))
BENCHMARKS = (Path(__file__).parents[2] / "tools" / "benchmarks.md").read_text("utf-8")


def exactly_one(kind):
    """The least logit of a type whose sigmoid is exactly 1."""
    z = torch.arange(0, 40, 2**-12, dtype=torch.float64).to(kind)
    return z[torch.sigmoid(z) == 1].min().item()


def measured():
    """When, where and what: the rows of tools/benchmarks.md for 64 MiB of logits, eager and compiled."""
    date, machine = re.search(r"on (\d{4}-\d\d-\d\d), on (.*?)\. The", BENCHMARKS, re.DOTALL).groups()
    table = BENCHMARKS.split("(64, 1, 512, 512), 64 MiB of logits")[1]
    rows = []
    for loss in ("dice", "iou", "bce", "bce_dice", "focal"):
        row = re.search(rf"^\| {loss}: seglosses \| (.*) \|$", table, re.MULTILINE)[1].split(" | ")
        eager, compiled, eager_memory, compiled_memory = row[2:]
        assert compiled_memory == "1.0"
        rows.append((eager, compiled, eager_memory, compiled_memory))
    assert all(eager_memory == compiled_memory for _, _, eager_memory, compiled_memory in rows)  # no more
    assert all(float(compiled) < float(eager) for eager, compiled, _, _ in rows)  # what is left is time
    return date, machine, " ".join(" ".join(row) for row in rows)


def times(loss):
    """What a loss takes in benchmarks.md for 64 MiB of logits, eager and compiled."""
    table = BENCHMARKS.split("(64, 1, 512, 512), 64 MiB of logits")[1]
    row = re.search(rf"^\| {loss}: seglosses \| (.*) \|$", table, re.MULTILINE)[1].split(" | ")
    return [float(time) for time in row[2:4]]


def shares():
    """The device, the date and the rows of each record of tools/step_share.py, as the page prints them."""
    texts = []
    for machine, one in SHARES.items():
        rows = [
            f"{1000 * seconds:.1f} {seconds / (one['rest'] + seconds):.2%}"
            for seconds in one["losses"].values()
        ]
        # twice as fast: half of the dearest loss is saved
        assert max(one["losses"].values()) / 2 / one["rest"] < 0.001 or one["gpu"]
        texts.append(
            f"{machine} {one['date']} {one['parameters']:,} {one['images']} {one['side']} {one['side']}"
            f" {' '.join(rows)}"
        )
    return " ".join(texts)


def two_passes() -> tuple[float, float]:
    """How far from the gradient of the batch the mean of the parts is, and that of two passes."""
    _, y = nodules(8)
    y[:4] = 0
    torch.manual_seed(0)
    z = (4 * y.double() - 3 + torch.randn(y.shape, dtype=torch.float64)).requires_grad_()
    parts = [(z[i : i + 2], y[i : i + 2].double()) for i in range(0, 8, 2)]
    (whole,) = torch.autograd.grad(dice_loss(z, y), z)
    (mean,) = torch.autograd.grad(sum(dice_loss(*part) for part in parts) / 4, z)
    sums = [torch.stack([(a.sigmoid() * b).sum(), (a.sigmoid() + b).sum()]) for a, b in parts]
    total = sum(sums).detach().requires_grad_()
    (pull,) = torch.autograd.grad(1 - (2 * total[0] + 1) / (total[1] + 1), total)
    (exact,) = torch.autograd.grad(sum((pull * one).sum() for one in sums), z)
    return tuple(((one - whole).norm() / whole.norm()).item() for one in (mean, exact))


def clipped(order: tuple[str, str], scale: float) -> float:
    """The length of a gradient of 5, scaled, after both have been done."""
    weight = torch.nn.Parameter(torch.zeros(2))
    weight.grad = scale * torch.tensor([3.0, 4.0])
    for what in order:
        if what == "clip":
            torch.nn.utils.clip_grad_norm_([weight], 1.0)
        else:
            weight.grad /= scale
    return weight.grad.norm().item()


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    facts = {}
    double, single, half, brain = (torch.finfo(kind) for kind in KINDS)
    ones = {kind: f"{exactly_one(kind):.2f}" for kind in KINDS}

    facts["numerics-title"] = "exactly 1"
    side = next(n for n in range(1, 300) if 2 * n * n > LARGEST)
    perfect = torch.full((side, side), 20.0).half()
    assert plain_dice_loss(perfect, torch.ones_like(perfect)).isnan()
    fits = perfect[1:, 1:]
    value = plain_dice_loss(fits, torch.ones_like(fits)).item()
    facts["numerics-puzzle-perfect"] = f"{side} {side} logit 20"
    facts["numerics-puzzle-read"] = f"{side - 1} {value:.0f}"

    def gaps(info):
        return f"2 ^ {log2(info.eps):.0f} below 2 ^ {log2(info.eps / 2):.0f}"

    facts["numerics-formats"] = (
        f"title 1, just above 1, head 1 1, {scientific(double.max)} {gaps(double)} {scientific(single.max)}"
        f" {gaps(single)} {LARGEST} {gaps(half)} {scientific(brain.max)} {gaps(brain)}"
        f" {half.bits} bits, never 1"
    )

    facts["numerics-formats-why"] = (
        "missing to 1, 1 minus sigma;"
        f" below 1 2 {log2(brain.eps / 4):.0f} {-log2(brain.eps / 4):.0f} ln 2 {-log(brain.eps / 4):.2f}"
        f" {ones[torch.bfloat16]}"
        f" 2 {log2(half.eps / 4):.0f} {-log2(half.eps / 4):.0f} ln 2 {ones[torch.float16]}"
        " 1 / (1 + e), 1 + e, above 1;"
        f" 2 {log2(single.eps / 2):.0f} {-log2(single.eps / 2):.0f} ln 2 {ones[torch.float32]}"
        f" {-log2(double.eps / 2):.0f} ln 2 {ones[torch.float64]}; 1 minus sigma"
    )
    overflow = {kind: ceil(log(torch.finfo(kind).max)) for kind in (torch.float32, torch.float16)}
    wrong = F.binary_cross_entropy_with_logits(torch.tensor(20.0), torch.tensor(0.0))
    facts["numerics-formats-read"] = (
        f"1 minus sigma, it is 0; logit 20, price {wrong:.0f}, a 1 like any other, a 0;"
        f" 1 + e^z, {overflow[torch.float32]} {overflow[torch.float16]}; 1 + e^z, 0, 1 + e^-z"
    )

    step = 2 ** (floor(log2(side**2)) - 10)
    counted = torch.ones(side, side, dtype=torch.float16).sum().item()
    plain = next(n for n in range(1, 300) if n * n > LARGEST)
    facts["numerics-sums"] = (
        f"1 instead of 0.9999; {LARGEST} {2**16};"
        f" 2 {side - 1} ^2 {2 * (side - 1) ** 2} 2 {side} ^2 {2 * side**2}"
    )
    size, pixels = 512, 20
    facts["numerics-sums-read"] = (
        f"{side} {step} {counted:.0f} {side**2} {plain} {size} {size} {pixels} logit 0"
    )
    facts["numerics-sums-silent-read"] = f"1 1; below 1 {brain.eps / 2:.4f}; logit -2"
    facts["numerics-cure-read"] = f"{(724 / side) ** 2:.0f}"

    y = torch.zeros(1, 1, size, size)
    y[..., 100:104, 100:105] = 1
    assert y.sum() == pixels
    undecided = dice_loss(torch.zeros_like(y), y)
    facts["numerics-scaling"] = (
        f"{scientific(half.smallest_normal * half.eps)} {pixels} {size} {size} 0 {y.numel()} 0"
    ).replace("6.0 10", "6 10")
    scale = 65536
    z = torch.zeros_like(y).half().requires_grad_()
    (gradient,) = torch.autograd.grad(scale * dice_loss(z, y), z)
    assert (gradient != 0).all()
    facts["numerics-scaling-read"] = f"{scale}"

    size18 = torch.sigmoid(torch.tensor(-18.0))
    facts["numerics-cancel"] = f"1 - p_t; 1 - p_t = 1 - e; logit 18; 1 - p_t {scientific(size18)}"
    lost = next(n for n in range(30) if 1 - torch.exp(-F.softplus(torch.tensor(-float(n)))) == 0)
    facts["numerics-cancel-read"] = f"1 - e; {lost}; 1 - sigma; gamma below 1, 1 - p_t, gamma - 1, 0"
    facts["numerics-cancel-note"] = "gamma 2, gamma 0.5"

    dice_trips, bce_trips = 2 + 2 + 1, 2 + 1  # z, y for the sums; z, y again; the gradient
    trip = 64 * 512**2 * 4 // 2**20
    assert bce_trips < dice_trips  # and yet BCE takes longer, in eager mode and compiled
    assert all(bce > dice for bce, dice in zip(times("bce"), times("dice"), strict=True))
    assert abs(clipped(("unscale", "clip"), scale) - 1) < 1e-5
    assert clipped(("clip", "unscale"), scale) < 2e-5  # "hardly learns"
    facts["numerics-loop-read"] = f"5 {scale:,} 1"
    mean, exact = two_passes()
    assert mean > 0.2  # "far off"
    assert exact < 1e-12
    facts["numerics-share"] = shares()

    facts["numerics-gpu-traffic"] = (
        f"{dice_trips} {bce_trips} 64 512 512; 64 512 ^2 4 {trip}; {dice_trips * trip} {bce_trips * trip};"
        f" {dice_trips} 4"
    )
    for loss, blocks_from, fewer in ((focal_loss, LONG_FORMULA, 1), (dice_loss, SHORT_FORMULA, 0)):
        large = torch.zeros(1, blocks_from // 4 + 1)
        kept = [kept_for_backward(loss, z, torch.zeros_like(z)) for z in (large, large[:, 1:])]
        assert kept[0] == pytest.approx(fewer, abs=1e-3)
        assert round(kept[1]) > fewer
    facts["numerics-gpu-kept-read"] = f"{LONG_FORMULA / 2**20:.0f} MiB {SHORT_FORMULA / 2**20:.0f} MiB"
    date, machine, rows = measured()
    facts["numerics-compile"] = f"{machine}, on {date}; {trip} {rows}"

    whole = overlap(PREDICTION_2, LUNG)
    above, below = (overlap(PREDICTION_2[rows], LUNG[rows]) for rows in (slice(5), slice(5, 10)))
    assert below.tp == 0
    facts["numerics-many"] = (
        f"prediction 2, {1 - float(whole.dice()):.4f} {above.actual} {above.tp} {below.actual} {below.fp}"
    )
    cleared = PREDICTION_2 * LUNG
    mean = sum(1 - float(part.dice()) for part in (above, below)) / 2
    again = sum(
        dice_loss(as_logits(cleared[rows]), LUNG[rows], smooth=0) for rows in (slice(5), slice(5, 10))
    )
    assert abs(again / 2 - mean) < 1e-6
    facts["numerics-many-answer"] = (
        f"{1 - float(whole.dice()):.4f} {1 - float(overlap(cleared, LUNG).dice()):.4f} {mean:.4f}"
        f" {1 - float(below.dice()):.0f}"
    )
    facts["numerics-many-group"] = "1 minus 2"
    facts["numerics-many-proof"] = "weight 0"
    assert dice_loss(torch.tensor([torch.inf, 0.0]), torch.ones(2)).isfinite()
    z, y = torch.tensor(-10.0, requires_grad=True), torch.tensor(0.0)
    loss = bce_loss(z, y)
    loss.backward()
    torch.testing.assert_close(z.grad, torch.sigmoid(z.detach()))
    facts["numerics-breaks"] = f"takes it to 1; 0/255; -10 {loss:.7f} {F.softplus(z.double()):.7f}"
    facts["numerics-remember"] = (
        f"1 {ones[torch.float32]} {ones[torch.float16]} {ones[torch.bfloat16]} {LARGEST} 1 1"
    )

    facts["numerics-exercise-square-solution"] = (
        f"{plain - 1} ^2 {(plain - 1) ** 2} {torch.ones(plain - 1, plain - 1).half().sum().item():.0f}"
        f" {plain} ^2 {plain**2}"
    )
    facts["numerics-exercise-shows"] = "1 - D, exactly 1"
    gap = brain.eps / 2
    assert (1 - torch.tensor(gap / 2)).bfloat16() == 1 != (1 - torch.tensor(gap * 0.51)).bfloat16()
    facts["numerics-exercise-shows-solution"] = (
        f"below 1 2 {log2(gap):.0f} 1 {1 / gap:.0f}; nearer to 1, becomes 1; 1 {2 / gap:.0f} {gap / 2:.4f}"
    )
    facts["numerics-exercise-doubt"] = "1 - p_t; 0 or 1; 60"
    facts["numerics-exercise-doubt-solution"] = "1 - p_t = 1 - sigma"
    assert exp(overflow[torch.float16]) > LARGEST > exp(overflow[torch.float16] - 1)
    # --- what questions and pictures say, beyond what they compute themselves
    facts["numerics-puzzle-question"] = "0 or 1"
    assert single.bits == 2 * half.bits
    assert -log2(single.eps / 2) + log2(half.eps / 4) == 12  # the reveal's "twelve of them"
    facts["numerics-formats-question"] = (
        f"exactly 1; ln 2, {log(2):.2f}; {25 * log(2):.2f} if 1 + e^-z were not rounded above 1;"
        f" {ceil(100 * log(single.max)) / 100} at 1; near 1; {ones[torch.float64]}"
    )
    facts["numerics-sums-question"] = (
        f"{pixels}; loss 1, gradient 0; is 0, loss is 1, it is 1, gradient is 0;"
        f" {undecided:.4f} {size**2 // 2}"
    )
    facts["numerics-scaling-question"] = "slip 0; rounds to 0"
    facts["numerics-cancel-question"] = (
        "1 - exp, next to 1, 1 minus a neighbour of 1; 0: nearer to 1, it is 1, rest 0; above 1"
    )
    facts["numerics-many-painter"] = "prediction 2"
    facts["numerics-many-question"] = f"1 - {2 * above.tp} {above.predicted + above.actual}"
    return facts

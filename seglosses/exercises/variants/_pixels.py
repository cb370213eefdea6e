"""What is drawn for the exercises on pixels and their prices: BCE, its sum with Dice, the focal loss."""

from fractions import Fraction
from math import log

import torch

from seglosses.exercises import bce, bce_dice, choosing, focal, mixed, numerics
from seglosses.exercises import your_training as training
from seglosses.exercises.variants._draw import Draw
from seglosses.exercises.variants._drawn import Drawn, block, painted, pixels_of, varies
from seglosses.exercises.variants.figures import probabilities
from seglosses.losses.bce import bce_loss
from seglosses.losses.dice import dice_loss


@varies(bce.one_pixel_missed)
def _(draw: Draw) -> Drawn:
    sure, before = draw.one_of((0.95, 0.85)), draw.one_of((0.6, 0.65, 0.7, 0.75))
    after = draw.one_of((0.1, 0.15, 0.25, 0.3, 0.4))
    nodule = torch.zeros(10, 10, dtype=torch.float64)
    first, *rest = pixels_of(draw, block(draw, 4, 5), draw.one_of((2, 4, 5)))
    nodule = painted(nodule, first, *rest)
    p = painted(torch.where(nodule == 1, sure, round(1 - sure, 2)), first, value=before)
    said = {"price": -log(sure), "new": -log(after), "sum": -99 * log(sure) - log(after)}
    return Drawn({"sure": sure, "before": before, "after": after}, said, [probabilities(p, nodule)])


@varies(bce.better_than_blind)
def _(draw: Draw) -> Drawn:
    pixels, gap = draw.one_of((5, 10, 15, 25, 30, 40)), draw.one_of((0.02, 0.03, 0.05, 0.08))
    share = pixels / 100
    blind = -share * log(share) - (1 - share) * log(1 - share)
    said = {"pixels": pixels, "rest": round(1 - share, 2), "blind": blind}
    return Drawn({"share": share, "loss": round(blind - gap, 2)}, said)


@varies(bce.tipping_background)
def _(draw: Draw) -> Drawn:
    found = draw.some_of((0.95, 0.9, 0.85, 0.8, 0.7), draw.one_of((2, 4, 5)))
    start, share = draw.one_of((0.02, 0.04, 0.05)), len(found) / 100
    blind = -share * log(share) - (1 - share) * log(1 - share)
    nodule = -sum(map(log, found))
    said = {
        "count": len(found),
        "others": 100 - len(found),
        "listed": ", ".join(f"{p:g}" for p in found),
        "blind": blind,
        "all": 100 * blind,
        "nodule_price": nodule,
        "left": 100 * blind - nodule,
        "price": (100 * blind - nodule) / (100 - len(found)),
    }
    return Drawn({"found": tuple(found), "start": start}, said)


@varies(bce_dice.half_a_bce)
def _(draw: Draw) -> Drawn:
    height, width = draw.one_of((3, 4, 5)), draw.one_of((3, 4, 5))
    lung = block(draw, height, width)
    background = draw.one_of((0.05, 0.2))
    high, low = draw.one_of((0.7, 0.75, 0.85)), draw.one_of((0.3, 0.35, 0.4))
    weight, smooth = draw.one_of((2, 3)), draw.one_of((2, 3, 4, 5))
    bottom = lung * (lung.cumsum(0) == height)
    p = torch.where(lung == 1, high, background) + bottom * (low - high)
    z = torch.logit(p)
    found, others = (height - 1) * width, 100 - height * width
    shared = found * high + width * low
    said = {
        **{"high": high, "low": low, "background": background, "found": found, "missed": width},
        **{"others": others, "rest": round(1 - background, 2), "lung": height * width},
        **{"shared": shared, "predicted": shared + others * background},
        **{"bce": bce_loss(z, lung).item(), "dice": dice_loss(z, lung, smooth=smooth).item()},
    }
    numbers = {"probabilities": p, "target": lung, "weight": weight, "smooth": smooth}
    return Drawn(numbers, said, [probabilities(p, lung)])


@varies(bce_dice.equal_say)
def _(draw: Draw) -> Drawn:
    side, lung = draw.one_of((8, 12, 16)), draw.one_of((6, 9, 10, 12, 14, 15))
    times = Fraction(side * side, 2 * lung)
    said = {"side": side, "twice": 2 * lung, "times": times}
    return Drawn({"lung": lung, "pixels": side * side}, said)


@varies(focal.price_of_a_miss)
def _(draw: Draw) -> Drawn:
    p, alpha = draw.one_of((0.15, 0.2, 0.3, 0.4)), draw.one_of((0.2, 0.3, 0.4, 0.6))
    gamma = draw.one_of((3, 4))
    said = {"doubt": round(1 - p, 2), "factor": (1 - p) ** gamma, "bce": -log(p)}
    return Drawn({"p": p, "alpha": alpha, "gamma": gamma}, said)


@varies(focal.crowd_for_a_miss)
def _(draw: Draw) -> Drawn:
    p, gamma = draw.one_of((0.04, 0.05, 0.06, 0.08, 0.12, 0.15, 0.2)), draw.one_of((1, 3))
    said = {
        "sure": round(1 - p, 2),
        "hard": (1 - p) ** gamma,
        "easy": p**gamma,
        "bce": -log(p),
        "small": -log(1 - p),
        "with_bce": log(p) / log(1 - p),
        "focusing": ((1 - p) / p) ** gamma,
    }
    return Drawn({"p": p, "gamma": gamma}, said)


@varies(focal.alpha_for_a_threshold)
def _(draw: Draw) -> Drawn:
    return Drawn({"cases": draw.one_of((4, 6, 7, 8, 9, 10, 12, 15, 16, 20, 25))})


@varies(choosing.calibration_by_hand)
def _(draw: Draw) -> Drawn:
    many, few = draw.one_of((10, 12, 15, 20)), draw.one_of((5, 6, 8))
    low, high = draw.one_of(("0.2", "0.3")), draw.one_of(("0.7", "0.8"))
    least = int(Fraction(low) * many) + 1
    lung, tumour = least + draw.one_of((0, 1, 2)), draw.one_of((2, 3))
    gaps = [abs(Fraction(p) - Fraction(k, n)) for p, k, n in ((low, lung, many), (high, tumour, few))]
    said = {
        **{"many": many, "few": few, "low": low, "high": high, "lung": lung, "tumour": tumour},
        **{"first": gaps[0], "second": gaps[1], "pixels": many + few},
    }
    return Drawn({"bins": ((many, low, lung), (few, high, tumour))}, said)


@varies(choosing.bias_of_a_prior)
def _(draw: Draw) -> Drawn:
    percent = draw.one_of([n for n in range(1, 25) if n != 5])
    prior = percent / 100
    return Drawn({"prior": prior}, {"percent": percent, "rest": round(1 - prior, 2)})


@varies(training.step_of_a_sum)
def _(draw: Draw) -> Drawn:
    return Drawn({"images": draw.one_of((4, 6, 12, 16, 24)), "side": draw.one_of((64, 96, 128, 320, 512))})


@varies(numerics.square_that_overflows)
def _(draw: Draw) -> Drawn:
    images = draw.one_of(range(3, 41))
    side = next(side for side in range(1, 256) if images * side**2 >= 65520)
    said = {"side": side, "less": side - 1, "last": images * (side - 1) ** 2, "first": images * side**2}
    return Drawn({"images": images}, said)


@varies(mixed.first_losses)
def _(draw: Draw) -> Drawn:
    order, lung = "".join(draw.shuffled("abcde")), draw.one_of((8, 10, 12, 16, 24, 30))
    smooth, alpha, gamma = draw.one_of((2, 3, 4, 5)), draw.one_of((0.3, 0.4, 0.6)), draw.one_of((1, 3))
    lines = mixed.first_lines(lung, smooth, alpha, gamma)
    rows = "\n".join(f"| {at} | {lines[one]:.4f} |" for at, one in enumerate(order, 1))
    half, share = lung // 2, lung / 100
    said = {
        **{"rows": rows, "half": half, "union": 50 + lung - half, "sizes": 50 + lung},
        **{"iou": lines["d"], "dice": lines["e"], "focal": lines["c"], "factor": 0.5**gamma},
        **{"share": share, "rest": round(1 - share, 2), "beta": round(1 - alpha, 2)},
    }
    numbers = {"order": order, "lung": lung, "smooth": smooth, "alpha": alpha, "gamma": gamma}
    return Drawn(numbers, said)

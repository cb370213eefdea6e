"""Claims and formulas that several chapters use, word for word."""

import torch
from claims import ANYWHERE, Because

from seglosses import dice_loss, focal_loss, iou_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES
from seglosses.probabilities import to_logits

P, Y = LUNG_PROBABILITIES.double(), LUNG.double()


def same(a, b) -> bool:
    """Whether two numbers or tensors agree, to rounding."""
    return bool(
        torch.allclose(torch.as_tensor(a).double(), torch.as_tensor(b).double(), rtol=1e-9, atol=1e-12)
    )


def claims():
    """Each with the computation that it states."""
    z = to_logits(P).requires_grad_()
    overlap, sizes, s, n = (P * Y).sum(), P.sum() + Y.sum(), 1.0, P.numel()

    yield ANYWHERE, "Run All Cells* first", Because.ADVICE
    yield ANYWHERE, "a quarter more for the exercises", Because.STORY
    # --- the losses
    yield (
        ANYWHERE,
        r"L = 1 - \frac{2 \sum_i p_i y_i + s}{\sum_i p_i + \sum_i y_i + s}",
        same(dice_loss(z, Y), 1 - (2 * overlap + s) / (sizes + s)),
    )
    yield (
        ANYWHERE,
        r"L = 1 - \frac{\sum_i p_i y_i + s}{\sum_i p_i + \sum_i y_i - \sum_i p_i y_i + s}",
        same(iou_loss(z, Y), 1 - (overlap + s) / (sizes - overlap + s)),
    )
    yield ANYWHERE, r"\text{Dice loss} = 1 - DSC", same(dice_loss(z, Y, smooth=0), 1 - 2 * overlap / sizes)
    yield (
        ANYWHERE,
        r"DSC = \frac{2\,|X \cap Y|}{|X| + |Y|}",
        same(dice_loss(z, Y, smooth=0), 1 - 2 * overlap / sizes),
    )
    nothing = dice_loss(z, 0 * Y)
    yield ANYWHERE, r"\frac{P}{P + s}", same(nothing, P.sum() / (P.sum() + s))
    yield ANYWHERE, r"\frac{s}{P + s}", same(1 - nothing, s / (P.sum() + s))
    # --- slopes
    logit = torch.tensor([-2.0, 0.3, 4.0], dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(torch.sigmoid(logit).sum(), logit)
    p = torch.sigmoid(logit)
    yield ANYWHERE, "p(1 - p)", same(slope, p * (1 - p))
    yield ANYWHERE, "p(1-p)", same(slope, p * (1 - p))
    dice = 2 * overlap / sizes
    (pull,) = torch.autograd.grad(dice_loss(to_logits(q := P.clone().requires_grad_()), Y, smooth=0), q)
    yield (
        ANYWHERE,
        r"\frac{\partial L}{\partial p_i} = \frac{D - 2\,y_i}{S}",
        same(pull, (dice - 2 * Y) / sizes),
    )
    iou = dice / (2 - dice)
    yield ANYWHERE, r"J = \frac{D}{2 - D}", same(iou_loss(z, Y, smooth=0), 1 - iou)
    yield ANYWHERE, r"D = \frac{2J}{1 + J}", same(2 * iou / (1 + iou), dice)
    yield ANYWHERE, r"D = \frac{2J}{1+J}", same(2 * iou / (1 + iou), dice)
    # --- focal
    pt = torch.where(Y == 1, P, 1 - P)
    factor = focal_loss(z, Y, alpha=0.25) * n
    weights = torch.where(Y == 1, 0.25, 1 - 0.25)
    yield ANYWHERE, r"(1 - p_t)^\gamma", same(factor, (weights * (1 - pt) ** 2 * -pt.log()).sum())
    yield (
        ANYWHERE,
        r"-\alpha_t (1 - p_t)^\gamma \ln p_t",
        same(factor, (weights * (1 - pt) ** 2 * -pt.log()).sum()),
    )
    yield ANYWHERE, r"1 - \alpha", same(factor, (weights * (1 - pt) ** 2 * -pt.log()).sum())
    yield ANYWHERE, "1 - p_t", same(1 - pt, (Y - P).abs())
    yield ANYWHERE, "p_t = 1 - p", same(pt[Y == 0], 1 - P[Y == 0])

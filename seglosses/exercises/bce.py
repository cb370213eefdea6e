"""The checks of the BCE chapter."""

from collections.abc import Callable, Sequence
from math import exp, log, log10

import torch
from torch import Tensor

from seglosses.exercises._check import NotYet, called, check, described, no_slip, tensor
from seglosses.exercises._described import Number, counted
from seglosses.losses.bce import bce_loss


@described("bce-missed", "The mean after one mistake", level=1, minutes=2)
def one_pixel_missed(sure: float = 0.9, before: float = 0.8, after: float = 0.2) -> Number:
    """Check the BCE of the nodule grid once its pixel at 0.8 has fallen to 0.2."""
    # 98 pixels and the first nodule pixel cost -ln 0.9, and one costs -ln 0.2
    return Number(
        (99 * -log(sure) - log(after)) / 100,
        "One missed pixel adds 0.0139: a lone mistake, and an eighth of the loss.",
        {
            (99 * -log(sure) - log(before)) / 100: "This is the loss before. "
            f"Its pixel at {before:g} now has {after:g}.",
            (99 * -log(sure) - log(before) - log(after)) / 100: "The new price replaces the old one, "
            f"-ln {before:g}. Here both are in the sum, so it has 101 pixels.",
            99 * -log(sure) - log(after): "This is the sum. The loss is the mean over 100 pixels.",
            -log(after): "This is the price of the missed pixel alone. The loss is the mean over all 100.",
            (99 * -log10(sure) - log10(after))
            / 100: "The logarithm is the natural one, not that to base 10.",
        },
        hint="One price of the hundred changes. What was it, and what is it now?",
    )


@described("bce-blind", "Whether a model has learned anything", level=2, minutes=3)
def better_than_blind(share: float = 0.2, loss: float = 0.48) -> Number:
    """Check by how much a BCE of 0.48 beats the best single probability where 20 % is foreground."""
    blind = -share * log(share) - (1 - share) * log(1 - share)
    return Number(
        blind - loss,
        "The blind guess costs 0.5004: this model has learned next to nothing about where the lung is.",
        {
            blind: f"This is what the blind guess costs. How far is {loss:g} below it?",
            loss - blind: "The right size with the wrong sign: the model is the better of the two.",
            log(2) - loss: "A guess of 0.5 costs 0.6931, but it is not the best: "
            f"{100 * share:.0f} % of the pixels are lung.",
            blind / log(2) - loss: "The logarithm is the natural one, not that to base 2.",
            -share * log(share) - loss: "These are the lung pixels only. "
            f"The {100 - 100 * share:.0f} others cost something as well.",
        },
        hint="What does the best single probability for all pixels cost?",
    )


@described("bce-tipping", "When the background outweighs the find", level=2, minutes=4)
def tipping_background(found: Sequence[float] = (0.9, 0.9, 0.8), start: float = 0.1) -> Number:
    """Check the background probability at which the nodule model's BCE is that of the blind guess."""
    share, others = len(found) / 100, 100 - len(found)
    blind = -share * log(share) - (1 - share) * log(1 - share)
    nodule = -sum(map(log, found))
    price = (100 * blind - nodule) / others  # of a background pixel
    return Number(
        1 - exp(-price),
        "A background a little above 0.1, and finding the whole nodule is worth nothing to BCE.",
        {
            price: "This is a price. Which probability has it? Solve -ln(1 - p) for p.",
            exp(-price): "This is the probability that the background pixel is background: 1 - p.",
            1 - exp(-100 * blind / others): f"The {counted(len(found))} nodule pixels cost something too: "
            f"{nodule:.4f} of the sum.",
            1 - exp(-(blind - nodule / 100)): f"The rest is shared by the {others} background pixels, "
            "not by 100.",
            share: "This is what the blind guess says of every pixel. "
            "How high may the model's background be?",
            start: "This is where the model starts; there it is still the better one.",
        },
        hint=f"Which price is left for each of the {others} background pixels?",
    )


@check(
    "bce-stable-loss",
    "A loss from logits that never breaks, as code",
    level=3,
    minutes=6,
    hint="-ln of a sigmoid is ln(1 + exp(-z)). Take -|z| as the exponent, and add what that leaves out.",
)
def stable_bce(answer: Callable[[Tensor, Tensor], Tensor]) -> str:
    """Check a function of z and y that returns each pixel's BCE, in float32 and for any logit."""
    sizes = torch.tensor([0.5, 3.0, 10.0, 20.0, 40.0, 200.0])
    z = torch.cat([sizes, -sizes]).repeat(2)
    y = torch.cat([torch.zeros(12), torch.ones(12)])
    right, slopes = bce_loss(z, y, reduction="none"), torch.sigmoid(z) - y
    logits = z.clone().requires_grad_()
    answered = tensor(called(answer, "z and y", logits, y), z.shape, "one loss for each pixel")

    loss, easy = answered.detach(), z.abs() < 4
    wrong = ~torch.isclose(loss, right, rtol=1e-4, atol=1e-4)
    if (wrong & easy).any():
        turned = "The sign is turned round: a logarithm of p is negative, a loss is not."
        swapped = "The classes have changed places: where y is 1 the price is -ln p."
        no_slip(
            loss[easy],
            {turned: -right[easy], swapped: bce_loss(z, 1 - y, reduction="none")[easy]},
            atol=1e-4,
        )
        at = int((wrong & easy).nonzero()[0])
        came = f"at z = {z[at]:g}, y = {y[at]:g} it is {loss[at]:.4f} instead of {right[at]:.4f}"
        raise NotYet(f"Wrong even where nothing can break: {came}.")
    if not loss.isfinite().all():
        size = z[~loss.isfinite()].abs().min()
        why = (
            "exp(z) is too large for float32"
            if size > 30
            else "the sigmoid rounds to 1, and ln(1 - 1) breaks"
        )
        raise NotYet(f"At a logit of {size:g} it is no number: {why}.")
    if wrong.any():
        why = "it is cut off: the price must keep growing with the logit, or the slope is 0"
        raise NotYet(f"At a logit of {z[wrong].abs().min():g} {why}.")
    if not answered.requires_grad:
        raise NotYet("The loss is right, but it has lost its gradient: compute with tensors alone.")
    if not torch.allclose(torch.autograd.grad(answered.sum(), logits)[0], slopes, atol=1e-4):
        raise NotYet(
            "The loss is right, but its gradient is not p - y everywhere. torch.where hides a broken value, "
            "not its gradient: keep the exponent from being positive instead.",
        )
    return "Right at every logit, and so is its slope: p - y."

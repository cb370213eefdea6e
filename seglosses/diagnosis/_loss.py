"""What the loss makes of the batch: its value, its sign, its gradient, and its sums in half precision."""

import math

import torch

from seglosses.diagnosis._batch import Batch, whole
from seglosses.diagnosis._report import Finding

HALF = (torch.float16, torch.bfloat16)


def overflows(b: Batch) -> Finding | None:
    """Compare the loss in half precision with that of the same numbers in float32."""
    if b.loss is None or b.output.dtype not in HALF or isinstance(b.result, Exception):
        return None
    half = b.result[1].double().mean().item()
    try:
        target = b.target.float() if b.target.dtype in HALF else b.target
        full = b.value(b.output.detach().float(), target).double().mean().item()
    except Exception:
        return None
    if not math.isfinite(full) or abs(half - full) <= 0.05 * max(abs(full), 0.1):
        return None
    said = (
        f"The loss is {half:.4g} in {str(b.output.dtype).removeprefix('torch.')} and {full:.4g} in float32."
    )
    cure = "Sum in float32: pass model_output.float(), or use a loss that does."
    return Finding("half precision overflows", said, "loss(model_output.float(), target)", cure)


def value(b: Batch) -> Finding | None:
    if b.loss is None:
        return None
    check = "loss(model_output, target)"
    if isinstance(b.result, Exception):
        said = f"The loss raises {type(b.result).__name__}: {' '.join(str(b.result).split())[:200]}"
        return Finding("loss refuses", said, check, "Bring the batch to what the loss expects.")
    value = b.result[1]
    if value.numel() != 1:
        said = f"The loss has the shape {tuple(value.shape)}, where one number is trained."
        return Finding("no single number", said, check, "Take its mean, or set its reduction.")
    number = value.item()
    if not math.isfinite(number):
        cure = (
            "Add a smooth to both sides of the bar, and take logarithms from logits, not from probabilities."
        )
        return Finding("loss is not finite", f"The loss is {number}.", check, cure)
    return _score(b) or _sign(number) or _undecided(b, number)


def _score(b: Batch) -> Finding | None:
    """A loss that a perfect output makes larger than its opposite is a score."""
    if not b.is_mask or not whole(b.y) or not b.output.is_floating_point():
        return None
    try:
        perfect = (2 * b.target.to(b.output) - 1) * 10
        best, worst = (b.value(z).double().mean().item() for z in (perfect, -perfect))
    except Exception:
        return None
    if b.takes_probabilities or not best > worst:
        return None
    said = f"A perfect output costs {best:.4g}, the opposite one {worst:.4g}."
    cure = "Train with 1 - score."
    return Finding("score, not a loss", said, "loss(20 * target - 10, target)", cure)


def _sign(number: float) -> Finding | None:
    if number >= -1e-6:
        return None
    cure = (
        "Minus a coefficient is fine and only shifted by 1; else look for a mask or an output outside [0, 1]."
    )
    return Finding("negative loss", f"The loss is {number:.4g}.", "loss(model_output, target)", cure)


def _undecided(b: Batch, number: float) -> Finding | None:
    if abs(number - math.log(2)) > 0.005 or b.finite.abs().mean() < 0.5:
        return None
    size = b.finite.abs().mean().item()
    said = f"The loss is {number:.4g}, that of p = 0.5 everywhere; the logits are {size:.3g} on average."
    cure = "Look whether the loss uses this output: another sigmoid, a detached or a replaced tensor."
    return Finding("loss of 0.693", said, "loss(model_output, target), math.log(2)", cure)


def gradient(b: Batch) -> Finding | None:
    if b.loss is None or isinstance(b.result, Exception) or not b.output.is_floating_point():
        return None
    z, value = b.result
    name, check = "no gradient", "torch.autograd.grad(loss(model_output, target), model_output)"
    if not value.requires_grad:
        cure = "Remove .detach(), .item(), a threshold or argmax from the loss."
        return Finding(name, "The loss does not depend on the output for autograd.", check, cure)
    try:
        (slope,) = torch.autograd.grad(value.sum(), z, allow_unused=True)
    except RuntimeError:
        slope = None
    slope = None if slope is None else slope.double()  # some types cannot be compared
    if slope is None or not slope.any():
        cure = (
            "Remove thresholds and clamps from the loss; saturated or empty regions have no gradient either."
        )
        return Finding(name, "The gradient of the loss is 0 in every pixel.", check, cure)
    if not slope.isfinite().all():
        said = f"The gradient is not finite in {int((~slope.isfinite()).sum())} of {slope.numel()} pixels."
        return Finding(
            "gradient is not finite", said, check, "Take logarithms and roots of what cannot be 0."
        )
    return None

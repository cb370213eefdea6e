"""What the two tensors say side by side: their order, their shapes, and what is no number."""

import torch

from seglosses.diagnosis._batch import Batch, shape, span, whole
from seglosses.diagnosis._report import Finding


def unreadable(b: Batch) -> Finding | None:
    for name, given, numbers in (("model_output", b.output, b.z), ("target", b.target, b.y)):
        if given.is_complex():
            said = f"{name} is {given.dtype}; logits and masks are real numbers."
            return Finding("complex numbers", said, f"{name}.dtype", f"Pass {name}.real, or {name}.abs().")
        if numbers.numel() == 0:
            said = f"{name} has the shape {shape(given)}; no value of it can be looked at."
            return Finding(
                "no values", said, f"{name}.shape", "Skip empty batches; pass tensors that hold values."
            )
    return None


def swapped(b: Batch) -> Finding | None:
    mask_first = whole(b.z) and b.z.min() >= 0 and not whole(b.y)
    undecided = b.z.min() == b.z.max() and b.y.min() >= 0  # a head that starts at 0, and soft labels
    soft_first = b.z.min() >= 0 and b.z.max() <= 1 and b.y.min() < 0 and not whole(b.y) and len(b.values) > 2
    if not (mask_first and not undecided) and not soft_first:
        return None
    said = f"model_output{span(b.z)}, looks like a mask, and target{span(b.y)}, like a model's output."
    return Finding(
        "swapped arguments", said, "model_output.unique(), target.unique()", "Pass the output first."
    )


def shapes(b: Batch) -> Finding | None:
    s, t = tuple(b.z.shape), tuple(b.y.shape)
    channels_last = len(s) > 3 and s[-1] <= 4 and s[1] > 8
    if (s == t and not channels_last) or b.labels:
        return None
    said = f"The output has the shape {s}, the target {t}."
    name, cure = _shape_fault(s, t, channels_last)
    return Finding(name, said, "model_output.shape, target.shape", cure)


def _shape_fault(s: tuple[int, ...], t: tuple[int, ...], channels_last: bool) -> tuple[str, str]:
    """What the shapes of output and target suggest, and the cure."""
    last = "channels last"
    if s == t or (channels_last and t in (s[:-1], s[:1] + s[-1:] + s[1:-1])):
        which = "both" if s == t else "the output"
        return last, f"Move the channels of {which} forward: .movedim(-1, 1)."
    if len(t) == len(s) > 2 and t[:1] + t[-1:] + t[1:-1] == s:
        return last, "Pass target.movedim(-1, 1)."
    for axis in (1, 0):
        if s[axis : axis + 1] == (1,) and t == s[:axis] + s[axis + 1 :]:
            return "missing channel axis", f"Pass target.unsqueeze({axis}); else some losses pair all images."
        if t[axis : axis + 1] == (1,) and s == t[:axis] + t[axis + 1 :]:
            return (
                "missing channel axis",
                f"Pass model_output.unsqueeze({axis}); else some losses pair all images.",
            )
    if len(s) == len(t) > 2 and s[:1] + s[2:] == t[:1] + t[2:] and s[1] == 1:
        return "colour mask", "Pass one channel of it, target[:, :1], or read the file as grey."
    if len(s) == len(t) and sorted(s) == sorted(t):
        return "axes in another order", "Pass target.transpose(-1, -2), or whatever puts its axes in order."
    if len(s) == len(t) and s[:2] == t[:2]:
        return "different sizes", "Resize the output, or the mask with mode='nearest', until they agree."
    return "different shapes", "Bring the target to the output's shape (N, C, H, W)."


def not_finite(b: Batch) -> Finding | None:
    for name, given, numbers in (("model_output", b.output, b.z), ("target", b.target, b.y)):
        nan, infinite = int(numbers.isnan().sum()), int(numbers.isinf().sum())
        if not nan + infinite:
            continue
        said = f"{name} holds {nan} NaN and {infinite} infinite values of {numbers.numel()}."
        check = f"{name}.isfinite().all()"
        if given.dtype == torch.float16 and infinite and not nan:
            cure = "Compute the last layers in float32 or bfloat16; float16 ends at 65504."
            return Finding("half precision overflows", said, check, cure)
        cure = "Find the first layer, or the file, that holds one: torch.autograd.set_detect_anomaly(True)."
        return Finding("NaN or infinity", said, check, cure)
    return None

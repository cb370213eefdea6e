"""What the values of the target say of its making."""

from seglosses.diagnosis._batch import Batch, share, whole
from seglosses.diagnosis._report import Finding


def values(b: Batch) -> Finding | None:
    """Name what the values of the target say of its making."""
    found, check = b.values, "target.unique()"
    if not found:
        return None
    low, high = found[0], found[-1]
    if whole(b.y):
        ignored = [value for value in (255.0, -1.0, -100.0) if value in found]
        others = [value for value in found if value not in ignored]
        # Labels are counted without gaps; greys are not.
        labels = bool(others) and max(others) + 1 <= 2 * len(others) and others != [0]
        if ignored and (labels or low < 0):
            said = (
                f"The target holds {ignored[0]:g} beside {_listed(others)}: {share(b.y == ignored[0]):.1%}."
            )
            cure = (
                f"Leave these pixels out: weight = (target != {ignored[0]:g}), and any class in their place."
            )
            return Finding("ignored label", said, check, cure)
        if high == 255 or (high > 150 and low >= 0 and not b.labels):
            said = f"The target holds {low:g} to {high:g}, where a mask holds 0 and 1."
            return Finding("0/255 mask", said, check, "Pass target / 255.")
        if b.labels:
            return None
        if low < 0 or high > 1:
            said = f"The target holds {_listed(found)}; a mask holds 0 and 1."
            cure = "Make one mask for each class: target == k."
            return Finding("classes in one channel", said, check, cure)
    elif low < 0 or high > 1:
        said = f"The target lies between {low:.4g} and {high:.4g}, a mask in [0, 1]."
        cure = "Keep the mask out of normalisation, and resize it with mode='nearest'."
        return Finding("mask outside [0, 1]", said, check, cure)
    if 0 < high < 0.05:
        said = f"The largest value of the target is {high:.4g}, or {high * 255:.3g} / 255."
        return Finding("mask divided twice", said, check, "Divide by 255 once: ToTensor does it for uint8.")
    return None


def _listed(values: list[float]) -> str:
    shown = ", ".join(f"{value:g}" for value in values[:5])
    return f"{shown} ..." if len(values) > 5 else shown


def classes(b: Batch) -> Finding | None:
    if not b.labels:
        return None
    if b.loss is not None and not isinstance(b.result, Exception):
        return None  # a loss that takes class indices, as F.cross_entropy does
    classes = b.z.shape[1]
    said = f"The output has {classes} channels, the target class indices, {_listed(b.values)}."
    indices = "target" if b.y.ndim < b.z.ndim else "target.squeeze(1)"
    cure = f"Make one mask per class, F.one_hot({indices}, {classes}).movedim(-1, 1), or use F.cross_entropy."
    return Finding("classes as channels", said, "model_output.shape, target.shape", cure)


def one_value(b: Batch) -> Finding | None:
    if len(b.values) != 1 or b.labels:
        return None
    value = b.values[0]
    name = "all background" if value == 0 else "all foreground" if value == 1 else "constant target"
    said = f"All {b.y.numel()} pixels of the target are {value:g}."
    cure = (
        "Look at more batches; if all are so, at the reading of the masks. Sample images that have an object."
    )
    return Finding(name, said, "target.float().mean()", cure)

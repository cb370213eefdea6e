"""The libraries that follow a convention, by the call that does."""

from dataclasses import replace

from seglosses.atlas.convention import Convention


def same_as(c: Convention) -> dict[str, str]:
    """Name the calls of known libraries that follow a convention.

    Args:
        c: what :func:`~seglosses.atlas.asking.convention_of` found.

    Returns:
        The call by library, each with the settings that are not its defaults; empty where none agrees.
    """
    calls = {
        "seglosses": _seglosses(c),
        "MONAI": _monai(c),
        "smp": _smp(c),
        "nnU-Net": _nnunet(c),
        "kornia": _kornia(c),
    }
    return {library: call for library, call in calls.items() if call is not None}


def _call(name: str, *given: str, **settings: object) -> str:
    return f"{name}({', '.join([*given, *(f'{key}={value!r}' for key, value in settings.items())])})"


PLAIN = ("as the formula says", "1 - D")  # what most libraries do


def _seglosses(c: Convention) -> str | None:
    dims = {"batch": None, "image": (1, 2, 3), "channel": (0, 2, 3), "image and channel": (2, 3)}
    alike = replace(
        Convention(), form=c.form, above=c.above, below=c.above, region=c.region, reduction=c.reduction
    )
    if c != alike or c.above == 0:  # with 0 it differs on empty masks: 0/0 is a loss of 0
        return None
    settings: dict[str, object] = {"smooth": c.above} if c.above != 1 else {}
    settings |= {"dim": dims[c.region]} if c.region != "batch" else {}
    end = "" if c.reduction == "none" or c.region == "batch" else f".{c.reduction}()"
    return _call(f"{c.form.lower()}_loss", "z, y", **settings) + end


def _monai(c: Convention) -> str | None:
    minimum = c.overlap == "minimum"
    if (c.absent, c.sign) != PLAIN or "channel" not in c.region or (minimum and c.squares):
        return None
    scale = 2 if c.form == "IoU" else 1  # it doubles overlap and union, and so its smooth
    settings = {
        "include_background": (c.background, True),
        "to_onehot_y": (c.target == "class indices", False),
        "sigmoid": (c.takes == "logits, sigmoid", False),
        "softmax": (c.takes == "logits, softmax", False),
        "squared_pred": (c.squares, False),
        "jaccard": (c.form == "IoU", False),
        "reduction": (c.reduction, "mean"),
        "smooth_nr": (scale * c.above, 1e-5),
        "smooth_dr": (scale * c.below, 1e-5),
        "batch": (c.region == "channel", False),
        "soft_label": (minimum, False),
    }
    return _call(
        "DiceLoss", **{name: value for name, (value, default) in settings.items() if value != default}
    )


def _smp(c: Convention) -> str | None:
    modes = {
        ("logits, sigmoid", "masks", "batch"): "binary",
        ("logits, sigmoid", "masks", "channel"): "multilabel",
        ("logits, softmax", "class indices", "channel"): "multiclass",
    }
    logits = "logits, sigmoid" if c.takes == "probabilities" else c.takes
    mode = modes.get((logits, c.target, c.region))
    if mode is None or c.squares or not c.background or c.reduction != "mean" or c.above != c.below:
        return None
    if c.absent != "costs nothing" or c.sign not in ("1 - D", "-log D"):
        return None
    smooth = c.above / 2 if c.form == "Dice" else c.above  # added to the overlap, not to its double
    settings: dict[str, object] = {"log_loss": True} if c.sign == "-log D" else {}
    settings |= {"from_logits": False} if c.takes == "probabilities" else {}
    settings |= {"smooth": smooth} if smooth else {}
    return _call("DiceLoss" if c.form == "Dice" else "JaccardLoss", repr(mode), **settings)


def _nnunet(c: Convention) -> str | None:
    alike = Convention(takes=c.takes, region=c.region, sign="-D", above=c.above, below=c.above)
    if c != alike or c.takes == "logits, softmax" or "channel" not in c.region:
        return None
    settings: dict[str, object] = {"batch_dice": True} if c.region == "channel" else {}
    settings |= {"smooth": c.above} if c.above != 1 else {}
    given = ["torch.sigmoid"] if c.takes == "logits, sigmoid" else []
    return _call("MemoryEfficientSoftDiceLoss", *given, **settings)


def _kornia(c: Convention) -> str | None:
    alike = Convention("logits, softmax", "class indices", region="image", above=0, below=1e-8)
    return "dice_loss(z, labels)" if c == alike else None

"""The five losses by the names that widgets call them by: the same as in ``losses.js``."""

from collections.abc import Callable
from functools import partial

from torch import Tensor

from seglosses.losses.bce import bce_loss
from seglosses.losses.bce_dice import bce_dice_loss
from seglosses.losses.dice import dice_loss
from seglosses.losses.focal import focal_loss
from seglosses.losses.iou import iou_loss

LOSSES: dict[str, Callable[..., Tensor]] = {
    "bce": bce_loss,
    "focal": focal_loss,
    "dice": dice_loss,
    "iou": iou_loss,
    "bce_dice": bce_dice_loss,
}


def loss_named(name: str, alpha: float, gamma: float) -> Callable[..., Tensor]:
    """The loss of that name with its defaults; ``alpha`` and ``gamma`` are those of the focal loss."""
    return partial(focal_loss, alpha=alpha, gamma=gamma) if name == "focal" else LOSSES[name]

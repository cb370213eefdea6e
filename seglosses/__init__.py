"""Five losses that train image segmentation, written to be read, and a look at the batch they are given."""

from seglosses.diagnosis import diagnose
from seglosses.losses.bce import bce_loss
from seglosses.losses.bce_dice import bce_dice_loss
from seglosses.losses.dice import dice_loss
from seglosses.losses.focal import focal_loss
from seglosses.losses.iou import iou_loss
from seglosses.losses.modules import BCEDiceLoss, BCELoss, DiceLoss, FocalLoss, IoULoss

__version__ = "0.1.0"

__all__ = [
    "BCEDiceLoss",
    "BCELoss",
    "DiceLoss",
    "FocalLoss",
    "IoULoss",
    "bce_dice_loss",
    "bce_loss",
    "diagnose",
    "dice_loss",
    "focal_loss",
    "iou_loss",
]

"""The losses of other libraries, as each comes and set to one formula: the candidates of compare_peers.py.

They need the environment that the first lines of compare_peers.py describe.
"""

from collections.abc import Callable

import kornia
import monai.losses as monai
import segmentation_models_pytorch.losses as smp
import torch
import torch.nn.functional as F
from nnunetv2.training.loss.compound_losses import DC_and_BCE_loss
from nnunetv2.training.loss.dice import MemoryEfficientSoftDiceLoss
from torch import Tensor
from torchvision.ops import sigmoid_focal_loss

import seglosses
from seglosses.walkthrough.source import (
    source_bce_dice_loss,
    source_bce_loss,
    source_dice_loss,
    source_focal_loss,
    source_iou_loss,
)

Loss = Callable[[Tensor, Tensor], Tensor]
OURS = "seglosses"
LIBRARIES = [OURS, "source", "MONAI", "smp", "kornia", "nnU-Net", "torchvision", "torch"]


def two_classes(z: Tensor) -> Tensor:
    """Logits of background and foreground whose softmax is the sigmoid of ``z``."""
    return torch.cat([torch.zeros_like(z), z], 1)


def class_indices(y: Tensor) -> Tensor:
    """The mask as whole numbers of shape (N, H, W)."""
    indices = y[:, 0].long()
    if not torch.equal(indices.to(y.dtype), y[:, 0]):
        raise ValueError("y must hold whole numbers; got a soft mask. Hint: kornia takes class indices.")
    return indices


def kornia_dice(z: Tensor, y: Tensor) -> Tensor:
    """Kornia takes two channels of logits and a mask of class indices, which cannot be soft."""
    loss: Tensor = kornia.losses.dice_loss(two_classes(z), class_indices(y))
    return loss


def one_plus(negative: Loss) -> Loss:
    """NnU-Net returns minus the coefficient."""
    return lambda z, y: 1 + negative(z, y)


def as_they_come() -> dict[str, dict[str, Loss]]:
    """Each library with its defaults, told only that it gets the logits of one class."""
    dice, sum_of_both = MemoryEfficientSoftDiceLoss(torch.sigmoid, ddp=False), {"ddp": False}
    return {
        "dice": {
            OURS: seglosses.dice_loss,
            "source": source_dice_loss,
            "MONAI": monai.DiceLoss(sigmoid=True),
            "smp": smp.DiceLoss("binary"),
            "kornia": kornia_dice,
            "nnU-Net": one_plus(dice),
        },
        "iou": {
            OURS: seglosses.iou_loss,
            "source": source_iou_loss,
            "MONAI": monai.DiceLoss(sigmoid=True, jaccard=True),
            "smp": smp.JaccardLoss("binary"),
        },
        "bce": {
            OURS: seglosses.bce_loss,
            "source": source_bce_loss,
            "smp": smp.SoftBCEWithLogitsLoss(),
            "torch": F.binary_cross_entropy_with_logits,
        },
        "bce_dice": {
            OURS: seglosses.bce_dice_loss,
            "source": source_bce_dice_loss,
            "MONAI": monai.DiceCELoss(sigmoid=True),
            "nnU-Net": one_plus(DC_and_BCE_loss({}, sum_of_both)),
        },
        "focal": {
            OURS: seglosses.focal_loss,
            "source": source_focal_loss,
            "MONAI": monai.FocalLoss(),
            "smp": smp.FocalLoss("binary"),
            "kornia": kornia.losses.binary_focal_loss_with_logits,
            "torchvision": sigmoid_focal_loss,
        },
    }


def focal_alike(gamma: float = 2.0) -> dict[str, Loss]:
    """Every focal loss set to alpha 0.25 and a mean."""
    return {
        OURS: lambda z, y: seglosses.focal_loss(z, y, gamma=gamma),
        "source": lambda z, y: source_focal_loss(z, y, gamma=gamma),
        "MONAI": monai.FocalLoss(gamma=gamma, alpha=0.25),
        "smp": smp.FocalLoss("binary", gamma=gamma, alpha=0.25),
        "kornia": lambda z, y: kornia.losses.binary_focal_loss_with_logits(
            z, y, gamma=gamma, reduction="mean"
        ),
        "torchvision": lambda z, y: sigmoid_focal_loss(z, y, gamma=gamma, reduction="mean"),
    }


def same_convention() -> dict[str, dict[str, Loss]]:
    """Each library set to one formula where it can be: one region a batch, smooth 1, alpha 0.25, a mean."""
    one = {"smooth_nr": 1.0, "smooth_dr": 1.0, "batch": True, "sigmoid": True}
    two = one | {"smooth_nr": 2.0, "smooth_dr": 2.0}  # MONAI doubles overlap and union, so smooth as well
    pooled = {"batch_dice": True, "smooth": 1.0, "ddp": False}
    table = as_they_come()
    table["dice"] |= {
        "MONAI": monai.DiceLoss(**one),
        "smp": smp.DiceLoss("binary", smooth=0.5),  # its smooth is half of ours
        "nnU-Net": one_plus(MemoryEfficientSoftDiceLoss(torch.sigmoid, **pooled)),
    }
    table["iou"] |= {
        "MONAI": monai.DiceLoss(jaccard=True, **two),
        "smp": smp.JaccardLoss("binary", smooth=1.0),
    }
    table["bce_dice"] |= {"MONAI": monai.DiceCELoss(**one), "nnU-Net": one_plus(DC_and_BCE_loss({}, pooled))}
    table["focal"] = focal_alike()
    return table


def options() -> dict[str, dict[str, Loss]]:
    """Settings of these libraries that give another number under the same name."""
    dice = MemoryEfficientSoftDiceLoss(torch.sigmoid, ddp=False)
    squared = monai.DiceLoss(sigmoid=True, squared_pred=True)
    with_background = monai.DiceLoss(softmax=True, to_onehot_y=True)
    without = monai.DiceLoss(softmax=True, to_onehot_y=True, include_background=False)
    return {
        "dice": {
            "MONAI squared_pred": squared,
            "MONAI soft_label": monai.DiceLoss(sigmoid=True, soft_label=True),
            "MONAI softmax": lambda z, y: with_background(two_classes(z), class_indices(y).unsqueeze(1)),
            "MONAI no background": lambda z, y: without(two_classes(z), class_indices(y).unsqueeze(1)),
            "kornia macro": lambda z, y: kornia.losses.dice_loss(two_classes(z), class_indices(y), "macro"),
            "smp log_loss": smp.DiceLoss("binary", log_loss=True),
            "nnU-Net as returned": dice,
        },
        "focal": {
            "torchvision sum": lambda z, y: sigmoid_focal_loss(z, y, reduction="sum"),
            "MONAI sum": monai.FocalLoss(alpha=0.25, reduction="sum"),
            "smp normalized": smp.FocalLoss("binary", alpha=0.25, normalized=True),
        },
    }

"""The losses as modules, for trainers and configuration files: settings first, tensors with every batch."""

from torch import Tensor, nn

from seglosses.losses._common import Dim, Group, Reduction, check_group, check_reduction, check_smooth
from seglosses.losses.bce import bce_loss
from seglosses.losses.bce_dice import bce_dice_loss
from seglosses.losses.dice import dice_loss
from seglosses.losses.focal import check_focus, focal_loss
from seglosses.losses.iou import iou_loss


class _RegionLoss(nn.Module):
    """The settings of a loss of regions; wrong ones are refused here, before the first batch."""

    def __init__(self, smooth: float = 1.0, *, dim: Dim = None, group: Group = None) -> None:
        super().__init__()
        check_smooth(smooth)
        check_group(group)
        self.smooth = smooth
        self.dim = dim
        self.group = group

    def extra_repr(self) -> str:
        """Return the settings, as in the call that made the module."""
        return f"smooth={self.smooth}, dim={self.dim}" + _group_repr(self.group)


class _PixelLoss(nn.Module):
    """The settings of a loss of single pixels; wrong ones are refused here, before the first batch."""

    def __init__(self, *, reduction: Reduction = "mean", group: Group = None) -> None:
        super().__init__()
        check_reduction(reduction, group)
        self.reduction: Reduction = reduction
        self.group = group

    def extra_repr(self) -> str:
        """Return the settings, as in the call that made the module."""
        return f"reduction={self.reduction!r}" + _group_repr(self.group)


def _group_repr(group: Group) -> str:
    return "" if group is None else f", group={group!r}"


class DiceLoss(_RegionLoss):
    """One minus the soft Dice coefficient: :func:`seglosses.dice_loss` with its settings.

    Args:
        smooth: at least 0, in pixels.
        dim: the axes pooled into one region; None pools the whole batch.
        group: processes whose pixels belong to the same region.

    Raises:
        TypeError, ValueError: a wrong setting, here; wrong tensors, when they are passed.

    Example:
        >>> DiceLoss(dim=(1, 2, 3))
        DiceLoss(smooth=1.0, dim=(1, 2, 3))
    """

    def forward(self, inputs: Tensor, targets: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return the loss of logits ``inputs`` against the mask ``targets``, both of one shape."""
        return dice_loss(inputs, targets, self.smooth, dim=self.dim, weight=weight, group=self.group)


class IoULoss(_RegionLoss):
    """One minus the soft intersection over union: :func:`seglosses.iou_loss` with its settings.

    Args:
        smooth: at least 0, in pixels.
        dim: the axes pooled into one region; None pools the whole batch.
        group: processes whose pixels belong to the same region.

    Raises:
        TypeError, ValueError: a wrong setting, here; wrong tensors, when they are passed.

    Example:
        >>> IoULoss(smooth=0.5)
        IoULoss(smooth=0.5, dim=None)
    """

    def forward(self, inputs: Tensor, targets: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return the loss of logits ``inputs`` against the mask ``targets``, both of one shape."""
        return iou_loss(inputs, targets, self.smooth, dim=self.dim, weight=weight, group=self.group)


class BCEDiceLoss(_RegionLoss):
    """Binary cross-entropy plus Dice loss: :func:`seglosses.bce_dice_loss` with its settings.

    Args:
        smooth: at least 0, in pixels, of the Dice part.
        dim: the axes pooled into one region, for both parts; None pools the whole batch.
        group: processes whose pixels belong to the same region.

    Raises:
        TypeError, ValueError: a wrong setting, here; wrong tensors, when they are passed.

    Example:
        >>> BCEDiceLoss()
        BCEDiceLoss(smooth=1.0, dim=None)
    """

    def forward(self, inputs: Tensor, targets: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return the loss of logits ``inputs`` against the mask ``targets``, both of one shape."""
        return bce_dice_loss(inputs, targets, self.smooth, dim=self.dim, weight=weight, group=self.group)


class BCELoss(_PixelLoss):
    """Binary cross-entropy of logits: :func:`seglosses.bce_loss` with its settings.

    Takes logits, unlike :class:`torch.nn.BCELoss`, which takes probabilities.

    Args:
        reduction: "mean", "sum" or "none".
        group: processes whose pixels belong to the same mean.

    Raises:
        TypeError, ValueError: a wrong setting, here; wrong tensors, when they are passed.

    Example:
        >>> BCELoss()
        BCELoss(reduction='mean')
    """

    def forward(self, inputs: Tensor, targets: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return the loss of logits ``inputs`` against the mask ``targets``, both of one shape."""
        return bce_loss(inputs, targets, reduction=self.reduction, weight=weight, group=self.group)


class FocalLoss(_PixelLoss):
    """Focal loss: :func:`seglosses.focal_loss` with its settings.

    Args:
        alpha: weight of the foreground in [0, 1]; None weighs both classes 1.
        gamma: how fast a pixel goes quiet as it becomes right, at least 0.
        reduction: "mean", "sum" or "none".
        group: processes whose pixels belong to the same mean.

    Raises:
        TypeError, ValueError: a wrong setting, here; wrong tensors, when they are passed.

    Example:
        >>> FocalLoss(alpha=None)
        FocalLoss(alpha=None, gamma=2.0, reduction='mean')
    """

    def __init__(
        self,
        alpha: float | None = 0.25,
        gamma: float = 2.0,
        *,
        reduction: Reduction = "mean",
        group: Group = None,
    ) -> None:
        super().__init__(reduction=reduction, group=group)
        check_focus(alpha, gamma)
        self.alpha = alpha
        self.gamma = gamma

    def extra_repr(self) -> str:
        """Return the settings, as in the call that made the module."""
        return f"alpha={self.alpha}, gamma={self.gamma}, " + super().extra_repr()

    def forward(self, inputs: Tensor, targets: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return the loss of logits ``inputs`` against the mask ``targets``, both of one shape."""
        return focal_loss(
            inputs, targets, self.alpha, self.gamma, reduction=self.reduction, weight=weight, group=self.group
        )

"""The losses as modules, for trainers and configuration files: settings first, tensors with every batch."""

from typing import Any

from torch import Tensor, nn

from seglosses.losses._checks import (
    Dim,
    Reduction,
    check_dim,
    check_pos_weight,
    check_reduction,
    check_smooth,
)
from seglosses.losses._group import Group, check_group, group_named
from seglosses.losses.bce import bce_loss
from seglosses.losses.bce_dice import bce_dice_loss
from seglosses.losses.dice import dice_loss
from seglosses.losses.focal import check_focus, focal_loss
from seglosses.losses.iou import iou_loss


class _Loss(nn.Module):
    """A loss with its settings; wrong ones are refused here, before the first batch."""

    def __init__(self, group: Group) -> None:
        super().__init__()
        check_group(group)
        self.group = group

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy or a file holds: of a group, which lives in its process, the name."""
        return self.__dict__ | {"group": None if self.group is None else self.group.group_name}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over what a copy or a file holds."""
        super().__setstate__(state | {"group": group_named(state["group"])})  # type: ignore[no-untyped-call]

    def extra_repr(self) -> str:
        """Return the settings, as in the call that made the module."""
        settings = self.settings()
        settings |= {} if self.group is None else {"group": self.group}
        return ", ".join(f"{name}={value!r}" for name, value in settings.items())

    def settings(self) -> dict[str, Any]:
        """Return the settings of this loss by name."""
        raise NotImplementedError


class _RegionLoss(_Loss):
    """The settings of a loss of regions."""

    def __init__(self, smooth: float = 1.0, *, dim: Dim = None, group: Group = None) -> None:
        super().__init__(group)
        self.smooth = check_smooth(smooth)
        self.dim = check_dim(dim)

    def settings(self) -> dict[str, Any]:
        """Return the settings of this loss by name."""
        return {"smooth": self.smooth, "dim": self.dim}


class _PixelLoss(_Loss):
    """The settings of a loss of single pixels."""

    def __init__(self, *, reduction: Reduction = "mean", group: Group = None) -> None:
        super().__init__(group)
        check_reduction(reduction, group)
        self.reduction: Reduction = reduction

    def settings(self) -> dict[str, Any]:
        """Return the settings of this loss by name."""
        return {"reduction": self.reduction}


class _PosWeight(_Loss):
    """The weight of the foreground: a tensor moves with the module, and is no part of its state."""

    pos_weight: Tensor | float | None

    def set_pos_weight(self, pos_weight: Tensor | float | None) -> None:
        """Check the weight and keep it."""
        pos_weight = check_pos_weight(pos_weight)
        if isinstance(pos_weight, Tensor):
            self.register_buffer("pos_weight", pos_weight, persistent=False)
        else:
            self.pos_weight = pos_weight

    def settings(self) -> dict[str, Any]:
        """Return the settings of this loss by name."""
        return super().settings() | ({} if self.pos_weight is None else {"pos_weight": self.pos_weight})


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


class BCEDiceLoss(_PosWeight, _RegionLoss):
    """Binary cross entropy plus Dice loss: :func:`seglosses.bce_dice_loss` with its settings.

    Args:
        smooth: at least 0, in pixels, of the Dice part.
        dim: the axes pooled into one region, for both parts; None pools the whole batch.
        pos_weight: weight of the foreground in the cross entropy; a number, or a tensor that broadcasts.
        group: processes whose pixels belong to the same region.

    Raises:
        TypeError, ValueError: a wrong setting, here; wrong tensors, when they are passed.

    Example:
        >>> BCEDiceLoss()
        BCEDiceLoss(smooth=1.0, dim=None)
    """

    def __init__(
        self,
        smooth: float = 1.0,
        *,
        dim: Dim = None,
        pos_weight: Tensor | float | None = None,
        group: Group = None,
    ) -> None:
        super().__init__(smooth, dim=dim, group=group)
        self.set_pos_weight(pos_weight)

    def forward(self, inputs: Tensor, targets: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return the loss of logits ``inputs`` against the mask ``targets``, both of one shape."""
        return bce_dice_loss(
            inputs,
            targets,
            self.smooth,
            dim=self.dim,
            weight=weight,
            pos_weight=self.pos_weight,
            group=self.group,
        )


class BCELoss(_PosWeight, _PixelLoss):
    """Binary cross entropy of logits: :func:`seglosses.bce_loss` with its settings.

    Takes logits, unlike :class:`torch.nn.BCELoss`, which takes probabilities.

    Args:
        reduction: "mean", "sum" or "none".
        pos_weight: weight of the foreground; a number, or a tensor that broadcasts.
        group: processes whose pixels belong to the same mean.

    Raises:
        TypeError, ValueError: a wrong setting, here; wrong tensors, when they are passed.

    Example:
        >>> BCELoss()
        BCELoss(reduction='mean')
    """

    def __init__(
        self,
        *,
        reduction: Reduction = "mean",
        pos_weight: Tensor | float | None = None,
        group: Group = None,
    ) -> None:
        super().__init__(reduction=reduction, group=group)
        self.set_pos_weight(pos_weight)

    def forward(self, inputs: Tensor, targets: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return the loss of logits ``inputs`` against the mask ``targets``, both of one shape."""
        return bce_loss(
            inputs,
            targets,
            reduction=self.reduction,
            weight=weight,
            pos_weight=self.pos_weight,
            group=self.group,
        )


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
        self.alpha, self.gamma = check_focus(alpha, gamma)

    def settings(self) -> dict[str, Any]:
        """Return the settings of this loss by name."""
        return {"alpha": self.alpha, "gamma": self.gamma} | super().settings()

    def forward(self, inputs: Tensor, targets: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return the loss of logits ``inputs`` against the mask ``targets``, both of one shape."""
        return focal_loss(
            inputs, targets, self.alpha, self.gamma, reduction=self.reduction, weight=weight, group=self.group
        )

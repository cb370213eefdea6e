"""Sums over the processes that train together, for a batch that is spread over them."""

from typing import Any, TypeAlias

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed import distributed_c10d

Group: TypeAlias = "dist.ProcessGroup | None"


def check_group(group: Group) -> None:
    """Raise where ``group`` is no process group."""
    if group is not None and not isinstance(group, dist.ProcessGroup):
        hint = "Hint: torch.distributed.group.WORLD, once init_process_group has run."
        raise TypeError(f"group must be None or a ProcessGroup; got {type(group).__name__}. {hint}")


def group_named(name: str | None) -> Group:
    """Find the process group of this name in this process; raise where there is none."""
    if name is None:
        return None
    try:
        return distributed_c10d._resolve_process_group(name)  # type: ignore[attr-defined,arg-type]
    except Exception as error:
        hint = "Hint: make the group, as where the loss was stored, before the loss is loaded."
        raise RuntimeError(f"group must exist in this process; got the name {name!r}. {hint}") from error


def across(sums: list[Any], group: Group) -> list[Any]:
    """Add up each sum over the processes of ``group``."""
    if group is None:
        return sums
    # torch.compile refuses a function with rules for torch.func; it needs none.
    add = AllReduce if torch.compiler.is_compiling() else TransformableAllReduce
    return list(add.apply(torch.stack(sums), group))  # type: ignore[no-untyped-call]


class AllReduce(torch.autograd.Function):
    """The sum over the processes of a group, differentiable.

    Every process holds the same loss afterwards, so a sum moves all of their losses: its gradient is the sum
    of their gradients. DistributedDataParallel then divides by the number of processes, which leaves
    exactly the gradient of one loss.
    """

    @staticmethod
    def forward(sums: Tensor, group: "dist.ProcessGroup") -> Tensor:
        """Add up ``sums`` over the processes."""
        total = sums.clone()
        dist.all_reduce(total, group=group)
        return total

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, "dist.ProcessGroup"], output: Tensor) -> None:
        """Keep the group."""
        _, ctx.group = inputs

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        """Add up the gradients over the processes."""
        return across([gradients[0]], ctx.group)[0], None


class TransformableAllReduce(AllReduce):
    """The same for ``torch.func``."""

    @staticmethod
    def jvp(ctx: Any, *tangents: Tensor) -> Tensor:
        """Add up how the sums move: they are added up, and so is each move."""
        return across([tangents[0]], ctx.group)[0]  # type: ignore[no-any-return]

    @staticmethod
    def vmap(
        info: Any, in_dims: tuple[Any, ...], sums: Tensor, group: "dist.ProcessGroup"
    ) -> tuple[Tensor, Any]:
        """Many sums at once are only more numbers."""
        return across([sums], group)[0], in_dims[0]

"""Sums over pixels: every loss here is a function of a few of them.

A loss names its terms, plain formulas of one pixel, and :func:`sums` adds them up. Small tensors leave that
to autograd. Large ones on the CPU are cut into blocks that fit the processor's cache: what a formula needs on
its way never reaches the memory. In both cases the derivatives are autograd's, of the formula as it stands.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from itertools import islice, product
from typing import Any, NamedTuple, TypeAlias

import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.autograd.graph import saved_tensors_hooks
from torch.utils._python_dispatch import is_in_torch_dispatch_mode

from seglosses.losses._group import Group, across

Formula: TypeAlias = Callable[..., tuple[Tensor, ...]]
"""From the logits z, the labels y, and what else a loss knows of its pixels, to the terms of each pixel."""
Axes: TypeAlias = tuple[int, ...] | None
"""The axes that make one region; None for all, () for none: each pixel is a region of its own."""

# From how many bytes of logits a formula goes block by block. What a dozen steps write on their way soon
# leaves the cache. A few steps gain little by blocks, until beyond 32 MiB the allocator no longer hands back
# memory that the process has used before: fresh pages cost more than the arithmetic. Time in blocks over time
# in one piece (one thread, float32, forward and backward, torch 2.13.0, logits of 2, 8, 16 and 64 MiB):
#   Dice   2.1   1.6   1.6   0.58
#   BCE    1.5   1.2   1.0   0.41
#   focal  1.1   0.58  0.59  0.30
# A GPU gets the formula in one piece: nothing has been measured there.
SHORT_FORMULA, LONG_FORMULA = 2**25, 2**22
# Bytes of logits in a block, for each thread: few enough for the caches, whose second level holds 2**19 here.
# With half of it, or twice as much, the five losses take 2 to 10 % longer.
BLOCK = 2**20


def sums(
    formulas: Sequence[Formula],
    pixels: Sequence[Tensor],
    weight: Tensor | None,
    axes: Axes,
    group: Group,
    *,
    long: bool = False,
) -> list[Any]:
    """Add up the terms of all formulas over each region; last comes the number of pixels of a region.

    ``long`` says that the formulas have a dozen steps, not a few.

    A pixel of weight 2 counts twice, one of weight 0 is left out, whatever it holds. Half precision ends
    here: 4096 x 4096 pixels do not sum in float16, whose largest number is 65504.
    """
    z, *others = pixels
    dtype = torch.float64 if z.dtype == torch.float64 else torch.float32
    if weight is not None:
        formulas, others = [weighted(formula) for formula in formulas], [*others, weight]
    plain = untransformed([z, *others])
    cut = plain and z.numel() * dtype.itemsize > (LONG_FORMULA if long else SHORT_FORMULA)
    totals = partial(in_blocks if cut else as_a_whole, formulas, axes, dtype)
    # Infinite logits show in the sums, as infinity or as no number. Where sums can be read, they are asked.
    results = totals([z, *others]) if plain else []
    if not plain or not all(total.sum().isfinite() for total in results):
        results = totals([finite(z.to(dtype)), *others])
    pixels_each = z.numel() // results[0].numel()
    count: Tensor | int = pixels_each
    if weight is not None:
        count = added(weight.to(dtype), axes)
    elif group is not None:
        count = torch.full_like(results[0], pixels_each)
    return across([*results, count], group)


def mean(total: Tensor, count: Tensor | int) -> Tensor:
    """Divide a sum by the number of its pixels; 0 where every pixel has weight 0."""
    return ratio(total, count, smooth=0, empty=0) if isinstance(count, Tensor) else total / count


def ratio(numerator: Tensor, denominator: Tensor, smooth: float, empty: float) -> Tensor:
    """Divide two sums that are at least 0, ``smooth`` added to both; ``empty``, without a slope, for 0/0."""
    numerator, denominator = numerator + smooth, denominator + smooth
    if smooth >= 1e-6:
        return numerator / denominator
    # Only 0/0 is replaced: a guard that asks whether the denominator is positive would also catch NaN
    # and report it as ``empty``. The clamp keeps 1/denominator finite when a sum underflows.
    both_zero = numerator + denominator == 0
    quotient = numerator / denominator.clamp(min=torch.finfo(denominator.dtype).tiny)
    return torch.where(both_zero, empty, quotient)


def finite(z: Tensor) -> Tensor:
    """Give infinite logits the largest finite value: float16 overflows, and 0 times infinity is no number."""
    largest = torch.finfo(z.dtype).max
    return z.clamp(-largest, largest)


def has_values(tensor: Tensor) -> bool:
    """Whether this tensor lies on the CPU and holds numbers, and nothing records what is done with them."""
    return (
        tensor.device.type == "cpu"
        and type(tensor).__torch_dispatch__ is Tensor.__torch_dispatch__  # no stand-in for a tensor
        and not torch.compiler.is_compiling()
        and not torch._C._get_tracing_state()
        and not is_in_torch_dispatch_mode()
    )


def untransformed(tensors: Sequence[Tensor]) -> bool:
    """Whether nothing but plain autograd follows these tensors.

    Only then may a formula be cut into blocks. Everything else that follows a function (torch.func, forward
    mode, torch.compile, tracing) gets the formula as a whole.
    """
    return not torch._C._are_functorch_transforms_active() and all(
        has_values(tensor)
        and not torch._C._functorch.is_legacy_batchedtensor(tensor)  # a pull may be many in one
        and forward_ad.unpack_dual(tensor).tangent is None  # type: ignore[no-untyped-call]
        for tensor in tensors
    )


# --- as a whole -------------------------------------------------------------------------------------------


def weighted(formula: Formula) -> Formula:
    """The same terms, each times the weight of its pixel, which comes last."""

    def terms(*pixels: Tensor) -> tuple[Tensor, ...]:
        weight = pixels[-1]
        # 0 times nan or infinity is nan, so what is left out is emptied first.
        emptied = (values.masked_fill(weight == 0, 0) for values in pixels[:-1])
        return tuple(weight * term for term in formula(*emptied))

    return terms


def added(term: Tensor, axes: Axes, *, keepdim: bool = False) -> Tensor:
    """Add up a term over each region."""
    return term if axes == () else term.sum(axes, keepdim=keepdim)


def as_a_whole(
    formulas: Sequence[Formula], axes: Axes, dtype: torch.dtype, pixels: Sequence[Tensor]
) -> list[Tensor]:
    """The sums of all terms, in one piece."""
    pixels = [values.to(dtype) for values in pixels]
    return [added(term, axes) for formula in formulas for term in formula(*pixels)]


# --- in blocks --------------------------------------------------------------------------------------------


def in_blocks(
    formulas: Sequence[Formula], axes: Axes, dtype: torch.dtype, pixels: Sequence[Tensor]
) -> list[Tensor]:
    """The sums of all terms, a block of pixels at a time."""
    shape = pixels[0].shape
    axes = tuple(range(len(shape)) if axes is None else (axis % len(shape) for axis in axes))
    cut = blocks(shape, axes, BLOCK // dtype.itemsize * torch.get_num_threads())
    task = Task(formulas, axes, dtype, cut)
    totals = BlockSums.apply(task, torch.is_grad_enabled(), *pixels)  # type: ignore[no-untyped-call]
    return [total.squeeze(axes) for total in totals]


class Block(NamedTuple):
    """Where a block lies: in the pixels, and in the sums, whose added axes have length 1."""

    pixels: tuple[slice, ...]
    region: tuple[slice, ...]


def blocks(shape: Sequence[int], axes: tuple[int, ...], size: int) -> list[Block]:
    """Cut a shape into blocks of at most ``size`` pixels: the last axes stay long, the first become short."""
    inner, cuts = math.prod(shape), []
    for length in shape:
        inner //= length
        step = max(1, size // inner)
        cuts.append([slice(start, start + step) for start in range(0, length, step)])
    whole = slice(None)
    return [
        Block(cut, tuple(whole if axis in axes else place for axis, place in enumerate(cut)))
        for cut in product(*cuts)
    ]


@dataclass(frozen=True)
class Task:
    """What is added up, over which axes, in which type, and how it is cut."""

    formulas: Sequence[Formula]
    axes: tuple[int, ...]
    dtype: torch.dtype
    cut: Sequence[Block]

    def leaves(self, pixels: Sequence[Tensor], block: Block, needed: Sequence[bool]) -> list[Tensor]:
        """One block of each tensor, where a graph of its own begins."""
        return [
            values[block.pixels].detach().to(self.dtype).requires_grad_(need)
            for values, need in zip(pixels, needed, strict=True)
        ]

    def terms(self, formula: Formula, pixels: Sequence[Tensor]) -> list[Tensor]:
        """The terms of a formula, added up over the axes, which keep their places."""
        return [added(term, self.axes, keepdim=True) for term in formula(*pixels)]

    def zeros(self, shape: Sequence[int]) -> Tensor:
        """Where a term is added up: in float64, for there may be many blocks."""
        sizes = [1 if axis in self.axes else size for axis, size in enumerate(shape)]
        return torch.zeros(sizes, dtype=torch.float64 if self.axes else self.dtype)


class BlockSums(torch.autograd.Function):
    """The sums of all terms and their gradient, both a block at a time.

    A formula of one term has its slope taken with it, and kept in as many pieces as there are blocks: the
    allocator has those at hand, where it would map one large piece anew. The slope of several terms depends
    on their sums, so it is taken on the way back, where the block is computed again.
    """

    @staticmethod
    def forward(ctx: Any, task: Task, follow: bool, *pixels: Tensor) -> tuple[Tensor, ...]:
        """Add up the terms of each block."""
        needed = [follow and need for need in ctx.needs_input_grad[2:]]
        totals: list[list[Tensor]] = [[] for _ in task.formulas]
        slopes: list[Tensor] = []
        for block in task.cut:
            leaves = task.leaves(pixels, block, needed)
            for total, formula in zip(totals, task.formulas, strict=True):
                alone = any(needed) and len(total) < 2
                with torch.set_grad_enabled(alone), unseen():
                    terms = task.terms(formula, leaves)
                    if alone and len(terms) == 1:
                        slopes += slope(terms, leaves, [torch.ones_like(terms[0])])
                total += [task.zeros(pixels[0].shape) for _ in terms[len(total) :]]
                for so_far, term in zip(total, terms, strict=True):
                    so_far[block.region].add_(term)
        ctx.task, ctx.needed, ctx.sizes = task, needed, [len(total) for total in totals]
        ctx.save_for_backward(*pixels, *slopes)
        return tuple(one.to(task.dtype) for total in totals for one in total)

    @staticmethod
    def backward(ctx: Any, *pulls: Tensor) -> tuple[Tensor | None, ...]:
        """Take the pulls at the sums back to the pixels."""
        saved = ctx.saved_tensors  # to be read once: a checkpoint gives it out once
        pixels, kept = saved[: len(ctx.needed)], saved[len(ctx.needed) :]
        if torch.is_grad_enabled() or not untransformed(pulls):
            slopes = slope_as_a_whole(ctx.task, pixels, pulls)
        else:
            slopes = slope_in_blocks(ctx.task, pixels, pulls, kept, ctx.sizes, ctx.needed)
        results = iter(slopes)
        return None, None, *(next(results) if need else None for need in ctx.needed)


def unseen() -> saved_tensors_hooks:
    """Hide what a block stores from those who watch, such as checkpoints: it dies with the block."""
    return saved_tensors_hooks(lambda stored: stored, lambda stored: stored)


def slope_in_blocks(
    task: Task,
    pixels: Sequence[Tensor],
    pulls: Sequence[Tensor],
    kept: Sequence[Tensor],
    sizes: Sequence[int],
    needed: Sequence[bool],
) -> list[Tensor]:
    """The gradient by all tensors that need one, from the kept slopes and from the terms computed again."""
    results = [torch.empty_like(values) for values, need in zip(pixels, needed, strict=True) if need]
    slopes = iter(kept)
    for block in task.cut:
        pieces = iter([pull[block.region] for pull in pulls])
        parts: list[Sequence[Tensor]] = []
        for formula, size in zip(task.formulas, sizes, strict=True):
            pull = list(islice(pieces, size))
            if size == 1:
                parts.append([one * pull[0] for one in islice(slopes, len(results))])
            else:
                leaves = task.leaves(pixels, block, needed)
                with torch.enable_grad(), unseen():
                    parts.append(slope(task.terms(formula, leaves), leaves, pull))
        for result, *summands in zip(results, *parts, strict=True):
            result[block.pixels] = reduce(torch.add, summands)
    return results


def slope_as_a_whole(task: Task, pixels: Sequence[Tensor], pulls: Sequence[Tensor]) -> Sequence[Tensor]:
    """The same gradient in one piece, which may be differentiated again."""
    again = torch.is_grad_enabled()
    with torch.enable_grad():
        # Views, so that a tensor which depends on another one is not followed back to it here.
        twins = [values.view_as(values) for values in pixels]
        floats = [twin.to(task.dtype) for twin in twins]
        terms = [term for formula in task.formulas for term in task.terms(formula, floats)]
        return slope(terms, twins, pulls, create_graph=again)


def slope(
    terms: Sequence[Tensor], leaves: Sequence[Tensor], pulls: Sequence[Tensor], *, create_graph: bool = False
) -> Sequence[Tensor]:
    """Autograd's gradient of the terms, each pulled at, by the leaves that ask for one."""
    asking = [leaf for leaf in leaves if leaf.requires_grad]
    followed = [(term, pull) for term, pull in zip(terms, pulls, strict=True) if term.requires_grad]
    ends, pulls = zip(*followed, strict=True)
    return torch.autograd.grad(ends, asking, pulls, create_graph=create_graph, materialize_grads=True)

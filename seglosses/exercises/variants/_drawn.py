"""What is drawn for an exercise, and the parts that several draws are made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from seglosses.exercises._check import Described
from seglosses.exercises.variants._draw import Draw
from seglosses.exercises.variants.figures import Figure


@dataclass(frozen=True)
class Drawn:
    """One draw."""

    numbers: Mapping[str, Any]
    """The arguments of the exercise's description."""
    said: Mapping[str, Any] = field(default_factory=dict)
    """What the text names besides."""
    figures: Sequence[Figure] = ()
    """What is printed beside the question."""
    solved: Sequence[Figure] = ()
    """What is printed beside the solution."""


DRAWS: dict[str, tuple[Described, Callable[[Draw], Drawn]]] = {}
"""By the label of the exercise: its check, and what draws other numbers for it."""


def varies(check: Described) -> Callable[[Callable[[Draw], Drawn]], Callable[[Draw], Drawn]]:
    """Note that a function draws for an exercise."""

    def note(draws: Callable[[Draw], Drawn]) -> Callable[[Draw], Drawn]:
        DRAWS[check.listed.label] = (check, draws)
        return draws

    return note


# ---- parts of a grid ---------------------------------------------------------------------------------------


def block(draw: Draw, height: int, width: int, room: int = 0) -> Tensor:
    """A 10x10 mask of one rectangle inside a margin of 1, with room for more pixels on its right."""
    top = draw.one_of(range(1, 10 - height))
    left = draw.one_of(range(1, 10 - width - room))
    mask = torch.zeros(10, 10, dtype=torch.float64)
    mask[top : top + height, left : left + width] = 1
    return mask


def pixels_of(draw: Draw, mask: Tensor, count: int) -> list[list[int]]:
    """So many pixels of a mask."""
    return draw.some_of(mask.nonzero().tolist(), count)


def painted(like: Tensor, *pixels: list[int], value: float = 1) -> Tensor:
    """A copy of a grid with these pixels set."""
    grid = like.clone()
    for r, c in pixels:
        grid[r, c] = value
    return grid


def same_counts(draw: Draw, target: Tensor, shared: int, false: int) -> Tensor:
    """A mask of so many pixels inside the target, and so many outside."""
    inside, outside = pixels_of(draw, target, shared), pixels_of(draw, 1 - target, false)
    return painted(torch.zeros_like(target), *inside, *outside)

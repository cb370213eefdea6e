"""The kinds of values that widgets hold, each with errors that say what came and what is expected."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
import traitlets
from torch import Tensor

LARGEST = 64  # cells along a side: more could neither be seen nor painted


def as_grid(
    name: str, value: Any, holds: str, shape: tuple[int, int] | None = None
) -> "np.ndarray[Any, Any]":
    """Return ``value`` as an array (H, W) of real numbers; ``holds`` says in errors which numbers these are.

    Args:
        name: how errors call the value.
        value: a tensor, an array or nested lists, of numbers or booleans.
        holds: what a value must be, as in "0 and 1".
        shape: the shape that it must have; None leaves it free, up to 64 by 64.

    Raises:
        TypeError: it is not made of real numbers.
        ValueError: the shape is wrong, or there is a NaN.
    """
    try:
        array = np.asarray(value.tolist() if isinstance(value, Tensor) else value)
    except (TypeError, ValueError) as error:
        hint = "Hint: give every row as many pixels."
        raise ValueError(f"{name} must be a grid (H, W); got rows of different lengths. {hint}") from error
    if array.dtype.kind not in "biuf":
        came = type(value).__name__ if array.dtype.kind in "OU" else str(array.dtype)
        hint = "Hint: [[0, 1], [1, 0]] is a grid of two by two pixels."
        raise TypeError(f"{name} must be a tensor, an array or nested lists of {holds}; got {came}. {hint}")
    if array.ndim != 2 or array.size == 0:
        many = "take one image, as in masks[0, 0]"
        hint = many if array.ndim > 2 else "give a list of rows, each a list of its pixels"
        raise ValueError(f"{name} must be one grid (H, W); got the shape {array.shape}. Hint: {hint}.")
    if shape is not None and array.shape != shape:
        raise ValueError(
            f"{name} must have the shape {shape} of the target; got {array.shape}. "
            "Hint: for a grid of another size, make another widget."
        )
    if max(array.shape) > LARGEST:
        raise ValueError(
            f"{name} must have at most {LARGEST} cells along a side; got the shape {array.shape}. "
            "Hint: crop it, or take every n-th pixel, mask[::n, ::n]."
        )
    if np.isnan(array).any():
        raise ValueError(f"{name} must hold only {holds}; got NaN. Hint: torch.nan_to_num({name}).")
    return array


def as_mask(name: str, value: Any, shape: tuple[int, int] | None = None) -> Tensor:
    """Return ``value`` as a new float32 tensor (H, W) of 0 and 1; see :func:`as_grid`.

    Raises:
        ValueError: there is any other value than 0 and 1.
    """
    array = as_grid(name, value, "0 and 1", shape)
    if not np.isin(array, (0, 1)).all():
        values = np.unique(array) + 0.0  # turns -0 into 0
        if set(values) <= {0, 255}:
            hint = f"a 0/255 mask is {name} / 255"
        else:
            hint = f"{name} > 0.5 makes a mask of probabilities or labels"
        came = f"values from {values[0]:g} to {values[-1]:g}"
        raise ValueError(f"{name} must hold only 0 and 1; got {came}. Hint: {hint}.")
    return torch.from_numpy(array.astype(np.float32))


def as_probabilities(name: str, value: Any, shape: tuple[int, int] | None = None) -> Tensor:
    """Return ``value`` as a new float64 tensor (H, W) of numbers in [0, 1]; see :func:`as_grid`.

    Raises:
        ValueError: a value leaves [0, 1].
    """
    array = as_grid(name, value, "probabilities in [0, 1]", shape)
    if array.min() < 0 or array.max() > 1:
        came = f"values from {array.min():g} to {array.max():g}"
        hint = f"Hint: these look like logits; pass torch.sigmoid({name})."
        raise ValueError(f"{name} must hold probabilities in [0, 1]; got {came}. {hint}")
    return torch.from_numpy(array.astype(np.float64))


def named_grids(
    argument: str, grids: Mapping[str, Any] | None, read: Callable[[str, Any], Tensor]
) -> dict[str, Tensor]:
    """Read each of the grids of an argument that names them; an error says ``presets['two']``."""
    return {name: read(f"{argument}[{name!r}]", grid) for name, grid in (grids or {}).items()}


def as_labels(name: str, value: Any, words: Sequence[int], shape: tuple[int, int] | None = None) -> Tensor:
    """Return ``value`` as a new int64 tensor (H, W) of the whole numbers ``words``; see :func:`as_grid`.

    Raises:
        ValueError: there is any other value.
    """
    known = ", ".join(map(str, words[:-1])) + f" and {words[-1]}"
    array = as_grid(name, value, known, shape)
    strangers = array[~np.isin(array, words)]
    if strangers.size:
        hint = "Hint: logits become classes by argmax over their axis."
        raise ValueError(f"{name} must hold only {known}; got a pixel of {strangers[0]:g}. {hint}")
    return torch.from_numpy(array.astype(np.int64))


class Grid(traitlets.TraitType[Tensor, Any]):
    """A trait that is a tensor (H, W) in Python and nested lists on the page.

    Every reading gives a new tensor, so changing that tensor in place changes no widget: assign to redraw.
    All the grids of a widget have the shape of its ``target``.
    """

    _read = staticmethod(as_mask)

    def __init__(self) -> None:
        super().__init__()
        self.tag(sync=True, to_json=lambda grid, widget: as_lists(grid))

    def validate(self, obj: Any, value: Any) -> Tensor:
        """Take what makes a grid of the right shape."""
        target = obj._trait_values.get("target")
        return self._read(str(self.name), value, None if target is None else tuple(target.shape))

    def get(self, obj: Any, cls: Any = None) -> Tensor:
        """Return a new tensor each time."""
        grid: Any = super().get(obj, cls)
        copy: Tensor = grid.clone()
        return copy

    def set(self, obj: Any, value: Any) -> None:
        """Tell observers of a new grid only."""
        grid = self.validate(obj, value)
        old = obj._trait_values.get(self.name)
        if old is None or not torch.equal(grid, old):
            super().set(obj, grid)


class Mask(Grid):
    """A grid of 0 and 1."""


class Truth(Mask):
    """A mask that reads as float64: in float32 an alpha of 0.2 would no longer be 0.2."""

    def get(self, obj: Any, cls: Any = None) -> Tensor:
        """Return a new tensor each time."""
        return super().get(obj, cls).double()


class Labels(Grid):
    """A grid that holds the class of each pixel, one of ``words``, as int64."""

    def __init__(self, *words: int) -> None:
        super().__init__()
        self.words = words

    def _read(self, name: str, value: Any, shape: tuple[int, int] | None) -> Tensor:  # type: ignore[override]
        return as_labels(name, value, self.words, shape)


class Probabilities(Grid):
    """A grid of numbers in [0, 1], in float64: 0.8 stays the 0.8 that was painted."""

    _read = staticmethod(as_probabilities)


class FewProbabilities(Probabilities):
    """Probabilities of which many are the same, as where a page makes them up: links hold each value once."""


class OneOf(traitlets.TraitType[Any, Any]):
    """A trait that is one of those in the list ``among`` of its widget."""

    def __init__(self, among: str) -> None:
        super().__init__()
        self.among = among
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> Any:
        """Take what the list holds."""
        known = getattr(obj, self.among)
        if isinstance(value, bool) or value not in known:
            listed = ", ".join(map(repr, known))
            hint = "Hint: these are what the widget was made with; for others make another."
            raise ValueError(f"{self.name} must be one of {listed}; got {value!r}. {hint}")
        return known[known.index(value)]


def as_lists(grid: Tensor) -> list[list[Any]]:
    """Nested lists for the page; a mask's are of integers."""
    return (grid if grid.dtype == torch.float64 else grid.int()).tolist()


class Number(traitlets.TraitType[Any, Any]):
    """A trait that is a real number from ``low`` to ``high``, or None where ``optional``."""

    def __init__(self, default: float, low: float, high: float, *, optional: bool = False) -> None:
        super().__init__(default, allow_none=optional)
        self.low, self.high = low, high
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> float:
        """Take a number within the bounds."""
        expected = f"a number in [{self.low}, {self.high}]{' or None' if self.allow_none else ''}"
        hint = f"Hint: {self.default_value:g} is the default."
        if isinstance(value, bool) or not isinstance(value, int | float | np.number):
            raise TypeError(f"{self.name} must be {expected}; got {value!r}. {hint}")
        if not self.low <= value <= self.high or math.isnan(value):
            raise ValueError(f"{self.name} must be {expected}; got {value}. {hint}")
        return float(value)


class Whole(Number):
    """A trait that is a whole number from ``low`` to ``high``."""

    def validate(self, obj: Any, value: Any) -> int:
        """Take a whole number within the bounds; 3.0, as the page sends it, is one."""
        number = super().validate(obj, value)
        if number != int(number):
            hint = f"Hint: {self.default_value:g} is the default."
            expected = f"a whole number in [{self.low}, {self.high}]"
            raise ValueError(f"{self.name} must be {expected}; got {value}. {hint}")
        return int(number)


class Choice(traitlets.TraitType[str, Any]):
    """A trait that is one of a few words, the first of them by default."""

    def __init__(self, *words: str) -> None:
        super().__init__(words[0])
        self.words = words
        self.tag(sync=True)

    def validate(self, obj: Any, value: Any) -> str:
        """Take one of the words."""
        if value not in self.words:
            known = ", ".join(map(repr, self.words))
            hint = f"Hint: {self.words[0]!r} is the default."
            raise ValueError(f"{self.name} must be one of {known}; got {value!r}. {hint}")
        return str(value)

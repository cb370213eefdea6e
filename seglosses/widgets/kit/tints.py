"""How the values of a map look, for stills: as in ``tints.js``, to which the tests hold it."""

import torch
from torch import Tensor

NUMBERED = 12  # columns: in narrower cells no number can be read
MINUS = "\N{MINUS SIGN}"


def strength(kind: str, values: Tensor) -> Tensor:
    """How strong each value's colour is, from 0 to 1, on a scale that never moves."""
    if kind == "probability":
        return values
    return 1 - torch.exp(-(values if kind == "loss" else 2 * values.numel() * values.abs()))


def unit(kind: str, values: Tensor) -> int:
    """The power of a thousandth in which the largest of the values is best read: 0, 3 or 6."""
    sizes = values[values.isfinite()].abs()
    largest = 0.0 if kind == "probability" or not sizes.numel() else sizes.max().item()
    return 0 if largest >= 0.095 or largest < 1e-12 else 3 if largest >= 9.5e-5 else 6


def brief(kind: str, value: float, unit: int) -> str:
    """A value in few digits, in units of 10 to the minus ``unit``."""
    if kind == "probability":
        return f"{round(value, 2):g}"
    if value == 0 or value == torch.inf:
        return number(value, "g")
    size = abs(value) * 10**unit
    text = f"{size:.{0 if size >= 9.95 else 1 if size >= 0.995 else 2}f}"
    return text if kind == "loss" else (MINUS if value < 0 else "+") + text


def number(value: float, digits: str) -> str:
    """A value in a format of Python, or ∞."""
    return "∞" if value == torch.inf else format(value, digits)

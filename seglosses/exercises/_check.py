"""What the checks are made of: a right answer gets a word of praise, a wrong one the reason why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import wraps
from types import EllipsisType
from typing import Any, TypeVar

import torch
from torch import Size, Tensor


@dataclass(frozen=True)
class Verdict:
    """What a check says: whether the answer is right, and why. A notebook shows it as one line."""

    right: bool | None
    """None while there is no answer."""
    reason: str
    """One or two sentences for the reader."""

    def __bool__(self) -> bool:
        return self.right is True

    def __repr__(self) -> str:
        mark = {True: "Right. ", False: "Not yet. ", None: ""}[self.right]
        return mark + self.reason


class NotYet(Exception):
    """The answer is wrong, for this reason."""


_RETURN = "Hint: the function must return its result."


Answer = TypeVar("Answer")


def check(judge: Callable[[Answer], str]) -> Callable[[Answer | EllipsisType | None], Verdict]:
    """Make a verdict of what ``judge`` returns, praise, or raises, :class:`NotYet`; a blank is not judged."""

    @wraps(judge)
    def verdict(answer: Answer | EllipsisType | None) -> Verdict:
        if answer is ... or answer is None:
            return Verdict(None, "Not answered yet.")
        try:
            return Verdict(True, judge(answer))
        except NotYet as reason:
            return Verdict(False, str(reason))

    return verdict


def number(
    answer: Any,
    right: Fraction | float,
    praise: str,
    wrong: Mapping[Any, str],
    retry: str = "Count the pixels once more.",
    within: float = 0.0006,
) -> str:
    """Compare a number with the right one and the likely wrong ones, each as exact as three decimals."""
    try:
        value = float(answer)
    except (TypeError, ValueError, RuntimeError):
        came = "nothing" if answer is None else repr(answer)
        hint = _RETURN if answer is None else "Hint: write it as 0.5 or 1 / 2, without words."
        raise NotYet(f"The answer must be a number; got {came}. {hint}") from None
    if abs(value - right) < within:
        return praise
    for slip, reason in wrong.items():
        if abs(value - slip) < within:
            raise NotYet(reason)
    raise NotYet(f"{value:.4g} is not it. {retry}")


def letter(answer: object, right: str, praise: str, wrong: Mapping[str, str]) -> str:
    """Compare a letter with the right one."""
    given = answer.strip().lower() if isinstance(answer, str) else answer
    if given == right:
        return praise
    if isinstance(given, str) and given in wrong:
        raise NotYet(wrong[given])
    letters = ", ".join(repr(one) for one in sorted([right, *wrong]))
    hint = "Hint: one letter, in quotation marks."
    raise NotYet(f"The answer must be one of {letters}; got {answer!r}. {hint}")


def tensor(answer: object, shape: Size, what: str = "") -> Tensor:
    """Return a tensor of the right shape; ``what`` says what it holds."""
    if not isinstance(answer, Tensor):
        came = "nothing" if answer is None else type(answer).__name__
        hint = _RETURN if answer is None else "Hint: torch.tensor makes one, of nested lists too."
        raise NotYet(f"The answer must be a tensor; got {came}. {hint}")
    if answer.shape != shape:
        expected = f"{tuple(shape)}, {what}" if what else f"{tuple(shape)}"
        hint = "Hint: keep one number for each place, without a sum or a mean."
        raise NotYet(f"The answer must have the shape {expected}; got {tuple(answer.shape)}. {hint}")
    return answer


def one_number(answer: Any) -> None:
    """Refuse a tensor of several numbers, where the mean over the images is missing."""
    if isinstance(answer, Tensor) and answer.numel() > 1:
        hint = "Hint: the mean is missing."
        raise NotYet(f"The answer must be one number; got {answer.numel()} of them. {hint}")


def called(answer: object, arguments: str, *values: Any) -> Any:
    """Call the reader's function; ``arguments`` says of what it is one."""
    if not callable(answer):
        hint = "Hint: give the function by its name, without calling it."
        raise NotYet(f"The answer must be a function of {arguments}; got {type(answer).__name__}. {hint}")
    try:
        return answer(*values)
    except Exception as error:  # the reader's own code: whatever it raises is worth showing
        raise NotYet(f"The function raised {type(error).__name__}: {error}.") from None


def no_slip(came: Tensor, slips: Mapping[str, Tensor], rtol: float = 0, atol: float = 0) -> None:
    """Recognise a wrong formula by its values: ``slips`` has the reason and the values of each likely one."""
    for reason, values in slips.items():
        if torch.allclose(came, values, rtol, atol):
            raise NotYet(reason)

"""What the checks are made of: a right answer gets a word of praise, a wrong one the reason why.

Most exercises are described, in ``_described`` or ``_grids``: the check in Python and the form in the page
read the same description. One that asks for a function is judged by a function, and so in Jupyter alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, update_wrapper
from importlib.util import find_spec
from typing import Any, Protocol

import torch
from torch import Size, Tensor

from seglosses.language import say, spoken


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
        mark = {True: say("Right. {reason}"), False: say("Not yet. {reason}"), None: "{reason}"}[self.right]
        return mark.format(reason=self.reason).strip()


@dataclass(frozen=True, repr=False)
class Open(Verdict):
    """What a check says of a blank. A page shows it as the form to answer in, a terminal as one line."""

    right: bool | None = None
    reason: str = "Not answered yet."
    form: Mapping[str, Any] = field(default_factory=dict)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        text = {"text/plain": repr(self)}
        if find_spec("anywidget") is None:  # the checks need torch alone
            return text
        # Only now: whoever answers from code needs no widget.
        from seglosses.widgets.exercise import form

        data, metadata = form(**self.form)._repr_mimebundle_(**kwargs)
        return {**data, **text}, metadata


class NotYet(Exception):
    """The answer is wrong, for this reason."""


class Description(Protocol):
    """An exercise described once: Python judges by it, and so does the page, which gets it as JSON."""

    @property
    def hint(self) -> str:
        """A nudge for who is stuck, before the solution; it tells no answer."""

    def judge(self, answer: Any) -> str:
        """Return the praise for a right answer; raise :class:`NotYet` with the reason for a wrong one."""

    def for_page(self) -> dict[str, Any]:
        """Return what the page's form needs to do the same."""


@dataclass(frozen=True)
class Listed:
    """What the lists of exercises say of one."""

    label: str
    """The one of its ``exercise-start`` in the chapter."""
    about: str
    """What it trains."""
    level: int
    """1 for a warm-up, 2 for a pencil, 3 for taking one's time."""
    minutes: int


class Check:
    """The check of one exercise: called with an answer, it gives the verdict."""

    __name__: str
    __module__: str

    def __init__(self, made_from: Callable[..., Any], listed: Listed) -> None:
        update_wrapper(self, made_from)
        self.listed = listed

    def __call__(self, answer: Any) -> Verdict:
        """Judge the answer; ``...`` and None are not judged, for there is none yet."""
        if answer is ... or answer is None:
            form = {"name": self.name, "description": spoken(self.for_page())}
            return Open(reason=say("Not answered yet."), form=form)
        try:
            return Verdict(True, say(self.judge(answer)))
        except NotYet as reason:
            return Verdict(False, say(str(reason)))

    @property
    def name(self) -> str:
        """What a device remembers the answer by: the chapter and the exercise."""
        return f"{self.__module__.rpartition('.')[2]}-{self.__name__}".replace("_", "-")

    @property
    def hint(self) -> str:
        """A nudge for who is stuck, before the solution; it tells no answer."""
        raise NotImplementedError

    def judge(self, answer: Any) -> str:
        """Return the praise for a right answer; raise :class:`NotYet` with the reason for a wrong one."""
        raise NotImplementedError

    def for_page(self) -> dict[str, Any]:
        """Return what the page's form needs to judge by itself, and the hint."""
        raise NotImplementedError


class Described(Check):
    """A check that reads a description, as the page does."""

    def __init__(self, describe: Callable[..., Description], listed: Listed) -> None:
        super().__init__(describe, listed)
        self.describe = cache(describe)
        self.with_numbers = describe
        """Describe the exercise with other numbers than the page's; :mod:`seglosses.exercises.variants`."""

    @property
    def hint(self) -> str:
        """The description's."""
        return self.describe().hint

    def judge(self, answer: Any) -> str:
        """Judge as the description says."""
        return self.describe().judge(answer)

    def for_page(self) -> dict[str, Any]:
        """Give the description."""
        return {**self.describe().for_page(), "hint": self.hint}


class Called(Check):
    """A check that calls a reader's function: Python alone can do that."""

    hint = ""

    def __init__(self, judge: Callable[[Any], str], listed: Listed, hint: str) -> None:
        super().__init__(judge, listed)
        self._judge = judge
        self.hint = hint

    def judge(self, answer: Any) -> str:
        """Judge by the function."""
        return self._judge(answer)

    def for_page(self) -> dict[str, Any]:
        """Say that the page cannot answer it."""
        return {"kind": "function", "hint": self.hint}


def described(
    label: str, about: str, *, level: int, minutes: int
) -> Callable[[Callable[..., Description]], Described]:
    """Make a check of a function that returns the exercise's description.

    The function's arguments are the numbers of the exercise, and their defaults those of the page.
    """
    return lambda describe: Described(describe, Listed(label, about, level, minutes))


def check(
    label: str, about: str, *, level: int, minutes: int, hint: str
) -> Callable[[Callable[[Any], str]], Called]:
    """Make a check of ``judge``, which calls a reader's function."""
    return lambda judge: Called(judge, Listed(label, about, level, minutes), hint)


RETURN = "Hint: the function must return its result."
NO_TENSOR = "The answer must be a tensor; got {came}. {hint}"
NO_SHAPE = "The answer must have the shape {expected}; got {came}. {hint}"
NO_MEAN = "The answer must be one number; got {count} of them. Hint: the mean is missing."
NO_FUNCTION = (
    "The answer must be a function of {arguments}; got {came}. "
    "Hint: give the function by its name, without calling it."
)
RAISED = "The function raised {kind}: {error}."


def tensor(answer: object, shape: Size, what: str = "") -> Tensor:
    """Return a tensor of the right shape; ``what`` says what it holds."""
    if not isinstance(answer, Tensor):
        came = "nothing" if answer is None else type(answer).__name__
        hint = RETURN if answer is None else "Hint: torch.tensor makes one, of nested lists too."
        raise NotYet(say(NO_TENSOR).format(came=say(came), hint=say(hint)))
    if answer.shape != shape:
        expected = f"{tuple(shape)}, {say(what)}" if what else f"{tuple(shape)}"
        hint = "Hint: keep one number for each place, without a sum or a mean."
        raise NotYet(say(NO_SHAPE).format(expected=expected, came=tuple(answer.shape), hint=say(hint)))
    return answer


def one_number(answer: Any) -> None:
    """Refuse a tensor of several numbers, where the mean over the images is missing."""
    if isinstance(answer, Tensor) and answer.numel() > 1:
        raise NotYet(say(NO_MEAN).format(count=answer.numel()))


def called(answer: object, arguments: str, *values: Any) -> Any:
    """Call the reader's function; ``arguments`` says of what it is one."""
    if not callable(answer):
        raise NotYet(say(NO_FUNCTION).format(arguments=say(arguments), came=type(answer).__name__))
    try:
        return answer(*values)
    except Exception as error:  # the reader's own code: whatever it raises is worth showing
        raise NotYet(say(RAISED).format(kind=type(error).__name__, error=error)) from None


def no_slip(came: Tensor, slips: Mapping[str, Tensor], rtol: float = 0, atol: float = 0) -> None:
    """Recognise a wrong formula by its values: ``slips`` has the reason and the values of each likely one."""
    for reason, values in slips.items():
        if torch.allclose(came, values, rtol, atol):
            raise NotYet(reason)

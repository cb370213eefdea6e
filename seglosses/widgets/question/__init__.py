"""A question to answer before what follows opens: the reader commits a prediction, then learns why."""

from collections.abc import Mapping
from typing import Any

from seglosses.widgets.question.asked import Chosen, Typed, as_number, check_range, check_tags, short


class Question(Chosen):
    """Ask for one of a few answers; once the reader has committed to one, show the reason for each.

    Args:
        text: the question. Here and below, simple tags may set a formula: <i>, <b>, <sub>, <sup>, <code>.
        choices: each answer with its reason: why it is right, or what one believes who takes it.
        right: the right answer, one of ``choices``.
        name: what this device remembers the answer by; one name for each question of a page.
        reveal: what more there is to say, to everyone, once the answer is committed.
        covers: what stays covered until then: ``"next"``, the first output that follows in the same section
            of the page, and what the section then says about it, up to a subsection or another question;
            ``"#solution"``, the element with that id; ``""``, nothing. In Jupyter nothing is.
        language: ``"en"`` or ``"zh"`` for the words around it; ``""``, the language of ``text``.

    ``answer`` reads as the committed choice and ``correct`` as whether it is right; both are None before
    that. Numbers in a text are best computed where they are said, so that they cannot go stale::

        n = overlap(PREDICTION_1, LUNG)
        Question(
            f"{n.tp} of {n.actual} pixels are found. Which score is lower?",
            {
                "Dice": f"Dice counts hits twice: {float(n.dice()):.4f}.",
                "IoU": f"IoU counts them once: {float(n.iou()):.4f}.",
            },
            right="IoU",
            name="which-is-lower",
        )

    Raises:
        ValueError: ``right`` is none of the choices, there are fewer than two, one has no reason, a text has
            another tag, or ``name`` or ``covers`` is of no use. After a bad ``answer`` the last one stays.
    """

    def __init__(
        self,
        text: str,
        choices: Mapping[str, str],
        *,
        right: str,
        name: str,
        reveal: str = "",
        covers: str = "",
        language: str = "",
    ) -> None:
        if len(choices) < 2:
            hint = "Hint: add a wrong answer that one may well believe, and why it is wrong."
            raise ValueError(
                f"choices must hold two answers or more, each with its reason; got {choices!r}. {hint}"
            )
        if right not in choices:
            hint = "Hint: write it as it stands in choices."
            raise ValueError(f"right must be one of {', '.join(map(repr, choices))}; got {right!r}. {hint}")
        for choice, reason in choices.items():
            check_tags("a choice", choice)
            if not reason:
                hint = "Hint: say why it is right or wrong."
                raise ValueError(f"the choice {choice!r} must have a reason; got {reason!r}. {hint}")
        pairs = [[choice, reason] for choice, reason in choices.items()]
        super().__init__(text, name, reveal, covers, language, _right=right, _choices=pairs, _number=None)

    def _reasons(self) -> list[tuple[str, str]]:
        reasons = [("✓ " * (choice == self._right) + choice, reason) for choice, reason in self._choices]
        return [*reasons, ("", self.reveal)] if self.reveal else reasons


class NumberQuestion(Typed):
    """Ask for a number; once the reader has committed one, show it beside the true one, and why.

    Args:
        text: the question, with simple tags as in :class:`Question`.
        right: the true number, best the computed one itself: a float, a fraction, a tensor of one element.
        tolerance: how far off an answer may be and still count as right.
        name: what this device remembers the answer by; one name for each question of a page.
        reveal: why it is this number; said to everyone, once the answer is committed.
        slips: other numbers that one may well arrive at, each with the slip that leads there.
        low: the least number that makes sense; None, any.
        high: the largest; None, any.
        unit: what stands behind the numbers, as ``"pixels"``.
        covers: what stays covered until then, as in :class:`Question`.
        language: as in :class:`Question`.

    ``answer`` reads as the committed number, ``correct`` as whether it is near enough; None before that::

        n = overlap(PREDICTION_1, LUNG)
        NumberQuestion(
            "What is Dice here?",
            n.dice(),
            tolerance=0.01,
            name="dice-by-eye",
            reveal=f"2·{n.tp} over {n.predicted} + {n.actual}.",
            slips={n.iou(): "That is IoU: the hits count once."},
            low=0,
            high=1,
        )

    Raises:
        TypeError: a number is none.
        ValueError: ``right`` or a slip lies outside ``low`` and ``high``, ``tolerance`` is negative, or as in
            :class:`Question`. After a bad ``answer`` the last one stays.
    """

    def __init__(
        self,
        text: str,
        right: Any,
        *,
        tolerance: float,
        name: str,
        reveal: str,
        slips: Mapping[Any, str] | None = None,
        low: float | None = None,
        high: float | None = None,
        unit: str = "",
        covers: str = "",
        language: str = "",
    ) -> None:
        limits = {"low": low, "high": high}
        limits = {
            which: None if limit is None else as_number(which, limit) for which, limit in limits.items()
        }
        tolerance = as_number("tolerance", tolerance)
        if tolerance < 0:
            hint = "Hint: 0 asks for the very number."
            raise ValueError(f"tolerance must be at least 0; got {tolerance}. {hint}")
        if not reveal:
            hint = "Hint: one sentence with the computation is enough."
            raise ValueError(f"reveal must say why it is this number; got {reveal!r}. {hint}")
        pairs = [[as_number("a slip", value), reason] for value, reason in (slips or {}).items()]
        right = as_number("right", right)
        for which, value in [("right", right), *(("a slip", value) for value, _ in pairs)]:
            check_range(which, value, **limits)
        for value, _ in pairs:
            if abs(value - right) <= tolerance:
                hint = "Hint: make tolerance smaller, or leave the slip out."
                expected = f"more than {tolerance} away from {right}"
                raise ValueError(f"a slip must be {expected}; got {value}, which counts as right. {hint}")
        number = {"tolerance": tolerance, "unit": unit, **limits}
        super().__init__(text, name, reveal, covers, language, _right=right, _choices=pairs, _number=number)

    def _matches(self, answer: float) -> bool:
        # As in question.js: 0.97 is within 0.01 of 0.98, although float64 makes their difference larger.
        slack = 1e-12 * max(1, abs(self._right))
        return bool(abs(answer - self._right) <= self._number["tolerance"] + slack)

    def _reasons(self) -> list[tuple[str, str]]:
        unit = f" {self._number['unit']}" if self._number["unit"] else ""
        return [
            (f"{short(value)}{unit}.", reason)
            for value, reason in [[self._right, self.reveal], *self._choices]
        ]

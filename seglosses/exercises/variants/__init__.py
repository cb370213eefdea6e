"""The book's exercises with other numbers, drawn from a seed: to practise again, and for exams.

>>> one = variant("iou-convert", seed=7)
>>> one.question
'A paper reports an IoU of 0.69 for an image. Which Dice coefficient is that? Give a fraction.'
>>> one.check(0.69)
Not yet. The two are equal only at 0 and at 1.

A variant is the exercise's own description with other numbers: its answer is computed, and each likely slip
keeps its reason. The same seed draws the same numbers in every version of Python and on every machine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.util import find_spec
from inspect import signature
from itertools import combinations, count
from typing import Any

from seglosses.exercises._check import Described, Description
from seglosses.exercises._described import Letter, Number, Word
from seglosses.exercises.variants import _pixels, _regions  # noqa: F401 # they fill DRAWS
from seglosses.exercises.variants._draw import Draw
from seglosses.exercises.variants._drawn import DRAWS
from seglosses.exercises.variants._texts import filled, said, texts
from seglosses.exercises.variants.figures import Figure

__all__ = ["Variant", "labels", "variant"]

PRAISE = {"en": "The same way, with other numbers."}


@dataclass(frozen=True, eq=False)
class Variant:
    """An exercise with other numbers."""

    check: Described
    """Judges an answer, as the book's own check does; a blank is shown as the form to answer in."""
    question: str
    """In Markdown, with formulas between dollars."""
    solution: str
    """The worked arithmetic, in Markdown."""
    answer: str
    """The answer alone, in Markdown."""
    numbers: Mapping[str, Any]
    """What was drawn: the arguments of the exercise's description."""
    figures: Sequence[Figure] = ()
    """What belongs to the question."""
    solved: Sequence[Figure] = ()
    """What belongs to the solution."""

    @property
    def description(self) -> Description:
        """What the answer is judged by."""
        return self.check.describe()

    @property
    def slips(self) -> list[tuple[str, str]]:
        """Likely wrong answers, each with its reason: for whoever marks on paper."""
        match self.description:
            case Number(slips=slips):
                return [(_value(slip), reason) for slip, reason in slips.items()]
            case Letter() as letter:
                return sorted(letter.wrong.items())
        return []

    def __repr__(self) -> str:
        return self.question

    def _repr_markdown_(self) -> str:
        drawable = find_spec("anywidget") is not None  # the checks need torch alone, the drawings more
        return "\n\n".join([self.question, *(figure.image() for figure in self.figures if drawable)])


def labels() -> list[str]:
    """The labels of the exercises that have variants, in the order of the texts."""
    return list(texts("en"))


def variant(label: str, seed: int | str, language: str = "en") -> Variant:
    """Draw other numbers for an exercise.

    Numbers of the book, and those with which a likely slip comes too near the answer, are drawn again.

    Args:
        label: the exercise's, as ``"dice-column"``; :func:`labels` gives those with variants.
        seed: another seed, other numbers.
        language: of the question and the solution.

    Raises:
        ValueError: no variants exist of this exercise, or no texts in this language.
    """
    if label not in DRAWS:
        hint = "Hint: an exercise goes by the label in its chapter."
        raise ValueError(f"label must be one of {', '.join(labels())}; got {label!r}. {hint}")
    written = texts(language)[label]
    check, draws = DRAWS[label]
    for attempt in count():
        drawn = draws(Draw(seed, label, attempt))
        description = check.with_numbers(**drawn.numbers)
        if fresh(drawn.numbers, check) and apart(description, check.describe()):
            break
    if isinstance(description, Number | Letter | Word):
        description = replace(description, praise=PRAISE[language])
    right = getattr(description, "right", "")
    values = {**drawn.numbers, **drawn.said, "right": right}
    question, solution = (filled(text, values) for text in written)
    answer = _value(right) if isinstance(description, Number) else said(right)
    judged = _judged_by(description, check, seed)
    return Variant(judged, question, solution, answer, drawn.numbers, drawn.figures, drawn.solved)


def fresh(numbers: Mapping[str, Any], check: Described) -> bool:
    """Whether none of the numbers is the book's."""
    book = signature(check.with_numbers).parameters
    return not any(
        value == book[name].default
        for name, value in numbers.items()
        if isinstance(value, int | float | Fraction)
    )


def apart(description: Description, book: Description) -> bool:
    """Whether no answer passes for two: right number and slips, as many as in the book, are far apart."""
    if not isinstance(description, Number) or not isinstance(book, Number):
        return True
    values = [float(one) for one in (description.right, *description.slips)]
    gaps = [abs(one - other) for one, other in combinations(values, 2)]
    return min(gaps) > 2 * description.within and len(description.slips) >= len(book.slips)


def _value(number: Any) -> str:
    """An answer in Markdown: a fraction, else four decimals, or four digits of what is large or small."""
    if not isinstance(number, float):
        return said(number)
    return said(number, ".4f" if 0.001 <= abs(number) < 100 else ".4g").replace("-", "−")


def _judged_by(description: Description, check: Described, seed: int | str) -> Described:
    """A check of this description; the device remembers its answer by exercise and seed."""

    def describe() -> Description:
        return description

    describe.__name__, describe.__module__ = f"{check.__name__}_{seed}", check.__module__
    return Described(describe, check.listed)

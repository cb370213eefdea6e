"""What every check does, whichever exercise it belongs to."""

from importlib import import_module
from pkgutil import iter_modules

import pytest

from seglosses import exercises
from seglosses.exercises.dice import one_column_too_many

NAMES = [name for _, name, _ in iter_modules(exercises.__path__) if not name.startswith("_")]
CHAPTERS = [import_module(f"{exercises.__name__}.{name}") for name in NAMES]
# What the decorator has wrapped, in whichever chapter.
CHECKS = [value for chapter in CHAPTERS for value in vars(chapter).values() if hasattr(value, "__wrapped__")]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("nothing", [..., None])
def test_an_open_exercise_is_not_wrong(check, nothing):
    """A notebook that nobody has answered runs from top to bottom and says so."""
    verdict = check(nothing)
    assert verdict.right is None
    assert repr(verdict) == "Not answered yet."


def test_a_verdict_is_true_only_if_the_answer_is_right():
    """``if check(answer):`` does what it says: neither a wrong answer nor a missing one passes."""
    assert one_column_too_many(1 / 9)
    assert not one_column_too_many(8 / 9)
    assert not one_column_too_many(...)


def test_a_verdict_reads_as_one_line():
    """What the notebook shows."""
    assert repr(one_column_too_many(1 / 9)) == "Right. Dice is 40/45 and the loss is what is left: 1/9."
    assert repr(one_column_too_many(8 / 9)).startswith("Not yet. This is the Dice coefficient.")


def test_every_check_is_found():
    """The test above sees all chapters, each with its handful of exercises."""
    assert len(CHECKS) >= 40
    assert len({check.__module__ for check in CHECKS}) == len(CHAPTERS)

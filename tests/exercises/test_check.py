"""What every check does, whichever exercise it belongs to."""

from pkgutil import iter_modules

import pytest

from seglosses import exercises
from seglosses.exercises.contents import CHAPTERS, checks
from seglosses.exercises.dice import one_column_too_many

CHECKS = [check for page in CHAPTERS for check in checks(page)]


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


def test_every_module_is_listed():
    """The tests and the lists of exercises see all chapters, each with its handful."""
    modules = {name for _, name, _ in iter_modules(exercises.__path__) if not name.startswith("_")}
    apart = {"contents", "variants", "sealed"}
    assert {check.__module__.rpartition(".")[2] for check in CHECKS} == modules - apart
    assert all(len(checks(page)) >= 3 for page in CHAPTERS)

"""What every check does, whichever exercise it belongs to."""

import pytest

from seglosses import exercises
from seglosses.exercises import one_column_too_many

CHECKS = [getattr(exercises, name) for name in exercises.__all__ if name != "Verdict"]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("nothing", [..., None])
def test_an_open_exercise_is_not_wrong(check, nothing):
    """A notebook that nobody has answered runs from top to bottom and says so."""
    verdict = check(nothing)
    assert verdict.right is None
    assert repr(verdict) == "Not answered yet."


def test_a_verdict_reads_as_one_line():
    """What the notebook shows."""
    assert repr(one_column_too_many(1 / 9)) == "Right. Dice is 40/45 and the loss is what is left: 1/9."
    assert repr(one_column_too_many(8 / 9)).startswith("Not yet. This is the Dice coefficient.")

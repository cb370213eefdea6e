"""What the tests of every chapter's exercises ask of a wrong answer."""

from collections.abc import Callable

import pytest


@pytest.fixture
def says_why_not() -> Callable[..., None]:
    """``says_why_not(check, answer, reason)``: the answer is wrong, and the verdict gives this reason."""

    def says_why_not(check: Callable, answer: object, reason: str) -> None:
        verdict = check(answer)
        assert verdict.right is False
        assert reason in verdict.reason, verdict

    return says_why_not

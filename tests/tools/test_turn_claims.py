"""The tool that turns claims round: it says what it did, and fails where too much goes unnoticed."""

import sys

import pytest
import turn_claims
from numerals import ROOT

CHAPTER = ROOT / "book/iou.ipynb"


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch):
    """``main(count)`` runs the tool on one chapter and gives its exit status."""
    monkeypatch.setattr(turn_claims, "chapters", lambda: [CHAPTER])

    def run(count: int) -> int:
        monkeypatch.setattr(sys, "argv", ["turn_claims.py", "--count", str(count)])
        with pytest.raises(SystemExit) as ended:
            turn_claims.main()
        return ended.value.code

    return run


def test_every_turn_of_a_chapter_is_noticed(main, capsys: pytest.CaptureFixture):
    """All that there are, words and operators."""
    possible = list(turn_claims.turns(CHAPTER))
    assert main(len(possible)) == 0
    out = capsys.readouterr().out
    assert out.count("noticed  ") == len(possible) > 60
    assert {turn.before for turn in possible} >= {"rises", "never", "above", "+", "-", r"\le"}


def test_a_turn_keeps_the_rest_of_the_cell(monkeypatch: pytest.MonkeyPatch):
    """One word or operator, with its capital letter."""
    monkeypatch.setattr(turn_claims, "cells", lambda path: {"a": r"Most rise, $a < 1 - b$."})
    assert [(turn.text) for turn in turn_claims.turns(CHAPTER)] == [
        r"Least rise, $a < 1 - b$.",
        r"Most fall, $a < 1 - b$.",
        r"Most rise, $a > 1 - b$.",
        r"Most rise, $a < 1 + b$.",
    ]


def test_what_goes_unnoticed_is_told(main, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    """The run ends with 1, and each survivor is listed."""
    monkeypatch.setattr(turn_claims, "of_cell", lambda *_: [])
    assert main(20) == 1
    out = capsys.readouterr().out
    assert out.count("SURVIVED") == 20
    assert "0 of 20 turned claims noticed" in out


def test_a_book_that_does_not_pass_is_not_turned(main, monkeypatch: pytest.MonkeyPatch):
    """The run ends with what is wrong, for else every turn would seem to be noticed."""
    monkeypatch.setattr(turn_claims, "complaints", lambda *_: ["iou-title: nothing holds 'never'"])
    assert main(1) == "The book as it stands does not pass:\niou: iou-title: nothing holds 'never'"

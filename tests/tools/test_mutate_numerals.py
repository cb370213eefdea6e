"""The tool that changes numerals: it says what it did, and whether a change went unnoticed."""

import subprocess
import sys

import mutate_numerals
import numerals
import pytest

CHAPTER = numerals.ROOT / "book/dice.ipynb"


def test_a_few_changes_are_all_noticed():
    """A run from the command line ends well and lists each change of each kind."""
    command = [sys.executable, numerals.ROOT / "tools/mutate_numerals.py", "--count", "5", "--seed", "1"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count("noticed  ") == 15
    for kind in ("digit", "sign", "swap"):
        assert f"5 of 5 changes noticed ({kind})" in run.stdout


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch):
    """``main(count)`` runs the tool on one chapter."""
    monkeypatch.setattr(mutate_numerals, "chapters", lambda: [CHAPTER])

    def run(count: int) -> None:
        monkeypatch.setattr(sys, "argv", ["mutate_numerals.py", "--count", str(count)])
        mutate_numerals.main()

    return run


def test_it_refuses_to_change_nothing(main, capsys: pytest.CaptureFixture):
    """It says how many changes there can be."""
    with pytest.raises(SystemExit) as ended:
        main(0)
    assert ended.value.code == 2
    assert "--count must lie between 1 and" in capsys.readouterr().err


def test_a_change_that_nobody_notices_is_told(
    main, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    """The run ends with 1 and the change is listed as a survivor."""
    monkeypatch.setattr(mutate_numerals, "complaints", lambda *_: [])
    with pytest.raises(SystemExit) as ended:
        main(1)
    assert ended.value.code == 1
    out = capsys.readouterr().out
    assert out.startswith("SURVIVED")
    assert out.count("0 of 1 changes noticed") == 3


def test_a_book_that_does_not_pass_is_not_changed(main, monkeypatch: pytest.MonkeyPatch):
    """The run ends with what is wrong, for else every change would seem to be noticed."""
    monkeypatch.setattr(mutate_numerals, "complaints", lambda *_: ["dice-title: only printed 7"])
    with pytest.raises(SystemExit, match="dice: dice-title: only printed 7"):
        main(1)

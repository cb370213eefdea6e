"""The command line that runs notebooks; what it writes is looked at in tests/book/test_notebooks.py."""

import subprocess
import sys
from pathlib import Path

import nbformat
import notebooks
import pytest
from numerals import ROOT, chapters


def test_a_notebook_named_on_the_command_line_is_run(tmp_path: Path):
    """The tool says which file it runs, and stores what its cell gives."""
    path = tmp_path / "tiny.ipynb"
    cell = nbformat.v4.new_code_cell("print(6 * 7)", id="tiny-code")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    run = subprocess.run([sys.executable, notebooks.__file__, path], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.split() == [str(path)]
    assert nbformat.read(path, 4).cells[0].outputs[0].text == "42\n"


def test_without_a_name_every_chapter_is_run(monkeypatch: pytest.MonkeyPatch):
    """What `make notebooks` asks for are all the chapters, each once."""
    ran: list[Path] = []
    monkeypatch.setattr(notebooks, "run", ran.append)
    monkeypatch.setattr(sys, "argv", ["notebooks.py"])
    notebooks.main()
    assert ran == chapters()
    assert ROOT / "book" / "dice.ipynb" in ran

"""The stored notebooks: current, complete, and written so that a second run changes nothing."""

from pathlib import Path

import nbformat
import notebooks
import pytest
from numerals import ROOT, chapters
from stored_widgets import faults

CHAPTERS = chapters()


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: str(path.relative_to(ROOT / "book")))
def test_every_widget_works_on_its_page(path: Path):
    """What a page shows has a state with today's script and style; JupyterLab's save would lose it."""
    assert faults(nbformat.read(path, 4)) == [], "run tools/notebooks.py"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: str(path.relative_to(ROOT / "book")))
def test_stored_as_the_tool_writes(path: Path):
    """Each chapter has a kernel, stable readable cell ids, and not a byte that the tool would change."""
    notebook = nbformat.read(path, 4)
    assert notebooks.text(notebooks.normalised(notebook, path.stem)) == path.read_text("utf-8")
    for cell in notebook.cells:
        assert cell.id.replace("-", "").isalnum(), f"{cell.id!r} is no readable id"
        assert not cell.id.isalnum() or len(cell.id) != 8 or cell.id.isalpha(), f"{cell.id!r} looks generated"


def test_two_runs_write_the_same_bytes(tmp_path: Path):
    """A notebook with widgets, text and a picture gives one file, run twice and normalised once more."""
    path = tmp_path / "small.ipynb"
    cells = [
        "from seglosses.grids import LUNG, PREDICTION_1\nfrom seglosses.widgets import GridPainter\n"
        "print('one')\nprint('two', flush=True)\nGridPainter(LUNG, PREDICTION_1)",
        *["GridPainter(LUNG)"] * 5,
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(notebook, path)
    notebooks.run(path)
    first = path.read_bytes()
    notebooks.run(path)
    assert path.read_bytes() == first
    assert notebooks.text(notebooks.normalised(nbformat.read(path, 4), "small")).encode() == first

"""The stored notebooks: current, complete, and written so that a second run changes nothing."""

import importlib
from pathlib import Path

import nbformat
import notebooks
import pytest

VIEW = "application/vnd.jupyter.widget-view+json"
CHAPTERS = notebooks.chapters()


def states(notebook) -> dict:
    """The stored state of each of a notebook's widgets, by id."""
    return notebook.metadata.get("widgets", {}).get(notebooks.WIDGETS, {}).get("state", {})


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_view_has_a_state(path: Path):
    """A widget that a page shows has the state that brings it to life; JupyterLab's save would lose it."""
    notebook = nbformat.read(path, 4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    views = {output.data[VIEW]["model_id"] for output in outputs if VIEW in output.get("data", {})}
    assert views <= set(states(notebook)), "run tools/notebooks.py"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_state_has_today_s_front_end(path: Path):
    """The script and style stored with a widget are those of the package as it stands."""
    for record in states(nbformat.read(path, 4)).values():
        if record["model_module"] == "anywidget":
            module, _, name = record["state"]["_anywidget_id"].rpartition(".")
            widget = getattr(importlib.import_module(module), name)
            assert record["state"]["_esm"] == str(widget._esm), "run tools/notebooks.py"
            assert record["state"]["_css"] == str(widget._css), "run tools/notebooks.py"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
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

"""A notebook that JupyterLab saved, or that holds an old front end, stops the build: no page is dead."""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from stored_widgets import STATE, VIEW, faults

from seglosses.grids import LUNG
from seglosses.widgets import GridPainter

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def stored() -> dict:
    """A notebook as `make notebooks` stores it, with one widget."""
    widget = GridPainter(LUNG)
    record = {"model_module": "anywidget", "model_name": "AnyModel", "state": widget.get_state()}
    output = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/plain": "GridPainter", VIEW: {"model_id": widget.model_id}},
    }
    cell = {"cell_type": "code", "id": "paint", "execution_count": 1, "metadata": {}, "source": "painter"}
    title = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Paint"}
    states = {STATE: {"state": {widget.model_id: record}, "version_major": 2, "version_minor": 0}}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"widgets": states}}
    return json.loads(json.dumps({**notebook, "cells": [title, {**cell, "outputs": [output]}]}))


def saved_in_lab(notebook: dict) -> None:
    """JupyterLab ran it again: a new id for the view, the old state."""
    notebook["cells"][1]["outputs"][0]["data"][VIEW]["model_id"] = "new"


def saved_without_state(notebook: dict) -> None:
    """JupyterLab stores no widget state unless it is told to."""
    notebook["metadata"] = {}


def stored_with(**changed: str):
    """The widget's state says something else than the package as it stands."""

    def change(notebook: dict) -> None:
        (record,) = notebook["metadata"]["widgets"][STATE]["state"].values()
        record["state"] |= changed

    return change


OLD_SCRIPT = stored_with(_esm="// of yesterday")
CASES = {
    "new ids": (saved_in_lab, "no state of the widget new that it shows"),
    "no state": (saved_without_state, "no state of the widget "),
    "old script": (OLD_SCRIPT, "an old script or style of seglosses.widgets"),
    "old style": (stored_with(_css="a {}"), "an old script or style of seglosses.widgets"),
    "moved": (stored_with(_anywidget_id="seglosses.gone.Painter"), "style of seglosses.gone.Painter"),
    "renamed": (stored_with(_anywidget_id="seglosses.widgets.Gone"), "style of seglosses.widgets.Gone"),
}


@pytest.mark.parametrize(("change", "says"), CASES.values(), ids=CASES)
def test_what_would_be_dead_is_found(stored, change, says):
    """Each way to lose a widget is one fault; a notebook as it is stored has none."""
    notebook = copy.deepcopy(stored)
    assert faults(notebook) == []
    change(notebook)
    (fault,) = faults(notebook)
    assert says in fault


@pytest.mark.parametrize("change", [saved_in_lab, OLD_SCRIPT, None], ids=["lab", "old script", "stored"])
def test_the_build_stops_and_says_what_to_do(stored, change, tmp_path):
    """The error names the notebook and `make notebooks`; with a good one the build goes through."""
    notebook = copy.deepcopy(stored)
    if change:
        change(notebook)
    (tmp_path / "paint.ipynb").write_text(json.dumps(notebook), "utf-8")
    settings = ["extensions=myst_nb,stored_widgets", "root_doc=paint", "nb_execution_mode=off"]
    options = [part for setting in settings for part in ("-D", setting)]
    command = [sys.executable, "-m", "sphinx", "-C", "-b", "dummy", *options, tmp_path, tmp_path / "_build"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "book/_ext")])}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode != 0) == bool(change), done.stderr
    if change:
        assert "paint.ipynb must hold today's state of the widgets that it shows; got " in done.stderr
        assert "make notebooks" in done.stderr

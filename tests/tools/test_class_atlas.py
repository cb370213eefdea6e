"""The tool class_atlas.py with stand-ins for the libraries: each answers 1, and torch answers for itself."""

import importlib
import json
import sys
from datetime import date
from pathlib import Path
from unittest.mock import MagicMock

import pytest
import torch
import torch.nn.functional as F

from seglosses.atlas import read_atlas
from seglosses.atlas.classes import CLASS_CASES

STORED = Path(__file__).parents[2] / "book/data/classes.json"
MODULES = [
    "kornia",
    "kornia.losses",
    "monai",
    "monai.losses",
    "monai.metrics",
    "segmentation_models_pytorch",
    "segmentation_models_pytorch.losses",
    "torchmetrics",
    "torchmetrics.classification",
    "torchmetrics.segmentation",
]


@pytest.fixture
def tool(monkeypatch, tmp_path):
    """The tool, which writes to a folder of the test; gone again after it."""
    for name in MODULES:
        monkeypatch.setitem(sys.modules, name, MagicMock())
    monkeypatch.delitem(sys.modules, "class_atlas", raising=False)
    tool = importlib.import_module("class_atlas")
    monkeypatch.setattr(tool, "version", lambda package: f"{package}'s+cpu")
    monkeypatch.setattr(tool, "RECORD", tmp_path / "data/classes.json")
    yield tool
    sys.modules.pop("class_atlas", None)


def shape(values):
    """The keys of nested dictionaries, in their order."""
    return {key: shape(value) if isinstance(value, dict) else ... for key, value in values.items()}


def test_the_record_has_the_shape_of_the_stored_one(tool):
    """Each call is asked about each case, torch says what is stored of it, and versions are plain."""
    tool.main()
    written, stored = read_atlas(tool.RECORD), read_atlas(STORED)
    assert shape(written.values) == shape(stored.values)
    assert written.date == str(date.today())
    assert written.versions == {package: f"{package}'s" for package in stored.versions}
    assert tool.RECORD.read_text("utf-8") == json.dumps(json.loads(tool.RECORD.read_text()), indent=1) + "\n"
    for call, said in stored.values["losses"]["cross entropy"].items():
        if call.startswith("torch"):
            assert written.values["losses"]["cross entropy"][call] == said


def test_an_answer_is_a_number_or_refused(tool):
    """Six decimals and no negative zero; whatever a library raises of a label is a refusal."""
    case = CLASS_CASES["no labels below"]
    assert tool.asked(lambda case: torch.tensor(1 / 3), case) == 0.333333
    assert str(tool.asked(lambda case: -1e-9, case)) == "0.0"
    assert tool.asked(lambda case: F.one_hot(case.target, 3), case) == "refused"
    assert tool.asked(lambda case: torch.ones(2), case) == "refused"

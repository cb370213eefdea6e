"""The tool that records the family, with stand-ins for the libraries."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import torch

ROOT = Path(__file__).parents[2]
MODULES = [
    *("monai", "monai.losses", "nnunetv2", "nnunetv2.training", "nnunetv2.training.loss"),
    *("nnunetv2.training.loss.robust_ce_loss", "segmentation_models_pytorch"),
    *("segmentation_models_pytorch.losses", "segmentation_models_pytorch.losses.lovasz"),
]


class StandIn(ModuleType):
    """A module in which each name makes a loss, or is one where it is given tensors."""

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)

        def loss(*given, **options):
            asked = given and isinstance(given[0], torch.Tensor | list)
            return torch.tensor(0.25) if asked else loss

        loss.get_weights = lambda levels: [1.0, 0.5][:levels]
        return loss


def test_the_record_has_the_shape_of_the_stored_one(monkeypatch, tmp_path):
    """family_record asks every loss about every grid, and writes what the page's test reads."""
    for name in MODULES:
        monkeypatch.setitem(sys.modules, name, StandIn(name))
        parent, _, own = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], own, sys.modules[name])
    spec = importlib.util.spec_from_file_location("family_record", ROOT / "tools/family_record.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    monkeypatch.setattr(tool, "version", lambda package: f"{package}'s")
    monkeypatch.setattr(tool, "RECORD", tmp_path / "family.json")
    tool.main()
    written = json.loads(tool.RECORD.read_text("utf-8"))
    stored = json.loads((ROOT / "book/data/family.json").read_text("utf-8"))
    assert written.keys() == stored.keys()
    assert {name: list(one) for name, one in written["values"].items()} == {
        name: list(one) for name, one in stored["values"].items()
    }
    assert written["values"]["lung"]["deep"] == round(0.25 / 1.5, 6)
    assert written["versions"]["monai"] == "monai's"

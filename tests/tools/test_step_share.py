"""The tool that measures the share of the loss, step_share.py, on a small network."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tool(monkeypatch, tmp_path):
    """A fresh copy of it, writing to a folder of the test."""
    spec = importlib.util.spec_from_file_location("step_share", ROOT / "tools/step_share.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "RECORD", tmp_path / "step_share.json")
    return module


def test_a_record_keeps_those_of_other_devices(tool, monkeypatch, capsys):
    """It has the parts of the stored one, and says the same as it prints."""
    threads = torch.get_num_threads()
    tool.RECORD.write_text('{"another": {"date": "2026-01-01"}}')
    small = ["--images", "1", "--side", "16", "--width", "2", "--rounds", "1"]
    monkeypatch.setattr(sys, "argv", ["step_share.py", *small, "--write", "this one"])
    tool.main()
    torch.set_num_threads(threads)
    records = json.loads(tool.RECORD.read_text("utf-8"))
    assert records["another"] == {"date": "2026-01-01"}
    own = records[torch.cuda.get_device_name() if torch.cuda.is_available() else "this one"]
    stored = json.loads((ROOT / "book/data/step_share.json").read_text("utf-8"))
    assert all(own.keys() == one.keys() for one in stored.values())
    first = capsys.readouterr().out.splitlines()[0]
    dice = own["losses"]["dice_loss"]
    assert first.startswith("dice_loss")
    assert f"{dice / (own['rest'] + dice):.2%} of a step" in first


def test_the_network_is_a_u_net(tool):
    """Logits of the shape of the images, and a gradient for every parameter."""
    model = tool.UNet(width=2)
    z = model(torch.randn(2, 1, 16, 16))
    assert z.shape == (2, 1, 16, 16)
    z.sum().backward()
    assert all(p.grad is not None for p in model.parameters())

"""The comparison with other libraries, compare_peers.py and peers.py, without the libraries."""

import sys
from types import ModuleType
from unittest.mock import MagicMock

import pytest
import torch
import torch.nn.functional as F

PEERS = (
    "kornia",
    "monai",
    "monai.losses",
    "segmentation_models_pytorch",
    "segmentation_models_pytorch.losses",
    "nnunetv2",
    "nnunetv2.training",
    "nnunetv2.training.loss",
    "nnunetv2.training.loss.compound_losses",
    "nnunetv2.training.loss.dice",
    "torchvision",
    "torchvision.ops",
)


@pytest.fixture
def compare(monkeypatch):
    """The tool, with a stand-in for each library: it takes any settings, and its losses are torch's own."""

    def library(*_, **__):
        return lambda z, y: F.binary_cross_entropy_with_logits(z, y.to(z.dtype))

    for name in PEERS:
        monkeypatch.setitem(sys.modules, name, MagicMock(spec=ModuleType))
        for place in ("DiceLoss", "DiceCELoss", "FocalLoss", "JaccardLoss", "SoftBCEWithLogitsLoss"):
            setattr(sys.modules[name], place, library)
        for place in ("DC_and_BCE_loss", "MemoryEfficientSoftDiceLoss"):
            setattr(sys.modules[name], place, library)
    sys.modules["kornia"].losses = MagicMock()
    sys.modules["kornia"].losses.dice_loss = lambda z, y, *_: library()(z[:, 1], y)  # of two classes
    sys.modules["kornia"].losses.binary_focal_loss_with_logits = lambda z, y, **_: library()(z, y)
    sys.modules["torchvision.ops"].sigmoid_focal_loss = lambda z, y, **_: library()(z, y)
    sys.modules["monai"].losses = sys.modules["monai.losses"]
    sys.modules["segmentation_models_pytorch"].losses = sys.modules["segmentation_models_pytorch.losses"]
    for name in ("peers", "compare_peers"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import compare_peers
    import race

    # A process that has computed with several threads cannot be forked: here the candidates share this one.
    monkeypatch.setattr(race, "alone", race.here)
    yield compare_peers
    for name in ("peers", "compare_peers"):
        sys.modules.pop(name, None)


def test_the_report(compare, monkeypatch, tmp_path, capsys):
    """The command prints all three tables, the fastest peer marked in each block of the last."""
    monkeypatch.setattr(compare, "ROUNDS", {1: 1})
    monkeypatch.setattr(compare, "version", lambda package: "0")
    monkeypatch.setattr(sys, "argv", ["compare_peers.py"])
    monkeypatch.setattr(torch, "set_num_threads", lambda number: None)
    compare.main()
    text = capsys.readouterr().out
    for heading in ("## Agreement", "## Breakage", "## Speed and memory"):
        assert heading in text
    assert text.count("(fastest peer)") == 5
    assert "| dice | seglosses |" in text
    assert "| bce: seglosses | " in text


def test_the_source_stands_for_itself(compare):
    """What peers.py takes for the text's own functions agrees with the losses on a mask."""
    z, y = (tensor.double() for tensor in compare.batch(1, 16))
    table = compare.same_convention()
    for loss in table:
        torch.testing.assert_close(table[loss]["source"](z, y), table[loss]["seglosses"](z, y))

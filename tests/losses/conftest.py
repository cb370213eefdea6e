"""The masks and probability maps of the worked examples: the smallest data that the losses need."""

import pytest
import torch
from torch import Tensor

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.losses import _sums

LOUD = (
    40.0  # sigmoid(40) is 1 and sigmoid(-40) is 4e-18: a hard mask, to the last digit of a sum of 100 pixels
)


def block(rows: slice, columns: slice) -> Tensor:
    """A 10x10 mask with one rectangle of ones."""
    mask = torch.zeros(10, 10, dtype=torch.float64)
    mask[rows, columns] = 1
    return mask


def pixels(*places: tuple[int, int]) -> Tensor:
    """A 10x10 mask with single ones, rows and columns counted from 0."""
    mask = torch.zeros(10, 10, dtype=torch.float64)
    for row, column in places:
        mask[row, column] = 1
    return mask


@pytest.fixture
def lung() -> Tensor:
    """The truth: 5 rows of 4 pixels, 20 in all."""
    return block(slice(1, 6), slice(2, 6))


@pytest.fixture
def good_prediction(lung: Tensor) -> Tensor:
    """The lung without its upper right pixel: 19 pixels, all of them right."""
    return lung - pixels((1, 5))


@pytest.fixture
def poor_prediction() -> Tensor:
    """7 pixels on two diagonals: 5 inside the lung, 2 outside of it."""
    return pixels((1, 4), (2, 3), (2, 4), (3, 2), (3, 3), (6, 3), (7, 2))


@pytest.fixture
def nodule() -> Tensor:
    """Three lone pixels among 97 of background."""
    return pixels((2, 4), (3, 3), (6, 5))


@pytest.fixture
def nodule_probabilities(nodule: Tensor) -> Tensor:
    """0.9, 0.8 and 0.9 on the nodule, 0.1 everywhere else."""
    return 0.1 + 0.8 * nodule - 0.1 * pixels((3, 3))


@pytest.fixture
def lung_probabilities() -> Tensor:
    """0.6 to 0.9 on the upper four rows of the lung, 0.1 everywhere else: its last row is missed."""
    tenths = torch.full((10, 10), 1, dtype=torch.float64)
    tenths[1:5, 2:6] = torch.tensor(
        [[9, 8, 7, 6], [8, 9, 8, 7], [7, 8, 9, 8], [6, 7, 8, 9]], dtype=torch.float64
    )
    return tenths / 10


@pytest.fixture
def as_logits():
    """``as_logits(mask)`` are logits whose sigmoid is the mask, to the last digit."""
    return lambda mask: LOUD * (2 * mask - 1)


LOSSES = {
    "loss": (dice_loss, iou_loss, bce_loss, focal_loss, bce_dice_loss),
    "region_loss": (dice_loss, iou_loss, bce_dice_loss),
    "pixel_loss": (bce_loss, focal_loss),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for one of these names runs once with each of its losses."""
    for name, losses in LOSSES.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, losses, ids=lambda loss: loss.__name__)


@pytest.fixture
def batch() -> tuple[Tensor, Tensor]:
    """Float64 logits and a 0/1 mask of shape (3, 2, 5, 4), always the same."""
    seeded = torch.Generator().manual_seed(0)
    z = 2 * torch.randn(3, 2, 5, 4, generator=seeded, dtype=torch.float64)
    y = (torch.rand(3, 2, 5, 4, generator=seeded) < 0.4).double()
    return z, y


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut every tensor, however small, into blocks of four pixels of float64."""
    monkeypatch.setattr(_sums, "SHORT_FORMULA", 0)
    monkeypatch.setattr(_sums, "LONG_FORMULA", 0)
    monkeypatch.setattr(_sums, "BLOCK", 32)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)


@pytest.fixture(params=["whole", "blocks"])
def road(request):
    """Both roads through a loss, all pixels at once and block by block; its name."""
    if request.param == "blocks":
        request.getfixturevalue("small_blocks")
    return request.param

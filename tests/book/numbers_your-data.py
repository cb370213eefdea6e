"""The numerals of the page on your data: what each cell of book/your-data.ipynb may print, and its claims."""

from math import log

import torch

from seglosses import bce_loss, diagnose
from seglosses.grids import LUNG
from seglosses.readers.coco import draw
from seglosses.training.examples import lungs
from seglosses.training.network import TinyUNet


def by_heart() -> tuple[float, float]:
    """The first loss of four images, and that after 200 steps; and nothing is suspicious then."""
    images, y = lungs(4)
    torch.manual_seed(0)
    model = TinyUNet()
    first = bce_loss(model(images), y).item()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(200):
        loss = bce_loss(model(images), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert not diagnose(model(images), y, bce_loss)
    return first, loss.item()


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    facts = {}
    facts["your-data-png"] = "0 255"
    slices, apart = 12, 5
    facts["your-data-nifti"] = f"{slices} {apart}"
    facts["your-data-nifti-read"] = "2"
    facts["your-data-coco"] = "0"
    lung = draw([[2, 1, 6, 1, 6, 6, 2, 6]], 10, 10)
    assert (torch.from_numpy(lung) == LUNG.bool()).all()
    nodule = draw({"size": [10, 10], "counts": [44, 2, 54]}, 10, 10)
    assert (lung & nodule).sum() == nodule.sum()
    facts["your-data-coco-picture"] = f"{lung.sum()} {nodule.sum()} 2"
    facts["your-data-coco-read"] = f"{nodule.sum()} {lung.sum()}"
    facts["your-data-shapes"] = "(N, 1) (N, 1) (N, 1) (N, 1); 0 1; 0 1"
    first, last = by_heart()
    assert abs(first - log(2)) < 1e-12
    assert last < first / 20  # "goes to 0"
    facts["your-data-before"] = "0 1; 0; 2 0.5"
    facts["your-data-remember"] = "(N, 1) (N, 1)"
    return facts

"""The numerals of the page on your data: what each cell of book/your-data.ipynb may print, and its claims."""

from fractions import Fraction
from math import log

import torch

from seglosses import bce_loss, diagnose, dice_loss
from seglosses.grids import LUNG
from seglosses.phantom import phantom
from seglosses.readers.coco import draw
from seglosses.training.examples import lungs
from seglosses.training.network import TinyUNet
from seglosses.walkthrough.overlaps import overlap


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
    film = torch.from_numpy(phantom(0, size=64).lung)
    mirrored = overlap(film.flip(1).double(), film.double())
    facts["your-data-puzzle-question"] = "0 and 1; 0.5"
    facts["your-data-puzzle-read"] = f"{float(mirrored.dice()):.2f}"
    facts["your-data-recall"] = "255 0; 0; 0"
    edge, core, rest = 60, 40, 900
    facts["your-data-exercise-nested"] = f"{edge + core + rest} {rest} 0 {edge} 1 {core} 2"
    facts["your-data-exercise-nested-solution"] = f"{edge + core} {edge + core + rest}"
    runs = [32, 4, 6, 4, 54]
    drawn = torch.from_numpy(draw({"size": [10, 10], "counts": runs}, 10, 10))
    assert drawn[2:6, 3:5].all()
    assert drawn.sum() == 8
    facts["your-data-exercise-runs"] = f"10 10 {' '.join(map(str, runs))}"
    facts["your-data-exercise-runs-solution"] = f"{runs[0]} {runs[1]} {runs[3]}"
    f = 0.04
    first = Fraction(25, 27)
    y = (torch.arange(100) < 4).double()
    assert abs(dice_loss(0 * y, y, smooth=0).item() - first) < 1e-12
    facts["your-data-exercise-first"] = f"{f:.0%} 0.5 0"
    facts["your-data-exercise-first-solution"] = (
        f"0.5 {f} {f / 2} 1 2 {f / 2} 0.5 {f} {first.numerator} {first.denominator} {float(first):.4f}"
    )
    return facts

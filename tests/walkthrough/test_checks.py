import pytest
import torch

from seglosses.grids import LUNG
from seglosses.walkthrough.overlaps import dice_gradient, iou_gradient, overlap, shuffled, soft_overlap
from seglosses.walkthrough.pixels import bce_pixels, focal_pixels


@pytest.mark.parametrize(
    "measure", [overlap, shuffled, soft_overlap, dice_gradient, iou_gradient, bce_pixels, focal_pixels]
)
def test_shapes_must_match(measure):
    """Broadcasting a row over a grid would count pixels that nobody drew."""
    with pytest.raises(ValueError, match=r"the same shape; got \(10, 10\) and \(10,\)\. Hint: "):
        measure(LUNG, LUNG[0])


@pytest.mark.parametrize("measure", [soft_overlap, dice_gradient, iou_gradient, bce_pixels, focal_pixels])
@pytest.mark.parametrize("value", [1.5, -0.1, float("nan")])
def test_probabilities_must_be_probabilities(measure, value):
    """Logits given for probabilities are refused, with the way out."""
    with pytest.raises(ValueError, match=rf"must lie in \[0, 1\]; got {value}\. Hint: torch\.sigmoid"):
        measure(torch.full_like(LUNG, value), LUNG)

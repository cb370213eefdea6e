from collections import Counter

import pytest
import torch

from seglosses import grids
from seglosses.grids import (
    LUNG,
    LUNG_PROBABILITIES,
    NODULE,
    NODULE_PROBABILITIES,
    PREDICTION_1,
    PREDICTION_2,
    as_logits,
)

MASKS = ["LUNG", "PREDICTION_1", "PREDICTION_2", "NODULE"]
PROBABILITIES = ["LUNG_PROBABILITIES", "NODULE_PROBABILITIES"]


@pytest.mark.parametrize("name", MASKS + PROBABILITIES)
def test_every_grid_is_ten_by_ten_in_float64(name):
    """All grids have the shape of the text and a calculator's precision."""
    grid = getattr(grids, name)
    assert grid.shape == (10, 10)
    assert grid.dtype == torch.float64


@pytest.mark.parametrize(("name", "pixels"), list(zip(MASKS, [20, 19, 7, 3], strict=True)))
def test_masks_hold_only_zeros_and_ones_and_have_the_pixels_of_the_text(name, pixels):
    """The counts are the ones that the text quotes."""
    mask = getattr(grids, name)
    assert set(mask.unique().tolist()) == {0, 1}
    assert mask.sum() == pixels


def test_the_lung_is_a_block_of_five_rows_and_four_columns():
    """The lung fills rows 2 to 6 and columns 3 to 6, counted from 1."""
    assert LUNG[1:6, 2:6].sum() == 5 * 4


@pytest.mark.parametrize(("prediction", "overlap"), [(PREDICTION_1, 19), (PREDICTION_2, 5)])
def test_predictions_overlap_the_lung_as_the_text_counts(prediction, overlap):
    """Prediction 1 shares 19 pixels with the lung, prediction 2 shares 5."""
    assert (prediction * LUNG).sum() == overlap


def test_lung_probabilities_miss_the_bottom_row():
    """16 lung pixels lie at 0.6 to 0.9; the 4 of the bottom row and all the background stay at 0.1."""
    lung = LUNG_PROBABILITIES[LUNG == 1].tolist()
    assert Counter(lung) == {0.9: 4, 0.8: 6, 0.7: 4, 0.6: 2, 0.1: 4}
    assert LUNG_PROBABILITIES[5, 2:6].tolist() == [0.1] * 4
    assert LUNG_PROBABILITIES[LUNG == 0].tolist() == [0.1] * 80


def test_nodule_probabilities_are_right_at_one_half():
    """In reading order the nodule has 0.9, 0.8, 0.9; the background has 97 times 0.1."""
    assert NODULE_PROBABILITIES[NODULE == 1].tolist() == [0.9, 0.8, 0.9]
    assert NODULE_PROBABILITIES[NODULE == 0].tolist() == [0.1] * 97
    assert torch.equal(NODULE_PROBABILITIES > 0.5, NODULE == 1)


def test_as_logits_gives_the_mask_back_through_a_sigmoid():
    """A confident logit is the mask again, within the 2e-9 that its docstring states."""
    logits = as_logits(PREDICTION_2)
    assert set(logits.unique().tolist()) == {-20, 20}
    torch.testing.assert_close(torch.sigmoid(logits), PREDICTION_2, rtol=0, atol=2.1e-9)


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_as_logits_keeps_a_floating_type(kind):
    """A float32 mask stays float32, so that it fits the model beside it."""
    assert as_logits(LUNG.to(kind)).dtype == kind


@pytest.mark.parametrize("kind", [torch.bool, torch.int64, torch.uint8])
def test_as_logits_takes_integer_and_boolean_masks(kind):
    """Masks as files hold them become logits of the default type, with no unsigned wrap-around."""
    logits = as_logits(LUNG.to(kind), confidence=3)
    assert logits.dtype == torch.get_default_dtype()
    assert set(logits.unique().tolist()) == {-3, 3}


@pytest.mark.parametrize("value", [255, 0.5, -1, float("nan")])
def test_as_logits_names_the_value_that_is_no_mask(value):
    """A 0/255 mask or a probability is refused, and the error shows the value that came."""
    with pytest.raises(ValueError, match=f"mask must be a mask of 0 and 1; got a pixel of {value}"):
        as_logits(LUNG * value)


@pytest.mark.parametrize("confidence", [0, -20, float("nan")])
def test_as_logits_refuses_a_confidence_that_is_not_positive(confidence):
    """A negative confidence would turn the mask inside out."""
    with pytest.raises(ValueError, match=f"confidence must be a number above 0; got {confidence}. Hint: "):
        as_logits(LUNG, confidence)

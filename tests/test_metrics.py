"""The scores of hard masks: fractions of pixel counts, exact, one for each image."""

import math
import re
from fractions import Fraction

import pytest
import torch

from seglosses import dice_loss, iou_loss
from seglosses.grids import LUNG, PREDICTION_1, PREDICTION_2, as_logits
from seglosses.metrics import dice_score, iou_score, precision, recall
from seglosses.walkthrough.overlaps import overlap

SCORES = [dice_score, iou_score, precision, recall]
scores = pytest.mark.parametrize("score", SCORES, ids=lambda score: score.__name__)


def one(score, prediction, target, empty=0.0):
    """The score of one image, as a plain number."""
    (value,) = score(prediction[None], target[None], empty=empty).tolist()
    return value


def random_masks(*shape, seed=0):
    """A prediction and a target that share some pixels."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(shape, generator=generator) > 0.6, torch.rand(shape, generator=generator) > 0.4


@pytest.mark.parametrize(
    ("score", "prediction", "expected"),
    [
        # 19 predicted, all of the lung's 20 but one: TP 19, FP 0, FN 1
        (dice_score, PREDICTION_1, Fraction(38, 39)),  # 2 * 19 / (2 * 19 + 0 + 1)
        (iou_score, PREDICTION_1, Fraction(19, 20)),  # 19 / (19 + 0 + 1)
        (precision, PREDICTION_1, Fraction(1)),  # 19 / 19
        (recall, PREDICTION_1, Fraction(19, 20)),  # 19 / 20
        # 7 predicted, 5 of them in the lung of 20: TP 5, FP 2, FN 15
        (dice_score, PREDICTION_2, Fraction(10, 27)),  # 2 * 5 / (2 * 5 + 2 + 15)
        (iou_score, PREDICTION_2, Fraction(5, 22)),  # 5 / (5 + 2 + 15)
        (precision, PREDICTION_2, Fraction(5, 7)),  # 5 / (5 + 2)
        (recall, PREDICTION_2, Fraction(5, 20)),  # 5 / (5 + 15)
    ],
)
def test_the_lung_has_the_scores_of_the_text(score, prediction, expected):
    """Each is the fraction that one counts by hand, to the last bit of float64."""
    assert one(score, prediction, LUNG) == float(expected)


@pytest.mark.parametrize("seed", range(5))
def test_the_walkthrough_counts_the_same(seed):
    """The exact fractions of the text, counted independently, are these numbers."""
    prediction, target = random_masks(7, 9, seed=seed)
    counted = overlap(prediction, target)
    assert one(dice_score, prediction, target) == float(counted.dice())
    assert one(iou_score, prediction, target) == float(counted.iou())
    assert one(precision, prediction, target) == float(Fraction(counted.tp, counted.predicted))
    assert one(recall, prediction, target) == float(Fraction(counted.tp, counted.actual))


@scores
def test_each_image_has_its_own_value(score):
    """An image scores in a batch what it scores alone, whatever stands beside it."""
    prediction, target = random_masks(4, 2, 5, 3)
    prediction[1], target[2] = False, False
    batch = score(prediction, target, empty=0.25)
    assert batch.shape == (4,)
    assert batch.dtype == torch.float64
    assert batch.tolist() == [one(score, x, y, 0.25) for x, y in zip(prediction, target, strict=True)]


@scores
def test_an_empty_batch_has_no_scores(score):
    """Nothing in, nothing out, so a filter that keeps no image needs no case of its own."""
    nothing = torch.zeros(0, 1, 8, 8, dtype=torch.bool)
    assert score(nothing, nothing, empty=1).shape == (0,)


NOTHING, SOMETHING = torch.zeros(2, 2), torch.ones(2, 2)


@pytest.mark.parametrize("empty", [0, 1, 0.1, -2.5, Fraction(1, 4), math.nan])
@pytest.mark.parametrize(
    ("score", "prediction", "target", "expected"),
    [
        (dice_score, NOTHING, NOTHING, None),  # 0/0
        (iou_score, NOTHING, NOTHING, None),
        (precision, NOTHING, NOTHING, None),
        (recall, NOTHING, NOTHING, None),
        (dice_score, NOTHING, SOMETHING, 0),  # 0 / (0 + 0 + 4)
        (iou_score, NOTHING, SOMETHING, 0),
        (precision, NOTHING, SOMETHING, None),  # nothing is predicted
        (recall, NOTHING, SOMETHING, 0),  # 0 / (0 + 4)
        (dice_score, SOMETHING, NOTHING, 0),
        (iou_score, SOMETHING, NOTHING, 0),
        (precision, SOMETHING, NOTHING, 0),  # 0 / (0 + 4)
        (recall, SOMETHING, NOTHING, None),  # there is nothing to find
    ],
)
def test_empty_is_the_value_of_nothing_over_nothing_and_of_no_other(
    score, empty, prediction, target, expected
):
    """It comes back unrounded where the fraction is 0/0, and a plain 0 stays 0."""
    value = one(score, prediction, target, empty)
    asked = float(empty if expected is None else expected)
    assert value == asked or (math.isnan(value) and math.isnan(asked))


@scores
def test_nan_leaves_an_image_out_of_the_mean(score):
    """The mean over the images that have a value is torch's nanmean."""
    prediction, target = random_masks(3, 6, 6)
    prediction[1], target[1] = False, False
    rest = score(prediction[[0, 2]], target[[0, 2]], empty=0)
    assert score(prediction, target, empty=math.nan).nanmean() == rest.mean()


TYPES = [
    *(torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.uint16),
    *(torch.float16, torch.bfloat16, torch.float32, torch.float64),
]


@scores
@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_the_type_of_a_mask_changes_nothing(score, kind):
    """A mask is a mask, whether it is read from a file or comes from a comparison; the two may differ."""
    prediction, target = random_masks(2, 8, 8)
    expected = score(prediction, target, empty=0)
    assert score(prediction.to(kind), target, empty=0).equal(expected)
    assert score(prediction, target.to(kind), empty=0).equal(expected)


def test_counts_do_not_round():
    """One pixel in 2 ** 24 + 2 is seen, which the sums and the quotients of float32 do not see."""
    everything = torch.ones(1, 2**24 + 2, dtype=torch.bool)
    all_but_one = everything.clone()
    all_but_one[0, 0] = False
    assert recall(all_but_one, everything, empty=0).item() == (2**24 + 1) / (2**24 + 2)


@scores
def test_ignored_pixels_are_cut_out_of_both_masks(score):
    """Cutting them out with & is scoring the remaining pixels alone."""
    prediction, target = random_masks(1, 10, 10)
    keep = torch.rand(1, 10, 10, generator=torch.Generator().manual_seed(1)) > 0.3
    alone = one(score, prediction[keep], target[keep])
    assert score(prediction & keep, target & keep, empty=0).tolist() == [alone]
    assert one(score, prediction[0], target[0]) != alone


both = pytest.mark.parametrize(("score", "loss"), [(dice_score, dice_loss), (iou_score, iou_loss)])


@both
def test_the_soft_loss_of_loud_logits_is_one_minus_the_score(score, loss):
    """At logits of 40 a probability is 4e-18 from 0 or 1, which float64 does not see beside a pixel."""
    prediction, target = random_masks(4, 1, 12, 12)
    soft = loss(as_logits(prediction.double(), 40), target, smooth=0, dim=(1, 2, 3))
    torch.testing.assert_close(1 - soft, score(prediction, target, empty=1), rtol=0, atol=1e-15)


@both
def test_the_soft_loss_takes_an_empty_image_for_a_perfect_one(score, loss):
    """Without ``smooth`` the loss of nothing on nothing is 0: there ``empty`` is 1."""
    nothing = torch.zeros(1, 1, 4, 4, dtype=torch.bool)
    logits = torch.full((1, 1, 4, 4), -math.inf)  # at -40 something is predicted, and the loss is 1
    assert 1 - loss(logits, nothing, smooth=0, dim=(1, 2, 3)) == score(nothing, nothing, empty=1)


# --- what is refused ----------------------------------------------------------------------------------------

MASK = torch.tensor([[0, 1], [1, 1]])
THRESHOLD = "Hint: threshold first: logits > 0 is a probability above 0.5."
EMPTY = "Hint: 1 counts an empty image as right, float('nan') lets torch.nanmean leave it out."


@scores
@pytest.mark.parametrize(
    ("prediction", "target", "empty", "error", "message"),
    [
        (
            MASK.tolist(),
            MASK,
            *(0, TypeError),
            "prediction must be a torch.Tensor; got list. Hint: torch.as_tensor(prediction).",
        ),
        (
            MASK,
            None,
            *(0, TypeError),
            "target must be a torch.Tensor; got NoneType. Hint: torch.as_tensor(target).",
        ),
        (
            MASK,
            MASK[:, None],
            *(0, ValueError),
            "prediction and target must have the same shape; got (2, 2) and (2, 1, 2). "
            "Hint: a missing channel axis is unsqueeze(1), one too many is squeeze(1).",
        ),
        (
            MASK[0],
            MASK[0],
            *(0, ValueError),
            "prediction and target must have at least 2 axes; got shape (2,). "
            "Hint: the first axis counts the images; one image alone gets it with unsqueeze(0).",
        ),
        (
            torch.tensor([[0.0, 1.0], [0.999, 0.0]], dtype=torch.float64),
            MASK,
            *(0, ValueError),
            f"prediction must be a mask of 0 and 1; got a value of 0.999. {THRESHOLD}",
        ),
        (
            torch.tensor([[0, -1], [1, 1]]),
            MASK,
            *(0, ValueError),
            f"prediction must be a mask of 0 and 1; got a value of -1. {THRESHOLD}",
        ),
        (
            MASK,
            torch.tensor([[0.0, 1.0], [math.nan, 1.0]]),
            *(0, ValueError),
            f"target must be a mask of 0 and 1; got a value of nan. {THRESHOLD}",
        ),
        (
            MASK,
            torch.tensor([[0, 255], [1, 1]], dtype=torch.uint8),
            *(0, ValueError),
            "target must be a mask of 0 and 1; got a value of 255. "
            "Hint: a 0/255 mask is target / 255; label 255 for 'ignore' goes with & keep on both masks.",
        ),
        (MASK, MASK, True, TypeError, f"empty must be a finite number or nan; got bool. {EMPTY}"),
        (MASK, MASK, None, TypeError, f"empty must be a finite number or nan; got NoneType. {EMPTY}"),
        (MASK, MASK, "nan", TypeError, f"empty must be a finite number or nan; got str. {EMPTY}"),
        (MASK, MASK, math.inf, ValueError, f"empty must be a finite number or nan; got inf. {EMPTY}"),
        (MASK, MASK, -math.inf, ValueError, f"empty must be a finite number or nan; got -inf. {EMPTY}"),
    ],
)
def test_bad_input_is_named(score, prediction, target, empty, error, message):
    """The error says what must be, what came, and what to do."""
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        score(prediction, target, empty=empty)


@scores
def test_empty_has_no_default(score):
    """What an empty image is worth is for the caller to say."""
    with pytest.raises(TypeError, match="empty"):
        score(MASK, MASK)

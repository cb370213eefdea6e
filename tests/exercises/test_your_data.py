import pytest
import torch

from seglosses import bce_loss, dice_loss, iou_loss
from seglosses.exercises.your_data import first_dice_loss, mask_of_runs, share_of_the_whole_tumour
from seglosses.readers.coco import draw

RUNS = torch.from_numpy(draw({"size": [10, 10], "counts": [32, 4, 6, 4, 54]}, 10, 10)).double()


def test_the_runs_are_those_of_the_reader():
    """As load_coco draws them, in any type of tensor."""
    for answer in (RUNS, RUNS.bool(), RUNS.int()):
        assert mask_of_runs(answer).right


def test_the_first_loss_is_that_of_the_package():
    """Logits of 0, and 4 pixels of 100: Dice 25/27, IoU 25/26."""
    y = torch.zeros(1, 100).double()
    y[:, :4] = 1
    assert first_dice_loss(dice_loss(0 * y, y, smooth=0).item()).right
    assert "IoU" in first_dice_loss(iou_loss(0 * y, y, smooth=0).item()).reason
    assert "BCE" in first_dice_loss(bce_loss(0 * y, y).item()).reason


def test_the_share_is_that_of_labels_above_0():
    """1 and 2 together, 100 of 1000."""
    labels = torch.tensor([0] * 900 + [1] * 60 + [2] * 40)
    assert share_of_the_whole_tumour((labels > 0).double().mean()).right
    assert "mean of the labels" in share_of_the_whole_tumour(labels.double().mean()).reason


@pytest.mark.parametrize(
    ("check", "answer", "reason"),
    [
        (share_of_the_whole_tumour, 0.06, "labels == 1"),
        (share_of_the_whole_tumour, 0.04, "labels == 2"),
        (share_of_the_whole_tumour, 1 / 9, "over the rest"),
        (share_of_the_whole_tumour, 0.9, "Which labels"),
        (mask_of_runs, RUNS.T.clone(), "along the rows"),
        (mask_of_runs, RUNS.roll(1, 0), "One row too low"),
        (mask_of_runs, RUNS.roll(1, 1), "Eight pixels it is"),
        (mask_of_runs, 0 * RUNS, "Nothing is painted"),
        (mask_of_runs, 1 - RUNS, "begin with zeros"),
        (mask_of_runs, 0 * RUNS + 1, "this one 100"),
        (mask_of_runs, RUNS / 2, "holds only 0 and 1"),
        (first_dice_loss, 0.0741, "coefficient"),
        (first_dice_loss, 26 / 27, "factor 2"),
        (first_dice_loss, 0.96, "one minus the share"),
        (first_dice_loss, 0.5, "how much is both"),
    ],
)
def test_each_slip_gets_its_reason(says_why_not, check, answer, reason):
    """Whatever is likely to be answered wrongly on the page on your data."""
    says_why_not(check, answer, reason)

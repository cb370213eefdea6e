from itertools import pairwise, product

import pytest
import torch
import torch.nn.functional as F

from seglosses import bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.exercises.mixed import (
    FAULTS,
    _loss_with,
    dice_from_an_iou_log,
    exam,
    first_losses,
    loss_for_probabilities,
    repaired_loss,
)
from seglosses.grids import LUNG, NODULE, NODULE_PROBABILITIES, PREDICTION_1, PREDICTION_2, as_logits
from seglosses.walkthrough.overlaps import overlap
from seglosses.walkthrough.pixels import focal_posterior


def lung_loss(z, y):
    """The loss of the page, with its four faults."""
    p = torch.sigmoid(torch.sigmoid(z))
    shared = (p * y).sum()
    sizes = p.sum() + y.sum() - shared
    return 1 - 2 * shared / (sizes + 1)


def test_right_answers_are_accepted():
    """Letters in either case, numbers by hand or by the package, and any function that is right."""
    assert first_losses("DEBCA").right
    assert loss_for_probabilities(" C").right
    z = as_logits(PREDICTION_2)
    log = iou_loss(z, LUNG, smooth=1).item()
    assert f"{log:.4f}" == "0.7391"
    assert dice_from_an_iou_log(log / (2 - log)).right
    assert dice_from_an_iou_log(dice_loss(z, LUNG, smooth=2)).right
    assert repaired_loss(lambda z, y: dice_loss(z, y, dim=(1, 2, 3)).mean()).right
    assert exam("tfff tftf tt").right


def test_the_first_lines_are_those_of_the_losses():
    """With all logits 0, on the lung: a Dice, b BCE summed ... in the order of the page."""
    z = torch.zeros_like(LUNG)
    a = bce_loss(z, LUNG)
    b = bce_loss(z, LUNG, reduction="sum")
    c = focal_loss(z, LUNG)
    d = iou_loss(z, LUNG)
    e = dice_loss(z, LUNG)
    assert [f"{loss:.4f}" for loss in (d, e, b, c, a)] == ["0.8197", "0.7042", "69.3147", "0.1126", "0.6931"]


@pytest.mark.parametrize(
    ("check", "answer", "reason"),
    [
        (first_losses, "edbca", "3 of 5 are right. Line 1"),
        (first_losses, "dabce", "Line 2, 0.7042"),
        (first_losses, "deacb", "Line 3, 69.3147"),
        (first_losses, "debac", "Line 4, 0.1126"),
        (first_losses, "debcc", "Line 5, 0.6931"),
        (first_losses, "abcd", "must be 5 letters out of a, b, c, d, e; got 'abcd'. Hint: "),
        (first_losses, 12345, "got 12345"),
        (loss_for_probabilities, "a", "pushes an uncertain pixel"),
        (loss_for_probabilities, "b", "0.01 come out as 0.5"),
        (loss_for_probabilities, "d", "reported as 0.601"),
        (dice_from_an_iou_log, 12 / 29, "one minus it"),
        (dice_from_an_iou_log, 0.85, "the wrong way"),
        (dice_from_an_iou_log, 0.7391, "the IoU loss itself"),
        (dice_from_an_iou_log, 17 / 28, "with smooth 1"),
        (dice_from_an_iou_log, 12 / 23, "twice the IoU"),
        (dice_from_an_iou_log, 0.1, "Which J"),
        (repaired_loss, 0.5, "must be a function of z and y; got float"),
        (
            repaired_loss,
            lambda z, y: dice_loss(z, y, dim=(1, 2, 3)),
            "one number; got 3 of them. Hint: the mean is missing",
        ),
        (repaired_loss, lambda z, y: z.nonsense, "raised AttributeError"),
        (repaired_loss, lung_loss, "4 faults are left. The sigmoid is applied twice"),
        (repaired_loss, lambda z, y: dice_loss(z, y), "One fault is left. All images are pooled"),
        (repaired_loss, lambda z, y: iou_loss(z, y), "none of the four"),
        (exam, "tttttttttt", "5 of 10 are right. Statement 2 is false"),
        (exam, "ffftftfttt", "Statement 1 is true"),
        (exam, "tftftftftt", "Statement 3 is false"),
        (exam, "tffttftftt", "Statement 4 is false"),
        (exam, "tfffffffff", "Statement 5 is true"),
        (exam, "yes", "must be 10 letters out of f, t; got 'yes'"),
    ],
)
def test_each_slip_gets_its_reason(says_why_not, check, answer, reason):
    """The first wrong letter, each likely number, and whatever is still wrong with a repaired function."""
    says_why_not(check, answer, reason)


@pytest.mark.parametrize("fault", range(4))
def test_each_fault_is_recognised_when_it_is_the_last(fault):
    """The reader learns which one is left."""
    faults = [at == fault for at in range(4)]
    assert (
        repaired_loss(lambda z, y: _loss_with(z, y, *faults)).reason == "One fault is left. " + FAULTS[fault]
    )


def test_no_two_sets_of_faults_can_be_confused():
    """Each of the sixteen has a value of its own on the images of the check, and none is the right one's."""
    z = torch.stack([as_logits(PREDICTION_1), torch.logit(NODULE_PROBABILITIES), as_logits(PREDICTION_2)])
    z, y = z.unsqueeze(1), torch.stack([LUNG, NODULE, 0 * LUNG]).unsqueeze(1)
    values = sorted(_loss_with(z, y, *faults) for faults in product((False, True), repeat=4))
    assert min(b - a for a, b in pairwise(values)) > 2e-4
    assert _loss_with(z, y) == pytest.approx(dice_loss(z, y, dim=(1, 2, 3)).mean().item())
    assert _loss_with(z, y, True, True, True, True) == pytest.approx(lung_loss(z, y).item())


def test_what_the_weighted_and_the_focal_model_report():
    """With weight 99 a share of 0.01 comes out as 0.5; focal loss reports 0.9 as 0.601."""
    weight, share = 99, 0.01
    assert weight * share / (weight * share + 1 - share) == pytest.approx(0.5)
    assert focal_posterior(torch.tensor(0.601, dtype=torch.float64), 0.25, 2) == pytest.approx(0.9, abs=1e-3)


def test_the_statements_of_the_exam():
    """The true ones hold and the false ones fail where the page says so."""
    one, two = (overlap(x, LUNG) for x in (PREDICTION_1, PREDICTION_2))
    assert all(n.dice() == 2 * n.iou() / (1 + n.iou()) for n in (one, two))  # 1
    assert (one.dice() + two.dice()) / 2 < 22 / 31  # 2: eleven pixels twice
    assert (one.iou() + two.iou()) / 2 > 11 / 20
    assert f"{dice_loss(LUNG, LUNG):.4f}" == "0.6001"  # 3
    rate = torch.tensor(0.09)
    assert F.binary_cross_entropy(rate, rate) == pytest.approx(0.3025, abs=5e-5)  # 4
    false_alarm = 0 * LUNG
    false_alarm[0, 0] = 1
    z = as_logits(false_alarm)
    torch.testing.assert_close(dice_loss(z, 0 * LUNG), iou_loss(z, 0 * LUNG))  # 5
    border = (6, 6, 6, 6)
    padded, truth = F.pad(as_logits(PREDICTION_1), border, value=-20), F.pad(LUNG, border)  # 7
    assert bce_loss(padded, truth) < bce_loss(as_logits(PREDICTION_1), LUNG) / 2
    torch.testing.assert_close(dice_loss(padded, truth), dice_loss(as_logits(PREDICTION_1), LUNG))
    z, y = torch.stack([as_logits(PREDICTION_1), as_logits(0 * NODULE)]), torch.stack([LUNG, NODULE])
    assert not torch.isclose(dice_loss(z, y), dice_loss(z, y, dim=(1, 2)).mean())  # 8
    assert torch.ones(256, 256, dtype=torch.float16).sum().isinf()  # 10

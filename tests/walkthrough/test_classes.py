"""Counts and averages of maps of classes, as exact fractions."""

from fractions import Fraction

import pytest
import torch

from seglosses.grids import CLASS_MAP, CLASS_PREDICTION, LUNG, NODULE, PREDICTION_1
from seglosses.metrics import dice_score, iou_score
from seglosses.walkthrough.classes import Averages, averages, class_overlaps
from seglosses.walkthrough.overlaps import Overlap


def test_the_puzzle_has_the_counts_of_the_text():
    """79 of 79 and 2 false; 17 of 18 and 1 false; 1 of 3."""
    assert class_overlaps(CLASS_PREDICTION, CLASS_MAP) == [
        Overlap(tp=79, fp=2, fn=0, tn=19),
        Overlap(tp=17, fp=1, fn=1, tn=81),
        Overlap(tp=1, fp=0, fn=2, tn=97),
    ]
    assert torch.equal(CLASS_MAP == 2, NODULE == 1)
    assert torch.equal(CLASS_MAP == 1, (LUNG == 1) & (NODULE == 0))


def test_the_four_averages_of_the_text():
    """2 (79 + 17 + 1) / 200; (79 79/80 + 17 + 3/2) / 100; the means of three scores and of two."""
    classes = class_overlaps(CLASS_PREDICTION, CLASS_MAP)
    assert averages(classes) == Averages(
        Fraction(97, 100), Fraction(7721, 8000), Fraction(1751, 2160), Fraction(13, 18)
    )
    # 97 / (81 + 19 + 3); (79 79/81 + 18 17/19 + 1) / 100; (79/81 + 17/19 + 1/3) / 3; (17/19 + 1/3) / 2
    assert averages(classes, "iou") == Averages(
        Fraction(97, 103), Fraction(36226, 38475), Fraction(3391, 4617), Fraction(35, 57)
    )


@pytest.mark.parametrize("score", ["dice", "iou"])
def test_they_are_the_means_of_the_scores_of_masks(score):
    """One mask a class, scored by seglosses.metrics, on maps of noise with unlabelled pixels."""
    generator = torch.Generator().manual_seed(0)
    for _ in range(10):
        x, y = torch.randint(0, 3, (2, 6, 7), generator=generator)
        y[torch.rand(6, 7, generator=generator) < 0.3] = 255
        keep = y != 255
        masks = [torch.stack([one == k for k in range(3)]) & keep for one in (x, y)]
        scores = {"dice": dice_score, "iou": iou_score}[score](*masks, empty=0)
        found = averages(class_overlaps(x, y), score)
        assert float(found.mean) == pytest.approx(scores.mean().item())
        assert float(found.foreground) == pytest.approx(scores[1:].mean().item())
        sizes = masks[1].sum((1, 2))
        assert float(found.weighted) == pytest.approx(((scores * sizes).sum() / sizes.sum()).item())
        assert averages(class_overlaps(x, y)).pooled == Fraction(int((x == y)[keep].sum()), int(keep.sum()))


def test_a_class_in_neither_map_follows_its_rule():
    """Left out, 1 or 0 in the means; it has no pixel to pool or to weigh with."""
    classes = class_overlaps(PREDICTION_1.long(), LUNG.long())  # 160/161, 38/39, 0/0
    present = Fraction(160, 161) + Fraction(38, 39)
    assert [averages(classes, absent=rule).mean for rule in (None, 1, 0)] == [
        present / 2,
        (present + 1) / 3,
        present / 3,
    ]
    assert averages(classes).foreground == Fraction(38, 39)
    assert len({averages(classes, absent=rule).weighted for rule in (None, 1, 0)}) == 1


def test_where_no_class_is_left_there_is_no_mean():
    """Nothing but background has no foreground mean; nothing labelled has none at all."""
    nothing = torch.zeros(3, 3, dtype=torch.long)
    assert averages(class_overlaps(nothing, nothing)).foreground is None
    unlabelled = averages(class_overlaps(nothing, torch.full_like(nothing, 255)))
    assert set(vars(unlabelled).values()) == {None}


@pytest.mark.parametrize(
    ("prediction", "target", "says"),
    [
        ([[0, 3]], [[0, 1]], r"prediction must hold the classes 0 to 2; got 3\. Hint: .*argmax"),
        ([[0, 255]], [[0, 1]], r"prediction must .*; got 255"),
        ([[0, 1]], [[0, 4]], r"target must hold the classes 0 to 2; got 4"),
        ([[0, 1]], [[0], [1]], "shape"),
    ],
)
def test_other_classes_are_refused(prediction, target, says):
    """A label that is no class, in either map, and other shapes."""
    with pytest.raises(ValueError, match=says):
        class_overlaps(torch.tensor(prediction), torch.tensor(target))

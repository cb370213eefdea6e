"""The checks behind the book's exercises: a right answer is confirmed, a wrong one gets its reason.

A page leaves ``answer = ...`` to the reader. An answer that is still ``...`` or None is not wrong, it is
not there yet, so a notebook with open exercises runs from top to bottom. One module holds the checks of one
chapter, in the order of its exercises; ``mixed`` those of the exercises across the chapters.
"""

from seglosses.exercises._check import Verdict
from seglosses.exercises.batches import (
    dice_without_the_empty,
    pooled_pair,
    ring_that_pays,
    smooth_for_a_price,
)
from seglosses.exercises.bce import better_than_blind, one_pixel_missed, stable_bce, tipping_background
from seglosses.exercises.bce_dice import equal_say, half_a_bce, parts_that_disagree, pull_on_the_nodule
from seglosses.exercises.choosing import bias_of_a_prior, calibration_by_hand, what_the_seeds_show
from seglosses.exercises.dice import logits_of_a_mask, one_column_too_many, same_loss_other_mask, squared_dice
from seglosses.exercises.focal import alpha_for_a_threshold, crowd_for_a_miss, meaning_of_p, price_of_a_miss
from seglosses.exercises.iou import (
    dice_of_an_iou,
    impossible_means,
    iou_loss_of_dice_loss,
    width_that_forgives,
)
from seglosses.exercises.mixed import (
    dice_from_an_iou_log,
    exam,
    first_losses,
    loss_for_probabilities,
    repaired_loss,
)
from seglosses.exercises.numerics import (
    doubt_without_cancelling,
    first_dice_that_shows,
    loss_on_two_gpus,
    square_that_overflows,
)
from seglosses.exercises.your_training import (
    dice_like_monai,
    loss_from_a_negative_log,
    smooth_of_a_doubled_iou,
    step_of_a_sum,
)

__all__ = [
    "Verdict",
    "alpha_for_a_threshold",
    "better_than_blind",
    "bias_of_a_prior",
    "calibration_by_hand",
    "crowd_for_a_miss",
    "dice_from_an_iou_log",
    "dice_like_monai",
    "dice_of_an_iou",
    "dice_without_the_empty",
    "doubt_without_cancelling",
    "equal_say",
    "exam",
    "first_dice_that_shows",
    "first_losses",
    "half_a_bce",
    "impossible_means",
    "iou_loss_of_dice_loss",
    "logits_of_a_mask",
    "loss_for_probabilities",
    "loss_from_a_negative_log",
    "loss_on_two_gpus",
    "meaning_of_p",
    "one_column_too_many",
    "one_pixel_missed",
    "parts_that_disagree",
    "pooled_pair",
    "price_of_a_miss",
    "pull_on_the_nodule",
    "repaired_loss",
    "ring_that_pays",
    "same_loss_other_mask",
    "smooth_for_a_price",
    "smooth_of_a_doubled_iou",
    "square_that_overflows",
    "squared_dice",
    "stable_bce",
    "step_of_a_sum",
    "tipping_background",
    "what_the_seeds_show",
    "width_that_forgives",
]

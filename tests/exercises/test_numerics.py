from fractions import Fraction

import pytest
import torch

from seglosses import bce_loss
from seglosses.exercises.numerics import (
    doubt_without_cancelling,
    first_dice_that_shows,
    loss_on_two_gpus,
    square_that_overflows,
)


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (square_that_overflows, 256),
        (first_dice_that_shows, 1 / 512),
        (first_dice_that_shows, Fraction(1, 512)),
        (doubt_without_cancelling, lambda z, y: torch.sigmoid(torch.where(y == 1, -z, z))),
        (doubt_without_cancelling, lambda z, y: torch.sigmoid((1 - 2 * y) * z)),
        (loss_on_two_gpus, "c"),
    ],
)
def test_right_answers_of_the_numerics_chapter(check, answer):
    """The halves of the two classes may be chosen or computed."""
    assert check(answer).right


@pytest.mark.parametrize(
    ("check", "answer", "reason"),
    [
        (square_that_overflows, 181, "twice the count"),
        (square_that_overflows, 255, "65,025 pixels are below"),
        (square_that_overflows, 65504, "side of the square"),
        (square_that_overflows, 257, "One row and column less"),
        (square_that_overflows, 2048, "skips numbers"),
        (square_that_overflows, 300, "Compare the side"),
        (first_dice_that_shows, 1 / 256, "the gap below 1"),
        (first_dice_that_shows, 1 / 128, "the gap above 1"),
        (first_dice_that_shows, 1 / 4096, "This is float16"),
        (first_dice_that_shows, 511 / 512, "This is the loss"),
        (first_dice_that_shows, 1 / 1024, "A quarter of the gap"),
        (first_dice_that_shows, 0.1, "The gap below 1 is"),
        (doubt_without_cancelling, 0.5, "must be a function"),
        (doubt_without_cancelling, lambda z, y: None, "got nothing"),
        (doubt_without_cancelling, lambda z, y: z.sum(), "(20,), one number for each pixel"),
        (doubt_without_cancelling, lambda z, y: z.nonsense, "raised AttributeError"),
        (doubt_without_cancelling, lambda z, y: torch.exp(-bce_loss(z, y, reduction="none")), "p_t itself"),
        (doubt_without_cancelling, lambda z, y: torch.sigmoid(-z), "This is 1 - p, whatever"),
        (doubt_without_cancelling, lambda z, y: torch.sigmoid(z), "This is p, whatever"),
        (doubt_without_cancelling, lambda z, y: bce_loss(z, y, reduction="none"), "This is BCE"),
        (
            doubt_without_cancelling,
            lambda z, y: 1 - torch.exp(-bce_loss(z, y, reduction="none")),
            "nearly equal",
        ),
        (
            doubt_without_cancelling,
            lambda z, y: 1 - torch.where(y == 1, torch.sigmoid(z), 1 - torch.sigmoid(z)),
            "nearly equal",
        ),
        (
            doubt_without_cancelling,
            lambda z, y: -torch.expm1(-bce_loss(z, y, reduction="none")),
            "At z = -10, y = 0 it is",
        ),
        (doubt_without_cancelling, lambda z, y: z, "wrong even where nothing can break"),
        (loss_on_two_gpus, "a", "its own images"),
        (loss_on_two_gpus, "b", "finished quotients"),
        (loss_on_two_gpus, "d", "a region of its own"),
        (loss_on_two_gpus, "e", "must be one of"),
    ],
)
def test_each_slip_gets_its_reason(says_why_not, check, answer, reason):
    """Digits that are lost are told apart from a formula that is wrong."""
    says_why_not(check, answer, reason)

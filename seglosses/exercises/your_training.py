"""The checks of the chapter on your own training."""

from collections.abc import Callable
from fractions import Fraction

from torch import Tensor

from seglosses.atlas import CASES
from seglosses.exercises._check import called, check, described, one_number
from seglosses.exercises._described import Number


@described("your-training-doubled", "A smooth that is worth half", level=1, minutes=2)
def smooth_of_a_doubled_iou() -> Number:
    """Check the smooth that gives 1 - (2 I + s) / (2 U + s) the value of an IoU loss with smooth 1."""
    return Number(
        2,
        "Above and below the bar everything is doubled, so the smooth must be as well.",
        {
            1: "With 1 the fraction is (2 I + 1) / (2 U + 1). Divide it by 2, above and below.",
            Fraction(1, 2): "The other way round: this library's smooth is worth half of ours.",
            4: "Doubled once too often: 4 / 2 is 2.",
            0: "With 0 there is no smooth at all.",
        },
        hint="Double (I + 1) / (U + 1) above the bar and below it. What is added to the pixels then?",
    )


@described("your-training-sign", "A log below zero", level=1, minutes=3)
def loss_from_a_negative_log(shared: int = 5, predicted: int = 7, lung: int = 20) -> Number:
    """Check the Dice loss that goes with a logged -0.3929, minus a Dice coefficient with smooth 1."""
    dice = Fraction(2 * shared + 1, predicted + lung + 1)
    return Number(
        1 - dice,
        "One plus what is logged: prediction 2 with smooth 1, the 17/28 of the Dice chapter.",
        {
            dice: "This is the Dice coefficient. The loss is one minus it.",
            -dice: "This is the logged number. No loss of this book is negative.",
            1 + dice: "The log holds minus the coefficient. Take the sign away, then subtract from one.",
            1 - Fraction(2 * shared, predicted + lung): "This is the loss with smooth 0. "
            "The log has smooth 1, as the question says.",
        },
        hint="The log is minus the coefficient; the loss is one minus the coefficient.",
    )


@described("your-training-sum", "From a mean to a sum", level=2, minutes=4)
def step_of_a_sum(images: int = 8, side: int = 256) -> Number:
    """Check how many times larger the steps of SGD are with a sum over 8 images of 256 by 256."""
    pixels = side * side
    return Number(
        images * pixels,
        "Every gradient is as many times larger as there are pixels in the batch.",
        {
            pixels: "These are the pixels of one image. The mean runs over the whole batch.",
            images: "This is the mean over the pixels and the sum over the images. A sum is a sum over both.",
            1: "So it is with Adam, nearly: it divides by the gradient's own size. SGD does not.",
            1 / (images * pixels): "The other way round: a sum is larger than a mean.",
            images * side: f"An image has {side} rows of {side} pixels.",
        },
        hint="How many numbers does the mean divide by?",
        within=1e-6,
    )


@check(
    "your-training-monai",
    "Somebody else's Dice, as code",
    level=3,
    minutes=6,
    hint="MONAI: smooth 0.00001 above and below, one region an image, then the mean.",
)
def dice_like_monai(answer: Callable[[Tensor, Tensor], Tensor]) -> str:
    """Check a function that gives MONAI's Dice loss with its defaults."""
    value = called(answer, "inputs and targets", *CASES["two images"])
    one_number(value)
    lung, nodule = Fraction(1, 39), 1  # the losses of the two images, to within 0.0001
    Number(
        (lung + nodule) / 2,
        "",
        {
            4 / 42: "This pools both images. MONAI takes each by itself.",
            4 / 43: "This pools both images, with smooth 1. MONAI takes each by itself, with 0.00001.",
            (Fraction(1, 40) + Fraction(3, 4)) / 2: "This has smooth 1. MONAI's is 0.00001.",
            lung + nodule: "This is the sum over the images. MONAI takes the mean.",
            1 - (lung + nodule) / 2: "This is the coefficient. The loss is one minus it.",
        },
        hint="MONAI: smooth 0.00001 above and below, one region an image, then the mean.",
    ).judge(value)
    empty = called(answer, "inputs and targets", *CASES["left empty"])
    return Number(
        0.0202,
        "The same on two images and on an empty one, so region, smooth and mean are all right.",
        {
            1: "Right on two images. On an empty one it gives 1 and MONAI 0.0202: your smooth is 0.",
            0: "Right on two images. On an empty one it gives 0 and MONAI 0.0202: your smooth is too large.",
        },
        hint="Right on two images. On an empty one MONAI gives 0.0202: compare the smooth.",
    ).judge(empty)

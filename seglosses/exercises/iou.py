"""The checks of the IoU chapter."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil

from seglosses.exercises._check import NotYet, called, check, described
from seglosses.exercises._described import Letter, Number


@described("iou-convert", "From IoU to Dice", level=1, minutes=2)
def dice_of_an_iou(iou: Fraction = Fraction(3, 5)) -> Number:
    """Check the Dice coefficient of an image whose IoU is 0.6."""
    # 2 x 0.6 / (1 + 0.6) = 3/4
    dice = 2 * iou / (1 + iou)
    given = f"{float(iou):g}"
    return Number(
        dice,
        "1.2 over 1.6: a fair-looking 0.75 and a poor-looking 0.6 are one and the same overlap.",
        {
            iou / (2 - iou): f"This is the way back: an image with Dice {given} has this IoU. "
            "Dice is the larger one.",
            iou: "The two are equal only at 0 and at 1.",
            1 - dice: "This is the Dice loss. The question asks for the coefficient.",
            2 * iou: "No score is above 1. Below the bar stands 1 + J.",
            (1 + iou) / 2: f"This lies half-way between {given} and 1. Dice is 2J over 1 + J.",
        },
        hint="Dice is 2J over 1 + J.",
    )


@described("iou-table", "A table that cannot be", level=2, minutes=4)
def impossible_means(
    rows: Sequence[tuple[float, float]] = ((0.90, 0.85), (0.90, 0.70), (0.80, 0.75), (0.60, 0.60)),
) -> Letter:
    """Check which of four pairs of a mean Dice and a mean IoU no set of images can have."""
    said = {}
    for letter, (dice, iou) in zip("abcd", rows, strict=True):
        most = 2 * iou / (1 + iou)
        if dice > most:
            right = letter
            praise = f"A mean IoU of {iou:.2f} allows a mean Dice of {most:.4f} at most"
        elif dice == iou:
            said[letter] = (
                "Equal means are possible if each image scores 0 or 1, for there Dice and IoU are equal."
            )
        else:
            images = "are nearly alike" if most - dice < 0.03 else "differ somewhat"
            said[letter] = (
                f"{dice:.2f} lies between {iou:.2f} and 2 x {iou:.2f} / {1 + iou:.2f} = {most:.4f}: "
                f"images that {images}."
            )
    return Letter(
        right,
        f"{praise}, when all images are alike.",
        said,
        hint="No image has a Dice below its IoU. How high may the mean of Dice be, if all images are alike?",
    )


@described("iou-width", "How large an object must be", level=2, minutes=3)
def width_that_forgives(least: Fraction = Fraction(9, 10)) -> Number:
    """Check the least width of a square that keeps an IoU of 0.9 when it is shifted by one pixel."""
    # (a - 1) / (a + 1) >= 9/10 from a = 19 on
    a, for_dice, wanted = ceil((1 + least) / (1 - least)), ceil(1 / (1 - least)), f"{float(least):g}"
    return Number(
        a,
        "18 over 20 is 0.9. Any smaller object falls below it for one pixel.",
        {
            for_dice: f"This is enough for Dice: {for_dice - 1} over {for_dice}. "
            f"IoU has {for_dice - 1} over {for_dice + 1} there.",
            a + 1: f"There it is {a} over {a + 2}, which is more than {wanted}. One pixel less is enough.",
            for_dice - 1: f"There IoU is {for_dice - 2} over {for_dice}.",
            a - 1: f"There it is {a - 2} over {a}, still a little below {wanted}.",
        },
        hint="How many columns do the square and its shifted copy share, and how many do both cover?",
    )


@check(
    "iou-loss-from-loss",
    "From loss to loss, as code",
    level=3,
    minutes=6,
    hint="From the loss to Dice, from Dice to IoU, and from IoU to its loss.",
)
def iou_loss_of_dice_loss(answer: Callable[[float], float]) -> str:
    """Check a function that turns an image's Dice loss into its IoU loss, both with smooth 0."""
    losses = (0.25, 17 / 27, 0.0, 1.0)
    values = [called(answer, "the Dice loss", loss) for loss in losses]
    # D = 3/4 has J = 3/5, so 1/4 becomes 2/5
    praise = Number(
        Fraction(2, 5),
        "2L over 1 + L: the formula from IoU to Dice, with the roles changed.",
        {
            Fraction(3, 5): "For a Dice loss of 1/4 this is the IoU. The loss is one minus it.",
            Fraction(1, 7): "This turns an IoU loss into a Dice loss. The IoU loss is the larger one.",
            Fraction(6, 7): "It is the Dice loss that comes in, 1/4 here, not the coefficient.",
            Fraction(1, 4): "The two losses are equal only at 0 and at 1.",
            Fraction(1, 2): "Twice the Dice loss is right only for nearly perfect predictions.",
        },
        hint="A Dice loss of 1/4 is a Dice of 3/4. Which IoU is that?",
    ).judge(values[0])
    for loss, value in zip(losses[1:], values[1:], strict=True):
        if not abs(float(value) - 2 * loss / (1 + loss)) < 0.0006:
            raise NotYet(f"Right for a loss of 1/4, but for {loss:.4g} it gives {value:.4g}.")
    return praise

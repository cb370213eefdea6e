"""The checks of the chapter on batches, empty masks and thresholds."""

from collections.abc import Callable
from fractions import Fraction

import torch
from torch import Tensor

from seglosses.exercises._check import called, check, described, one_number
from seglosses.exercises._described import Number, counted
from seglosses.grids import LUNG, PREDICTION_1, PREDICTION_2, as_logits


@described("batches-pooled", "Dice over a batch", level=1, minutes=3)
def pooled_pair(lung: tuple[int, int, int] = (5, 7, 20), nodule: tuple[int, int, int] = (3, 3, 3)) -> Number:
    """Check the Dice loss, pooled and with smooth 0, of prediction 2 and a nodule found entirely.

    Each image is given by its counts of shared, predicted and true pixels.
    """
    # 1 - 2 (5 + 3) / ((7 + 3) + (20 + 3)) = 17/33
    each = [1 - Fraction(2 * shared, predicted + true) for shared, predicted, true in (lung, nodule)]
    shared, predicted, true = map(sum, zip(lung, nodule, strict=True))
    sizes, union = predicted + true, predicted + true - shared
    return Number(
        1 - Fraction(2 * shared, sizes),
        "16 over 33 is Dice. To the batch, the nodule is 3 found pixels among 23.",
        {
            sum(each) / 2: f"This is the mean of the two losses, {each[0]} and {each[1]}. "
            "Per batch, sum first.",
            Fraction(2 * shared, sizes): "This is the Dice coefficient. The loss is one minus it.",
            each[0]: "This is the lung's image alone. The nodule's pixels belong to the region as well.",
            1 - Fraction(2 * shared + 1, sizes + 1): "This is the loss with smooth 1. "
            "The question asks for smooth 0.",
            1 - Fraction(shared, union): f"This is the IoU loss: {shared} shared of {union} "
            "in either region.",
        },
        hint="Add up the shared pixels and both sizes over the two images, then divide once.",
    )


@described("batches-price", "Smooth as a price", level=1, minutes=2)
def smooth_for_a_price(false: int = 2, price: Fraction = Fraction(1, 10)) -> Number:
    """Check the smooth with which two false pixels on an empty image have a Dice loss of 0.1."""
    # 2 / (2 + s) = 1/10
    sizes, cost = false / price, f"{float(price):g}"
    cheap = sizes / 2 - false  # where it costs twice as much
    return Number(
        sizes - false,
        "2 over 20 is 0.1. The same 18 pixels are added wherever there is an object, too.",
        {
            sizes: f"{false} + s must be {sizes}, so s is {false} less.",
            false * price / (1 - price): f"With this s the score is {cost} and the loss "
            f"{float(1 - price):g}: a small s makes it dear.",
            false * price: f"This is {false} times {cost}. The price is {false} over {false} + s.",
            1 / price - 1: f"This is the answer for one false pixel. Here there are {counted(false)}.",
            cheap: f"With {cheap} the alarm costs {float(2 * price):g}.",
        },
        hint="On an empty image the loss is P over P + s, with P predicted pixels.",
    )


@described("batches-ring", "When an uncertain ring pays", level=2, minutes=4)
def ring_that_pays(core: int = 10, ring: int = 80, share: Fraction = Fraction(1, 4)) -> Number:
    """Check the share from which painting 80 uncertain pixels around 10 certain ones raises Dice."""
    # D = 20 / (20 + 80 eta), and eta = D / 2 at 1/4
    wide = Fraction(ring, core)
    times = counted(int(wide)) if wide.denominator == 1 else f"{float(wide):.3g}"
    there, counting = "it is the Dice there, not its half.", "This is right for counting wrong pixels"
    half = Fraction(1, 2)
    halves = {half: f"{counting}, and {there}"}
    if 2 * share != half:
        halves = {half: f"{counting}.", 2 * share: f"No, {there}"}
    return Number(
        share,
        "With a quarter, Dice is 1/2 whether the ring is painted or not.",
        {
            **halves,
            Fraction(1, 3): f"This is for a ring three times as large as the core. Here it is {times} times.",
            Fraction(core, ring): "This is core over ring. Set eta equal to half of Dice without the ring.",
            Fraction(core, core + ring): "This is the core's share of all pixels. "
            "Set eta equal to half of Dice.",
        },
        hint=f"Without the ring, Dice is {2 * core} / ({2 * core} + {ring} eta). Set its half equal to eta.",
    )


@check(
    "batches-skip",
    "A mean without the empty images, as code",
    level=3,
    minutes=6,
    hint="Take one loss for each image, then the mean where the mask has an object.",
)
def dice_without_the_empty(answer: Callable[[Tensor, Tensor], Tensor]) -> str:
    """Check a function that returns the mean Dice loss over the images that have an object."""
    alarm = torch.zeros_like(LUNG)
    alarm[0, :3] = 1
    inputs = torch.stack([as_logits(x) for x in (PREDICTION_1, alarm, PREDICTION_2)]).unsqueeze(1)
    targets = torch.stack([LUNG, torch.zeros_like(LUNG), LUNG]).unsqueeze(1)
    value = called(answer, "inputs and targets", inputs, targets)
    one_number(value)
    losses = (Fraction(1, 39), Fraction(17, 27))  # of the lung's two images; the empty one costs 1
    return Number(
        sum(losses) / 2,
        "The false alarm on the empty image costs nothing now: count such alarms elsewhere.",
        {
            (sum(losses) + 1) / 3: "The empty image is still in the mean.",
            sum(losses) / 3: "The empty image costs 0 now, but it still counts as one of three.",
            sum(losses): "This is the sum over the images. Divide by how many have an object.",
            1 - Fraction(48, 69): "This pools all three images. dim=(1, 2, 3) gives one loss for each.",
            1 - Fraction(48, 66): "This pools the images with an object. Take the mean of their own losses.",
            1 - sum(losses) / 2: "This is the mean coefficient. The loss is one minus it.",
        },
        hint="Take one loss for each image, then the mean where the mask has an object.",
    ).judge(value)

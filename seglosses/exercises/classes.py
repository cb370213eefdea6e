"""The checks of the chapter on several classes."""

from collections.abc import Callable
from fractions import Fraction

import torch
from torch import Tensor

from seglosses import dice_loss
from seglosses.exercises._check import called, check, described, one_number
from seglosses.exercises._described import Number
from seglosses.grids import CLASS_MAP, CLASS_PREDICTION, LUNG, PREDICTION_2, as_logits
from seglosses.probabilities import one_against_the_rest
from seglosses.walkthrough.classes import averages, class_overlaps


@described("classes-pooled", "Pooled, without the background", level=1, minutes=2)
def pooled_foreground(prediction: Tensor = CLASS_PREDICTION, target: Tensor = CLASS_MAP) -> Number:
    """Check the Dice of the map's lung and nodule, pooled."""
    # 2 (17 + 1) / ((18 + 18) + (1 + 3)) = 36/40
    background, *organs = class_overlaps(prediction, target)
    shared, sizes = sum(n.tp for n in organs), sum(n.predicted + n.actual for n in organs)
    every, parts = averages([background, *organs]), averages(organs)
    return Number(
        Fraction(2 * shared, sizes),
        "36 over 40. With the background it was 97 over 100: its 79 found pixels are gone.",
        {
            every.pooled: f"This pools all three classes. Leave the {background.tp} pixels "
            "of the background out.",
            parts.mean: "This is the mean of the two scores. Pooling sums the counts first.",
            Fraction(shared, sizes - shared): f"This is IoU, pooled: {shared} over {sizes} less {shared}.",
            every.mean: "This is the mean of three scores. Sum the counts of lung and nodule instead.",
            parts.weighted: "This weighs the two scores by size. Pooling sums the counts first.",
        },
        hint="Sum what stands above the bar, and what stands below it, for lung and nodule.",
    )


@described("classes-weight", "A weight for one half", level=2, minutes=4)
def weight_for_one_half(lung: int = 18, nodule: int = 3) -> Number:
    """Check the weight of the nodule with which a blind model gives it one half."""
    # 3 w / (79 + 18 + 3 w) = 1/2
    others = 100 - nodule
    return Number(
        Fraction(others, nodule),
        "With it the 3 pixels weigh as much as the other 97.",
        {
            Fraction(100, nodule): "This is 1 over the share. "
            f"It makes the nodule weigh 100 against {others}.",
            Fraction(others - lung, nodule): "This balances the nodule with the background. "
            "The lung is there, too.",
            others: f"This would be right for one pixel. The nodule has {nodule}.",
            Fraction(others, 100): "This is the share of the others. Divide their pixels by the nodule's.",
            Fraction(nodule, others): "This is the weight of the others, if the nodule's is 1.",
        },
        hint=f"Set {nodule} w / ({others - lung} + {lung} + {nodule} w) to one half.",
        within=0.006,
    )


@described("classes-ignore", "One pixel without a label", level=2, minutes=4)
def one_pixel_ignored() -> Number:
    """Check the foreground mean of Dice where the pixel below the lung has no label."""
    # lung 34/36; nodule 2 / (1 + 2)
    return Number(
        Fraction(29, 36),
        "The nodule has 2 labelled pixels now, of which 1 is found: Dice is 2 over 3.",
        {
            Fraction(13, 18): "Nothing has changed here. The pixel is out, and so is the miss.",
            Fraction(35, 36): "This leaves the nodule's misses out altogether. Only one of them is ignored.",
            Fraction(2485, 2862): "This is the mean of all three classes.",
            Fraction(53, 76): "This is the mean of IoU, 17 over 19 and 1 over 2.",
            Fraction(17, 18): "This is the lung's score. The nodule still has two labelled pixels.",
        },
        hint="Count the nodule's labelled pixels, then take the mean with the lung's 17/18.",
    )


@check(
    "classes-function",
    "A softmax Dice that forgets what it must, as code",
    level=3,
    minutes=5,
    hint="Make masks of the labels, logits of one class against the rest, and weights of 0 for 255.",
)
def foreground_dice(answer: Callable[[Tensor, Tensor], Tensor]) -> str:
    """Check a function that returns the mean softmax Dice loss of lung and nodule, without ignored pixels."""
    maps = torch.stack([CLASS_PREDICTION, PREDICTION_2.long()])
    inputs = as_logits(torch.nn.functional.one_hot(maps, 3).movedim(-1, 1).double(), 1.0)
    inputs[:, 1] += 0.5
    labels = torch.stack([CLASS_MAP, LUNG.long()])
    labels[:, 5:] = 255
    value = called(answer, "inputs and labels", inputs, labels)
    one_number(value)
    keep = (labels != 255).unsqueeze(1)
    masks = torch.nn.functional.one_hot(labels.where(labels != 255, 0), 3).movedim(-1, 1)
    rest = one_against_the_rest(inputs)
    of = {
        name: dice_loss(z, masks, dim=(0, 2, 3), weight=weight)
        for name, z, weight in (
            ("right", rest, keep),
            ("sigmoid", inputs, keep),
            ("softmax as logits", inputs.softmax(1), keep),
            ("labelled 0", rest, None),
        )
    }
    each = dice_loss(rest, masks, dim=(2, 3), weight=keep)
    return Number(
        of["right"][1:].mean().item(),
        "Softmax, one loss per class over the batch, no unlabelled pixel, no background.",
        {
            of["right"].mean().item(): "The background is still in the mean.",
            of["sigmoid"][1:].mean().item(): "These are sigmoids. The classes exclude each other: "
            "one_against_the_rest makes their logits.",
            of["softmax as logits"][1:].mean().item(): "dice_loss takes logits, and this gives it the "
            "probabilities of a softmax: its sigmoid comes on top.",
            of["labelled 0"][1:]
            .mean()
            .item(): "Pixels of 255 count as background here. A weight of 0 leaves them out.",
            each[:, 1:].mean().item(): "This is one loss per image and class. Pool the batch: dim=(0, 2, 3).",
            1 - of["right"][1:].mean().item(): "This is the coefficient. The loss is one minus it.",
            of["right"][1:].sum().item(): "This is the sum of both losses. Take their mean.",
        },
        hint=foreground_dice.hint,
        within=1e-4,
    ).judge(value)

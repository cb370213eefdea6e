"""The checks of the page on your own data."""

from fractions import Fraction
from math import log

import torch

from seglosses.exercises._check import described
from seglosses.exercises._described import Number
from seglosses.exercises._grids import MaskGrid, Rule


@described("your-data-nested", "One class inside another", level=1, minutes=4)
def share_of_the_whole_tumour() -> Number:
    """Check the share of the tumour in a volume of 900 voxels labelled 0, 60 labelled 1 and 40 labelled 2."""
    return Number(
        Fraction(1, 10),
        "labels > 0: the core is part of the tumour, though it has a label of its own.",
        {
            Fraction(3, 50): "This is the edge alone, labels == 1. The core lies inside the tumour.",
            Fraction(1, 25): "This is the core alone, labels == 2.",
            Fraction(
                7, 50
            ): "This is the mean of the labels. The core counts twice in it: a label is no amount.",
            Fraction(1, 9): "This is the tumour over the rest. Divide by all voxels.",
        },
        hint="Which labels does a voxel of the whole tumour have? Count them, and divide by all voxels.",
    )


@described("your-data-runs", "Runs, by hand", level=2, minutes=6)
def mask_of_runs() -> MaskGrid:
    """Check the mask of the runs 32, 4, 6, 4, 54 on a grid of 10 by 10."""
    right = torch.zeros(10, 10)
    right[2:6, 3:5] = 1  # 32 = 3 x 10 + 2: column 3, from row 2; ten pixels on, the same in column 4
    late = right.roll(1, 0)
    return MaskGrid(
        target=right,
        start=torch.zeros(10, 10),
        outline=torch.zeros(10, 10),
        masks={"right": right, "rows": right.T, "late": late},
        rules=[
            Rule([("mask", "=", "right")], "Two columns of four pixels, rows 2 to 5, counted from 0.", True),
            Rule(
                [("mask", "=", "rows")],
                "These runs go along the rows. COCO's go down the columns, one after the other.",
            ),
            Rule(
                [("mask", "=", "late")],
                "One row too low. After 32 zeros the next pixel has number 32 if the first one has number 0.",
            ),
            Rule(
                [("predicted", "=", 0)],
                "Nothing is painted. The second and the fourth count are pixels of the mask.",
            ),
            Rule(
                [("predicted", "=", 92)], "The counts begin with zeros: 32 pixels that are not in the mask."
            ),
            Rule(
                [("predicted", "=", 8)],
                "Eight pixels it is. 32 zeros are three columns and two pixels of the next: begin there.",
            ),
            Rule(
                [],
                "The mask has 4 and 4 pixels, this one {predicted}. Zeros and ones take turns, zeros first.",
            ),
        ],
        hint="How many whole columns do the first zeros fill, and how far do they reach into the next one?",
    )


@described("your-data-first-dice", "The first Dice loss", level=2, minutes=5)
def first_dice_loss() -> Number:
    """Check the Dice loss of p = 0.5 everywhere against a mask with 4 % of foreground, with smooth 0."""
    # 1 - 2 x 0.5 x 0.04 / (0.5 + 0.04) = 1 - 4/54 = 25/27
    return Number(
        Fraction(25, 27),
        "0.5 over 0.54. A first loss far from it says that masks or outputs are not what you think.",
        {
            Fraction(2, 27): "This is the coefficient, 0.04 over 0.54. The loss is one minus it.",
            Fraction(
                25, 26
            ): "This is the IoU loss: the overlap is taken off below the bar, and not doubled above.",
            Fraction(26, 27): "The factor 2 above the bar is missing.",
            Fraction(24, 25): "This is one minus the share. Half of each pixel is predicted, lung or not.",
            log(2): "This is what BCE begins with. Dice depends on the share of foreground.",
        },
        hint="For each pixel of the image: how much is predicted, how much is true, how much is both?",
    )

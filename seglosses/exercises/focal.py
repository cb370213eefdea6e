"""The checks of the focal chapter."""

from collections.abc import Callable
from fractions import Fraction
from math import log, log10

import torch
from torch import Tensor

from seglosses.exercises._check import NotYet, called, check, described, no_slip, tensor
from seglosses.exercises._described import Number
from seglosses.walkthrough.pixels import focal_posterior, focal_pull


@described("focal-missed", "The price of a miss, factor by factor", level=1, minutes=2)
def price_of_a_miss() -> Number:
    """Check the focal loss, alpha 0.25 and gamma 2, of a foreground pixel at 0.1."""
    # 0.25 x 0.9^2 x -ln 0.1 = 0.25 x 0.81 x 2.302585
    return Number(
        0.25 * 0.81 * -log(0.1),
        "Four fifths of its BCE are left by gamma, and a quarter of those by alpha.",
        {
            0.75 * 0.81 * -log(0.1): "This gives it the weight of the background. A lung pixel has alpha.",
            0.5 * 0.81 * -log(0.1): "This is with alpha 0.5. The defaults have 0.25.",
            0.81 * -log(0.1): "Gamma's factor is right. Alpha is missing.",
            0.25 * -log(0.1): "Alpha's factor is right. Gamma's, (1 - p_t)^2, is missing.",
            0.25 * 0.01 * -log(0.1): "The factor is (1 - p_t)^2, not p_t^2: a hard pixel keeps its loss.",
            0.25 * 0.9 * -log(0.1): "Gamma is 2: the factor 0.9 comes squared.",
            0.75 * 0.01 * -log(0.9): "This is a background pixel at 0.1, which is right. The lung is missed.",
            0.25 * 0.81 * -log10(0.1): "The logarithm is the natural one, not that to base 10.",
        },
        hint="Three factors: alpha, (1 - p_t)^2, and -ln p_t with p_t = 0.1.",
    )


@described("focal-crowd", "How many easy pixels make up for a hard one", level=2, minutes=4)
def crowd_for_a_miss() -> Number:
    """Check how many background pixels at 0.1 cost as much focal loss as one lung pixel missed at 0.1."""
    miss, easy = 0.81 * -log(0.1), 0.01 * -log(0.9)
    return Number(
        miss / easy,
        "81 times as many as with BCE.",
        {
            log(0.1) / log(0.9): "This is the number for BCE. The focusing factors differ as well.",
            81: "This is the quotient of the focusing factors. The BCE of the two differs, too.",
            miss / easy / 3: "This is with alpha 0.25. With 0.5 both classes weigh the same.",
            miss / (0.16 * -log(0.6)): "This compares with p_t 0.6. A background pixel at 0.1 has p_t 0.9.",
            1: "Both have p = 0.1, but one is right with it and the other wrong.",
        },
        hint="Divide the focal loss at p_t = 0.1 by that at p_t = 0.9.",
        within=0.9,
    )


@described("focal-threshold", "An alpha for a purpose", level=2, minutes=3)
def alpha_for_a_threshold() -> Number:
    """Check the alpha with which a threshold of 0.5 marks what is foreground in 1 of 5 cases."""
    return Number(
        Fraction(4, 5),
        "A half stands for 1 - 0.8 = 0.2. The foreground counts four times as much as the background.",
        {
            Fraction(1, 5): "The other way round: this asks for foreground in 4 of 5 cases. "
            "Alpha is the weight of the foreground.",
            Fraction(1, 2): "With 0.5 a half stands for a half.",
            Fraction(1, 4): "This is the odds, 1 to 4. With it, a half stands for 0.75.",
            Fraction(3, 4): "The odds are 1 to 4, the share is 1 in 5. This would ask for 1 in 4.",
            4: "The foreground is to count four times as much, yes. Alpha and 1 - alpha sum to 1.",
        },
        hint="A half stands for 1 - alpha.",
    )


@check(
    "focal-meaning",
    "What a focal probability means, as code",
    level=3,
    minutes=6,
    hint="A model rests where the two classes pull alike. Which share of foreground balances them at p?",
)
def meaning_of_p(answer: Callable[[Tensor], Tensor]) -> str:
    """Check a function of p that returns what it stands for after training with gamma 1 and alpha 0.5."""
    p = torch.tensor([0.6, 0.1, 0.3, 0.5, 0.9], dtype=torch.float64)
    came = tensor(called(answer, "p", p.clone()), p.shape, "one share for each p").double()
    right = focal_posterior(p, 0.5, 1)
    up, down = focal_pull(p, 1), focal_pull(1 - p, 1)
    slips = {
        "This is p itself. So it would be with gamma 0.": p,
        "The two sides have changed places: below the bar stand both, above it the background's.": up
        / (up + down),
        "This is the quotient of the two pulls, the odds. Divide by the sum of both instead.": down / up,
        "This is the pull. A share compares the pulls of the two classes.": up,
        "This is with alpha 0.25. With 0.5 the weights cancel.": focal_posterior(p, 0.25, 1),
        "This is with gamma 2. The model was trained with 1.": focal_posterior(p, 0.5, 2),
        "The pull has a second part: the focusing factor falls, too. Start from all of g.": p**2
        / (p**2 + (1 - p) ** 2),
    }
    if torch.allclose(came, right, atol=1e-4):
        return "0.9 stands for 0.98: a focal model is surer than it says."
    no_slip(came, slips, atol=1e-4)
    raise NotYet(f"For p = 0.6 it gives {came[0]:.4g}, not {right[0]:.4f}. What is g(1 - p)?")

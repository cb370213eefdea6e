"""The checks of the focal chapter."""

from collections.abc import Callable
from fractions import Fraction
from math import log, log10

import torch
from torch import Tensor

from seglosses.exercises._check import NotYet, called, check, described, no_slip, tensor
from seglosses.exercises._described import Number, counted
from seglosses.walkthrough.pixels import focal_posterior, focal_pull


@described("focal-missed", "The price of a miss, factor by factor", level=1, minutes=2)
def price_of_a_miss(p: float = 0.1, alpha: float = 0.25, gamma: int = 2) -> Number:
    """Check the focal loss, alpha 0.25 and gamma 2, of a foreground pixel at 0.1."""
    # 0.25 x 0.9^2 x -ln 0.1 = 0.25 x 0.81 x 2.302585
    hard, easy, bce = (1 - p) ** gamma, p**gamma, -log(p)
    power = {2: "squared", 3: "cubed"}.get(gamma, f"to the power of {gamma}")
    return Number(
        alpha * hard * bce,
        "Four fifths of its BCE are left by gamma, and a quarter of those by alpha.",
        {
            (1 - alpha) * hard * bce: "This gives it the weight of the background. A lung pixel has alpha.",
            0.5 * hard * bce: f"This is with alpha 0.5. The question has {alpha:g}.",
            hard * bce: "Gamma's factor is right. Alpha is missing.",
            alpha * bce: f"Alpha's factor is right. Gamma's, (1 - p_t)^{gamma}, is missing.",
            alpha * easy * bce: f"The factor is (1 - p_t)^{gamma}, not p_t^{gamma}: "
            "a hard pixel keeps its loss.",
            alpha * (1 - p) * bce: f"Gamma is {gamma}: the factor {1 - p:g} comes {power}.",
            (1 - alpha) * easy * -log(1 - p): f"This is a background pixel at {p:g}, which is right. "
            "The lung is missed.",
            alpha * hard * -log10(p): "The logarithm is the natural one, not that to base 10.",
        },
        hint=f"Three factors: alpha, (1 - p_t)^{gamma}, and -ln p_t with p_t = {p:g}.",
    )


@described("focal-crowd", "How many easy pixels make up for a hard one", level=2, minutes=4)
def crowd_for_a_miss(p: float = 0.1, gamma: int = 2) -> Number:
    """Check how many background pixels at 0.1 cost as much focal loss as one lung pixel missed at 0.1."""
    miss, easy = (1 - p) ** gamma * -log(p), p**gamma * -log(1 - p)
    crowd, focusing = miss / easy, round(((1 - p) / p) ** gamma, 6)
    return Number(
        crowd,
        "81 times as many as with BCE.",
        {
            log(p) / log(1 - p): "This is the number for BCE. The focusing factors differ as well.",
            focusing: "This is the quotient of the focusing factors. The BCE of the two differs, too.",
            crowd / 3: "This is with alpha 0.25. With 0.5 both classes weigh the same.",
            miss / (0.4**gamma * -log(0.6)): "This compares with p_t 0.6. "
            f"A background pixel at {p:g} has p_t {1 - p:g}.",
            1: f"Both have p = {p:g}, but one is right with it and the other wrong.",
        },
        hint=f"Divide the focal loss at p_t = {p:g} by that at p_t = {1 - p:g}.",
        within=float(f"{crowd / 2000:.1g}"),  # three digits
    )


@described("focal-threshold", "An alpha for a purpose", level=2, minutes=3)
def alpha_for_a_threshold(cases: int = 5) -> Number:
    """Check the alpha with which a threshold of 0.5 marks what is foreground in 1 of 5 cases."""
    alpha, odds = Fraction(cases - 1, cases), Fraction(1, cases - 1)
    return Number(
        alpha,
        "A half stands for 1 - 0.8 = 0.2. The foreground counts four times as much as the background.",
        {
            1 - alpha: f"The other way round: this asks for foreground in {cases - 1} of {cases} cases. "
            "Alpha is the weight of the foreground.",
            Fraction(1, 2): "With 0.5 a half stands for a half.",
            odds: f"This is the odds, 1 to {cases - 1}. With it, a half stands for {float(1 - odds):.4g}.",
            1 - odds: f"The odds are 1 to {cases - 1}, the share is 1 in {cases}. "
            f"This would ask for 1 in {cases - 1}.",
            cases - 1: f"The foreground is to count {counted(cases - 1)} times as much, yes. "
            "Alpha and 1 - alpha sum to 1.",
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

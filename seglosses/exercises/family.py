"""The checks of the page on the family of losses."""

from fractions import Fraction

from seglosses.exercises._check import described
from seglosses.exercises._described import Number, Word


@described("family-tversky-by-hand", "Tversky by hand", level=1, minutes=4)
def tversky_by_hand() -> Number:
    """Check the Tversky loss of 12 hits, 2 false alarms and 8 misses, with alpha 0.3 and beta 0.7."""
    # 1 - 12 / (12 + 0.3 x 2 + 0.7 x 8) = 1 - 12/18.2 = 31/91
    return Number(
        Fraction(31, 91),
        "6.2 over 18.2. Dice charges 0.2941 for the same counts: misses weigh more here, and they are many.",
        {
            Fraction(19, 79): "The two weights are exchanged. Beta, 0.7, belongs to the misses.",
            Fraction(5, 17): "This is the Dice loss, with one half for both.",
            Fraction(5, 11): "This is the IoU loss, with 1 for both.",
            Fraction(60, 91): "This is the coefficient, 12 over 18.2. The loss is one minus it.",
            Fraction(31, 151): "Here the hits count twice below the bar, as in the usual form of Dice. "
            "Tversky has them once, above and below.",
        },
        hint="Write down what stands below the bar: the hits, then each kind of mistake with its weight.",
    )


@described("family-which", "A loss for what you see", level=1, minutes=4)
def which_loss() -> Word:
    """Check which of four losses was made for each of four complaints."""
    return Word(
        "cadb",
        "Each changes what your complaint is about: the line, the place, the price of a miss, the crowd.",
        [
            "A broken vessel has lost a piece of its middle line. Which loss looks at that line?",
            "The island counts by its distance. Which loss multiplies by a map of distances?",
            "Hits, false alarms and misses: which loss has a weight for each kind of mistake?",
            "Easy pixels, and many of them. Which loss leaves them out of its mean?",
        ],
        hint="What must a loss look at in each case: a line, a place, a count, or a crowd?",
    )


@described("family-lovasz-by-hand", "Lovász by hand, on four pixels", level=3, minutes=7)
def lovasz_by_hand() -> Number:
    """Check the Lovász loss of p = 0.9, 0.4, 0.3, 0.2 against y = 1, 1, 0, 0."""
    # errors .6 (y = 1), .3 (0), .2 (0), .1 (1); IoU losses 1/2, 2/3, 3/4, 1; steps 1/2, 1/6, 1/12, 1/4
    # .6/2 + .3/6 + .2/12 + .1/4 = 47/120
    return Number(
        Fraction(47, 120),
        "0.6 × 1/2 + 0.3 × 1/6 + 0.2 × 1/12 + 0.1 × 1/4: the worst pixel has three quarters of it.",
        {
            Fraction(12, 25): "This is the soft IoU loss, 1 - 1.3 / 2.5. Lovász sorts the errors.",
            Fraction(
                1, 2
            ): "This is the IoU loss of the mask cut at one half. Each error has its own weight.",
            Fraction(3, 10): "This is the mean of the errors. Their weights are steps of the IoU loss.",
            Fraction(7, 20): "The errors are not sorted here. Begin with the largest.",
            Fraction(3, 4): "These are the errors times the IoU losses themselves. Take the steps.",
            Fraction(73, 120): "This is one minus the loss.",
        },
        hint="Sort the errors, the worst first. What is the IoU loss as one after the other counts as wrong?",
    )

"""The checks of the chapter on choosing a loss."""

from fractions import Fraction
from math import exp, log, log10

from seglosses.exercises._check import described
from seglosses.exercises._described import Letter, Number


@described("choosing-seeds", "What three seeds can show", level=1, minutes=3)
def what_the_seeds_show() -> Letter:
    """Check which of four statements the ranges of three seeds support."""
    return Letter(
        "b",
        "The worst run of C beats the best run of A. No other pair of the four is apart like this.",
        {
            "a": "The best run of A, 0.92, beats the worst of B, 0.91: another start, another order.",
            "c": "D has the worst run, and its best, 0.93, beats all of A. It is the most moody of the four.",
            "d": "B reaches 0.95, and C has a run at 0.94. Between these two the seed decides.",
        },
        hint="Two losses are apart if the worst run of one beats the best run of the other.",
    )


@described("choosing-calibration-by-hand", "The calibration error", level=2, minutes=7)
def calibration_by_hand() -> Number:
    """Check the calibration error of 8 pixels at 0.1, of which 2 are lung, and 2 at 0.9, of which 1 is."""
    # (8 |.1 - .25| + 2 |.9 - .5|) / 10 = 1/5
    return Number(
        Fraction(1, 5),
        "Eight pixels are off by 0.15 and two by 0.4, each in its own direction.",
        {
            Fraction(1, 25): "Here too low and too high cancel. Take each gap as a size before you add.",
            Fraction(11, 40): "Each bin has one vote here. It should have one for each of its pixels.",
            Fraction(2, 5): "This is the gap of the worse bin. The other one counts too.",
            Fraction(2): "This is the sum over the pixels. Divide it by their number.",
            Fraction(3, 25): "These are the 8 pixels at 0.1 alone. The 2 at 0.9 are off as well.",
            Fraction(2, 25): "These are the 2 pixels at 0.9 alone. The 8 at 0.1 are off as well.",
        },
        hint="What is the gap of each bin, and how many pixels does it have?",
    )


@described("choosing-bias", "The bias to start from", level=2, minutes=5)
def bias_of_a_prior() -> Number:
    """Check the bias with which every pixel starts at a probability of 0.05."""
    return Number(
        log(0.05 / 0.95),
        "The sigmoid turns it back into 0.05, and no step is wasted on getting there.",
        {
            log(0.95 / 0.05): "The sign is turned round: with this every pixel starts at 0.95.",
            log(0.05): "This is the logarithm of the prior. A logit is that of the odds, 0.05 to 0.95.",
            0.05: "This is the probability. The bias is a logit: its sigmoid is 0.05.",
            0.05 / 0.95: "These are the odds. The logit is their logarithm.",
            log10(0.05 / 0.95): "The logarithm is the natural one, not that to base 10.",
            1 / (1 + exp(-0.05)): "This is the sigmoid of 0.05. You need what the sigmoid turns into 0.05.",
        },
        hint="Which logit has the sigmoid 0.05?",
    )

"""The checks of the chapter on choosing a loss."""

from fractions import Fraction
from math import exp, log, log10

from seglosses.exercises._check import described
from seglosses.exercises._described import Letter, Number


@described("choosing-seeds", "What three seeds can show", level=1, minutes=3)
def what_the_seeds_show() -> Letter:
    """Check which of four statements about four losses the runs with five common seeds support."""
    return Letter(
        "b",
        "Seed by seed B is above A, five times of five. Chance alone does that once in 16 times.",
        {
            "a": "Its best run is one of five. With three of the seeds D is below B, and with two below A.",
            "c": "The ranges overlap because some seeds are hard for every loss. Compare within a seed.",
            "d": "With seed 3 C is below A. Four of five in one direction is common when nothing differs.",
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

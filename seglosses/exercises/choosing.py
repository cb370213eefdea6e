"""The checks of the chapter on choosing a loss."""

from collections.abc import Sequence
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
def calibration_by_hand(bins: Sequence[tuple[int, str, int]] = ((8, "0.1", 2), (2, "0.9", 1))) -> Number:
    """Check the calibration error of 8 pixels at 0.1, of which 2 are lung, and 2 at 0.9, of which 1 is."""
    # (8 |.1 - .25| + 2 |.9 - .5|) / 10 = 1/5
    (many, p, _), (few, q, _) = bins
    gaps = [Fraction(said) - Fraction(lung, pixels) for pixels, said, lung in bins]
    off = [pixels * abs(gap) for (pixels, _, _), gap in zip(bins, gaps, strict=True)]
    pixels = many + few
    net = abs(many * gaps[0] + few * gaps[1])
    return Number(
        sum(off) / pixels,
        "Eight pixels are off by 0.15 and two by 0.4, each in its own direction.",
        {
            net / pixels: "Here too low and too high cancel. Take each gap as a size before you add.",
            sum(map(abs, gaps)) / 2: "Each bin has one vote here. It should have one for each of its pixels.",
            max(map(abs, gaps)): "This is the gap of the worse bin. The other one counts too.",
            sum(off): "This is the sum over the pixels. Divide it by their number.",
            off[0] / pixels: f"These are the {many} pixels at {p} alone. The {few} at {q} are off as well.",
            off[1] / pixels: f"These are the {few} pixels at {q} alone. The {many} at {p} are off as well.",
        },
        hint="What is the gap of each bin, and how many pixels does it have?",
    )


@described("choosing-bias", "The bias to start from", level=2, minutes=5)
def bias_of_a_prior(prior: float = 0.05) -> Number:
    """Check the bias with which every pixel starts at a probability of 0.05."""
    rest = 1 - prior
    return Number(
        log(prior / rest),
        "The sigmoid turns it back into 0.05, and no step is wasted on getting there.",
        {
            log(rest / prior): f"The sign is turned round: with this every pixel starts at {rest:g}.",
            log(prior): "This is the logarithm of the prior. "
            f"A logit is that of the odds, {prior:g} to {rest:g}.",
            prior: f"This is the probability. The bias is a logit: its sigmoid is {prior:g}.",
            prior / rest: "These are the odds. The logit is their logarithm.",
            log10(prior / rest): "The logarithm is the natural one, not that to base 10.",
            1 / (1 + exp(-prior)): f"This is the sigmoid of {prior:g}. "
            f"You need what the sigmoid turns into {prior:g}.",
        },
        hint=f"Which logit has the sigmoid {prior:g}?",
    )

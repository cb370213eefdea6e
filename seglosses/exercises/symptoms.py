"""The checks of the page that starts from a symptom."""

from fractions import Fraction
from math import exp, log

from seglosses.exercises._check import described
from seglosses.exercises._described import Letter, Number


@described("symptoms-which-nan", "Which NaN is it?", level=1, minutes=4)
def which_nan() -> Letter:
    """Check what broke a log of falling losses in float16, with full masks and finite images."""
    return Letter(
        "b",
        "The two sizes pass 65,504 together, and then twice the overlap does. Sum in float32.",
        {
            "a": "No mask is empty: each has 34,000 pixels.",
            "c": "The images were checked: they are finite.",
            "d": "Before steps explode, a loss grows. This one falls, and then is exactly 1.",
        },
        hint="Take the causes of NaN one after the other, and look for the check that rules each out.",
    )


@described("symptoms-floor", "A floor of your own", level=2, minutes=6)
def floor_of_two_sigmoids() -> Number:
    """Check the lowest cross entropy behind two sigmoids where half of the pixels are foreground."""
    # (-ln sigmoid(1) - ln(1/2)) / 2
    ones, zeros = log(1 + exp(-1)), log(2)
    return Number(
        (ones + zeros) / 2,
        "Foreground costs 0.3133 at best, background 0.6931: their mean.",
        {
            zeros: "This is the background alone. The foreground gets up to sigmoid(1), and costs less.",
            ones: "This is the foreground alone. The background cannot get below one half.",
            0: "A loss of logits gets there. Here no output leaves 0 to 1, and each passes another sigmoid.",
            zeros / 2: "This is the floor behind a ReLU, where the foreground may cost nothing.",
            0.2 * ones + 0.8 * zeros: "This is the floor on the lung, with 20 % of foreground.",
            -log((1 / (1 + exp(-1)) + 0.5) / 2): "Take the logarithm of each probability, then the mean.",
        },
        hint="What does the second sigmoid make of an output of 0, and of 1? Price both.",
    )


@described("symptoms-with-object", "What a mean hides", level=2, minutes=5)
def mean_with_an_object() -> Number:
    """Check the mean Dice of 10 images with an object, if 40 have 0.85 and the 30 empty ones score 1."""
    # (40 x 0.85 - 30) / 10 = 0.4
    return Number(
        Fraction(2, 5),
        "34 in all, of which the empty images gave 30. The other ten share 4.",
        {
            Fraction(17, 20): "It would be so if the empty images scored like the others. Each scores 1.",
            Fraction(3, 5): "This is what the ten images lack. Their score is the rest.",
            4: "This is the sum over the ten images. Divide it by their number.",
            Fraction(17, 80): "Here the empty images score 0. Left empty as they should be, each scores 1.",
            Fraction(1, 10): "These four points are spread over all images. Ten images share them.",
        },
        hint="How many points do all 40 images have, and how many of them come from the empty ones?",
    )

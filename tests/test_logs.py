"""``read_log`` names what a log shows: made-up logs of each kind, and texts as they are pasted."""

import math
import re
from collections import Counter

import numpy as np
import pytest

from seglosses.logs import DESCRIBED, read_log

SEEDS = range(25)
PLACE = re.compile(r"\{(\w+)\}")


def falling(draw, start=0.7, end=0.05, noise=0.03, n=60):
    """A training that goes well: down by a power or an exponential, with some noise."""
    t = np.linspace(0, 1, n)
    course = end + (start - end) * np.exp(-draw.uniform(3, 8) * t)
    return course * np.exp(noise * draw.standard_normal(n))


def resting(draw):
    """One that rests at the base rate's loss first, and then falls."""
    n = 60
    start = draw.uniform(0.05, 0.5)
    rest = np.full(n // 3, start)
    after = falling(draw, start, start / 5, 0, n - len(rest))
    return np.concatenate([rest, after]) * np.exp(0.005 * draw.standard_normal(n))


def exploding(draw):
    """Ever larger steps, then no number."""
    return np.append(draw.uniform(0.5, 1) * np.exp(np.arange(12) ** draw.uniform(1.1, 1.5) / 2), np.nan)


LOGS = {
    "healthy: falls": falling,
    "healthy: rests, then falls": resting,
    "stuck at 0.693": lambda draw: math.log(2) + 0.001 * draw.standard_normal(40),
    "stuck at 1": lambda draw: 1 - np.abs(0.004 * draw.standard_normal(40)),
    "the same number": lambda draw: np.full(30, draw.uniform(0.1, 0.6)),
    "does not fall": lambda draw: draw.uniform(0.1, 0.5) * np.exp(0.01 * draw.standard_normal(40)),
    "rises": lambda draw: np.linspace(0.5, draw.uniform(1, 4), 40) * np.exp(0.02 * draw.standard_normal(40)),
    "falls, then rises": lambda draw: np.concatenate(
        [falling(draw, 0.6, 0.2, 0.01, 40), np.linspace(0.2, draw.uniform(0.4, 0.55), 30)]
    ),
    "jumps": lambda draw: (
        0.5 * np.exp(draw.uniform(0.4, 0.8) * draw.standard_normal(60)) * np.linspace(1, 0.8, 60)
    ),
    "exactly 0": lambda draw: np.zeros(20),
    "a score with a minus": lambda draw: -1 + falling(draw, 0.9),
    "negative": lambda draw: 0.7 - np.linspace(0, draw.uniform(3, 30), 40),
    "NaN from the start": lambda draw: np.full(20, np.nan),
    "NaN after some steps": lambda draw: np.append(falling(draw)[: draw.integers(1, 50)], [np.nan] * 5),
    "grew until it was NaN": exploding,
}


@pytest.mark.parametrize("kind", LOGS)
def test_made_up_logs_are_named(kind):
    """Of 25 logs of each kind at least 24 are named right, written as numbers or as a list."""
    named = Counter(read_log(LOGS[kind](np.random.default_rng(seed))).name for seed in SEEDS)
    assert named[kind] >= 24, named


def test_every_symptom_has_a_made_up_log():
    """None of the description is without a test but those of texts that hold no course."""
    named = {one["en"]["name"] for one in DESCRIBED["symptoms"]}
    assert named - LOGS.keys() == {"no numbers", "too few values"}


@pytest.mark.parametrize(
    ("text", "losses"),
    [
        ("0.9, 0.8 .7\n6e-1;nan -inf", [0.9, 0.8, 0.7, 0.6, math.nan, -math.inf]),
        ("[0.5, 1., 2E3]", [0.5, 1, 2000]),
        ("Epoch 1/50 loss: 0.9 lr 0.1\nEpoch 2/50 loss: 0.8 lr 0.1", [0.9, 0.8]),
        ("train_loss=0.5 val_loss=0.6, Train Loss 0.4 val loss 0.7", [0.5, 0.4]),
        ("step 3: Loss tensor(-0.25, grad_fn=<RsubBackward1>)", [-0.25]),
        ('{"loss": 0.25, "val/loss": 0.5}', [0.25]),
        ("0,0.9\n1,0.8\n2,0.7", [0.9, 0.8, 0.7]),
        ("step,loss\n10\t0.9\t5\n20\t0.8\t5\n30\t0.7\t5", [0.9, 0.8, 0.7]),
        ("1\n2\n3", [1, 2, 3]),
        ("H100 v1.2.3 run7", []),
        ("", []),
    ],
)
def test_what_is_read_of_a_text(text, losses):
    """Numbers in any notation; behind "loss" where it stands; the second column where the first counts."""
    assert read_log(text).losses == pytest.approx(tuple(losses), nan_ok=True)


def test_figures_of_the_log_stand_in_the_sentence():
    """Four significant digits, a tie away from 0, as the page sets them."""
    # 1.0625 is exact in binary, a tie between 1.062 and 1.063; 1/8192 = 0.0001220703125
    assert "from 1.063 to 0.0001221" in read_log([1.0625, 1 / 8192]).says
    assert "from 1.234·10⁻⁵ to 1.235·10⁶" in read_log([1.234e-5, 1.2345e6]).says


STEEP = ["0.9 0.5 0.3 0.2 0.1", "0.8 0.5 0.3 0.18 0.1 0.06 0.03", "1 0.6 0.61 0.3 0.31 0.1 0.05"]


@pytest.mark.parametrize("losses", STEEP)
def test_a_steep_fall_is_no_jump(losses):
    """However far apart its values are, they go one way, or nearly."""
    assert read_log(losses).name == "healthy: falls"


@pytest.mark.parametrize("level", [0.62, 0.67, 0.72])
def test_a_rest_near_ln_2_is_not_at_ln_2(level):
    """A Dice loss may rest anywhere; only what stays within a hundredth of 0.69 is called by that number."""
    losses = [level + 0.003 * (-1) ** step for step in range(20)]
    assert read_log(losses).name == "does not fall"


def test_a_reading_prints_as_advice():
    """What was seen, what is behind it, and a line of code; in Chinese when asked."""
    one = read_log([0.7, 0.6, math.nan])
    assert " ".join(str(one).split()) == f"{one.name}: {one.says} {one.why} check: {one.check}"
    assert max(map(len, str(one).splitlines())) <= 80
    assert "check" not in str(read_log(""))
    assert read_log([math.nan], "zh").name == "一开始就是 NaN"
    with pytest.raises(ValueError, match=r"language must be 'en' or 'zh'; got 'de'. Hint: "):
        read_log("", "de")


def test_both_languages_say_the_same_figures():
    """A translated sentence holds the same places for numbers, and no text is empty."""
    for one in DESCRIBED["symptoms"]:
        english, chinese = one["en"], one["zh"]
        assert english.keys() == chinese.keys() == {"name", "says", "why"}
        assert all([*english.values(), *chinese.values()])
        assert sorted(PLACE.findall(english["says"])) == sorted(PLACE.findall(chinese["says"]))

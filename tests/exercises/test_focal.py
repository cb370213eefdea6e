from fractions import Fraction
from math import log

import pytest
import torch

from seglosses import focal_loss
from seglosses.exercises.focal import alpha_for_a_threshold, crowd_for_a_miss, meaning_of_p, price_of_a_miss
from seglosses.walkthrough.pixels import focal_posterior, focal_pull


@pytest.mark.parametrize(
    ("check", "answers"),
    [
        (price_of_a_miss, [0.4663, 0.25 * 0.81 * -log(0.1), torch.tensor(0.46627)]),
        (crowd_for_a_miss, [1770, 1770.2, 0.932547 / 0.000526803, torch.tensor(1771)]),
        (alpha_for_a_threshold, [0.8, Fraction(4, 5), torch.tensor(0.8)]),
    ],
)
def test_numbers_of_the_focal_chapter_are_accepted(check, answers):
    """In each form that a reader may give them."""
    for answer in answers:
        assert check(answer).right, check(answer)


def test_the_numbers_of_the_focal_chapter_are_those_of_the_loss():
    """The checks compute by hand; the package gives the same."""
    z = torch.logit(torch.tensor(0.1, dtype=torch.float64))
    lung, background = torch.ones_like(z), torch.zeros_like(z)
    assert price_of_a_miss(focal_loss(z, lung)).right
    assert crowd_for_a_miss(focal_loss(z, lung, alpha=0.5) / focal_loss(z, background, alpha=0.5)).right
    assert focal_posterior(torch.tensor(0.5), alpha=0.8).item() == pytest.approx(0.2)


def test_the_meaning_of_p_is_accepted_however_it_is_written():
    """Through the package, and with the pull written out."""
    assert meaning_of_p(lambda p: focal_posterior(p, 0.5, 1)).right
    assert meaning_of_p(lambda p: focal_posterior(p, 0.5, 1).float()).right


@pytest.mark.parametrize(
    ("check", "answer", "reason"),
    [
        (price_of_a_miss, 1.3988, "weight of the background"),
        (price_of_a_miss, 0.9325, "with alpha 0.5"),
        (price_of_a_miss, 1.8651, "Alpha is missing"),
        (price_of_a_miss, 0.5756, "Gamma's, (1 - p_t)^2, is missing"),
        (price_of_a_miss, 0.0058, "not p_t"),
        (price_of_a_miss, 0.5181, "squared"),
        (price_of_a_miss, 0.0008, "background pixel at 0.1"),
        (price_of_a_miss, 0.2025, "base 10"),
        (price_of_a_miss, 2.3026, "2.303 is not it. Three factors"),
        (price_of_a_miss, "much", "The answer must be a number; got 'much'. Hint: "),
        (crowd_for_a_miss, 21.85, "for BCE"),
        (crowd_for_a_miss, 81, "quotient of the focusing factors"),
        (crowd_for_a_miss, 590, "alpha 0.25"),
        (crowd_for_a_miss, 22.82, "p_t 0.6"),
        (crowd_for_a_miss, 1, "one is right with it"),
        (crowd_for_a_miss, 100, "Divide the focal loss"),
        (alpha_for_a_threshold, 0.2, "The other way round"),
        (alpha_for_a_threshold, 0.5, "a half stands for a half"),
        (alpha_for_a_threshold, 0.25, "odds, 1 to 4"),
        (alpha_for_a_threshold, 0.75, "1 in 4"),
        (alpha_for_a_threshold, 4, "sum to 1"),
        (alpha_for_a_threshold, 0.6, "1 - alpha"),
        # Wrong objects, a broken function, and seven formulas that come to mind.
        (meaning_of_p, 0.9, "must be a function of p; got float"),
        (meaning_of_p, lambda p: None, "must be a tensor; got nothing"),
        (meaning_of_p, lambda p: p.sum(), "(5,), one share for each p; got ()"),
        (meaning_of_p, lambda p: p.nonsense, "raised AttributeError"),
        (meaning_of_p, lambda p: p, "p itself"),
        (meaning_of_p, lambda p: focal_pull(p, 1), "This is the pull"),
        (meaning_of_p, lambda p: focal_pull(1 - p, 1) / focal_pull(p, 1), "the odds"),
        (meaning_of_p, lambda p: 1 - focal_posterior(p, 0.5, 1), "changed places"),
        (meaning_of_p, lambda p: focal_posterior(p, 0.25, 1), "alpha 0.25"),
        (meaning_of_p, lambda p: focal_posterior(p, 0.5, 2), "gamma 2"),
        (meaning_of_p, lambda p: p**2 / (p**2 + (1 - p) ** 2), "second part"),
        (meaning_of_p, lambda p: p / 2, "For p = 0.6 it gives 0.3, not 0.67"),
    ],
)
def test_each_slip_gets_its_reason(says_why_not, check, answer, reason):
    """The source's reading of alpha is one of them."""
    says_why_not(check, answer, reason)

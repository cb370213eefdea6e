from math import log

import pytest
import torch

from seglosses.exercises.choosing import bias_of_a_prior, calibration_by_hand, what_the_seeds_show


def test_the_checks_of_choosing_accept_the_right_answers():
    """As a letter, a number or a tensor."""
    assert what_the_seeds_show(" B ").right
    assert calibration_by_hand((8 * 0.15 + 2 * 0.4) / 10).right
    assert bias_of_a_prior(torch.logit(torch.tensor(0.05))).right
    for check in (what_the_seeds_show, calibration_by_hand, bias_of_a_prior):
        assert check(...).right is None


@pytest.mark.parametrize(
    ("check", "answer", "reason"),
    [
        (what_the_seeds_show, "a", "one of five"),
        (what_the_seeds_show, "c", "Compare within a seed"),
        (what_the_seeds_show, "d", "With seed 3 C is below A"),
        (what_the_seeds_show, "e", "The answer must be one of 'a', 'b', 'c', 'd'; got 'e'. Hint: "),
        (calibration_by_hand, 0.04, "cancel"),
        (calibration_by_hand, 0.275, "one vote"),
        (calibration_by_hand, 0.4, "worse bin"),
        (calibration_by_hand, 2, "sum over the pixels"),
        (calibration_by_hand, 0.12, "8 pixels at 0.1 alone"),
        (calibration_by_hand, 0.08, "2 pixels at 0.9 alone"),
        (calibration_by_hand, 0.3, "the gap of each bin"),
        (bias_of_a_prior, 2.9444, "starts at 0.95"),
        (bias_of_a_prior, log(0.05), "odds, 0.05 to 0.95"),
        (bias_of_a_prior, 0.05, "The bias is a logit"),
        (bias_of_a_prior, 0.0526, "their logarithm"),
        (bias_of_a_prior, -1.2788, "base 10"),
        (bias_of_a_prior, 0.5125, "sigmoid of 0.05"),
        (bias_of_a_prior, 1, "Which logit"),
    ],
)
def test_each_slip_gets_its_reason(says_why_not, check, answer, reason):
    """Each likely slip gets its own reason."""
    says_why_not(check, answer, reason)

import pytest
import torch

from seglosses.exercises.family import lovasz_by_hand, tversky_by_hand, which_loss


def test_tversky_by_hand_is_the_formula():
    """1 - 12 / (12 + 0.3 x 2 + 0.7 x 8) = 31/91; with one half twice it is Dice, with 1 twice IoU."""
    value = {pair: 1 - 12 / (12 + pair[0] * 2 + pair[1] * 8) for pair in ((0.3, 0.7), (0.5, 0.5), (1, 1))}
    assert tversky_by_hand(value[0.3, 0.7]).right
    assert "Dice" in tversky_by_hand(value[0.5, 0.5]).reason
    assert "IoU" in tversky_by_hand(value[1, 1]).reason


def test_lovasz_by_hand_is_what_the_page_computes():
    """The lines of the page, on the four pixels."""
    p, y = torch.tensor([0.9, 0.4, 0.3, 0.2]).double(), torch.tensor([1.0, 1, 0, 0]).double()
    errors, order = (y - p).abs().sort(descending=True)
    hits = y[order]
    jaccard = 1 - (y.sum() - hits.cumsum(0)) / (y.sum() + (1 - hits).cumsum(0))
    assert lovasz_by_hand((errors * torch.diff(jaccard, prepend=jaccard[:1] * 0)).sum()).right
    assert "themselves" in lovasz_by_hand((errors * jaccard).sum()).reason


@pytest.mark.parametrize(
    ("check", "answer", "reason"),
    [
        (tversky_by_hand, 19 / 79, "exchanged"),
        (tversky_by_hand, 60 / 91, "coefficient"),
        (tversky_by_hand, 31 / 151, "count twice"),
        (tversky_by_hand, 0.1, "below the bar"),
        (lovasz_by_hand, 0.48, "soft IoU"),
        (lovasz_by_hand, 0.5, "cut at one half"),
        (lovasz_by_hand, 0.3, "mean of the errors"),
        (lovasz_by_hand, 0.35, "not sorted"),
        (lovasz_by_hand, 73 / 120, "one minus"),
        (lovasz_by_hand, 0.7, "worst first"),
        (which_loss, "dacb", "2 of 4 are right. A broken vessel"),
        (which_loss, "cbad", "The island"),
        (which_loss, "cabd", "a weight for each kind"),
        (which_loss, "caba", "a weight for each kind"),
        (which_loss, "cad", "The answer must be 4 letters out of a, b, c, d; got 'cad'. Hint: "),
    ],
)
def test_each_slip_gets_its_reason(says_why_not, check, answer, reason):
    """Whatever is likely to be answered wrongly on the page of the family."""
    says_why_not(check, answer, reason)


def test_a_word_is_right_in_small_and_capital_letters():
    """And its last letter has a reason of its own."""
    assert which_loss("CADB").right
    assert "leaves them out" in which_loss("cadd").reason

import pytest
import torch

from seglosses.training.scores import best_threshold, calibration_error, ranking


def test_calibration_by_hand() -> None:
    """Two bins: (.2, .4) come true 0 times of 2, (.6, 1.) once: (2 * .3 + 2 * .3) / 4."""
    p, y = torch.tensor([0.2, 0.4, 0.6, 1.0]), torch.tensor([0.0, 0.0, 0.0, 1.0])
    assert calibration_error(p, y, bins=2) == pytest.approx(0.3, abs=1e-7)
    assert calibration_error(y, y) == 0
    assert calibration_error(1 - y, y) == 1


def test_a_calibrated_forecast_has_no_error() -> None:
    """Seven of ten pixels that are given 0.7 come true."""
    p, y = torch.full((10,), 0.7), torch.tensor([1.0] * 7 + [0.0] * 3)
    assert calibration_error(p, y) == pytest.approx(0, abs=1e-7)


def test_bad_scores() -> None:
    """Scores of two shapes, of no pixel, or in no bin are refused."""
    p = torch.rand(2, 1, 4, 4)
    for of, truth in ((p, p[:1]), (p[:0], p[:0])):
        with pytest.raises(
            ValueError, match=r"probabilities and truth must have one shape, not empty; got .* Hint: "
        ):
            calibration_error(of, truth)
    with pytest.raises(ValueError, match="bins must be a whole number from 1; got 0"):
        calibration_error(p, p, bins=0)


def test_ranking_by_hand() -> None:
    """Of six pairs .3 beats both, .2 beats .1 and ties with .2, .1 ties and loses: 2 + 1.5 + .5 of 6."""
    p = torch.tensor([0.3, 0.2, 0.1, 0.2, 0.1])
    y = torch.tensor([1.0, 1.0, 1.0, 0.0, 0.0])
    assert ranking(p, y) == pytest.approx(4 / 6)
    assert ranking(p**3, y) == ranking(p, y)  # the order is all that counts
    assert ranking(-p, y) == pytest.approx(2 / 6)
    assert ranking(y, y) == 1
    assert ranking(0 * p, y) == 0.5


def test_ranking_is_the_share_of_won_pairs() -> None:
    """It is what counting all pairs gives."""
    by = torch.Generator().manual_seed(1)
    p, y = torch.randint(9, (200,), generator=by) / 9, torch.randint(2, (200,), generator=by).float()
    gap = p[y == 1].unsqueeze(1) - p[y == 0]
    assert ranking(p, y) == pytest.approx(((gap > 0).double() + (gap == 0) / 2).mean().item(), abs=1e-12)


def test_the_best_threshold_is_the_lowest_of_the_best() -> None:
    """The object has .42, the background .12 and less: from .15 on all is right, until .4."""
    p = torch.tensor([[0.42, 0.12, 0.03], [0.42, 0.42, 0.1]])
    assert best_threshold(p, torch.tensor([[1.0, 0, 0], [1, 1, 0]])) == 0.15


def test_bad_rankings() -> None:
    """A ranking needs pixels of both kinds."""
    p = torch.rand(4)
    for truth in (torch.ones(4), torch.tensor([0.0, 1.0]), torch.tensor([0, 0.5, 1, 1])):
        with pytest.raises(ValueError, match=r"truth must hold zeros and ones .*; got .* Hint: "):
            ranking(p, truth)

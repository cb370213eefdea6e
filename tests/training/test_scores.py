import pytest
import torch

from seglosses.training.scores import calibration_error


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

import pytest
import torch

from seglosses.training.examples import lungs, nodules, observed, shares_of_observers


def test_examples() -> None:
    """Lungs are a fifth of the image, nodules a hundredth; all of it float32 of shape (N, 1, H, W)."""
    for examples, share in ((lungs(4, 100, 32), 0.2), (nodules(4, 100, 32), 0.01)):
        assert examples.images.shape == examples.masks.shape == (4, 1, 32, 32)
        assert examples.images.dtype == examples.masks.dtype == torch.float32
        assert examples.masks.unique().tolist() == [0, 1]
        assert examples.masks.mean().item() == pytest.approx(share, rel=0.2)


def test_observers_share_the_blurred_mask() -> None:
    """Over a thousand observers of one straight border, each pixel is painted as often as its share says."""
    mask = torch.zeros(1, 1, 8, 16)
    mask[..., 8:] = 1
    shares = shares_of_observers(mask)
    both_sides = shares[..., 7] + shares[..., 8]
    torch.testing.assert_close(both_sides, torch.ones(1, 1, 8).double())  # as far inside as outside
    assert shares[0, 0, 0].diff().min() >= 0
    masks = observed(shares.expand(1000, -1, -1, -1))
    assert masks.unique().tolist() == [0, 1]
    assert (masks.mean(0) - shares[0]).abs().max() < 0.05  # three standard deviations of a share of a half


def test_observers_are_seeded() -> None:
    """The same seed is the same observers, and shares of 0 and 1 leave them no choice."""
    masks = lungs(8).masks
    shares = shares_of_observers(masks)
    assert torch.equal(observed(shares, seed=1), observed(shares, seed=1))
    assert not torch.equal(observed(shares, seed=1), observed(shares, seed=2))
    assert torch.equal(observed(masks), masks)


def test_a_blur_of_no_width_is_refused() -> None:
    """Without a width there is no border to disagree about."""
    with pytest.raises(ValueError, match="spread must be a number of pixels above 0; got 0"):
        shares_of_observers(torch.rand(2, 1, 4, 4), spread=0)

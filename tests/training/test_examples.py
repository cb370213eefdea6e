import pytest
import torch

from seglosses.training.examples import (
    half_empty,
    lungs,
    mixed_batches,
    nodules,
    observed,
    shares_of_observers,
    sorted_batches,
)


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


def test_half_of_the_patients_have_nothing() -> None:
    """The first half has a nodule each, the others none, and no patient comes twice."""
    images, masks = half_empty(3, 50)
    assert images.shape == masks.shape == (6, 1, 32, 32)
    assert (masks.sum((1, 2, 3)) > 0).tolist() == [True] * 3 + [False] * 3
    assert len(images.flatten(1).unique(dim=0)) == 6
    assert torch.equal(images[3:], lungs(3, 53, 32).images)


def test_both_orders_show_every_image_once_an_epoch() -> None:
    """They differ in the company alone: half and half in each batch, or one kind."""
    for order, of_the_first in ((mixed_batches, {2}), (sorted_batches, {0, 4})):
        batches = order(8, 4, 3, seed=5)
        assert batches.shape == (12, 4)
        for epoch in batches.split(4):
            assert epoch.flatten().sort().values.tolist() == list(range(16))
        assert set((batches < 8).sum(1).tolist()) == of_the_first
        assert torch.equal(batches, order(8, 4, 3, seed=5))
        assert not torch.equal(batches, order(8, 4, 3, seed=6))
        assert not torch.equal(batches[:4], batches[4:8])


def test_batches_that_cannot_be_halved_are_refused() -> None:
    """Half a batch of each kind needs an even size that divides the images."""
    for size in (0, 3, 6):
        with pytest.raises(
            ValueError, match=r"batch_size must be an even number that divides n; got .* Hint: "
        ):
            mixed_batches(8, size, 1)

"""Which pixels share a sum (dim), how many values come back (reduction), what counts (weight)."""

import pytest
import torch

from seglosses import bce_loss, focal_loss

AXES = [
    (None, ()),
    ((0, 1, 2, 3), ()),
    ((1, 2, 3), (3,)),
    ([1, 2, 3], (3,)),
    ((2, 3), (3, 2)),
    ((-1, -2), (3, 2)),
    ((0, 2, 3), (2,)),
    (0, (2, 5, 4)),
]


@pytest.mark.parametrize(("dim", "shape"), AXES, ids=str)
def test_dim_leaves_the_other_axes(region_loss, batch, dim, shape):
    """The loss has the shape of the axes that are not pooled; None pools all."""
    assert region_loss(*batch, dim=dim).shape == shape


def test_per_image_loss_is_the_loss_of_each_image(region_loss, batch):
    """Pooling all but the batch axis gives the losses that the images have alone, and their gradients."""
    z, y = batch
    alone = torch.stack([region_loss(*image) for image in zip(z, y, strict=True)])
    torch.testing.assert_close(region_loss(z, y, dim=(1, 2, 3)), alone)


def test_reductions_are_pytorchs(pixel_loss, batch):
    """The loss per pixel, its sum and its mean."""
    pixels = pixel_loss(*batch, reduction="none")
    assert pixels.shape == batch[0].shape
    torch.testing.assert_close(pixel_loss(*batch, reduction="sum"), pixels.sum())
    torch.testing.assert_close(pixel_loss(*batch, reduction="mean"), pixels.mean())
    torch.testing.assert_close(pixel_loss(*batch), pixels.mean())


def test_weight_zero_removes_a_pixel(loss, batch):
    """Pixels of weight 0 change neither loss nor gradient, whatever their logit and label: as if cut away."""
    z, y = batch
    kept = torch.zeros_like(y)
    kept[..., :3] = 1
    for noise in (0.0, 50.0, -1e4, 1e30):
        noisy = torch.where(kept == 1, z, noise).requires_grad_()
        value = loss(noisy, torch.where(kept == 1, y, 1.0), weight=kept)
        value.backward()
        torch.testing.assert_close(value.detach(), loss(z[..., :3], y[..., :3]))
        assert (noisy.grad[..., 3:] == 0).all()


def test_a_mask_is_a_weight(loss, batch):
    """A boolean or integer weight is as good as its zeros and ones."""
    kept = torch.arange(batch[0].numel()).view(batch[0].shape) % 3 > 0
    expected = loss(*batch, weight=kept.double())
    for weight in (kept, kept.to(torch.uint8), kept.half()):
        assert loss(*batch, weight=weight).item() == expected.item()


def test_whole_weights_repeat_pixels(loss, batch):
    """A pixel of weight 2 counts like two pixels."""
    z, y = (tensor.flatten() for tensor in batch)
    weight = torch.arange(z.numel()) % 3
    torch.testing.assert_close(
        loss(z, y, weight=weight), loss(*(t.repeat_interleave(weight) for t in (z, y)))
    )


def test_equal_weights_change_nothing_in_a_mean(pixel_loss, batch):
    """In a mean only the proportions of the weights count."""
    torch.testing.assert_close(pixel_loss(*batch, weight=torch.full_like(batch[0], 7)), pixel_loss(*batch))


def test_weights_in_sums_and_pixels(pixel_loss, batch):
    """Without a mean the weight is a factor of each pixel."""
    weight = torch.linspace(0, 3, batch[0].numel()).view(batch[0].shape).double()
    pixels = weight * pixel_loss(*batch, reduction="none")
    torch.testing.assert_close(pixel_loss(*batch, reduction="none", weight=weight), pixels)
    torch.testing.assert_close(pixel_loss(*batch, reduction="sum", weight=weight), pixels.sum())


@pytest.mark.parametrize("smooth", [0.0, 1.0])
def test_everything_ignored_is_zero(loss, batch, smooth):
    """Where every pixel has weight 0 there is nothing to be wrong about: loss 0, gradient 0."""
    z = batch[0].clone().requires_grad_()
    settings = {} if loss in (bce_loss, focal_loss) else {"smooth": smooth}
    value = loss(z, batch[1], weight=torch.zeros_like(z), **settings)
    value.backward()
    assert value.item() == 0
    assert (z.grad == 0).all()


def test_one_ignored_image_leaves_the_others(region_loss, batch):
    """Per image and with smooth 0, an image without a counted pixel scores 0, the others keep their loss."""
    z, y = batch
    weight = torch.ones_like(z)
    weight[1] = 0
    expected = region_loss(z, y, smooth=0, dim=(1, 2, 3))
    expected[1] = 0
    torch.testing.assert_close(region_loss(z, y, smooth=0, dim=(1, 2, 3), weight=weight), expected)

"""Every loss against an independent float64 reference in NumPy: values and closed-form gradients."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss

# --- the reference: value and gradient in z, through logaddexp -----------------------------------------


def sigmoid(z):
    """Without overflow at either end."""
    return np.exp(-np.logaddexp(0, -z))


def dice_reference(z, y, s):
    """1 - D, and (D - 2y) / S times p(1 - p)."""
    p, q = sigmoid(z), sigmoid(-z)
    total = p.sum() + y.sum() + s
    dice = (2 * (p * y).sum() + s) / total
    return 1 - dice, (dice - 2 * y) / total * p * q


def iou_reference(z, y, s):
    """1 - J, and (J (1 - y) - y) / U times p(1 - p)."""
    p, q = sigmoid(z), sigmoid(-z)
    overlap = (p * y).sum()
    union = p.sum() + y.sum() - overlap + s
    iou = (overlap + s) / union
    return 1 - iou, (iou * (1 - y) - y) / union * p * q


def bce_reference(z, y):
    """Mean of -y log p - (1 - y) log(1 - p), and (p - y) / N with 1 - p on its own."""
    loss = y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)
    return loss.mean(), ((1 - y) * sigmoid(z) - y * sigmoid(-z)) / z.size


def bce_dice_reference(z, y, s):
    """The sums of values and gradients."""
    return tuple(a + b for a, b in zip(bce_reference(z, y), dice_reference(z, y, s), strict=True))


def focal_reference(z, y, alpha, gamma):
    """Mean of both classes' losses, and alpha_t (1 - p_t)^g (g p_t log p_t + p_t - 1) with its sign."""
    p, q, log_p, log_q = sigmoid(z), sigmoid(-z), -np.logaddexp(0, -z), -np.logaddexp(0, z)
    a, b = (1, 1) if alpha is None else (alpha, 1 - alpha)
    loss = -a * y * q**gamma * log_p - b * (1 - y) * p**gamma * log_q
    slope = a * y * q**gamma * (gamma * p * log_p - q) - b * (1 - y) * p**gamma * (gamma * q * log_q - p)
    return loss.mean(), slope / z.size


# --- random shapes, masks and magnitudes -----------------------------------------------------------------


@st.composite
def batches(draw):
    """Logits of any magnitude up to 1e4, and a hard or a soft mask."""
    shape = draw(array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=5))
    magnitude = draw(st.sampled_from([0.1, 1.0, 10.0, 100.0, 1e4]))
    z = draw(arrays(np.float64, shape, elements=st.floats(-magnitude, magnitude)))
    label = draw(st.sampled_from([st.sampled_from([0.0, 1.0]), st.floats(0, 1)]))
    return z, draw(arrays(np.float64, shape, elements=label))


smooths = st.sampled_from([1e-5, 0.5, 1.0, 100.0])


def value_and_gradient(loss, z, y, *args, dtype=torch.float64):
    """What torch makes of the same arrays."""
    logits = torch.tensor(z, dtype=dtype, requires_grad=True)
    value = loss(logits, torch.tensor(y, dtype=dtype), *args)
    value.backward()
    return value.item(), logits.grad.numpy()


def assert_equal(result, reference):
    """To 1e-12, relative where the numbers are large."""
    np.testing.assert_allclose(result[0], reference[0], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(result[1], reference[1], rtol=1e-10, atol=1e-12)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(batches(), smooths)
def test_dice_is_the_reference(batch, smooth):
    """Dice loss and gradient, for any shape, mask, magnitude and smooth."""
    assert_equal(value_and_gradient(dice_loss, *batch, smooth), dice_reference(*batch, smooth))


@settings(deadline=None, max_examples=60, derandomize=True)
@given(batches(), smooths)
def test_iou_is_the_reference(batch, smooth):
    """IoU loss and gradient, for any shape, mask, magnitude and smooth."""
    assert_equal(value_and_gradient(iou_loss, *batch, smooth), iou_reference(*batch, smooth))


@settings(deadline=None, max_examples=60, derandomize=True)
@given(batches())
def test_bce_is_the_reference(batch):
    """Cross entropy and gradient, for any shape, mask and magnitude, soft labels included."""
    assert_equal(value_and_gradient(bce_loss, *batch), bce_reference(*batch))


@settings(deadline=None, max_examples=60, derandomize=True)
@given(batches(), smooths)
def test_bce_dice_is_the_reference(batch, smooth):
    """The sum and its gradient, for any shape, mask, magnitude and smooth."""
    assert_equal(value_and_gradient(bce_dice_loss, *batch, smooth), bce_dice_reference(*batch, smooth))


@settings(deadline=None, max_examples=100, derandomize=True)
@given(batches(), st.none() | st.floats(0, 1), st.sampled_from([0.0, 0.5, 1.0, 2.0, 5.0]))
def test_focal_is_the_reference(batch, alpha, gamma):
    """Focal loss and gradient, for any shape, mask and magnitude, soft labels and gamma below 1 included."""
    assert_equal(value_and_gradient(focal_loss, *batch, alpha, gamma), focal_reference(*batch, alpha, gamma))


# --- float32 ---------------------------------------------------------------------------------------

REFERENCES = [
    (dice_loss, lambda z, y: dice_reference(z, y, 1.0)),
    (iou_loss, lambda z, y: iou_reference(z, y, 1.0)),
    (bce_loss, bce_reference),
    (bce_dice_loss, lambda z, y: bce_dice_reference(z, y, 1.0)),
    (focal_loss, lambda z, y: focal_reference(z, y, 0.25, 2.0)),
]


@pytest.mark.parametrize("spread", [1, 3, 10])
@pytest.mark.parametrize("foreground", [0.3, 1e-4])
@pytest.mark.parametrize(("one", "reference"), REFERENCES, ids=lambda f: getattr(f, "__name__", ""))
def test_float32_keeps_its_digits(one, reference, foreground, spread):
    """The loss is right to 2e-7 and the gradient to 5e-7 of its largest entry, rare foreground included."""
    random = np.random.default_rng(0)
    z = (spread * random.standard_normal((2, 1, 256, 256))).astype(np.float32).astype(np.float64)
    y = (random.random(z.shape) < foreground).astype(np.float64)
    value, gradient = value_and_gradient(one, z, y, dtype=torch.float32)
    expected, slope = reference(z, y)
    assert value == pytest.approx(expected, rel=2e-7, abs=2e-7)
    assert np.abs(gradient - slope).max() <= 5e-7 * np.abs(slope).max()


@pytest.mark.parametrize("z", [-3.0, -10.0, -15.9, 3.0, 10.0, 15.9])
def test_float32_of_a_nearly_right_image(z):
    """Where every pixel is nearly right, cross entropy is off by half a last place of the logit at most."""
    y = float(z > 0)
    value = bce_loss(torch.full((8,), z), torch.full((8,), y)).item()
    assert value == pytest.approx(np.logaddexp(0, -abs(np.float32(z))), abs=5e-7)

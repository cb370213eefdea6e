"""PyTorch's transforms of a function: derivatives, vmap, compile; and the same digits twice."""

import subprocess
import sys

import pytest
import torch
from torch.func import grad, hessian, vmap

from seglosses import DiceLoss, bce_loss, focal_loss


def small(batch):
    """Few enough pixels for a numerical Jacobian; one of them sits exactly on the kink of |z|."""
    z, y = (tensor[0, 0, :2].clone() for tensor in batch)
    z[0, 0] = 0
    return z.requires_grad_(), y


def test_gradcheck(loss, batch):
    """The gradient is the numerical derivative, on hard and soft labels, weighted or not."""
    z, y = small(batch)
    for labels in (y, y * 0.8 + 0.1):
        for weight in (None, y + 0.5):
            assert torch.autograd.gradcheck(lambda x, t=labels, w=weight: loss(x, t, weight=w), z)


def test_gradgradcheck(loss, batch):
    """So is the second derivative."""
    z, y = small(batch)
    assert torch.autograd.gradgradcheck(lambda x: loss(x, y), z)


def test_derivatives_per_image_and_per_pixel(region_loss, pixel_loss, batch):
    """The losses that keep an axis have right derivatives too."""
    z, y = small(batch)
    assert torch.autograd.gradcheck(lambda x: region_loss(x, y, smooth=0, dim=1), z)
    assert torch.autograd.gradcheck(lambda x: pixel_loss(x, y, reduction="none"), z)


@pytest.mark.parametrize("gamma", [0.0, 0.3, 1.0, 3.0])
def test_focal_derivatives(batch, gamma):
    """For every gamma, twice."""
    z, y = small(batch)
    assert torch.autograd.gradcheck(lambda x: focal_loss(x, y, gamma=gamma), z)
    assert torch.autograd.gradgradcheck(lambda x: focal_loss(x, y, gamma=gamma), z)


def test_vmap_is_one_loss_per_image(loss, batch):
    """Mapping over the batch gives each image its own loss, and each its own gradient."""
    z, y = batch
    torch.testing.assert_close(vmap(loss)(z, y), torch.stack([loss(*one) for one in zip(z, y, strict=True)]))
    slopes = torch.stack([grad(loss)(*one) for one in zip(z, y, strict=True)])
    torch.testing.assert_close(vmap(grad(loss))(z, y), slopes)


def test_vmap_over_logits_or_masks_alone(loss, batch):
    """Many predictions against one mask, and one prediction against many masks."""
    z, y = batch
    torch.testing.assert_close(vmap(loss, (0, None))(z, y[0]), torch.stack([loss(x, y[0]) for x in z]))
    torch.testing.assert_close(vmap(loss, (None, 0))(z[0], y), torch.stack([loss(z[0], t) for t in y]))


@pytest.mark.filterwarnings(
    "ignore:`torch.jit.script` is deprecated:DeprecationWarning"
)  # torch's own use of it
def test_hessian(loss, batch):
    """Forward over reverse: the matrix of second derivatives is symmetric and finite."""
    z, y = (tensor.detach() for tensor in small(batch))
    matrix = hessian(loss)(z, y).reshape(8, 8)
    assert matrix.isfinite().all()
    torch.testing.assert_close(matrix, matrix.T)


def traced(function):
    """``function`` as one graph with its backward, run without generating code: seconds faster to make."""
    torch._dynamo.reset()
    return torch.compile(function, fullgraph=True, backend="aot_eager")


def value_and_slope(function, z, y):
    """The value of a loss and its gradient in z."""
    x = z.clone().requires_grad_()
    value = function(x, y)
    value.sum().backward()
    return value.detach(), x.grad


# The warning is of torch's compiler about itself, which makes an instance of each autograd.Function.
@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")
def test_each_loss_is_one_graph(loss, batch):
    """Without a break in the graph, value and gradient stay what they were."""
    torch.testing.assert_close(value_and_slope(traced(loss), *batch), value_and_slope(loss, *batch))


COMPILED = """
import torch
from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss

def all_five(z, y):
    return torch.stack([loss(z, y) for loss in (dice_loss, iou_loss, bce_loss, focal_loss, bce_dice_loss)])

torch.manual_seed(0)
z, y = 3 * torch.randn(2, 1, 9, 7), (torch.rand(2, 1, 9, 7) < 0.4).float()
results = []
for function in (all_five, torch.compile(all_five, fullgraph=True)):
    x = z.clone().requires_grad_()
    value = function(x, y)
    value.sum().backward()
    results.append((value.detach(), x.grad))
torch.testing.assert_close(*results, rtol=1e-5, atol=1e-6)
"""


def test_compiled_code_gives_the_same_losses():
    """All five in one function, compiled to machine code in an interpreter of their own."""
    done = subprocess.run([sys.executable, "-c", COMPILED], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def test_a_module_with_weight_and_dim_is_one_graph(batch):
    """The settings and a weight compile too, and shapes are still checked."""
    z, y = batch
    loss = DiceLoss(smooth=0, dim=(1, 2, 3))
    torch.testing.assert_close(traced(loss)(z, y, y + 1), loss(z, y, y + 1))
    with pytest.raises(Exception, match="targets must have the shape of inputs"):
        traced(loss)(z, y[0])


def test_values_are_not_looked_at_where_they_cannot_be():
    """On the meta device, under vmap and under compile there is nothing to read, and nothing stalls."""
    wrong = torch.full((2, 3), 255.0)
    assert bce_loss(torch.zeros(2, 3, device="meta"), wrong.to("meta")).device.type == "meta"
    assert vmap(bce_loss)(torch.zeros(2, 3), wrong).shape == (2,)
    assert traced(bce_loss)(torch.zeros(2, 3), wrong).shape == ()


def test_the_same_call_gives_the_same_digits(loss, batch):
    """Two runs agree to the last bit, and a call leaves its arguments as they were."""
    z, y = batch
    before = z.clone(), y.clone()
    first, second = (grad(loss)(z, y) for _ in range(2))
    assert torch.equal(first, second)
    assert torch.equal(z, before[0])
    assert torch.equal(y, before[1])

"""Values with their slopes, block by block: the same as autograd finds on its longer way."""

import pytest
import torch
import torch.nn.functional as F
from torch.func import jvp

from seglosses import focal_loss
from seglosses.losses import _pixelwise


def plain_focal(z, y, alpha, gamma):
    """The formula itself, left to autograd."""
    log_p, log_q = F.logsigmoid(z), F.logsigmoid(-z)
    foreground = -alpha * y * torch.exp(gamma * log_q) * log_p
    return foreground - (1 - alpha) * (1 - y) * torch.exp(gamma * log_p) * log_q


@pytest.fixture
def pixels():
    """Logits and soft labels of 4 x 6 pixels in float64."""
    seeded = torch.Generator().manual_seed(0)
    z = 5 * torch.randn(4, 6, generator=seeded, dtype=torch.float64)
    return z.requires_grad_(), torch.rand(4, 6, generator=seeded, dtype=torch.float64).requires_grad_()


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("alpha", [0.0, 0.25, 1.0])
def test_loss_and_derivatives_are_those_of_the_formula(pixels, alpha, gamma):
    """Value, both gradients, and the second derivatives, at 1e-12."""
    results = []
    for loss in (
        focal_loss(*pixels, alpha, gamma, reduction="sum"),
        plain_focal(*pixels, alpha, gamma).sum(),
    ):
        by_z, by_y = torch.autograd.grad(loss, pixels, create_graph=True)
        second = torch.autograd.grad(by_z.sum(), pixels, retain_graph=True)
        results.append((loss, by_z, by_y, *second, *torch.autograd.grad(by_y.sum(), pixels[:1])))
    torch.testing.assert_close(*results, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("gamma", [0.0, 0.01, 0.5, 1.0, 2.0])
def test_second_derivatives_are_finite_everywhere(gamma):
    """Also where the sigmoid underflows, from 88 on in float32: value, slope and its slope."""
    z = torch.tensor([0.0, 50.0, 88.0, 95.0, 110.0, 1e4]).repeat(4).view(4, 6)
    z = (z * torch.tensor([[1.0], [-1.0], [1.0], [-1.0]])).requires_grad_()
    y = torch.tensor([[0.0], [0.0], [1.0], [1.0]]).expand(4, 6)
    loss = focal_loss(z, y, gamma=gamma, reduction="none")
    (slope,) = torch.autograd.grad(loss.sum(), z, create_graph=True)
    (bend,) = torch.autograd.grad(slope.sum(), z)
    assert all(values.isfinite().all() for values in (loss, slope, bend))
    exact = plain_focal(z.detach().double(), y.double(), 0.25, gamma)
    torch.testing.assert_close(loss.detach(), exact.float(), rtol=2e-6, atol=1e-30)


@pytest.mark.parametrize("size", [1, 7, 24, 25])
def test_blocks_leave_no_trace(pixels, size, monkeypatch):
    """Blocks that fit, that do not, and that hold all: not a bit differs, in any memory layout."""
    z, y = (tensor.detach() for tensor in pixels)
    results = []
    for block in (2**17, size):
        monkeypatch.setattr(_pixelwise, "BLOCK", block)
        for turned in (False, True):
            x = (z.T.contiguous().T if turned else z.clone()).requires_grad_()
            loss = focal_loss(x, y, reduction="none")
            loss.backward(torch.arange(24.0).double().view(4, 6))
            results.append(torch.stack([loss.detach(), x.grad]))
    assert all(torch.equal(results[0], result) for result in results)


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")  # torch's own call
def test_forward_mode(pixels):
    """A move of the logits, of the labels, and of both, against the gradient."""
    z, y = (tensor.detach() for tensor in pixels)
    by_z, by_y = torch.autograd.grad(plain_focal(*pixels, 0.25, 2.0).mean(), pixels)
    dz, dy = torch.full_like(z, 0.3), torch.linspace(-1, 1, 24, dtype=torch.float64).view(4, 6)
    torch.testing.assert_close(jvp(lambda x: focal_loss(x, y), (z,), (dz,))[1], (by_z * dz).sum())
    torch.testing.assert_close(jvp(lambda t: focal_loss(z, t), (y,), (dy,))[1], (by_y * dy).sum())
    both = jvp(focal_loss, (z, y), (dz, dy))[1]
    torch.testing.assert_close(both, (by_z * dz).sum() + (by_y * dy).sum())


def test_no_graph_is_kept_where_none_is_asked_for(pixels):
    """Under ``no_grad`` the loss is a value, with hooks to nothing."""
    with torch.no_grad():
        assert focal_loss(*pixels).grad_fn is None
    assert focal_loss(pixels[0].detach(), pixels[1].detach()).grad_fn is None

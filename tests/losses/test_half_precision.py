"""Half precision in, float32 sums and a float32 loss out."""

import pytest
import torch

half = pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=["fp16", "bf16"])


@half
def test_half_logits_give_the_loss_of_their_float32_values(loss, batch, dtype):
    """Nothing is summed in half precision: the loss is float32 and equal to that of the upcast logits."""
    z, y = batch[0].to(dtype), batch[1]
    for mask in (y.to(dtype), y.float(), y.bool()):
        value = loss(z, mask)
        assert value.dtype == torch.float32
        assert value.item() == loss(z.float(), y.float()).item()


@half
def test_half_gradients_are_the_float32_ones_rounded(loss, batch, dtype):
    """The gradient comes back in the type of the logits, rounded once."""
    z = batch[0].to(dtype).requires_grad_()
    w = z.detach().float().requires_grad_()
    loss(z, batch[1]).backward()
    loss(w, batch[1].float()).backward()
    assert z.grad.dtype == dtype
    torch.testing.assert_close(z.grad, w.grad.to(dtype), rtol=0, atol=0)


def test_4096_by_4096_in_fp16_is_finite(loss):
    """16.8 million pixels, whose sum no float16 holds, give the loss of a small image like them."""
    z = torch.tensor([2.0, -3.0]).half().repeat(4096, 2048)
    y = torch.tensor([1, 0], dtype=torch.uint8).repeat(4096, 2048)
    z.requires_grad_()
    value = loss(z, y)
    value.backward()
    torch.testing.assert_close(value, loss(z[:2, :1024].detach(), y[:2, :1024]), rtol=1e-3, atol=0)
    assert z.grad.isfinite().all()


@half
def test_autocast_changes_nothing(loss, batch, dtype):
    """Under autocast the loss of half-precision logits is that of the same logits outside of it."""
    z, y = batch[0].to(dtype), batch[1].float()
    with torch.autocast("cpu", dtype=dtype):
        inside, inside_float32 = loss(z, y), loss(z.float(), y)
    assert inside.dtype == inside_float32.dtype == torch.float32
    assert inside.item() == inside_float32.item() == loss(z, y).item()


def test_float64_stays_float64(loss, batch):
    """Double precision is kept, whatever the mask's type."""
    assert loss(batch[0], batch[1].half()).dtype == torch.float64

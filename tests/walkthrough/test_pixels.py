from math import log

import pytest
import torch

from seglosses import bce_loss, focal_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, NODULE_PROBABILITIES
from seglosses.walkthrough.pixels import bce_pixels, focal_pixels, focal_posterior, focal_pull, running_share


def test_bce_of_each_nodule_pixel():
    """0.9 on a 1 and 0.1 on a 0 cost -ln 0.9; 0.8 on a 1 costs -ln 0.8; the mean is 0.106538, not 0.186."""
    pixels = bce_pixels(NODULE_PROBABILITIES, NODULE)
    expected = torch.full((10, 10), -log(0.9), dtype=torch.float64)
    expected[3, 3] = -log(0.8)
    torch.testing.assert_close(pixels, expected, rtol=1e-14, atol=0)
    # (99 x 0.1053605 + 0.2231436) / 100
    assert pixels.mean().item() == pytest.approx(0.106538, abs=5e-7)


def test_bce_of_certain_pixels():
    """Sure and right costs nothing, sure and wrong costs infinity, and 0 ln 0 is no nan."""
    p, y = torch.tensor([1.0, 0.0, 0.0, 1.0]), torch.tensor([1.0, 0.0, 1.0, 0.0])
    assert bce_pixels(p, y).tolist() == [0, 0, float("inf"), float("inf")]


def test_focal_factors_of_the_four_samples_of_the_text():
    """At alpha 0.5 and gamma 2: p_t 0.9 costs 0.5 x 0.01 x 0.10536, p_t 0.6 costs 0.5 x 0.16 x 0.51083."""
    p = torch.tensor([0.9, 0.1, 0.6, 0.4], dtype=torch.float64)
    y = torch.tensor([1.0, 0.0, 1.0, 0.0], dtype=torch.float64)
    pixels = focal_pixels(p, y, alpha=0.5)
    assert pixels.p_t.tolist() == [0.9, 0.9, 0.6, 0.6]
    assert pixels.focusing.tolist() == pytest.approx([0.01, 0.01, 0.16, 0.16], rel=1e-14)
    easy, hard = 0.5 * 0.01 * -log(0.9), 0.5 * 0.16 * -log(0.6)
    assert pixels.loss.tolist() == pytest.approx([easy, easy, hard, hard], rel=1e-13)


def test_focal_alpha_weighs_the_positive_class():
    """Alpha 0.25 weighs a positive 0.25 and a negative 0.75: the reverse of what the source says."""
    weights = focal_pixels(NODULE_PROBABILITIES, NODULE, alpha=0.25).alpha_t
    assert weights[NODULE == 1].tolist() == [0.25] * 3
    assert weights[NODULE == 0].tolist() == [0.75] * 97


def test_focal_without_focusing_is_half_of_bce():
    """Gamma 0 and alpha 0.5 leave half of BCE at every pixel."""
    focal = focal_pixels(LUNG_PROBABILITIES, LUNG, alpha=0.5, gamma=0)
    torch.testing.assert_close(focal.loss, bce_pixels(LUNG_PROBABILITIES, LUNG) / 2)


def test_four_missed_pixels_carry_the_focal_loss_of_the_lung():
    """The bottom row at 0.1 carries 94.50 % of the focal loss, and 42.16 % of BCE."""
    missed = torch.zeros_like(LUNG, dtype=torch.bool)
    missed[5, 2:6] = True
    focal = focal_pixels(LUNG_PROBABILITIES, LUNG, alpha=0.5)
    assert (focal.loss[missed].sum() / focal.loss.sum()).item() == pytest.approx(0.9450, abs=5e-5)
    assert (focal.bce[missed].sum() / focal.bce.sum()).item() == pytest.approx(0.4216, abs=5e-5)


def test_focal_takes_hard_targets_only():
    """For a soft label, p_t has no meaning."""
    with pytest.raises(ValueError, match=r"target must be a mask of 0 and 1; got a pixel of 0\.1\. Hint: "):
        focal_pixels(LUNG_PROBABILITIES, LUNG_PROBABILITIES)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0, 5.0])
def test_focal_pull_is_what_autograd_finds(gamma):
    """The closed form is the size of the gradient with respect to the logit, for both classes."""
    z = torch.linspace(-8, 8, 33, dtype=torch.float64).requires_grad_()
    for y in (0.0, 1.0):
        loss = focal_loss(z, torch.full_like(z, y), alpha=None, gamma=gamma, reduction="sum")
        (slope,) = torch.autograd.grad(loss, z)
        p_t = torch.sigmoid(z.detach() if y else -z.detach())
        torch.testing.assert_close(focal_pull(p_t, gamma), slope.abs(), rtol=1e-10, atol=1e-14)
    assert focal_pull(torch.tensor([0.0, 1.0]), gamma).tolist() == [1, 0]


def test_focal_pull_is_at_times_harder_than_that_of_cross_entropy():
    """Gamma 2: at most 1.128983, at p_t 0.0578; above 1 - p_t up to p_t 0.2976."""
    p_t = torch.arange(1, 1_000_000, dtype=torch.float64) / 1_000_000
    pull = focal_pull(p_t)
    assert pull.max().item() == pytest.approx(1.128983, abs=5e-7)
    assert p_t[pull.argmax()].item() == pytest.approx(0.0578, abs=5e-5)
    assert p_t[pull > 1 - p_t].max().item() == pytest.approx(0.2976, abs=5e-5)


@pytest.mark.parametrize(("alpha", "gamma"), [(0.5, 0.0), (0.5, 2.0), (0.25, 2.0), (0.9, 0.5), (0.75, 5.0)])
def test_the_expected_focal_loss_is_lowest_where_focal_posterior_says(alpha, gamma):
    """Of a pixel that is foreground with that frequency, no other probability costs less."""
    p = torch.linspace(0.001, 0.999, 999, dtype=torch.float64)
    z = torch.logit(p)
    costs = [focal_loss(z, torch.full_like(z, y), alpha, gamma, reduction="none") for y in (0.0, 1.0)]
    for at in (49, 499, 899):
        eta = focal_posterior(p[at], alpha, gamma)
        assert torch.lerp(*costs, eta).argmin() == at
    half = torch.tensor(0.5, dtype=torch.float64)
    assert focal_posterior(half, alpha, gamma).item() == pytest.approx(1 - alpha, rel=1e-12)


def test_focal_posterior_without_focusing_is_the_probability_itself():
    """Gamma 0 and alpha 0.5 is half of cross entropy, which is proper."""
    p = torch.linspace(0.01, 0.99, 99, dtype=torch.float64)
    torch.testing.assert_close(focal_posterior(p, alpha=0.5, gamma=0), p, rtol=1e-12, atol=0)


def test_running_share_starts_with_the_smallest():
    """Of 1, 2 and 5 the smallest carries an eighth, the two smaller ones three."""
    assert running_share(torch.tensor([[5.0, 1.0], [2.0, 0.0]])).tolist() == [0, 1 / 8, 3 / 8, 1]


def test_the_losses_agree_with_the_pixels():
    """What the package computes from logits is the mean of what the text computes from probabilities."""
    p, y = LUNG_PROBABILITIES, LUNG
    z = torch.logit(p)
    assert bce_loss(z, y).item() == pytest.approx(bce_pixels(p, y).mean().item(), rel=1e-12)
    assert focal_loss(z, y).item() == pytest.approx(focal_pixels(p, y).loss.mean().item(), rel=1e-12)

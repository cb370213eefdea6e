from fractions import Fraction
from inspect import getsource
from math import log

import pytest
import torch
import torch.nn.functional as F

from seglosses import bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, NODULE_PROBABILITIES, PREDICTION_1, PREDICTION_2
from seglosses.walkthrough import (
    Listing,
    Overlap,
    bce_pixels,
    dice_gradient,
    focal_pixels,
    focal_posterior,
    focal_pull,
    iou_gradient,
    kept_for_backward,
    listing,
    overlap,
    plain_dice_loss,
    plain_focal_loss,
    running_share,
    shuffled,
    soft_overlap,
)

EMPTY = torch.zeros_like(LUNG)


def test_prediction_1_has_the_counts_and_scores_of_the_text():
    """Dice is (2 x 19) / (19 + 20) = 38/39 and IoU is 19 / (19 + 20 - 19) = 19/20."""
    terms = overlap(PREDICTION_1, LUNG)
    assert terms == Overlap(tp=19, fp=0, fn=1, tn=80)
    assert (terms.intersection, terms.predicted, terms.actual, terms.union) == (19, 19, 20, 20)
    assert terms.dice() == Fraction(38, 39)
    assert terms.iou() == Fraction(19, 20)


def test_prediction_2_has_the_counts_and_scores_of_the_text():
    """Dice is (2 x 5) / (7 + 20) = 10/27 and IoU is 5 / (7 + 20 - 5) = 5/22."""
    terms = overlap(PREDICTION_2, LUNG)
    assert terms == Overlap(tp=5, fp=2, fn=15, tn=78)
    assert (terms.intersection, terms.predicted, terms.actual, terms.union) == (5, 7, 20, 22)
    assert terms.dice() == Fraction(10, 27)
    assert terms.iou() == Fraction(5, 22)


def test_smooth_is_added_above_and_below_the_bar():
    """With 1, prediction 2 has Dice 11/28 and IoU 6/23; a half works too and stays exact."""
    terms = overlap(PREDICTION_2, LUNG)
    assert terms.dice(smooth=1) == Fraction(11, 28)
    assert terms.iou(smooth=1) == Fraction(6, 23)
    assert terms.iou(Fraction(1, 2)) == Fraction(11, 45)  # (5 + 1/2) / (22 + 1/2)


def test_two_empty_masks_have_no_score_until_smooth_gives_them_one():
    """0/0 is refused; with any smooth the two agree perfectly."""
    nothing = overlap(EMPTY, EMPTY)
    with pytest.raises(ZeroDivisionError):
        nothing.dice()
    with pytest.raises(ZeroDivisionError):
        nothing.iou()
    assert nothing.dice(1) == nothing.iou(1) == 1


def test_masks_alike_counts_every_way_to_place_the_same_pixels():
    """Prediction 2 chooses 5 of 20 lung pixels and 2 of 80 others: 15504 x 3160 = 48992640 masks."""
    assert overlap(PREDICTION_2, LUNG).masks_alike == 15504 * 3160 == 48992640
    assert overlap(PREDICTION_1, LUNG).masks_alike == 20  # any one lung pixel may be the missed one
    assert overlap(LUNG, LUNG).masks_alike == 1


def test_shuffled_masks_look_different_and_count_the_same():
    """Ten seeds give ten masks, all with prediction 2's counts; one seed always gives the same."""
    masks = [shuffled(PREDICTION_2, LUNG, seed) for seed in range(10)]
    assert {overlap(mask, LUNG) for mask in masks} == {overlap(PREDICTION_2, LUNG)}
    assert len({tuple(mask.flatten().tolist()) for mask in masks}) == 10
    assert torch.equal(masks[3], shuffled(PREDICTION_2, LUNG, 3))


def test_overlap_takes_boolean_and_integer_masks():
    """A mask's type does not change its counts."""
    assert overlap(PREDICTION_2 > 0, LUNG.to(torch.uint8)) == overlap(PREDICTION_2, LUNG)


def test_overlap_says_which_mask_is_none():
    """A probability map or a 0/255 mask is refused by name and value."""
    with pytest.raises(
        ValueError,
        match=r"prediction must be a mask of 0 and 1; got a pixel of 0\.1\. Hint: prediction > 0\.5",
    ):
        overlap(LUNG_PROBABILITIES, LUNG)
    with pytest.raises(
        ValueError,
        match=r"target must be a mask of 0 and 1; got a pixel of 255\.0\. Hint: .*target / 255",
    ):
        overlap(LUNG, 255 * LUNG)


@pytest.mark.parametrize(
    "measure", [overlap, shuffled, soft_overlap, dice_gradient, iou_gradient, bce_pixels, focal_pixels]
)
def test_shapes_must_match(measure):
    """Broadcasting a row over a grid would count pixels that nobody drew."""
    with pytest.raises(ValueError, match=r"the same shape; got \(10, 10\) and \(10,\)\. Hint: "):
        measure(LUNG, LUNG[0])


@pytest.mark.parametrize("measure", [soft_overlap, dice_gradient, iou_gradient, bce_pixels, focal_pixels])
@pytest.mark.parametrize("value", [1.5, -0.1, float("nan")])
def test_probabilities_must_be_probabilities(measure, value):
    """Logits given for probabilities are refused, with the way out."""
    with pytest.raises(ValueError, match=rf"must lie in \[0, 1\]; got {value}\. Hint: torch\.sigmoid"):
        measure(torch.full_like(LUNG, value), LUNG)


def test_soft_overlap_of_hard_masks_is_the_hard_overlap():
    """With p of 0 and 1 the sums are the counts."""
    hard, soft = overlap(PREDICTION_2, LUNG), soft_overlap(PREDICTION_2, LUNG)
    assert (soft.intersection, soft.predicted, soft.actual, soft.union) == (5, 7, 20, 22)
    assert soft.dice() == float(hard.dice())
    assert soft.iou(1) == float(hard.iou(1))


def test_soft_overlap_of_the_lung_probabilities():
    """Sum p y = 4(.9) + 6(.8) + 4(.7) + 2(.6) + 4(.1) = 12.8; sum p = 12.8 + 8; Dice 25.6/40.8 = 32/51."""
    terms = soft_overlap(LUNG_PROBABILITIES, LUNG)
    assert terms.intersection == pytest.approx(12.8, rel=1e-14)
    assert terms.predicted == pytest.approx(20.8, rel=1e-14)
    assert terms.dice() == pytest.approx(32 / 51, rel=1e-14)
    assert terms.iou() == pytest.approx(16 / 35, rel=1e-14)  # 12.8 / (20.8 + 20 - 12.8)
    assert terms.dice(1) == pytest.approx(7 / 11, rel=1e-14)  # 26.6 / 41.8


def test_dice_gradient_has_two_values():
    """With D = 10/27 and S = 27: (10/27 - 2)/27 = -44/729 on the lung, (10/27)/27 = 10/729 elsewhere."""
    gradient = dice_gradient(PREDICTION_2, LUNG)
    torch.testing.assert_close(gradient[LUNG == 1], torch.full((20,), -44 / 729, dtype=torch.float64))
    torch.testing.assert_close(gradient[LUNG == 0], torch.full((80,), 10 / 729, dtype=torch.float64))


@pytest.mark.parametrize("smooth", [0, 1, 3])
def test_dice_gradient_is_what_autograd_finds(smooth):
    """The closed form and the chain rule agree on a map of many probabilities."""
    p = torch.linspace(0.01, 0.99, 100, dtype=torch.float64).reshape(10, 10).requires_grad_()
    loss = 1 - (2 * (p * LUNG).sum() + smooth) / (p.sum() + LUNG.sum() + smooth)
    loss.backward()
    torch.testing.assert_close(dice_gradient(p.detach(), LUNG, smooth), p.grad, rtol=1e-12, atol=0)


def test_iou_gradient_has_two_values():
    """With U = 22 and J = 5/22: -1/22 on the lung, (5/22)/22 = 5/484 elsewhere."""
    gradient = iou_gradient(PREDICTION_2, LUNG)
    torch.testing.assert_close(gradient[LUNG == 1], torch.full((20,), -1 / 22, dtype=torch.float64))
    torch.testing.assert_close(gradient[LUNG == 0], torch.full((80,), 5 / 484, dtype=torch.float64))


@pytest.mark.parametrize("smooth", [0, 1, 3])
def test_iou_gradient_is_what_autograd_finds(smooth):
    """The closed form and the chain rule agree on a map of many probabilities."""
    p = torch.linspace(0.01, 0.99, 100, dtype=torch.float64).reshape(10, 10).requires_grad_()
    shared = (p * LUNG).sum()
    loss = 1 - (shared + smooth) / (p.sum() + LUNG.sum() - shared + smooth)
    loss.backward()
    torch.testing.assert_close(iou_gradient(p.detach(), LUNG, smooth), p.grad, rtol=1e-12, atol=1e-18)


@pytest.mark.parametrize("p", [PREDICTION_1, PREDICTION_2, LUNG_PROBABILITIES])
def test_the_gradients_of_dice_and_iou_differ_by_one_factor(p):
    """Without smooth it is 2 / (1 + J)^2, for every pixel of the image."""
    factor = 2 / (1 + soft_overlap(p, LUNG).iou()) ** 2
    torch.testing.assert_close(dice_gradient(p, LUNG), factor * iou_gradient(p, LUNG), rtol=1e-12, atol=1e-18)


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
    """Gamma 0 and alpha 0.5 is half of cross-entropy, which is proper."""
    p = torch.linspace(0.01, 0.99, 99, dtype=torch.float64)
    torch.testing.assert_close(focal_posterior(p, alpha=0.5, gamma=0), p, rtol=1e-12, atol=0)


def test_running_share_starts_with_the_smallest():
    """Of 1, 2 and 5 the smallest carries an eighth, the two smaller ones three."""
    assert running_share(torch.tensor([[5.0, 1.0], [2.0, 0.0]])).tolist() == [0, 1 / 8, 3 / 8, 1]


def test_listing_is_the_code_without_its_docstring():
    """The page shows each line that runs, from the first to the ``return``."""
    assert listing(Overlap.predicted.fget).code == (
        "@property\ndef predicted(self) -> int:\n    return self.tp + self.fp"
    )
    code = listing(dice_loss).code
    assert code.startswith("def dice_loss(")
    assert '"""' not in code
    body = [line for line in getsource(dice_loss).split('"""')[2].splitlines() if line]
    assert code.splitlines()[-len(body) :] == body


def test_listing_reaches_a_page_as_python():
    """A notebook shows it highlighted."""
    assert Listing("x = 1")._repr_markdown_() == "```python\nx = 1\n```"


def test_losses_agree_with_the_terms():
    """What the package computes from logits is what the text computes from probabilities."""
    p, y = LUNG_PROBABILITIES, LUNG
    z = torch.logit(p)
    terms = soft_overlap(p, y)
    assert dice_loss(z, y).item() == pytest.approx(1 - terms.dice(1), rel=1e-12)
    assert iou_loss(z, y).item() == pytest.approx(1 - terms.iou(1), rel=1e-12)
    assert bce_loss(z, y).item() == pytest.approx(bce_pixels(p, y).mean().item(), rel=1e-12)
    assert focal_loss(z, y).item() == pytest.approx(focal_pixels(p, y).loss.mean().item(), rel=1e-12)


@pytest.mark.parametrize("smooth", [0.0, 1.0])
def test_the_plain_dice_loss_is_dice_where_nothing_breaks(smooth):
    """In float64 it is the package's; in float16 it keeps the type, and twice 181^2 = 32761 is too much."""
    z = torch.logit(LUNG_PROBABILITIES)
    assert plain_dice_loss(z, LUNG, smooth).item() == pytest.approx(
        dice_loss(z, LUNG, smooth).item(), abs=1e-12
    )
    for side, broken in ((180, False), (181, True)):
        ones = torch.ones(side, side, dtype=torch.float16)
        loss = plain_dice_loss(20 * ones, ones, smooth)
        assert loss.dtype == torch.float16
        assert loss.isnan().item() is broken


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_the_plain_focal_loss_is_focal_where_nothing_breaks(gamma):
    """In float64 it is the package's; sure and right in float32, its slope for gamma 0.5 is no number."""
    z = torch.logit(LUNG_PROBABILITIES)
    assert plain_focal_loss(z, LUNG, 0.25, gamma).item() == pytest.approx(
        focal_loss(z, LUNG, 0.25, gamma).item(), abs=1e-12
    )
    sure = torch.tensor([18.0], requires_grad=True)
    (slope,) = torch.autograd.grad(plain_focal_loss(sure, torch.ones(1), gamma=gamma), sure)
    assert slope.isnan().item() is (gamma == 0.5)


def test_what_a_loss_keeps_is_counted_once():
    """A product keeps its other factor; what was given, and what is kept twice, does not add up."""
    z, y = torch.rand(8, 8), torch.rand(8, 8)
    assert kept_for_backward(F.binary_cross_entropy_with_logits, z, y) == 0
    assert kept_for_backward(lambda z, y: (z * y).sum(), z, y) == 0
    assert (
        kept_for_backward(lambda z, y: torch.sigmoid(z).sum(), z, y) == 1
    )  # the sigmoid's slope is p (1 - p)
    assert kept_for_backward(lambda z, y: (torch.sigmoid(z) ** 2).sum(), z, y) == 1
    assert kept_for_backward(lambda z, y: (torch.sigmoid(z) * torch.exp(z)).sum(), z, y) == 2

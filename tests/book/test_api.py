"""The recipes of the API page run as they stand, and compute what the page says."""

import re
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch.testing import assert_close

from seglosses import dice_loss, iou_loss
from seglosses.grids import as_logits
from seglosses.metrics import dice_score

PAGE = (Path(__file__).parents[2] / "book" / "api.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
CLASSES = 3


@pytest.fixture(scope="module")
def page():
    """Every name of the page, after all of its blocks have run in order, in one namespace."""
    names: dict = {}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for block in BLOCKS:
            exec(block, names)
    return names


def soft_dice(p, y, dim, smooth=1.0):
    """The Dice loss of probabilities, as one would write it down."""
    return 1 - (2 * (p * y).sum(dim) + smooth) / (p.sum(dim) + y.sum(dim) + smooth)


def test_every_recipe_has_a_block():
    """Each section under the recipes and the lines before them show code, or the page lost some."""
    recipes = PAGE.partition("\n## Recipes\n")[2].partition("\n## ")[0]
    assert [
        part for part in re.split(r"^### ", recipes, flags=re.MULTILINE) if "```python\n" not in part
    ] == []
    assert len(BLOCKS) > len(re.findall(r"^### ", recipes, re.MULTILINE))


def test_the_error_that_sends_readers_here_names_a_heading():
    """The hint for class indices says under which name to look."""
    with pytest.raises(ValueError, match="see 'Several classes' on the API page"):
        dice_loss(torch.zeros(4, CLASSES, 8, 8), torch.zeros(4, 8, 8))
    assert "\n### Several classes\n" in PAGE


# --- several classes ----------------------------------------------------------------------------------------


def test_a_sigmoid_per_channel_is_one_dice_per_class(page):
    """Each class pools its pixels over the batch, and the mean is over the classes."""
    expected = soft_dice(torch.sigmoid(page["logits"]), page["masks"], (0, 2, 3))
    assert_close(page["several_at_once"], expected.mean())


@pytest.mark.parametrize("classes", [2, 3, 7])
@pytest.mark.parametrize("loudness", [1, 100])
def test_the_sigmoid_of_one_against_the_rest_is_the_softmax(page, classes, loudness):
    """Also where the softmax has rounded to 0 or 1, with a finite gradient."""
    z = (loudness * torch.randn(2, classes, 5, dtype=torch.float64)).requires_grad_()
    rest = page["one_against_the_rest"](z)
    assert_close(torch.sigmoid(rest), z.softmax(1), rtol=1e-12, atol=0)
    rest.sum().backward()
    assert z.grad.isfinite().all()


def test_one_against_the_rest_does_not_overflow(page):
    """Logits whose exponentials float32 cannot hold keep their differences."""
    z = torch.tensor([[1000.0, 900.0, -1000.0]])
    # 1000 - 900, 900 - 1000, -1000 - 1000: the largest of the others outweighs the rest
    assert page["one_against_the_rest"](z).tolist() == [[100.0, -100.0, -2000.0]]


def test_the_dice_of_a_softmax(page):
    """It is the textbook formula with torch's softmax for p."""
    expected = soft_dice(page["logits"].softmax(1), page["masks"], (0, 2, 3)).mean()
    assert_close(page["softmax_dice"], expected)


def test_the_cross_entropy_of_a_softmax_is_that_of_torch(page):
    """Value and gradient agree with F.cross_entropy of the class indices."""
    assert_close(page["cross_entropy"], F.cross_entropy(page["logits"], page["labels"]))
    z = page["logits"].clone().requires_grad_()
    loss = page["bce_loss"](page["one_against_the_rest"](z), page["masks"], weight=page["masks"])
    (ours,) = torch.autograd.grad(loss, z)
    (theirs,) = torch.autograd.grad(F.cross_entropy(z, page["labels"]), z)
    assert_close(ours, theirs)


def test_the_focal_loss_of_a_softmax(page):
    """It is -(1 - p)^2 log p of the probability that each pixel gives to its class."""
    p = page["logits"].softmax(1).gather(1, page["labels"].unsqueeze(1))
    assert_close(page["softmax_focal"], (-((1 - p) ** 2) * p.log()).mean())


# --- weights ------------------------------------------------------------------------------------------------


def test_pixels_without_a_label_do_not_count(page):
    """Both losses are those of the labelled rows alone, and cross entropy has torch's ignore_index."""
    p, y = page["logits"].softmax(1)[:, :, 4:], page["masks"][:, :, 4:]
    assert (page["unsure"][:, :4] == 255).all()
    assert_close(page["ignoring_dice"], soft_dice(p, y, (0, 2, 3)))
    expected = F.cross_entropy(page["logits"], page["unsure"], ignore_index=255)
    assert_close(page["ignoring_cross_entropy"], expected)


def test_weights_of_classes(page):
    """Cross entropy has torch's weighted mean; Dice has the weighted mean of the classes' losses."""
    weight = page["class_weight"]
    assert_close(page["weighted_cross_entropy"], F.cross_entropy(page["logits"], page["labels"], weight))
    each = soft_dice(page["logits"].softmax(1), page["masks"], (0, 2, 3))
    assert_close(page["weighted_dice"], sum(weight * each) / sum(weight))


def test_a_weight_of_a_class_cancels_in_its_own_dice(page):
    """Without ``smooth`` it changes nothing, which is why the page weighs the losses."""
    z, y, dim = page["softmax_logits"], page["masks"], (0, 2, 3)
    weight = page["class_weight"].view(1, -1, 1, 1)
    assert_close(dice_loss(z, y, 0, dim=dim, weight=weight), dice_loss(z, y, 0, dim=dim))


def test_the_mean_of_torch(page):
    """The sum over the number of pixels is what torch calls the mean of weighted losses."""
    weight = page["pixel_weight"].expand_as(page["logits"])
    expected = F.binary_cross_entropy_with_logits(page["logits"], page["masks"].float(), weight)
    assert_close(page["mean_of_torch"], expected)


def test_pos_weight_for_each_class(page):
    """It is torch's, and the foreground of each class then weighs as much as its background."""
    y, pos_weight = page["masks"].float(), page["pos_weight"].view(-1, 1, 1)
    expected = F.binary_cross_entropy_with_logits(page["logits"], y, pos_weight=pos_weight)
    assert_close(page["balanced"], expected)
    assert_close((pos_weight * y).sum((0, 2, 3)), (1 - y).sum((0, 2, 3)))


# --- label smoothing ----------------------------------------------------------------------------------------


def test_label_smoothing_is_that_of_torch(page):
    """In halves for one mask, which is a softmax of z and 0; among the classes for a softmax."""
    z = page["logits"]
    two = torch.stack([torch.zeros_like(z), z], 1)
    assert_close(page["smoothed"], F.cross_entropy(two, page["masks"], label_smoothing=page["e"]))
    expected = F.cross_entropy(z, page["labels"], label_smoothing=page["e"])
    assert_close(page["smoothed_cross_entropy"], expected)


def test_dice_beside_smoothed_cross_entropy_has_the_plain_mask(page):
    """The sum is that of the two formulas, only one of which sees the smoothed labels."""
    z, y = page["logits"], page["masks"].float()
    smoothed = F.binary_cross_entropy_with_logits(z, y * 0.9 + 0.05)
    assert_close(page["smoothed_with_dice"], smoothed + soft_dice(torch.sigmoid(z), y, (0, 1, 2, 3)))


def test_smoothed_labels_make_dice_prefer_the_whole_image_to_the_mask():
    """The two numbers of the page, for 10 pixels in 100 x 100 and e = 0.1."""
    mask = torch.zeros(100, 100, dtype=torch.float64)
    mask[0, :10] = 1
    smoothed = mask * 0.9 + 0.05
    dice = [
        1 - dice_loss(as_logits(hard, 700), smoothed, smooth=0).item()
        for hard in (mask, torch.ones_like(mask))
    ]
    # The labels sum to 10 * 0.95 + 9990 * 0.05 = 509: 2 * 9.5 / (10 + 509), and 2 * 509 / (10000 + 509)
    assert dice == pytest.approx([19 / 519, 1018 / 10509])
    assert [f"{value:.3f}" for value in dice] == ["0.037", "0.097"]
    assert (
        "has a Dice coefficient of 0.037 with these labels, and a prediction of the whole image 0.097."
        in PAGE
    )


def test_cross_entropy_is_lowest_at_the_smoothed_labels(page):
    """At e = 0.1 those are the probabilities of the page, 0.05 and 0.95."""
    logits = torch.logit(torch.tensor([0.05, 0.95])).requires_grad_()
    page["bce_loss"](logits, torch.tensor([0, 1]) * (1 - page["e"]) + page["e"] / 2).backward()
    assert_close(logits.grad, torch.zeros(2))


# --- Tversky ------------------------------------------------------------------------------------------------


def plain_tversky(p, y, alpha, beta, smooth, dim):
    """One minus the Tversky index, from the three sums."""
    tp, fp, fn = (p * y).sum(dim), (p * (1 - y)).sum(dim), ((1 - p) * y).sum(dim)
    return 1 - (tp + smooth) / (tp + alpha * fp + beta * fn + smooth)


def test_tversky_is_the_formula_of_the_three_sums(page):
    """The recipe's detour through IoU gives the loss of each class."""
    p = torch.sigmoid(page["logits"])
    expected = plain_tversky(p, page["masks"], page["alpha"], page["beta"], 1, (0, 2, 3))
    assert_close(page["tversky"], expected)


@pytest.mark.parametrize("alpha", [0, 0.3, 1, 5])
@pytest.mark.parametrize("beta", [0.01, 0.5, 0.7, 1, 4])
@pytest.mark.parametrize("smooth", [0, 0.1, 1, 10])
def test_tversky_is_exact_for_every_pair_of_weights(alpha, beta, smooth):
    """Value and gradient, for any smooth: the identity is algebra, not an approximation."""
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(2, 1, 9, 9, dtype=torch.float64, generator=generator).requires_grad_()
    y = (torch.rand(2, 1, 9, 9, generator=generator) > 0.7).double()
    off_the_mask = torch.where(y == 1, 1.0, torch.tensor(alpha / beta, dtype=torch.float64))
    iou = iou_loss(z, y, smooth=smooth, dim=(1, 2, 3), weight=off_the_mask)
    ours = beta * iou / (1 - iou + beta * iou)
    theirs = plain_tversky(torch.sigmoid(z), y, alpha, beta, smooth, (1, 2, 3))
    assert_close(ours, theirs)
    slopes = [torch.autograd.grad(loss.sum(), z)[0] for loss in (ours, theirs)]
    assert_close(*slopes)


def test_a_weight_alone_cannot_weigh_a_miss_more_than_a_hit():
    """A found and a missed pixel of the mask have the same weight, so of FN the share stays."""
    z, y = as_logits(torch.tensor([1.0, 0.0]), 700), torch.tensor([1.0, 1.0])
    for weight in (0.1, 1, 10):
        # TP 1 and FN 1, both times the weight: 2 w / (2 w + w)
        assert dice_loss(z, y, smooth=0, weight=torch.tensor(weight)).item() == pytest.approx(1 / 3)


# --- questions to a batch and to a loss ---------------------------------------------------------------------


def test_a_batch_is_diagnosed(page):
    """The sigmoid at the end is the first finding, in the words of the page."""
    first = page["report"].findings[0]
    assert first.name == "probabilities"
    assert re.search(
        r"^1\. probabilities: The output is .*, never outside of \[0, 1\]\.$", str(page["report"]), re.M
    )


def test_the_convention_of_a_loss_is_found(page):
    """One fraction for each channel of each image, and so MONAI's default."""
    assert page["mine"].region == "image and channel"
    assert page["mine"].above == page["mine"].below == 1e-5
    assert page["library"] == "DiceLoss(sigmoid=True)"
    assert '["MONAI"]  # DiceLoss(sigmoid=True)' in PAGE


# --- the rest -----------------------------------------------------------------------------------------------


def test_deep_supervision(page):
    """Every second and every fourth pixel of the mask; weights 4/7, 2/7 and 1/7."""
    masks, outputs = page["masks"], page["outputs"]
    shrunk = [masks, masks[..., ::2, ::2], masks[..., ::4, ::4]]
    each = [soft_dice(torch.sigmoid(z), y, (0, 1, 2, 3)) for z, y in zip(outputs, shrunk, strict=True)]
    assert_close(page["deep"], (4 * each[0] + 2 * each[1] + each[2]) / 7)


def test_a_model_that_ends_in_a_sigmoid(page):
    """Its loss is that of the logits which the sigmoid hid."""
    assert_close(page["from_probabilities"], dice_loss(page["logits"], page["masks"]))


def test_scores_for_each_class(page):
    """One class at a time, scored alone, image by image."""
    found = page["logits"].argmax(1)
    for k in range(CLASSES):
        alone = dice_score(found == k, page["labels"] == k, empty=float("nan"))
        assert page["per_image"][:, k].equal(alone)
        assert page["per_class_score"][k] == alone.nanmean()

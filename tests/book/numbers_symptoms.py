"""The numerals of the page of symptoms: what each cell of book/symptoms.ipynb may print, and its claims."""

from itertools import pairwise
from math import exp, inf, isnan, log

import torch
import torch.nn.functional as F

from seglosses import bce_loss, diagnose, dice_loss
from seglosses.grids import LUNG, NODULE, as_logits
from seglosses.metrics import dice_score
from seglosses.training.examples import lungs, nodules
from seglosses.training.network import TinyUNet
from seglosses.walkthrough.numerics import plain_dice_loss


def floors(y) -> tuple[float, float]:
    """What a perfect model pays behind a sigmoid, and behind a ReLU."""
    best = as_logits(y)
    return tuple(bce_loss(squashed(best), y).item() for squashed in (torch.sigmoid, torch.relu))


def batch_losses(loss_of, size: int) -> torch.Tensor:
    """The losses of batches in which every second image or so has no nodule, without any training."""
    _, y = nodules(64)
    torch.manual_seed(0)
    y[torch.rand(64) < 0.5] = 0
    z = 5 * y.double() - 5 + 2 * torch.randn(y.shape, dtype=torch.float64)
    return torch.stack([loss_of(*pair) for pair in zip(z.split(size), y.split(size), strict=True)])


def one_batch_again(rate: float) -> list[float]:
    """Twelve steps on one and the same batch."""
    images, masks = lungs(8)
    torch.manual_seed(0)
    model, losses = TinyUNet(), []
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for _ in range(12):
        loss = dice_loss(model(images), masks)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def first(*batch) -> str:
    """What ``diagnose`` names first."""
    return diagnose(*batch).findings[0].name


def scores():
    """Ten images: a lung that is found, two nodules that are missed, seven empty ones."""
    truth = torch.stack([LUNG, NODULE, NODULE] + 7 * [0 * LUNG]) > 0
    prediction = truth.clone()
    prediction[1:3] = False
    pooled = dice_score(prediction.view(1, -1), truth.view(1, -1), empty=1)
    return {
        "mean": dice_score(prediction, truth, empty=1).mean().item(),
        "nothing": dice_score(truth & False, truth, empty=1).mean().item(),
        "pooled": pooled.item(),
        "accuracy": (prediction == truth).double().mean().item(),
        "with an object": dice_score(prediction, truth, empty=1)[:3].mean().item(),
    }


def one_epoch() -> tuple[float, float, float]:
    """The mean training loss during an epoch, that after it, and that of other patients."""
    train, held_out, during = lungs(32), lungs(16, first_seed=500), []
    torch.manual_seed(0)
    model = TinyUNet()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for x, y in zip(train.images.split(4), train.masks.split(4), strict=True):
        loss = dice_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        during.append(loss.item())
    with torch.no_grad():
        after, validation = (dice_loss(model(one.images), one.masks).item() for one in (train, held_out))
    return sum(during) / len(during), after, validation


def check_causes() -> None:
    """Each planted cause shows what the page says of it."""
    z = torch.where(LUNG == 1, 4.0, -0.5)
    assert F.binary_cross_entropy_with_logits(z, 255 * LUNG) < 0
    assert dice_loss(20 * LUNG - 10, LUNG, smooth=0) < 2e-4  # so minus the score is −1
    full = torch.ones(1, 1, 512, 512)
    assert isnan(plain_dice_loss(20 * full.half(), full.half()))
    assert plain_dice_loss(20 * full, full) == 0
    p = torch.sigmoid(torch.tensor(20.0))
    assert p == 1
    assert (1 - p).log() == -inf  # and 0 times it is NaN
    assert first(torch.sigmoid(as_logits(LUNG, 3)), 255 * LUNG) == "0/255 mask"
    assert first(as_logits(LUNG, 3), 1 - LUNG) == "upside down"
    assert first(as_logits(1 - LUNG, 30), LUNG, dice_loss) == "saturated logits"
    assert first(as_logits(LUNG, 3), LUNG, lambda z, y: dice_loss((z > 0).double(), y)) == "no gradient"
    assert (torch.sigmoid(as_logits(LUNG, 3)) > 0).all()
    assert torch.relu(as_logits(LUNG, 3)).sigmoid().min() == 0.5
    w, bce = 1 + LUNG, F.binary_cross_entropy_with_logits
    z = as_logits(LUNG, 2)
    assert torch.allclose(bce_loss(z, LUNG, weight=2 * w), bce_loss(z, LUNG, weight=w))
    assert torch.allclose(bce(z, LUNG, weight=2 * w), 2 * bce(z, LUNG, weight=w))


LUNG_PIXELS = 34_000


def overflowing_log():
    """The float16 losses of a model on its way from 3 % everywhere to a lung that it knows, then surely."""
    y = torch.zeros(512 * 512)
    y[:LUNG_PIXELS] = 1
    start, end = torch.full_like(y, 0.03), 0.01 + 0.98 * y
    on_the_way = (torch.lerp(start, end, share) for share in (0.125, 0.375, 0.625, 0.875, 1.0))
    return [plain_dice_loss(torch.logit(p).half(), y.half()).item() for p in on_the_way]


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    check_causes()
    ln2, facts = f"{log(2):.3f}", {}
    facts["symptoms-title"] = ln2
    facts["symptoms-start"] = "0 255"
    nodule, lung = floors(NODULE), floors(LUNG)
    facts["symptoms-stuck"] = f"{ln2} 2 0.5; 0; 0.5 0 1; 0; 0 1; {int(NODULE.sum())}"
    facts["symptoms-stuck-read"] = " ".join(f"{floor:.4f}" for floor in (*nodule, *lung))

    facts["symptoms-negative"] = "-1 -1 1; 0 1 255; 0"
    z = torch.where(LUNG == 1, 4.0, -0.5)
    fractions = [1 - 2 * (p * LUNG).sum() / (p.sum() + LUNG.sum()) for p in (z, LUNG)]
    facts["symptoms-negative-read"] = f"{fractions[0]:.4f} {fractions[1]:.0f}"
    largest = int(torch.finfo(torch.float16).max)
    facts["symptoms-nan"] = f"{largest:,} 0 0 1 0 1 0"
    facts["symptoms-nan-read"] = "0"

    dice = {size: batch_losses(dice_loss, size) for size in (2, 16)}
    bce = {size: batch_losses(bce_loss, size) for size in (2, 16)}
    spread = {size: (one.std() / one.mean()).item() for size, one in dice.items()}
    assert 0.3 < spread[16] / spread[2] < 0.37  # "a third"
    assert bce[2].std() / bce[2].mean() > spread[2]  # "as large a share"
    facts["symptoms-jumps"] = f"{64}"
    facts["symptoms-jumps-read"] = f"2 {dice[2].min():.3f} {dice[2].max():.3f} 16 8"
    slow, fast = one_batch_again(0.03), one_batch_again(0.5)
    assert all(after < before + 0.01 for before, after in pairwise(slow))
    _, masks = lungs(8)
    share = masks.mean().item()
    assert abs(fast[-1] - (1 - 2 * share / (1 + share))) < 1e-3  # everything is foreground
    facts["symptoms-jumps-rate-read"] = f"{max(fast):.2f} {fast[-1]:.2f}"
    facts["symptoms-flat"] = "0 1"

    torch.manual_seed(0)
    found = -4 + 3 * NODULE + 0.3 * torch.randn(NODULE.shape, dtype=torch.float64)
    assert first(found, NODULE) == "hidden by the threshold"
    assert first(found, 0 * NODULE) == "all background"
    f = NODULE.mean()
    blind = bce_loss(torch.full_like(NODULE, torch.logit(f)), NODULE)
    facts["symptoms-black"] = "0.5 0 1 255"
    facts["symptoms-black-read"] = f"{blind:.4f}"
    facts["symptoms-full"] = f"0 0 0; 0.5 0.5 0 {ln2} 1"
    ten = scores()
    assert ten["with an object"] < 0.34
    facts["symptoms-useless"] = f"1 {ten['mean']:.2f}"
    facts["symptoms-useless-read"] = (
        f"{ten['mean']:.2f} {ten['pooled']:.2f} {ten['accuracy']:.1%} {ten['nothing']:.2f}"
        f" {(NODULE == 0).double().mean():.0%} s = 1"
    )
    assert dice_loss(as_logits(0 * NODULE, 700), NODULE, smooth=1) == 0.75  # "a quarter"
    facts["symptoms-useless-painter"] = f"{int(NODULE.sum())}"
    during, after, validation = one_epoch()
    assert validation < during - 0.03  # "better by far"
    assert abs(validation - after) < 0.005  # "close together"
    facts["symptoms-differ"] = "2"
    behind_relu = floors(NODULE)[1]
    rate = NODULE.mean()
    blind = -(rate * rate.log() + (1 - rate) * (1 - rate).log()).item()
    share = torch.tensor(0.09).double()
    h = -(share * share.log() + (1 - share) * (1 - share).log()).item()
    facts["symptoms-puzzle"] = f"{int(NODULE.sum())} {NODULE.numel()} {behind_relu:.4f} 2 {log(2):.4f}"
    facts["symptoms-puzzle-question"] = f"{blind:.4f} 0 0.5"
    assert round(behind_relu / blind) == 5  # "a fifth of this"
    facts["symptoms-recall"] = f"{share:.0%} 0.69 0.30 0.09 0.09 {h:.4f}"
    half = torch.tensor([1.0, 0.0]).double()
    printed = overflowing_log()
    assert isnan(printed.pop())
    facts["symptoms-exercise-nan"] = f"512 512 {' '.join(f'{loss:.2f}' for loss in printed)} {LUNG_PIXELS:,}"
    facts["symptoms-exercise-nan-solution"] = f"{LUNG_PIXELS:,} {torch.finfo(torch.float16).max:,.0f} 0 1"
    facts["symptoms-exercise-floor-solution"] = (
        f"0 1 0.5 {torch.sigmoid(half)[0]:.4f} 1 -1 {log(1 + exp(-1)):.4f} 0.5 {log(2):.4f}"
        f" {floors(half)[0]:.4f}"
    )
    images, empty, mean = 40, 30, 0.85
    rest = images * mean - empty
    facts["symptoms-exercise-mean"] = f"{mean} {images} {empty} 1"
    facts["symptoms-exercise-mean-solution"] = (
        f"{images} {mean} {images * mean:.0f} {empty} {images - empty} {rest:.0f}"
        f" {rest / (images - empty):.1f}"
    )
    return facts

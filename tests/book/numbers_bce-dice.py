"""The numerals of the BCE-Dice chapter, computed: what each cell of book/bce-dice.ipynb may print."""

import torch
import torch.nn.functional as F
from torch.func import grad, vmap

from seglosses import bce_dice_loss, bce_loss, dice_loss
from seglosses.grids import (
    LUNG,
    LUNG_PROBABILITIES,
    NODULE,
    NODULE_PROBABILITIES,
    PREDICTION_1,
    PREDICTION_2,
    as_logits,
)
from seglosses.probabilities import to_logits
from seglosses.walkthrough.film import chest_film
from seglosses.walkthrough.overlaps import overlap, soft_overlap
from seglosses.walkthrough.steps import descend


def pulls(p, mask):
    """The lengths of the two gradients, BCE's first."""
    z = torch.logit(p)
    return [grad(loss)(z, mask).norm() for loss in (bce_loss, dice_loss)]


def ratio(p, mask):
    """How many times as hard as BCE Dice pulls."""
    bce, dice = pulls(p, mask)
    return dice / bce


def at_the_end(mask):
    """The same once the model is sure, and right."""
    return ratio(torch.sigmoid(as_logits(mask, 12)), mask)


def crossing(start, mask):
    """Where on the way to a nearly sure model the two pull equally hard."""
    way, end = torch.linspace(0, 1, 1001), 0.02 + 0.96 * mask
    ratios = vmap(lambda t: ratio((1 - t) * start + t * end, mask))(way)
    (at,) = way[:-1][(ratios[:-1] < 1) & (ratios[1:] >= 1)].tolist()
    return at


def cosine(p, mask):
    """How far the two gradients agree in direction."""
    bce, dice = (grad(loss)(torch.logit(p), mask).flatten() for loss in (bce_loss, dice_loss))
    return F.cosine_similarity(bce, dice, dim=0).item()


def steps() -> dict[str, str]:
    """The section of steps: the sum from a network that is sure of the opposite."""
    facts = {}
    opposite = to_logits(0.98 - 0.96 * LUNG)
    runs = {
        name: descend(bce_dice_loss, start, LUNG, 10, 100)
        for name, start in (("opposite", opposite), ("coin", torch.zeros_like(LUNG)))
    }
    ratios = {
        name: [grad(dice_loss)(z, LUNG).norm() / grad(bce_loss)(z, LUNG).norm() for z in path]
        for name, path in runs.items()
    }
    takes = {name: next(step for step in range(101) if way[step] > 1) for name, way in ratios.items()}
    assert all(way[step] > 1 for name, way in ratios.items() for step in range(takes[name], 101))
    turned = runs["opposite"][takes["opposite"]].sigmoid()
    assert ((turned >= 0.5) == (LUNG == 1)).all()  # by then each pixel is on its right side
    ends = [
        descend(loss, opposite, LUNG, 10, 100)[-1].sigmoid()[LUNG == 1].mean()
        for loss in (bce_loss, bce_dice_loss, dice_loss)
    ]
    facts["bce-dice-step"] = f"0.02 0.98 10 {ratios['opposite'][0]:.3f}"
    facts["bce-dice-step-question"] = "100; 1 1"
    facts["bce-dice-step-widget"] = "0.02 0.98"
    facts["bce-dice-step-read"] = (
        f"{takes['opposite']} 100 {ratios['opposite'][100]:.2f} {takes['coin']};"
        f" {ends[0]:.2f} 100 {ends[1]:.2f}; 100 0.02 {ends[2]:.2f}"
    )
    return facts


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    n, lung, nodule = LUNG.numel(), int(LUNG.sum()), int(NODULE.sum())
    half, sure = torch.full_like(LUNG, 0.5), 0.02 + 0.96 * LUNG
    fresh = torch.zeros_like(LUNG)
    facts = {}
    facts["bce-dice-puzzle"] = f"0.5 {lung} {n} {bce_loss(fresh, LUNG):.4f} 1 {dice_loss(fresh, LUNG):.4f}"
    facts["bce-dice-dial"] = f"{sure.max():.2f} {sure.min():.2f}"
    for mask in (LUNG, NODULE):  # with masks of 0 and 1 the two never disagree about a sign
        z = torch.logit(torch.rand(10, 10, generator=torch.Generator().manual_seed(0)).double())
        assert (grad(bce_loss)(z, mask).sign() == grad(dice_loss)(z, mask).sign()).all()
    assert cosine(sure, LUNG) > 0.99
    facts["bce-dice-dial-answer"] = (
        f"{crossing(half, LUNG):.2f} {ratio(sure, LUNG):.2f} 0 1 {cosine(half, LUNG):.2f} 1; {nodule}; 1"
    )
    end = ratio(0.02 + 0.96 * NODULE, NODULE)
    facts["bce-dice-ratio-read"] = f"{crossing(half, NODULE):.2f} {end:.2f}"

    parts = {}
    lines = "s = 1;"
    for name, p, mask in (("lung", LUNG_PROBABILITIES, LUNG), ("nodule", NODULE_PROBABILITIES, NODULE)):
        z, terms = torch.logit(p), soft_overlap(p, mask)
        bce, dice, both = (loss(z, mask).item() for loss in (bce_loss, dice_loss, bce_dice_loss))
        parts[name] = bce, dice, both
        lines += (
            f" {bce:.6f} 1 2 {terms.intersection:.1f} 1 {terms.predicted:.1f} {terms.actual:.0f} 1"
            f" {bce:.6f} {dice:.6f} {both:.6f}"
        )
    low, *_, high = LUNG_PROBABILITIES[LUNG == 1].unique().tolist()
    found = LUNG_PROBABILITIES[LUNG_PROBABILITIES > 0.5]
    plain = " ".join(
        f"{bce_dice_loss(torch.logit(p), mask, smooth=0):.6f}"
        for p, mask in ((LUNG_PROBABILITIES, LUNG), (NODULE_PROBABILITIES, NODULE))
    )
    three = " ".join(f"{p:.1f}" for p in NODULE_PROBABILITIES[NODULE == 1].tolist())
    bce, dice, both = parts["nodule"]
    facts["bce-dice-formula"] = (
        f"lambda = 1; {len(found)} {found.min():.1f} {high:.1f} {three} {low:.1f} {lines}"
        f" 0.5 {lung - len(found)} {dice / both:.1%} 0 {plain}"
    )

    two = as_logits(PREDICTION_2).float()
    source = F.binary_cross_entropy(torch.sigmoid(two), LUNG.float()) + dice_loss(two, LUNG)
    facts["bce-dice-code"] = "s = 0"
    facts["bce-dice-code-note"] = f"prediction 2, 20, {source:.4f} {bce_dice_loss(two, LUNG):.4f}"
    two = as_logits(PREDICTION_2)
    values = [loss(two, LUNG).item() for loss in (bce_loss, dice_loss, bce_dice_loss)]
    blind = torch.logit(torch.full_like(NODULE, 0.03))
    guess = [loss(blind, NODULE).item() for loss in (bce_loss, dice_loss, bce_dice_loss)]
    wrong = overlap(PREDICTION_2, LUNG)
    assert values[2] / both > 5
    facts["bce-dice-ranges"] = (
        f"0; 0 to 1; prediction 2, 20, {wrong.fp + wrong.fn}"
        f" {bce:.4f} {dice:.4f} {both:.4f} {dice / both:.1%}"
        f" prediction 2 {values[0]:.4f} {values[1]:.4f} {values[2]:.4f} {values[1] / values[2]:.1%}"
        f" prediction 2; 0.03 {guess[0]:.4f} {guess[1]:.4f} {guess[2]:.4f}"
    )

    rate = torch.full_like(LUNG, lung / n)
    limits = []
    for mask in (LUNG, NODULE):
        below = 2 * int(mask.sum()) + 1
        assert abs(at_the_end(mask) / (n / below) - 1) < 0.01
        limits.append(f"{n} {below} {n / below:.2f}")
    top = torch.zeros_like(LUNG)  # an equal say at the end: half of the image, and neither less nor more
    says = []
    for filled in (4, 5, 6):
        top[:filled] = 1
        says.append(at_the_end(top))
    assert says[0] > 1.2 > 1.02 > says[1] > 0.98 > 0.85 > says[2]
    facts["bce-dice-who"] = (
        f"2 y, 1 - p, p(1 - p); {sure.min():.2f} {sure.max():.2f} {ratio(1 - sure, LUNG):.3f} 1; 2 Y; 2 Y; 1"
        f" {' '.join(limits)} {512 * 512} 1% {512 * 512 / (2 * 0.01 * 512 * 512 + 1):.0f} 1 10"
    )
    facts["bce-dice-who-start"] = f"0.5 {lung / n}"
    facts["bce-dice-who-question"] = (
        f"{ratio(rate, LUNG):.2f} {ratio(half, LUNG):.2f}"
        f" {crossing(rate, LUNG):.2f} {crossing(half, LUNG):.2f}"
    )
    summed = bce_loss(torch.logit(NODULE_PROBABILITIES), NODULE, reduction="sum")
    facts |= steps()
    facts["bce-dice-fails"] = f"{summed:.6f} {dice:.6f} {both:.2f}"
    facts["bce-dice-remember"] = "2 Y; 0 1"
    f = torch.tensor(0.09, dtype=torch.float64)
    learned = -f * f.log() - (1 - f) * (1 - f).log()
    facts["bce-dice-recall"] = f"9% {learned:.2f} {learned:.4f}"

    bce, dice, _ = parts["lung"]
    facts["bce-dice-exercise-half"] = "1"
    facts["bce-dice-exercise-half-solution"] = f"1 2 {bce:.6f} {dice:.6f} {bce / 2 + dice:.4f}"
    facts["bce-dice-exercise-balance"] = f"{lung} {n} 0"
    facts["bce-dice-exercise-balance-solution"] = (
        f"{n} 2 {lung} {n / (2 * lung)} 1 {n / (2 * lung)} {2 * lung / n}"
    )
    first = pulls(torch.full_like(NODULE, 0.5), NODULE)
    facts["bce-dice-exercise-measure"] = "0 1"
    facts["bce-dice-exercise-measure-solution"] = f"{first[0]:.4f} {first[1]:.4f} {first[0] / first[1]:.2f}"
    facts["bce-dice-exercise-disagree"] = f"{dice:.6f} 1 {bce:.6f}"
    one = as_logits(PREDICTION_1, 40)
    facts["bce-dice-exercise-disagree-solution"] = (
        f"prediction 1, 40, {bce_loss(one, LUNG):.4f} {dice_loss(one, LUNG):.4f}"
    )
    # --- what questions and pictures say, beyond what they compute themselves
    facts["bce-dice-ratio"] = f"below 1, crosses 1, near {ratio(sure, LUNG):.0f} and {end:.0f}"
    film = chest_film()
    bce, dice, both = (
        film.shares(grad(loss)(film.logits, film.lung).abs()) for loss in (bce_loss, dice_loss, bce_dice_loss)
    )
    facts["bce-dice-film-read"] = (
        f"{bce['air']:.0%} {dice['air']:.1%} {both['air']:.0%} {both['tissue']:.0%} {both['lung']:.0%}"
    )
    return facts

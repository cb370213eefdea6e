"""What the chapter on several classes claims, held to what is computed."""

import json
import runpy
from fractions import Fraction
from itertools import pairwise
from math import e, log
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from claims import Because

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.atlas import read_atlas
from seglosses.atlas.classes import ALPHA, CLASS_CASES, OURS
from seglosses.grids import CLASS_MAP, CLASS_PREDICTION, LUNG, NODULE, PREDICTION_1, as_logits
from seglosses.probabilities import one_against_the_rest
from seglosses.walkthrough.classes import averages, class_overlaps

BOOK = Path(__file__).parents[2] / "book"
numbers = runpy.run_path(str(Path(__file__).with_name("numbers_classes.py")))
SAID = read_atlas(BOOK / "data/classes.json").values
LOSSES = (bce_loss, dice_loss, iou_loss, focal_loss, bce_dice_loss)

PUZZLE = class_overlaps(CLASS_PREDICTION, CLASS_MAP)
FOUR = averages(PUZZLE)
DICES = [n.dice() for n in PUZZLE]
GONE = class_overlaps(CLASS_PREDICTION.where(CLASS_PREDICTION != 2, 1), CLASS_MAP)
SHARES = torch.tensor([0.79, 0.18, 0.03], dtype=torch.float64)
WEIGHTS = torch.tensor([1.0, 2, 4], dtype=torch.float64)
PER_CLASS = (0, 2, 3)

GENERATOR = torch.Generator().manual_seed(5)
NOISE = [torch.randint(0, 3, (2, 10, 10), generator=GENERATOR) for _ in range(20)]
Z = 2 * torch.randn(2, 3, 4, 4, dtype=torch.float64, generator=GENERATOR)
LABELS = torch.randint(0, 3, (2, 4, 4), generator=GENERATOR)
MASKS = F.one_hot(LABELS, 3).movedim(-1, 1).double()


def same(a, b) -> bool:
    """Whether two numbers or tensors agree, to rounding."""
    a, b = (torch.as_tensor(one, dtype=torch.float64) for one in (a, b))
    return bool(torch.allclose(a, b, rtol=1e-9))


def sizes(x, y) -> list[tuple[int, int, int]]:
    """Of each class the pixels in both maps, in the prediction and in the truth."""
    pairs = [(x == k, y == k) for k in range(3)]
    return [(int((a & b).sum()), int(a.sum()), int(b.sum())) for a, b in pairs]


def mean(values) -> Fraction:
    """Exact."""
    return sum(values, Fraction(0)) / len(values)


def slope(loss, at) -> torch.Tensor:
    """The gradient of a loss at logits."""
    z = at.detach().clone().requires_grad_()
    return torch.autograd.grad(loss(z), z)[0]


def is_best(p, weights, shares) -> bool:
    """Whether no blind guess has a lower weighted cross entropy: convex in the logits, and level here."""
    weighted = weights * shares
    level = slope(lambda z: -(weighted * z.log_softmax(0)).sum(), p.log()).abs().max() < 1e-12
    others = torch.rand(500, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(6))
    others = others / others.sum(1, keepdim=True)
    return bool(level and (-(weighted * p.log()).sum() <= -(weighted * others.log()).sum(1)).all())


def blind(weights, shares) -> torch.Tensor:
    """The chapter's formula for the best blind guess."""
    return weights * shares / (weights * shares).sum()


def agrees(kind: str, name: str, call: str, own) -> bool:
    """Whether a library's record is our computation, on all cases that it does not refuse."""
    said = SAID[kind][name][call].items()
    asked = [(value, float(own(CLASS_CASES[case]))) for case, value in said if value != "refused"]
    return len(asked) > 3 and all(abs(a - b) < 2e-6 for a, b in asked)


def learners() -> dict[tuple[int, str], tuple[torch.Tensor, torch.Tensor]]:
    """The logits on the images for testing, and their labels, of what the chapter's own cell trains."""
    cells = json.loads((BOOK / "classes.ipynb").read_text("utf-8"))["cells"]
    (source,) = ("".join(cell["source"]) for cell in cells if cell["id"] == "classes-learn-code")
    given: dict[str, Any] = {"CLASS_MAP": CLASS_MAP, "F": F, "bce_loss": bce_loss, "torch": torch}
    given |= {"one_against_the_rest": one_against_the_rest, "shares": SHARES}
    given["class_overlaps"] = lambda _, y: (given["model"](given["images"][24:]).detach(), y)
    exec(source.split("\nfor (seed, name)")[0], given)
    return given["rows"]


def found_at(z, y, false: int) -> int:
    """How many nodule pixels the threshold finds that lets so many false ones through."""
    nodule = one_against_the_rest(z)[:, 2]
    threshold = nodule[y != 2].sort(descending=True).values[false]
    return int((nodule[y == 2] > threshold).sum())


def claims():
    """In the order of the page."""
    yield from of_the_puzzle()
    yield from of_the_painter()
    yield from of_averages()
    yield from of_the_background()
    yield from of_softmax()
    yield from of_blind_models()
    yield from of_weighted_means()
    yield from of_learning()
    yield from of_focal()
    yield from of_absent_classes()
    yield from of_unlabelled_pixels()
    yield from of_data_sets()
    yield from of_libraries()
    yield from of_failures()
    yield from of_exercises()


def of_the_puzzle():
    """The maps, and how they become masks."""
    yield "classes-title", "an hour more for the exercises", Because.STORY
    prediction, labels = CLASS_CASES["no labels below"]
    case = CLASS_CASES["no labels below"]
    masks, keep = case.masks()
    z, noise = case.logits(2), 9 * torch.randn(1, 3, 10, 10, generator=torch.Generator().manual_seed(7))
    both = [one_against_the_rest(at) for at in (z, torch.where(keep == 1, z, noise.double()))]
    counts = class_overlaps(torch.where(labels == 255, (prediction + 1) % 3, prediction), labels)
    yield (
        "classes-title",
        "leave unlabelled pixels out, everywhere where they would count",
        all(same(*(loss(r, masks, weight=keep) for r in both)) for loss in LOSSES)
        and counts == class_overlaps(prediction, labels),
    )
    inside = NODULE * LUNG == 1
    alone = (NODULE == 1) & ~inside
    rows = [mask.nonzero()[:, 0] for mask in (alone, LUNG)]
    yield (
        "classes-puzzle-picture",
        "2 nodule pixels in it and 1 below it",
        int(inside.sum()) == 2 and len(rows[0]) == 1 and bool(rows[0].min() > rows[1].max()),
    )
    wrong = (CLASS_PREDICTION != CLASS_MAP).nonzero().tolist()
    yield "classes-puzzle-picture", "3 pixels are wrong", len(wrong) == 3
    yield "classes-guess", "background is left out", FOUR.foreground == mean(DICES[1:])
    yield "classes-guess", "as in the foreground mean of nnU-Net", Because.CITED
    four = set(vars(FOUR).values())
    yield "classes-guess", "a map has as many as there are ways to average", len(four) == len(vars(FOUR))
    yield "classes-map", "Here the nodule wins.", bool((CLASS_MAP[inside] == 2).all())
    hot = F.one_hot(CLASS_MAP, 3)
    yield "classes-map", "exactly one is hot at each pixel", bool((hot.sum(-1) == 1).all())
    yield "classes-shapes", "map them to 0, 1 and 2 first", Because.ADVICE
    beside = torch.tensor([[[0.0, 2.0]]])
    yield (
        "classes-shapes",
        "a resize that interpolates makes a 1 between 0 and 2",
        F.interpolate(beside, 3, mode="linear", align_corners=True).flatten().tolist() == [0, 1, 2],
    )
    yield "classes-shapes", "Resize labels by nearest neighbour", 1 not in F.interpolate(beside, 3)


def of_the_painter():
    """The pixel that helps most, and a lost nodule."""
    inside = NODULE * LUNG == 1
    wrong = (CLASS_PREDICTION != CLASS_MAP).nonzero().tolist()
    yield "classes-draw", "Which one lifts the foreground mean most?", Because.ADVICE
    yield "classes-draw", "see which average notices least", Because.ADVICE
    lifts = {(r, c): numbers["repaired"](r, c) for r, c in wrong}
    best = max(lifts, key=lambda at: lifts[at].foreground)
    yield (
        "classes-draw-answer",
        "The pixel that helps most The one in the lung that should be nodule.",
        bool(inside[best]) and CLASS_PREDICTION[best] == 1 and CLASS_MAP[best] == 2,
    )
    yield (
        "classes-draw-answer",
        r"The foreground mean rises from $\frac{13}{18} \approx 0.7222$ to $\frac{31}{35}",
        FOUR.foreground == Fraction(13, 18) < lifts[best].foreground == Fraction(31, 35),
    )
    below = tuple(((NODULE == 1) & ~inside).nonzero()[0].tolist())
    yield (
        "classes-draw-answer",
        r"The nodule pixel below the lung gives $\frac{157}{180}",
        lifts[below].foreground == Fraction(157, 180),
    )
    yield (
        "classes-draw-answer",
        "The pooled score is 0.98 after any of them",
        all(one.pooled == Fraction(98, 100) for one in lifts.values()),
    )
    gone = averages(GONE)
    yield (
        "classes-draw-answer",
        "The mean falls from 0.8106 to 0.6355, the foreground mean from 0.7222 to 0.4595",
        gone.mean < FOUR.mean - Fraction(1, 6) and gone.foreground < FOUR.foreground - Fraction(1, 4),
    )
    yield (
        "classes-draw-answer",
        "A model that never finds a nodule has 0.96",
        GONE[2].tp == 0 and gone.pooled == Fraction(96, 100),
    )


def of_averages():
    """The four averages of Dice, and accuracy."""
    maps = [(CLASS_PREDICTION, CLASS_MAP), *NOISE]
    all_sizes = [sizes(x, y) for x, y in maps]
    counted = [class_overlaps(x, y) for x, y in maps]
    yield (
        "classes-averages",
        r"D_k = \frac{2\,|X_k \cap Y_k|}{|X_k| + |Y_k|}",
        all(
            n.dice() == Fraction(2 * i, x + y)
            for classes, found in zip(counted, all_sizes, strict=True)
            for n, (i, x, y) in zip(classes, found, strict=True)
        ),
    )
    pooled = [
        Fraction(2 * sum(i for i, _, _ in found), sum(x for _, x, _ in found) + sum(y for *_, y in found))
        for found in all_sizes
    ]
    is_pooled = [averages(classes).pooled for classes in counted] == pooled
    yield "classes-averages", "all counts first, then one fraction", is_pooled
    yield (
        "classes-averages",
        r"\frac{2 \sum_k |X_k \cap Y_k|}{\sum_k |X_k| + \sum_k |Y_k|}",
        is_pooled,
    )
    yield (
        "classes-averages",
        r"\frac{79 \cdot \frac{79}{80} + 18 \cdot \frac{17}{18} + 3 \cdot \frac{1}{2}}{100}",
        FOUR.weighted
        == Fraction(79, 100) * Fraction(79, 80) + Fraction(18, 100) * Fraction(17, 18) + Fraction(3, 200)
        == sum(n.actual * n.dice() for n in PUZZLE) / 100,
    )
    yield "classes-averages", "each has one vote.", FOUR.mean == mean(DICES)
    yield (
        "classes-averages",
        "each class but the background has one vote.",
        FOUR.foreground == mean(DICES[1:]),
    )
    hits = [int((x == y).sum()) for x, y in maps]
    yield (
        "classes-pooled-question",
        "Each pixel is predicted once and true once, so both sums below the bar",
        all(sum(x for _, x, _ in found) == sum(y for *_, y in found) == 100 for found in all_sizes),
    )
    yield (
        "classes-pooled-question",
        "number of pixels, and above it stands twice the number of right ones.",
        all(2 * sum(i for i, _, _ in found) == 2 * hit for found, hit in zip(all_sizes, hits, strict=True)),
    )
    accuracy = pooled == [Fraction(hit, 100) for hit in hits]
    yield "classes-averages-read", "says nothing that accuracy does not say", accuracy
    yield "classes-remember", "Pooled over all classes, Dice is accuracy.", accuracy
    lost = {name: value - getattr(averages(GONE), name) for name, value in vars(FOUR).items()}
    yield (
        "classes-averages-read",
        "Weighted by size it is hardly better: the background has 79 of 100 votes",
        lost["pooled"] < lost["weighted"] < 3 * lost["pooled"] < lost["mean"] / 5,
    )
    other = averages(PUZZLE, "iou").foreground
    yield (
        "classes-averages-read",
        "A mean of IoU does not follow from a mean of Dice",
        abs(other - FOUR.foreground / (2 - FOUR.foreground)) > 0.04,
    )


def of_the_background():
    """Its share in scores and in losses."""
    scored = [class_overlaps(*case) for case in CLASS_CASES.values()]
    yield (
        "classes-background",
        "it is the largest and easiest of all",
        all(
            classes[0].actual > n.actual and (n.predicted + n.actual == 0 or classes[0].dice() > n.dice())
            for classes in scored
            for n in classes[1:]
        ),
    )
    padded = []
    for border in (0, 10, 50, 500):
        x, y = (F.pad(labels, [border] * 4) for labels in (CLASS_PREDICTION, CLASS_MAP))
        padded.append(averages(class_overlaps(x, y)))
    towards_1 = all(
        a.pooled < b.pooled < 1 and a.weighted < b.weighted < 1 and a.mean < b.mean
        for a, b in pairwise(padded)
    )
    yield (
        "classes-border-read",
        "Two averages rise towards 1, and the mean rises a little",
        towards_1
        and min(padded[-1].pooled, padded[-1].weighted) > 0.9999
        and padded[-1].mean < FOUR.mean + Fraction(1, 200),
    )
    yield (
        "classes-border-read",
        "with a model that has learned nothing more. The foreground mean stays",
        {one.foreground for one in padded} == {FOUR.foreground},
    )
    pulls = [
        slope(
            lambda z, k=k: dice_loss(one_against_the_rest(z), MASKS, smooth=0, dim=PER_CLASS)[k],
            Z,
        )
        for k in (1, 2)
    ]
    yield (
        "classes-border-read",
        "already pull at all three logits",
        all(bool((pull != 0).all()) for pull in pulls),
    )
    alarm, nothing = as_logits(CLASS_PREDICTION == 2), torch.zeros(10, 10)
    p = torch.sigmoid(alarm).sum()
    yield (
        "classes-border-read",
        "alone decides what a false alarm costs",
        all(abs(dice_loss(alarm, nothing, smooth=s) - p / (p + s)) < 1e-6 for s in (0.01, 1, 100)),
    )


def of_softmax():
    """Softmax and sigmoids."""
    p, q = Z.softmax(1), Z.sigmoid()
    yield "classes-softmax", "sum to 1", same(p.sum(1), torch.ones(2, 4, 4)) and not same(q.sum(1), p.sum(1))
    z = torch.tensor([0.0, 2.0, 1.0], dtype=torch.float64)
    yield "classes-pixel-read", "The softmax says lung", int(z.softmax(0).argmax()) == 1
    yield "classes-pixel-read", "nodule as well", bool((z.sigmoid()[1:] > 0.5).all())
    raised = z + 3
    yield (
        "classes-shift-question",
        "In a softmax the same factor stands above and below the bar and cancels.",
        same(raised.exp(), e**3 * z.exp())
        and same(raised.exp().sum(), e**3 * z.exp().sum())
        and same(raised.softmax(0), z.softmax(0)),
    )
    yield "classes-shift-question", "The sigmoids do.", bool((raised.sigmoid() > z.sigmoid()).all())
    yield (
        "classes-shift-question",
        "The order is, and so is argmax.",
        raised.sigmoid().argsort().tolist() == z.argsort().tolist(),
    )
    lead = torch.stack([Z[:, k] - sum(Z[:, j].exp() for j in range(3) if j != k).log() for k in range(3)], 1)
    yield (
        "classes-rest",
        "is a sigmoid of how far $z_k$ stands above all the others together",
        bool(((p > 0.5) == (lead > 0)).all()) and same(lead, one_against_the_rest(Z)),
    )
    yield (
        "classes-rest",
        r"\frac{e^{z_k}}{\sum_j e^{z_j}} = \sigma \Big( z_k - \log \sum_{j \ne k} e^{z_j} \Big)",
        same(p, torch.sigmoid(lead)),
    )
    yield "classes-rest-read", "and more stand in the", Because.STORY
    pull = slope(lambda at: bce_loss(one_against_the_rest(at), MASKS, weight=MASKS), Z)
    yield (
        "classes-rest-read",
        "the number is torch's own",
        same(bce_loss(one_against_the_rest(Z), MASKS, weight=MASKS), F.cross_entropy(Z, LABELS)),
    )
    yield (
        "classes-rest-read",
        "with respect to $z_k$ it is $p_k - y_k$, over the number of pixels",
        same(pull, (p - MASKS) / LABELS.numel()),
    )
    yield "classes-rest-read", "These add up to 0 over the classes", bool(pull.sum(1).abs().max() < 1e-15)
    sure = (1000 * Z).softmax(1)
    yield (
        "classes-rest-read",
        "which is never sure of anything",
        bool(sure.max() > 1 - 1e-9)
        and bool(sure.softmax(1).max() <= e / (e + 2) + 1e-12)
        and e / (e + 2) < 0.6,
    )


def of_blind_models():
    """What weights make of a model that gives every pixel the same."""
    plain, inverse = torch.ones(3, dtype=torch.float64), 1 / SHARES
    yield (
        "classes-weights",
        "With cross entropy its best are the shares of the classes",
        is_best(SHARES, plain, SHARES) and not is_best(SHARES, inverse, SHARES),
    )
    yield (
        "classes-blind-question",
        "Which probability of nodule is best for the blind model now?",
        Because.ADVICE,
    )
    yield "classes-blind-question", "These are the shares.", is_best(SHARES, plain, SHARES)
    yield (
        "classes-blind-question",
        "The weights change what is best.",
        is_best(blind(inverse, SHARES), inverse, SHARES) and not same(blind(inverse, SHARES), SHARES),
    )
    yield (
        "classes-blind-question",
        "Every class weighs 100 pixels in all",
        same(inverse * torch.tensor([n.actual for n in PUZZLE]), [100.0] * 3),
    )
    certain = torch.tensor([1e-9, 1e-9, 1 - 2e-9], dtype=torch.float64)
    yield (
        "classes-blind-question",
        "Certain of the nodule everywhere would be right for 3 pixels and dear for 97.",
        [n.actual for n in PUZZLE] == [97 - 18, 18, 3]
        and (-certain.log() > 20).tolist() == [True, True, False],
    )
    yield (
        "classes-blind-question",
        "The nodule has most of the weight of a pixel, but few pixels.",
        bool(inverse[2] / inverse.sum() > 0.8) and PUZZLE[2].actual < 5,
    )


def of_weighted_means():
    """What weights do to probabilities, to means and to gradients."""
    plain, inverse = torch.ones(3, dtype=torch.float64), 1 / SHARES
    chances = torch.tensor([0.2, 0.5, 0.3], dtype=torch.float64)
    yield (
        "classes-weights-read",
        r"The best probability is $\frac{w_k f_k}{\sum_j w_j f_j}$",
        all(is_best(blind(w, f), w, f) for w in (plain, inverse, WEIGHTS) for f in (SHARES, chances)),
    )
    back = blind(WEIGHTS, chances) / WEIGHTS
    yield "classes-weights-read", "and normalise, and they are again", same(back / back.sum(), chances)
    w = WEIGHTS.view(-1, 1, 1)
    first = [
        F.binary_cross_entropy_with_logits(0 * Z, MASKS, weight=(k * w).expand_as(Z)).item()
        for k in (1, 2, 3)
    ]
    yield (
        "classes-weights-read",
        "grows with the weights",
        same(first, [first[0], 2 * first[0], 3 * first[0]]) and first[0] > 0,
    )
    doubled = [F.cross_entropy(Z, LABELS, k * WEIGHTS) for k in (1, 2)]
    ours = [bce_loss(one_against_the_rest(Z), MASKS, weight=MASKS * k * w) for k in (1, 2)]
    yield (
        "classes-weights-read",
        "With the first, doubling all weights changes nothing",
        same(*doubled) and same(*ours) and same(doubled[0], ours[0]),
    )
    much = torch.where(LABELS == 0, 2, LABELS)
    firsts = [F.cross_entropy(0 * Z, labels, WEIGHTS) for labels in (LABELS, much)]
    yield (
        "classes-weights-read",
        "a batch with much nodule counts as much as one with little",
        same(firsts, [log(3)] * 2) and int((much == 2).sum()) > 1.5 * int((LABELS == 2).sum()),
    )
    at = Z[:1, :, :1, :1] + torch.zeros(1, 3, 10, 10, dtype=torch.float64)
    by_weights = slope(lambda z: F.cross_entropy(z, CLASS_MAP[None], inverse), at)
    by_pixels = slope(lambda z: F.cross_entropy(z, CLASS_MAP[None], inverse, reduction="none").mean(), at)
    yield (
        "classes-weights-read",
        "three times as large, and so its gradient. Both weigh classes alike",
        same(by_pixels, 3 * by_weights),
    )
    r = one_against_the_rest(Z)
    by_smooth = [
        same(
            dice_loss(r, MASKS, smooth=s, dim=PER_CLASS, weight=w),
            dice_loss(r, MASKS, smooth=s, dim=PER_CLASS),
        )
        for s in (0, 1)
    ]
    yield (
        "classes-weights-read",
        "a weight of a class stands above and below the bar of its own Dice and cancels",
        by_smooth == [True, False],
    )


def of_learning():
    """What the weights do to the small model."""
    rows = learners()
    counts = {run: class_overlaps(z.argmax(1), y) for run, (z, y) in rows.items()}
    pairs = [(counts[seed, "plain"], counts[seed, "weighted"]) for seed in range(3)]
    yield (
        "classes-learn-read",
        "In each of the three runs the weights find far more of the nodule",
        all(weighted[2].tp > 1.5 * plain[2].tp for plain, weighted in pairs),
    )
    yield (
        "classes-learn-read",
        "pay with false nodule, three times as much or more",
        all(weighted[2].fp > 3 * plain[2].fp for plain, weighted in pairs),
    )
    yield (
        "classes-learn-read",
        "Here the nodule's Dice gains a little and the lung's loses a little",
        all(
            0 < weighted[2].dice() - plain[2].dice() < 0.1 and 0 < plain[1].dice() - weighted[1].dice() < 0.1
            for plain, weighted in pairs
        ),
    )
    more = [
        weighted[2].tp - found_at(*rows[seed, "plain"], weighted[2].fp)
        for seed, (_, weighted) in enumerate(pairs)
    ]
    yield (
        "classes-learn-read",
        "Weights choose another point on the same trade; they hardly see more",
        all(
            abs(few) <= 4 < (weighted[2].tp - plain[2].tp) / 5
            for few, (plain, weighted) in zip(more, pairs, strict=True)
        ),
    )
    means = [[mean([n.dice() for n in classes]) for classes in pair] for pair in pairs]
    yield (
        "classes-fails",
        "A better mean with a worse class.",
        any(
            after > before and weighted[1].dice() < plain[1].dice()
            for (before, after), (plain, weighted) in zip(means, pairs, strict=True)
        ),
    )
    yield "classes-fails", "look at each class, always", Because.ADVICE


def of_focal():
    """Focal losses of a softmax, and those of the libraries."""
    p = (Z.softmax(1) * MASKS).sum(1)
    alpha = torch.tensor(ALPHA, dtype=torch.float64).view(-1, 1, 1)
    each = (MASKS * alpha).sum(1)
    r = one_against_the_rest(Z)
    ours = [
        focal_loss(r, MASKS, alpha=None, gamma=gamma, weight=MASKS * alpha, reduction="none").sum(1)
        for gamma in (2, 0)
    ]
    yield (
        "classes-focal",
        r"FL = -\alpha_c\, (1 - p_c)^{\gamma} \log p_c",
        same(ours[0], -each * (1 - p) ** 2 * p.log()),
    )
    weighted = F.cross_entropy(Z, LABELS, alpha.flatten(), reduction="none")
    yield (
        "classes-focal",
        r"so alpha is a class weight, and $(1 - p_c)^\gamma$ does the rest",
        same(ours[1], weighted) and same(ours[0], weighted * (1 - p) ** 2),
    )
    z, y = Z[:, :1], MASKS[:, :1]
    two = one_against_the_rest(torch.cat([0 * z, z], 1))
    sides = torch.cat([1 - y, y], 1)
    listed = sides * torch.tensor([0.75, 0.25], dtype=torch.float64).view(-1, 1, 1)
    yield (
        "classes-focal-read",
        r"the list $(1 - \alpha, \alpha)$ is the alpha of the",
        same(
            focal_loss(two, sides, alpha=None, weight=listed, reduction="none").sum(1),
            focal_loss(z, y, alpha=0.25, reduction="none").squeeze(1),
        ),
    )

    def total(case, weights) -> float:
        """The focal loss of a softmax, summed over labelled pixels, each weighted by its true class."""
        masks, keep = case.masks()
        weight = masks * keep * torch.tensor(weights, dtype=torch.float64).view(-1, 1, 1)
        rest = one_against_the_rest(case.logits(2))
        return focal_loss(rest, masks, alpha=None, weight=weight, reduction="sum").item()

    def labelled(case) -> int:
        return int((case.target != 255).sum())

    by_pixels = agrees(
        "losses",
        "focal",
        "MONAI the same, alpha=(0.1, 0.3, 0.6)",
        lambda case: total(case, ALPHA) / labelled(case),
    )
    yield "classes-focal-read", "divides by the number of labelled pixels", by_pixels
    yield "classes-atlas-focal-read", "MONAI divides the sum by the number of labelled pixels", by_pixels
    single = (0.75, 0.25, 0.25)
    yield (
        "classes-focal-read",
        "in MONAI and kornia, weighs every class but the background, which gets one minus alpha",
        agrees(
            "losses", "focal", "MONAI the same, alpha=0.25", lambda case: total(case, single) / labelled(case)
        )
        and agrees(
            "losses",
            "focal",
            "kornia focal_loss(alpha=0.25, ignore_index=255)",
            lambda case: total(case, single) / (3 * case.target.numel()),
        ),
    )

    def of_sigmoids(case) -> float:
        masks, keep = case.masks()
        weight = keep.expand_as(masks)
        return focal_loss(case.logits(2), masks, alpha=None, weight=weight).item()

    yield (
        "classes-focal-read",
        "is made of sigmoids, not of a softmax",
        agrees("losses", "focal", 'smp FocalLoss("multiclass", ignore_index=255)', of_sigmoids),
    )
    told, untold = (
        SAID["losses"]["focal"][f'smp FocalLoss("multiclass"{more})']["no labels below"]
        for more in (", ignore_index=255", "")
    )
    yield (
        "classes-atlas-focal-read",
        "the unlabelled pixels make the loss six times as large",
        5.5 < untold / told < 6.5,
    )


def of_absent_classes():
    """Classes that are not there."""
    without, alarm = (class_overlaps(*CLASS_CASES[name]) for name in ("no nodule", "false nodule"))
    yield (
        "classes-absent-question",
        "It falls a little, as one pixel of 100",
        averages(without).pooled - averages(alarm).pooled == Fraction(1, 100),
    )
    yield (
        "classes-absent-question",
        "It loses a third of its votes",
        alarm[2].dice() == 0
        and averages(alarm).mean == (alarm[0].dice() + alarm[1].dice()) / 3
        and averages(without).mean == (without[0].dice() + without[1].dice()) / 2,
    )
    many = PREDICTION_1.long()
    many[9], many[0] = 2, 2
    twenty = class_overlaps(many, LUNG.long())[2]
    yield (
        "classes-absent-question",
        "For the nodule, twenty are not worse.",
        twenty.fp == 20 and twenty.dice() == alarm[2].dice() == 0,
    )
    monai = SAID["scores"]["mean"]["MONAI DiceMetric()"]["false nodule"]
    free = abs(monai - float(mean([n.dice() for n in alarm[:2]]))) < 1e-6
    yield "classes-absent-question", "class out where the truth has none of it, false alarms included.", free
    yield "classes-absent-read", "Leaving out what the truth has not makes false alarms free", free
    there = torch.rand(40, 4, generator=torch.Generator().manual_seed(8)) < 0.3
    images = torch.where(there[..., None, None], CLASS_MAP, LUNG.long())
    absent = [
        sum(class_overlaps(x, x)[2].actual == 0 for x in pile) / len(pile)
        for pile in (images.flatten(0, 1), images)
    ]
    yield (
        "classes-absent-read",
        "pools the batch, so that a class is absent less often",
        0 < absent[1] < absent[0] - 0.2,
    )


def of_unlabelled_pixels():
    """Pixels without a label."""
    case = CLASS_CASES["no labels below"]
    masks, keep = case.masks()
    r = one_against_the_rest(case.logits(40))
    right = 1 - dice_loss(r, masks, smooth=0, dim=PER_CLASS, weight=keep)
    half = 1 - dice_loss(r, masks * keep, smooth=0, dim=PER_CLASS)
    x = F.one_hot(case.prediction, 3).movedim(-1, 1)
    left = masks * keep
    by_counts = 2 * (x * left).sum(PER_CLASS) / (x.sum(PER_CLASS) + left.sum(PER_CLASS))
    yield (
        "classes-ignored-question",
        "What it says on unlabelled pixels stays below the",
        same(half, by_counts) and bool((half <= right + 1e-12).all() and half[0] < right[0]),
    )
    yield (
        "classes-ignored-question",
        "a weight of 0 takes a pixel out of all three sums",
        same(right, [float(n.dice()) for n in class_overlaps(*case)]),
    )
    refused = False
    try:
        F.one_hot(case.target, 3)
    except RuntimeError:
        refused = True
    yield "classes-ignored-read", "refuses 255.", refused
    clamped = case.target.clamp(max=2)
    yield (
        "classes-ignored-read",
        "and makes nodule of every unlabelled pixel",
        bool((clamped[case.target == 255] == 2).all()),
    )
    macro = SAID["scores"]["mean"]
    told = macro["smp the same, get_stats(ignore_index=255)"]["no labels below"]
    untold = macro['smp f1_score(reduction="macro")']["no labels below"]
    yield (
        "classes-ignored-read",
        "for a class that nobody predicts, and the mean falls from 0.8663 to 0.7574",
        untold < told and abs(right.mean() - told) < 1e-6 and abs(half.mean() - untold) < 1e-6,
    )
    cross = F.cross_entropy(case.logits(2), CLASS_MAP[None], reduction="none")
    counts = []
    for rows in range(1, 11):
        kept = cross[:, :rows]
        counts.append(float((kept.sum() / cross.numel()) / kept.mean()))
    said = SAID["losses"]["cross entropy"]
    torchs, smps = (
        said[call]["no labels below"]
        for call in ("torch cross_entropy(ignore_index=255)", "smp SoftCrossEntropyLoss(ignore_index=255)")
    )
    yield (
        "classes-ignored-read",
        "the fewer labels a batch has, the less it counts",
        all(a < b for a, b in pairwise(counts))
        and abs(cross[:, :6].mean() - torchs) < 1e-6
        and abs(cross[:, :6].sum() / 100 - smps) < 1e-6,
    )
    yield (
        "classes-ignored-read",
        "and the mean is over what is kept",
        same(bce_loss(one_against_the_rest(case.logits(2)), masks, weight=masks * keep), cross[:, :6].mean()),
    )


def of_data_sets():
    """Means of IoU over images and classes."""
    one, rest = CLASS_CASES["the map"], CLASS_CASES["no nodule"]
    images = [class_overlaps(*one), *[class_overlaps(*rest)] * 3]
    each = [averages(classes, "iou").mean for classes in images]
    x, y = (torch.cat([one[k], rest[k], rest[k], rest[k]]) for k in (0, 1))
    whole = averages(class_overlaps(x, y), "iou").mean
    yield "classes-miou-question", "Is it above or below the mean over", Because.ADVICE
    yield (
        "classes-miou-question",
        "Above: most images are good",
        sum(score > 0.9 for score in each) > len(each) / 2 and whole < mean(each),
    )
    yield (
        "classes-miou-question",
        "They are, but only one of them has a nodule",
        sum(classes[2].actual > 0 for classes in images) == 1,
    )
    yield "classes-miou-question", "Far below", whole < mean(each) - Fraction(1, 10)
    yield "classes-miou-read", "from one table of counts for all images", Because.CITED
    yield "classes-miou-read", "scores each image by itself", Because.CITED
    yield "classes-miou-read", "in medicine an image is a patient", Because.OPINION

    def both_ways(maps) -> tuple[Fraction, Fraction]:
        """Over classes first, and over images first; a class in neither map is left out."""
        table = [
            [n.iou() if n.predicted + n.actual else None for n in class_overlaps(*pair)] for pair in maps
        ]
        columns = zip(*table, strict=True)
        rows_first, columns_first = (
            mean([mean([s for s in line if s is not None]) for line in lines]) for lines in (table, columns)
        )
        return rows_first, columns_first

    full = both_ways(NOISE)
    missing = both_ways([one, rest])
    yield (
        "classes-miou-read",
        (
            "A mean over classes first and images second need not be a mean over images first and classes"
            " second, once a class is missing somewhere"
        ),
        full[0] == full[1] and missing[0] != missing[1],
    )
    said = {call: SAID["scores"]["mean IoU"][call]["two images"] for call in SAID["scores"]["mean IoU"]}
    votes = [n.iou() for pair in (one, rest) for n in class_overlaps(*pair) if n.predicted + n.actual]
    yield (
        "classes-miou-read",
        "gives each class of each image one vote",
        abs(float(mean(votes)) - said["TorchMetrics MeanIoU()"]) < 1e-6,
    )
    yield (
        "classes-miou-read",
        "MONAI takes the classes of an image first",
        abs(float(missing[0]) - said["MONAI MeanIoU()"]) < 1e-6,
    )
    yield (
        "classes-remember",
        "mIoU per image, per batch and over the data set are three numbers",
        len(
            {
                whole,
                mean(each),
                mean([averages(class_overlaps(x[k : k + 2], y[k : k + 2]), "iou").mean for k in (0, 2)]),
            }
        )
        == 3,
    )


def of_libraries():
    """What the record of the libraries says."""
    yield "classes-libraries", "The puzzle's map and four more", len(CLASS_CASES) == 1 + 4
    yield (
        "classes-libraries",
        "the batch is one region, absent classes are left out, and so are pixels without a label",
        all(
            abs(OURS["scores"]["mean"](case) - float(averages(class_overlaps(*case)).mean)) < 1e-12
            for case in CLASS_CASES.values()
        ),
    )
    yield (
        "classes-atlas-mean-read",
        "All agree on the puzzle.",
        all(abs(said["the map"] - float(FOUR.mean)) < 1e-6 for said in SAID["scores"]["mean"].values()),
    )
    wrong = {name: (x != y) & (y != 255) for name, (x, y) in CLASS_CASES.items()}
    kornia = SAID["losses"]["dice"]["kornia dice_loss(ignore_index=255)"]
    yield (
        "classes-atlas-dice-read",
        "0.0300 is the share of wrong pixels",
        all(
            abs(kornia[name] - int(off.sum()) / int((CLASS_CASES[name].target != 255).sum())) < 1e-6
            for name, off in wrong.items()
        ),
    )
    alarm = class_overlaps(*CLASS_CASES["false nodule"])
    silenced = float(sum(1 - n.dice() for n in alarm if n.actual) / 3)
    yield (
        "classes-atlas-dice-read",
        "which silences a class that the batch does not have",
        abs(SAID["losses"]["dice"]['smp DiceLoss("multiclass", ignore_index=255)']["false nodule"] - silenced)
        < 1e-5,
    )


def of_failures():
    """Where it fails, and the question from before."""
    yield (
        "classes-fails",
        "One pixel of it moves the foreground mean from 0.7222 to 0.8857",
        numbers["repaired"](2, 4).foreground - FOUR.foreground > Fraction(3, 20),
    )
    yield (
        "classes-fails",
        "can be absent from most batches",
        all(Fraction(19, 20) ** size > Fraction(1, 2) for size in (2, 4, 8)),
    )
    empty = torch.zeros(1, 1, 10, 10, dtype=torch.float64)
    logits = torch.randn(1, 1, 10, 10, dtype=torch.float64, generator=torch.Generator().manual_seed(9))
    yield (
        "classes-fails",
        "its own loss can only push it down",
        all(bool((slope(lambda z, loss=loss: loss(z, empty), logits) > 0).all()) for loss in LOSSES),
    )
    some = (torch.tensor([0.33, 0.33, 0.34]), torch.tensor([0.0, 0.51, 0.49]))
    yield (
        "classes-fails",
        "a nodule at 0.34 can win, and at 0.49 it can lose",
        [int(p.argmax()) == 2 for p in some] == [True, False],
    )
    yield (
        "classes-fails",
        "the volume of the lung is too small by the nodule",
        int(LUNG.sum() - (CLASS_MAP == 1).sum()) == int((LUNG * NODULE).sum()) > 0,
    )
    yield "classes-recall", "A mean of fractions is not the fraction of the sums.", FOUR.mean != FOUR.pooled
    gone = averages(GONE)
    yield (
        "classes-recall",
        "there small images drown, here small classes",
        FOUR.pooled - gone.pooled == Fraction(1, 100) < (FOUR.mean - gone.mean) / 15,
    )


def of_exercises():
    """The exercises and their solutions."""
    lung, nodule = PUZZLE[1:]
    yield (
        "classes-exercise-pooled-solution",
        "Above the bar, twice 17 and twice 1.",
        [lung.tp, nodule.tp] == [17, 1],
    )
    yield (
        "classes-exercise-pooled-solution",
        "Below it 18 and 18 for the lung, 1 and 3 for the nodule.",
        [lung.predicted, lung.actual, nodule.predicted, nodule.actual] == [18, 18, 1, 3],
    )
    votes = [n.predicted + n.actual for n in (lung, nodule)]
    yield (
        "classes-exercise-pooled-solution",
        "this lies only who has the votes",
        sum(v * n.dice() for v, n in zip(votes, (lung, nodule), strict=True)) / sum(votes)
        == Fraction(36, 40),
    )
    yield (
        "classes-exercise-weight",
        "With which weight of the nodule is its best probability of nodule one half?",
        Because.ADVICE,
    )
    w = [1.0, 7.0, 97 / 3]
    guesses = [blind(torch.tensor([1, 1, one], dtype=torch.float64), SHARES) for one in w]
    yield (
        "classes-exercise-weight-solution",
        r"The best probability is the nodule's share of the weights: $\frac{3w}{79 + 18 + 3w}$",
        same([p[2] for p in guesses], [3 * one / (79 + 18 + 3 * one) for one in w])
        and all(
            is_best(p, torch.tensor([1, 1, one], dtype=torch.float64), SHARES)
            for p, one in zip(guesses, w, strict=True)
        ),
    )
    yield (
        "classes-exercise-weight-solution",
        "It is one half when $3w = 97$",
        abs(guesses[-1][2] - 0.5) < 1e-12,
    )
    lung_rows = LUNG.nonzero()[:, 0]
    outside = ((CLASS_MAP == 2) & (LUNG == 0)).nonzero().tolist()
    yield (
        "classes-exercise-ignore",
        "The nodule pixel below the lung gets the label 255.",
        len(outside) == 1 and outside[0][0] > int(lung_rows.max()),
    )
    ignoring = CLASS_MAP.clone()
    ignoring[tuple(outside[0])] = 255
    after = class_overlaps(CLASS_PREDICTION, ignoring)
    yield (
        "classes-exercise-ignore-solution",
        "The lung's score does not change",
        after[1].dice() == lung.dice() == Fraction(34, 36),
    )
    yield (
        "classes-exercise-ignore-solution",
        r"$\frac{2}{1 + 2}$",
        after[2].dice()
        == Fraction(2 * after[2].tp, after[2].predicted + after[2].actual)
        == Fraction(2, 1 + 2),
    )

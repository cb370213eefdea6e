"""What the page of the family claims, held to what its lines compute."""

import runpy
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import torch
import torch.nn.functional as F
from claims import Because

from seglosses import bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, NODULE_PROBABILITIES
from seglosses.probabilities import to_logits

numbers, choosing = (
    runpy.run_path(str(Path(__file__).with_name(f"numbers_{page}.py"))) for page in ("family", "choosing")
)
run, pull_ratio, score = numbers["run"], numbers["pull_ratio"], choosing["score"]
Y, P = LUNG.double(), LUNG_PROBABILITIES.double()
N = Y.numel()
ALPHAS = ((0.3, 0.7), (0.5, 0.5), (1.0, 1.0), (0.7, 0.3))
POWER = 3 / 4


def near(a, b) -> bool:
    """Whether two values or grids agree, to rounding."""
    return bool(torch.allclose(torch.as_tensor(a).double(), torch.as_tensor(b).double(), atol=1e-9))


def tversky(tp, fp, fn, alpha: float, beta: float):
    """The formula of the page."""
    return 1 - tp / (tp + alpha * fp + beta * fn)


def of_grid(p: torch.Tensor, alpha: float, beta: float, power: float = 1.0) -> torch.Tensor:
    """Tversky, or with a power focal Tversky, of probabilities for the lung."""
    return tversky((p * Y).sum(), (p * (1 - Y)).sum(), ((1 - p) * Y).sum(), alpha, beta) ** power


def slope(loss, p: torch.Tensor) -> torch.Tensor:
    """The gradient in the probabilities."""
    p = p.clone().requires_grad_()
    return torch.autograd.grad(loss(p), p)[0]


def factor_of_power(doubt: float) -> float:
    """How many times as hard focal Tversky pulls as Tversky, where all pixels are right but for a doubt."""
    p = (Y - doubt).abs()
    focal = slope(lambda q: of_grid(q, 0.3, 0.7, POWER), p)
    return (focal / slope(lambda q: of_grid(q, 0.3, 0.7), p)).mean().item()


def factor_of_focal(doubt: float) -> float:
    """The same of focal loss over BCE, without alpha."""
    z = to_logits((Y - doubt).abs()).requires_grad_()
    (focal,) = torch.autograd.grad(focal_loss(z, Y, alpha=None), z)
    (plain,) = torch.autograd.grad(bce_loss(z, Y), z)
    return (focal / plain).mean().item()


def lovasz(p: torch.Tensor) -> torch.Tensor:
    """Each error, the worst first, times what IoU loses with it: by counting the masks, not by cumsum."""
    errors, order = (Y - p).abs().flatten().sort(descending=True)
    truth = Y.flatten() == 1
    lost, before = torch.zeros((), dtype=torch.float64), 0.0
    for i, error in enumerate(errors):
        mask = truth.clone()
        mask[order[: i + 1]] = ~mask[order[: i + 1]]
        after = 1 - ((mask & truth).sum() / (mask | truth).sum()).double()
        lost, before = lost + error * (after - before), after
    return lost


def distance(to: torch.Tensor) -> torch.Tensor:
    """From each pixel to the nearest pixel of a mask, by trying all."""
    places = to.nonzero().double()
    return torch.stack(
        [
            (places - torch.tensor([row, column])).pow(2).sum(1).min().sqrt()
            for row in range(10)
            for column in range(10)
        ]
    ).view(10, 10)


def middle(image: torch.Tensor, erosions: int) -> torch.Tensor:
    """The middle line of a mask, as the page computes it, after so many erosions."""
    shapes = (((3, 1), (1, 0)), ((1, 3), (0, 1)))
    left, line = image.view(1, 1, *image.shape), 0 * image
    for _ in range(erosions + 1):
        rows, columns = (-F.max_pool2d(-left, size, 1, pad) for size, pad in shapes)
        eroded = torch.minimum(rows, columns)
        rest = F.relu(left - F.max_pool2d(eroded, 3, 1, 1))
        line, left = line + F.relu(rest - line * rest), eroded
    return line.view(image.shape)


def vessel(width: int) -> torch.Tensor:
    """A straight vessel through an image of 15 x 15."""
    image = torch.zeros(15, 15, dtype=torch.float64)
    image[2 : 2 + width] = 1
    return image


def middle_needs_half_the_width() -> bool:
    """Half the width, rounded down, gives the whole line; one erosion less gives none where the width is odd."""
    enough = all((middle(vessel(w), w // 2).sum(0) > 0).all() for w in range(1, 10))
    return enough and not any(middle(vessel(w), w // 2 - 1).any() for w in (3, 5, 7, 9))


def wrong_labels_stay() -> bool:
    """Whether 4 wrong labels cost the most, the surer a model is of the truth."""
    labels = Y.flatten().clone()
    wrong = [0, 33, 44, 99]
    labels[wrong] = 1 - labels[wrong]
    doubts = torch.linspace(0.5, 1.5, N, dtype=torch.float64)
    for sure in (1, 2, 4, 8, 16):
        z = (2 * Y.flatten() - 1) * sure * doubts
        prices = F.binary_cross_entropy_with_logits(z, labels, reduction="none")
        if not set(wrong) <= set(prices.topk(10).indices.tolist()):
            return False
    return True


def start_beats_every_loss() -> bool:
    """On nodules, from BCE at one half: the median gain of the start, against that of every other loss."""
    losses = [loss for loss in choosing["RECORDING"].runs["nodules"] if loss != "BCE"]
    for name in ("dice", "tuned dice"):
        for step in (400, 800):
            plain, started = (score("nodules", "BCE", name, step, prior) for prior in (0.5, 0.01))
            gains = [(score("nodules", loss, name, step) - plain).quantile(0.5) for loss in losses]
            pairs = [(started > score("nodules", loss, name, step)).sum() for loss in losses]
            if (started - plain).quantile(0.5) <= max(gains) or min(pairs) < 5:
                return False
    return True


def of_counts(names, nodule):
    """The claims on the page's first part: the puzzle, Tversky and generalised Dice."""
    tube, gap, dent = (names[name] for name in ("tube", "gap", "dent"))
    yield "family-title", "nine more losses", len(numbers["RECORD"]["values"]["lung"]) + 1 == 9
    yield "family-title", "where to read more", Because.STORY
    whole = [bool(one.any(0).all()) for one in (tube, gap, dent)]
    yield "family-puzzle-picture", "so it falls in two", whole == [True, False, True]
    yield "family-puzzle-picture", "3 pixels of its upper rim", bool((tube - dent)[4].sum() == 3)
    same = [
        near(loss(to_logits(0.02 + 0.96 * gap), tube), loss(to_logits(0.02 + 0.96 * dent), tube))
        for loss in (dice_loss, iou_loss, bce_loss, focal_loss)
    ]
    yield "family-guess", "All five add up pixels, and no pixel knows its neighbours.", all(same)
    listed = " ".join(names["groups"].values()).lower()
    absent = not any(name in listed for name in ("generalised", "cldice", "deep"))
    yield "family-map-read", "Three losses of this page are not among its 25.", absent
    missed = (Y == 1) & (P < 0.5)
    last = Y.nonzero()[:, 0].max()
    yield (
        "family-map-read",
        "a model that is fairly sure of all of it but its last row",
        bool((missed.nonzero()[:, 0] == last).all() and missed.sum() == Y[last].sum()),
    )

    tp, fp, fn = (P * Y).sum(), (P * (1 - Y)).sum(), ((1 - P) * Y).sum()
    dice, iou = (1 - loss(to_logits(P), Y, smooth=0) for loss in (dice_loss, iou_loss))
    yield (
        "family-tversky",
        r"\frac{TP}{TP + \frac{1}{2} FP + \frac{1}{2} FN}",
        near(dice, tp / (tp + fp / 2 + fn / 2)),
    )
    yield (
        "family-tversky",
        r"L_T = 1 - \frac{TP}{TP + \alpha\, FP + \beta\, FN}",
        near(names["tversky"], 1 - tp / (tp + 0.3 * fp + 0.7 * fn)),
    )
    yield (
        "family-tversky",
        r"With $\alpha = \beta = \frac{1}{2}$ it is Dice, with $\alpha = \beta = 1$ it is IoU.",
        near(of_grid(P, 0.5, 0.5), 1 - dice) and near(of_grid(P, 1, 1), 1 - iou),
    )
    swapped = [tversky(10, 2, 5, a, b) - tversky(10, 5, 2, a, b) for a, b in ALPHAS]
    yield (
        "family-tversky",
        r"With $\beta > \alpha$ a miss weighs more than a false alarm.",
        swapped[0] > 0 == swapped[1] == swapped[2] > swapped[3],
    )
    yield (
        "family-tversky",
        "focal Tversky takes a power of the whole loss",
        near(names["focal_tversky"], names["tversky"] ** POWER),
    )
    values = [of_grid(P, *pair).item() for pair in ((0.5, 0.5), (0.7, 0.3), (0.3, 0.7))]
    yield "family-tversky-read", "The values hardly differ", max(values) - min(values) < 0.01
    yield "family-tversky-read", "The pulls do.", pull_ratio(0.3, 0.7) > 1.9 * pull_ratio(0.5, 0.5)
    yield "family-tversky-read", "where a miss is worse than a false alarm", Because.ADVICE
    factors = [factor_of_power(doubt) for doubt in (0.1, 1e-2, 1e-4, 1e-8)]
    yield (
        "family-tversky-read",
        "a power below 1 multiplies all pulls by a factor that grows without bound as a region becomes perfect",
        all(a < b for a, b in pairwise(factors)) and factors[0] > 1 and factors[-1] > 40,
    )
    focal = [factor_of_focal(doubt) for doubt in (0.1, 1e-2, 1e-4)]
    yield (
        "family-tversky-read",
        "focal loss lets go there",
        focal[0] > focal[1] > focal[2] and focal[2] < 1e-4,
    )

    classes = ((1 - P, 1 - Y), (P, Y))
    w = [1 / y.sum() ** 2 for _, y in classes]
    above = 2 * sum(wk * (p * y).sum() for wk, (p, y) in zip(w, classes, strict=True))
    under = sum(wk * (p + y).sum() for wk, (p, y) in zip(w, classes, strict=True))
    yield (
        "family-generalised",
        r"L_G = 1 - \frac{2 \sum_k w_k \sum_i p_{ki}\, y_{ki}}{\sum_k w_k \sum_i (p_{ki} + y_{ki})}",
        near(names["generalised"], 1 - above / under) and near(names["weight"], torch.stack(w)),
    )
    apart = sum(1 - 2 * (p * y).sum() / (p + y).sum() for p, y in classes) / 2
    yield (
        "family-generalised",
        "Dice of several classes is a mean of fractions.",
        near(names["mean_of_two"], apart),
    )
    yield (
        "family-generalised-read",
        "the smaller a class in a batch, the larger its weight, by the square",
        near(nodule["weight"][1] / names["weight"][1], (Y.sum() / NODULE.sum()) ** 2)
        and NODULE.sum() < Y.sum(),
    )


def of_places(names):
    """Those on Lovász, the distances and the middle line."""
    tube, gap, dent, phi = (names[name] for name in ("tube", "gap", "dent", "phi"))
    counted = near(names["lovasz"], lovasz(P)) and near(lovasz((P > 0.5).double()), 0.2)
    yield "family-lovasz", "sort the errors of all pixels, the worst first", counted
    yield "family-lovasz", "price each by what IoU loses when the pixels so far are wrong", counted
    yield "family-lovasz", r"\left(\Delta_{i} - \Delta_{i-1}\right)", counted
    worst_first = bool((names["errors"].diff() <= 0).all())
    yield "family-lovasz", r"e_{(1)} \ge e_{(2)} \ge \dots", worst_first
    yield "family-lovasz", "$e = |y - p|$", near(names["errors"], (Y - P).abs().flatten()[names["order"]])
    yield (
        "family-lovasz",
        r"$\Delta_i$ is the IoU loss of the mask in which the $i$ worst pixels are wrong",
        counted,
    )
    hard = (P > 0.5).double()
    yield (
        "family-lovasz-read",
        "On a hard mask both are the IoU loss itself.",
        near(lovasz(hard), 1 - (hard * Y).sum() / (hard + Y - hard * Y).sum()),
    )
    yield "family-lovasz-read", "often after some epochs of cross entropy", Because.CITED
    at, step = P.clone(), 1e-6
    at[0, 0], at[2, 2] = 0.4, 0.6  # a false alarm and a doubt of the same size
    slopes = []
    for shift in (-step, step):
        at[0, 0] = 0.4 + shift
        slopes.append(slope(lovasz, at)[0, 0].item())
    yield (
        "family-lovasz-read",
        "a slope that jumps where two errors change places",
        abs(slopes[0] - slopes[1]) > 1e-3,
    )

    to_lung, to_rest = distance(Y), distance(1 - Y)
    yield (
        "family-boundary",
        "positive outside the object, negative inside, and zero on its outermost pixels",
        bool(
            (phi[Y == 0] > 0).all() and ((phi == 0) == (to_rest == 1)).all() and (phi[to_rest > 1] < 0).all()
        ),
    )
    yield (
        "family-boundary",
        r"L_B = \frac{1}{N} \sum_i p_i\, \phi_i",
        near(names["boundary"], (P * torch.where(Y == 1, 1 - to_rest, to_lung)).sum() / N),
    )
    yield (
        "family-boundary-read",
        "a missed pixel at the edge costs nothing",
        bool((phi[to_rest == 1] == 0).all()),
    )
    yield "family-boundary-read", "the loss goes below 0", bool(names["best"] < 0)
    yield "family-boundary-read", "with a weight that grows from epoch to epoch", Because.CITED
    yield "family-boundary-read", "is the largest of all distances from a pixel of one edge", Because.MEANING
    d_y, (found, missing) = to_lung + to_rest, (distance(hard), distance(1 - hard))
    yield (
        "family-boundary-read",
        r"L_H = \frac{1}{N} \sum_i (p_i - y_i)^2 \left(d_p^{\,2} + d_y^{\,2}\right)_i",
        near(names["hausdorff"], ((P - Y) ** 2 * ((found + missing) ** 2 + d_y**2)).sum() / N),
    )

    shares = {}
    true, *lines = names["lines"][:, 0]
    for name, image, mine in zip(("cut", "dented"), (gap, dent), lines, strict=True):
        precise, recalled = (mine * tube).sum() / mine.sum(), (true * image).sum() / true.sum()
        shares[name] = (1 - 2 * precise * recalled / (precise + recalled)).item()
    recorded = numbers["RECORD"]["cldice"]
    yield (
        "family-cldice",
        r"L_{cl} = 1 - \frac{2\, T_p\, T_r}{T_p + T_r}",
        all(abs(shares[name] - recorded[name]) < 1e-6 for name in shares) and near(true, middle(tube, 3)),
    )
    yield (
        "family-cldice-read",
        "where a cut is worse than a thin place",
        shares["cut"] > shares["dented"] == 0,
    )
    yield (
        "family-cldice-read",
        "as many as half the width of the thickest vessel",
        middle_needs_half_the_width(),
    )
    yield "family-cldice-read", "Alone it does not care about the width", shares["dented"] == 0


def of_pixels_and_scales(names, nodule):
    """Those on TopK and deep supervision, on what to try, and what to remember."""
    tube, gap, dent = (names[name] for name in ("tube", "gap", "dent"))
    prices = -(Y * P.log() + (1 - Y) * (1 - P).log()).flatten()
    ten = prices.sort(descending=True).values[:10]
    yield "family-topk", "TopK over the worst of them", near(names["topk"], ten.mean())
    wrong = (Y - P).abs().flatten().requires_grad_()
    (pull,) = torch.autograd.grad((-(1 - wrong).log()).topk(10).values.mean(), wrong)
    others = (wrong[:, None] < wrong).sum(1)
    yield "family-topk-read", "TopK when 10 others are worse", bool((pull[others >= 10] == 0).all())
    yield "family-topk-read", "where most of an image is easy", Because.ADVICE
    yield "family-topk-read", "a selection of the largest", near(names["topk"], ten.mean())
    yield (
        "family-topk-read",
        "they are among the worst as long as the model is right about them",
        wrong_labels_stay(),
    )
    fine, coarse = names["losses"]
    weights = torch.tensor([2.0**-k for k in range(2)])
    yield (
        "family-deep",
        r"L = \sum_k w_k\, L_k, \qquad w_k \propto 2^{-k}",
        near(names["deep"], (weights[0] * fine + weights[1] * coarse) / weights.sum()),
    )
    one = torch.eye(N).view(N, 1, 10, 10)
    kept = F.interpolate(one, size=5, mode="nearest-exact").sum((1, 2, 3))
    yield (
        "family-deep-read",
        "of the four pixels of a square, one is kept",
        bool(kept.sum() == N / 4 and kept.max() == 1),
    )

    yield "family-choose", "First none of them.", Because.ADVICE
    yield (
        "family-choose",
        "in the chapter on choosing, a better start did more for BCE on nodules than another loss",
        start_beats_every_loss(),
    )
    yield (
        "family-choose",
        "A loss that was best in a paper was best on its data, with its schedule.",
        Because.OPINION,
    )
    cut, dented = (run(tube, 0.1 + 0.8 * image) for image in (gap, dent))
    blind = ("tversky", "focal_tversky", "generalised", "lovasz", "topk")
    seen = ("boundary", "hausdorff")
    yield (
        "family-remember",
        "Pixels and regions do not see where a mistake lies. Distances and middle lines do.",
        all(near(cut[name], dented[name]) for name in blind)
        and all(cut[name] > dented[name] + 1e-3 for name in seen),
    )
    yield (
        "family-remember",
        "Alone, the boundary loss does not hold a region",
        bool((nodule["phi"] * NODULE).sum() == 0),  # to find nothing costs no more than the mask itself
    )
    yield "family-remember", "add it to Dice, with a weight that grows", Because.CITED
    yield "family-remember", "Try the threshold and the start first.", Because.ADVICE


def claims():
    """In the order of the page."""
    names, nodule = run(), run(NODULE, NODULE_PROBABILITIES)
    yield from of_counts(names, nodule)
    yield from of_places(names)
    yield from of_pixels_and_scales(names, nodule)
    yield from of_exercises()


def of_exercises():
    """What the exercises and their solutions say."""
    p = torch.full((20,), 0.5, dtype=torch.float64, requires_grad=True)
    y = (torch.arange(20) < 10).double()
    slopes = []
    for beta in (0.5, 0.7):
        tp, fp, fn = (p * y).sum(), (p * (1 - y)).sum(), ((1 - p) * y).sum()
        (slope,) = torch.autograd.grad(1 - tp / (tp + (1 - beta) * fp + beta * fn), p)
        slopes.append(-(slope[0] / slope[-1]).item())
    yield "family-exercise-tversky-solution", "Below the bar stand the hits", Because.STORY
    yield "family-exercise-which", r"**d** Tversky with $\beta > \alpha$", slopes[1] > slopes[0] > 1
    yield "family-exercise-which", "that of the first complaint first", Because.ADVICE
    yield (
        "family-exercise-which-solution",
        r"Tversky with a larger $\beta$ charges more for a miss than for a false alarm",
        12 / (12 + 0.3 * 0 + 0.7 * 1) < 12 / (12 + 0.3 * 1 + 0.7 * 0),
    )
    yield "family-exercise-which-solution", "takes its mean over the worst pixels alone", Because.MEANING
    yield "family-exercise-lovasz-solution", "Sorted, the worst first", Because.STORY
    found, false = 2, 0
    for hit in (1, 0, 0, 1):  # y of the pixels, the worst first
        found, false = found - hit, false + 1 - hit
        loss = 1 - found / (2 + false)
        if loss < 1:
            said = rf"$1 - \frac{{1}}{{{round(1 / (1 - loss))}}}$"
            yield "family-exercise-lovasz-solution", said, abs(loss - 1 + 1 / round(1 / (1 - loss))) < 1e-12
    yield (
        "family-exercise-lovasz-solution",
        "A missed pixel takes one from above the bar, a false one adds one below it.",
        Fraction(2 - 1, 2 + 0) == Fraction(1, 2) and Fraction(2 - 0, 2 + 1) == Fraction(2, 3),
    )

"""What the chapter on batches claims, held to what is computed."""

import itertools
import runpy
from fractions import Fraction
from pathlib import Path

import torch
from claims import Because

from seglosses import dice_loss
from seglosses.grids import LUNG, NODULE, PREDICTION_1, as_logits
from seglosses.training.examples import mixed_batches, sorted_batches
from seglosses.training.recorded import read_recording
from seglosses.walkthrough.overlaps import overlap
from seglosses.walkthrough.pixels import focal_posterior

numbers = runpy.run_path(str(Path(__file__).with_name("numbers_batches.py")))
RECORDING = read_recording(Path(__file__).parents[2] / "book/data/runs.json")
STEPS = RECORDING.settings["order"]["steps"]
ring, population = numbers["ring"], numbers["population"]


def claims():
    """In the order of the page."""
    nothing = 0 * NODULE
    z, y = as_logits(torch.stack([PREDICTION_1, nothing])), torch.stack([LUNG, NODULE])
    each = [dice_loss(a, b, smooth=0).item() for a, b in zip(z, y, strict=True)]
    pooled = dice_loss(z, y, smooth=0).item()
    spectrum = [population(cut / 100) for cut in range(-200, 600)]
    best = max(spectrum, key=lambda found: found[1])

    yield "batches-title", "why it is never above one half", best[0] <= 0.5
    yield "batches-puzzle", "On the first, the model finds all but one", overlap(PREDICTION_1, LUNG).fn == 1
    apart = dice_loss(z.flip(0), y.flip(0), smooth=0).item()
    yield "batches-guess", "This one never looks at the images apart.", apart == pooled
    yield "batches-guess", "No score takes the worst image.", pooled < max(each)
    yield "batches-draw", "The model finds **one more pixel. Which helps more,", Because.ADVICE
    lung = overlap(PREDICTION_1, LUNG)
    gains = (1 - lung.dice()) / 2, Fraction(2, 4) / 2
    yield "batches-draw-answer", "19.5 times less", gains[1] / gains[0] == Fraction(39, 2)
    p, n = torch.rand(2, 2, 10, 10, generator=torch.Generator().manual_seed(3)).double(), y.double()
    p = p[0]
    shared, sums = (p * n).flatten(1).sum(1), (p + n).flatten(1).sum(1)
    logits = torch.logit(p)
    yield (
        "batches-formula",
        r"""L = \frac{1}{N} \sum_n \left( 1 - \frac{2 \sum_i p_{ni} y_{ni}}{\sum_i p_{ni} + \sum_i y_{ni}} \right)""",
        bool(
            torch.isclose(dice_loss(logits, n, smooth=0, dim=(1, 2)).mean(), (1 - 2 * shared / sums).mean())
        ),
    )
    flat = dice_loss(logits.flatten(), n.flatten(), smooth=0)
    yield (
        "batches-formula",
        "the sums run over everything first",
        torch.isclose(dice_loss(logits, n, smooth=0), flat)
        and not torch.isclose(dice_loss(logits, n, smooth=0, dim=(1, 2)).mean(), flat),
    )
    yield (
        "batches-formula",
        r"""L = 1 - \frac{2 \sum_n \sum_i p_{ni} y_{ni}}{\sum_n \sum_i p_{ni} + \sum_n \sum_i y_{ni}}""",
        bool(torch.isclose(dice_loss(logits, n, smooth=0), 1 - 2 * shared.sum() / sums.sum())),
    )
    yield "batches-order", "First, each batch has one of each.", Because.STORY
    mixed, ordered = pooled, sum(each) / 2
    yield "batches-order-question", "Lower, for like lies with like", Because.REFUTED
    yield (
        "batches-order-question",
        "The lungs' batch is better now, but by less than the nodules",
        (0 < pooled - each[0] < each[1] - pooled),
    )
    yield "batches-order-question", "batch is worse", each[1] > pooled
    yield "batches-order-question", "Far higher", ordered > 5 * mixed
    yield "batches-order-read", "Which is the better model?", Because.ADVICE
    runs = {
        name: {loss: RECORDING.score(name, loss, "largest", step) for loss in ("Dice", "BCE")}
        for name in ("mixed", "mixed again", "sorted")
        for step in (STEPS,)
    }
    yield "batches-runs-question", "it has seen the same images equally often", same_images()
    yield "batches-runs-question", "Somewhat less, for it learns one kind at a time", Because.REFUTED
    yield (
        "batches-runs-question",
        "Something stronger is at work in a batch without any nodule.",
        Because.STORY,
    )
    slopes = [1 / (total + 1) ** 2 for total in (0.01, 1, 100)]
    yield (
        "batches-runs-question",
        'the smaller P, " "the harder it pulls it down',
        (slopes == sorted(slopes, reverse=True)),
    )
    for step in (STEPS // 2, STEPS):
        sorted_runs = RECORDING.score("sorted", "Dice", "largest", step)
        yield (
            "batches-runs-read",
            "With Dice per batch the sorted order ends in an empty mask every time",
            (sorted_runs.max() < 0.05),
        )
    yield (
        "batches-runs-read",
        "the mixed ones mostly do not",
        all((runs[name]["Dice"] > 0.5).sum() > 4 for name in ("mixed", "mixed again")),
    )
    tuned = {name: RECORDING.score(name, "BCE", "tuned dice", STEPS) for name in runs}
    chance = (tuned["mixed"] - tuned["mixed again"]).abs().mean()
    yield (
        "batches-runs-read",
        "To it the three orders are much the same",
        (
            (tuned["mixed"] - tuned["sorted"]).abs().mean() < 1.5 * chance
            and min(x.min() for x in tuned.values()) > 0.3
        ),
    )
    yield "batches-empty", "Most images of a screening show no nodule.", Because.OPINION
    P, s = 2.0, 3.0
    yield (
        "batches-empty",
        r"L = 1 - \frac{s}{P + s} = \frac{P}{P + s}",
        abs(1 - s / (P + s) - P / (P + s)) < 1e-12,
    )
    price = {k: [x / (x + k) for x in torch.logspace(-3, 1, 33).tolist()] for k in (0.01, 1, 100)}
    half_way = {k: sum(x < 0.5 for x in row) for k, row in price.items()}
    yield (
        "batches-price-picture",
        "The one for the smallest smooth climbs early and reaches one",
        (half_way[0.01] < half_way[1] and price[0.01][-1] > 0.99),
    )
    yield (
        "batches-price-picture",
        "the next climbs later, and the one for the largest hardly leaves the ground",
        (half_way[1] < 33 and max(price[100]) < 0.1),
    )
    total = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(total / (total + s), total)
    yield "batches-price", r"\frac{s}{(P + s)^2}", abs(slope.item() - s / (P + s) ** 2) < 1e-12
    quiet = dice_loss(as_logits(nothing), nothing, smooth=0).item()
    yield "batches-both-empty-question", "the worst there is", quiet == 1
    yield (
        "batches-both-empty-question",
        "above 0, and none of it is overlap",
        (torch.sigmoid(as_logits(nothing)).sum().item() > 0),
    )
    yield "batches-both-empty-read", "where rounding happens to fall", Because.STORY

    often, seldom = Fraction(35, 100), Fraction(30, 100)
    painted = range(0, 301, 10)
    yield "batches-threshold-question", "Which mask scores best?", Because.ADVICE
    yield "batches-threshold-question", "Most annotators leave the ring out", often < Fraction(1, 2)
    yield (
        "batches-threshold-question",
        "for Dice the middle is never best",
        all(
            max(ring(0, eta), ring(300, eta)) >= max(ring(k, eta) for k in painted)
            for eta in (Fraction(k, 20) for k in range(21))
        ),
    )
    rows = {eta: [ring(k, eta) for k in painted] for eta in (often, seldom)}
    yield (
        "batches-threshold-picture",
        "The upper one at the left falls all the way, the other one rises all the way.",
        (
            rows[seldom][0] > rows[often][0]
            and all(a > b for a, b in zip(rows[seldom], rows[seldom][1:], strict=False))
            and all(a < b for a, b in zip(rows[often], rows[often][1:], strict=False))
        ),
    )
    yield (
        "batches-threshold-read",
        "all of the ring is painted: Dice rises",
        ring(300, often) > ring(0, often),
    )
    yield "batches-threshold-read", "none is: Dice falls", ring(300, seldom) < ring(0, seldom)
    gain = [
        ((2 * i + 2 * eta) / (size + 1) > 2 * i / size) == (2 * eta > 2 * i / size)
        for i, size in ((10, 40), (3, 7), (50, 260))
        for eta in (0.05, 0.2, 0.45, 0.7)
    ]
    yield (
        "batches-threshold-read",
        (
            r"adds $2\eta$ above the bar, on average, and 1 below it: $$ D = \frac{2I}{S} \quad \longrightarrow"
            r" \quad \frac{2I + 2\eta}{S + 1} $$ This is more than before exactly when $2\eta > D$."
        ),
        all(gain),
    )
    yield "batches-threshold-read", r"paint a pixel when $\eta > \frac{D}{2}$", all(gain)
    yield "batches-threshold-read", "The best mask, with the score", abs(best[0] - best[1] / 2) < 0.005
    yield (
        "batches-threshold-read",
        "No Dice is above 1, so the threshold is never above one half",
        all(dice <= 1 for _, dice, _ in spectrum),
    )
    yield "batches-threshold-read", "Dice paints what is most likely background", best[0] < 0.5
    eta = Fraction(1, 7)
    yield "batches-threshold-read", r"D = \frac{200}{200 + 300\eta}", ring(0, eta) == 200 / (200 + 300 * eta)
    q, shares = torch.rand(2, 50, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    q.requires_grad_()
    size = q.sum() + shares.sum()
    (slope,) = torch.autograd.grad(1 - 2 * (q * shares).sum() / size, q)
    dice = 2 * (q * shares).sum() / size
    yield (
        "batches-threshold-read",
        r"\frac{D - 2\eta}{S}",
        torch.allclose(slope, (dice - 2 * shares) / size),
    )
    yield "batches-population", "on nodule its mean is higher by", population(2.0)[0] > population(1.0)[0]
    yield "batches-population-question", "The best Dice that any threshold gives", Because.STORY
    yield "batches-population-question", "Half of the best Dice", abs(best[0] - best[1] / 2) < 0.005
    usual = min(spectrum, key=lambda found: abs(found[0] - 0.5))
    yield "batches-population-question", "where one more pixel neither helps nor harms", all(gain)
    yield (
        "batches-population-question",
        "Dice takes more false ones if it finds more of the nodule.",
        (best[2] > usual[2] and best[1] > usual[1] and best[0] < usual[0]),
    )
    yield "batches-population-question", "This is the best Dice itself.", best[1] > best[0]
    yield "batches-population-read", "when a Dice-trained model beats a BCE-trained one", Because.ADVICE
    yield (
        "batches-population-read",
        "The best value lies at half of the best Dice",
        abs(best[0] - best[1] / 2) < 0.005,
    )
    yield (
        "batches-remember",
        r"its probability is above $\frac{D}{2}$, never 0.5 by habit",
        best[0] < usual[0],
    )
    yield "batches-recall", "Is it also the best one for the pooled IoU?", Because.ADVICE
    curve = [d / (2 - d) for d in (k / 50 for k in range(51))]
    yield (
        "batches-recall",
        "rises whenever $D$ does",
        all(a < b for a, b in itertools.pairwise(curve)),
    )
    yield "batches-recall", "In a mean the two may part, so the best thresholds may as well.", parts()
    yield (
        "batches-exercise-price-solution",
        r"$\frac{2}{2 + s} = 0.1$ gives $2 + s = 20$",
        2 / (2 + 18) == 0.1,
    )
    core, third = Fraction(1, 4), Fraction(1, 3)
    yield (
        "batches-exercise-ring-solution",
        r"D = \frac{20}{20 + 80\eta}",
        (ring(0, third, 10, 80) == 20 / (20 + 80 * third)),
    )
    yield (
        "batches-exercise-ring-solution",
        r"It pays when $\eta > \frac{D}{2}$.",
        (
            ring(80, third, 10, 80) > ring(0, third, 10, 80)
            and ring(80, third / 2, 10, 80) < ring(0, third / 2, 10, 80)
        ),
    )
    yield "batches-exercise-ring-solution", r"8\eta^2 + 2\eta - 1 = 0", 8 * core**2 + 2 * core - 1 == 0
    yield "batches-exercise-skip", "At least one mask has an object.", Because.MEANING
    says = torch.linspace(0.001, 0.999, 999, dtype=torch.float64)
    lowest = [
        float(
            says[
                (
                    0.25 * eta * (1 - says) ** 2 * -says.log()
                    + 0.75 * (1 - eta) * says**2 * -(1 - says).log()
                ).argmin()
            ]
        )
        for eta in (0.01, 0.2, 0.7)
    ]
    means = [float(focal_posterior(torch.tensor(p, dtype=torch.float64), 0.25)) for p in lowest]
    yield (
        "batches-cut",
        "it says what lowers that loss most",
        all(abs(m - eta) < 0.01 for m, eta in zip(means, (0.01, 0.2, 0.7), strict=True)),
    )
    yield "batches-cut", "where Dice is highest?", Because.ADVICE
    yield "batches-cut-explorer", "most of both near nothing", Because.STORY
    yield "batches-cut-answer", "Dice is highest at 0.28", Because.STORY


def same_images() -> bool:
    """Whether both orders show every image once in each epoch."""
    orders = [kind(24, 4, 15).view(15, 48) for kind in (mixed_batches, sorted_batches)]
    return all((order.sort(1).values == torch.arange(48)).all() for order in orders)


def parts() -> bool:
    """Whether two thresholds can change places: one with the higher mean Dice, the other the higher mean IoU."""
    first, second = ((Fraction(1), Fraction(1, 3)), (Fraction(2, 3), Fraction(34, 50)))
    mean_dice = [sum(pair) / 2 for pair in (first, second)]
    mean_iou = [sum(d / (2 - d) for d in pair) / 2 for pair in (first, second)]
    return mean_dice[0] < mean_dice[1] and mean_iou[0] > mean_iou[1]

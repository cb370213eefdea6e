"""What the chapter on IoU claims, held to what is computed."""

import itertools
import runpy
from fractions import Fraction
from math import sqrt
from pathlib import Path

import torch
from claims import Because
from torch.func import grad

from seglosses import dice_loss, iou_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES, PREDICTION_1, PREDICTION_2, as_logits
from seglosses.probabilities import to_logits
from seglosses.walkthrough.film import chest_film
from seglosses.walkthrough.overlaps import dice_gradient, iou_gradient, overlap
from seglosses.walkthrough.steps import descend

numbers = runpy.run_path(str(Path(__file__).with_name("numbers_iou.py")))
dice_of, shifted, found = (numbers[name] for name in ("dice_of", "shifted", "found"))
HUNDREDTHS = [Fraction(k, 100) for k in range(101)]


def claims():
    """In the order of the page."""
    one, two = overlap(PREDICTION_1, LUNG), overlap(PREDICTION_2, LUNG)
    counts = [found(k) for k in range(21)]
    every = [*counts, one, two]
    dices, ious = [dice_of(j) for j in HUNDREDTHS], HUNDREDTHS
    rises = all(a < b for a, b in itertools.pairwise(dices))
    never_below = all(n.dice() >= n.iou() for n in every)

    yield "iou-guess", "Which model has the higher mean?", Because.ADVICE
    yield "iou-guess", "On any one image the two scores never disagree", rises
    half = found(11)
    means = [[(one.dice() + two.dice()) / 2, half.dice()], [(one.iou() + two.iou()) / 2, half.iou()]]
    yield "iou-guess", "the poor image costs A more than the good one earns", means[0][0] < means[0][1]
    yield "iou-guess", "IoU is less kind to a region that is half found", half.iou() < half.dice()
    yield "iou-draw-answer", "A harder one: can you paint a mask whose Dice is below its IoU? No", never_below
    grown = all(Fraction(a + c, b + c) > Fraction(a, b) for a, b, c in ((1, 2, 1), (5, 22, 5), (9, 10, 1)))
    yield "iou-draw-answer", "a fraction below 1 only grows when both its ends do", grown
    x, y = PREDICTION_2 == 1, LUNG == 1
    yield (
        "iou-formula",
        r"|X \cup Y| = |X| + |Y| - |X \cap Y|",
        (x | y).sum() == x.sum() + y.sum() - (x & y).sum(),
    )
    exact = 1 - float(overlap(PREDICTION_2, LUNG).iou())
    yield (
        "iou-formula",
        r"\text{IoU loss} = 1 - IoU",
        abs(iou_loss(as_logits(PREDICTION_2, 100), LUNG, smooth=0).item() - exact) < 1e-12,
    )
    yield (
        "iou-twins",
        (r"The two sizes together are $U + I$, so $$ D = \frac{2I}{U + I} = \frac{2J}{1 + J} $$"),
        all(n.dice() == Fraction(2 * n.tp, n.union + n.tp) == dice_of(n.iou()) for n in every),
    )
    gaps = [d - j for d, j in zip(dices, ious, strict=True)]
    yield "iou-twins-read", "It always rises.", rises
    top = HUNDREDTHS[gaps.index(max(gaps))]
    yield (
        "iou-twins-read",
        r"The gap is largest where the slope of $D$, which is $\frac{2}{(1 + J)^2}$, equals 1",
        (abs(top - (sqrt(2) - 1)) < 0.01 and abs(2 / (1 + (sqrt(2) - 1)) ** 2 - 1) < 1e-12),
    )
    yield "iou-twins-read", "D - J = 3", abs(float(max(gaps)) - (3 - 2 * sqrt(2))) < 1e-3
    yield (
        "iou-twins-read",
        "prediction 1 is the better one",
        one.dice() > two.dice() and one.iou() > two.iou(),
    )
    yield "iou-table-question", "Dice is never below IoU", never_below
    a, b = ((means[1][0], means[0][0]), (means[1][1], means[0][1]))
    yield (
        "iou-mean-picture",
        "A lies in the middle of the line, below the curve. B lies on the curve, left of A and above it.",
        (a[1] < dice_of(a[0]) and b[1] == dice_of(b[0]) and b[0] < a[0] and b[1] > a[1]),
    )
    yield (
        "iou-mean-read",
        "A lies on the line, below the curve: to the right of B, and lower.",
        b[0] < a[0] and b[1] > a[1],
    )
    yield "iou-mean-read", "a mean over unlike images falls below it", a[1] < dice_of(a[0])
    pairs = [(p, q) for p in counts for q in counts]
    bounds = all(
        (p.iou() + q.iou()) / 2 <= (p.dice() + q.dice()) / 2 <= dice_of((p.iou() + q.iou()) / 2)
        for p, q in pairs
    )
    yield (
        "iou-mean-read",
        (
            r"What always holds, for any set of images: $$ \bar{J} \le \bar{D} \le \frac{2\bar{J}}{1 + \bar{J}} $$"
        ),
        bounds,
    )
    widths = range(2, 40)
    blocks = all(
        (n := shifted(k)).dice() == Fraction(k - 1, k)
        and n.iou() == Fraction(k - 1, k + 1)
        and n.union == k + 1
        for k in widths
    )
    yield (
        "iou-shift-read",
        "Each of its rows shares $a - 1$ pixels, and the union of each row has $a + 1$",
        blocks,
    )
    yield "iou-shift-read", r"D = \frac{a - 1}{a}", blocks
    yield "iou-shift-read", r"J = \frac{a - 1}{a + 1}", blocks
    empty = overlap(0 * LUNG, 0 * LUNG)
    yield "iou-code", "stands above and below the bar", empty.iou(1) == 1
    yield "iou-listing-read", "with one line more", Because.STORY
    i, u, t = Fraction(5), Fraction(22), Fraction(3)
    j = (i + t) / (u + t)
    yield "iou-smooth", r"J_t = \frac{I + t}{U + t}", j == two.iou(t)
    yield (
        "iou-smooth",
        r"\frac{2 J_t}{1 + J_t} = \frac{2I + 2t}{U + I + 2t} = D_{2t}",
        (2 * j / (1 + j) == (2 * i + 2 * t) / (u + i + 2 * t) == two.dice(2 * t)),
    )
    p = LUNG_PROBABILITIES.double()
    union = (p + LUNG - p * LUNG).sum()
    pulls = iou_gradient(p, LUNG)
    yield (
        "iou-gradient",
        r"-\frac{1}{U} \quad \text{where } y_i = 1",
        torch.allclose(pulls[LUNG == 1], -1 / union),
    )
    yield "iou-gradient-question", "Which loss pulls harder, pixel for pixel?", Because.ADVICE
    yield (
        "iou-gradient-question",
        "Its values are larger, but a slope is not a value.",
        1 - two.iou() > 1 - two.dice(),
    )
    ratio = dice_gradient(p, LUNG) / pulls
    soft = float((p * LUNG).sum() / union)
    yield (
        "iou-gradient-read",
        "The smallest and the largest ratio over all 100 pixels agree",
        torch.allclose(ratio, ratio[0, 0].expand_as(ratio)),
    )
    yield (
        "iou-gradient-read",
        (
            r"\nabla L_D = \frac{2}{(1 + J)^2} \, \nabla L_J $$ which is 2 for no overlap, 1 at $J = \sqrt{2} - 1$"
        ),
        abs(float(ratio[0, 0]) - 2 / (1 + soft) ** 2) < 1e-6 and abs(2 / sqrt(2) ** 2 - 1) < 1e-12,
    )
    factors = [2 / (1 + j) ** 2 for j in HUNDREDTHS]
    yield (
        "iou-gradient-read",
        "Dice weighs the worst image against the best up to four times as heavily",
        (max(factors) / min(factors) == 4),
    )
    yield (
        "iou-fails",
        r"the price is $\frac{P}{P + 1}$",
        1 - overlap(PREDICTION_2, 0 * LUNG).iou(1) == Fraction(7, 8),
    )
    yield (
        "iou-fails",
        "at most four to one, and none between images that score alike",
        max(factors) / min(factors) == 4,
    )
    yield "iou-remember", "It is never above Dice.", never_below
    yield "iou-remember", "One image: the same ranking, always.", rises
    yield "iou-remember", r"scores $\frac{a - 1}{a}$ in Dice and $\frac{a - 1}{a + 1}$ in IoU", blocks
    yield (
        "iou-exercise-table-solution",
        (r"The mean Dice is at least the mean IoU, and at most $\frac{2\bar{J}}{1+\bar{J}}$."),
        bounds,
    )
    yield (
        "iou-exercise-table-solution",
        "Row b is above its own.",
        Fraction(90, 100) > dice_of(Fraction(70, 100)),
    )
    yield "iou-exercise-shift", "is the IoU at least 0.9?", Because.ADVICE
    wide_enough = [k for k in widths if Fraction(k - 1, k + 1) >= Fraction(9, 10)]
    yield (
        "iou-exercise-shift-solution",
        (r"$\frac{a - 1}{a + 1} \ge 0.9$ means $a - 1 \ge 0.9a + 0.9$, so $0.1a \ge 1.9$ and $a \ge 19$."),
        min(wide_enough) == 19
        and len(wide_enough) == 40 - 19
        and all((k - 1 >= 0.9 * k + 0.9 - 1e-9) == (k >= 19) for k in widths),
    )
    loss = 1 - two.dice()
    yield "iou-exercise-loss-solution", "$D = 1 - L_D$", two.dice() == 1 - loss
    yield "iou-exercise-loss-solution", r"J = \frac{1 - L_D}{1 + L_D}", two.iou() == (1 - loss) / (1 + loss)
    yield (
        "iou-exercise-loss-solution",
        r"L_J = 1 - J = \frac{2 L_D}{1 + L_D}",
        1 - two.iou() == 2 * loss / (1 + loss),
    )
    yield (
        "iou-exercise-loss-solution",
        "the larger of the scores has the smaller loss",
        (two.dice() > two.iou() and 1 - two.dice() < 1 - two.iou()),
    )
    better = all((factor > 1) == (j < sqrt(2) - 1) for j, factor in zip(HUNDREDTHS, factors, strict=True))
    start = to_logits(0.02 + 0.96 * PREDICTION_2)
    race = [
        [float(dice_of_soft(torch.sigmoid(z))) for z in descend(loss, start, LUNG, 10, 300)]
        for loss in (dice_loss, iou_loss)
    ]
    ahead = [d > i for d, i in zip(*race, strict=True)][1:]
    yield "iou-step-question", "the pull of IoU is the larger one", better
    yield "iou-step-question", "Where the overlap is poor, Dice is steeper.", better
    once = ahead == sorted(ahead, reverse=True) and ahead[0] and not ahead[-1]
    yield "iou-step-question", "Dice, from the first step to the last", once
    yield "iou-step-question", "IoU, from the first step to the last", once
    yield "iou-step-question", "Dice first, then IoU", once
    z, pixels = torch.tensor([0.4, -2.0]).double(), torch.tensor([0.4, -2.0]).double().sigmoid().sum()
    empty = [loss(z, torch.zeros(2).double()) for loss in (dice_loss, iou_loss)]
    yield (
        "iou-step-read",
        r"both losses are $\frac{P}{P + 1}$",
        all(torch.allclose(loss, pixels / (pixels + 1)) for loss in empty),
    )
    film = chest_film()
    d = 1 - dice_loss(film.logits, film.lung, smooth=0)
    pulls = [grad(loss)(film.logits, film.lung, smooth=0) for loss in (dice_loss, iou_loss)]
    yield (
        "iou-film-read",
        r"IoU pulls each of the 1,024 pixels $\frac{2}{(2 - D)^2} = 1.08$ times as hard as Dice",
        torch.allclose(pulls[1] / pulls[0], 2 / (2 - d) ** 2) and f"{2 / (2 - d) ** 2:.2f}" == "1.08",
    )


def dice_of_soft(p: torch.Tensor) -> torch.Tensor:
    """The soft Dice coefficient of the lung."""
    return 2 * (p * LUNG).sum() / (p.sum() + LUNG.sum())

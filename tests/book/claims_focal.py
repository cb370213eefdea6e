"""What the chapter on focal loss claims, held to what is computed."""

import itertools
import runpy
from math import exp, log
from pathlib import Path

import pytest
import torch
from claims import Because

from seglosses import bce_loss, focal_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, NODULE_PROBABILITIES
from seglosses.probabilities import to_logits
from seglosses.training.network import TinyUNet
from seglosses.walkthrough.film import chest_film
from seglosses.walkthrough.pixels import focal_pixels, focal_posterior, focal_pull, running_share
from seglosses.walkthrough.steps import descend

numbers = runpy.run_path(str(Path(__file__).with_name("numbers_focal.py")))
price, missed_share, optimum = (numbers[name] for name in ("price", "missed_share", "optimum"))
TABLE_1A, TABLE_1B = numbers["TABLE_1A"], numbers["TABLE_1B"]
INSIDE = torch.linspace(0.001, 0.999, 999, dtype=torch.float64)


def rising(values) -> bool:
    """Each above the one before."""
    values = [float(value) for value in values]
    return all(a < b for a, b in itertools.pairwise(values))


def crowd(y: int, n: int, centre: float) -> torch.Tensor:
    """The probabilities of the simulated pixels."""
    by = torch.Generator().manual_seed(0)
    drawn = {1: torch.randn(1_000, generator=by, dtype=torch.float64)}
    drawn[0] = torch.randn(100_000, generator=by, dtype=torch.float64)
    assert len(drawn[y]) == n
    return torch.sigmoid(1.5 * drawn[y] + centre)


def of_the_hardest(p: torch.Tensor, y: int, gamma: float) -> float:
    """What the hardest hundredth of the pixels carries."""
    losses = focal_pixels(p, torch.full_like(p, y), gamma=gamma).loss
    return 1 - float(running_share(losses)[len(p) * 99 // 100 - 1])


def balance(gamma: float) -> float:
    """The alpha with which 100,000 easy pixels and 100 missed ones pull equally hard."""
    easy, missed = torch.tensor([100_000, 100]) * focal_pull(torch.tensor([0.99, 0.1]).double(), gamma)
    return float(easy / (easy + missed))


def claims():
    """In the order of the page."""
    p, y = LUNG_PROBABILITIES, LUNG
    missed = (y == 1) & (p < 0.5)
    parts = focal_pixels(p, y, 0.5, 2)
    shares = [missed_share(gamma) for gamma in (0, 1, 2, 5)]

    yield "focal-puzzle-rule", "It never mentions the other 4", Because.CITED
    right = (y == 0) | (p > 0.5)
    factor = torch.where(y == 1, 1 - p, p) ** 2
    yield (
        "focal-guess",
        "it is smallest for the many that are nearly right",
        (factor[right].max() < factor[missed].min() and right.sum() > missed.sum()),
    )
    of = (
        parts.loss[missed].sum() / parts.loss.sum(),
        -p[missed].log().sum() / bce_loss(to_logits(p), y) / 100,
    )
    yield "focal-guess", "Focal loss shifts far more than the found pixels' part.", of[0] > 2 * of[1]
    yield "focal-share-read", "that most of this chapter uses", Because.STORY
    yield "focal-paint", "Which lowers the focal loss more?", Because.ADVICE
    yield "focal-paint-answer", "how do the four missed pixels fare as gamma rises?", rising(shares)
    both = -(y * p.log() + (1 - y) * (1 - p).log())
    yield (
        "focal-formula",
        r"-[\,y \ln p + (1 - y) \ln(1 - p)\,] = -\ln p_t",
        torch.allclose(both, -torch.where(y == 1, p, 1 - p).log()),
    )
    for value in (0.9, 0.6):
        yield "focal-by-hand", rf"-\ln(1 - {1 - value:.1f}) \approx {-log(value):.3f}", True
        yield (
            "focal-by-hand",
            rf"p_t = e^{{-{-log(value):.3f}}} \approx {value}",
            abs(exp(log(value)) - value) < 1e-9,
        )
    curves = {gamma: [price(k / 100, 1, gamma) for k in range(1, 100)] for gamma in (0, 2)}
    yield "focal-price", "Guess first.", Because.ADVICE
    easy, hard = (price(0.9, 0.5), price(0.6, 0.5))
    yield "focal-knobs-read", "The easy pixel's loss falls by a factor of", abs(-log(0.9) / easy - 200) < 1e-9
    yield "focal-knobs-read", "it falls by $12.5", abs(-log(0.6) / hard - 12.5) < 1e-9
    same = focal_loss(to_logits(p), y, 0.5, 0) / bce_loss(to_logits(p), y)
    yield "focal-knobs-read", "works like a smaller learning rate", 0 < float(same) < 1
    yield "focal-knobs-read", "with the whole fall to 0.00053", easy < price(0.9, 1)
    yield "focal-knobs-read", "that the hard pixel falls only little", Because.REFUTED
    yield "focal-knobs-read", "In nats it falls further", -log(0.6) - hard > -log(0.9) - easy
    yield "focal-knobs-read", "the *relative* weight of the hard pixels that rises", rising(shares)
    front, back = crowd(1, 1_000, 0), crowd(0, 100_000, -5)
    yield (
        "focal-crowd",
        "random numbers around 0 for the first and",
        abs(torch.logit(front).mean()) < 0.1 and abs(torch.logit(back).mean() + 5) < 0.1,
    )
    yield "focal-crowd", "The hardest hundredth of the background", len(back) // 100 == len(front) == 1_000
    carried = {g: (of_the_hardest(front, 1, g), of_the_hardest(back, 0, g)) for g in (0, 0.5, 1, 2)}
    yield "focal-crowd-guess", "The hardest hundredth of the background carries", carried[0][1] > 0.1
    yield (
        "focal-crowd-guess",
        "Gamma takes from the other pixels, so the hardest ones gain.",
        rising(row[1] for row in carried.values()),
    )
    yield "focal-crowd-guess", "It does more than double.", carried[2][1] > 2 * carried[0][1]
    yield "focal-crowd-picture-text", "from the easiest to the hardest", Because.MEANING
    yield (
        "focal-crowd-picture",
        "they bend a little more for larger gamma",
        (rising(row[0] for row in carried.values()) and carried[2][0] < 2 * carried[0][0]),
    )
    yield "focal-crowd-caption", "that the easiest pixels have together", Because.MEANING
    yield (
        "focal-crowd-read",
        "In the foreground the hardest hundredth of the pixels carries 4.5 % of BCE",
        f"{carried[0][0]:.1%}" == "4.5%",
    )
    gain = [carried[2][k] / carried[0][k] for k in (0, 1)]
    yield "focal-crowd-read", "does far less among the pixels of the object", gain[0] < gain[1] / 2
    yield "focal-alpha", r"with $\alpha < 0.5$ the rare class counts more", Because.REFUTED
    yield "focal-alpha-read", "take one above 0.5", 0.6 > 1 - 0.6
    yield (
        "focal-alpha-read",
        r"The source says that $\alpha < 0.5$ takes more from the background",
        Because.REFUTED,
    )
    yield "focal-alpha-read", "is said to draw more effort to them", Because.REFUTED
    costs = [optimum(0.75, 0.25, gamma) for gamma in (0, 1, 2)]
    middle = all(abs(cost - 0.5) < 1e-3 for cost in costs)
    yield "focal-alpha-read", "the model that costs least say $p = 0.5$", middle
    yield (
        "focal-alpha-read",
        r"\eta\,\alpha = (1 - \eta)(1 - \alpha)",
        middle and 0.75 * 0.25 == (1 - 0.75) * (1 - 0.25),
    )
    yield "focal-alpha-read", "Recall falls.", all(optimum(eta, 0.25, 2) < eta for eta in (0.6, 0.7, 0.75))
    yield "focal-lin", "(AP, higher is better)", Because.MEANING
    yield (
        "focal-lin",
        "more weight for the objects is a good one",
        TABLE_1A["0.25"] < TABLE_1A["0.50"] < TABLE_1A["0.75"],
    )
    alphas = [float(alpha) for alpha, _ in TABLE_1B.values()]
    yield "focal-lin", "that suited it best", Because.CITED
    yield (
        "focal-lin",
        r"As $\gamma$ grows, the best $\alpha$ *falls*.",
        (rising(TABLE_1B) and alphas == sorted(alphas, reverse=True) and alphas[0] > alphas[-1]),
    )
    yield "focal-lin", r"best $\alpha$ | AP", Because.CITED
    yield (
        "focal-lin",
        "With BCE the crowd wins unless the objects get nearly all the weight.",
        balance(0) > 0.9,
    )
    buttons = {gamma: TABLE_1B[gamma][0] for gamma in (0, 0.5, 1, 2, 5)}
    background = [numbers["of_easy_background"](alpha, gamma) for gamma, alpha in buttons.items()]
    yield (
        "focal-lin",
        r"The buttons of the paper's pairs lower $\alpha$ too, so there its share rises at first.",
        (rising(background[:3]) and background[-1] < background[0] and alphas[-1] < alphas[0]),
    )
    yield (
        "focal-gradient",
        r"never above 1, so focal loss without $\alpha$ never costs more than BCE",
        all(a <= b for a, b in zip(curves[2], curves[0], strict=True)),
    )
    pulls = {gamma: focal_pull(INSIDE, gamma) for gamma in (0, 2)}
    harder = INSIDE[pulls[2] > pulls[0]].max()
    yield "focal-gradient-guess", "Which pixels does focal loss pull harder than BCE does?", Because.ADVICE
    yield (
        "focal-gradient-guess",
        "their surprise falls, and so does their factor",
        (rising(reversed(curves[0])) and bool((((1 - INSIDE) ** 2).diff() < 0).all())),
    )
    yield "focal-gradient-guess", "None: the factor is at most 1", Because.REFUTED
    yield (
        "focal-gradient-guess",
        "the factor falls as the pixel gets better",
        bool((((1 - INSIDE) ** 2).diff() < 0).all()),
    )
    yield "focal-gradient-guess", "It ends earlier, at", harder < 0.5
    between = (harder < INSIDE) & (INSIDE < 0.5)
    yield (
        "focal-gradient-guess",
        "a pixel is wrong and still pulls less than with BCE",
        bool((pulls[2] < pulls[0])[between].all()),
    )
    z = torch.logit(INSIDE).requires_grad_()
    loss = focal_loss(z, torch.ones_like(z), 0.25, 2, reduction="sum")
    (slope,) = torch.autograd.grad(loss, z)
    formula = 0.25 * (1 - INSIDE) ** 2 * (1 - INSIDE - 2 * INSIDE * INSIDE.log())
    yield (
        "focal-gradient-read",
        (r"\alpha_t (1 - p_t)^\gamma \left(1 - p_t - \gamma\, p_t \ln p_t\right)"),
        torch.allclose(slope.abs(), formula, atol=1e-12),
    )
    yield (
        "focal-gradient-read",
        "it is larger than that for $p_t < 0.2976$, and at most 1.1290",
        (
            0.296 < harder < 0.2976
            and bool((pulls[2] > pulls[0])[INSIDE < 0.2976].all())
            and pulls[2].max() < 1.1290
        ),
    )
    yield "focal-gradient-read", "BCE never pulls with more than 1", bool((pulls[0] <= 1).all())
    best = {eta: optimum(eta, 0.5, 2) for eta in (0.1, 0.3, 0.7, 0.9)}
    yield "focal-proper", "BCE is lowest where the model says 0.9", abs(optimum(0.9, 0.5, 0) - 0.9) < 1e-3
    yield "focal-proper-guess", "for the lowest focal loss", Because.ADVICE
    nine = [0.9 * price(q) + 0.1 * price(1 - q) for q in (0.694, 0.8, 0.9)]
    yield (
        "focal-proper-guess",
        "The last steps towards 0.9 hardly lower the loss of the nine pixels",
        (rising(nine) and 0.9 * (price(0.694) - price(0.9)) < 0.1 * (price(0.1) - price(0.306))),
    )
    yield "focal-proper-formula", "its lowest point lies at 0.694", abs(best[0.9] - 0.694) < 1e-3
    yield "focal-proper-formula", "A model at its best that says", Because.MEANING
    g, alpha = focal_pull, 0.25
    eta = (1 - alpha) * g(1 - INSIDE) / (alpha * g(INSIDE) + (1 - alpha) * g(1 - INSIDE))
    yield (
        "focal-proper-formula",
        (r"\eta = \frac{(1 - \alpha)\, g(1 - p)}{\alpha\, g(p) + (1 - \alpha)\, g(1 - p)}"),
        torch.allclose(eta, focal_posterior(INSIDE, alpha)),
    )
    meant = [focal_posterior(INSIDE, 0.5, gamma) for gamma in (0, 1, 2)]
    at_the_middle = [float(curve[500] - curve[498]) for curve in meant]
    yield (
        "focal-proper-picture",
        "The larger gamma, the steeper the curve: values of p a little above a half",
        (rising(at_the_middle) and float(meant[2][int(0.7 * 1000) - 1]) > 0.9),
    )
    yield "focal-proper-read", "The curve only rises.", bool((meant[2].diff() > 0).all())
    soft = torch.exp(2 * torch.log(1 - INSIDE))
    yield (
        "focal-package",
        r"the power $(1 - p)^\gamma$ as $e^{\gamma \ln(1 - p)}$",
        torch.allclose(soft, (1 - INSIDE) ** 2),
    )
    z = torch.linspace(-30, 30, 61, dtype=torch.float64)
    yield (
        "focal-listing-read",
        r"is never a difference: its logarithm is that of the other class",
        (torch.allclose(torch.log(1 - torch.sigmoid(z)), torch.nn.functional.logsigmoid(-z), rtol=1e-3)),
    )
    yield "focal-breaks", "The source computes BCE first, and", Because.STORY
    yield (
        "focal-breaks-read",
        r"The slope for $\gamma < 1$ does: not a number from 18 on. The easiest pixels",
        sources(0.5),
    )
    yield (
        "focal-breaks-read",
        r"Use the source's formula only with $\gamma \ge 1$",
        not sources(1) and not sources(2),
    )
    yield (
        "focal-train-read",
        "The second is 33.3 times the first",
        NODULE.numel() / int(NODULE.sum()) == 100 / 3,
    )
    z = torch.where(NODULE == 1, to_logits(NODULE_PROBABILITIES), -7.0)
    wide, mask = torch.cat([z, torch.full((90, 10), -7.0)]), torch.cat([NODULE, torch.zeros(90, 10)])
    sums = [float(focal_loss(a, b, reduction="sum")) for a, b in ((z, NODULE), (wide, mask))]
    means = [float(focal_loss(a, b)) for a, b in ((z, NODULE), (wide, mask))]
    yield (
        "focal-train-read",
        (
            "Background that is nearly certain adds almost nothing to the sum, but each of its pixels is counted in the"
            " mean. So the mean shrinks with the object, and its gradients shrink with it."
        ),
        abs(sums[1] / sums[0] - 1) < 0.01 and abs(means[0] / means[1] - 10) < 0.1,
    )
    with torch.no_grad():
        fresh = torch.sigmoid(TinyUNet()(torch.rand(1, 1, 32, 32)))
    yield "focal-train-read", "A fresh network says 0.5 everywhere", bool((fresh == 0.5).all())
    yield (
        "focal-train-read",
        r"b = -\ln \frac{1 - \pi}{\pi} = -\ln 99 \approx -4.5951",
        abs(-log(0.99 / 0.01) + 4.5951) < 5e-5,
    )
    yield "focal-fails", "at $p_t = 0.1$ harder than in BCE", focal_pull(torch.tensor(0.1)) > 0.9
    yield "focal-remember", "Below 0.5 it is *against* the rare class.", 0.25 < 1 - 0.25
    yield (
        "focal-remember",
        "lies nearer to the middle than the truth that it stands for",
        all(abs(found - 0.5) < abs(eta - 0.5) for eta, found in best.items()),
    )
    yield "focal-exercise-threshold", "Missing a nodule is worse than a false alarm.", Because.OPINION
    yield "focal-exercise-threshold", "in at least 1 of 5 cases", Because.ADVICE
    yield (
        "focal-exercise-meaning",
        r"g(p) = (1 - p)(1 - p - p \ln p)",
        torch.allclose(focal_pull(INSIDE, 1), (1 - INSIDE) * (1 - INSIDE - INSIDE * INSIDE.log())),
    )
    start, y = to_logits(LUNG_PROBABILITIES.double()), LUNG.double()
    missed = (LUNG == 1) & (LUNG_PROBABILITIES < 0.5)
    halved = {
        "focal": lambda z, y: focal_loss(z, y, 0.5, 2),
        "whole": lambda z, y: focal_loss(z, y, None, 2),
        "bce": bce_loss,
    }
    paths = {name: descend(loss, start, y, 10, 100) for name, loss in halved.items()}
    arrives = {name: next(k for k in range(101) if (z[k][missed] >= 0).all()) for name, z in paths.items()}
    steps = (paths["focal"][1:] - paths["focal"][:-1])[: arrives["focal"], missed].abs().mean(1)
    pulls = {name: (z[1] - z[0]).abs() for name, z in paths.items()}
    yield "focal-step-question", "Which loss first brings", Because.ADVICE
    yield (
        "focal-step-question",
        "Nearly all of its first step goes there",
        bool(pulls["focal"][missed].sum() > 0.75 * pulls["focal"].sum()),
    )
    yield "focal-step-question", "gamma makes it smaller", bool(steps[-1] < steps[0])
    yield "focal-step-question", "as the pixels get better", Because.MEANING
    yield (
        "focal-step-question",
        "pixels first, and that is not faster",
        (arrives["focal"] > arrives["whole"] > arrives["bce"]),
    )
    ratio = 0.5 * focal_pull(torch.linspace(0.001, 0.999, 999).double(), 2.0)
    crossings = int(((ratio > 1).diff()).sum())
    yield "focal-step-question", "at most.", crossings <= 1
    yield "focal-step-read", "So focal loss is no faster.", arrives["focal"] > arrives["bce"]
    smaller = bool((pulls["focal"][missed] < pulls["bce"][missed]).all())
    yield "focal-step-read", "and the step is smaller", smaller
    with pytest.raises(ValueError, match="alpha must be"):
        focal_loss(to_logits(p), y, alpha=1.1)
    finite = focal_loss(to_logits(p), y, alpha=1.0).isfinite()
    yield "focal-listing-read", r"refuse an $\alpha$ above 1", bool(finite)
    film = chest_film()
    pixels = focal_pixels(torch.sigmoid(film.logits), film.lung, alpha=0.25, gamma=2)
    yield (
        "focal-film-read",
        "This mistake is real, and focal loss hears little else.",
        film.shares(pixels.loss)["air"] > 0.99 and bool((film.air * film.lung == 0).all()),
    )


def sources(gamma: float) -> bool:
    """Whether the source's way has no slope for a pixel that is right and sure."""
    z = torch.tensor([18.0], requires_grad=True)
    bce = torch.nn.functional.binary_cross_entropy_with_logits(z, torch.ones(1))
    loss = 0.5 * (1 - torch.exp(-bce)) ** gamma * bce
    return bool(torch.autograd.grad(loss, z)[0].isnan())

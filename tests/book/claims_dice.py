"""What the chapter on Dice claims, held to what is computed."""

from dataclasses import replace
from fractions import Fraction

import torch
from claims import Because

from seglosses import bce_loss, dice_loss
from seglosses.exercises.dice import squared_dice
from seglosses.grids import LUNG, NODULE, PREDICTION_1, PREDICTION_2, as_logits
from seglosses.probabilities import to_logits
from seglosses.walkthrough import source
from seglosses.walkthrough.film import chest_film
from seglosses.walkthrough.overlaps import dice_gradient, overlap, soft_overlap
from seglosses.walkthrough.steps import descend


def reported(pixels: int, s: float) -> float:
    """The Dice coefficient reported for an object that was missed entirely by a prediction of its size."""
    return s / (2 * pixels + s)


def shares_of_pull(p, y) -> float:
    """The background's gradient in p over the object's, all pixels together, without smooth."""
    pull = dice_gradient(p, y).abs()
    return float(pull[y == 0].sum() / pull[y == 1].sum())


def claims():
    """In the order of the page."""
    one, two = overlap(PREDICTION_1, LUNG), overlap(PREDICTION_2, LUNG)
    dices = [float(n.dice()) for n in (one, two)]

    surely = as_logits(PREDICTION_2, 20).requires_grad_()
    (pull,) = torch.autograd.grad(dice_loss(surely, LUNG), surely)
    yield "dice-title", "where it falls silent", bool((pull.abs() < 1e-9).all())
    rows = [mask.nonzero()[:, 0] for mask in ((PREDICTION_2 == 1) & (LUNG == 0), LUNG)]
    yield "dice-puzzle-picture", "marks 2 below the lung", bool(rows[0].min() > rows[1].max())
    yield "dice-puzzle-accuracy", "Background is most of the image", bool((LUNG == 0).sum() > 50)
    yield "dice-guess", "A guess that turns out wrong teaches more than none.", Because.OPINION
    more_background = replace(two, tn=10_000)
    yield "dice-guess-question", "Dice never counts those.", more_background.dice() == two.dice()
    yield "dice-guess-question", "never lower than IoU", all(n.dice() >= n.iou() for n in (one, two))
    yield "dice-draw", "Which helps more:", Because.ADVICE
    yield "dice-draw", "Decide first,", Because.ADVICE
    found, removed = replace(two, tp=6, fn=14).dice(), replace(two, fp=1, tn=79).dice()
    yield "dice-draw-answer", "One wrong pixel less gives", removed == Fraction(10, 26) < found
    yield (
        "dice-draw-answer",
        "A found pixel adds two above the bar and one below it; a removed one only takes one from below",
        (found.numerator * 28 == 12 * found.denominator),
    )
    yield "dice-draw-answer", "A harder one: how many more lung pixels", Because.ADVICE
    yield (
        "dice-formula",
        "A coefficient grows as the prediction gets better, and a loss must fall.",
        (dices[0] > dices[1] and 1 - dices[0] < 1 - dices[1]),
    )
    for k in (0, 1):
        yield (
            "dice-by-hand",
            r"\text{Dice loss} = 1 - DSC = \frac",
            abs(1 - dices[k] - (1 / 39, 17 / 27)[k]) < 1e-12,
        )
    sizes = one.predicted + one.actual
    yield (
        "dice-formula",
        "The two sizes below the bar count the overlap once each, so above the bar it counts twice",
        (one.dice() == Fraction(2 * one.tp, sizes)),
    )
    blank = as_logits(0 * LUNG, 100)
    smoothed = dice_loss(blank, 0 * LUNG, smooth=1) == 0
    yield "dice-listing-read", "above and below the bar", smoothed
    yield "dice-smooth", "it stands above the bar as well", smoothed
    slope = dice_gradient(torch.rand(10, 10, generator=torch.Generator().manual_seed(0)), LUNG)
    yield "dice-soft", "it has a slope everywhere", bool((slope != 0).all())
    raw = torch.sigmoid(LUNG)
    yield "dice-raw-mask-why", "the lung a little more likely", 0.5 < float(raw[LUNG == 1].min()) < 0.75
    every = torch.ones_like(LUNG)
    ranks = [
        dice_loss(given(PREDICTION_2), LUNG) < dice_loss(given(every), LUNG)
        for given in (as_logits, torch.Tensor.double)
    ]
    yield "dice-raw-mask-why", "It gets worse.", ranks == [True, False]  # the raw mask turns the order round
    yield (
        "dice-raw-mask-why",
        "Read as logits, prediction 2 beats a mask that calls every pixel lung.",
        bool(dice_loss(as_logits(PREDICTION_2), LUNG) < dice_loss(as_logits(every), LUNG)),
    )
    yield (
        "dice-raw-mask-why",
        "Passed raw, it loses to it.",
        bool(dice_loss(PREDICTION_2, LUNG) > dice_loss(every, LUNG)),
    )
    sizes = range(1, 31)
    yield (
        "dice-smooth-picture",
        "Two falling curves",
        all(reported(n, s) > reported(n + 1, s) for n in sizes for s in (1, 10)),
    )
    yield (
        "dice-smooth-picture",
        "The one for the larger smooth starts near one and stays far above the other",
        (reported(1, 10) > 0.8 and all(reported(n, 10) > reported(n, 1) + 0.1 for n in sizes)),
    )
    yield "dice-smooth-caption", "The true answer is 0 everywhere.", reported(5, 0) == 0
    pull = dice_gradient(PREDICTION_2, LUNG)
    missed, found_too = pull[(LUNG == 1) & (PREDICTION_2 == 0)], pull[(LUNG == 1) & (PREDICTION_2 == 1)]
    yield (
        "dice-gradient-question",
        "a missed pixel is pushed harder than a found one? It is not.",
        bool(missed.unique() == found_too.unique()),
    )
    f, d = LUNG.mean().item(), dices[1]
    yield (
        "dice-gradient-read",
        r"\frac{1 - f}{f} \cdot \frac{D}{2 - D}",
        (abs(shares_of_pull(PREDICTION_2, LUNG) - (1 - f) / f * d / (2 - d)) < 1e-6),
    )
    half = torch.full_like(NODULE, 0.5)
    z = to_logits(half).requires_grad_()
    (pull,) = torch.autograd.grad(bce_loss(z, NODULE), z)
    yield (
        "dice-gradient-read",
        "At $p = 0.5$ everywhere that is 0.94",
        (shares_of_pull(half, NODULE) < 1 < float(pull[NODULE == 0].sum() / -pull[NODULE == 1].sum())),
    )
    yield (
        "dice-gradient-read",
        "As the overlap grows, the background gains:",
        (dices[1] < dices[0] and shares_of_pull(PREDICTION_2, LUNG) < shares_of_pull(PREDICTION_1, LUNG)),
    )
    p = torch.sigmoid(torch.linspace(-10, 10, 101, dtype=torch.float64))
    yield (
        "dice-saturation-picture",
        "climbs from 0 to 1 and stays there",
        bool((p.diff() > 0).all() and p[0] < 1e-4 and p[-1] > 1 - 1e-4),
    )
    yield "dice-saturation-read", "the model is wrong, and ever more sure", bool((p[51:].diff() > 0).all())
    z = as_logits(PREDICTION_2, confidence=10).requires_grad_()
    pulls = [torch.autograd.grad(loss(z, LUNG), z)[0][6, 3].item() for loss in (dice_loss, bce_loss)]
    yield (
        "dice-saturation-read",
        r"Dice moves the 2 invented pixels by $6.4 \times 10^{-7}$",
        f"{pulls[0]:.1e}" == "6.4e-07",
    )
    yield "dice-saturation-read", r"cross entropy by $1.0 \times 10^{-2}$", f"{pulls[1]:.1e}" == "1.0e-02"
    costs = [1 - Fraction(2 * (n - 1), 2 * n - 1) for n in (20, 3, 1)]
    yield "dice-tiny", "A missed pixel does not always cost the same.", costs[0] < costs[1] < costs[2] == 1
    yield "dice-shape", "looks most like a lung to you?", Because.ADVICE
    yield "dice-shape-read", "Dice is more sensitive to a region's shape and size.", Because.REFUTED
    squares = squared_dice(lambda p, y: 1 - 2 * (p * y).sum() / ((p**2).sum() + (y**2).sum()))
    yield (
        "dice-exercise-squares",
        r"L = 1 - \frac{2 \sum_i p_i y_i}{\sum_i p_i^2 + \sum_i y_i^2}",
        bool(squares),
    )
    yield "dice-exercise-squares-solution", "Square each pixel first,", Because.ADVICE
    assert soft_overlap(PREDICTION_2, LUNG).dice() == float(two.dice())  # soft and hard count alike
    yield "dice-source", "makes one long row of the pixels first", Because.STORY
    z = as_logits(PREDICTION_1)
    five_lines = 1 - 2 * (torch.sigmoid(z) * LUNG).sum() / (torch.sigmoid(z).sum() + LUNG.sum())
    yield (
        "dice-run-read",
        "it is 0 in the first and 1 in the others",
        torch.isclose(five_lines, dice_loss(z, LUNG, smooth=0))
        and torch.isclose(source.dice_loss(z, LUNG), dice_loss(z, LUNG, smooth=1)),
    )
    yield "dice-run-read", "gets a plausible 0.5007 from the first", Because.STORY
    z, y = torch.tensor([0.3, -1.0]).double(), torch.tensor([1.0, 0.0]).double()
    (pull,) = torch.autograd.grad(dice_loss(at := z.clone().requires_grad_(), y), at)
    yield (
        "dice-step",
        r"z_i \leftarrow z_i - \eta\, \frac{\partial L}{\partial z_i}",
        torch.allclose(descend(dice_loss, z, y, 10, 1)[1], z - 10 * pull),
    )
    invented = (PREDICTION_2 == 1) & (LUNG == 0)
    dice, bce = (
        torch.sigmoid(descend(loss, to_logits(0.02 + 0.96 * PREDICTION_2), LUNG, 10, 100))[-1][invented]
        for loss in (dice_loss, bce_loss)
    )
    yield "dice-step-question", "Below 0.2", bool((bce < 0.2).all())
    yield "dice-step-question", "Dice is slower, by far.", bool((dice > bce + 0.5).all())
    yield "dice-step-question", "Hardly lower than before", bool((dice > 0.98 - 0.02).all())
    film = chest_film()
    p = torch.sigmoid(z := film.logits.requires_grad_())
    (pull,) = torch.autograd.grad(dice_loss(z, film.lung), z)
    wrong = (p - film.lung).abs() > 0.99
    yield (
        "dice-film-read",
        "Not where the model is most wrong.",
        bool((film.air[wrong] == 1).all()) and film.shares(pull.abs())["air"] < 0.01,
    )
    yield "dice-film-read", "$p$ is near 1 and $p(1 - p)$ near 0", bool(p[film.air == 1].min() > 0.99)

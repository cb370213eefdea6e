"""What the chapter on binary cross entropy claims, held to what is computed."""

from math import exp, log

import torch
from claims import Because
from torch.func import grad

from seglosses import bce_loss, dice_loss
from seglosses.grids import NODULE, NODULE_PROBABILITIES, as_logits
from seglosses.plots import picture, plot_grid
from seglosses.probabilities import to_logits
from seglosses.training.examples import lungs, nodules
from seglosses.training.loop import train
from seglosses.training.network import TinyUNet
from seglosses.walkthrough.film import chest_film

P, Y = NODULE_PROBABILITIES.double(), NODULE.double()
GRID = torch.linspace(0.001, 0.999, 999, dtype=torch.float64)


def price(p: float, y: int) -> float:
    """Of one pixel."""
    return -log(p) if y else -log(1 - p)


def h(f: float) -> float:
    """The loss of the best blind guess."""
    return -f * log(f) - (1 - f) * log(1 - f)


def lowest(eta: float, w: float = 1.0) -> float:
    """Where the mean price is lowest for a pixel that is foreground in a share eta of all cases."""
    cost = -(w * eta * GRID.log() + (1 - eta) * (1 - GRID).log())
    return GRID[cost.argmin()].item()


def learning_curve(examples) -> torch.Tensor:
    """The loss over that of the blind guess, for 30 steps of training."""
    return train(bce_loss, examples, examples, steps=30).losses / h(examples.masks.double().mean().item())


def pull(p: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The gradient in the logits."""
    z = to_logits(p).requires_grad_()
    return torch.autograd.grad(bce_loss(z, y), z)[0]


def fresh() -> bool:
    """Whether the book's own network begins with a half for each pixel."""
    with torch.no_grad():
        return bool((torch.sigmoid(TinyUNet()(lungs(2).images)) == 0.5).all())


def claims():
    """In the order of the page."""
    each = torch.where(Y == 1, -P.log(), -(1 - P).log())
    yield (
        "bce-puzzle-rule",
        "It grows as the probability moves away from the truth.",
        (price(0.9, 1) < price(0.5, 1) < price(0.1, 1) and price(0.1, 0) < price(0.5, 0) < price(0.9, 0)),
    )
    yield (
        "bce-guess",
        "Its pixels cost more than the others, but they are few",
        bool(each[Y == 1].mean() > each[Y == 0].mean() and each[Y == 1].sum() < each[Y == 0].sum()),
    )
    yield "bce-paint", "Guess first.", Because.ADVICE
    total = -(Y * P.log() + (1 - Y) * (1 - P).log())
    yield (
        "bce-formula",
        r"L(y, p) = -[\,y \ln p + (1 - y) \ln(1 - p)\,]",
        bool(torch.isclose(bce_loss(to_logits(P), Y), total.mean())),
    )
    yield (
        "bce-formula",
        "One of the two terms is always zero.",
        bool(((Y * P.log() == 0) | ((1 - Y) * (1 - P).log() == 0)).all()),
    )
    yield "bce-formula", r"$-\ln p$ on the nodule, $-\ln(1 - p)$ off it", bool(torch.equal(each, total))
    yield "bce-formula", "Towards the wrong end the price climbs without limit", price(1e-300, 1) > 600
    yield "bce-total-source", "Its 5 mistakes at 0.8 are nowhere on its grid", not (P[Y == 0] == 0.8).any()
    yield "bce-base-rate", "a model that has never seen the image", Because.MEANING
    yield "bce-base-rate-guess", "for the lowest loss?", Because.ADVICE
    guesses = all(abs(lowest(f) - f) < 0.002 for f in (0.03, 0.09, 0.2, 0.5))
    yield "bce-base-rate-picture", "Each has its lowest point where the probability equals the share", guesses
    yield "bce-base-rate-read", "Each curve is lowest at $p = f$.", guesses
    yield "bce-base-rate-read", "the best blind guess", guesses
    blind = bce_loss(to_logits(torch.full((100,), 0.03).double()), (torch.arange(100) < 3).double()).item()
    yield "bce-base-rate-read", r"H(f) = -f \ln f - (1 - f) \ln(1 - f)", abs(blind - h(0.03)) < 1e-9
    yield "bce-base-rate-read", "A fresh network says about 0.5 everywhere", fresh()
    rare, common = learning_curve(nodules(16)), learning_curve(lungs(16))
    fall = -rare.diff()
    yield (
        "bce-base-rate-curves",
        "That of the nodules falls steeply and bends at the line.",
        bool(fall[rare[1:] > 1.2].mean() > 4 * fall[rare[1:] < 1.2].mean() and 0.7 < rare[-1] < 1.2),
    )
    yield (
        "bce-base-rate-curves",
        "That of the lungs starts a little above the line and falls through it",
        bool(1 < common[0] < 1.5 and common[-1] < 0.6),
    )
    yield "bce-base-rate-curves-read", "the network is no better than one number", Because.MEANING
    yield "bce-base-rate-curves-read", "hardly less", 0 < 1 - total.mean().item() / h(0.03) < 0.25
    bias = log(0.03 / (1 - 0.03))
    yield "bce-base-rate-curves-read", r"$\ln \frac{f}{1 - f}$", abs(1 / (1 + exp(-bias)) - 0.03) < 1e-12
    yield "bce-base-rate-curves-read", "$-3.4761$", f"{bias:.4f}" == "-3.4761"
    slope = pull(P, Y)
    yield (
        "bce-gradient",
        r"\frac{\partial L}{\partial z_i} = \frac{p_i - y_i}{N}",
        bool(torch.allclose(slope, (P - Y) / Y.numel(), atol=1e-12)),
    )
    sure = pull(torch.tensor([1 - 1e-12, 0.9, 0.5]).double(), torch.zeros(3).double())
    yield (
        "bce-gradient",
        "a sure mistake has the strongest pull there is",
        bool((sure.diff() < 0).all() and abs(sure[0] - 1 / 3) < 1e-9),
    )
    half = pull(torch.full_like(P, 0.5), Y)
    base = pull(torch.full_like(P, 0.03), Y)
    yield "bce-gradient-question", "the background always wins?", Because.REFUTED
    yield "bce-gradient-question", "everywhere the push is", bool(half[Y == 0].sum() > -half[Y == 1].sum())
    yield "bce-gradient-question", "a pixel's pull shrinks as it gets better", bool((sure.diff() < 0).all())
    yield (
        "bce-gradient-question",
        "everywhere the background pushes with",
        bool(torch.isclose(base[Y == 0].sum(), -base[Y == 1].sum())),
    )
    w = 97 / 3
    yield (
        "bce-weight",
        "at $p = 0.5$ everywhere they pull equally hard",
        bool(torch.isclose(half[Y == 0].sum(), -w * half[Y == 1].sum())),
    )
    yield "bce-weight", r"plain BCE is lowest at $p = \eta$", guesses
    etas = (0.03, 0.2, 0.5)
    yield (
        "bce-weight",
        r"With the weight it is lowest at $$ p = \frac{w \eta}{w \eta + 1 - \eta} $$",
        all(abs(lowest(eta, w) - w * eta / (w * eta + 1 - eta)) < 0.002 for eta in etas),
    )
    yield (
        "bce-weight",
        "The model finds more, raises more false alarms",
        all(lowest(eta, w) > eta for eta in etas),
    )
    z = torch.linspace(-40, 40, 81, dtype=torch.float64)
    for y in (0.0, 1.0):
        direct = -(y * torch.sigmoid(z).log() + (1 - y) * torch.sigmoid(-z).log())
        stable = z.clamp(min=0) - z * y + torch.log(1 + torch.exp(-z.abs()))
        yield (
            "bce-package",
            r"L = \max(z, 0) - z\,y + \ln\left(1 + e^{-|z|}\right)",
            bool(torch.allclose(stable, direct, atol=1e-12)),
        )
    yield "bce-package", "The exponent is never positive", bool((-z.abs() <= 0).all())
    near = z[30:51]
    yield (
        "bce-package",
        r"$\ln(1 - p)$ is $\ln p - z$",
        bool(torch.allclose(torch.log(1 - torch.sigmoid(near)), torch.sigmoid(near).log() - near)),
    )
    yield "bce-stable", "computes the probability first and takes", Because.STORY
    at = torch.tensor([20.0, 2.0], requires_grad=True)  # float32, both background
    wrong = torch.nn.functional.binary_cross_entropy(torch.sigmoid(at), torch.zeros(2), reduction="sum")
    slopes = torch.autograd.grad(wrong, at)[0]
    yield "bce-stable-guess", "The worst mistake of the image teaches nothing.", slopes[0] == 0 < slopes[1]
    gap = 1 - torch.sigmoid(torch.tensor(20.0, dtype=torch.float64)).item()
    yield (
        "bce-stable-guess",
        "With more digits they would. But the sigmoid of 20 differs from 1 by less than",
        (0 < gap < torch.finfo(torch.float32).eps / 2),
    )
    yield (
        "bce-stable-table",
        r"\ln(1 + e^z)",
        bool(torch.isclose(torch.log(1 + near.exp()).mean(), bce_loss(near, 0 * near))),
    )
    yield (
        "bce-stable-read",
        "The source's way loses digits first and the gradient from a logit of 16.64 on",
        (torch.sigmoid(torch.tensor(16.0)) < 1 == torch.sigmoid(torch.tensor(16.64))),
    )
    twice = torch.sigmoid(torch.sigmoid(z))
    yield "bce-double-question", "cannot fall below the sigmoid of 0", bool((twice >= 0.5).all())
    yield "bce-double-question", "To 0, training only takes longer", Because.REFUTED
    yield "bce-double-question", "The lowest that its own sigmoid", bool((torch.sigmoid(z) >= 0).all())
    floor = (3 * -log(1 / (1 + exp(-1))) + 97 * log(2)) / 100
    yield "bce-double-read", "never falls below 0.6818", f"{floor:.4f}" == "0.6818"
    yield "bce-double-read", "From exactly 0 to above 1: a ReLU.", Because.MEANING
    yield "bce-fails", "the strongest pull", bool((sure.diff() < 0).all())
    yield "bce-fails", "hardly more than a vote", Because.OPINION
    yield "bce-fails", r"BCE is lowest when the model says $\eta$", guesses
    yield (
        "bce-fails",
        "scores like one that never looked",
        (abs((-2 * log(0.9) - log(0.8) - 97 * log(1 - 0.1258)) / 100 - h(0.03)) < 1e-4),
    )
    yield "bce-fails", "pulls harder than any other, for ever", bool((sure.diff() < 0).all())
    yield "bce-fails", "The source says that Dice is more robust against imbalance.", Because.CITED
    yield (
        "bce-remember",
        "The gradient in the logit is $p - y$. It is strongest where the model is sure and wrong",
        bool(torch.allclose(slope * Y.numel(), P - Y, atol=1e-12) and (sure.diff() < 0).all()),
    )
    yield "bce-recall", "the code below the formula", Because.STORY
    yield "bce-exercise-missed", "the nodule pixel at 0.8 falls to 0.2", (P[Y == 1] == 0.8).sum() == 1
    yield "bce-exercise-blind", "By how much is that better than the best blind guess?", Because.ADVICE
    yield "bce-exercise-blind-solution", "The model is better by 0.0204", 0 < h(0.2) - 0.48 < 0.03
    yield "bce-exercise-tipping", "Let its background rise from 0.1", bool((P[Y == 0] == 0.1).all())
    yield (
        "bce-exercise-tipping",
        "From which probability on is its loss higher than that of the blind guess",
        Because.ADVICE,
    )
    yield (
        "bce-exercise-tipping-solution",
        r"p = 1 - e^{-0.134437} = 0.1258",
        abs(1 - exp(-0.134437) - 0.1258) < 5e-5,
    )
    yield (
        "bce-exercise-tipping-solution",
        ("with a background only a little above 0.1, scores no better than one that never looked"),
        0.1 < 1 - exp(-0.134437) < 0.13,
    )
    yield "bce-exercise-stable-solution", "The exponent must never be positive.", Because.ADVICE
    _, (ax,) = picture()
    plot_grid(ax, each, high=0.4, hue="orange")
    alphas = [patch.get_facecolor()[3] for patch in ax.patches]
    stronger = len(alphas) == len(each.unique()) and (alphas[0] < alphas[1]) == (each[0, 0] < each.max())
    yield "bce-guess-map", "The stronger its colour, the dearer.", stronger
    yield "bce-price", "Guess first, then watch its gradient as well: does that grow as much?", Because.ADVICE
    yield "bce-step-question", "which pixels are nearer to the truth", Because.ADVICE
    yield "bce-step-question", "there 97 votes count more", int((Y == 0).sum()) == 97 > 3
    yield "bce-step-widget", "0.5 everywhere", Because.STORY
    yield "bce-listing-read", "makes them count more", Because.MEANING
    sure_of_it = torch.tensor([0.9], dtype=torch.float64)
    no_surprise = -(255 * sure_of_it.log() + (1 - 255) * (1 - sure_of_it).log())
    yield "bce-run-read", "the first falls below 0", float(no_surprise) < 0
    film = chest_film()
    pulls = grad(bce_loss)(film.logits, film.lung).abs()
    steep = grad(bce_loss)(as_logits(1 - film.lung, 100), film.lung).abs()  # wrong and sure everywhere
    yield (
        "bce-film",
        "and Dice left them alone",
        film.shares(grad(dice_loss)(film.logits, film.lung).abs())["air"] < 0.01,
    )
    yield (
        "bce-film-read",
        r"a pull ends at $\frac{1}{N}$, a price has no end",
        bool(pulls.max() <= 1 / film.lung.numel())
        and torch.allclose(steep, torch.full_like(steep, 1 / film.lung.numel()))
        and bool(bce_loss(as_logits(1 - film.lung, 1000), film.lung) > 999),
    )

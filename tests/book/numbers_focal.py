"""The numerals of the focal chapter, computed: what each cell of book/focal.ipynb may print, in order."""

from math import exp, log

import torch
import torch.nn.functional as F
from torch.func import grad

from seglosses import bce_loss, focal_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, NODULE_PROBABILITIES
from seglosses.probabilities import to_logits
from seglosses.walkthrough.film import chest_film
from seglosses.walkthrough.pixels import focal_pixels, focal_posterior, focal_pull, running_share
from seglosses.walkthrough.steps import descend

# Lin et al., Focal Loss for Dense Object Detection, ICCV 2017: quoted.
TABLE_1A = {"0.10": 0.0, "0.25": 10.8, "0.50": 30.2, "0.75": 31.1, "0.90": 30.8, "0.99": 28.7, "0.999": 25.1}
TABLE_1B = {  # gamma: the best alpha and its AP
    0: ("0.75", 31.1),
    0.1: ("0.75", 31.4),
    0.2: ("0.75", 31.9),
    0.5: ("0.50", 32.9),
    1: ("0.25", 33.7),
    2: ("0.25", 34.0),
    5: ("0.25", 32.2),
}
PRIOR = 0.01  # section 4.1


def price(p_t, alpha=0.5, gamma=2):
    """The focal loss of one pixel whose class has the weight alpha."""
    return -alpha * (1 - p_t) ** gamma * log(p_t)


def pull(p_t, gamma=2):
    """How hard one pixel pulls, without alpha."""
    return focal_pull(torch.tensor(p_t, dtype=torch.float64), gamma).item()


def total(p, gamma=2, alpha=0.5):
    """The sum of the focal loss over the lung's grid."""
    return focal_pixels(p, LUNG, alpha, gamma).loss.sum().item()


def missed_share(gamma):
    """What the four missed pixels carry."""
    losses = focal_pixels(LUNG_PROBABILITIES, LUNG, 0.5, gamma).loss
    return (losses[(LUNG == 1) & (LUNG_PROBABILITIES < 0.5)].sum() / losses.sum()).item()


def of_easy_background(alpha, gamma):
    """The share of the lung grid's loss that lies on its background, all of it easy."""
    losses = focal_pixels(LUNG_PROBABILITIES, LUNG, float(alpha), gamma).loss
    return (losses[LUNG == 0].sum() / losses.sum()).item()


def optimum(eta, alpha, gamma):
    """The probability with the lowest expected focal loss, by search."""
    p = torch.arange(1, 100_000, dtype=torch.float64) / 100_000
    z = torch.logit(p)
    costs = [focal_loss(z, torch.full_like(z, y), alpha, gamma, reduction="none") for y in (1.0, 0.0)]
    return p[(eta * costs[0] + (1 - eta) * costs[1]).argmin()].item()


def sample(p_t, background):
    """One worked sample: its probability, its BCE, the way back to p_t, and its focal loss."""
    p = round(1 - p_t, 1) if background else p_t
    bce, digits = -log(p_t), 5 if p_t > 0.8 else 3
    return (
        f"{p} {'1 -' if background else ''} {p} {bce:.3f} -{bce:.3f} {exp(-bce):.1f}"
        f" 0.5 1 {p_t} 2 {bce:.3f} {price(p_t):.{digits}f}"
    )


def steps() -> dict[str, str]:
    """The section of steps: focal loss and BCE from the model of the puzzle."""
    facts = {}
    start, missed = to_logits(LUNG_PROBABILITIES), (LUNG == 1) & (LUNG_PROBABILITIES < 0.5)

    def focused(z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return focal_loss(z, y, alpha=0.5, gamma=2)

    def unweighted(z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return focal_loss(z, y, alpha=None, gamma=2)

    paths = {loss: descend(loss, start, LUNG, 10, 100) for loss in (focused, bce_loss, unweighted)}
    torch.testing.assert_close(paths[unweighted], descend(focused, start, LUNG, 20, 100))
    crossed = {
        loss: next(step for step in range(101) if (path[step][missed] >= 0).all())
        for loss, path in paths.items()
    }
    assert crossed[bce_loss] < crossed[unweighted] < crossed[focused]
    firsts = {loss: (path[1] - path[0]).abs() for loss, path in paths.items()}
    parts = {loss: 100 * (first[missed].sum() / first.sum()).item() for loss, first in firsts.items()}
    background = {
        loss: paths[loss][crossed[loss]].sigmoid()[LUNG == 0].mean().item() for loss in (bce_loss, focused)
    }
    facts["focal-step"] = "10; 0.5 2"
    facts["focal-step-question"] = "0.5"
    facts["focal-step-read"] = (
        f"0; {parts[focused]:.0f}% {parts[bce_loss]:.0f}%; 0.5 {crossed[focused]} {crossed[bce_loss]}"
        f" 0.100 {background[bce_loss]:.3f} 0.100 {background[focused]:.3f};"
        f" 20 0.5 {crossed[unweighted]}"
    )
    return facts


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    p, n, lung = LUNG_PROBABILITIES, LUNG.numel(), int(LUNG.sum())
    missed = (LUNG == 1) & (p < 0.5)
    found = p[(LUNG == 1) & (p > 0.5)]
    pixels = focal_pixels(p, LUNG, 0.5, 2)
    facts = {}

    facts["focal-puzzle"] = f"{lung} {n}"
    facts["focal-puzzle-rule"] = (
        f"{len(found)} {found.min()} {found.max()} {missed.sum()} {p[missed][0]}"
        f" {len(found)} {missed.sum()} {LUNG.mean():.0%}"
    )
    facts["focal-share-read"] = " ".join(
        [*(f"{part[missed][0] / part.sum():.1%}" for part in (pixels.bce, pixels.loss)), "0.5 2"]
    )

    mended, clear = p.clone(), torch.where(LUNG == 1, p, 0.01)
    mended[5, 2] = 0.6
    falls = [f"{1 - total(map, gamma) / total(p, gamma):.1%}" for gamma in (2, 0) for map in (mended, clear)]
    facts["focal-paint"] = f"0.1 0.6 {n - lung} 0.1 0.01 0.6 0"
    facts["focal-paint-answer"] = (
        f"gamma 2 {total(p) / n:.4f} {falls[0]} {falls[1]}"
        f" gamma 0 {total(p, 0) / n:.4f} {falls[2]} {falls[3]}"
        + "".join(f" {missed_share(gamma):.1%} at {gamma}" for gamma in (0, 1, 2, 5))
        + " At 5"
    )

    factors = " ".join(f"{(1 - p_t) ** 2:.2f} {p_t}" for p_t in (0.9, 0.6, 0.5, 0.1))
    facts["focal-formula"] = (
        f"y = 1; y = 0, 1 - p; 1 1; (1 - p_t); 1, 1 - alpha, 0; (1 - p_t) near 0, 1, 1, 0;"
        f" gamma 2 {factors}; close to 1; {0.6} {(1 - 0.6) ** 2:.2f}"
    )
    easy, hard, worst = -log(0.9), -log(0.6), -log(0.1)
    table = " ".join(2 * [f"0.5 {easy:.3f} {price(0.9):.5f}"] + 2 * [f"0.5 {hard:.3f} {price(0.6):.3f}"])
    facts["focal-by-hand"] = " ".join(
        ["0.5 2", *(sample(p_t, background) for p_t in (0.9, 0.6) for background in (False, True)), table]
    )
    rows = []
    for p_t in (0.9, 0.8, 0.7, 0.6, 0.1):
        alike = (pixels.p_t - p_t).abs() < 1e-9
        shares = [part[alike].sum() / part.sum() for part in (pixels.bce, pixels.loss)]
        rows.append(f"{alike.sum()} {p_t} {price(p_t):.6f} {shares[0]:.1%} {shares[1]:.1%}")
    facts["focal-by-hand-note"] = (
        f"0.6 0.5 0.4 0.1; 0.5 {0.9**2:.2f} {worst:.4f} {price(0.1):.4f}"
        f" {price(0.1) / price(0.6):.1f} {price(0.1) / price(0.9):,.0f}; alpha 0.5; {' '.join(rows)}"
        f" {total(p):.6f} {n} {total(p) / n:.6f}"
    )
    dragged = p.clone()
    dragged[5, 2] = 0.49
    own, easier = (focal_pixels(q, LUNG, 0.5, 2) for q in (p, dragged))
    prices = [one.loss[5, 2].item() for one in (own, easier)]
    assert abs(prices[0] / prices[1] - 10) < 0.06
    plain = [one.bce[5, 2].item() for one in (own, easier)]
    shares = [100 * (one.loss[5, 2] / one.loss.sum()).item() for one in (own, easier)]
    slopes = [grad(focal_loss)(to_logits(q), LUNG, 0.5, 2)[5, 2].item() for q in (p, dragged)]
    facts["focal-price"] = (
        f"0.1 0.49 {prices[0]:.4f} {prices[1]:.4f} {plain[0]:.4f} {plain[1]:.4f} {plain[1] / plain[0]:.1%}"
        f" {shares[0]:.1f}% {shares[1]:.1f}% {slopes[0]:.4f} {slopes[1]:.4f} 0.9 {price(0.9):.4f}"
    )
    facts["focal-explore"] = "2"
    thousandth = 1 - 1000**-0.5
    facts["focal-explorer-answer"] = f"{1 - 4**-0.5} {1 - 100**-0.5:.1f} {thousandth:.2f} 0.5"
    facts["focal-knobs"] = f"1 - p_t {easy:.3f} {price(0.9):.5f}"
    gains = [easy / price(0.9), 1 / (1 - 0.9) ** 2, hard / price(0.6), 1 / (1 - 0.6) ** 2]
    before, after = hard / easy, price(0.6) / price(0.9)
    facts["focal-knobs-read"] = (
        f"{gains[0]:.0f}" + 2 * f" {gains[1]:.0f} {gains[0] / gains[1]:.0f}" + ";"
        f" 0.6 {gains[2]:.1f} = {gains[3]:.2f} {gains[2] / gains[3]:.0f} 0.5;"
        f" 0.6 {before:.3f} {after:.2f} {after / before:.0f}; (1 - p_t) {price(0.9):.5f}"
        f" {price(0.9, alpha=1):.5f} {hard - price(0.6):.3f} {easy - price(0.9):.3f}"
    )

    generator = torch.Generator().manual_seed(0)
    crowds = {
        y: 1.5 * torch.randn(k, generator=generator, dtype=torch.float64) + centre
        for y, k, centre in ((1.0, 1_000, 0), (0.0, 100_000, -5))
    }
    carried = {
        (y, gamma): 1
        - running_share(focal_loss(z, torch.full_like(z, y), None, gamma, reduction="none"))[
            len(z) * 99 // 100 - 1
        ].item()
        for y, z in crowds.items()
        for gamma in (0, 2)
    }
    hundredth = len(crowds[0]) // 100
    facts["focal-crowd"] = f"{len(crowds[1]):,} {len(crowds[0]):,} 0 -5 1.5 {hundredth:,}"
    facts["focal-crowd-read"] = (
        f"{carried[1, 0]:.1%} {carried[1, 2]:.1%} gamma 2 {carried[0, 0]:.1%} {carried[0, 2]:.1%}"
    )

    low, *values = sorted(NODULE_PROBABILITIES.unique().tolist())
    nodule = int(NODULE.sum())
    facts["focal-alpha"] = f"{nodule} {values[0]} {values[1]} {n - nodule} {low} 0.5"
    assert focal_posterior(torch.tensor(0.5), 0.25).item() == 0.75
    facts["focal-alpha-read"] = (
        f"0.25 0.5; 0.5 0.2 {0.2:.0%} {1 - 0.2:.0%} 0.25; 0.5 0.5 1 1 0.5 1 0.25 0.5 {1 - 0.25} 0.75"
    )
    share = {g: 100_000 * pull(0.99, g) / (100_000 * pull(0.99, g) + 100 * pull(0.1, g)) for g in TABLE_1B}
    assert list(share.values()) == sorted(share.values(), reverse=True)
    facts["focal-lin"] = (
        "0.25 2 0 "
        + " ".join(f"{a} {ap}" for a, ap in TABLE_1A.items())
        + " 0.25 "
        + " ".join(f"{g} {a} {ap} {share[g]:.4f}" for g, (a, ap) in TABLE_1B.items())
        + " 100,000 0.99 100 0.1 2; 0.5 0"
    )
    alone = [of_easy_background(0.5, gamma) for gamma in TABLE_1B]
    assert alone == sorted(alone, reverse=True)  # fades
    paired = [of_easy_background(TABLE_1B[gamma][0], gamma) for gamma in (0, 0.5, 1, 2, 5)]
    assert paired[0] < paired[1] < paired[2] > paired[3] > paired[4]  # rises at first
    facts["focal-lin-read"] = "0.25"

    p_t = torch.arange(1, 1_000_000, dtype=torch.float64) / 1_000_000
    pulls = focal_pull(p_t)
    z = torch.logit(torch.tensor([0.1, 0.9], dtype=torch.float64))
    slopes = grad(focal_loss)(z, torch.ones_like(z), None, reduction="sum").abs().tolist()
    assert abs(slopes[0] - pull(0.1)) < 1e-12
    facts["focal-gradient"] = "1"
    facts["focal-gradient-read"] = (
        f"0.05 0.9; (1 - p_t)(1 - p_t); 0, 1 - p_t; 2 {p_t[pulls > 1 - p_t].max():.4f} {pulls.max():.4f}"
        f" {p_t[pulls.argmax()]:.4f} 1 {slopes[0]:.4f} {1 - 0.1} {slopes[1]:.4f} {1 - 0.9:.1f}"
    )
    facts |= steps()
    facts["focal-proper"] = "9 10 0.9"
    best = optimum(0.9, 0.5, 2)
    facts["focal-proper-formula"] = f"{best:.3f}; (1 - alpha) 1 - p, (1 - alpha) 1 - p"
    means = focal_posterior(torch.tensor(0.9, dtype=torch.float64), 0.5).item()
    facts["focal-proper-read"] = (
        f"0.5 0; 2 0.9 {means:.4f} 0.9 {best:.3f} 0.25 {optimum(0.9, 0.25, 2):.3f} 0.5 0.5"
    )
    facts["focal-listing-read"] = "alpha above 1; between 0 and 1; 1 - p_t"
    facts["focal-run-read"] = "0"
    source, ours = {}, {}
    for size in (15.0, 17.0):
        z, y = torch.tensor(size), torch.tensor(1.0)
        bce = bce_loss(z, y)
        source[size], ours[size] = (1 - torch.exp(-bce)) ** 2 * bce, focal_loss(z, y, None)
    facts["focal-breaks-read"] = (
        f"2 {source[15.0] / ours[15.0] - 1:.1%} 15 {source[17.0] / ours[17.0] - 1:.0%} 17"
        f" gamma < 1, from {nan_from()} on; gamma 1, 0 and 1"
        f" 0.9 {exp(-bce_loss(torch.logit(torch.tensor(0.9)), torch.tensor(0.9))):.4f}"
    )
    facts["focal-train"] = "0.25 2"
    facts["focal-train-read"] = (
        f"{n / nodule:.1f} {n} {nodule}; 1; 0.5 {PRIOR} (1 - pi) {1 / PRIOR - 1:.0f}"
        f" {-log(1 / PRIOR - 1):.4f} 0.5 {PRIOR} {nodule}"
    )
    background = {}
    for start in (0.5, PRIOR):
        losses = focal_loss(torch.logit(torch.full_like(NODULE, start)), NODULE, reduction="none")
        background[start] = losses[NODULE == 0].sum() / losses.sum()
    facts["focal-train-start-read"] = (
        f"0.5 {background[0.5]:.0%} {PRIOR} {background[PRIOR]:.3%} {nodule / n:.0%}"
        f" {log(nodule / (n - nodule)):.4f}"
    )
    logits = torch.logit(p)
    facts["focal-fails"] = (
        f"0.1 {bce_loss(logits, LUNG):.4f} {focal_loss(logits, LUNG, 0.5):.4f}"
        f" {focal_loss(logits, LUNG):.4f} 0.25"
    )
    assert slopes[0] > 1 - 0.1
    for gamma in (0.5, 1, 2, 5):  # a model at its best says less than it means
        says = torch.arange(51, 100, dtype=torch.float64) / 100
        assert (focal_posterior(says, 0.5, gamma) > says).all()
    facts["focal-remember"] = (
        f"(1 - p_t) {missed_share(2):.1%} {missed_share(0):.1%} 0.5 2 0.5 1 - alpha 0.5 1 - p_t"
    )
    w = (n - nodule) / nodule
    facts["focal-recall"] = (
        f"{n - nodule} {nodule} {nodule / n} 0.5 0 {w / (1 + w):.2f} 1 {1 / (1 + w):.2f}"
        f" 1 - alpha {n - nodule} {nodule}"
    )

    facts["focal-exercise-missed"] = "0.1 0.25 2"
    facts["focal-exercise-missed-solution"] = (
        f"0.1 0.25 0.9 2 0.1 0.25 {0.9**2:.2f} {worst:.4f} {price(0.1, 0.25):.4f}"
    )
    facts["focal-exercise-crowd"] = f"0.1 0.1 0.5 2 {worst / easy:.1f}"
    facts["focal-exercise-crowd-solution"] = (
        f"0.5 {0.9**2:.2f} {worst:.6f} {price(0.1):.6f} 0.5 {(1 - 0.9) ** 2:.2f} {easy:.6f} {price(0.9):.6f}"
        f" {price(0.1) / price(0.9):,.0f} {0.9**2:.2f} {(1 - 0.9) ** 2:.2f} {worst / easy:.1f}"
        f" {0.9**2 / (1 - 0.9) ** 2:.0f}"
    )
    facts["focal-exercise-threshold"] = "0.5 1 5 2"
    facts["focal-exercise-threshold-solution"] = "1 - alpha; 1 - 0.2 = 0.8"
    assert abs(focal_posterior(torch.tensor(0.5), 0.8).item() - 1 / 5) < 1e-6
    facts["focal-exercise-meaning"] = "1 0.5 (1 - p)(1 - p)"
    facts["focal-exercise-meaning-solution"] = "0.5"
    # --- what questions and pictures say, beyond what they compute themselves
    rows = [int(mask.any(1).sum()) for mask in (LUNG == 1, (LUNG == 1) & ~missed)]
    facts["focal-puzzle-picture"] = (
        f"{rows[0]} {lung // rows[0]} {rows[1]} {found.min()} {found.max()} {p[missed][0]}"
    )
    facts["focal-share-maps"] = facts["focal-painter"] = f"{missed.sum()}"
    facts["focal-knobs-guess"] = f"{gains[0] / gains[1]:.0f} 0.5"
    facts["focal-crowd-guess"] = f"gamma 2; 1% {100 - 1}"
    facts["focal-crowd-picture"] = "gamma 2"
    facts["focal-alpha-guess"] = "gamma 2, alpha 0.5, 0.25; 1 - alpha; alpha 0.75"
    crossing = p_t[pulls > 1 - p_t].max()
    assert crossing < 0.5
    facts["focal-gradient-guess"] = "gamma 2; at most 1; 0.5, 0.5"
    facts["focal-proper-guess"] = "alpha 0.5, gamma 2; 0.5, alpha 0.5; towards 0.9; 0.9; 0.9"
    facts["focal-breaks-guess"] = (
        f"gamma 0.5, {nan_from()}; next to 0; exactly 1; of 1 - p_t at 0; the other 0"
    )
    z, gamma = torch.linspace(-9, 9, 19, dtype=torch.float64), 0.5
    torch.testing.assert_close((1 - z.sigmoid()) ** gamma, torch.exp(gamma * F.logsigmoid(-z)))
    facts["focal-package"] = "(1 - p)^gamma, log(1 - p)"
    film = chest_film()
    pixels = focal_pixels(torch.sigmoid(film.logits), film.lung, alpha=0.25, gamma=2)
    bce, focal = (film.shares(price) for price in (pixels.bce, pixels.loss))
    facts["focal-film"] = "0.25 2"
    facts["focal-film-read"] = " ".join(f"{one[k]:.1%}" for k in ("air", "tissue") for one in (bce, focal))
    return facts


def nan_from():
    """The first whole logit of a foreground pixel at which the source's slope is no number, for gamma 0.5."""
    for size in range(40):
        z, y = torch.tensor(float(size), requires_grad=True), torch.tensor(1.0)
        bce = bce_loss(z, y)
        (slope,) = torch.autograd.grad((1 - torch.exp(-bce)) ** 0.5 * bce, z)
        if slope.isnan():
            return size
    raise AssertionError("it never breaks")

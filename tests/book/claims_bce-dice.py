"""What the chapter on BCE-Dice claims, held to what is computed."""

import torch
from claims import Because
from torch.func import grad

from seglosses import bce_dice_loss, bce_loss, dice_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, NODULE_PROBABILITIES
from seglosses.probabilities import to_logits
from seglosses.walkthrough.film import chest_film

DIAL = [k / 100 for k in range(101)]


def pulls(p: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The gradients of BCE and of Dice in the logits."""
    z = to_logits(p.double()).requires_grad_()
    bce, dice = (torch.autograd.grad(loss(z, y.double()), z)[0] for loss in (bce_loss, dice_loss))
    return bce, dice


def ratios(y: torch.Tensor, start: float = 0.5) -> list[float]:
    """How much harder Dice pulls than BCE while a prediction goes from a start to nearly the truth."""
    found = []
    for k in DIAL[:-1]:
        bce, dice = pulls((1 - k) * start + k * y, y)
        found.append((dice.norm() / bce.norm()).item())
    return found


def claims():
    """In the order of the page."""
    lung, nodule = ratios(LUNG), ratios(NODULE)
    z, y = to_logits(LUNG_PROBABILITIES.double()), LUNG.double()
    values = [loss(0 * z, y).item() for loss in (bce_loss, dice_loss)]
    sums = bool(torch.isclose(bce_dice_loss(z, y), bce_loss(z, y) + dice_loss(z, y)))

    yield "bce-dice-puzzle", "L = L_{BCE} + L_{Dice}", sums
    yield "bce-dice-guess", "Which part pulls harder", Because.ADVICE
    yield "bce-dice-guess", "Its value is a little higher", values[0] < values[1] < values[0] + 0.1
    yield "bce-dice-dial", "At the left end BCE pulls harder.", lung[0] < 1
    same_way = [
        bool((bce[y == 1] < 0).all() and (dice[y == 1] < 0).all() and (bce[y == 0] > 0).all() and (dice[y == 0] > 0).all())
        for k in DIAL[1:-1]
        for bce, dice in [pulls((1 - k) * 0.5 + k * y, y)]
    ]  # fmt: skip
    yield "bce-dice-dial-answer", "Both raise each lung pixel and lower each other one.", all(same_way)
    yield "bce-dice-ratio", "Both start below 1.", lung[0] < 1 > nodule[0]
    crossing = [next(k for k, r in zip(DIAL, of, strict=False) if r >= 1) for of in (lung, nodule)]
    yield "bce-dice-ratio-read", "The nodule crosses later", crossing[0] < crossing[1]
    yield "bce-dice-formula", r"L = L_{BCE} + \lambda\, L_{Dice}", sums  # the package has lambda = 1
    n = to_logits(NODULE_PROBABILITIES.double())
    yield (
        "bce-dice-formula",
        "Yet the nodule's loss is the higher one.",
        bool(bce_dice_loss(n, NODULE.double()) > bce_dice_loss(z, y)),
    )
    bce, dice = pulls(LUNG_PROBABILITIES, LUNG)
    p, s = LUNG_PROBABILITIES.double(), 1.0
    size = p.sum() + y.sum() + s
    d = (2 * (p * y).sum() + s) / size
    yield (
        "bce-dice-who",
        r"\frac{\partial L_{BCE}}{\partial z_i} &= \frac{p_i - y_i}{N}",
        bool(torch.allclose(bce, (p - y) / 100, atol=1e-12)),
    )
    yield (
        "bce-dice-who",
        (
            r"\frac{\partial L_{Dice}}{\partial z_i} &= \frac{(D - 2\,y_i)\; p_i (1 - p_i)}{\sum p + \sum y + s}"
        ),
        bool(torch.allclose(dice, (d - 2 * y) * p * (1 - p) / size, atol=1e-12)),
    )
    tiny = 1e-6
    ends = {}
    for name, truth in (("lung", LUNG.double()), ("nodule", NODULE.double()), ("half", half_of_it())):
        bce, dice = pulls(truth * (1 - tiny) + (1 - truth) * tiny, truth)
        ends[name] = (dice.norm() / bce.norm()).item(), 100 / (2 * truth.sum().item() + 1)
    yield (
        "bce-dice-who",
        r"\frac{\varepsilon}{2 |Y| + s}",
        all(abs(a / b - 1) < 1e-3 for a, b in ends.values()),
    )
    yield "bce-dice-who", r"\frac{N}{2\,|Y| + s}", all(abs(a / b - 1) < 1e-3 for a, b in ends.values())
    smaller = ends["half"][0] < ends["lung"][0] < ends["nodule"][0]
    yield "bce-dice-who", "The smaller the object, the more the end of training belongs to Dice.", smaller
    yield "bce-dice-who-start", "the dial starts at 0.5 everywhere", Because.STORY
    yield "bce-dice-who-start", "$p = 0.2$ everywhere for the lung", LUNG.mean() == 0.2
    yield "bce-dice-who-question", "It comes later", Because.REFUTED
    rates = [pulls(torch.full((10, 10), start), LUNG)[0].norm() for start in (0.5, 0.2)]
    yield "bce-dice-who-question", "A start at the base rate makes BCE smaller", bool(rates[1] < rates[0])
    yield (
        "bce-dice-literature",
        ("found none that is best everywhere. Compound losses, Dice with a partner, were the most robust"),
        Because.CITED,
    )
    wrong = pulls(torch.tensor([[0.999, 0.9], [0.5, 0.9]]), torch.tensor([[0.0, 0.0], [0.0, 1.0]]))
    yield (
        "bce-dice-literature",
        "BCE pulls hardest there",
        bool(wrong[0][0, 0] == wrong[0].max() and wrong[1][0, 0] < wrong[1][1, 0]),
    )
    summed = [bce_loss(z.repeat(k, 1), y.repeat(k, 1)).item() * 100 * k for k in (1, 4)]
    pooled = [dice_loss(z.repeat(k, 1), y.repeat(k, 1)).item() for k in (1, 4)]
    yield (
        "bce-dice-fails",
        "With more pixels it grows further, and Dice becomes noise.",
        (summed[1] > 3.9 * summed[0] and pooled[1] <= pooled[0] * 1.1),
    )
    yield (
        "bce-dice-remember",
        "Dice where it is nearly right; the smaller the object, the more",
        (smaller and lung[-1] > 1 < nodule[-1]),
    )
    yield "bce-dice-remember", r"\frac{N}{2 |Y| + s}", all(abs(a / b - 1) < 1e-3 for a, b in ends.values())
    yield "bce-dice-remember", "the two never pull a pixel in opposite directions", all(same_way)
    share = torch.tensor(0.09, dtype=torch.float64)
    blind = -(share * share.log() + (1 - share) * (1 - share).log()).item()
    yield "bce-dice-recall", "The best blind guess costs 0.3025 there.", abs(blind - 0.3025) < 5e-5
    yield (
        "bce-dice-exercise-disagree",
        "that Dice likes better than the model's, below 0.363636",
        Because.ADVICE,
    )
    yield "bce-dice-exercise-disagree", "BCE likes less, above 0.218478", Because.ADVICE
    yield "bce-dice-step-question", "Yes, while most pixels are still wrong", Because.REFUTED
    yield "bce-dice-step-read", "Below the left grid stand the lengths", Because.STORY
    film = chest_film()
    bce, dice, both = (grad(loss)(film.logits, film.lung) for loss in (bce_loss, dice_loss, bce_dice_loss))
    yield (
        "bce-dice-film-read",
        "BCE's part is for the sure mistake",
        film.shares(bce.abs())["air"] > 0.5 > 100 * film.shares(dice.abs())["air"],
    )
    yield (
        "bce-dice-film-read",
        "No pixel is pulled up by one part and down by the other.",
        bool((bce * dice > 0).all()) and torch.allclose(bce + dice, both),
    )


def half_of_it() -> torch.Tensor:
    """A mask of half of the pixels."""
    mask = torch.zeros(10, 10, dtype=torch.float64)
    mask[:5] = 1
    return mask

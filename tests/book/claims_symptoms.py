"""What the page of symptoms claims, held to what is computed of the causes that it plants."""

import re
import runpy
import warnings
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from claims import Because
from numerals import cells
from torch.utils.data import DataLoader

from seglosses import bce_loss, diagnose, dice_loss, focal_loss
from seglosses.atlas import read_atlas
from seglosses.grids import LUNG, NODULE, as_logits
from seglosses.metrics import dice_score
from seglosses.probabilities import to_logits
from seglosses.training.examples import lungs, nodules
from seglosses.training.loop import train
from seglosses.training.recorded import read_recording
from seglosses.walkthrough.numerics import plain_dice_loss
from seglosses.walkthrough.steps import descend

BOOK = Path(__file__).parents[2] / "book"
numbers = runpy.run_path(str(Path(__file__).with_name("numbers_symptoms.py")))
batch_losses = cache(numbers["batch_losses"])
RUNS = read_recording(BOOK / "data/runs.json")
OPTIONS = read_atlas(BOOK / "data/conventions.json").values["options"]["dice"]
SAFE = torch.linspace(-40, 40, 161, dtype=torch.float64)
RANGE = re.compile(r"\b(model_output|target|mask|p)(\.sigmoid\(\))?\.(min|max|unique)\(|the minimum is")


def names(*batch) -> list[str]:
    """What ``diagnose`` names, in its order."""
    return [finding.name for finding in diagnose(*batch).findings]


def base_rate(y: torch.Tensor) -> float:
    """The loss of one answer for all pixels, the share of the foreground."""
    return bce_loss(torch.full_like(y, torch.logit(y.mean()).item()), y).item()


def favoured(eta: float, weight: float) -> float:
    """The p that costs least, where a share eta of a pixel's cases is foreground of a weight."""
    p = torch.linspace(0.001, 0.999, 999, dtype=torch.float64)
    return p[(-(weight * eta * p.log() + (1 - eta) * (1 - p).log())).argmin()].item()


def favoured_by_focal(eta: float, alpha: float) -> float:
    """The same of focal loss and its alpha."""
    z, one = torch.linspace(-5, 5, 501, dtype=torch.float64), torch.ones(1, dtype=torch.float64)
    costs = [
        eta * focal_loss(x.view(1), one, alpha=alpha)
        + (1 - eta) * focal_loss(x.view(1), 0 * one, alpha=alpha)
        for x in z
    ]
    return torch.sigmoid(z[torch.stack(costs).argmin()]).item()


def breaks_at() -> str:
    """The operation that the anomaly detection names, where more than one gradient is NaN."""
    z = torch.tensor(20.0, requires_grad=True)
    p = torch.sigmoid(z)
    loss = -(1 * p.log() + 0 * (1 - p).log())
    assert torch.autograd.grad(loss, (p, z), retain_graph=True)[1].isnan()  # the sigmoid's, later
    quiet = warnings.catch_warnings(action="ignore")  # of what it costs, and of what it finds
    with quiet, pytest.raises(RuntimeError) as broken, torch.autograd.detect_anomaly():
        loss.backward()
    return str(broken.value)


def with_dropout_and_turned() -> tuple[float, float, float]:
    """The training images' loss as they are, with a fifth of each image dropped, and upside down."""
    examples = lungs(16)
    model = train(dice_loss, examples, examples, steps=25).model
    torch.manual_seed(0)
    shown = (examples, (F.dropout(examples.images, 0.2), examples.masks), [one.flip(-2) for one in examples])
    with torch.no_grad():
        return tuple(dice_loss(model(x), y).item() for x, y in shown)


def rare_and_empty() -> tuple[float, float]:
    """The loss of images with a nodule, and with half of them emptied, of a model that is not trained."""
    _, y = nodules(16)
    torch.manual_seed(0)
    z = 5 * y.double() - 5 + 2 * torch.randn(y.shape, dtype=torch.float64)
    emptied = y * (torch.arange(16) % 2).view(-1, 1, 1, 1)
    noise = z - 5 * y.double()
    return dice_loss(z, y).item(), dice_loss(noise + 5 * emptied.double(), emptied).item()


def shown_by_ranges() -> int:
    """How many of the page's checks look at the range of the output or of the mask."""
    text = "\n".join(cells(BOOK / "symptoms.ipynb").values())
    checks = re.findall(r"\*Check:\*(.+?)\*(?:Cure|Why):\*", text, re.DOTALL)
    return sum(bool(RANGE.search(check)) for check in checks)


def claims():
    """In the order of the page."""
    yield "symptoms-title", "[does not fall", Because.STORY
    yield "symptoms-title", "[is better in validation", Because.STORY
    yield from start_and_stuck()
    yield from negative_and_nan()
    yield from jumps_and_flat()
    yield from black_and_full()
    yield from scores()
    yield "symptoms-remember", "first: eight of this page's causes show there.", shown_by_ranges() == 8


def start_and_stuck():
    """The first batch, and 0.693."""
    _, y = lungs(4)
    torch.manual_seed(0)
    z = 6 * y.double() - 3 + torch.randn(y.shape, dtype=torch.float64)
    report = names(torch.sigmoid(z), 255 * y, dice_loss)
    yield (
        "symptoms-start",
        "the most serious first.",
        report[:2] == ["0/255 mask", "probabilities"] and len(report) == 3 and not names(z, y, dice_loss),
    )
    yield "symptoms-stuck", "go to [does not fall", Because.STORY
    twice = torch.sigmoid(torch.sigmoid(SAFE))
    yield "symptoms-stuck", "no background pixel can get below 0.5.", bool((twice >= 0.5).all())
    p = torch.sigmoid(SAFE)
    yield "symptoms-stuck", "never leave 0 to 1.", bool(p.min() >= 0 and p.max() <= 1)
    rectified = torch.relu(SAFE)
    floor = torch.sigmoid(rectified).min() == twice[0].round(decimals=6) == 0.5
    yield "symptoms-stuck", "No logit is below 0: the same floor.", bool(rectified.min() >= 0 and floor)
    best = torch.relu(as_logits(NODULE))
    yield "symptoms-stuck", "the minimum is 0, the maximum above 1.", bool(best.min() == 0 and best.max() > 1)
    nodule, lung = numbers["floors"](NODULE), numbers["floors"](LUNG)
    yield (
        "symptoms-stuck-read",
        "On the lung, with more foreground, the same floors lie at",
        bool(LUNG.sum() > NODULE.sum()) and all(a < b for a, b in zip(lung, nodule, strict=True)),
    )


def negative_and_nan():
    """A loss below 0, and one that is no number."""
    returned = OPTIONS["nnU-Net as returned"]
    yield (
        "symptoms-negative",
        "nnU-Net returns $-D$, and −1 is perfect.",
        all(value < 0 for value in returned.values()) and round(returned["perfect"], 4) == -1,
    )
    side, largest = 512, torch.finfo(torch.float16).max
    yield "symptoms-nan", "the image below has more pixels than that", side**2 > largest
    blank = as_logits(0 * LUNG, 1000)
    above_only = 1 / (torch.sigmoid(blank).sum() + LUNG.sum() * 0)
    yield (
        "symptoms-nan",
        "above and below the bar.",
        bool(
            plain_dice_loss(blank, 0 * LUNG, smooth=0).isnan()
            and plain_dice_loss(blank, 0 * LUNG) == 0
            and above_only.isinf()
        ),
    )
    yield "symptoms-nan", "a smaller learning rate, a warm-up, clipped gradients.", Because.ADVICE
    yield (
        "symptoms-nan-read",
        "names the operation whose gradient breaks first.",
        "LogBackward0" in breaks_at(),
    )


def jumps_and_flat():
    """A loss that jumps, and one that rests."""
    dice, bce = ({k: batch_losses(loss, k) for k in (2, 16)} for loss in (dice_loss, bce_loss))
    spread = {
        (name, k): (x.std() / x.mean()).item()
        for name, of in zip("db", (dice, bce), strict=True)
        for k, x in of.items()
    }
    yield (
        "symptoms-jumps",
        "larger batches; and look at a mean over many steps.",
        all(spread[name, 16] < spread[name, 2] for name in "db"),
    )
    sizes = [[len(x) for x in DataLoader(range(10), batch_size=4, drop_last=drop)] for drop in (False, True)]
    yield (
        "symptoms-jumps",
        "**The last batch is smaller**, so it jumps once each epoch.",
        sizes == [[4, 4, 10 % 4], [4, 4]] and spread["d", 16] < spread["d", 2],
    )
    yield (
        "symptoms-jumps-read",
        "In the small batches BCE varies by as large a share of its value; only its values are small.",
        spread["b", 2] >= spread["d", 2] and bool(bce[2].max() < dice[2].min() / 10),
    )
    fast = numbers["one_batch_again"](0.5)
    yield (
        "symptoms-jumps-rate-read",
        "the loss jumps to 0.98 and back, and then sits at 0.66.",
        fast.index(max(fast)) < 4 and all(abs(loss - 0.66) < 0.01 for loss in fast[-6:]),
    )
    yield "symptoms-flat", "## The loss does not fall", Because.STORY
    z = as_logits(1 - LUNG, 30)
    moved = {
        loss: loss(descend(loss, z, LUNG, 10, 100)[-1], LUNG) / loss(z, LUNG)
        for loss in (dice_loss, bce_loss)
    }
    yield (
        "symptoms-flat",
        "Dice has next to no gradient where the sigmoid is flat, so it rests while BCE falls.",
        bool(moved[dice_loss] > 1 - 1e-6 and moved[bce_loss] < 0.8),
    )


def black_and_full():
    """A mask without foreground, and one without background."""
    yield "symptoms-black", "## The loss falls and the mask is black", Because.STORY
    torch.manual_seed(0)
    p = torch.sigmoid(-4 + 3 * NODULE + 0.3 * torch.randn(NODULE.shape, dtype=torch.float64))
    hidden = bool(p[NODULE == 1].min() > p[NODULE == 0].max() and p.max() < 0.5)
    yield "symptoms-black", "**The object is found, below the threshold.**", hidden
    yield "symptoms-black", "Its pixels have the highest probabilities, yet none is above 0.5.", hidden
    largest = [RUNS.score("nodules", "BCE", "largest", step) for step in (400, 800)]
    tuned, cut = (RUNS.score("nodules", "BCE", name, 400) for name in ("tuned dice", "dice"))
    yield (
        "symptoms-black",
        "choose the threshold on validation images, or train longer.",
        bool((tuned > cut + 0.5).all() and (largest[0] < 0.5).all() and (largest[1] > 0.5).all()),
    )
    one_answer = torch.full_like(NODULE, NODULE.mean().item())
    yield (
        "symptoms-black-read",
        "no better than one answer for all pixels, which finds no pixel of the nodule.",
        abs(bce_loss(to_logits(one_answer), NODULE).item() - 0.1347) < 5e-5 and not (one_answer > 0.5).any(),
    )
    examples = nodules(16)
    losses = train(bce_loss, examples, examples, steps=45).losses
    yield (
        "symptoms-black-read",
        "The loss falls on from there once the model looks at the image.",
        bool(losses[0] > base_rate(examples.masks.double()) > 1.5 * losses[-10:].mean()),
    )
    z = torch.arange(-80.0, 10)
    yield (
        "symptoms-full",
        "a probability is above 0 until it rounds to it.",
        bool((torch.sigmoid(z) > 0).all() and torch.sigmoid(torch.tensor(-200.0)) == 0),
    )
    yield "symptoms-full", "is above 0.", bool(torch.sigmoid(as_logits(LUNG, 3)).min() > 0)
    yield (
        "symptoms-full",
        "No probability is below 0.5.",
        bool(torch.sigmoid(torch.relu(SAFE)).min() == 0.5 and torch.relu(SAFE).min() == 0),
    )
    weights, etas = (1, 3, 30), (0.1, 0.2, 0.4)
    marked = [[favoured(eta, w) for eta in etas] for w in weights]
    yield (
        "symptoms-full",
        "a smaller weight, or a higher threshold.",
        all(a < b for rows in pairwise(marked) for a, b in zip(*rows, strict=True))
        and min(marked[-1]) > 0.5
        and marked[-1][0] < 0.9 < marked[-1][-1],
    )
    yield (
        "symptoms-full",
        "or a large alpha.",
        favoured_by_focal(0.3, 0.25) < 0.5 < favoured_by_focal(0.3, 0.75),
    )


def scores():
    """A score that is too good, and two that differ."""
    ten = numbers["scores"]()
    yield (
        "symptoms-useless-read",
        "It finds neither, and has a mean of",
        ten["mean"] > 2 * ten["with an object"] and ten["pooled"] > ten["mean"] > ten["nothing"],
    )
    truth = torch.stack([LUNG, NODULE]) > 0
    found = truth.clone()
    found[1] = False
    each = dice_score(found, truth, empty=1)
    pooled = dice_score(found.view(1, -1), truth.view(1, -1), empty=1)
    yield "symptoms-useless", "**One large object hides the others**", pooled.item() > 0.9 and each[1] == 0
    yield "symptoms-validation", "## Validation is better than training", Because.STORY
    during, after, validation = numbers["one_epoch"]()
    yield (
        "symptoms-validation",
        "from before its first step on; validation comes after the last.",
        during > after,
    )
    plain, *harder = with_dropout_and_turned()
    yield "symptoms-validation", "make the training harder.", all(loss > plain for loss in harder)
    means = {k: batch_losses(dice_loss, k).mean().item() for k in (2, 16)}
    yield "symptoms-validation", "larger batches for validation", means[16] < means[2]
    full, emptied = rare_and_empty()
    yield "symptoms-validation", "fewer empty images", full < emptied
    yield "symptoms-validation", "easier patients.", Because.MEANING
    yield (
        "symptoms-validation",
        "a training loss that falls while that of the validation rises is **overfitting**",
        Because.MEANING,
    )
    yield "symptoms-validation", "stop at the lowest, augment, or get more images.", Because.ADVICE
    yield (
        "symptoms-validation-read",
        "The validation looks better by far. Measured at the same moment, the two are close together.",
        during - validation > 10 * abs(validation - after),
    )
    z, w = as_logits(LUNG, 2), 1 + LUNG
    torchs = F.binary_cross_entropy_with_logits(z, LUNG, weight=w)
    own = bce_loss(z, LUNG, weight=w)
    yield (
        "symptoms-differ-read",
        "over the sum of the weights; on the right torch's, over the number of pixels.",
        bool(torch.isclose(own * w.sum(), torchs * w.numel())),
    )
    yield from of_the_frame()


def of_the_frame():
    """The puzzle that opens the page, and what closes it."""
    behind_relu = torch.relu(as_logits(NODULE))
    p = torch.sigmoid(behind_relu)
    yield "symptoms-puzzle-question", "leaves no logit below 0", bool((behind_relu >= 0).all())
    yield "symptoms-puzzle-question", "its lowest p is 0.5", bool(p.min() == 0.5)
    share = torch.tensor(0.09).double()
    blind = -(share * share.log() + (1 - share) * (1 - share).log())
    y = (torch.arange(100) < 9).double()
    yield (
        "symptoms-recall",
        "Until the loss is well below that",
        bool(torch.isclose(bce_loss(torch.logit(share) * torch.ones_like(y), y), blind)) and share < 0.5,
    )
    yield "symptoms-exercise-nan", "Which cause do you look for first?", Because.ADVICE
    half = torch.finfo(torch.float16).max
    yield (
        "symptoms-exercise-nan-solution",
        "On the way the two sizes together pass 65,504, the largest number of float16.",
        half == 65504 and half / 2 < 34_000 < half,
    )
    # from 3 % of 512 x 512 pixels to the lung itself
    predicted = [(1 - t) * 0.03 * 512**2 + t * 34_000 for t in (0, 0.25, 0.5, 0.75, 1)]
    yield (
        "symptoms-exercise-nan-solution",
        "The better the model, the more pixels it predicts: in the end 34,000",
        predicted == sorted(predicted),
    )
    yield "symptoms-exercise-floor", "What is the lowest loss that it can reach?", Because.ADVICE
    first = torch.linspace(0, 1, 101, dtype=torch.float64)  # what a sigmoid at the end may say
    yield (
        "symptoms-exercise-floor-solution",
        r"Foreground costs $\ln(1 + e^{-1}) \approx 0.3133$ at best",
        bool(F.softplus(-first).argmin() == 100) and abs(F.softplus(-first).min() - 0.3133) < 5e-5,
    )

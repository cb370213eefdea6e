"""What the chapter on numerics claims, held to what is computed."""

import json
from math import log
from pathlib import Path

import torch
from claims import Because

from seglosses import bce_loss, dice_loss
from seglosses.grids import LUNG, PREDICTION_2, as_logits
from seglosses.walkthrough.numerics import kept_for_backward, plain_dice_loss
from seglosses.walkthrough.overlaps import overlap

TYPES = (torch.float64, torch.float32, torch.float16, torch.bfloat16)

SHARES = json.loads((Path(__file__).parents[2] / "book/data/step_share.json").read_text("utf-8"))


def gap(kind: torch.dtype, above: bool) -> float:
    """To the next number of a type, from 1."""
    one = torch.ones((), dtype=kind)
    end = torch.full_like(one, torch.inf if above else 0)
    if kind in (torch.float16, torch.bfloat16):  # nextafter knows no halves: eps is the gap above 1
        return torch.finfo(kind).eps / (1 if above else 2)
    return abs(float(torch.nextafter(one, end)) - 1)


def arrives(kind: torch.dtype) -> float:
    """The logit from which the sigmoid of a type is exactly 1."""
    z = torch.arange(0, 60, 1 / 32, dtype=torch.float64).to(kind)
    return float(z[(torch.sigmoid(z) == 1).int().argmax()])


def claims():
    """In the order of the page."""
    z = torch.linspace(-40, 40, 161, dtype=torch.float64)
    yield "numerics-title", "makes a loss faster, and what it cannot change", Because.CITED
    yield "numerics-puzzle", "half precision, which GPUs like best", Because.OPINION
    wide = [plain_half(side) for side in (180, 181)]
    yield (
        "numerics-puzzle-question",
        "With more room for large numbers it would. The prediction could not be better.",
        (plain_dice_loss(torch.full((181, 181), 20.0), torch.ones(181, 181)) < 1e-3),
    )
    yield (
        "numerics-puzzle-read",
        "One row and one column more, and it is gone.",
        wide[0] == 0 and wide[1] != 0,
    )
    yield "numerics-puzzle-read", "Most images are larger.", Because.OPINION
    widths = [torch.finfo(kind).eps for kind in (torch.float64, torch.float32, torch.float16)]
    large = torch.tensor(1000.0)
    spread = float(torch.nextafter(large, torch.tensor(torch.inf)) - large)
    yield (
        "numerics-formats",
        "the gap grows with the number: just above 1 it is twice as wide as just below",
        (spread > gap(torch.float32, True) and all(gap(k, True) == 2 * gap(k, False) for k in TYPES)),
    )
    yield "numerics-formats", "largest number | gap above 1 | gap below 1", widths == sorted(widths)
    yield "numerics-formats", "on paper never arrives", torch.sigmoid(torch.tensor(30.0).double()) < 1
    yield (
        "numerics-formats",
        "as soon as the rest falls through the gap",
        torch.sigmoid(torch.tensor(30.0)) == 1,
    )
    ends = {kind: arrives(kind) for kind in TYPES}
    yield (
        "numerics-formats-question",
        "Each binary digit more is worth ln 2",
        (abs((ends[torch.float64] - ends[torch.float32]) / log(2) - (53 - 24)) < 0.1),
    )
    yield "numerics-formats-question", "e −z first,", Because.CITED
    yield (
        "numerics-formats-question",
        "which is rounded above 1, where the gap is wider",
        (gap(torch.float32, True) > gap(torch.float32, False)),
    )
    yield (
        "numerics-formats-question",
        "The sigmoid has arrived at 1 long before.",
        ends[torch.float32] < 88 / 5,
    )
    yield "numerics-formats-question", "float32 has more digits near 1", widths[1] < widths[2]
    far = z[z > 20]
    yield (
        "numerics-formats-why",
        r"$1 - \sigma(z) \approx e^{-z}$",
        torch.allclose(torch.sigmoid(-far), torch.exp(-far), rtol=1e-8, atol=0)
        and torch.allclose(1 - torch.sigmoid(z), torch.sigmoid(-z), atol=1e-15),
    )
    yield (
        "numerics-formats-why",
        "It is lost when it is not more than half a gap.",
        (
            torch.tensor(1.0) - gap(torch.float32, False) / 2
            == 1
            != torch.tensor(1.0) - gap(torch.float32, False)
        ),
    )
    yield (
        "numerics-formats-why",
        r"half the gap below 1 is $2^{-9}$, so $z \ge 9 \ln 2 \approx 6.24$",
        (gap(torch.bfloat16, False) / 2 == 2**-9 and 9 * log(2) <= ends[torch.bfloat16] <= 6.25),
    )
    yield (
        "numerics-formats-why",
        r"PyTorch computes $1 / (1 + e^{-z})$. The sum $1 + e^{-z}$",
        (
            torch.allclose(torch.sigmoid(z), 1 / (1 + torch.exp(-z)))
            and abs(ends[torch.float32] - 24 * log(2)) < 0.05
        ),
    )
    yield "numerics-formats-why", r"$1 - \sigma(z)$ when you first round", Because.MEANING
    yield (
        "numerics-formats-picture",
        "that fall together along a straight line",
        (abs(torch.sigmoid(-far).log().diff().diff()).max() < 1e-6),
    )
    yield (
        "numerics-formats-picture",
        (
            "breaks off first, in steps, then the one for float16, and much further right and lower the one for float32"
        ),
        ends[torch.bfloat16] < ends[torch.float16] < ends[torch.float32] - 5 and widths[1] < widths[2],
    )
    yield "numerics-formats-read", r"What is left of $1 - \sigma(z)$", Because.MEANING
    softplus = torch.log1p(torch.exp(z))
    stable = z.clamp(min=0) + torch.log1p(torch.exp(-z.abs()))
    yield (
        "numerics-formats-read",
        r"way around the sigmoid, $\ln(1 + e^z)$",
        torch.exp(torch.tensor(89.0)).isinf(),
    )
    yield (
        "numerics-formats-read",
        (
            r"What holds everywhere is $$ \ln(1 + e^z) = \max(z, 0) + \ln\left(1 + e^{-|z|}\right) $$ for its exponent is"
            " never positive."
        ),
        torch.allclose(softplus, stable) and (-z.abs() <= 0).all(),
    )
    nan = torch.tensor(torch.nan)
    yield "numerics-sums-read", '"Not a number" at least stops the training.', (nan + 1).isnan()
    yield "numerics-sums-read", "with a logit of 0 everywhere", Because.STORY
    yield (
        "numerics-sums-silent-read",
        "the numbers below 1 lie 0.0039 apart",
        abs(gap(torch.bfloat16, False) - 0.0039) < 1e-4,
    )
    small = torch.tensor(1 - gap(torch.bfloat16, False) / 2.1).to(torch.bfloat16)
    yield "numerics-sums-silent-read", "a Dice of less than half of that is invisible", small == 1
    yield "numerics-sums-tiny-read", '"best so far" see a constant', small == 1
    tiny = torch.finfo(torch.float16).smallest_normal * torch.finfo(torch.float16).eps
    yield "numerics-scaling", "float16 has a smallest number as well", 5e-8 < tiny < 6.5e-8
    yield "numerics-cancel", "takes BCE first and goes back", Because.STORY
    sure = torch.tensor([18.0])
    bce = bce_loss(sure.double(), torch.ones(1).double())
    yield (
        "numerics-cancel",
        r"$p_t = e^{-\text{BCE}}$, so $1 - p_t = 1 - e^{-\text{BCE}}$",
        torch.allclose(1 - torch.exp(-bce), torch.sigmoid(-sure.double()), atol=1e-15),
    )
    rounded = torch.exp(-bce.float())
    yield "numerics-cancel-question", "is nearer to 1 than half a gap", rounded == 1
    yield (
        "numerics-cancel-question",
        "The exponential of a negative number is never above 1",
        (torch.exp(-z.abs().float()) <= 1).all(),
    )
    yield "numerics-cancel-read", r"The logit; $1 - e^{-\text{BCE}}$ as written", Because.MEANING
    yield "numerics-cancel-read", r"as $\sigma(-z)$", Because.MEANING
    at = torch.tensor([8.0, 12.0, 16.0])
    lost = (1 - torch.sigmoid(at)).double() / torch.sigmoid(-at.double()) - 1
    yield (
        "numerics-cancel-read",
        "The subtraction loses digits from the start and all of them at 18.",
        (lost.abs().diff() > 0).all() and 1 - rounded == 0,
    )
    yield (
        "numerics-cancel-read",
        r"The better cure is no difference at all: $1 - \sigma(z) = \sigma(-z)$.",
        torch.allclose(torch.sigmoid(-at).double(), torch.sigmoid(-at.double()), rtol=1e-6, atol=0),
    )
    yield (
        "numerics-cancel-read",
        (
            r"with $\gamma$ below 1 the slope holds $(1 - p_t)^{\gamma - 1}$, and 0 to a negative power is infinite"
        ),
        torch.zeros(1).pow(0.5 - 1).isinf() and torch.zeros(1).pow(1.5 - 1) == 0,
    )
    yield "numerics-gpu", "and then a much larger image", Because.STORY
    yield "numerics-gpu-traffic", "So count the trips to memory first.", Because.ADVICE
    yield (
        "numerics-gpu-traffic",
        "On a CPU logarithms cost more: in the table below BCE takes longer than Dice",
        Because.CITED,
    )
    trip = 64 * 512**2 * 4 / 2**20
    yield "numerics-gpu-traffic", "Dice cannot do with less than 320 MiB", 5 * trip == 320 > 3 * trip
    yield "numerics-gpu-traffic", "Dice takes at least", Because.MEANING
    yield "numerics-gpu-traffic", "Eager PyTorch makes many more trips.", Because.CITED
    yield "numerics-gpu-kept-question", "Which keeps most for the backward pass", Because.ADVICE
    logits, masks = torch.zeros(2, 1, 16, 16), torch.zeros(2, 1, 16, 16)
    yield (
        "numerics-gpu-kept-question",
        "and most keep what they need to go back",
        (kept_for_backward(plain_dice_loss, logits, masks) > 1),
    )
    yield "numerics-compile", "The intermediate images are never written.", Because.CITED
    yield "numerics-compile", "the trips are fewer", Because.CITED
    yield (
        "numerics-compile",
        "The first call takes many seconds, later ones of the same shape none.",
        Because.CITED,
    )
    upper, lower = (overlap(PREDICTION_2[rows], LUNG[rows]) for rows in (slice(0, 5), slice(5, 10)))
    whole = overlap(PREDICTION_2, LUNG)
    yield "numerics-many", "the other its lower five", Because.MEANING
    yield (
        "numerics-many",
        "The lower half has 4, none found, and the 2 false pixels.",
        (lower.actual == 4 and lower.tp == 0 and lower.fp == 2 and upper.fp == 0),
    )
    for words in ("and the lower half", "This is the lower half alone."):
        yield "numerics-many-question", words, lower.dice() == 0 < upper.dice()
    yield "numerics-many-paint", "Take the two false pixels away, in the lower half.", lower.fp == 2
    yield "numerics-many-paint", "Decide first.", Because.ADVICE
    cleaned = overlap(PREDICTION_2 * LUNG, LUNG)
    yield (
        "numerics-many-answer",
        "The whole falls from 0.6296 to 0.6000.",
        1 - cleaned.dice() < 1 - whole.dice(),
    )
    below = overlap((PREDICTION_2 * LUNG)[5:], LUNG[5:])
    yield "numerics-many-answer", "the lower half has a loss of 1", lower.dice() == below.dice() == 0
    yield "numerics-many-answer", "in the cell above it", Because.STORY
    parts = ((upper.tp, upper.predicted, upper.actual), (lower.tp, lower.predicted, lower.actual))
    shared, predicted, actual = (sum(column) for column in zip(*parts, strict=True))
    yield (
        "numerics-many-group",
        r"L = 1 - \frac{2 \sum_g I_g + s}{\sum_g P_g + \sum_g Y_g + s}",
        (
            abs(
                float(dice_loss(as_logits(PREDICTION_2), LUNG))
                - 1
                + (2 * shared + 1) / (predicted + actual + 1)
            )
            < 1e-6
        ),
    )
    halves = [dice_loss(as_logits(PREDICTION_2)[part], LUNG[part]) for part in (slice(5), slice(5, 10))]
    yield (
        "numerics-many-group",
        "must be added up first",
        not torch.isclose(sum(halves) / 2, dice_loss(as_logits(PREDICTION_2), LUNG)),
    )
    yield "numerics-many-group", "to which the sums below go", Because.STORY
    yield "numerics-breaks", "Check one batch there first.", Because.ADVICE
    right = torch.tensor([-10.0, -14.0])
    taken = (right - torch.nn.functional.logsigmoid(right)).double()
    exact = torch.log1p(torch.exp(right.double()))
    yield (
        "numerics-breaks",
        "BCE loses digits where a background pixel is nearly right.",
        ((right - torch.nn.functional.logsigmoid(right)).abs() < 1e-3).all()
        and abs(taken / exact + 1 - 2).max() > 1e-6,
    )
    yield (
        "numerics-breaks",
        r"z - \ln \sigma(z)",
        torch.allclose(z - torch.nn.functional.logsigmoid(z), softplus, atol=1e-12),
    )
    half = torch.tensor(1 - 2**-9).to(torch.bfloat16)
    yield "numerics-exercise-shows", r"$1 - D$ rounded to exactly 1", half == 1
    yield "numerics-exercise-shows-solution", "The gap below 1 is", gap(torch.bfloat16, False) == 1 / 256
    yield (
        "numerics-exercise-shows-solution",
        "What is nearer to 1 than to the next number becomes 1",
        half == 1,
    )
    yield (
        "numerics-exercise-doubt-solution",
        r"$1 - p_t = 1 - \sigma(z) = \sigma(-z)$",
        torch.allclose(1 - torch.sigmoid(z), torch.sigmoid(-z), atol=1e-15),
    )
    yield "numerics-loop", "clipping, above all", Because.OPINION
    z = torch.tensor([[2.0, -1.0], [0.5, 0.1]], dtype=torch.float64)
    y = torch.tensor([[1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    parts = torch.stack([dice_loss(a, b) for a, b in zip(z, y, strict=True)]).mean()
    yield (
        "numerics-accumulate",
        "it is the Dice of smaller batches",
        not torch.allclose(parts, dice_loss(z, y)),
    )
    yield "numerics-accumulate-read", "Two passes cost one forward pass more.", Because.MEANING
    shares = [
        seconds / (record["rest"] + seconds)
        for record in SHARES.values()
        for seconds in record["losses"].values()
    ]
    yield (
        "numerics-share",
        "makes the training faster by less than a tenth of one per cent",
        max(shares) / 2 < 0.001,
    )


def plain_half(side: int) -> float:
    """The plain Dice loss of a perfect prediction in float16."""
    full = torch.full((side, side), 20.0, dtype=torch.float16)
    return float(plain_dice_loss(full, torch.ones_like(full)))

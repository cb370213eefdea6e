"""``losses.js`` says what ``seglosses`` says: values and gradients, on thousands of grids and extremes."""

import pytest
import torch

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.walkthrough.overlaps import overlap
from tests.widgets.scripts import javascript

PIXELS = 16


def pairs(*tensors: torch.Tensor) -> list:
    """The rows of the tensors side by side, as JSON has them."""
    return list(zip(*(tensor.tolist() for tensor in tensors), strict=True))


def assert_close(came: list, expected: torch.Tensor) -> None:
    """Within 1e-9, relative where the value exceeds 1."""
    came = torch.tensor(came, dtype=torch.float64)
    worst = ((came - expected).abs() / expected.abs().clamp(min=1)).max().item()
    assert worst <= 1e-9  # NaN fails too


def states() -> tuple[torch.Tensor, torch.Tensor]:
    """Logits and targets (N, 16), float64: everyday grids, hard and soft labels, and the extremes."""
    generator = torch.Generator().manual_seed(20)
    draw = torch.rand(2000, PIXELS, generator=generator, dtype=torch.float64)
    spread = 10 ** (3 * torch.rand(2000, 1, generator=generator, dtype=torch.float64) - 1)  # 0.1 to 100
    logits = spread * torch.randn(2000, PIXELS, generator=generator, dtype=torch.float64)
    share = torch.rand(2000, 1, generator=generator, dtype=torch.float64)
    targets = (draw < share).double()
    targets[1800:] = draw[1800:]
    extremes = [(z, y) for z in (-1e4, -745.2, -40, 0, 40, 745.2, 1e4) for y in (0.0, 1.0, 0.5)]
    logits = torch.cat([logits, *[torch.full((1, PIXELS), z, dtype=torch.float64) for z, _ in extremes]])
    targets = torch.cat([targets, *[torch.full((1, PIXELS), y, dtype=torch.float64) for _, y in extremes]])
    return logits, targets


def bce_dice(
    z: torch.Tensor, y: torch.Tensor, smooth: float, dice_weight: float | None = None
) -> torch.Tensor:
    """BCE plus Dice as the package has it, or plus ``dice_weight`` times Dice."""
    if dice_weight is None:
        return bce_dice_loss(z, y, smooth, dim=1)
    return bce_loss(z, y, reduction="none").mean(1) + dice_weight * dice_loss(z, y, smooth, dim=1)


REGION = [{"smooth": smooth} for smooth in (0, 0.5, 1, 10)]
FOCUS = [{"alpha": a, "gamma": g} for a, g in ((0.25, 2), (0.5, 0), (0, 5), (1, 0.5), (0.9, 1), (None, 2))]
LOSSES = {
    "dice": (lambda z, y, smooth: dice_loss(z, y, smooth, dim=1), REGION),
    "iou": (lambda z, y, smooth: iou_loss(z, y, smooth, dim=1), REGION),
    "bce_dice": (bce_dice, [*REGION, {"smooth": 1, "dice_weight": 0.3}]),
    "bce": (lambda z, y: bce_loss(z, y, reduction="none").mean(1), [{}]),
    "focal": (lambda z, y, alpha, gamma: focal_loss(z, y, alpha, gamma, reduction="none").mean(1), FOCUS),
}


@pytest.mark.parametrize(
    ("name", "options"),
    [(name, options) for name, (_, choices) in LOSSES.items() for options in choices],
    ids=str,
)
def test_a_loss_and_its_gradient_are_those_of_python(name, options):
    """On 2,021 grids of 16 logits for each setting, 36,000 in all."""
    z, y = states()
    z.requires_grad_()
    values = LOSSES[name][0](z, y, **options)
    values.sum().backward()
    program = f"""
        const settings = data.settings;
        return data.grids.map(([z, y]) => [{name}Loss(z, y, ...settings), {name}Gradient(z, y, ...settings)]);
    """
    came = javascript("kit/losses.js", program, {"grids": pairs(z, y), "settings": list(options.values())})
    assert_close([value for value, _ in came], values)
    assert_close([gradient for _, gradient in came], z.grad)


def test_the_defaults_are_those_of_python():
    """A call without settings means the same on both sides: smooth 1, alpha 0.25, gamma 2."""
    z, y = (tensor[:100] for tensor in states())
    losses = (dice_loss, iou_loss, bce_dice_loss, bce_loss, focal_loss)
    expected = torch.stack([torch.stack([loss(*grid) for loss in losses]) for grid in zip(z, y, strict=True)])
    program = """
        const losses = [diceLoss, iouLoss, bce_diceLoss, bceLoss, focalLoss];
        return data.map(([z, y]) => losses.map((loss) => loss(z, y)));
    """
    assert_close(javascript("kit/losses.js", program, pairs(z, y)), expected)


def test_the_same_losses_of_probabilities():
    """The forms that take probabilities agree with those of logits at sigmoid of the logits."""
    z, y = (tensor[:1000] for tensor in states())
    z = z.clamp(-12, 12)  # beyond, 1 - p has no digits left and only the logits know
    expected = [
        1 - dice_loss(z, y, 0, dim=1),
        1 - iou_loss(z, y, 0, dim=1),
        bce_dice_loss(z, y, 0, dim=1),
        bce_loss(z, y, reduction="none").mean(1),
        focal_loss(z, y, reduction="none").mean(1),
    ]
    program = "return data.map(([p, y]) => [dice, iou, bce_dice, bce, focal].map((f) => f(p, y)));"
    assert_close(
        javascript("kit/losses.js", program, pairs(torch.sigmoid(z), y)), torch.stack(expected, dim=1)
    )


def test_certain_probabilities():
    """P of exactly 0 and 1: right costs nothing, wrong costs infinity, and nothing is NaN."""
    program = "return data.flatMap(([p, y]) => [bce, focal].map((f) => String(f(p, y))));"
    right, wrong = [[1, 0], [1, 0]], [[0, 1], [1, 0]]
    assert javascript("kit/losses.js", program, [right, wrong]) == ["0", "0", "Infinity", "Infinity"]


def test_two_empty_masks_are_a_perfect_match():
    """0/0 counts as 1, as in Python; NaN never does."""
    program = "return data.map((p) => [dice, iou].map((f) => String(f(p.map(Number), [0, 0]))));"
    assert javascript("kit/losses.js", program, [[0, 0], ["NaN", 0]]) == [["1", "1"], ["NaN", "NaN"]]


def test_counts_and_fractions_are_those_of_the_walkthrough():
    """On 3,000 random pairs of masks, every count and every fraction that the readout shows is exact."""
    generator = torch.Generator().manual_seed(5)
    share = torch.rand(3000, 2, 1, generator=generator)
    masks = (torch.rand(3000, 2, 9, generator=generator) < share).int()
    program = "return data.map(([x, y]) => { const n = counts(x, y); return [n, fractions(n, 2)]; });"
    for (n, exact), (x, y) in zip(javascript("kit/losses.js", program, masks.tolist()), masks, strict=True):
        known = overlap(x, y)
        assert n == {kind: getattr(known, kind) for kind in ("tp", "fp", "fn", "tn")}
        assert exact["dice"][0] == known.dice(2) * exact["dice"][1]
        assert exact["iou"][0] == known.iou(2) * exact["iou"][1]
        assert exact["precision"] == [known.tp, known.predicted]
        assert exact["recall"] == [known.tp, known.actual]
        assert exact["accuracy"] == [known.tp + known.tn, 9]

"""The numerals of the chapter on several classes, computed: what book/classes.ipynb may print."""

import json
from fractions import Fraction
from math import log
from pathlib import Path

import torch
import torch.nn.functional as F

from seglosses import bce_loss, dice_loss, focal_loss
from seglosses.atlas import read_atlas
from seglosses.atlas.classes import CLASS_CASES
from seglosses.grids import CLASS_MAP, CLASS_PREDICTION, LUNG, NODULE
from seglosses.probabilities import one_against_the_rest
from seglosses.walkthrough.classes import Averages, averages, class_overlaps
from seglosses.walkthrough.overlaps import Overlap

ROOT = Path(__file__).parents[2]
PUZZLE = class_overlaps(CLASS_PREDICTION, CLASS_MAP)


def repaired(row: int, column: int) -> Averages:
    """The averages with one pixel put right."""
    better = CLASS_PREDICTION.clone()
    better[row, column] = CLASS_MAP[row, column]
    return averages(class_overlaps(better, CLASS_MAP))


def over(*fractions: Fraction) -> str:
    """Fractions as they are printed."""
    return " ".join(f"{one.numerator} {one.denominator}" for one in fractions)


def four(value: float | Fraction) -> str:
    """Four decimals."""
    return f"{float(value):.4f}"


def said(kind: str, name: str, call: str, case: str) -> str:
    """What the record has, as the tables print it."""
    return four(read_atlas(ROOT / "book/data/classes.json").values[kind][name][call][case])


def trained() -> dict[tuple[int, str], list[Overlap]]:
    """What the chapter's own cell trains."""
    cells = json.loads((ROOT / "book/classes.ipynb").read_text("utf-8"))["cells"]
    (source,) = ("".join(cell["source"]) for cell in cells if cell["id"] == "classes-learn-code")
    names = {
        "CLASS_MAP": CLASS_MAP,
        "F": F,
        "bce_loss": bce_loss,
        "class_overlaps": class_overlaps,
        "torch": torch,
    }
    names |= {"one_against_the_rest": one_against_the_rest, "print": lambda *_: None}
    names |= {"shares": torch.tensor([0.79, 0.18, 0.03], dtype=torch.float64)}
    exec(source, names)
    return names["rows"]


def check_losses() -> None:
    """What the chapter says of losses and gradients, on the puzzle's map and on random logits."""
    z = torch.randn(
        2, 3, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0)
    ).requires_grad_()
    labels = torch.randint(0, 3, (2, 4, 4), generator=torch.Generator().manual_seed(1))
    masks = F.one_hot(labels, 3).movedim(-1, 1).double()
    (slope,) = torch.autograd.grad(F.cross_entropy(z, labels), z)
    assert torch.allclose(slope, (z.softmax(1) - masks) / labels.numel())
    assert torch.allclose(slope.sum(1), torch.zeros_like(slope.sum(1)), atol=1e-15)
    foreground = dice_loss(one_against_the_rest(z), masks, dim=(0, 2, 3))[1:].mean()
    (slope,) = torch.autograd.grad(foreground, z)
    assert (slope != 0).all()  # the Dice losses of lung and nodule pull at all three logits
    w, blind = torch.tensor([1.0, 2, 4]), torch.zeros(1, 3, 10, 10)
    for weight in (w, 2 * w):  # divided by their sum, their size is lost
        assert abs(F.cross_entropy(blind, CLASS_MAP[None], weight) - log(3)) < 1e-6
    share = torch.tensor([0.79, 0.18, 0.03])
    weighted = F.cross_entropy(blind, CLASS_MAP[None], 1 / share, reduction="none").mean()
    assert abs(weighted - 3 * log(3)) < 1e-5
    one = dice_loss(z, masks, smooth=0, dim=(0, 2, 3), weight=w.view(-1, 1, 1))
    assert torch.allclose(one, dice_loss(z, masks, smooth=0, dim=(0, 2, 3)))  # a weight of a class cancels


def check_classes() -> None:
    """What it says of maps in general: accuracy, absent classes, argmax, and the order of means."""
    generator = torch.Generator().manual_seed(2)
    for _ in range(20):
        x, y = torch.randint(0, 3, (2, 10, 10), generator=generator)
        assert averages(class_overlaps(x, y)).pooled == Fraction(int((x == y).sum()), 100)
    alarm, target = (labels[0].clone() for labels in CLASS_CASES["false nodule"])
    scores = []
    for row in range(4):
        alarm[9, :row] = 2
        scores.append(class_overlaps(alarm, target)[2].dice())
    assert set(scores) == {0}  # the second false pixel is not worse
    assert torch.tensor([0.33, 0.33, 0.34]).argmax() == 2 != torch.tensor([0.0, 0.51, 0.49]).argmax()
    lung = CLASS_MAP == 1
    assert lung.sum() < LUNG.sum()  # the lung has a hole
    with_sigmoids = torch.stack([LUNG, NODULE])
    assert with_sigmoids.sum(0).max() == 2


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    check_losses()
    check_classes()
    background, lung, nodule = PUZZLE
    dice, iou = averages(PUZZLE), averages(PUZZLE, "iou")
    wrong = int((CLASS_PREDICTION != CLASS_MAP).sum())
    right, pixels = CLASS_MAP.numel() - wrong, CLASS_MAP.numel()
    facts = {}

    facts["classes-puzzle"] = "a 1, a 2, 1 for 2"
    inside = int((NODULE * LUNG).sum())
    facts["classes-puzzle-picture"] = f"{inside} {nodule.actual - inside} {wrong} {nodule.fn} {nodule.actual}"
    short = [f"{float(value):.2f}" for value in vars(dice).values()]
    facts["classes-commit"] = f"{right} {pixels} {' '.join(short)}"
    facts["classes-guess"] = " ".join(short[1:])
    assert int(LUNG.sum()) - inside == lung.actual
    facts["classes-map"] = f"{LUNG.sum():.0f} {NODULE.sum():.0f} {lung.actual} {nodule.actual}"
    facts["classes-shapes"] = "N 1; 0 127 254: 0 1 2; a 1 between 0 and 2"

    pixel, below, corner = repaired(2, 4), repaired(6, 5), repaired(1, 5)
    assert pixel.foreground > below.foreground > corner.foreground
    assert {one.pooled for one in (pixel, below, corner)} == {Fraction(98, 100)}
    gone = averages(class_overlaps(CLASS_PREDICTION.where(CLASS_PREDICTION != 2, 1), CLASS_MAP))
    falls = {name: value - getattr(gone, name) for name, value in vars(dice).items()}
    assert min(falls, key=falls.get) == "pooled"
    facts["classes-draw-answer"] = " ".join(
        f"{over(one)} {four(one)}"
        for one in (dice.foreground, pixel.foreground, below.foreground, corner.foreground)
    ) + (
        f" {float(pixel.pooled)} {float(dice.pooled)} {float(gone.pooled)}"
        f" {four(dice.mean)} {four(gone.mean)}"
        f" {four(dice.foreground)} {four(gone.foreground)} {float(gone.pooled)}"
    )
    each = [n.dice() for n in PUZZLE]
    tops, bottoms = [2 * n.tp for n in PUZZLE], [n.predicted + n.actual for n in PUZZLE]
    facts["classes-averages"] = (
        f"2 2 {' '.join(map(str, tops + bottoms))} {over(dice.pooled)}"
        f" {' '.join(f'{n.actual} {over(n.dice())}' for n in PUZZLE)} {pixels} {over(dice.weighted)}"
        f" {four(dice.weighted)}; 1 3 {over(*each)} {over(dice.mean)} {four(dice.mean)}"
        f" 1 2 {over(*each[1:])} {over(dice.foreground)} {four(dice.foreground)}"
    )
    facts["classes-pooled-question"] = f"{right} {pixels}"
    table = zip(vars(dice).values(), vars(iou).values(), strict=True)
    converted = dice.foreground / (2 - dice.foreground)
    facts["classes-averages-read"] = (
        f"{background.actual} {pixels} {' '.join(f'{four(a)} {four(b)}' for a, b in table)}"
        f" D over 2 - D; {four(dice.foreground)} {four(converted)} {four(iou.foreground)}"
    )
    facts["classes-border-read"] = "1, channel 0"
    facts["classes-softmax"] = "1"
    z = torch.tensor([0.0, 2.0, 1.0], dtype=torch.float64)
    p, q = z.softmax(0).tolist(), z.sigmoid().tolist()
    assert q[2] > 0.5 > p[2]
    facts["classes-pixel-read"] = f"{p[1]:.4f} {q[1]:.4f} 0.5"
    facts["classes-shift-question"] = "add 3, against 0"
    assert torch.allclose((z + 3).softmax(0), z.softmax(0))
    facts["classes-rest-read"] = "0"

    shares = [n.actual / pixels for n in PUZZLE]
    inverse = " ".join(f"{pixels} {n.actual}" for n in PUZZLE)
    facts["classes-weights"] = " ".join(map(str, shares)) + f" 1 {inverse}"
    facts["classes-blind-question"] = f"{pixels} {shares[2]} {1 - shares[2]} 3 {pixels - 3} 0.5 0.8"
    facts["classes-weights-read"] = f"3 {log(3):.4f} 1"
    runs = trained()
    for seed in range(3):
        plain, weighted = runs[seed, "plain"], runs[seed, "weighted"]
        assert weighted[2].tp > 1.5 * plain[2].tp
        assert weighted[2].fp > 3 * plain[2].fp
        assert 0 < weighted[2].dice() - plain[2].dice() < 0.1
        assert 0 < plain[1].dice() - weighted[1].dice() < 0.1
    facts["classes-learn"] = "24 24 3 3 1"
    focus, nats = (1 - p[2]) ** 2, -log(p[2])
    facts["classes-focal"] = (
        f"1 1 {p[0]:.4f} {p[1]:.4f} {p[2]:.4f} 2 0.1 0.3 0.6; 0.6 1 {p[2]:.4f} 2 {nats:.4f}"
        f" 0.6 {focus:.4f} {nats:.4f} {0.6 * focus * nats:.4f}"
    )
    mask = torch.tensor([0.0, 0, 1]).view(1, 3).double()
    own = focal_loss(one_against_the_rest(z[None]), mask, alpha=None, weight=0.6 * mask, reduction="sum")
    assert abs(own.item() - 0.6 * focus * nats) < 1e-12
    facts["classes-focal-read"] = "1"

    without = CLASS_CASES["no nodule"]
    rules = [averages(class_overlaps(*without), absent=rule).mean for rule in (None, 1, 0)]
    found = class_overlaps(*without)[1]
    facts["classes-absent"] = (
        f"0 0 1 {found.tp} {found.actual} {four(rules[0])} 1 {four(rules[1])} 0 {four(rules[2])}"
    )
    facts["classes-absent-question"] = f"{pixels} 0 0"
    _, unlabelled = CLASS_CASES["no labels below"]
    hidden = int((unlabelled == 255).sum())
    assert (CLASS_PREDICTION[unlabelled[0] == 255] == 0).all()
    facts["classes-ignored"] = f"255 6 {hidden} {pixels}"
    facts["classes-ignored-question"] = "by 0; a weight of 0"
    half = "no labels below"
    facts["classes-ignored-read"] = (
        f"{hidden} 255 255 "
        + said("scores", "mean", "smp the same, get_stats(ignore_index=255)", half)
        + " "
        + said("scores", "mean", 'smp f1_score(reduction="macro")', half)
        + f" {said('losses', 'cross entropy', 'torch cross_entropy(ignore_index=255)', half)}"
        + f" {said('losses', 'cross entropy', 'smp SoftCrossEntropyLoss(ignore_index=255)', half)} 0 255"
    )
    other = averages(class_overlaps(*without), "iou").mean
    facts["classes-miou"] = f"prediction 1: {four(iou.mean)} {four(other)}"
    both = averages(class_overlaps(*CLASS_CASES["two images"]), "iou").mean
    facts["classes-miou-read"] = (
        f"{said('scores', 'mean IoU', 'TorchMetrics MeanIoU()', 'two images')}"
        f" {said('scores', 'mean IoU', 'MONAI MeanIoU()', 'two images')} {four(both)}"
    )
    versions = read_atlas(ROOT / "book/data/classes.json").versions
    order = ("torchmetrics", "monai", "segmentation-models-pytorch", "kornia", "torch")
    facts["classes-libraries"] = " ".join(versions[name] for name in order)
    mean, two = ("scores", "mean"), "two images"
    facts["classes-atlas-mean-read"] = (
        f"{said(*mean, 'MONAI DiceMetric()', 'false nodule')}"
        f" {said(*mean, 'MONAI DiceMetric(ignore_empty=False)', 'no nodule')}"
        f" {said(*mean, 'MONAI DiceMetric()', two)}"
        f" {said(*mean, 'TorchMetrics MulticlassF1Score(ignore_index=255)', two)}"
        f" {said(*mean, 'MONAI DiceMetric(ignore_empty=False)', two)} 1"
    )
    loss = ("losses", "dice")
    facts["classes-atlas-dice-read"] = (
        f"{said(*loss, 'kornia dice_loss(ignore_index=255)', 'the map')}"
        f" {said(*loss, 'MONAI DiceLoss(softmax, ignore_index=255)', 'false nodule')} "
        + said(*loss, 'smp DiceLoss("multiclass", ignore_index=255)', "false nodule")
    )
    smp = [
        float(said("losses", "focal", f'smp FocalLoss("multiclass"{more})', half))
        for more in ("", ", ignore_index=255")
    ]
    assert 6 < smp[0] / smp[1] < 7
    facts["classes-atlas-focal-read"] = "2; 2 and -2"
    facts["classes-fails"] = (
        f"{nodule.actual} {four(dice.foreground)} {four(pixel.foreground)} 0 over 0; 0.34 0.49"
    )
    facts["classes-remember"] = "0"
    facts["classes-recall"] = f"{nodule.actual}"

    pooled = Fraction(2 * (lung.tp + nodule.tp), sum(bottoms[1:]))
    facts["classes-exercise-pooled-solution"] = (
        f"{lung.tp} {nodule.tp} {lung.predicted} {lung.actual} {nodule.predicted} {nodule.actual}"
        f" {2 * (lung.tp + nodule.tp)} {sum(bottoms[1:])} {float(pooled)} {four(dice.foreground)}"
    )
    others = pixels - nodule.actual
    weight = Fraction(others, nodule.actual)
    assert weight * nodule.actual / (others + weight * nodule.actual) == Fraction(1, 2)
    facts["classes-exercise-weight"] = "1"
    facts["classes-exercise-weight-solution"] = (
        f"3 {background.actual} {lung.actual} 3 3 {others} {over(weight)} {float(weight):.2f}"
    )
    ignoring = CLASS_MAP.clone()
    ignoring[6, 5] = 255
    classes = class_overlaps(CLASS_PREDICTION, ignoring)
    mine = averages(classes).foreground
    facts["classes-exercise-ignore"] = "255"
    facts["classes-exercise-ignore-solution"] = (
        f"{2 * classes[1].tp} {classes[1].predicted + classes[1].actual} {classes[2].actual} {classes[2].tp}"
        f" {2 * classes[2].tp} {classes[2].predicted} {classes[2].actual} 1 2"
        f" {over(classes[1].dice(), classes[2].dice(), mine)} {four(mine)}"
    )
    facts["classes-exercise-function"] = "N 3, 255"
    facts["classes-exercise-function-solution"] = "255 0"
    return facts

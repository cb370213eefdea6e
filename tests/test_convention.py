"""Which Dice is yours: variants of all conventions are named, and libraries by their record."""

import math
import random
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from seglosses import bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.atlas import CASES, read_atlas
from seglosses.atlas.__main__ import loss_named
from seglosses.atlas.asking import convention_of
from seglosses.atlas.convention import Convention
from seglosses.atlas.libraries import same_as

ROOT = Path(__file__).parents[1]
RECORD = read_atlas(ROOT / "book/data/conventions.json").values
SMOOTH = [(1, 1), (0, 0), (1e-5, 1e-5), (0, 1e-8), (1, 1e-7), (0, 1), (0.5, 2), (100, 100)]


def fraction(p, y, c):
    """One region's score."""
    shared = ((p + y - (p - y).abs()) / 2).sum() if c.overlap == "minimum" else (p * y).sum()
    sizes = (p * p + y * y).sum() if c.squares else (p + y).sum()
    if c.form == "Dice":
        return (2 * shared + c.above) / (sizes + c.below)
    return (shared + c.above) / (sizes - shared + c.below)


PROBABILITIES = {
    "probabilities": lambda p: p,
    "logits, sigmoid": lambda z: 1 / (1 + torch.exp(-z)),
    "logits, softmax": lambda z: torch.exp(z) / torch.exp(z).sum(1, keepdim=True),
}


def variant(c):
    """A loss of this convention, written with loops over regions instead of axes."""

    def loss(inputs, targets):
        p = PROBABILITIES[c.takes](inputs)
        y = targets
        if c.target == "class indices":
            y = torch.stack([(targets == k).double() for k in range(p.shape[1])], 1)
        images, channels = range(len(p)), range(0 if c.background else 1, p.shape[1])
        regions = {
            "batch": [(list(images), list(channels))],
            "image": [([n], list(channels)) for n in images],
            "channel": [(list(images), [k]) for k in channels],
            "image and channel": [([n], [k]) for n in images for k in channels],
        }[c.region]
        losses = []
        for ns, ks in regions:
            part = (p[ns][:, ks], y[ns][:, ks])
            if c.absent != "as the formula says" and part[1].sum() == 0:
                losses += [torch.tensor(0.0)] if c.absent == "costs nothing" else []
                continue
            score = fraction(*part, c)
            of_score = {"1 - D": 1 - score, "-D": -score, "D": score, "-log D": -torch.log(score)}
            losses.append(of_score[c.sign])
        stacked = torch.stack(losses).double() if losses else torch.tensor([math.nan]).double()
        return stacked if c.reduction == "none" else getattr(stacked, c.reduction)()

    return loss


def named(c):
    """A convention as the first of those that give the same numbers."""
    settings = dict(vars(c))
    if c.region == "batch":
        settings["reduction"] = "mean"
    if c.target == "class indices":
        settings["overlap"] = "product"
    if "softmax" in c.takes and c.background and "channel" not in c.region:
        settings["absent"] = "as the formula says"  # there is always background
    if c.above == 0 and c.sign in ("D", "-D") and c.absent == "costs nothing":
        settings["absent"] = "as the formula says"  # a score of 0 costs nothing by itself
    return Convention(**settings)


def variants():
    """200 conventions, drawn from all combinations that are losses of their own."""
    ways = [("logits, sigmoid", "masks"), ("probabilities", "masks"), ("logits, softmax", "masks")]
    ways.append(("logits, softmax", "class indices"))
    axes = (
        ways,
        ("Dice", "IoU"),
        ("product", "minimum"),
        (False, True),
        SMOOTH,
        ("batch", "image", "channel", "image and channel"),
        (True, False),
        ("as the formula says", "costs nothing", "left out"),
        ("1 - D", "-D", "D", "-log D"),
        ("mean", "sum", "none"),
    )
    every = []
    for (takes, target), form, overlap, squares, (above, below), *rest in product(*axes):
        region, background, absent, sign, reduction = rest
        if not background and "softmax" not in takes:
            continue  # there is no background to leave out
        if absent == "left out" and reduction != "mean":
            continue  # nothing to add is 0, and a list has no gaps
        every.append(
            Convention(
                takes,
                target,
                form,
                overlap,
                squares,
                above,
                below,
                region,
                background,
                absent,
                sign,
                reduction,
            )
        )
    return random.Random(0).sample(every, 200)


@pytest.mark.parametrize("first", range(0, 200, 10))
def test_variants_are_named(first):
    """Each field of each variant is found from the numbers alone."""
    for c in variants()[first : first + 10]:
        assert convention_of(variant(c)) == named(c)


# --- known libraries ----------------------------------------------------------------------------------------

PIXELS = "image and channel"
TINY = {"above": 1e-5, "below": 1e-5}
MONAI = Convention(region=PIXELS, **TINY)
SMP = Convention(overlap="minimum", above=0, below=0, absent="costs nothing")
TWO = {"takes": "logits, softmax"}
KORNIA = Convention(**TWO, target="class indices", region="image", above=0, below=1e-8)
CHANNEL = {"region": "channel"}
#: Setting, loss and library of the record, what it follows, and the call that the report should name.
LIBRARIES = [
    ("as it comes", "dice", "seglosses", Convention(), "dice_loss(z, y)"),
    ("as it comes", "iou", "seglosses", Convention(form="IoU"), "iou_loss(z, y)"),
    ("as it comes", "dice", "MONAI", MONAI, "DiceLoss(sigmoid=True)"),
    (
        "as it comes",
        "iou",
        "MONAI",
        Convention(form="IoU", region=PIXELS, above=5e-6, below=5e-6),
        "DiceLoss(sigmoid=True, jaccard=True)",
    ),
    ("as it comes", "dice", "smp", SMP, "DiceLoss('binary')"),
    ("as it comes", "iou", "smp", Convention(**vars(SMP) | {"form": "IoU"}), "JaccardLoss('binary')"),
    ("as it comes", "dice", "kornia", KORNIA, "dice_loss(z, labels)"),
    (
        "set alike",
        "dice",
        "MONAI",
        Convention(**CHANNEL),
        "DiceLoss(sigmoid=True, smooth_nr=1.0, smooth_dr=1.0, batch=True)",
    ),
    (
        "set alike",
        "iou",
        "MONAI",
        Convention(form="IoU", **CHANNEL),
        "DiceLoss(sigmoid=True, jaccard=True, smooth_nr=2.0, smooth_dr=2.0, batch=True)",
    ),
    (
        "set alike",
        "dice",
        "smp",
        Convention(**vars(SMP) | {"above": 1, "below": 1}),
        "DiceLoss('binary', smooth=0.5)",
    ),
    (
        "set alike",
        "iou",
        "smp",
        Convention(**vars(SMP) | {"above": 1.0, "below": 1.0, "form": "IoU"}),
        "JaccardLoss('binary', smooth=1.0)",
    ),
    (
        "options",
        "dice",
        "MONAI squared_pred",
        Convention(**vars(MONAI) | {"squares": True}),
        "DiceLoss(sigmoid=True, squared_pred=True)",
    ),
    (
        "options",
        "dice",
        "MONAI soft_label",
        Convention(**vars(MONAI) | {"overlap": "minimum"}),
        "DiceLoss(sigmoid=True, soft_label=True)",
    ),
    (
        "options",
        "dice",
        "MONAI softmax",
        Convention(**vars(MONAI) | TWO | {"target": "class indices"}),
        "DiceLoss(to_onehot_y=True, softmax=True)",
    ),
    (
        "options",
        "dice",
        "MONAI no background",
        Convention(**vars(MONAI) | TWO | {"target": "class indices", "background": False}),
        "DiceLoss(include_background=False, to_onehot_y=True, softmax=True)",
    ),
    (
        "options",
        "dice",
        "smp log_loss",
        Convention(**vars(SMP) | {"sign": "-log D"}),
        "DiceLoss('binary', log_loss=True)",
    ),
    (
        "options",
        "dice",
        "nnU-Net as returned",
        Convention(region=PIXELS, sign="-D"),
        "MemoryEfficientSoftDiceLoss(torch.sigmoid)",
    ),
]


@pytest.mark.parametrize(("setting", "loss", "library", "convention", "call"), LIBRARIES)
def test_a_library_follows_the_convention_by_which_it_is_named(setting, loss, library, convention, call):
    """What was recorded of the library is what the convention gives, and its name is that call."""
    recorded = RECORD[setting][loss][library]
    for name, (z, y) in CASES.items():
        inputs, targets = z, y
        if "softmax" in convention.takes:
            inputs, targets = torch.cat([torch.zeros_like(z), z], 1), y[:, 0].long()
        if recorded[name] == "refused" or recorded[name] > 16:  # smp's logarithm ends at 1e-7
            continue
        assert convention(inputs, targets).item() == pytest.approx(recorded[name], abs=2e-6), name
    assert call in same_as(convention).values()


@pytest.mark.parametrize("smooth", [0.3, 1, 7])
@pytest.mark.parametrize("region", ["batch", "image", "channel", PIXELS])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("form", ["Dice", "IoU"])
def test_our_own_call_gives_the_numbers_of_the_convention(form, smooth, region, reduction):
    """The code that is named for this package runs, and is the loss that was asked about."""
    convention = Convention(form=form, above=smooth, below=smooth, region=region, reduction=reduction)
    z = torch.randn(2, 3, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    y = (z.roll(1, 2) > 0).double()
    ours = eval(
        same_as(convention)["seglosses"], {"dice_loss": dice_loss, "iou_loss": iou_loss, "z": z, "y": y}
    )
    torch.testing.assert_close(ours, convention(z, y))


def test_a_convention_of_no_library_has_no_name():
    """A minus, squares and a sum are in none of them."""
    assert same_as(Convention(sign="-D", squares=True, reduction="sum")) == {}


# --- odd losses ---------------------------------------------------------------------------------------------


def test_a_loss_in_float32_is_named_too():
    """As nnU-Net sums: its smooth of 1e-5 is still seen."""
    convention = Convention(region=PIXELS, sign="-D", **TINY)
    assert convention_of(lambda z, y: convention(z.float(), y.float())) == convention


def test_a_loss_for_one_channel_alone_is_named():
    """Its region is that of the images."""

    def of_one_channel(z, y):
        assert z.shape[1] == 1
        return iou_loss(z, y, smooth=0.5, dim=(1, 2, 3)).mean()

    assert convention_of(of_one_channel) == Convention(form="IoU", above=0.5, below=0.5, region="image")


def test_a_region_without_a_mask_may_have_a_rule_of_its_own():
    """Neither the formula, nor nothing, nor left out: it is said that none of them fits."""

    def half(z, y):
        losses = dice_loss(z, y, dim=(2, 3))
        return losses.where(y.sum((2, 3)) > 0, 0.5).mean()

    assert convention_of(half) == Convention(region=PIXELS, absent="in a way of its own")


@pytest.mark.parametrize(
    "loss",
    [
        bce_loss,
        focal_loss,
        lambda z, y: bce_loss(z, y) + dice_loss(z, y),
        lambda z, y: 0.5,
        lambda z, y: math.nan,
        lambda z, y: None,
        lambda z: z.sum(),
        lambda z, y: F.cross_entropy(z, y),
    ],
)
def test_another_loss_is_none_of_them(loss):
    """Cross-entropy, a sum, a constant, and what is no loss at all."""
    assert convention_of(loss) is None


# --- the command line ---------------------------------------------------------------------------------------

MINE = """
import torch

class MyDice(torch.nn.Module):
    def forward(self, p, y):
        return 1 - ((2 * p * y).sum((2, 3)) / (p.pow(2) + y.pow(2) + 0 * p).sum((2, 3))).mean()

def union(z, y):
    p = torch.sigmoid(z)
    return 1 - ((p * y).sum() + 1) / ((p + y - p * y).sum() + 1)
"""


def asked(folder, name):
    """The lines that the command prints of a loss in a file of that folder."""
    command = [sys.executable, "-m", "seglosses.atlas", name]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_class_and_a_function_are_named_from_the_command_line(tmp_path):
    """First the grids, then the convention, then the library that agrees."""
    (tmp_path / "mine.py").write_text(MINE)
    lines = asked(tmp_path, "mine:MyDice")
    assert [line[:14].strip() for line in lines[: len(CASES)]] == list(CASES)
    assert "takes          probabilities; masks" in lines
    assert "loss           1 - D, where D = (2 sum p y) / (sum p^2 + sum y^2)" in lines
    assert "as MONAI       DiceLoss(squared_pred=True, smooth_nr=0.0, smooth_dr=0.0)" in lines
    lines = asked(tmp_path, "mine:union")
    assert "prediction 1   0.0476" in lines
    assert "as seglosses   iou_loss(z, y)" in lines


def test_a_loss_that_is_no_dice_is_said_to_be_none(tmp_path):
    """Its grids are still there."""
    lines = asked(tmp_path, "seglosses:bce_loss")
    assert "nodule missed  0.6000" in lines
    assert any(line.startswith("No Dice or IoU formula") for line in lines)


def test_a_loss_without_a_name_is_an_error():
    """It says how to write one."""
    with pytest.raises(
        ValueError, match=r"loss must be a module and a name; got 'mine'\. Hint: your_module:"
    ):
        loss_named("mine")

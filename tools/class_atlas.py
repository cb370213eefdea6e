"""Record what other libraries say of maps of several classes, for the chapter on them.

In an environment of its own, from the root of the repository::

    python -m venv peers
    peers/bin/pip install -r tools/class_atlas.txt -e .
    peers/bin/python -W ignore tools/class_atlas.py

It writes book/data/classes.json, with the date and the versions; ``git diff`` then says what has changed.
"""

import datetime
import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import kornia.losses as kornia
import monai.losses
import monai.metrics
import segmentation_models_pytorch as smp
import segmentation_models_pytorch.losses as smp_losses
import torch
import torch.nn.functional as F
import torchmetrics.classification as classification
import torchmetrics.segmentation as segmentation
from torch import Tensor

from seglosses.atlas import Value
from seglosses.atlas.classes import ALPHA, CLASS_CASES, CLASS_WEIGHTS, UNLABELLED, ClassCase

RECORD = Path(__file__).parents[1] / "book/data/classes.json"
PINS = Path(__file__).with_suffix(".txt")
Call = Callable[[ClassCase], Any]

ONE_HOT = {"softmax": True, "to_onehot_y": True}
FOCAL = {"use_softmax": True, "to_onehot_y": True}
IGNORE = {"ignore_index": UNLABELLED}


def torchmetrics(metric: Callable[..., Any], **settings: Any) -> Call:
    """A metric of TorchMetrics, told of one batch."""

    def call(case: ClassCase) -> Any:
        made = metric(num_classes=3, **settings)
        made.update(case.prediction, case.target)
        return made.compute()

    return call


def monai_metric(metric: Callable[..., Any], **settings: Any) -> Call:
    """A metric of MONAI, which takes masks."""

    def call(case: ClassCase) -> Any:
        made = metric(**settings)
        made(*(F.one_hot(labels, 3).movedim(-1, 1) for labels in case))
        return made.aggregate()

    return call


def smp_metric(score: Callable[..., Any], reduction: str, **settings: Any) -> Call:
    """A score of segmentation-models-pytorch, from its counts."""

    def call(case: ClassCase) -> Any:
        counts = smp.metrics.get_stats(*case, mode="multiclass", num_classes=3, **settings)
        return score(*counts, reduction=reduction)

    return call


def loss(function: Callable[..., Any], confidence: float = 20, channel: bool = False) -> Call:
    """A loss of logits and of classes; of MONAI with an axis for the channel."""

    def call(case: ClassCase) -> Any:
        return function(case.logits(confidence), case.target[:, None] if channel else case.target)

    return call


def monai_loss(made: Any, confidence: float = 20) -> Call:
    """A loss of MONAI."""
    return loss(made, confidence, channel=True)


def scores() -> dict[str, dict[str, Call]]:
    """Scores of hard maps, by the average that each call is said to give."""
    dice = segmentation.DiceScore
    index = {"input_format": "index"}
    return {
        "pooled": {
            'TorchMetrics DiceScore(average="micro")': torchmetrics(dice, average="micro", **index),
            'smp f1_score(reduction="micro")': smp_metric(smp.metrics.f1_score, "micro"),
        },
        "weighted": {
            'TorchMetrics DiceScore(average="weighted")': torchmetrics(dice, average="weighted", **index)
        },
        "mean": {
            "TorchMetrics DiceScore()": torchmetrics(dice, **index),
            'TorchMetrics DiceScore(aggregation_level="global")': torchmetrics(
                dice, aggregation_level="global", **index
            ),
            "TorchMetrics MulticlassF1Score(ignore_index=255)": torchmetrics(
                classification.MulticlassF1Score, **IGNORE
            ),
            "MONAI DiceMetric()": monai_metric(monai.metrics.DiceMetric),
            "MONAI DiceMetric(ignore_empty=False)": monai_metric(
                monai.metrics.DiceMetric, ignore_empty=False
            ),
            'smp f1_score(reduction="macro")': smp_metric(smp.metrics.f1_score, "macro"),
            "smp the same, get_stats(ignore_index=255)": smp_metric(smp.metrics.f1_score, "macro", **IGNORE),
            'smp f1_score(reduction="macro-imagewise")': smp_metric(smp.metrics.f1_score, "macro-imagewise"),
        },
        "foreground": {
            "TorchMetrics DiceScore(include_background=False)": torchmetrics(
                dice, include_background=False, **index
            ),
            "MONAI DiceMetric(include_background=False)": monai_metric(
                monai.metrics.DiceMetric, include_background=False
            ),
        },
        "mean IoU": {
            "TorchMetrics MeanIoU()": torchmetrics(segmentation.MeanIoU, **index),
            "TorchMetrics MulticlassJaccardIndex(ignore_index=255)": torchmetrics(
                classification.MulticlassJaccardIndex, **IGNORE
            ),
            "MONAI MeanIoU()": monai_metric(monai.metrics.MeanIoU),
            'smp iou_score(reduction="macro")': smp_metric(smp.metrics.iou_score, "macro"),
        },
    }


def losses() -> dict[str, dict[str, Call]]:
    """Losses of a softmax; sure logits for Dice, doubtful ones where a logarithm is taken."""
    weight = torch.tensor(CLASS_WEIGHTS, dtype=torch.float64)

    def cross_entropy(**settings: Any) -> Call:
        return loss(lambda z, y: F.cross_entropy(z, y, **settings), 2)

    def kornia_focal(**settings: Any) -> Call:
        return loss(lambda z, y: kornia.focal_loss(z, y, reduction="mean", **settings), 2)

    return {
        "dice": {
            "MONAI DiceLoss(softmax, ignore_index=255)": monai_loss(
                monai.losses.DiceLoss(**ONE_HOT, **IGNORE)
            ),
            "MONAI the same, batch=True": monai_loss(monai.losses.DiceLoss(**ONE_HOT, batch=True, **IGNORE)),
            "MONAI the same, include_background=False": monai_loss(
                monai.losses.DiceLoss(**ONE_HOT, include_background=False, **IGNORE)
            ),
            'smp DiceLoss("multiclass", ignore_index=255)': loss(smp_losses.DiceLoss("multiclass", **IGNORE)),
            'kornia dice_loss(average="macro", ignore_index=255)': loss(
                lambda z, y: kornia.dice_loss(z, y, average="macro", **IGNORE)
            ),
            "kornia dice_loss(ignore_index=255)": loss(lambda z, y: kornia.dice_loss(z, y, **IGNORE)),
        },
        "cross entropy": {
            "torch cross_entropy": cross_entropy(),
            "torch cross_entropy(ignore_index=255)": cross_entropy(**IGNORE),
            "torch the same, weight=(1, 2, 4)": cross_entropy(weight=weight, **IGNORE),
            "smp SoftCrossEntropyLoss(ignore_index=255)": loss(
                smp_losses.SoftCrossEntropyLoss(smooth_factor=0, **IGNORE), 2
            ),
        },
        "focal": {
            "MONAI FocalLoss(use_softmax=True, ignore_index=255)": monai_loss(
                monai.losses.FocalLoss(**FOCAL, **IGNORE), 2
            ),
            "MONAI the same, weight=(0.1, 0.3, 0.6)": monai_loss(
                monai.losses.FocalLoss(**FOCAL, weight=list(ALPHA), **IGNORE), 2
            ),
            "MONAI the same, alpha=(0.1, 0.3, 0.6)": monai_loss(
                monai.losses.FocalLoss(**FOCAL, alpha=list(ALPHA), **IGNORE), 2
            ),
            "MONAI the same, alpha=0.25": monai_loss(
                monai.losses.FocalLoss(**FOCAL, alpha=0.25, **IGNORE), 2
            ),
            "kornia focal_loss(alpha=0.25, ignore_index=255)": kornia_focal(alpha=0.25, **IGNORE),
            'smp FocalLoss("multiclass", ignore_index=255)': loss(
                smp_losses.FocalLoss("multiclass", **IGNORE), 2
            ),
            'smp FocalLoss("multiclass")': loss(smp_losses.FocalLoss("multiclass"), 2),
        },
    }


def asked(call: Call, case: ClassCase) -> Value:
    """What one call says of one case, to six decimals."""
    try:
        value: Tensor | Any = call(case)
        return round(float(value), 6) + 0.0  # + 0: no -0
    except (IndexError, RuntimeError, TypeError, ValueError):
        return "refused"


def main() -> None:
    """Ask every call about every case, and write the record."""
    values = {
        kind: {
            name: {
                call: {case: asked(function, of) for case, of in CLASS_CASES.items()}
                for call, function in calls.items()
            }
            for name, calls in names.items()
        }
        for kind, names in (("scores", scores()), ("losses", losses()))
    }
    packages = [line.partition("==")[0] for line in PINS.read_text().splitlines()[1:]]
    versions = {package: version(package).partition("+")[0] for package in packages}  # +cpu is no version
    record = {"date": str(datetime.date.today()), "versions": versions, "values": values}
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()

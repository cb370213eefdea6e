"""Record what other libraries say of the losses on the page of the family, for three grids.

In the environment that the first lines of compare_peers.py describe, from the root of the repository::

    peers/bin/python -W ignore tools/family_record.py

It writes book/data/family.json, with the date and the versions; tests/test_family.py holds the page to it.
"""

import datetime
import json
from importlib.metadata import version
from pathlib import Path

import monai.losses as monai
import segmentation_models_pytorch.losses as smp
import torch
from nnunetv2.training.loss.robust_ce_loss import TopKLoss
from segmentation_models_pytorch.losses.lovasz import _lovasz_softmax_flat
from torch import Tensor

from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, NODULE_PROBABILITIES, PREDICTION_2

RECORD = Path(__file__).parents[1] / "book/data/family.json"
PACKAGES = ("torch", "monai", "segmentation-models-pytorch", "nnunetv2")

#: Masks and probabilities, each of shape (10, 10).
GRIDS = {
    "lung": (LUNG, LUNG_PROBABILITIES),
    "nodule": (NODULE, NODULE_PROBABILITIES),
    "prediction 2": (LUNG, 0.1 + 0.8 * PREDICTION_2),
}


def vessel() -> tuple[Tensor, Tensor, Tensor]:
    """A vessel, and the same cut and dented: the puzzle of the page."""
    tube = torch.zeros(10, 10, dtype=torch.float64)
    tube[4:7] = 1
    gap, dent = tube.clone(), tube.clone()
    gap[4:7, 5] = 0
    dent[4, 4:7] = 0
    return tube, gap, dent


def batch(grid: Tensor) -> Tensor:
    """A grid as a batch of one image with one channel."""
    return grid.view(1, 1, *grid.shape)


def said(y: Tensor, p: Tensor) -> dict[str, float]:
    """What the libraries say of one grid, each set to the formula of the page, without smooth."""
    bare = {"smooth_nr": 0.0, "smooth_dr": 0.0}
    z, both = torch.logit(batch(p)), torch.stack([1 - y, y]).unsqueeze(0)
    two = torch.stack([1 - p, p]).unsqueeze(0)
    dice = monai.DiceLoss(sigmoid=True, **bare)
    scales = monai.DeepSupervisionLoss(dice)
    outputs = [z, torch.nn.functional.avg_pool2d(z, 2)]
    focal = smp.TverskyLoss("binary", from_logits=False, smooth=0.0, eps=0.0, alpha=0.3, beta=0.7, gamma=0.75)
    columns, labels = two[0].flatten(1).T.float(), y.flatten().long()  # smp sums in float32
    losses = {
        "tversky": monai.TverskyLoss(alpha=0.3, beta=0.7, **bare)(batch(p), batch(y)),
        "focal_tversky": focal(batch(p), batch(y)),
        "generalised": monai.GeneralizedDiceLoss(**bare)(two, both),
        "lovasz": _lovasz_softmax_flat(columns, labels, classes=[1]),  # LovaszLoss for its foreground class
        "boundary": monai.BoundaryLoss()(batch(p), batch(y)),
        "hausdorff": monai.HausdorffDTLoss(alpha=2.0, include_background=True)(batch(p), batch(y)),
        "topk": TopKLoss(k=10)(torch.cat([0 * z, z], 1), batch(y)),
        "deep": scales(outputs, batch(y)) / sum(scales.get_weights(2)),
    }
    return {name: round(loss.item(), 6) for name, loss in losses.items()}


def main() -> None:
    """Ask, and write the record."""
    tube, *predictions = vessel()
    line = monai.SoftclDiceLoss(iter_=3, smooth_nr=0.0, smooth_dr=0.0, smooth=1e-9)
    cut, dented = (round(line(batch(one), batch(tube)).item(), 6) + 0.0 for one in predictions)
    record = {
        "date": str(datetime.date.today()),
        "versions": {package: version(package) for package in PACKAGES},
        "values": {name: said(*grid) for name, grid in GRIDS.items()},
        "cldice": {"cut": cut, "dented": dented},
    }
    RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()

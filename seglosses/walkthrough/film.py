"""The chest film of the introduction, and the simplest model of it: dark is lung."""

from typing import NamedTuple

import torch
from torch import Tensor

from seglosses.phantom import phantom

SIDE = 32
DARK = 0.4
"""The brightness at which the model is undecided."""
SURENESS = 20.0
"""How fast its logits grow with what a pixel is darker or brighter than that."""


class Film(NamedTuple):
    """A film with its truth and with what a model says of it, float64, each of shape (32, 32)."""

    image: Tensor
    """Brightness in [0, 1]."""
    lung: Tensor
    """1 on the lungs and 0 elsewhere."""
    air: Tensor
    """1 where nothing of the patient is, beside the neck and the arms: dark, and no lung."""
    logits: Tensor
    """What the model says: any real, above 0 for lung."""

    def shares(self, values: Tensor) -> dict[str, float]:
        """Split the sum of a map (32, 32), of prices or of sizes, among air, tissue and lung: shares of 1."""
        parts = {"air": self.air, "tissue": 1 - self.air - self.lung, "lung": self.lung}
        return {name: ((values * part).sum() / values.sum()).item() for name, part in parts.items()}


def chest_film() -> Film:
    """Look at the film with a model that goes by brightness alone, z = 20 (0.4 - brightness).

    It finds the lungs, doubts the grey tissue about them, and is sure that the air around the patient is
    lung: one picture with all kinds of pixels that a loss can look at.
    """
    one = phantom(0, size=SIDE)
    image = torch.from_numpy(one.image).double()
    air = (image < 0.1) & ~torch.from_numpy(one.lung)
    return Film(image, torch.from_numpy(one.lung).double(), air.double(), SURENESS * (DARK - image))

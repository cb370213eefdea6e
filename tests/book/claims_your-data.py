"""What the page on your own data claims, held to what is computed."""

import pytest
import torch
import torch.nn.functional as F
from claims import Because

from seglosses import bce_loss
from seglosses.phantom import phantom
from seglosses.training.network import TinyUNet


def claims():
    """In the order of the page."""
    labels, k = torch.tensor([0, 2, 1]), 3
    one_mask_a_class = F.one_hot(labels, k)
    with pytest.raises(RuntimeError, match="smaller than num_classes"):
        F.one_hot(torch.tensor([k]), k)
    yield "your-data-shapes", "labels 0 to $K - 1$", one_mask_a_class.shape == (3, k)
    yield "your-data-puzzle", "to have more of them", Because.STORY
    image, mask = phantom(0, size=64).image, torch.from_numpy(phantom(0, size=64).lung).double()
    mirrored = image[:, ::-1]
    torch.manual_seed(0)
    model = TinyUNet()
    fresh, flipped = (model(torch.from_numpy(one.copy())[None, None]).double() for one in (image, mirrored))
    yield (
        "your-data-puzzle-question",
        "A fresh model gives 0.5 everywhere.",
        bool((torch.sigmoid(fresh) == 0.5).all()),
    )
    yield (
        "your-data-puzzle-question",
        "What is wrong shows in the picture, and nowhere else.",
        bool(bce_loss(fresh[0, 0], mask) == bce_loss(flipped[0, 0], mask)) and not (image == mirrored).all(),
    )
    yield "your-data-exercise-runs-solution", "take turns, zeros first, down the columns", Because.MEANING
    yield "your-data-exercise-runs-solution", "ten pixels further on 4 more", 6 + 4 == 10

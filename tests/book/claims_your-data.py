"""What the page on your own data claims, held to what is computed."""

import pytest
import torch
import torch.nn.functional as F


def claims():
    """In the order of the page."""
    labels, k = torch.tensor([0, 2, 1]), 3
    one_mask_a_class = F.one_hot(labels, k)
    with pytest.raises(RuntimeError, match="smaller than num_classes"):
        F.one_hot(torch.tensor([k]), k)
    yield "your-data-shapes", "labels 0 to $K - 1$", one_mask_a_class.shape == (3, k)

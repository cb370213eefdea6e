"""What learns: a U-Net small enough to train while a page is read."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class TinyUNet(nn.Module):
    """A U-Net of 10,000 parameters in float64: three scales, one convolution at each, down and up again.

    The first convolution halves the image and the last one doubles it again, which saves most of the time.

    The last layer starts with weights of 0, so that every pixel of every image starts at the probability
    ``prior``. With 0.5 the model knows nothing; with the share of the foreground it knows the base rate,
    as RetinaNet does with 0.01 (Lin et al., Focal Loss for Dense Object Detection, ICCV 2017, section 4.1).

    Args:
        prior: the first probability of every pixel, above 0 and below 1.

    Raises:
        ValueError: ``prior`` is not between 0 and 1.

    """

    def __init__(self, prior: float = 0.5) -> None:
        super().__init__()
        if not 0 < prior < 1:
            hint = "Hint: 0.5 knows nothing; masks.mean() is the share of the foreground."
            raise ValueError(f"prior must be a probability above 0 and below 1; got {prior}. {hint}")
        self.fine = _convolution(1, 8, stride=2)
        self.middle = _convolution(8, 16)
        self.coarse = _convolution(16, 16)
        self.to_middle = _convolution(16 + 16, 16)
        self.to_fine = _convolution(16 + 8, 8)
        self.last = nn.ConvTranspose2d(8, 1, kernel_size=2, stride=2, dtype=torch.float64)
        with torch.no_grad():
            self.last.weight.zero_()
            self.last.bias.fill_(math.log(prior / (1 - prior)))  # type: ignore[union-attr]

    def forward(self, images: Tensor) -> Tensor:
        """Images of shape (N, 1, H, W), H and W divisible by 8, to logits of the same shape."""
        fine = self.fine(images.to(self.last.weight.dtype))
        middle = self.middle(F.max_pool2d(fine, 2))
        coarse = self.coarse(F.max_pool2d(middle, 2))
        middle = self.to_middle(torch.cat([_twice(coarse), middle], dim=1))
        fine = self.to_fine(torch.cat([_twice(middle), fine], dim=1))
        logits: Tensor = self.last(fine)
        return logits


def _convolution(channels_in: int, channels_out: int, stride: int = 1) -> nn.Sequential:
    # GroupNorm and not BatchNorm: one image's prediction must not depend on its neighbours in the batch.
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 3, stride, padding=1, dtype=torch.float64),
        nn.GroupNorm(2, channels_out, dtype=torch.float64),
        nn.ReLU(),
    )


def _twice(features: Tensor) -> Tensor:
    return F.interpolate(features, scale_factor=2, mode="nearest")

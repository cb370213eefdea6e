"""What the walkthroughs ask of their grids."""

from torch import Tensor


def check_shapes(prediction: Tensor, target: Tensor) -> None:
    """Refuse two grids of different shapes: broadcasting would count pixels that nobody drew."""
    if prediction.shape != target.shape:
        shapes = f"{tuple(prediction.shape)} and {tuple(target.shape)}"
        hint = "Hint: of a batch take one image, as in masks[0, 0]; a flat list of pixels takes reshape."
        raise ValueError(f"prediction and target must have the same shape; got {shapes}. {hint}")


def check_probabilities(probabilities: Tensor, target: Tensor) -> None:
    """Refuse what is no probability, logits above all, or has not the shape of the target."""
    check_shapes(probabilities, target)
    outside = probabilities[~((probabilities >= 0) & (probabilities <= 1))]
    if outside.numel():
        came = outside[0].item()
        hint = "Hint: torch.sigmoid(logits) gives probabilities."
        raise ValueError(f"probabilities must lie in [0, 1]; got {came}. {hint}")

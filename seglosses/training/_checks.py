"""What a training asks of its arguments."""

from torch import Tensor

from seglosses.training.examples import Examples

_HINTS = {
    "steps": "120 is the usual choice",
    "batch_size": "8 is the usual choice; of few images take all",
    "watched": "the first 2 of the validation images are the usual choice",
    "every": "5 records every fifth step",
    "bins": "10 is the usual choice",
    "checkpoints": "(100, 400) keeps what is predicted after 100 steps and after 400",
}


def check_number(name: str, value: int, least: int, most: int | None = None) -> None:
    """Refuse a number outside of the span from ``least`` to ``most``."""
    if value < least or (most is not None and value > most):
        span = f"from {least}" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name} must be a whole number {span}; got {value}. Hint: {_HINTS[name]}.")


def check_examples(name: str, examples: Examples) -> None:
    """Refuse images that the network cannot halve three times, or masks of another shape."""
    images, masks = examples
    if images.shape != masks.shape:
        came = f"{tuple(images.shape)} and {tuple(masks.shape)}"
        hint = "Hint: a channel axis that is missing comes with masks.unsqueeze(1)."
        raise ValueError(f"{name} must be images and masks of one shape; got {came}. {hint}")
    sides = images.shape[2:]
    if images.dim() != 4 or images.shape[1] != 1 or not all(side >= 8 and side % 8 == 0 for side in sides):
        came = f"{tuple(images.shape)}"
        hint = "Hint: grey images of 48 by 48 are (N, 1, 48, 48); load_folder(folder, 48) makes them."
        raise ValueError(
            f"{name} must have the shape (N, 1, H, W), H and W multiples of 8; got {came}. {hint}"
        )


def check_order(order: Tensor, shape: tuple[int, int], images: int) -> None:
    """Refuse an order that does not name an image for each place of each step's batch."""
    if tuple(order.shape) != shape:
        hint = "Hint: a row for each step, with the numbers of its images."
        raise ValueError(
            f"order must have the shape (steps, batch_size), {shape}; got {tuple(order.shape)}. {hint}"
        )
    if order.is_floating_point() or not 0 <= order.min() <= order.max() < images:
        hint = "Hint: torch.randperm(n) numbers n images."
        came = f"{order.dtype} from {order.min()} to {order.max()}"
        raise ValueError(f"order must hold whole numbers from 0 to {images - 1}; got {came}. {hint}")

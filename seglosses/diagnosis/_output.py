"""What the model's output is, and whether it finds the object."""

from typing import Any

import torch
from torch import Tensor

from seglosses.diagnosis._batch import Batch, share, span, whole
from seglosses.diagnosis._report import Finding

CERTAIN = 17.0  # the sigmoid of a larger logit is 1 in float32

# What only moves, copies or resizes numbers, by the start of its name in the graph.
_MOVES = (
    *("View", "Reshape", "Unsafe", "Unsqueeze", "Squeeze", "Permute", "Transpose", "Slice", "Select"),
    *("ToCopy", "Clone", "Alias", "Upsample", "AsStrided", "Expand"),
)
# What the other operations make.
_ENDS = {"Sigmoid": "probabilities", "Softmax": "probabilities", "Relu": "ReLU", "Tanh": "tanh"}
_ENDS |= {"LogSoftmax": "log-probabilities", "LogSigmoid": "log-probabilities", "Softplus": "ReLU"}
_ENDS |= {"Convolution": "logits", "Addmm": "logits", "Add": "logits", "Mm": "logits"}


def _last(node: Any) -> Any:
    """The node of the graph that made the numbers, behind those that only move them."""
    while node is not None and node.name().startswith(_MOVES) and node.next_functions:
        node = node.next_functions[0][0]
    return node


def _end(node: Any) -> str:
    """What a node makes, or "" where its name does not say."""
    return "" if node is None else _ENDS.get(node.name().rstrip("0123456789").removesuffix("Backward"), "")


def _kind(b: Batch) -> str:
    """What the output is: by its graph, else by its numbers."""
    node = _last(b.output.grad_fn)
    kind = _end(node)
    if kind == "probabilities" and _end(_last(node.next_functions[0][0])) == "probabilities":
        return "two sigmoids"
    return kind or _kind_of_numbers(b.finite, b.z)


def _sums_to_one(image: Tensor) -> bool:
    """Whether the channels of each pixel do, as after a softmax."""
    return image.ndim > 2 and image.shape[1] > 1 and bool(((image.sum(1) - 1).abs() < 1e-2).all())


def _kind_of_numbers(z: Tensor, image: Tensor) -> str:
    """What bare numbers most likely are."""
    low, high = z.min().item(), z.max().item()
    if low >= 0 and _sums_to_one(image):
        return "probabilities"
    if high <= 0 and _sums_to_one(image.exp()):
        return "log-probabilities"
    zeros = share(z == 0)
    if low == 0 and zeros > 0.01 and not 0.9 < high <= 1:
        return "ReLU"
    if -1 <= low < -0.95 and 0.95 < high <= 1 and share(z.abs() > 0.95) > 0.2:
        return "tanh"
    if low < 0 or high > 1:
        return "logits"
    if low >= 0.5 and high <= 0.7312:  # the sigmoid of 0 and of 1
        return "two sigmoids"
    # Logits of an untrained model may lie in [0, 1] by chance: those of 357 in 3000 small networks did. These
    # rules take 7 of them for probabilities, and find three in four of the same networks with a sigmoid.
    skewed = low < 0.1 and (z.median().item() - low) < 0.1 * (high - low)
    centred = low < 0.5 < high < low + 0.3 and abs(z.mean().item() - 0.5) < 0.05
    return "probabilities" if low < 0.15 < 0.85 < high or skewed or centred else "logits"


_KINDS = {
    "two sigmoids": (
        "{low:.4g} to {high:.4g}: within 0.5 and 0.731, the sigmoid of a sigmoid",
        "Remove both sigmoids from the model; the loss has its own.",
    ),
    "probabilities": (
        "{low:.4g} to {high:.4g}, never outside of [0, 1]",
        "Remove the sigmoid or softmax at the model's end, or undo it: seglosses.probabilities.to_logits.",
    ),
    "log-probabilities": (
        "{low:.4g} to {high:.4g}, logarithms of probabilities",
        "Pass what stands before the logarithm: the logits.",
    ),
    "ReLU": (
        "{low:.4g} to {high:.4g}, {zeros:.0%} of it 0 and none below: no pixel can get under 0.5",
        "Remove the ReLU behind the last layer: logits of background are negative.",
    ),
    "tanh": (
        "{low:.4g} to {high:.4g}: no probability can leave 0.27 to 0.73",
        "Remove the tanh behind the last layer.",
    ),
}


def kind(b: Batch) -> Finding | None:
    if not b.finite.numel():
        return None
    low, high = b.finite.min().item(), b.finite.max().item()
    if not b.output.is_floating_point() or (whole(b.z) and 0 <= low < high):
        said = f"The output{span(b.z)}, holds whole numbers only, as after a threshold or argmax."
        cure = "Pass what stands before the threshold: a mask has no gradient."
        return Finding("mask as output", said, "model_output.unique()", cure)
    kind = _kind(b)
    if kind in _KINDS and not (kind == "probabilities" and b.takes_probabilities):
        seen, cure = _KINDS[kind]
        said = f"The output is {seen.format(low=low, high=high, zeros=share(b.z == 0))}."
        return Finding(kind, said, "model_output.min(), model_output.max()", cure)
    if low == high and b.finite.numel() > 1:
        said = f"The output is {low:.4g} in all {b.finite.numel()} pixels: p = {b.finite[0].sigmoid():.4g}."
        cure = "Look for a dead layer before the last one, or an input that is all the same."
        return Finding("constant output", said, "model_output.std()", cure)
    if kind == "logits" and b.takes_probabilities:
        said = f"The loss calls the mask itself perfect, so it takes probabilities; the output{span(b.z)}."
        cure = "Pass output.sigmoid(), or tell the loss that it gets logits."
        return Finding("logits, not probabilities", said, "loss(target.float(), target)", cure)
    return None


def saturated(b: Batch) -> Finding | None:
    certain = b.z.abs() > CERTAIN
    wrong = share(certain & ((b.z > 0) != (b.y > 0.5))) if b.is_mask else 0.0
    if share(certain) < 0.9 and wrong < 1e-3:
        return None
    said = f"{share(certain):.1%} of the logits are beyond {CERTAIN:g}, where float32 has p = 1"
    said += f"; {wrong:.1%} are so and wrong, where Dice has next to no gradient." if wrong else "."
    cure = "Normalise the images, lower the learning rate, add BCE to Dice: it still has a gradient."
    return Finding("saturated logits", said, f"(model_output.abs() > {CERTAIN:g}).float().mean()", cure)


def hidden(b: Batch) -> Finding | None:
    for inside, outside, auc in b.ranking:
        apart = (inside.mean() - outside.mean()).item()
        highest = torch.maximum(inside.max(), outside.max())
        if highest < 0 and auc > 0.9 and apart > 1:
            top = highest.sigmoid().item()
            said = (
                f"No probability is above 0.5, the highest is {top:.3g}, yet {auc:.1%} of pairs are in order."
            )
            cure = "Lower the threshold, chosen on validation images, or train longer: the object is found."
            return Finding("hidden by the threshold", said, "model_output.sigmoid().max()", cure)
        if auc < 0.1 and apart < -1:
            said = f"Only {auc:.1%} of pairs are in order: the background has the higher logits."
            cure = "Invert the mask, 1 - target, or look for a minus in the loss."
            return Finding(
                "upside down", said, "model_output[target > 0.5].mean(), model_output.mean()", cure
            )
    return None

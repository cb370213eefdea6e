"""What is wrong with my loss? One batch, looked at before a night of training is spent on it.

Each check is a function that looks for one cause and returns what it found: _pair.py has those of both
tensors, _target.py, _output.py and _loss.py those of each. ``CHECKS`` has them in the order in which their
findings are reported: what makes the next ones meaningless stands first.
"""

from collections.abc import Callable

from torch import Tensor

from seglosses.diagnosis import _loss, _output, _pair, _target
from seglosses.diagnosis._batch import Batch, Loss
from seglosses.diagnosis._report import Diagnosis, Finding

__all__ = ["Diagnosis", "Finding", "diagnose"]

CHECKS: tuple[Callable[[Batch], Finding | None], ...] = (
    *(_pair.swapped, _pair.shapes, _pair.not_finite),
    *(_target.values, _target.classes, _output.kind, _target.one_value, _output.saturated, _output.hidden),
    *(_loss.overflows, _loss.value, _loss.gradient),
)


def diagnose(model_output: Tensor, target: Tensor, loss: Loss | None = None) -> Diagnosis:
    r"""Look at one batch, and say in plain words what is suspicious.

    It looks for probabilities or a ReLU's output where logits belong, two sigmoids, a 0/255 mask, a label for
    ignored pixels, swapped arguments, axes that are missing or in another order, a batch without an object,
    saturated logits, half precision that overflows, an object that is found but hidden by the threshold,
    class indices, NaN and infinity. That the object is found is seen from the order of the logits: the share
    of pairs of an object's pixel and a background pixel in which the first is the larger,

    .. math:: A = P(z_i > z_j \mid y_i = 1,\ y_j = 0).

    Pass ``model_output`` as the model returns it, not detached: then its last operation is known. Of bare
    numbers in [0, 1] it has to be guessed; an untrained model whose logits happen to lie there is not
    reported.

    Args:
        model_output: what the model returns, and what the loss is to be given: logits :math:`z`, of any shape
            and type, on any device.
        target: the mask :math:`y` that belongs to it.
        loss: a function of both, called once or a few times on this batch: is its value NaN, negative, 0.693
            for logits that are not undecided, has it a gradient, does it want probabilities? None: only the
            tensors are looked at.

    Returns:
        The findings, the most serious first. It prints as a report; without a finding it says so. No finding
        is no proof that all is well: one batch cannot show, for example, that images and masks are of
        different patients.

    Raises:
        TypeError: one of the two is no tensor, or ``loss`` cannot be called. Nothing that a tensor holds is
            an error; nor is an error of ``loss``, which becomes a finding.

    Source:
        The questions that are asked most often about these losses. The share of pairs is the area under the
        ROC curve: Hanley and McNeil, Radiology 1982.

    Example:
        >>> import torch
        >>> logits = torch.tensor([[[[2.0, -3.0, -1.5, -4.0]]]])
        >>> mask = torch.tensor([[[[255, 0, 0, 0]]]], dtype=torch.uint8)
        >>> print(diagnose(logits, mask))
        1. 0/255 mask: The target holds 0 to 255, where a mask holds 0 and 1.
           check: target.unique()
           cure: Pass target / 255.
        model_output (1, 1, 1, 4) float32, -4 to 2; target (1, 1, 1, 4) uint8, 0 to 255
        >>> print(diagnose(logits, mask / 255))
        Nothing suspicious in this batch.
        model_output (1, 1, 1, 4) float32, -4 to 2; target (1, 1, 1, 4) float32, 0 to 1
    """
    for name, tensor in (("model_output", model_output), ("target", target)):
        if not isinstance(tensor, Tensor):
            hint = "Hint: torch.as_tensor of an array; of a dictionary or a tuple, the entry with the logits."
            raise TypeError(f"{name} must be a torch.Tensor; got {type(tensor).__name__}. {hint}")
    if loss is not None and not callable(loss):
        hint = "Hint: pass the function, such as seglosses.dice_loss, not the value that it returned."
        raise TypeError(f"loss must be a function of both or None; got {type(loss).__name__}. {hint}")
    batch = Batch(model_output, target, loss)
    if (unreadable := _pair.unreadable(batch)) is not None:
        return Diagnosis((unreadable,), batch.described)
    found = (check(batch) for check in CHECKS)
    return Diagnosis(tuple(finding for finding in found if finding is not None), batch.described)

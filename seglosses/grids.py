"""The 10x10 masks and probability maps of the text, by name.

Every mask and every map of probabilities is a float64 tensor of shape (10, 10): the same 0.8 that a
calculator has. In float32 the nearest number to 0.8 is 0.800000012, and the sixth digit of a loss would no
longer be the calculator's. The maps of classes are int64 tensors of that shape.
"""

import torch
from torch import Tensor


def _grid(rows: str) -> Tensor:
    """Read a grid as the text prints it: one row a line, blanks between the pixels."""
    pixels = [[float(pixel) for pixel in row.split()] for row in rows.strip().splitlines()]
    return torch.tensor(pixels, dtype=torch.float64)


#: The true lung, 20 pixels, 5 rows by 4 columns.
LUNG = _grid("""
0 0 0 0 0 0 0 0 0 0
0 0 1 1 1 1 0 0 0 0
0 0 1 1 1 1 0 0 0 0
0 0 1 1 1 1 0 0 0 0
0 0 1 1 1 1 0 0 0 0
0 0 1 1 1 1 0 0 0 0
0 0 0 0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0
""")

#: The better prediction of the lung, 19 pixels, all of them right, one missed.
PREDICTION_1 = _grid("""
0 0 0 0 0 0 0 0 0 0
0 0 1 1 1 0 0 0 0 0
0 0 1 1 1 1 0 0 0 0
0 0 1 1 1 1 0 0 0 0
0 0 1 1 1 1 0 0 0 0
0 0 1 1 1 1 0 0 0 0
0 0 0 0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0
""")

#: The worse prediction of the lung, 7 pixels, 5 of them right, 15 missed.
PREDICTION_2 = _grid("""
0 0 0 0 0 0 0 0 0 0
0 0 0 0 1 0 0 0 0 0
0 0 0 1 1 0 0 0 0 0
0 0 1 1 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0
0 0 0 1 0 0 0 0 0 0
0 0 1 0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0
""")

#: The lung with the confidence of a model. It misses the bottom row, so 4 of the 20 pixels stay at 0.1.
LUNG_PROBABILITIES = _grid("""
0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1
0.1 0.1 0.9 0.8 0.7 0.6 0.1 0.1 0.1 0.1
0.1 0.1 0.8 0.9 0.8 0.7 0.1 0.1 0.1 0.1
0.1 0.1 0.7 0.8 0.9 0.8 0.1 0.1 0.1 0.1
0.1 0.1 0.6 0.7 0.8 0.9 0.1 0.1 0.1 0.1
0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1
0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1
0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1
0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1
0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1
""")

#: Three pixels in 97 of background. The source calls them a lung; three loose pixels can only be a nodule.
NODULE = _grid("""
0 0 0 0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0
0 0 0 0 1 0 0 0 0 0
0 0 0 1 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0
0 0 0 0 0 1 0 0 0 0
0 0 0 0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0
""")

#: A model's probabilities for the nodule, right everywhere at a threshold of 0.5, certain nowhere.
NODULE_PROBABILITIES = _grid("""
0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1
0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1
0.1 0.1 0.1 0.1 0.9 0.1 0.1 0.1 0.1 0.1
0.1 0.1 0.1 0.8 0.1 0.1 0.1 0.1 0.1 0.1
0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1
0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1
0.1 0.1 0.1 0.1 0.1 0.9 0.1 0.1 0.1 0.1
0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1
0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1
0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1
""")

#: The lung and the nodule in one map, 79 pixels of class 0, background, 18 of class 1, lung, and 3 of class
#: 2, nodule. Two pixels belong to both masks, and the nodule has them.
CLASS_MAP = torch.where(NODULE == 1, 2, LUNG.long())

#: The map of a model, prediction 1 of the lung and one pixel of the nodule in it. 97 of 100 pixels are right.
CLASS_PREDICTION = PREDICTION_1.long()
CLASS_PREDICTION[3, 3] = 2


def check_mask(mask: Tensor, name: str = "mask") -> None:
    """Refuse anything but a hard mask.

    Args:
        mask: a tensor of any shape and type.
        name: what the error calls it.

    Raises:
        ValueError: the mask has a value other than 0 and 1; the error says which.

    """
    strangers = mask[(mask != 0) & (mask != 1)]
    if strangers.numel():
        came = strangers[0].item()
        hint = (
            f"a 0/255 mask is {name} / 255" if came == 255 else f"{name} > 0.5 makes a mask of probabilities"
        )
        raise ValueError(f"{name} must be a mask of 0 and 1; got a pixel of {came}. Hint: {hint}.")


def as_logits(mask: Tensor, confidence: float = 20.0) -> Tensor:
    """Turn a hard mask into the logits of a model that is sure of it.

    The losses of this package take logits. For probabilities, the way back is
    :func:`seglosses.probabilities.to_logits`.

    Args:
        mask: zeros and ones, of any shape.
        confidence: the size of each logit, above 0. At 20 a pixel is off by sigmoid(-20) = 2e-9.

    Returns:
        ``confidence`` where the mask is 1 and ``-confidence`` where it is 0, in the mask's shape and
        floating-point type (an integer or boolean mask gives the default type).

    Raises:
        ValueError: the mask has a value other than 0 and 1, or ``confidence`` is not above 0.

    """
    check_mask(mask)
    if not confidence > 0:
        hint = "Hint: 20 leaves 2e-9 of doubt, 2 leaves 0.12."
        raise ValueError(f"confidence must be a number above 0; got {confidence}. {hint}")
    kind = mask.dtype if mask.is_floating_point() else torch.get_default_dtype()
    return confidence * (2 * mask.to(kind) - 1)

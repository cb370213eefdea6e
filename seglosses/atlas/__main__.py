"""Say which convention a loss follows: ``python -m seglosses.atlas your_module:YourLoss``."""

import argparse
import importlib
import sys
from collections.abc import Callable
from typing import Any

import torch

from seglosses.atlas import CASES
from seglosses.atlas.asking import Loss, convention_of
from seglosses.atlas.convention import Convention
from seglosses.atlas.libraries import same_as

NONE = """\
No Dice or IoU formula gives these numbers: it may be another loss, a sum of losses, or one that has weights.
A function of (inputs, targets) can be asked, of float64 tensors of shape (N, C, H, W)."""


def loss_named(place: str) -> Loss:
    """Import the loss that ``module:name`` names.

    Args:
        place: the module, a colon, and the name of a function, a module of torch, or a class of such that
            needs no argument.

    Raises:
        ValueError: it has no colon.
        ImportError, AttributeError, TypeError: as Python says them, where the module, the name or an argument
            is missing.
    """
    module, colon, name = place.partition(":")
    if not (module and colon and name):
        hint = "Hint: your_module:YourLoss, run in the folder of your_module.py."
        raise ValueError(f"loss must be a module and a name; got {place!r}. {hint}")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found() if isinstance(found, type) else found  # type: ignore[no-any-return]


def grids(loss: Callable[..., Any], convention: Convention | None) -> str:
    """What the loss says of each grid of the book, given as it wants them."""
    lines = []
    for name, (z, y) in CASES.items():
        inputs, targets = z, y
        if convention and convention.takes == "probabilities":
            inputs = z.sigmoid()
        elif convention and convention.takes == "logits, softmax":
            inputs, targets = torch.cat([torch.zeros_like(z), z], 1), torch.cat([1 - y, y], 1)
        if convention and convention.target == "class indices":
            targets = y[:, 0].round().long()
        try:
            value = torch.as_tensor(loss(inputs, targets))
            said = " ".join(f"{number:.4f}" for number in value.flatten()[:4].tolist())
        except Exception as error:  # whatever another's code raises is its answer
            said = f"refused: {' '.join(str(error).split())[:60]}"
        lines.append(f"{name:<14} {said}")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Print the grids and the convention of the loss that is named."""
    parser = argparse.ArgumentParser(prog="python -m seglosses.atlas", description=__doc__)
    parser.add_argument("loss", help="your_module:YourLoss, a class or a function of (inputs, targets)")
    loss = loss_named(parser.parse_args(arguments).loss)
    convention = convention_of(loss)
    print(grids(loss, convention), "", convention or NONE, sep="\n")
    for library, call in same_as(convention).items() if convention else ():
        print(f"{f'as {library}':<14} {call}")


if __name__ == "__main__":
    main(sys.argv[1:])

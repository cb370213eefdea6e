"""The convention atlas: what each library says of the same grids.

What the others said stands in a record, with the date and their versions; tools/convention_atlas.py writes
it, so the book needs none of them. What seglosses says is computed when a table is drawn.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, PREDICTION_1, PREDICTION_2, as_logits

#: The five losses by their names in the record.
LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "dice": dice_loss,
    "iou": iou_loss,
    "bce": bce_loss,
    "bce_dice": bce_dice_loss,
    "focal": focal_loss,
}


class Case(NamedTuple):
    """A batch to ask every library about, both tensors float64 of shape (N, 1, 10, 10)."""

    inputs: Tensor
    """Logits."""
    targets: Tensor
    """The mask; in [0, 1] where it is soft, else 0 and 1."""


def _case(*images: tuple[Tensor, Tensor]) -> Case:
    """Stack images, each with its logits and its mask."""
    inputs, targets = zip(*images, strict=True)
    return Case(torch.stack(inputs).unsqueeze(1), torch.stack(targets).unsqueeze(1))


_NOTHING = torch.zeros_like(LUNG)
_ALARM = _NOTHING.clone()
_ALARM[4, 4:6] = 1

#: The grids of the book on which conventions differ.
CASES = {
    "perfect": _case((as_logits(LUNG), LUNG)),
    "prediction 1": _case((as_logits(PREDICTION_1), LUNG)),
    "prediction 2": _case((as_logits(PREDICTION_2), LUNG)),
    "unsure": _case((torch.logit(LUNG_PROBABILITIES), LUNG)),
    "nodule missed": _case((as_logits(_NOTHING), NODULE)),
    "left empty": _case((as_logits(_NOTHING), _NOTHING)),
    "false alarm": _case((as_logits(_ALARM), _NOTHING)),
    "two images": _case((as_logits(PREDICTION_1), LUNG), (as_logits(_NOTHING), NODULE)),
    "soft mask": _case((20 * (LUNG - 1), LUNG / 2)),
}

_PLAIN = "font-weight: normal; white-space: nowrap"  # bold is for what deviates

# A loss, or why there is none: "refused", or "no mean" where one loss for each pixel came.
Value = float | str


@dataclass(frozen=True)
class Table:
    """Rows of simple HTML that a notebook shows as a table."""

    head: list[str]
    """What stands above the columns."""
    rows: list[list[str]]
    """The cells, row by row; the first of each names it."""

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{name}</th>' for name in self.head[1:])
        rows = "".join(
            f'<tr><th scope="row" style="{_PLAIN}">{name}</th>'
            f"{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>\n"
            for name, *cells in self.rows
        )
        # The site styles both classes: "table" draws the lines, "dataframe" keeps them visible in the dark
        # theme. A table that is wider than the page scrolls inside its container.
        return (
            '<div class="pst-scrollable-table-container"><table class="table dataframe">\n'
            f"<thead><tr><td>{self.head[0]}</td>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>"
        )


@dataclass(frozen=True)
class Atlas:
    """What the libraries said, and when."""

    date: str
    """The day, as 2026-11-23."""
    versions: dict[str, str]
    """The version of each package that was asked."""
    values: dict[str, dict[str, dict[str, dict[str, Value]]]]
    """The loss by setting ("as it comes", "set alike", "options"), loss, library and case."""

    def table(self, loss: str, setting: str = "as it comes") -> Table:
        """Lay one loss out: a row for each case, a column for each library, what deviates in bold.

        Args:
            loss: a name in ``LOSSES``.
            setting: "as it comes", with each library's defaults; "set alike", as near to seglosses as its
                settings allow; "options", some more of the settings that change the number.

        Raises:
            ValueError: the record has no such loss or setting.

        """
        if loss not in self.values.get(setting, {}):
            known = [(s, name) for s, losses in self.values.items() for name in losses]
            hint = f"Hint: the losses are {', '.join(LOSSES)}; 'as it comes' has all of them."
            raise ValueError(f"setting and loss must be one of {known}; got {(setting, loss)}. {hint}")
        libraries = self.values[setting][loss]
        others = [name for name in libraries if name != "seglosses"]
        rows = []
        for name, case in CASES.items():
            ours = LOSSES[loss](*case).item()
            rows.append([name, f"{ours:.4f}", *(_shown(libraries[other][name], ours) for other in others)])
        return Table(["", "seglosses", *others], rows)


def _shown(value: Value, ours: float) -> str:
    if isinstance(value, str):
        return value
    return f"{value:.4f}" if abs(value - ours) < 5e-5 else f"<b>{value:.4f}</b>"


def read_atlas(path: str | Path) -> Atlas:
    """Read the record of the other libraries.

    Args:
        path: of the JSON file, from this folder or, failing that, from the nearest one above it that has it:
            the pages of a translation lie one folder deeper.

    Raises:
        FileNotFoundError: neither this folder nor one above it has such a file.

    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / path).is_file():
            return Atlas(**json.loads((folder / path).read_text("utf-8")))
    hint = "Hint: give the whole path, or run this in the folder of the book."
    raise FileNotFoundError(f"path must lead to a record from {here} or above it; got {path}. {hint}")

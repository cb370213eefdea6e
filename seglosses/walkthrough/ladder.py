"""Versions of one loss side by side: what each makes of the same grids."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Table:
    """Rows of text, the first one the head, that a notebook shows as a table."""

    rows: tuple[tuple[str, ...], ...]

    def __repr__(self) -> str:
        return "\n".join("  ".join(row) for row in self.rows)

    def _repr_markdown_(self) -> str:
        head, *body = (f"| {' | '.join(row)} |" for row in self.rows)
        return "\n".join([head, "|---" * len(self.rows[0]) + "|", *body])


def side_by_side(
    versions: Mapping[str, Callable[[Tensor, Tensor], Tensor]], cases: Mapping[str, tuple[Tensor, Tensor]]
) -> Table:
    """Give each case to each version of a loss.

    Args:
        versions: a name for each function of logits and mask.
        cases: a name for each pair of logits and mask.

    Returns:
        Losses to four decimals, or the kind of error, in a row for each case and a column for each version.
    """
    rows = [("", *versions)]
    for case, (inputs, targets) in cases.items():
        rows.append((case, *(_value(version, inputs, targets) for version in versions.values())))
    return Table(tuple(rows))


def _value(version: Callable[[Tensor, Tensor], Tensor], inputs: Tensor, targets: Tensor) -> str:
    try:
        return f"{version(inputs, targets).item():.4f}".replace("-", "\N{MINUS SIGN}")
    except (RuntimeError, TypeError, ValueError) as error:
        return type(error).__name__

"""Exercises answered with a grid, a mask or logits: rules on what is counted in it say the verdict."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import eq, gt, lt
from typing import Any

import torch
from torch import Tensor

from seglosses.exercises._check import NotYet, tensor
from seglosses.language import say
from seglosses.losses.bce import bce_loss
from seglosses.losses.dice import dice_loss
from seglosses.walkthrough.overlaps import overlap

NO_MASK = (
    "The answer must be a mask that holds only 0 and 1; got other numbers. "
    "Hint: paint each pixel wholly, or not at all."
)
NO_FLOATS = (
    "The answer must be a float tensor; got {came}. Hint: logits are real numbers, as answer.double()."
)
NAN = "The answer must be logits; got nan in some places. Hint: look for 0/0 or for infinity less infinity."

RELATIONS: Mapping[str, Callable[[Any, Any], bool]] = {"=": eq, ">": gt, "<": lt}


@dataclass(frozen=True)
class Rule:
    """What to say of a grid whose features are so: ``("tp", "=", 5)``. The first rule that fits speaks."""

    when: Sequence[tuple[str, str, Any]]
    reason: str
    """May hold features in braces: a count, or a loss to four decimals."""
    right: bool = False


@dataclass(frozen=True)
class Grid:
    """What both kinds share: the target, where painting starts, the masks that rules name, the rules."""

    target: Tensor
    start: Tensor
    masks: Mapping[str, Tensor]
    rules: Sequence[Rule]
    hint: str
    outline: Tensor | None = None
    """The mask whose edge the painter shows; None, the target's."""

    def judge(self, answer: Any) -> str:
        """Say what the first rule says that fits; the last one fits always."""
        features = self.features(self.taken(answer))
        for rule in self.rules:
            if all(RELATIONS[relation](features[name](), value) for name, relation, value in rule.when):
                break
        named = {name: feature for name, feature in features.items() if f"{{{name}}}" in rule.reason}
        reason = say(rule.reason).format(**{name: _said(feature()) for name, feature in named.items()})
        if rule.right:
            return reason
        raise NotYet(reason)

    def for_page(self) -> dict[str, Any]:
        """Give grids as rows."""
        return {
            "kind": "grid",
            "target": self.target.int().tolist(),
            "outline": (self.target if self.outline is None else self.outline).int().tolist(),
            "start": self.start.tolist(),
            "masks": {name: mask.int().tolist() for name, mask in self.masks.items()},
            "rules": [
                {"when": [list(one) for one in rule.when], "reason": rule.reason, "right": rule.right}
                for rule in self.rules
            ],
        }

    def taken(self, answer: Any) -> Tensor:
        """The answer, where it is a grid of the right kind.

        Raises:
            NotYet: it is not.
        """
        return tensor(answer, self.target.shape)

    def features(self, grid: Tensor) -> dict[str, Callable[[], Any]]:
        """What rules may ask, each computed when it is asked."""
        raise NotImplementedError

    def _named(self, mask: Tensor) -> str:
        """The name of a mask that is known; "" if it is none of them."""
        return next((name for name, known in self.masks.items() if torch.equal(mask, known > 0)), "")


class MaskGrid(Grid):
    """An exercise that asks for a mask."""

    def taken(self, answer: Any) -> Tensor:
        """The answer, where it is a mask."""
        grid = super().taken(answer)
        if not ((grid == 0) | (grid == 1)).all():
            raise NotYet(NO_MASK)
        return grid

    def features(self, grid: Tensor) -> dict[str, Callable[[], Any]]:
        """Counts of pixels, and Dice as a fraction."""
        n = overlap(grid, self.target)
        return {
            "mask": lambda: self._named(grid > 0),
            "tp": lambda: n.tp,
            "fp": lambda: n.fp,
            "fn": lambda: n.fn,
            "predicted": lambda: n.predicted,
            "dice": lambda: str(n.dice()),
        }

    def for_page(self) -> dict[str, Any]:
        """Give the grids as rows of 0 and 1."""
        return {**super().for_page(), "start": self.start.int().tolist(), "holds": "mask"}


@dataclass(frozen=True)
class LogitGrid(Grid):
    """An exercise that asks for logits. Its losses are those against the target, Dice with ``smooth``."""

    smooth: float = field(kw_only=True)

    def taken(self, answer: Any) -> Tensor:
        """The answer, where it holds real numbers."""
        grid = super().taken(answer)
        if not grid.is_floating_point():
            raise NotYet(say(NO_FLOATS).format(came=grid.dtype))
        return grid

    def features(self, grid: Tensor) -> dict[str, Callable[[], Any]]:
        """What is wrong with logits, the mask of the positive ones, and two losses."""
        return {
            "nan": lambda: int(grid.isnan().sum()),
            "infinite": lambda: int(grid.isinf().sum()),
            "others": lambda: int(((grid != 0) & (grid != 1)).sum()),
            "positive": lambda: self._named(grid > 0),
            "bce": lambda: bce_loss(grid, self.target).item(),
            "dice": lambda: dice_loss(grid, self.target, smooth=self.smooth).item(),
        }

    def for_page(self) -> dict[str, Any]:
        """Give the grids as rows of logits."""
        return {**super().for_page(), "holds": "logits", "smooth": self.smooth}


def _said(feature: Any) -> str:
    return f"{feature:.4f}" if isinstance(feature, float) else str(feature)

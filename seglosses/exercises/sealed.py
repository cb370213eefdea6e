"""The checks of a copy for students: they say right or not yet, and hold each answer as a digest alone.

:func:`seal` makes what such a copy shows of the description that the page reads; :func:`sealed` makes the
check of it. A function is judged by calling it, which a digest cannot do: whoever grades has the check.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from seglosses.exercises._check import Check, NotYet, Verdict
from seglosses.exercises._described import NOT_IT, number, plain
from seglosses.exercises._grids import RELATIONS, Grid, LogitGrid, MaskGrid
from seglosses.sealed import digest, fits, sealed_number, sealed_text

HAND_IN = "A function is judged by calling it, which this copy cannot do. Hand it in."


def sealed(name: str, description: Mapping[str, Any]) -> "Sealed":
    """Make the check of an exercise from what :func:`seal` made of its description."""
    return Sealed(name, description)


class Sealed(Check):
    """A check that reads a sealed description, as the page does."""

    def __init__(self, name: str, description: Mapping[str, Any]) -> None:
        self._name, self.description = name, dict(description)

    def __call__(self, answer: Any) -> Verdict:
        """Judge the answer; a function is not judged here."""
        if self.description["kind"] == "function" and answer is not ... and answer is not None:
            return Verdict(None, HAND_IN)
        return super().__call__(answer)

    @property
    def name(self) -> str:
        """The one of the exercise in the book."""
        return self._name

    @property
    def hint(self) -> str:
        """The description's."""
        return str(self.description["hint"])

    def for_page(self) -> dict[str, Any]:
        """Give the description."""
        return self.description

    def judge(self, answer: Any) -> str:
        """Compare digests: a wrong answer gets the hint, a right one no praise."""
        if self.description["kind"] == "sealed grid":
            right, said = self._fits_grid(answer), self.hint
        elif self.description["of"] == "number":
            value = number(answer)
            right, said = self._fits(value), NOT_IT.format(value=f"{value:.4g}", hint=self.hint)
        else:
            right, said = self._fits(plain(answer).replace(" ", "")), self.hint
        if not right:
            raise NotYet(said)
        return ""

    def _fits(self, answer: str | float) -> bool:
        return fits(self.description["seal"], answer)

    def _fits_grid(self, answer: Any) -> bool:
        given, features = _grid(self.description), dict[str, Callable[[], Any]]()
        grid = given.taken(answer)
        salt, known = self.description["salt"], self.description["masks"]
        mask = _digest_of_mask(salt, grid)
        features = given.features(grid) | dict.fromkeys(NAMED, lambda: mask if mask in known else "")

        def holds(feature: str, relation: str, value: Any) -> bool:
            came = features[feature]()
            return digest(salt, str(came)) == value if relation == "=" else RELATIONS[relation](came, value)

        for rule in self.description["rules"]:
            if all(holds(*condition) for condition in rule["when"]):
                return bool(rule["right"])
        return False


NAMED = ("mask", "positive")  # the features that are the name of a mask


def _grid(description: Mapping[str, Any]) -> Grid:
    target, start = torch.tensor(description["target"]).float(), torch.tensor(description["start"])
    if description["holds"] == "mask":
        return MaskGrid(target, start, {}, [], description["hint"])
    return LogitGrid(target, start, {}, [], description["hint"], smooth=description["smooth"])


def _digest_of_mask(salt: str, grid: Tensor) -> str:
    return digest(salt, json.dumps((grid > 0).int().tolist(), separators=(",", ":")))


def seal(name: str, description: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a copy for students shows of a description: no answer, no reason and no praise.

    ``name`` is the salt. Of a grid's rules the bounds stay as they are, for the exercise states them. What
    must be equal becomes a digest, and a rule says right or not right alone.
    """
    kind, hint = description["kind"], description["hint"]
    if kind == "number":
        limits = sealed_number(name, description["right"], description["within"])
        return {"kind": "sealed", "of": kind, "seal": limits, "says": description["says"], "hint": hint}
    if kind in ("letter", "word"):
        kept = {"letters": description["letters"], "hint": hint}
        if kind == "word":
            kept |= {"names": description["names"], "count": len(description["right"])}
        return {"kind": "sealed", "of": kind, "seal": sealed_text(name, description["right"]), **kept}
    return _seal_grid(name, description) if kind == "grid" else {"kind": kind, "hint": hint}


def _seal_grid(salt: str, description: Mapping[str, Any]) -> dict[str, Any]:
    masks = {name: _digest_of_mask(salt, torch.tensor(mask)) for name, mask in description["masks"].items()}

    def condition(feature: str, relation: str, value: Any) -> list[Any]:
        if feature in NAMED:
            value = masks.get(value, "")
        return [feature, relation, digest(salt, str(value)) if relation == "=" else value]

    rules = description["rules"]
    last = max(i for i, rule in enumerate(rules) if rule["right"])  # what fits none of these is not right
    kept = ("holds", "target", "outline", "start", "smooth", "hint")
    return {
        "kind": "sealed grid",
        **{name: description[name] for name in kept if name in description},
        "salt": salt,
        "masks": sorted(masks.values()),
        "rules": [
            {"when": [condition(*one) for one in rule["when"]], "right": rule["right"]}
            for rule in rules[: last + 1]
        ],
    }

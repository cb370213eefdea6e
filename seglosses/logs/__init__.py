"""What the losses of a training log say: which symptom they show, and what most often is behind it.

The symptoms are described once, in ``symptoms.json``: how numbers are found in a text, when a log shows
which symptom, and what is said of it in both languages. The widget that reads a pasted log in the page has
the same description, in ``widgets/log_reader/state.js``; a test holds both to the same words.
"""

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context
from itertools import pairwise
from pathlib import Path
from statistics import median
from textwrap import fill
from typing import Any

__all__ = ["Reading", "read_log"]

DESCRIBED: dict[str, Any] = json.loads((Path(__file__).with_name("symptoms.json")).read_text("utf-8"))
"""How a log is read, and the symptoms in the order in which they are looked for; for Python and the page."""

# As JavaScript reads them: letters, digits and blanks are those of ASCII.
_NUMBER, _LOSS = (re.compile(DESCRIBED[name], re.IGNORECASE | re.ASCII) for name in ("number", "loss"))
_RELATIONS = {"=": float.__eq__, ">": float.__gt__, "<": float.__lt__}
_DIGITS = Context(prec=4, rounding=ROUND_HALF_UP)
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Reading:
    """What a log shows. It prints as a sentence or two and the way to find out more."""

    name: str
    """The symptom, such as "stuck at 0.693"; one that begins with "healthy" is none."""
    says: str
    """What was seen, with the figures of the log."""
    why: str
    """What most often is behind it, the likeliest first."""
    check: str
    """A line of code that tells these apart; empty where there is nothing to check."""
    losses: tuple[float, ...]
    """The numbers that were read."""

    def __str__(self) -> str:
        told = [f"{self.name}: {self.says}", f"  {self.why}", f"  check: {self.check}" if self.check else ""]
        return "\n".join(fill(one, 80, subsequent_indent="  ") for one in told if one)


def read_log(log: str | Iterable[float], language: str = "en") -> Reading:
    """Say which symptom the losses of a log show.

    Args:
        log: the losses in their order, or a text that holds them. In a text, numbers behind the word "loss"
            are taken where there are any, those of a validation left out; else the second column where the
            first one counts steps; else all numbers. NaN and infinity count as numbers.
        language: of the answer, ``"en"`` or ``"zh"``.

    Returns:
        The first symptom that the numbers show, or that they show none. Numbers alone cannot say that a mask
        is good: no symptom is no proof.

    Raises:
        ValueError: there is no such language.

    Example:
        >>> print(read_log("epoch 1 loss: 0.6931, epoch 2 loss: 0.6930, 3 loss: 0.6932, loss: nan"))
        NaN after some steps: Value 4 is no number; the ones before it lie between 0.693
          and 0.6932.
          Half precision that overflows, 0/0 on an empty mask, the logarithm of 0, or
          one bad image.
          check: diagnose(model_output, target, loss)
    """
    if language not in DESCRIBED["languages"]:
        known = " or ".join(map(repr, DESCRIBED["languages"]))
        raise ValueError(f"language must be {known}; got {language!r}. Hint: English is the default.")
    losses = _found(log) if isinstance(log, str) else [float(one) for one in log]
    features = _features(losses)
    shown = next(one for one in DESCRIBED["symptoms"] if _holds(one["when"], features))
    said = shown[language]
    sentence = re.sub(r"\{(\w+)\}", lambda name: _figure(features[name[1]]), said["says"])
    return Reading(said["name"], sentence, said["why"], shown["check"], tuple(losses))


def _found(text: str) -> list[float]:
    """The losses in a text."""
    named = [found[1] for found in _LOSS.finditer(text)]
    rows = [row for row in (_NUMBER.findall(line) for line in text.split("\n")) if row]
    if not named and _counts([float(row[0]) for row in rows]) and {len(row) for row in rows} - {1}:
        named = [row[min(1, len(row) - 1)] for row in rows]
    return [float(one) for one in named or [one for row in rows for one in row]]


def _counts(column: list[float]) -> bool:
    """Whether a column numbers the steps: whole numbers, equally far apart."""
    steps = {after - before for before, after in pairwise(column)}
    return len(column) > 2 and all(one % 1 == 0 for one in column) and len(steps) == 1 and min(steps) > 0


def _features(losses: list[float]) -> dict[str, float]:
    """What the rules of the symptoms ask for; of the finite values before the first NaN or infinity."""
    bad = next((at for at, one in enumerate(losses, 1) if not math.isfinite(one)), 0)
    sound = (losses[: bad - 1] if bad else losses) or [0.0]
    n = len(sound)
    fifths = [median(sound[i * n // 5 : (i + 1) * n // 5] or sound[-1:]) for i in range(5)]
    late = sound[n // 2 :]
    size = max(map(abs, sound))
    steps = [after - before for before, after in pairwise(sound)] or [0.0]
    way = sum(map(abs, steps))
    return {
        "count": float(len(losses)),
        "bad": float(bad),
        "first": sound[0],
        "last": sound[-1],
        "low": min(sound),
        "high": max(sound),
        "late_low": min(late),
        "late_high": max(late),
        "start": fifths[0],
        "end": fifths[4],
        "lowest": min(fifths),
        "spread": (max(sound) - min(sound)) / (size or 1.0),
        # of what is left of the loss: 1 is where it began
        "second": _ratio(fifths[1], fifths[0]),
        "left": _ratio(fifths[4], fifths[0]),
        "turn": _ratio(fifths[4], min(fifths)),
        "blown": _ratio(sound[-1], median(sound)),
        "jump": _ratio(median(map(abs, steps)), median(map(abs, late))),
        "back": _ratio(sum(step for step in steps if step > 0), way)
        if way
        else 0.0,  # of its way, the part up
    }


def _ratio(top: float, bottom: float) -> float:
    return top / bottom if bottom > 0 else 1.0


def _holds(when: list[tuple[str, str, float]], features: dict[str, float]) -> bool:
    return all(_RELATIONS[relation](features[name], float(value)) for name, relation, value in when)


def _figure(x: float) -> str:
    """Four significant digits, as ``significant`` of ``kit/numbers.js`` sets them."""
    if x == 0 or 1e-4 <= abs(x) < 1e5:
        return f"{float(_DIGITS.create_decimal_from_float(x)):.12g}"
    digits, power = f"{_DIGITS.create_decimal_from_float(x):.3e}".split("e")
    return f"{float(digits):g}·10{str(int(power)).translate(_RAISED)}"

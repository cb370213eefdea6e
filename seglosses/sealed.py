"""Right answers as salted digests: what holds one can say "right" or "not yet", and not what is right.

A digest keeps an answer out of sight, not out of reach. Whoever writes a program that tries the five letters,
or all numbers of four decimals, has the answer in no time.
"""

import math
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

Seal = Mapping[str, Any]
"""``salt`` and ``digests``; with ``step`` it is about numbers, which are rounded to a multiple of that."""

PARTS = 4
"""Steps of a number's seal in what it may be off: an answer counts up to a quarter beyond."""


def sealed_text(salt: str, *right: str) -> dict[str, Any]:
    """Seal a word, a letter or the text of a choice; of several each is right."""
    return {"salt": salt, "digests": [digest(salt, one) for one in right]}


def sealed_number(salt: str, right: float, within: float) -> dict[str, Any]:
    """Seal a number: whatever lies no more than ``within`` from it fits, and a little beyond.

    With ``within`` 0 the number itself fits, as exactly as float64 computes.
    """
    step = (within or 1e-9 * max(1.0, abs(right))) / PARTS
    middle = _place(right, step)
    near = [middle + by for by in range(-PARTS - 1, PARTS + 2)]
    places = [place for place in near if abs(place * step - right) <= (PARTS + 0.5) * step]
    return {"salt": salt, "step": step, "digests": [digest(salt, str(place)) for place in places]}


def fits(seal: Seal, answer: str | float) -> bool:
    """Tell whether an answer is one that was sealed."""
    if "step" not in seal:
        return digest(seal["salt"], str(answer)) in seal["digests"]
    value, step = float(answer), seal["step"]
    return math.isfinite(value / step) and digest(seal["salt"], str(_place(value, step))) in seal["digests"]


def digest(salt: str, text: str) -> str:
    """The first half of what SHA-256 makes of both, in hexadecimal."""
    return sha256(f"{salt} {text}".encode()).hexdigest()[:32]


def _place(value: float, step: float) -> int:
    """How many steps, rounded as a page rounds."""
    return math.floor(value / step + 0.5)

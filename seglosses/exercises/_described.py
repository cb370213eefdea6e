"""Exercises described once: the check in Python reads what the form in the page (``state.js``) reads."""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from seglosses.exercises._check import RETURN, NotYet
from seglosses.language import say

NO_NUMBER = "The answer must be a number; got {came}. {hint}"
PLAINLY = "Hint: write it as 0.5 or 1 / 2, without words."
TWO_WAYS = "Hint: write a point before decimals, and no sign between thousands."
NOT_IT = "{value} is not it. {hint}"
NO_LETTER = "The answer must be one of {letters}; got {came}. Hint: one letter, in quotation marks."
NO_WORD = (
    "The answer must be {count} letters out of {letters}; got {came}. "
    "Hint: one letter for each question, in one word, in quotation marks."
)
SO_MANY = "{right} of {all} are right. {hint}"

_DIGITS = "[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?"
_TYPED = re.compile(f" *({_DIGITS}) *(?:/ *({_DIGITS})|(%))? *")
_THOUSANDS = re.compile("[+-]?[1-9][0-9]{0,2},[0-9]{3}")


def typed(text: str) -> float:
    """Read a number as it is typed: 0.11, 0,11, 1/9, 11 %.

    Raises:
        NotYet: it is none, or may be two: 3,162 is 3.162 to one reader and 3162 to another.
    """
    plain = unicodedata.normalize("NFKC", text).translate({0x2212: "-", 0x2044: "/", 0x9: " "})
    found = _TYPED.fullmatch(plain)
    parts = [part for part in found.group(1, 2) if part] if found else []
    if any(_THOUSANDS.fullmatch(part) for part in parts):
        raise NotYet(say(NO_NUMBER).format(came=f"'{text}'", hint=say(TWO_WAYS)))
    above, *below = [float(part.replace(",", ".")) for part in parts] or [math.nan]
    divisor = 100.0 if found and found[3] else below[0] if below else 1.0
    if math.isnan(above) or divisor == 0:
        raise NotYet(say(NO_NUMBER).format(came=f"'{text}'", hint=say(PLAINLY)))
    return above / divisor + 0.0  # turns -0 into 0


@dataclass(frozen=True)
class Number:
    """An exercise that asks for a number: the right one, and the likely wrong ones with their reasons."""

    right: Fraction | float
    praise: str
    slips: Mapping[Any, str]
    hint: str
    within: float = 0.0006  # as exact as three decimals

    def judge(self, answer: Any) -> str:
        """Compare a number, also one that is typed, with the right one and with the slips."""
        value = number(answer)
        if abs(value - self.right) < self.within:
            return self.praise
        for slip, reason in self.slips.items():
            if abs(value - slip) < self.within:
                raise NotYet(reason)
        raise NotYet(say(NOT_IT).format(value=f"{value:.4g}", hint=say(self.hint)))

    def for_page(self) -> dict[str, Any]:
        """Give the numbers as floats, as they are compared."""
        return {
            "kind": "number",
            "right": float(self.right),
            "praise": self.praise,
            "slips": [[float(slip), reason] for slip, reason in self.slips.items()],
            "within": self.within,
            "says": {"none": NO_NUMBER, "plainly": PLAINLY, "twoWays": TWO_WAYS, "wrong": NOT_IT},
        }


def number(answer: Any) -> float:
    """The value of an answer, which may be typed.

    Raises:
        NotYet: it is no number.
    """
    if isinstance(answer, str):
        return typed(answer)
    try:
        return float(answer) + 0.0
    except (TypeError, ValueError, RuntimeError):
        came, hint = ("nothing", RETURN) if answer is None else (repr(answer), PLAINLY)
        raise NotYet(say(NO_NUMBER).format(came=say(came), hint=say(hint))) from None


@dataclass(frozen=True)
class Letter:
    """An exercise that asks for one of a few letters."""

    right: str
    praise: str
    wrong: Mapping[str, str]
    hint: str

    def judge(self, answer: Any) -> str:
        """Compare a letter with the right one."""
        given = plain(answer)
        if given == self.right:
            return self.praise
        if given in self.wrong:
            raise NotYet(self.wrong[given])
        letters = ", ".join(f"'{one}'" for one in self._letters())
        raise NotYet(say(NO_LETTER).format(letters=letters, came=_quoted(answer)))

    def _letters(self) -> list[str]:
        return sorted([self.right, *self.wrong])

    def for_page(self) -> dict[str, Any]:
        """Give the letters in their order."""
        return {
            "kind": "letter",
            "letters": self._letters(),
            "right": self.right,
            "praise": self.praise,
            "wrong": dict(self.wrong),
            "says": {"none": NO_LETTER},
        }


@dataclass(frozen=True)
class Word:
    """An exercise of several questions, each answered with a letter; the first wrong one gets its reason."""

    right: str
    praise: str
    hints: Sequence[str]
    """What is said of each question while it is the first wrong one."""
    hint: str
    names: Mapping[str, str] = field(default_factory=dict)
    """What a letter stands for, where the page is to say it: t for true."""

    def judge(self, answer: Any) -> str:
        """Compare an answer of several letters with the right one."""
        given, letters = plain(answer).replace(" ", ""), self._letters()
        if len(given) != len(self.right) or not set(given) <= set(letters):
            came = _quoted(answer)
            raise NotYet(say(NO_WORD).format(count=len(self.right), letters=", ".join(letters), came=came))
        wrong = [at for at, (one, other) in enumerate(zip(given, self.right, strict=True)) if one != other]
        if wrong:
            count = len(self.right)
            raise NotYet(
                say(SO_MANY).format(right=count - len(wrong), all=count, hint=say(self.hints[wrong[0]]))
            )
        return self.praise

    def _letters(self) -> list[str]:
        return sorted(set(self.right))

    def for_page(self) -> dict[str, Any]:
        """Give the letters in their order, and what they stand for."""
        return {
            "kind": "word",
            "letters": self._letters(),
            "names": dict(self.names),
            "right": self.right,
            "praise": self.praise,
            "hints": list(self.hints),
            "says": {"none": NO_WORD, "wrong": SO_MANY},
        }


def plain(answer: Any) -> str:
    """Small letters without spaces around them; of what is no text, nothing."""
    return answer.strip(" ").lower() if isinstance(answer, str) else ""


def _quoted(answer: Any) -> str:
    return f"'{answer}'" if isinstance(answer, str) else repr(answer)


def counted(count: int) -> str:
    """A whole number as prose has it: in words up to ten, in digits beyond."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[count] if count < len(words) else str(count)

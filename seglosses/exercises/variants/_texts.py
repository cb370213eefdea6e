"""The questions and solutions of the variants, in a Markdown file for each language, filled with numbers."""

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en",)
_BLANK = re.compile(r"\{\{(\w+)(?::([^}]*))?\}\}")


@cache
def texts(language: str) -> dict[str, tuple[str, str]]:
    """Question and solution by the exercise's label, with blanks as ``{{lung}}`` or ``{{loss:.4f}}``.

    Raises:
        ValueError: there is no file of this language.
    """
    if language not in LANGUAGES:
        hint = "Hint: the file of a language is named after it."
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}; got {language!r}. {hint}")
    written = Path(__file__).with_name(f"{language}.md").read_text("utf-8")
    _, *parts = re.split(r"^# ([\w-]+)\n", written, flags=re.M)
    halves = [part.split("\n## solution\n") for part in parts[1::2]]
    return {
        label: (question.strip(), solution.strip())
        for label, (question, solution) in zip(parts[::2], halves, strict=True)
    }


def filled(text: str, values: Mapping[str, Any]) -> str:
    """A text with its blanks filled; a format after a colon makes a float of a fraction."""
    return _BLANK.sub(lambda blank: said(values[blank[1]], blank[2]), text)


def said(value: Any, form: str | None = None) -> str:
    """One value in Markdown: a fraction with a bar, and with its decimals."""
    if form:
        return f"{float(value):{form}}"
    if isinstance(value, Fraction) and value.denominator > 1:
        sign = "=" if 10**4 % value.denominator == 0 else r"\approx"
        decimals = f"{float(value):.4f}" if sign != "=" else f"{float(value):g}"
        bar = rf"\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"
        return f"${'-' * (value < 0)}{bar} {sign} {decimals}$"
    return f"{value:.6g}" if isinstance(value, float) else str(value)

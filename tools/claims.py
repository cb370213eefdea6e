"""The claims that a chapter makes, and what holds them: sentences that generalise or compare, and formulas.

A number can be right and the sentence around it wrong. So a word that turns a sentence round when it is
turned itself ("rises", "below", "more", "always", "first") counts like a numeral, and so does a sign or an
operator of a formula. For each chapter ``tests/book/claims_<chapter>.py`` has a function ``claims()`` that
yields

    cell, words, holds

where the cell ``ANYWHERE`` of claims_common.py is any cell of any chapter. The words stand in that cell as
they are quoted; ``holds`` is what was computed of them, or a reason of :class:`Because` why nothing can be. A
word that no quote covers is asked for, and so is a quote that no longer stands there: whoever turns a word
round has to look at what was computed.

Formulas of numbers alone are worked out here: each side of an equation must come to the same.
"""

import ast
import re
import runpy
from collections.abc import Iterator
from enum import Enum
from functools import cache
from itertools import pairwise
from math import exp, isclose, log, sqrt
from typing import Any, NamedTuple

from numerals import NUMERAL, ROOT, prose


class Because(Enum):
    """Why a sentence with such a word needs no computation, or can have none."""

    ADVICE = "tells the reader what to do, or asks; it says nothing of the world"
    STORY = "the order of the page or of a calculation, a place in a figure, or a manner of speaking"
    MEANING = "says what a word or a symbol means"
    CITED = "what a cited text says or has measured; it was looked up there"
    REFUTED = "a slip or another's error, quoted to be corrected in the same place"
    OPINION = "a judgement that its author answers for"


# Each word with what turns it round. Words that stand in almost every sentence (all, no, only, every, up) are
# left out: turning them gives nonsense more often than a false claim.
OPPOSITES = {
    "rise": "fall", "rises": "falls", "grow": "shrink", "grows": "shrinks", "climb": "sink",
    "climbs": "sinks", "above": "below", "more": "less", "fewer": "more", "larger": "smaller",
    "higher": "lower", "longer": "shorter", "harder": "easier", "steeper": "flatter", "faster": "slower",
    "nearer": "farther", "stronger": "weaker", "largest": "smallest", "highest": "lowest",
    "longest": "shortest", "hardest": "easiest", "steepest": "flattest", "fastest": "slowest",
    "strongest": "weakest", "most": "least", "best": "worst", "better": "worse", "always": "never",
    "often": "seldom", "usually": "seldom", "rarely": "often", "everywhere": "nowhere", "first": "last",
    "before": "after", "beats": "loses to", "wins": "loses", "exceeds": "stays below", "earlier": "later",
}  # fmt: skip
OPPOSITES = {b: a for a, b in OPPOSITES.items()} | OPPOSITES
# Where the word makes no claim: "below" as "further down", "first" as "in the beginning", "one more pixel".
WHERE = {
    "above": r"(?=\s+(?:[\d$`½]|(?:a|an|the|one|that|its?|zero|chance|this|all|half)\b))",
    "more": r"(?<!\bone )(?<!\btwo )(?<!\bonce )(?<!\bno )more",
    "longer": r"(?<!\bno )longer",
    "first": r"(?=[.,;:?]|\s(?:and|to|for|where|when)\b)",
    "last": r"(?=[.,;:?])",
    "after": r"(?<=\b(?:long|even|just) )after",
    "before": r"(?<=\b(?:long|even|just|step) )before|before(?=\s(?:Dice|BCE|IoU|[Ff]ocal|any|all)\b)",
}


class Word(NamedTuple):
    """A word, or an operator of a formula, and where it stands."""

    start: int
    end: int
    text: str


def _pattern(word: str) -> str:
    where = WHERE.get({"below": "above"}.get(word, word), "")
    return where if word in where else word + where


_ANY = "|".join(_pattern(word) for word in sorted(OPPOSITES, key=len, reverse=True))
WORDS = re.compile(rf"(?<![\w-])(?:{_ANY})(?![\w-])", re.IGNORECASE)
FORMULA = re.compile(r"\$\$(?P<block>.+?)\$\$|(?<![\\$])\$(?P<line>[^$\n]+)\$(?!\$)", re.DOTALL)
OPERATOR = re.compile(r"\\(?:le|ge|lt|gt)\b|[-+<>]")
TURNED = {r"\le": r"\ge", r"\ge": r"\le", "<": ">", ">": "<", "+": "-", "-": "+"}


def blank(text: str, pattern: re.Pattern[str]) -> str:
    """The text with spaces in the place of what the pattern finds."""
    return pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def words(text: str) -> list[Word]:
    """The words of a cell that could be turned round, outside of code and formulas."""
    shown = blank(prose(text), FORMULA)
    return [Word(*found.span(), found[0]) for found in WORDS.finditer(shown)]


def operators(text: str) -> list[Word]:
    """The operators, relations and signs of a cell's formulas; signs of numerals are left to numerals.py."""
    shown = prose(text)
    of_numerals = {found.start() for found in NUMERAL.finditer(shown) if found["sign"]}
    return [
        Word(*found.span(), found[0])
        for formula in FORMULA.finditer(shown)
        for found in OPERATOR.finditer(shown, *formula.span(formula.lastgroup or 0))
        if found.start() not in of_numerals
    ]


# ---- formulas of numbers alone ----

LATEX = [
    (r"\\(?:begin|end)\{aligned\}|\\left|\\right|\\q?quad|\\[,;!]|&|\\\\", " "),
    (r"\\frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"((\1)/(\2))"),
    (r"\\sqrt\s*\{([^{}]*)\}", r"sqrt(\1)"),
    (r"\\times|\\cdot", "*"),
    (r"\\div", "/"),
    (r"\\ln\s*([\d.]+)", r"log(\1)"),
    (r"\\ln(?=\s*\()", "log"),
    (r"\be\^\{([^{}]*)\}", r"exp(\1)"),
    (r"\^\{([^{}]*)\}", r"**(\1)"),
    (r"\^(\d)", r"**\1"),
    (r"\|([^|]*)\|", r"abs(\1)"),
    (r"\{,\}", ""),
    (r"\\%", "/100"),
    (r"\[", "("),
    (r"\]", ")"),
]


NAMES: dict[str, Any] = {"abs": abs, "exp": exp, "log": log, "sqrt": sqrt, "__builtins__": {}}


def worked_out(side: str) -> float | None:
    """The value of one side of an equation; None where it is not of numbers alone."""
    if re.search(r"[A-Za-z\\]", re.sub(r"abs|exp|log|sqrt", "", side)) or not side.strip():
        return None
    try:
        tree = ast.parse(re.sub(r"(?<=[\d)])\s*(?=abs|exp|log|sqrt|\()", "*", side.strip()), mode="eval")
        return float(eval(compile(tree, "", "eval"), NAMES))
    except (SyntaxError, TypeError, ZeroDivisionError):
        return None


def sides(formula: str) -> list[tuple[str, str]]:
    """The sides of an equation as Python would read them, each with the relation before it."""
    for latex, python in LATEX:
        before = ""
        while before != formula:
            before, formula = formula, re.sub(latex, python, formula)
    parts = re.split(r"(=|\\approx)", formula)
    return [("=", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]


def as_near_as_printed(a: float, b: float, printed: str) -> bool:
    """Whether two values agree, to as many decimals as the rounded one is printed with."""
    decimals = len(printed.strip().partition(".")[2])
    return isclose(a, b, abs_tol=1.01 * 10**-decimals if re.fullmatch(r"\s*-?[\d.]+\s*", printed) else 1e-3)


def wrong_equations(text: str) -> list[str]:
    """The equations of a cell of which two neighbouring sides are numbers that differ."""
    found = []
    for formula in FORMULA.finditer(prose(text)):
        parts = [(side, worked_out(side)) for _, side in sides(formula["block"] or formula["line"])]
        for (_, a), (side, b) in pairwise(parts):
            if a is not None and b is not None and not as_near_as_printed(a, b, side):
                found.append(f"{' '.join(formula[0].split())}: {a:.6g} is not {b:.6g}")
    return found


def worked_out_spans(text: str) -> list[tuple[int, int]]:
    """Where the formulas stand that are worked out from end to end; what has a name in front is left out."""
    found = []
    for formula in FORMULA.finditer(prose(text)):
        values = [worked_out(side) for _, side in sides(formula["block"] or formula["line"])]
        numbers = values[1:] if values[0] is None else values
        if len(numbers) > 1 and None not in numbers:
            start, end = formula.span()
            relation = re.search(r"=|\\approx", formula[0])
            found.append((start + relation.start() if relation and values[0] is None else start, end))
    return found


# ---- what holds the rest ----

Claim = tuple[str, str, object]
ANYWHERE = "*"


@cache
def claims(chapter: str) -> tuple[Claim, ...]:
    """What a chapter's file claims, in its order."""
    found: list[Claim] = []
    for path in (ROOT / f"tests/book/claims_{name}.py" for name in ("common", chapter)):
        found += runpy.run_path(str(path))["claims"]() if path.exists() else ()
    return tuple(found)


def quoted(text: str, quote: str) -> list[tuple[int, int]]:
    """Where a cell says these words, whatever its line breaks."""
    pattern = r"\s+".join(re.escape(word) for word in quote.split())
    return [found.span() for found in re.finditer(pattern, prose(text))]


def unheld(chapter: str, cell: str, text: str) -> Iterator[Word]:
    """The words and operators of a cell that no claim covers."""
    here = (quote for where, quote, _ in claims(chapter) if where in (cell, ANYWHERE))
    spans = [span for quote in here for span in quoted(text, quote)]
    spans += worked_out_spans(text)
    for word in sorted([*words(text), *operators(text)]):
        if not any(start <= word.start and word.end <= end for start, end in spans):
            yield word


def said_around(text: str, word: Word) -> str:
    """A word with some of what stands around it."""
    return " ".join(text[max(0, word.start - 40) : word.end + 30].split())


def of_cell(chapter: str, cell: str, text: str) -> Iterator[str]:
    """What is wrong with a cell: what it claims and does not hold, what is quoted and it does not say."""
    for where, quote, holds in claims(chapter):
        if where == cell and not quoted(text, quote):
            yield f"{cell}: does not say {quote!r}"
        elif where == cell and not isinstance(holds, Because) and not holds:
            yield f"{cell}: {quote!r} does not hold"
    for wrong in wrong_equations(text):
        yield f"{cell}: {wrong}"
    for word in unheld(chapter, cell, text):
        yield f"{cell}: nothing holds {word.text!r} in {said_around(text, word)!r}"


def complaints(chapter: str, texts: dict[str, str]) -> list[str]:
    """What is wrong with the claims of a chapter whose cells say ``texts``."""
    gone = {cell for cell, _, _ in claims(chapter)} - texts.keys() - {ANYWHERE}
    common = (quote for cell, quote, holds in claims(chapter) if cell == ANYWHERE and not holds)
    return [
        *(f"{quote!r} does not hold" for quote in common),
        *(f"{cell}: there is no such cell" for cell in sorted(gone)),
        *(one for cell, text in texts.items() for one in of_cell(chapter, cell, text)),
    ]

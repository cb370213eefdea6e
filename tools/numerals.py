"""The numerals that a chapter prints, and the ones that are computed for it.

For each chapter ``tests/book/numbers_<chapter>.py`` gives the numerals of each cell, computed and rounded as
they are printed, in the order in which they are read. Both languages must print the same ones; a translated
cell that has to say them in another order carries a tag (``ANY_ORDER``). Looked at is what a reader sees:
markdown, the alternative texts of pictures, and the texts of questions, except where they compute a number
themselves. Numbers spelled as words are not looked at, nor is what is no prose: code, citations,
labels, directives' names and options, link targets, list markers.
"""

import ast
import json
import re
import runpy
from collections.abc import Collection, Iterator
from functools import cache
from itertools import takewhile
from operator import eq
from pathlib import Path
from typing import Any

from languages import language_of

ROOT = Path(__file__).parents[1]

FENCE = re.compile(r"(`{3,}|:{3,})[ ]*(?P<directive>\{[\w-]+\})?[ ]*(?P<title>.*)")
LABELS = re.compile(
    r"\{(exercise|solution|figure|image|bibliography|code)"
)  # no title, but a label or a path
NO_PROSE = re.compile(
    r"""
      ^:[\w-]+:.*$              # a directive's option
    | \{cite[\w:]*\}`[^`]*`     # a citation
    | (?<!\})`[^`\n]+`          # code within a line
    | ^\([\w-]+\)=$             # a label
    | \]\([^)]*\) | <[^<>\s]+>  # a link's target
    | ^[ ]*\d+\.(?=[ ])         # the marker of a numbered list
    """,
    re.MULTILINE | re.VERBOSE,
)
# Where a minus is a sign and no difference; between Chinese words it may stand without a space.
SIGNED = re.compile(r"(?<![^\W\u4e00-\u9fff])(?<![)}%\]])")
NUMERAL = re.compile(
    r"""
    (?<![A-Za-z_\\\d])                  # H100 and float64 are names
    (?:SIGNED(?P<sign>[-\u2212])(?:\\frac\{)?)?  # \frac carries its own sign
    (?P<size>\d+(?:(?:,|\{,\}|\\,)\d{3})*(?:\.\d+)?
    (?:\s?\\?%)?)
    | [\u00b2\u00b3\u00b9\u00bc-\u00be]  # small raised figures, and fractions in one character
    """.replace("SIGNED", SIGNED.pattern),
    re.VERBOSE,
)
ANY_ORDER = "numerals-in-any-order"
QUESTIONS = ("Question", "NumberQuestion")


def chapters() -> list[Path]:
    """Every notebook of the book, in every language."""
    return [path for path in sorted((ROOT / "book").rglob("*.ipynb")) if path.parent.name[0] != "."]


def originals() -> list[Path]:
    """The notebooks of the English book."""
    return [path for path in chapters() if language_of(path) == "en"]


def cells(path: Path) -> dict[str, str]:
    """What each cell of a notebook says, by the cell's id."""
    notebook = json.loads(path.read_text("utf-8"))
    return {cell["id"]: said(cell) for cell in notebook["cells"]}


@cache
def free_cells(path: Path) -> set[str]:
    """The ids of the cells that a tag allows to print their numerals in any order."""
    notebook = json.loads(path.read_text("utf-8"))
    return {cell["id"] for cell in notebook["cells"] if ANY_ORDER in cell["metadata"].get("tags", [])}


def said(cell: dict[str, Any]) -> str:
    """A markdown cell's text, or a code cell's alternative text and the texts of its questions."""
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return source
    alt = cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", "")
    return f"{alt}\n{asked(source)}"


def asked(source: str) -> str:
    """Blank out all code but the texts of questions; what remains stays where it was."""
    kept = re.sub(r"[^\n]", " ", source)
    if not any(f"{name}(" in source for name in QUESTIONS):
        return kept
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in QUESTIONS:
            for text in texts(call):
                start, end = span(source, text)
                shown = source[start:end]
                if isinstance(text, ast.JoinedStr):  # what an f-string computes is no typed numeral
                    shown = re.sub(r"\{[^{}]*\}", lambda found: " " * len(found[0]), shown)
                kept = kept[:start] + shown + kept[end:]
    return kept


def texts(call: ast.Call) -> Iterator[ast.expr]:
    """The question, its choices or slips with their reasons, and what it reveals."""
    shown = [*call.args, *(k.value for k in call.keywords if k.arg in ("slips", "reveal", "unit"))]
    for argument in shown:
        for part in [*argument.keys, *argument.values] if isinstance(argument, ast.Dict) else [argument]:
            if isinstance(part, ast.Constant | ast.JoinedStr | ast.UnaryOp):
                yield part


def span(source: str, node: ast.expr) -> tuple[int, int]:
    """Where an expression stands in its source; the parser counts bytes within a line."""
    lines = source.splitlines(keepends=True)

    def at(line: int | None, column: int | None) -> int:
        assert line is not None  # parsed from a source, every expression has its place
        assert column is not None
        return sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:column].decode())

    return at(node.lineno, node.col_offset), at(node.end_lineno, node.end_col_offset)


def prose(text: str) -> str:
    """Blank out what is no prose; what remains stays where it was."""
    lines: list[str] = []
    open_fences: list[tuple[str, str]] = []
    for line in text.split("\n"):
        fence = FENCE.match(line)
        in_code = bool(open_fences) and not open_fences[-1][1]
        if fence and open_fences and line.strip() == open_fences[-1][0]:
            open_fences.pop()
            line = " " * len(line)
        elif in_code:
            line = " " * len(line)
        elif fence:
            directive = fence["directive"] or ""
            open_fences.append((fence[1], directive))
            kept = "" if not directive or LABELS.match(directive) else fence["title"]
            line = kept.rjust(len(line))
        lines.append(line)
    return NO_PROSE.sub(lambda found: " " * len(found[0]), "\n".join(lines))


def numerals(text: str) -> list[str]:
    """The numerals of a text in order, whatever their thousands separator, minus sign or space before %."""
    found = (numeral[0] for numeral in NUMERAL.finditer(prose(text)))
    return [re.sub(r"\\frac\{|,|\{,\}|\\,|\\|\s", "", n).replace("\u2212", "-") for n in found]


@cache
def computed(chapter: str) -> dict[str, list[str]]:
    """The numerals of each cell of a chapter, as its facts give them, in order."""
    path = ROOT / f"tests/book/numbers_{chapter}.py"
    facts = runpy.run_path(str(path))["numbers"]() if path.exists() else {}
    return {cell: numerals(text) for cell, text in facts.items()}


def complaints(chapter: str, texts: dict[str, str], free: Collection[str] = ()) -> list[str]:
    """What differs between the numerals that a chapter's cells print and the computed ones.

    In order, except in the cells of ``free``.
    """
    facts, found = computed(chapter), []
    for cell in texts.keys() | facts.keys():
        printed, expected = numerals(texts.get(cell, "")), facts.get(cell, [])
        if cell in free:
            printed, expected = sorted(printed), sorted(expected)
        if cell not in texts or printed != expected:
            same = sum(takewhile(bool, map(eq, printed, expected)))
            came, wanted = printed[same : same + 5], expected[same : same + 5]
            found.append(f"{cell}: after {same} numerals, printed {came}, computed {wanted}")
    return sorted(found)


def scientific(number: float) -> str:
    """The numerals of a number that is printed as 3.4 x 10^38: its digits, 10 and the exponent."""
    digits, exponent = f"{number:.1e}".split("e")
    return f"{digits} 10 {int(exponent)}"

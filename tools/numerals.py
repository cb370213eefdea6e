"""The numerals that a chapter prints, and the ones that are computed for it.

For each chapter ``tests/book/numbers_<chapter>.py`` gives the numerals of each cell, computed and rounded as
they are printed. Both languages must print the same ones. Looked at is what a reader sees: markdown, the
alternative texts of pictures, and the texts of questions, except where they compute a number themselves.
Numbers spelled as words are not looked at, nor is what is no prose: code, citations, labels, directives'
names and options, link targets, list markers.
"""

import ast
import json
import re
import runpy
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

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
NUMERAL = re.compile(
    r"""
    (?<![A-Za-z_\\\d])                  # H100 and float64 are names
    (?:(?<![\w)}%\]])[-\u2212](?:\\frac\{)?)?  # a sign, no difference; \frac carries its own
    \d+(?:(?:,|\{,\}|\\,)\d{3})*(?:\.\d+)?
    (?:\s?\\?%)?
    | [\u00b2\u00b3\u00b9\u00bc-\u00be]  # small raised figures, and fractions in one character
    """,
    re.VERBOSE,
)
QUESTIONS = ("Question", "NumberQuestion")


def chapters() -> list[Path]:
    """Every notebook of the book, in both languages."""
    return [path for path in sorted((ROOT / "book").rglob("*.ipynb")) if path.parent.name[0] != "."]


def cells(path: Path) -> dict[str, str]:
    """What each cell of a notebook says, by the cell's id."""
    notebook = json.loads(path.read_text("utf-8"))
    return {cell["id"]: said(cell) for cell in notebook["cells"]}


def said(cell: dict) -> str:
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

    def at(line: int, column: int) -> int:
        return sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:column].decode())

    return at(node.lineno, node.col_offset), at(node.end_lineno, node.end_col_offset)


def prose(text: str) -> str:
    """Blank out what is no prose; what remains stays where it was."""
    lines, open_fences = [], []
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


def digits(text: str) -> list[int]:
    """Where the digits of a text's numerals stand."""
    found = NUMERAL.finditer(prose(text))
    return [at for numeral in found for at in range(*numeral.span()) if text[at].isdecimal()]


def changed(text: str, at: int) -> str:
    """The text with another digit in this place."""
    return text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]


def numerals(text: str) -> Counter[str]:
    """Count the numerals of a text, whatever their thousands separator, minus sign or space before %."""
    found = (numeral[0] for numeral in NUMERAL.finditer(prose(text)))
    return Counter(
        re.sub(r"\\frac\{|,|\{,\}|\\,|\\|\s", "", numeral).replace("\u2212", "-") for numeral in found
    )


@cache
def computed(chapter: str) -> dict[str, Counter[str]]:
    """The numerals of each cell of a chapter, as its facts give them."""
    path = ROOT / f"tests/book/numbers_{chapter}.py"
    facts = runpy.run_path(str(path))["numbers"]() if path.exists() else {}
    return {cell: numerals(text) for cell, text in facts.items()}


def complaints(chapter: str, texts: dict[str, str]) -> list[str]:
    """What differs between the numerals that a chapter's cells print and the computed ones."""
    facts, found = computed(chapter), []
    for cell in texts.keys() | facts.keys():
        printed, expected = numerals(texts.get(cell, "")), facts.get(cell, Counter())
        if cell not in texts or printed != expected:
            found.append(
                f"{cell}: only printed {dict(printed - expected)}, only computed {dict(expected - printed)}"
            )
    return sorted(found)

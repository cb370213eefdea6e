"""No number in the prose that nobody checked: every numeral of every chapter is a computed one.

For each chapter ``numbers_<chapter>.py`` gives the numerals of each markdown cell, computed and rounded as
they are printed. Both languages must print the same ones. Numbers spelled as words are not looked at, nor
is what is no prose: code, citations, labels, directives' names and options, link targets, list markers.
"""

import json
import re
import runpy
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
BOOK = HERE.parents[1] / "book"
CHAPTERS = sorted(path for path in BOOK.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)

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


def prose(markdown: str) -> str:
    """Blank out what is no prose; what remains stays where it was."""
    lines, open_fences = [], []
    for line in markdown.split("\n"):
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


def numerals(markdown: str) -> Counter[str]:
    """Count the numerals of a text, whatever their thousands separator, minus sign or space before %."""
    found = (numeral[0] for numeral in NUMERAL.finditer(prose(markdown)))
    return Counter(
        re.sub(r"\\frac\{|,|\{,\}|\\,|\\|\s", "", numeral).replace("\u2212", "-") for numeral in found
    )


@cache
def computed(chapter: str) -> dict[str, Counter[str]]:
    """The numerals of each cell of a chapter, as its facts give them."""
    path = HERE / f"numbers_{chapter}.py"
    facts = runpy.run_path(str(path))["numbers"]() if path.exists() else {}
    return {cell: numerals(text) for cell, text in facts.items()}


def cells(path: Path) -> dict[str, str]:
    """The text of each markdown cell."""
    notebook = json.loads(path.read_text("utf-8"))
    return {c["id"]: "".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "markdown"}


def complaints(chapter: str, texts: dict[str, str]) -> list[str]:
    """What differs between the numerals that the cells print and the computed ones."""
    facts, found = computed(chapter), []
    for cell in texts.keys() | facts.keys():
        printed, expected = numerals(texts.get(cell, "")), facts.get(cell, Counter())
        if cell not in texts or printed != expected:
            found.append(
                f"{cell}: only printed {dict(printed - expected)}, only computed {dict(expected - printed)}"
            )
    return sorted(found)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: str(path.relative_to(BOOK)))
def test_every_numeral_in_the_prose_is_computed(path):
    """Each cell prints exactly its computed numerals, rounded as printed, each as often."""
    assert complaints(path.stem, cells(path)) == []


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: str(path.relative_to(BOOK)))
def test_changing_any_numeral_is_noticed(path):
    """One digit of one numeral changed, for each digit of each numeral in turn, and the check fails."""
    expected = computed(path.stem)
    for cell, text in cells(path).items():
        for numeral in NUMERAL.finditer(prose(text)):
            for at in (i for i in range(*numeral.span()) if text[i].isdecimal()):
                changed = text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]
                assert numerals(changed) != expected.get(cell, Counter()), f"{cell}: {numeral[0]}"


def test_the_glossary_does_without_numerals():
    """It is no notebook with facts beside it, so it spells what it counts, and its terms are in order."""
    glossary = (BOOK / "glossary.md").read_text("utf-8")
    assert numerals(glossary) == Counter()
    terms = re.findall(r"^(\w.*)\n  ", glossary, re.MULTILINE)
    assert len(terms) > 40
    assert terms == sorted(terms, key=str.casefold)


def test_a_cell_without_facts_and_facts_without_a_cell_are_noticed():
    """Neither a new paragraph with a number nor a leftover fact passes."""
    texts = cells(BOOK / "dice.ipynb")
    assert complaints("dice", texts | {"dice-new": "Dice is 0.97."}) == [
        "dice-new: only printed {'0.97': 1}, only computed {}"
    ]
    del texts["dice-rounding"]
    assert complaints("dice", texts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dice is 0.97, not 0.970.", ["0.97", "0.970"]),
        ("48,992,640 or $48{,}992{,}640$ or $48\\,992\\,640$", ["48992640"] * 3),
        (r"$\frac{38}{39} \approx 0.9744$", ["38", "39", "0.9744"]),
        (
            "$1 - 0.97$ and $-\\frac{44}{729} \\approx -0.0604$ and \u22125",
            ["1", "0.97", "-44", "729", "-0.0604", "-5"],
        ),
        (r"$6.4 \times 10^{-7}$ and $a-2$ and $\sum_{i=1} x_1$", ["6.4", "10", "-7", "2", "1"]),
        ("17 % and 17% and $17\\%$", ["17%"] * 3),
        ("像素共有20个占20%。", ["20", "20%"]),
        ("`smooth=1`, float64, H100, V1, x² and ½", ["²", "½"]),
        ("```python\nx = 1\n```\n5", ["5"]),
        ("```\n0 0 1\n```\n5", ["5"]),
        ("```{dropdown} 0.83\n:class: c2\nOf 83 pixels.\n```", ["0.83", "83"]),
        ("```{exercise-start} One\n:label: e-1\n```\nUse 2.", ["2"]),
        ("```{solution-start} e-1\n:class: dropdown\n```\n1/9\n\n```python\n1 / 9\n```", ["1", "9"]),
        ("{cite:p}`dice1945` in [1945](https://doi.org/10.2307/1932409) <https://x.org/7>", ["1945"]),
        ("(sec-2)=\n# Two\n1. first\n2. of 3", ["3"]),
    ],
)
def test_what_counts_as_a_numeral(text, expected):
    """Prose and formulas count, code and names and addresses do not; separators and signs have one form."""
    assert numerals(text) == Counter(expected)

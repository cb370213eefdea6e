"""What holds for every question: nobody is told its answer before committing one, here or in Jupyter."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from numerals import QUESTIONS, numerals
from stored_widgets import STATE, VIEW

from seglosses.walkthrough.pixels import bce_pixels

BOOK = Path(__file__).parents[2] / "book"
CHAPTERS = sorted(BOOK.glob("*.ipynb"))
# The site folds what these mark, until a reader opens it.
FOLDS = {"remove-input", "remove-cell", "hide-input", "hide-cell"}
FOLDED = re.compile(r"(?ms)^(`{3,})\{dropdown\}.*?^\1$|^```\{solution-start\}.*?^```\{solution-end\}$")
FENCED = re.compile(r"(?ms)^(`{3,}).*?^\1$")
HEADING = re.compile(r"(?m)^(#+) ")
NUMBER = re.compile(r"(?<![\w.])[-\u2212]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?!\w)\s?%?")

# (question, cell): why the numeral of the answer in that cell is not the answer.
CHANCE = {
    ("batches-population", "batches-cut-explorer"): "a tick of the axis",
    ("choosing-recall", "choosing-player-widget"): "the player names every loss that was trained",
    ("dice-raw-mask", "dice-smooth-caption"): "the loss of prediction 2, to four digits",
    ("dice-raw-mask", "dice-smooth-picture"): "a tick of its axis",
    ("focal-knobs", "focal-lin"): "a crowd of 100 objects",
    ("your-training-smp", "your-training-atlas"): "the threshold and a soft mask",
    ("your-training-smp", "your-training-atlas-dice"): "a loss of the atlas",
    ("your-training-smp", "your-training-atlas-dice-read"): "a pixel of the soft mask",
    ("your-training-smp", "your-training-atlas-options-table"): "a loss of the atlas",
    ("your-training-kornia", "your-training-atlas-focal-table"): "focal losses of the atlas",
    ("your-training-kornia", "your-training-atlas-options-focal"): "focal losses of the atlas",
}


@dataclass(frozen=True)
class Piece:
    """A stretch of a page: prose below one heading, a cell's code, one of its outputs, or a question."""

    cell: str
    kind: str  # prose, code, output or question
    text: str  # what is in sight there
    level: int = 0  # of the heading that it opens with; 0, none
    state: dict[str, Any] = field(default_factory=dict)  # of the widget that it shows


@cache
def pieces(path: Path) -> list[Piece]:
    """The pieces of a chapter in order, without what the site folds."""
    notebook = json.loads(path.read_text("utf-8"))
    states = notebook["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})
    found: list[Piece] = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            found += prose(cell["id"], source)
            continue
        if not FOLDS & set(cell["metadata"].get("tags", [])):
            found.append(Piece(cell["id"], "code", source))
        for output in cell["outputs"]:
            data = output.get("data", {"text/plain": output.get("text", "")})
            state = states.get(data.get(VIEW, {}).get("model_id"), {}).get("state", {})
            kind = "question" if "_right" in state else "output"
            found.append(Piece(cell["id"], kind, shown(data, state), state=state))
    return found


def prose(cell: str, source: str) -> Iterator[Piece]:
    """Cut a markdown cell before each heading; a "#" within a fence is none."""
    text = FOLDED.sub("", source)
    blank = FENCED.sub(lambda fence: re.sub("#", " ", fence[0]), text)
    bounds = [0, *(found.start() for found in HEADING.finditer(blank) if found.start()), len(text)]
    for start, end in pairwise(bounds):
        heading = HEADING.match(blank, start)
        yield Piece(cell, "prose", text[start:end], len(heading[1]) if heading else 0)


def shown(data: dict[str, Any], state: dict[str, Any]) -> str:
    """What an output says: its text, without what a question folds, and what a painter adds up live."""
    kind = next(
        kind for kind in ("image/svg+xml", "text/html", "text/markdown", "text/plain") if kind in data
    )
    text = "".join(data[kind])
    if kind in ("text/html", "image/svg+xml"):
        hidden = re.sub(r"(?s)<(details|style|metadata)\b.*?</\1>|<!--.*?-->", "", text)
        text = unescape(re.sub(r"<[^>]*>", " ", hidden))
    if "probabilities" in state:
        p, y = (torch.tensor(state[name], dtype=torch.float64) for name in ("probabilities", "target"))
        prices = bce_pixels(p, y)
        share = float(prices[y == 1].sum() / prices.sum())
        text += f"\n{share:.1%} {1 - share:.1%}"
    return text


def section(page: list[Piece], at: int) -> int:
    """The level of the section that a piece stands in."""
    return next(piece.level for piece in reversed(page[:at]) if piece.level)


def covered(page: list[Piece], at: int) -> list[int]:
    """What a question covers, by the rule of ``seglosses/widgets/question/view.js``.

    With "next" it is the first output that follows in its section, and what the section then says about it,
    up to a subsection or another question.
    """
    level, found = section(page, at), list[int]()
    for i in range(at + 1, len(page) if page[at].state["covers"] == "next" else 0):
        ends = page[i].level or page[i].kind == "question"
        if 0 < page[i].level <= level or (found and ends):
            break
        if found or page[i].kind in ("output", "question"):
            found.append(i)
    return found


def below(page: list[Piece], at: int) -> list[Piece]:
    """What is in sight below a question, in its section and the whole next one."""
    hidden, sections, seen = covered(page, at), 0, []
    for i in range(at + 1, len(page)):
        sections += page[i].level == 2
        if sections == 2 or "## What to remember" in page[i].text:
            break
        if i not in hidden:
            seen.append(page[i])
    return seen


def values(piece: Piece) -> list[float]:
    """The numbers that a piece says; of code those that are typed, counts left out."""
    if piece.kind == "prose":
        return [number(numeral) for numeral in numerals(piece.text)]
    if piece.kind != "code":
        return [number(found[0]) for found in NUMBER.finditer(piece.text)]
    code = re.sub(r"(?m)^%.*", "", piece.text)
    typed = [node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)]
    said = [number(found[0]) for text in typed if isinstance(text, str) for found in NUMBER.finditer(text)]
    return said + [value for value in typed if isinstance(value, float)]


def number(numeral: str) -> float:
    """The value of a numeral; of a percentage the share that it is. A raised figure is no value."""
    plain = re.fullmatch(r"(-?[\d.]+(?:e[-+]?\d+)?)\s?(%?)", numeral.replace("\u2212", "-"))
    return float(plain[1]) / (100 if plain[2] else 1) if plain else float("nan")


def tells(piece: Piece, question: dict[str, Any]) -> bool:
    """Whether a piece holds every number that sets the right answer apart from all else that is asked."""
    right = question["_right"]
    if question["_number"]:
        wanted = [(right, question["_number"]["tolerance"])]
    else:
        choices = [text for text, _ in question["_choices"]]
        if all(text in piece.text for text in choices):
            return False  # a list of all of them
        others = " ".join([question["text"], *(text for text in choices if text != right)])
        apart = set(named(right)) - set(named(others)) - {"0", "1"}  # these stand on every page
        wanted = [(number(one), rounding(one)) for one in apart]
    there = values(piece)
    return bool(wanted) and all(any(abs(x - v) <= slack + 1e-12 for x in there) for v, slack in wanted)


def named(text: str) -> list[str]:
    """The numerals of a text, without those that are part of a grid's name."""
    return numerals(re.sub(r"prediction \d", "", text))


def rounding(numeral: str) -> float:
    """How far a value may be from a numeral that it is rounded to."""
    decimals = len(numeral.rstrip("%").partition(".")[2]) + 2 * numeral.endswith("%")
    return 0.5 * 10**-decimals


ASKED = [
    pytest.param(page, at, id=page[at].state["name"])
    for page in map(pieces, CHAPTERS)
    for at in range(len(page))
    if page[at].kind == "question"
]


@pytest.mark.parametrize(("page", "at"), ASKED)
def test_nothing_in_sight_tells_an_answer(page, at):
    """Neither prose nor code nor a widget below a question holds its answer, nor does a label above it."""
    question = page[at].state
    labels = [
        Piece(piece.cell, "output", " ".join(re.findall(r'"[^"]*"', piece.text)))
        for piece in page[:at]
        if piece.kind == "code"
    ]
    told = {piece.cell for piece in below(page, at) + labels if tells(piece, question)}
    known = {cell for name, cell in CHANCE if name == question["name"]}
    assert told - known == set(), f"{question['_right']!r} of {question['name']}"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_question_hides_its_source_from_every_reader(path):
    """It holds the answer and all reasons: the site leaves it out, and Jupyter folds it."""
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code" and any(f"{name}(" in "".join(cell["source"]) for name in QUESTIONS):
            assert "remove-input" in cell["metadata"].get("tags", []), cell["id"]
            assert cell["metadata"].get("jupyter", {}).get("source_hidden") is True, cell["id"]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_jupyter_folds_the_outputs_that_the_site_covers(path):
    """Opened in Jupyter they stay folded until a reader runs or opens them, and no other output is."""
    page = pieces(path)
    hidden = {
        page[i].cell
        for at in range(len(page))
        if page[at].kind == "question"
        for i in covered(page, at)
        if page[i].kind == "output"
    }
    folded = {
        cell["id"]
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        if cell["metadata"].get("jupyter", {}).get("outputs_hidden")
    }
    assert folded == hidden

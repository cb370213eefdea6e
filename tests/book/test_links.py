"""Links into the book lead to cells that are there, and each question that people ask to at least one."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from seglosses.widgets import Playground
from seglosses.widgets.playground import story_setup

BOOK = Path(__file__).parents[2] / "book"
LINK = re.compile(r"\]\(([\w-]+\.ipynb)?#([\w-]+)\)")
PAGES = [path for path in sorted(BOOK.glob("*")) if path.suffix in (".ipynb", ".md")]


def text(path: Path) -> str:
    """What a page says in prose."""
    if path.suffix == ".md":
        return path.read_text("utf-8")
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


@cache
def ids(name: str) -> set[str]:
    """The ids of the cells of a chapter, and the labels in it."""
    cells = json.loads((BOOK / name).read_text("utf-8"))["cells"]
    return {cell["id"] for cell in cells} | set(re.findall(r"^\(([\w-]+)\)=$", text(BOOK / name), re.M))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_link_to_a_cell_leads_somewhere(path):
    """A cell that is renamed or gone would leave its readers at the top of another page."""
    links = LINK.findall(text(path))
    own = path.name if path.suffix == ".ipynb" else None
    lost = [(page, cell) for page, cell in links if (page or own) and cell not in ids(page or own)]
    assert lost == []


def test_each_question_leads_to_a_cell():
    """The 25 questions that are asked most, and overfitting, which its neighbour explains."""
    page = (BOOK / "questions.md").read_text("utf-8")
    questions = re.split(r"^### ", page, flags=re.M)[1:]
    assert len(questions) == 26
    for question in questions:
        assert [cell for page, cell in LINK.findall(question) if page], question.splitlines()[0]


def test_the_playground_opens_with_the_runs_of_choosing():
    """The state in the link is that of the line for Jupyter beside it: both starts of BCE, at step 300."""
    said = text(BOOK / "choosing.ipynb")
    (state,) = re.findall(r'href="playground\.html(#[^"]+)"', said)
    opened = Playground.from_url(state)
    assert [opened.setup(side) for side in ("left", "right")] == [
        story_setup("quiet", side) for side in ("left", "right")
    ]
    (line,) = re.findall(r"^Playground\(.*\)$", said, re.MULTILINE)
    made = eval(line, {"Playground": Playground})
    assert made.get_state(list(made._shared)) == opened.get_state(list(made._shared))
    assert opened.step == 300

"""The book for who teaches it: all solutions open, and each question and exercise with what its answers tell.

make instructor   _build/instructor/notebooks, the same as notebooks.zip, and _build/instructor/site
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from languages import language_of
from myst_nb.core.render import WIDGET_STATE_MIMETYPE as STATE
from myst_nb.core.render import WIDGET_VIEW_MIMETYPE as VIEW
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from course import editions
from course.book import ROOT, command

OUT = ROOT / "_build/instructor"
FOLD = re.compile(r"^([`:]{3,}\{dropdown\}[^\n]*\n)", re.M)
FOLDED = re.compile(r"^([`:]{3,}\{solution-start\}[^\n]*\n):class: dropdown\n", re.M)
TAG = re.compile(r"(</?\w+>)")
SPECIAL = re.compile(r"([\\*_$`\[\]|{}#])")

WORDS: dict[str, dict[str, str]] = {"en": {"answers": "What each answer tells"}}


def opened(notebook: NotebookNode, page: Path) -> NotebookNode:
    """The notebook with its folds open, and a cell below each question and exercise with its reasons."""
    states = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type == "markdown":
            cell.source = FOLDED.sub(r"\1", FOLD.sub(r"\1:open:\n", cell.source))
            continue
        for output in cell.outputs:
            model = output.get("data", {}).get(VIEW, {}).get("model_id")
            lines = list(reasons(states.get(model, {}).get("state", {})))
            if lines:
                title = WORDS[language_of(page)]["answers"]
                cells.append(
                    new_markdown_cell("\n".join([f"**{title}**", "", *lines]), id=f"{cell.id}-reasons")
                )
    notebook.cells = cells
    return notebook


def reasons(state: dict[str, Any]) -> Iterator[str]:
    """The items of a list: each answer of a question or an exercise with its reason, the right one first."""
    if "_right" in state:
        yield from of_question(state)
    elif "description" in state:
        yield from of_exercise(state["description"])


def of_question(state: dict[str, Any]) -> Iterator[str]:
    """A question's answers."""
    choices = dict(state["_choices"])
    right = state["_right"]
    yield item(right, choices.pop(right, ""), state["reveal"], right=True)
    for answer, reason in choices.items():
        yield item(answer, reason)


def of_exercise(exercise: dict[str, Any]) -> Iterator[str]:
    """An exercise's answers; of a function the solution below says all."""
    if exercise["kind"] == "grid":
        yield from (item("", rule["reason"], right=rule["right"]) for rule in exercise["rules"])
    elif exercise["kind"] != "function":
        yield item(exercise["right"], exercise["praise"], right=True)
        slips = (
            exercise.get("slips")
            or exercise.get("wrong", {}).items()
            or [["", one] for one in exercise["hints"]]
        )
        yield from (item(answer, reason) for answer, reason in slips)


def item(answer: Any, *said: str, right: bool = False) -> str:
    """One line of the list."""
    shown = f"{answer:.6g}" if isinstance(answer, float) else str(answer)
    parts = [f"**{markdown(shown)}**" if shown else "", *map(markdown, said)]
    return f"- {'✓' if right else '✗'} {' '.join(filter(None, parts))}"


def markdown(text: str) -> str:
    """A text with simple tags as Markdown, its signs as they are."""
    return "".join(part if TAG.fullmatch(part) else SPECIAL.sub(r"\\\1", part) for part in TAG.split(text))


def main() -> None:
    """Write the instructor's edition."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    editions.make(OUT, opened)
    print(f"{OUT.relative_to(ROOT)}: notebooks, notebooks.zip and site")


if __name__ == "__main__":
    command(main)

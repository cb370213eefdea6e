"""Copies for students: the notebooks and the site without a solution, a reason or an answer in them.

    make student      _build/student/notebooks, the same as notebooks.zip, and _build/student/site

A notebook is read, and three things change. Solutions and what a fold hides go. A question keeps its text
and its choices, and its answer becomes a salted digest (``seglosses.sealed``). An exercise is described anew,
in a cell of its own, with digests as well. So a page, and a check in Jupyter, can say right or not yet.
"""

import argparse
import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from pprint import pformat
from typing import Any

from languages import language_of
from myst_nb.core.render import WIDGET_STATE_MIMETYPE as STATE
from myst_nb.core.render import WIDGET_VIEW_MIMETYPE as VIEW
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from course import editions
from course.book import ROOT, Refused, command, pages
from course.names import above, bound, needed, statements
from seglosses.exercises.sealed import seal
from seglosses.sealed import sealed_number, sealed_text
from seglosses.widgets.exercise import form
from seglosses.widgets.kit.base import Widget
from seglosses.widgets.question.sealed import SealedNumberQuestion, SealedQuestion

OUT = ROOT / "_build/student"
TEACHING = ROOT / "book/teaching"  # what is for teachers alone

SOLUTION = re.compile(r"^([`:]{3,})\{solution-start\}.*?^\1\{solution-end\}\n\1$\n?", re.M | re.S)
FOLD = re.compile(r"^([`:]{3,})\{(?:dropdown|solution)\} *([^\n]*)\n.*?^\1$\n?", re.M | re.S)

UNSEALED = re.compile(
    r"(?<!\w)(?:Number)?Question\(|^from seglosses\.exercises\.(?!(?:sealed|contents)\b)", re.M
)

# What the prose promises, and a copy for students does not keep.
WORDS = {
    "en": {
        "A wrong answer gets its reason.": "You learn whether it is right; the reasons are for class.",
        "Each answer comes with its reason, the wrong ones too.": "The reasons are for class.",
        "The check says how many are left, and what one of them does.": "Hand it in.",
    }
}


def student_copy(notebook: NotebookNode, page: Path) -> NotebookNode:
    """The notebook without answers."""
    states = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    wanted: set[str] = set()
    cells: list[NotebookNode] = []
    for cell in reversed(notebook.cells):  # from the end: what is read below must still be defined above
        if cell.cell_type == "code":
            found = list(sealed_cells(cell, states, wanted))
            check_sealed(found, page)
            for one in reversed(found):
                wanted = above(one.source, wanted)
            cells += reversed(found)
        elif source := without_answers(cell.source, page):
            cells.append(cell)
            cell.source = source
    notebook.cells = cells[::-1]
    return notebook


def check_sealed(cells: list[NotebookNode], page: Path) -> None:
    """Refuse a question or an exercise that has not been run: nothing tells its answer."""
    for cell in cells:
        if UNSEALED.search(cell.source):
            hint = "Hint: run `make notebooks`."
            raise Refused(f"{page.name} must hold the state of the widget in {cell.id!r}; got none. {hint}")


# ---- prose -------------------------------------------------------------------------------------------------


def without_answers(source: str, page: Path) -> str:
    """A cell's prose without solutions and folds; of a fold whose title asks something, that stays."""
    text = FOLD.sub(question_of, SOLUTION.sub("", source))
    for said, instead in WORDS[language_of(page)].items():
        text = text.replace(said, instead)
    return text.strip("\n")


def question_of(fold: re.Match[str]) -> str:
    """The title of a fold if it asks something."""
    return f"{fold[2]}\n" if fold[2].endswith(("?", "？")) else ""


# ---- cells -------------------------------------------------------------------------------------------------


def sealed_cells(cell: NotebookNode, states: dict[str, Any], wanted: set[str]) -> Iterator[NotebookNode]:
    """What takes the place of a code cell: itself, or for a question or an exercise its sealed form."""
    for output in cell.outputs:
        model = output.get("data", {}).get(VIEW, {}).get("model_id")
        state = states.get(model, {}).get("state", {})
        if "_right" in state:
            widget, call = sealed_question(state)
            cell.source = "\n".join([*needed(without_last(cell.source), wanted), *call])
        elif "description" in state:
            description = seal(state["name"], state["description"])
            widget = form(state["name"], description)
            check = check_of(cell.source)
            yield description_cell(cell, check, state["name"], description)
            cell.source = without_import(cell.source, check)
        else:
            continue
        show(output, widget)
        states[model]["state"] = stored(widget) | {"layout": state["layout"]}
    yield cell


def sealed_question(state: dict[str, Any]) -> tuple[Widget, list[str]]:
    """A question's sealed form, and the lines of code that make it."""
    name, number = state["name"], state["_number"]
    asked = {"text": state["text"]}
    kept = {key: state[key] for key in ("name", "covers", "language") if state[key]}
    kind: type[Widget]
    if number:
        kind, seal = SealedNumberQuestion, sealed_number(name, state["_right"], number["tolerance"])
        kept |= {key: number[key] for key in ("low", "high", "unit") if number[key] not in (None, "")}
    else:
        kind, seal = SealedQuestion, sealed_text(name, state["_right"])
        asked["choices"] = [choice for choice, _ in state["_choices"]]
    given = asked | kept | {"seal": seal}
    return kind(**given), call(kind, given)


def call(kind: type, arguments: dict[str, Any]) -> list[str]:
    """The lines that import a class and make one of it."""
    given = [f"    {name}={literal(value)}," for name, value in arguments.items()]
    return [f"from {kind.__module__} import {kind.__name__}", "", f"{kind.__name__}(", *given, ")"]


def literal(value: Any) -> str:
    """A value as code."""
    return pformat(value, width=100, compact=True, sort_dicts=False)


def description_cell(cell: NotebookNode, check: str, name: str, description: dict[str, Any]) -> NotebookNode:
    """The cell that makes an exercise's check; readers need not see it."""
    made = f"{check} = sealed({name!r}, {literal(description)})"
    hidden = {"tags": ["remove-cell"], "jupyter": {"source_hidden": True}}
    source = f"from seglosses.exercises.sealed import sealed\n\n{made}"
    return new_code_cell(source, id=f"{cell.id}-sealed", metadata=hidden)


def check_of(source: str) -> str:
    """The name of the check that an exercise's cell calls in its last line."""
    last = statements(source)[-1]
    if not (isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)):
        raise Refused(f"an exercise's cell must end with its check; got {ast.unparse(last)}.")
    return ast.unparse(last.value.func)


def without_last(source: str) -> str:
    """A cell's code but for its last statement."""
    last = statements(source)[-1]
    return "\n".join(source.splitlines()[: last.lineno - 1])


def without_import(source: str, name: str) -> str:
    """A cell's code without the import of a name."""
    lines = source.splitlines()
    for statement in statements(source):
        if isinstance(statement, ast.ImportFrom) and name in bound(statement):
            others = [alias for alias in statement.names if (alias.asname or alias.name) != name]
            statement.names = others
            instead = [ast.unparse(statement)] if others else []
            lines[statement.lineno - 1 : statement.end_lineno] = instead
    return "\n".join(lines).strip("\n")


# ---- what a cell shows -------------------------------------------------------------------------------------


def show(output: NotebookNode, widget: Widget) -> None:
    """Put a widget's still and its name in the place of those that an output holds."""
    output["data"]["text/html"] = widget._snapshot()
    output["data"]["text/plain"] = repr(widget)


def stored(widget: Widget) -> dict[str, Any]:
    """A widget's state as a notebook stores it."""
    state: dict[str, Any] = json.loads(json.dumps(widget.get_state()))
    return state


# ---- what is made of it ------------------------------------------------------------------------------------


def left_out() -> list[Path]:
    """The pages that are for teachers alone."""
    return [page for page in pages() if page.is_relative_to(TEACHING)]


def make(target: Path) -> None:
    """Write the copies for students."""
    editions.make(target, student_copy, left_out())


def main() -> None:
    """Write the copies for students where `make student` puts them."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    make(OUT)
    print(f"{OUT.relative_to(ROOT)}: notebooks, notebooks.zip and site")


if __name__ == "__main__":
    command(main)

"""A chapter's exercises as an assignment that nbgrader or Otter grades, with tests that students never see.

    make nbgrader     _build/nbgrader, a course: source/<chapter>/<chapter>.ipynb and its configuration
    make otter        _build/otter/<chapter>.ipynb, the masters for `otter assign`

Each exercise keeps its words. Its solution stands between the marks of the grader, which takes it out of
what students get. They see the check of a copy for students, which says right or not yet
(``seglosses.sealed``); the hidden test asks the check of the book, with its reason.
"""

import argparse
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from languages import language_of
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from course import editions
from course.book import ROOT, Refused, chapters, command, written
from course.student import description_cell
from seglosses import __version__, grids
from seglosses.exercises._check import Check
from seglosses.exercises.contents import CHAPTERS, checks
from seglosses.exercises.sealed import seal

START = re.compile(r"^```\{exercise-start\} *([^\n]*)\n:label: (\S+)\n```\n", re.M)
END = re.compile(r"^```\{exercise-end\}\n```$\n?", re.M)
CODE = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)
CITED = re.compile(r" ?\{cite:\w+\}`[^`]*`")
BLANK = re.compile(r"^answer = \.\.\. *(#.*)?$", re.M)

WORDS = {
    "en": {
        "intro": "Replace each `...` with your answer. The line below an answer says whether it is right; a "
        "function is judged after you hand in.",
    }
}

GRIDS = "".join(f"    {name},\n" for name in vars(grids) if name.isupper() or name == "as_logits")
SETUP = f"import torch\n\nfrom seglosses.grids import (\n{GRIDS})"

NBGRADER = """\
c = get_config()
c.CourseDirectory.course_id = "seglosses"
c.ClearSolutions.code_stub = {"python": "answer = ..."}
c.ExecutePreprocessor.timeout = 120
"""


# Students need no Otter: neither the cell that would start it nor the one that would zip the answers.
OTTER = f"""\
# ASSIGNMENT CONFIG
name: {{name}}
init_cell: false
export_cell: false
requirements: [seglosses=={__version__}]
"""


@dataclass(frozen=True)
class Exercise:
    """An exercise of a chapter, as it stands there."""

    check: Check
    title: str
    words: str
    hint: str  # of what the answer is: "# a number, to four decimals"
    solution: str

    @property
    def name(self) -> str:
        """The label of the exercise."""
        return self.check.listed.label

    @property
    def asked(self) -> str:
        """The code that asks the book's check."""
        return f"from {self.check.__module__} import {self.check.__name__} as check"


def exercises(notebook: NotebookNode, page: str) -> Iterator[Exercise]:
    """The exercises of a chapter's notebook, in their order.

    Raises:
        Refused: one has no code that solves it.
    """
    text, hint = "", ""
    title, by_label = ["", ""], {check.listed.label: check for check in checks(page)}
    for cell in notebook.cells:
        if found := START.search(cell.source):
            title, text = [found[1], found[2]], START.sub("", cell.source)
        elif blank := BLANK.search(cell.source):
            hint = blank[1] or ""
        elif "{solution-start}" in cell.source:
            code = CODE.findall(cell.source)
            if len(code) != 1 or title[1] not in by_label:
                raise Refused(f"the exercise {title[1]!r} must have one solution as code; got {len(code)}.")
            yield Exercise(by_label[title[1]], title[0], CITED.sub("", text).strip(), hint, code[0].strip())
        elif cell.cell_type == "markdown" and text and not END.search(cell.source):
            text += f"\n\n{cell.source}"


def assignment(name: str, cells: Callable[[Exercise], Iterator[NotebookNode]]) -> NotebookNode:
    """A notebook with what a grader's ``cells`` make of each exercise of a chapter."""
    (path,) = chapters(name)
    if name not in CHAPTERS:
        raise Refused(f"chapter must be one with exercises: {', '.join(CHAPTERS)}; got {name!r}.")
    notebook = nbformat.read(path, as_version=4)
    made = [cell for exercise in exercises(notebook, name) for cell in cells(exercise)]
    opening = [
        new_markdown_cell(f"# {CHAPTERS[name]}\n\n{WORDS[language_of(path)]['intro']}", id="intro"),
        new_code_cell(SETUP, id="setup"),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return new_notebook(cells=[*opening, *made], metadata=kernel)


def sealed_check(exercise: Exercise) -> NotebookNode:
    """The cell that makes the check that students see."""
    check = exercise.check
    cell = new_code_cell(id=exercise.name)
    return description_cell(cell, "seen", check.name, seal(check.name, check.for_page()))


# ---- nbgrader ----------------------------------------------------------------------------------------------


def for_nbgrader(exercise: Exercise) -> Iterator[NotebookNode]:
    """An exercise's cells: its words, the answer, the check, and the hidden test, worth its level."""
    yield noted(new_markdown_cell(f"### {exercise.title}\n\n{exercise.words}"), exercise.name, locked=True)
    lines = [exercise.hint, "### BEGIN SOLUTION", exercise.solution, "### END SOLUTION"]
    answer = new_code_cell("\n".join(line for line in lines if line))
    yield noted(answer, f"{exercise.name}-answer", solution=True)
    yield noted(sealed_check(exercise), f"{exercise.name}-sealed", locked=True)
    test = [
        "print(seen(answer))",
        "### BEGIN HIDDEN TESTS",
        exercise.asked,
        "verdict = check(answer)",
        "assert verdict, verdict.reason",
        "### END HIDDEN TESTS",
    ]
    points = exercise.check.listed.level
    yield noted(
        new_code_cell("\n".join(test)), f"{exercise.name}-test", locked=True, grade=True, points=points
    )


def noted(cell: NotebookNode, name: str, **marks: Any) -> NotebookNode:
    """A cell with nbgrader's metadata."""
    flags = {"grade": False, "locked": False, "solution": False, "task": False, "schema_version": 3}
    cell.id = name
    cell.metadata["nbgrader"] = {**flags, "grade_id": name, **marks}
    return cell


def write_nbgrader(out: Path, names: list[str]) -> None:
    """Write a course's folder."""
    (out / "nbgrader_config.py").write_text(NBGRADER, "utf-8")
    for name in names:
        editions.write(assignment(name, for_nbgrader), out / f"source/{name}/{name}.ipynb")


# ---- Otter -------------------------------------------------------------------------------------------------


def for_otter(exercise: Exercise) -> Iterator[NotebookNode]:
    """An exercise's cells, between Otter's marks; its test is hidden."""
    name = exercise.name.replace("-", "_")
    yield new_raw_cell(f"# BEGIN QUESTION\nname: {name}\npoints: {exercise.check.listed.level}")
    yield new_markdown_cell(f"### {exercise.title}\n\n{exercise.words}")
    yield new_raw_cell("# BEGIN SOLUTION")
    prompt = f"answer = ...  {exercise.hint}".strip()
    solution = ["# BEGIN SOLUTION NO PROMPT", exercise.solution, "# END SOLUTION"]
    yield new_code_cell("\n".join([*solution, '""" # BEGIN PROMPT', prompt, '"""; # END PROMPT']))
    yield new_raw_cell("# END SOLUTION")
    yield new_raw_cell("# BEGIN TESTS")
    result = new_output("execute_result", {"text/plain": "True"}, execution_count=1)
    yield new_code_cell(f"# HIDDEN\n{exercise.asked}\nbool(check(answer))", outputs=[result])
    yield new_raw_cell("# END TESTS")
    yield new_raw_cell("# END QUESTION")
    yield sealed_check(exercise)
    yield new_code_cell("seen(answer)", id=f"{exercise.name}-seen")


def write_otter(out: Path, names: list[str]) -> None:
    """Write the masters."""
    for name in names:
        master = assignment(name, for_otter)
        master.cells.insert(0, new_raw_cell(OTTER.format(name=name)))
        for number, cell in enumerate(master.cells):
            cell.id = f"cell-{number}"
        editions.write(master, out / f"{name}.ipynb")


WRITERS = {"nbgrader": write_nbgrader, "otter": write_otter}


def main() -> None:
    """Write the assignments for one grader, of all chapters or of those that are named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("grader", choices=WRITERS)
    parser.add_argument("chapters", nargs="*", default=list(CHAPTERS))
    asked = parser.parse_args()
    target = ROOT / "_build" / asked.grader
    with written(target) as out:
        WRITERS[asked.grader](out, asked.chapters)
    print(f"{target.relative_to(ROOT)}: {', '.join(asked.chapters)}")


if __name__ == "__main__":
    command(main)

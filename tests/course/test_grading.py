"""Assignments that nbgrader and Otter grade: released, handed in right and wrong, and graded by the tools.

The tools stand in ``.venv-grading``, which ``make test-course`` makes of ``tools/course/grading.txt``: each
brings a Jupyter of other versions than the book's. Without it these tests fail, and say so.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from course import grading
from course.book import ROOT, Refused, chapters
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from seglosses.exercises.contents import CHAPTERS, checks
from tests.course.test_student import secrets, words

TOOLS = ROOT / ".venv-grading/bin"
NAME = "dice"
POINTS = {check.listed.label: check.listed.level for check in checks(NAME)}
WRONG = {"dice-column": "8 / 9", "dice-pass": "PREDICTION_1", "dice-twin": "PREDICTION_2"}


def tool(folder: Path, *command: str) -> str:
    """Run a grading tool in a folder; give what it says."""
    if not (TOOLS / command[0]).exists():
        pytest.fail(f"{command[0]} is not there. Get it with: make .venv-grading/ready", pytrace=False)
    home = folder / "home"
    home.mkdir(exist_ok=True)
    places = {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home), "PATH": f"{TOOLS}:{os.environ['PATH']}"}
    package = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = os.environ | places | {"PYTHONPATH": package}
    done = subprocess.run(
        [TOOLS / command[0], *command[1:]], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def solutions() -> dict[str, str]:
    """The code that solves each exercise of the chapter, by its label."""
    notebook = nbformat.read(chapters(NAME)[0], as_version=4)
    return {one.name: one.solution for one in grading.exercises(notebook, NAME)}


def handed_in(released: Path, answers: dict[str, str]) -> NotebookNode:
    """What a student makes of a released notebook: each blank with an answer, or left open."""
    notebook = nbformat.read(released, as_version=4)
    label = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (found := re.search(r"^### (.*)", cell.source)):
            label = next(one.listed.label for one in checks(NAME) if title_of(one.listed.label) == found[1])
        elif "answer = ..." in cell.source and label in answers:
            given = answers[label]
            code = given if "answer" in given else f"answer = {given}"
            before, _, after = cell.source.partition("answer = ...")
            cell.source = before + code + "\n" + "\n".join(after.splitlines()[1:])
    return notebook


def title_of(label: str) -> str:
    """The title of an exercise of the chapter."""
    notebook = nbformat.read(chapters(NAME)[0], as_version=4)
    return next(one.title for one in grading.exercises(notebook, NAME) if one.name == label)


def tells_nothing(folder: Path) -> None:
    """No notebook or test in a folder has a word of a solution or a reason."""
    wanted = [text for text, page in secrets().items() if page == NAME]
    for path in [*folder.rglob("*.ipynb"), *folder.rglob("*.py")]:
        said = words(path.read_text("utf-8"))
        assert [text for text in wanted if text in said] == [], path.name
        assert "seglosses.exercises.dice" not in path.read_text("utf-8"), path.name


# ---- what is made ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHAPTERS)
def test_each_exercise_has_its_cells(name):
    """Of each chapter: words, an answer, the check, and a hidden test that is worth its level."""
    made = grading.assignment(name, grading.for_nbgrader)
    nbformat.validate(made)
    tests = [cell.metadata.nbgrader for cell in made.cells if cell.metadata.get("nbgrader", {}).get("grade")]
    assert [(one.grade_id, one.points) for one in tests] == [
        (f"{check.listed.label}-test", check.listed.level) for check in checks(name)
    ]
    text = "\n".join(cell.source for cell in made.cells if cell.cell_type == "markdown")
    assert "{exercise" not in text
    assert "{cite" not in text


def test_a_chapter_without_exercises_is_refused():
    """And one that is none; the message names those that there are."""
    with pytest.raises(Refused, match=r"chapter must be one with exercises: dice, .*; got 'intro'"):
        grading.assignment("intro", grading.for_otter)
    with pytest.raises(Refused, match=r"chapter must be one of intro, .*; got 'dise'"):
        grading.assignment("dise", grading.for_otter)


def test_an_exercise_without_a_solution_is_refused():
    """Nothing could be graded."""
    cells = [
        "```{exercise-start} One\n:label: dice-column\n```\nText.",
        "```{solution-start} dice-column\n```\nNone.",
    ]
    notebook = new_notebook(cells=list(map(new_markdown_cell, cells)))
    with pytest.raises(Refused, match="the exercise 'dice-column' must have one solution as code; got 0"):
        list(grading.exercises(notebook, NAME))


# ---- nbgrader --------------------------------------------------------------------------------------------

SCORES = """
import json
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    handed_in = book.assignment_submissions("dice")
    scores = {
        one.student.id: {grade.name: grade.score for notebook in one.notebooks for grade in notebook.grades}
        for one in handed_in
    }
print(json.dumps(scores))
"""


def test_nbgrader_grades_right_and_wrong(tmp_path):
    """All points for the solutions, none for wrong answers, and those of the rest for what is left open."""
    grading.write_nbgrader(tmp_path, [NAME])
    tool(tmp_path, "nbgrader", "generate_assignment", NAME)
    released = tmp_path / f"release/{NAME}/{NAME}.ipynb"
    tells_nothing(tmp_path / "release")
    one = {"dice-column": "0.1111", "dice-squares": "lambda p, y: 1 - 2 * (p * y).sum() / (p + y).sum()"}
    for student, answers in {"right": solutions(), "wrong": WRONG, "one": one}.items():
        place = tmp_path / f"submitted/{student}/{NAME}/{NAME}.ipynb"
        place.parent.mkdir(parents=True)
        nbformat.write(handed_in(released, answers), place)
    tool(tmp_path, "nbgrader", "autograde", NAME)
    got = json.loads(tool(tmp_path, "python", "-c", SCORES).splitlines()[-1])
    assert got["right"] == {f"{label}-test": points for label, points in POINTS.items()}
    assert set(got["wrong"].values()) == {0}
    assert got["one"] == dict.fromkeys(got["right"], 0) | {"dice-column-test": 1}


# ---- Otter -----------------------------------------------------------------------------------------------


def test_otter_grades_right_and_wrong(tmp_path):
    """The same, with what `otter assign` makes of the master."""
    grading.write_otter(tmp_path, [NAME])
    tool(tmp_path, "otter", "assign", f"{NAME}.ipynb", "dist")  # it grades the solutions, too
    tells_nothing(tmp_path / "dist/student")
    (grader,) = (tmp_path / "dist/autograder").glob("*.zip")
    for student, answers in {"right": solutions(), "wrong": WRONG}.items():
        place = tmp_path / student
        place.mkdir()
        nbformat.write(handed_in(tmp_path / f"dist/student/{NAME}.ipynb", answers), place / f"{NAME}.ipynb")
        shutil.copy(grader, place / "grader.zip")
        tool(place, "otter", "run", "-a", "grader.zip", f"{NAME}.ipynb")
        tests = json.loads((place / "results.json").read_text("utf-8"))["tests"]
        got = {test["name"]: test["score"] for test in tests if "score" in test and "max_score" in test}
        assert sum(got.values()) == (sum(POINTS.values()) if student == "right" else 0), (sys.version, tests)


# ---- the page --------------------------------------------------------------------------------------------

PAGE = ROOT / "book/teaching/grading.md"


def test_the_page_grade_it_says_what_happens(capsys):
    """Its code prints what it says; each of its commands and folders is one that there is."""
    text = PAGE.read_text("utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)
    exec(code, {})
    truth, reason = re.search(r"It prints `(\w+)` and \"([^\"]*)\"", text).groups()
    assert capsys.readouterr().out == f"{truth} {reason}\n"
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"`make ([\w./-]+)`", text)
    assert {"student", "instructor", "nbgrader", "otter"} <= set(targets)
    for target in targets:
        assert re.search(rf"^(?:\S+ )*{re.escape(target)}(?: \S+)*:", makefile, re.M), target
    assert f"`{Path('tools/course/grading.txt')}`" in text


def test_a_submission_can_ask_for_the_answer():
    """As the page warns: where it is graded the package is there."""
    (check,) = [one for one in checks(NAME) if one.listed.label == "dice-column"]
    assert check(check.for_page()["right"]).right

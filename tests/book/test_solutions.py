"""The solutions that the chapters show are right: each passes the check of its own exercise.

An exercise is a code cell ``<name>-code`` with the line ``answer = ...`` and the check as its last line; the
markdown cell ``<name>-solution`` holds the code that answers it.
"""

import json
import re
from pathlib import Path

import pytest
from numerals import originals

from seglosses import grids

BOOK = Path(__file__).parents[2] / "book"
CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def exercises():
    """Each exercise of each chapter: its cell, and the cell of its solution if there is one."""
    found = []
    for path in originals():
        cells = {c["id"]: "".join(c["source"]) for c in json.loads(path.read_text("utf-8"))["cells"]}
        for name, source in cells.items():
            if re.search(r"^answer = \.\.\.", source, re.MULTILINE):
                solution = cells.get(name.removesuffix("-code") + "-solution", "")
                found.append(pytest.param(source, solution, id=f"{path.relative_to(BOOK)}:{name}"))
    return found


def verdict(source, answer):
    """Run an exercise's cell with ``answer`` in the place of the dots, and return what its check says."""
    return judged(source, answer)[0]


def judged(source, answer):
    """The verdict, and the answer that it is about."""
    *lines, check = source.splitlines()
    code = [answer if line.startswith("answer = ...") else line for line in lines]
    names = dict(vars(grids))
    exec("\n".join(code), names)
    return eval(check, names), names["answer"]


@pytest.mark.parametrize(("source", "solution"), exercises())
def test_every_exercise_is_open_and_its_solution_passes(source, solution):
    """The cell as printed is not answered yet; with the code of the solution it is right."""
    assert verdict(source, "answer = ...").right is None
    (answer,) = CODE.findall(solution)
    assert verdict(source, answer).right, verdict(source, answer)


@pytest.mark.parametrize(("source", "solution"), exercises())
def test_a_number_is_right_with_as_many_decimals_as_are_asked(source, solution):
    """Rounded to what the cell asks for, else to two, as a reader would without being asked."""
    asked = re.search(r"# a (?:number|probability|share)\b(?:.* to (two|three|four) decimals)?", source)
    if asked is None:  # for a function, a mask, a letter
        return
    decimals = {None: 2, "two": 2, "three": 3, "four": 4}[asked[1]]
    _, answer = judged(source, CODE.findall(solution)[0])
    short = round(float(answer), decimals)
    assert verdict(source, f"answer = {short}").right, (short, verdict(source, f"answer = {short}"))


def test_the_dice_chapter_has_its_exercises():
    """The test above sees them all."""
    assert sum("dice.ipynb" in parameter.id for parameter in exercises()) >= 4

"""The lists of exercises name every exercise of every chapter, and each has a hint."""

import json
import re

import pytest
from numerals import ROOT, originals

from seglosses.exercises.contents import CHAPTERS, checks, contents

PAGE = ROOT / "book/exercises.ipynb"
EXERCISES = [pytest.param(page, check, id=check.name) for page in CHAPTERS for check in checks(page)]


def cells(path) -> list[tuple[str, str, list]]:
    """A notebook's cells: their kind, source and outputs."""
    found = json.loads(path.read_text("utf-8"))["cells"]
    return [(cell["cell_type"], "".join(cell["source"]), cell.get("outputs", [])) for cell in found]


def posed(path) -> list[tuple[str, str]]:
    """The exercises of a page in their order: the label of each, and the check that its cell calls."""
    text = "\n".join(source for _, source, _ in cells(path))
    return re.findall(
        r"^```\{exercise-start\}[^\n]*\n:label: (\S+)$.*?^(\w+)\(answer\)$", text, re.MULTILINE | re.DOTALL
    )


def test_the_lists_hold_every_exercise_in_its_order():
    """A label leads to the exercise whose check it stands with."""
    found = {path.stem: posed(path) for path in originals() if posed(path)}
    listed = {page: [(check.listed.label, check.__name__) for check in checks(page)] for page in CHAPTERS}
    assert listed == found
    assert sum(map(len, found.values())) == 56


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_page_shows_its_list_and_types_none(page):
    """Level and minutes come from the checks alone; the page of all exercises lists all chapters."""
    path = ROOT / f"book/{page}.ipynb"
    shown = [
        output["data"]["text/html"]
        for _, _, outputs in cells(path)
        for output in outputs
        if "exercise-contents-still" in str(output.get("data", {}).get("text/html", ""))
    ]
    assert ["".join(one) for one in shown] == [contents(*([] if path == PAGE else [page]))._snapshot()]
    prose = [source for kind, source, _ in cells(path) if kind == "markdown" and "★" in source]
    assert len(prose) == (path == PAGE)  # where it says what the stars mean


@pytest.mark.parametrize(("page", "check"), EXERCISES)
def test_an_exercise_has_a_level_and_a_hint_that_tells_no_answer(page, check):
    """One or two sentences; no number in them is the right one."""
    assert check.listed.level in (1, 2, 3)
    assert check.hint.endswith((".", "?"))
    assert 20 < len(check.hint) < 120
    description = check.for_page()
    if description["kind"] == "number":
        said = [float(one.replace(",", "")) for one in re.findall(r"\d[\d,]*(?:\.\d+)?", check.hint)]
        assert all(abs(one - abs(description["right"])) >= description["within"] for one in said)
    elif description["kind"] in ("letter", "word"):
        assert description["right"] not in re.findall(r"\w+", check.hint)


def test_the_minutes_add_up():
    """Each chapter promises a quarter of an hour for its exercises."""
    for page in CHAPTERS:
        if page != "exercises":  # there each section has its minutes
            assert sum(check.listed.minutes for check in checks(page)) == 15, page
            text = "\n".join(source for _, source, _ in cells(ROOT / f"book/{page}.ipynb"))
            assert "*A quarter of an hour.*" in text, page


def test_a_page_that_is_none_is_refused():
    """The error names those that there are."""
    with pytest.raises(ValueError, match=r"page must be one of dice, .*; got 'Dice'\. Hint: "):
        contents("Dice")

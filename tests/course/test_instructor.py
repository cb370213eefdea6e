"""The instructor's edition: all solutions open, and each question and exercise with what its answers tell."""

import re
from pathlib import Path

import nbformat
import pytest
from course import editions, instructor
from course.book import chapters
from myst_nb.core.render import WIDGET_STATE_MIMETYPE as STATE
from playwright.sync_api import expect

from seglosses.exercises.contents import CHAPTERS


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The edition, as `make instructor` makes it."""
    target = tmp_path_factory.mktemp("course") / "instructor"
    editions.make(target, instructor.opened)
    return target


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_answer_has_its_reason(name):
    """Below each question and each exercise but those that ask for code; nothing is folded."""
    (path,) = chapters(name)
    book = nbformat.read(path, as_version=4)
    states = [one["state"] for one in book.metadata["widgets"][STATE]["state"].values()]
    asked = [state for state in states if "_right" in state]
    asked += [state for state in states if state.get("description", {}).get("kind", "function") != "function"]
    opened = instructor.opened(book, path)
    nbformat.validate(opened)
    said = [cell.source for cell in opened.cells if cell.id.endswith("-reasons")]
    assert len(said) == len(asked) > 0
    assert all(text.count("- ✓") == 1 for text in said)
    assert all(text.count("- ✗") >= 1 for text in said)
    prose = "\n".join(cell.source for cell in opened.cells if cell.cell_type == "markdown")
    assert ":class: dropdown" not in prose
    assert prose.count("{dropdown}") == len(re.findall(r"\{dropdown\}[^\n]*\n:open:\n", prose))


def test_the_reasons_of_an_exercise():
    """The right answer comes first, then each slip."""
    exercise = {
        "kind": "number",
        "right": 1 / 9,
        "praise": "So it is.",
        "slips": [[8 / 9, "One <i>minus</i> it_s."]],
    }
    assert list(instructor.of_exercise(exercise)) == [
        "- ✓ **0.111111** So it is.",
        r"- ✗ **0.888889** One <i>minus</i> it\_s.",
    ]
    word = {"kind": "word", "right": "tf", "praise": "Both.", "hints": ["First.", "Second."]}
    assert list(instructor.of_exercise(word)) == ["- ✓ **tf** Both.", "- ✗ First.", "- ✗ Second."]
    assert list(instructor.of_exercise({"kind": "function", "hint": "Try."})) == []


def test_a_page_shows_it_all(edition, visit):
    """From a file: a solution and a reason are in sight, and what teachers need is there."""
    page = visit().page
    page.goto(f"{(edition / 'site').as_uri()}/book/dice.html")
    expect(page.get_by_text("All 20 lung pixels are shared, and the prediction has 25.")).to_be_visible()
    expect(page.get_by_text("This is the Dice coefficient. The loss is one minus it.").first).to_be_visible()
    expect(page.get_by_text("With both wrong pixels still there you need 13")).to_be_visible()
    assert (edition / "site/book/teaching/grading.html").exists()
    assert (edition / "notebooks.zip").stat().st_size > 100_000

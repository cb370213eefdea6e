"""Copies for students: nothing in any file tells an answer, and every page and notebook still works."""

import html
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import languages
import nbformat
import pytest
from course import editions, student
from course.book import ROOT, Refused, chapters, pages
from course.names import above, needed
from myst_nb.core.render import WIDGET_STATE_MIMETYPE as STATE
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Page, expect

from seglosses.exercises.contents import CHAPTERS, checks
from tests.site.conftest import serving

WORD = re.compile(r"\w+")
# Lines of a solution, and of a reason, that stand elsewhere in the book for another purpose.
ELSEWHERE = {
    " from seglosses import bce_loss dice_loss ": "an import",
    " from torch func import grad ": "an import",
    " p torch sigmoid z ": "the first line of most functions",
    " That is the loss ": "a remark among the symptoms",
}


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copies, made as `make student` makes them."""
    target = tmp_path_factory.mktemp("course") / "student"
    student.make(target)
    return target


# ---- nothing tells an answer -----------------------------------------------------------------------------


@cache
def states(path: Path) -> list[dict[str, Any]]:
    """The states of a notebook's widgets."""
    stored = json.loads(path.read_text("utf-8"))["metadata"].get("widgets", {}).get(STATE, {})
    return [record["state"] for record in stored.get("state", {}).values()]


def told(state: dict[str, Any]) -> Iterator[str]:
    """What a question or an exercise of the book tells who has answered."""
    if "_right" in state:
        yield from [state["reveal"], *(reason for _, reason in state["_choices"])]
    exercise = state.get("description", {})
    yield exercise.get("praise", "")
    yield from (reason for _, reason in exercise.get("slips", []))
    yield from [*exercise.get("wrong", {}).values(), *exercise.get("hints", [])]
    yield from (rule["reason"] for rule in exercise.get("rules", []))


def solutions(path: Path) -> Iterator[str]:
    """The sentences and the lines of code of a chapter's solutions, and of what its folds hide."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            for part in [*student.SOLUTION.finditer(cell.source), *student.FOLD.finditer(cell.source)]:
                body = re.sub(r"^(?:[`:]{3,}.*|:\w+:.*)$", "", part[0], flags=re.M)
                yield from (line for line in body.splitlines() if line.strip())


def words(text: str) -> str:
    """Words and numbers alone, so that neither tags nor quotes nor line ends hide a text."""
    plain = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
    plain = re.sub(r"<[^<>]{0,200}>", " ", html.unescape(plain.replace("\\n", " ").replace('\\"', '"')))
    return f" {' '.join(WORD.findall(plain))} "


def secrets() -> dict[str, str]:
    """What a copy may not say: the words of each text, and where it stands in the book."""
    found = {}
    for path in chapters():
        texts = [text for state in states(path) for text in told(state)]
        for text in [*texts, *solutions(path)]:
            found[words(text)] = path.stem
    return {text: page for text, page in found.items() if len(text.split()) > 3 and text not in ELSEWHERE}


def files(folder: Path) -> list[Path]:
    """Every file that holds text."""
    pictures = (".png", ".woff", ".woff2", ".ttf", ".zip", ".gif", ".inv", ".br")
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix not in pictures]


def test_no_file_tells_a_solution_or_a_reason(edition):
    """Pages, scripts, notebooks, the index, the Markdown beside each page: none has a word of them."""
    wanted = secrets()
    assert len(wanted) > 400
    kinds = {path.suffix for path in files(edition)}
    assert {".html", ".ipynb", ".js", ".md", ".txt", ".json"} <= kinds
    leaks = set()
    for path in files(edition):
        said = words(path.read_text("utf-8", errors="replace"))
        leaks |= {(path.name, page, text) for text, page in wanted.items() if text in said}
    assert leaks == set()


def test_the_search_finds_what_is_there(tmp_path):
    """In the book itself it finds them all."""
    (page,) = chapters("dice")
    said = words(page.read_text("utf-8"))
    own = [text for text, name in secrets().items() if name == "dice"]
    assert len(own) > 40
    assert [text for text in own if text not in said] == []


def test_no_state_holds_an_answer(edition):
    """Of each question and exercise only the digest is left."""
    asked = done = 0
    for page in edition.rglob("notebooks/**/*.ipynb"):
        for state in states(page):
            if "_right" in state:
                assert (state["_right"], state["reveal"]) == (None, "")
                assert all(len(choice) == 1 for choice in state["_choices"])
                assert state["_seal"]["digests"]
                asked += 1
            elif "description" in state:
                assert state["description"]["kind"] in ("sealed", "sealed grid", "function")
                done += 1
    assert done == sum(len(checks(page)) for page in CHAPTERS)
    assert asked == sum("_right" in state for page in chapters() for state in states(page)) > 50


def test_no_notebook_asks_the_checks_of_the_book(edition):
    """The cells import no chapter's exercises; the list of exercises is all that they take from there."""
    for page in edition.rglob("notebooks/**/*.ipynb"):
        code = "\n".join(cell.source for cell in nbformat.read(page, 4).cells if cell.cell_type == "code")
        modules = set(re.findall(r"^from seglosses\.exercises\.(\w+)", code, re.M))
        assert modules <= {"sealed", "contents"}, page.name


def test_what_is_for_teachers_is_not_there(edition):
    """Neither as a page nor as a link."""
    gone = [page.stem for page in pages() if page.is_relative_to(student.TEACHING)]
    assert not list(edition.rglob("*/teaching"))
    for name in gone:
        assert not [
            page for page in edition.rglob("*.html") if f"teaching/{name}.html" in page.read_text("utf-8")
        ]


def test_other_languages_are_not_there(edition):
    """Their pages hold the same answers, in words that the search above does not know."""
    assert languages.editions() != []
    for code in languages.editions():
        assert not [path for path in edition.rglob("*") if code in path.relative_to(edition).parts]


# ---- it works --------------------------------------------------------------------------------------------


def notebook(edition: Path, name: str) -> nbformat.NotebookNode:
    """A notebook of the copies."""
    return nbformat.read(edition / f"notebooks/{name}.ipynb", as_version=4)


def test_every_notebook_defines_what_its_cells_read(edition):
    """Although what computed the answers is gone: the linter finds no name without a value."""
    notebooks = sorted(edition.rglob("notebooks/**/*.ipynb"))
    assert len(notebooks) == len(chapters())
    for page in notebooks:
        nbformat.validate(nbformat.read(page, as_version=4))
    ruff = Path(sys.executable).with_name("ruff")
    command = [ruff, "check", "--isolated", "--no-cache", "--select", "F821", edition / "notebooks"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_a_notebook_runs_and_judges(edition):
    """From the first cell to the last, with answers typed in: right, wrong, and a function to hand in."""
    copy = notebook(edition, "dice")
    typed = {
        "dice-exercise-column-code": "1 / 9",
        "dice-exercise-logits-code": "PREDICTION_1",
        "dice-exercise-squares-code": "print",
    }
    for cell in copy.cells:
        if cell.id in typed:
            cell.source = cell.source.replace("answer = ...", f"answer = {typed[cell.id]}")
    NotebookClient(copy, timeout=600, kernel_name="python3").execute()
    said = {cell.id: cell.outputs[0]["data"]["text/plain"] for cell in copy.cells if cell.id in typed}
    assert said["dice-exercise-column-code"] == "Right."
    assert said["dice-exercise-logits-code"].startswith("Not yet. Which logits have")
    assert said["dice-exercise-squares-code"].startswith("A function is judged by calling it")


def answer_all(page: Page) -> None:
    """Answer a question and two exercises of the Dice chapter, wrong and right."""
    question = page.locator(".question").first
    for answer, says in (("0.83", "Not this one."), ("0.37", "Right.")):
        question.get_by_role("radio", name=answer).check()
        question.get_by_role("button", name="Commit my answer").click()
        expect(question.locator(".qu-verdict")).to_have_text(says)
        question.get_by_role("button", name="Forget my answer").click()
    page.get_by_role("button", name="Answer here").first.click()
    exercise = page.locator(".exercise-form").first
    for answer, says in (("8/9", "Not yet. 0.8889 is not it."), ("0.1111", "Right.")):
        exercise.get_by_label("Your answer").fill(answer)
        exercise.get_by_role("button", name="Check my answer").click()
        expect(exercise.locator(".ex-verdict")).to_contain_text(says)


@pytest.mark.parametrize("served", [True, False], ids=["served", "file"])
def test_a_page_is_answered(edition, visit, served):
    """The console stays silent, and nothing is asked of another host; what a question covers opens."""
    page = visit().page
    with serving(edition / "site") as address:
        page.goto(f"{address if served else (edition / 'site').as_uri()}/book/dice.html")
        answer_all(page)
        covered = page.locator("#dice-raw-mask-why")
        expect(covered).to_be_hidden()
        second = page.locator(".question").nth(1)
        second.get_by_role("radio", name="An error").check()
        second.get_by_role("button", name="Commit my answer").click()
        expect(covered).to_be_visible()


# ---- what is made of what --------------------------------------------------------------------------------


def test_a_fold_leaves_its_question():
    """Solutions and other folds go as a whole."""
    page = ROOT / "book/dice.ipynb"
    prose = "Before.\n\n```{dropdown} Answer\nIt is 0.5.\n```\n\n"
    prose += "````{dropdown} Why so?\n```text\nx\n```\n````\nAfter."
    assert student.without_answers(prose, page) == "Before.\n\n\nWhy so?\nAfter."
    solution = "```{solution-start} dice-column\n:class: dropdown\n```\nText.\n\n```{solution-end}\n```"
    assert student.without_answers(solution, page) == ""


def test_each_promise_of_the_prose_is_found():
    """The table names sentences that are there, and no copy keeps one."""
    prose = "\n".join(cell.source for page in chapters() for cell in nbformat.read(page, 4).cells)
    for said in student.WORDS["en"]:
        assert said in prose


def test_what_later_cells_need_stays():
    """A name, what it is made of, and nothing else."""
    source = "import torch\nfrom a import b, c\nsecret = b(1)\nx = c(torch)\nQuestion(secret)"
    assert needed(source, {"x"}) == ["import torch", "from a import b, c", "x = c(torch)"]
    assert above(source, {"x", "y"}) == {"y", "Question"}
    loop = "for i in rows:\n    total = [q for q in i]\nprint(total)"
    assert above(loop, set()) == {"rows", "print", "total", "q", "i"}


def test_a_cell_without_its_check_is_refused():
    """The message says which."""
    states = {"m": {"state": {"name": "a", "description": {"kind": "function", "hint": ""}, "layout": ""}}}
    output = nbformat.v4.new_output("execute_result", {student.VIEW: {"model_id": "m"}})
    cell = new_code_cell("answer = ...", outputs=[output])
    copy = new_notebook(cells=[cell], metadata={"widgets": {STATE: {"state": states}}})
    with pytest.raises(Refused, match=r"an exercise's cell must end with its check; got answer = \.\.\."):
        student.student_copy(copy, ROOT / "book/dice.ipynb")


UNRUN = ["Question('?', {})", "from seglosses.exercises.dice import squared_dice\nprint"]


@pytest.mark.parametrize("code", UNRUN)
def test_a_notebook_that_was_not_run_is_refused(code):
    """Without its state a question would keep its reasons, and an exercise the book's check."""
    copy = new_notebook(cells=[new_code_cell(code, id="dice-new")])
    with pytest.raises(
        Refused, match=r"dice.ipynb must hold the state of the widget in 'dice-new'; got none"
    ):
        student.student_copy(copy, ROOT / "book/dice.ipynb")


def test_a_link_to_a_page_that_is_gone_is_words():
    """All other links stay."""
    page, gone = ROOT / "book/intro.ipynb", [ROOT / "book/teaching/grading.md"]
    text = "See [how](teaching/grading.md#top), [Dice](dice.ipynb) and [x](https://x.org)."
    assert editions.unlinked(text, page, gone) == "See how, [Dice](dice.ipynb) and [x](https://x.org)."


def test_a_build_that_fails_says_why(tmp_path):
    """And is refused in one line with what the builder said."""
    with pytest.raises(Refused, match="the site could not be built"):
        editions.build(tmp_path / "nothing", tmp_path / "site")

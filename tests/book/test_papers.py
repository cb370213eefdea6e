"""The page on handouts and exams: its counts are computed, its code runs, its commands are targets."""

import re
from pathlib import Path

from numerals import numerals

from seglosses.exercises.contents import CHAPTERS, checks
from seglosses.exercises.variants import labels

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "book/teaching/papers.md").read_text("utf-8")


def test_what_the_page_counts():
    """No numeral is typed; the spelled numbers are those of the exercises with variants."""
    assert numerals(PAGE) == []
    varied = {page for page in CHAPTERS for one in checks(page) if one.listed.label in labels()}
    assert (len(labels()), len(varied)) == (25, 11)
    assert "twenty-five of them, from eleven chapters, have variants" in PAGE


def test_the_code_of_the_page_runs(capsys):
    """A question, a verdict with its reason, a solution."""
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.M | re.S)
    exec(code, {})
    question, verdict, solution = capsys.readouterr().out.splitlines()
    assert question.endswith("Give a fraction.")
    assert verdict.startswith(("Right. ", "Not yet. "))
    assert r"\frac" in solution


def test_the_commands_of_the_page_are_targets():
    """Each make of the page is one of the Makefile."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    made = set(re.findall(r"^make (\w+)", PAGE, re.M))
    assert made == {"handout", "exam", "mark"}
    assert all(re.search(rf"^{target}:", makefile, re.M) for target in made)

"""What the package says on a page is said in each language: no text is missing, none is left over."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from numerals import numerals

from seglosses import language, plots
from seglosses.exercises import _check, _described, _grids
from seglosses.exercises.contents import CHAPTERS, checks
from seglosses.exercises.dice import one_column_too_many
from seglosses.language import TABLES, say, spoken, table

PACKAGE = Path(__file__).parents[1] / "seglosses"
LANGUAGES = sorted(path.stem for path in TABLES.glob("*.json"))


def texts(description: object) -> Iterator[str]:
    """The texts in a description: more than one word, for a single one is a name."""
    if isinstance(description, str) and " " in description:
        yield description
    elif isinstance(description, dict | list | tuple):
        for part in description.values() if isinstance(description, dict) else description:
            yield from texts(part)


def asked() -> Iterator[str]:
    """Every text that is asked for by ``say`` where it stands."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
                yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant))


def shown() -> set[str]:
    """All texts that a page of the book can show."""
    constants = (vars(module) for module in (_check, _described, _grids))
    named = (value for names in constants for name, value in names.items() if name.isupper())
    exercises = (one for page in CHAPTERS for one in checks(page))
    described = (part for one in exercises for part in (one.for_page(), vars(one.listed)))
    return {
        *asked(),
        *texts(list(described)),
        *(value for value in named if isinstance(value, str) and " " in value),
        *plots.WORDS.values(),
        *CHAPTERS.values(),
    }


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_is_translated_and_none_is_left_over(code: str):
    """A new text of the package needs its translation; a dropped one leaves the table."""
    assert shown() ^ table(code).keys() == set()


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_keeps_numerals_and_what_is_filled_in(code: str):
    """Their order is the language's own."""
    for english, other in table(code).items():
        for of in (numerals, lambda text: re.findall(r"\{\w*\}", text)):
            assert sorted(of(other)) == sorted(of(english)), english


def test_the_language_is_that_of_the_edition_whose_notebook_runs(monkeypatch, tmp_path):
    """Its folder says it; a variable of the environment overrules."""
    assert language.language() == "en"
    (tmp_path / "book/zh/widgets").mkdir(parents=True)
    for folder in ("book/zh", "book/zh/widgets"):
        monkeypatch.chdir(tmp_path / folder)
        assert language.language() == "zh"
    monkeypatch.setenv("SEGLOSSES_LANGUAGE", "en")
    assert language.language() == "en"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEGLOSSES_LANGUAGE", "zh")
    assert say("Not answered yet.") == "尚未作答。"
    assert say("no text of the book") == "no text of the book"
    assert spoken({"hint": ["Hint"], "right": 1.5}) == {"hint": ["提示"], "right": 1.5}


def test_a_verdict_is_said_in_the_language_of_the_page(monkeypatch):
    """Praise, a slip's reason, a wrong kind of answer, and the form that the page shows."""
    monkeypatch.setenv("SEGLOSSES_LANGUAGE", "zh")
    assert repr(one_column_too_many("1/9")) == "正确。Dice是40/45，损失是剩下的部分：1/9。"
    assert repr(one_column_too_many(8 / 9)) == "还不对。这是Dice系数。损失是一减去它。"
    assert repr(one_column_too_many("many")).startswith("还不对。答案必须是一个数；收到的是'many'。提示：")
    blank = one_column_too_many(...)
    assert repr(blank) == "尚未作答。"
    assert blank.form["description"]["praise"].startswith("Dice是40/45")

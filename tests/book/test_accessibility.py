"""The accessibility statement: every criterion of WCAG 2.2 AA, each with a test that exists or a walk."""

import ast
import re
from functools import cache
from pathlib import Path

import seglosses

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "book/accessibility.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\d\.\d\.\d+) ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.M)
# https://www.w3.org/TR/WCAG22/, levels A and AA; 4.1.1 is no longer one of them.
LEVELS_A_AND_AA = """
1.1.1 1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.3.3 1.3.4 1.3.5
1.4.1 1.4.2 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13
2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 2.4.4 2.4.5 2.4.6 2.4.7 2.4.11
2.5.1 2.5.2 2.5.3 2.5.4 2.5.7 2.5.8
3.1.1 3.1.2 3.2.1 3.2.2 3.2.3 3.2.4 3.2.6 3.3.1 3.3.2 3.3.3 3.3.4 3.3.7 3.3.8 4.1.2 4.1.3
"""
CRITERIA = LEVELS_A_AND_AA.split()


@cache
def defined(file: str) -> set[str]:
    """The names of the tests of a file."""
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_criterion_stands_there_once():
    """In the order of the guidelines, none left out."""
    assert len(CRITERIA) == 55
    assert [number for number, *_ in ROWS] == CRITERIA


def test_every_verdict_is_shown():
    """What is met has a test that exists or a walk; what does not occur says why."""
    for number, _, verdict, shown in ROWS:
        named = re.findall(r"`([\w/.-]+)::(\w+)`", shown)
        if verdict == "met":
            assert named or shown.startswith("walk: "), number
            assert all(name in defined(file) for file, name in named), f"{number}: no test {named}"
        else:
            assert verdict == "no such content", number
            assert not named, number


def test_most_verdicts_are_held_by_tests():
    """A walk is the exception: what it saw holds for the day on which it was made."""
    walks = [number for number, *_, shown in ROWS if shown.startswith("walk: ")]
    assert walks == ["2.3.1", "2.4.4", "3.1.2", "3.2.2"]


def test_the_statement_is_of_this_version():
    """A release without a look at the statement fails here."""
    assert f"statement of version {seglosses.__version__}." in PAGE

"""One spelling for each word, in what readers read: pages, docstrings, and the words of the widgets.

``terms.json`` has for each chosen word what is not written instead of it, as regular expressions.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from numerals import ROOT, cells, chapters, prose

TERMS: dict[str, list[str]] = json.loads((ROOT / "tests/terms.json").read_text("utf-8"))
QUOTES = "corrections"  # the page that speaks of the source in the source's own words
LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`')  # a word that is shown; keys stand without quotes
CHINESE = re.compile("[\u4e00-\u9fff]")


def docstrings(path: Path) -> str:
    """All docstrings of a file, without the code in them."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef)
    nodes = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, holders)]
    return re.sub("``.*?``|^ *>>>.*", "", "\n".join(ast.get_docstring(n) or "" for n in nodes), flags=re.M)


def texts() -> Iterator[tuple[str, str]]:
    """Everything that is looked at, by the name of its file."""
    for path in chapters():
        if path.stem != QUOTES:
            yield path.name, "\n".join(map(prose, cells(path).values()))
    for path in [*ROOT.glob("*.md"), *(ROOT / "book").rglob("*.md")]:
        yield path.name, prose(path.read_text("utf-8"))
    for path in (ROOT / "seglosses").rglob("*.py"):
        yield path.name, docstrings(path)
    for path in (ROOT / "seglosses").rglob("*.js"):
        if path.stem.endswith(("strings", "words")):
            yield path.name, "\n".join(LITERAL.findall(path.read_text("utf-8")))


def found(text: str, refused: str) -> list[str]:
    """Where a text has a word that is refused; Chinese has no spaces between words."""
    whole = refused if CHINESE.search(refused) else rf"(?<![\w.-])(?:{refused})(?![\w-])"
    return [text[max(0, m.start() - 30) : m.end() + 10] for m in re.finditer(whole, text, re.I)]


@pytest.mark.parametrize("chosen", TERMS)
def test_a_word_is_written_in_one_way(chosen: str):
    """None of its other spellings stands in any text."""
    hits = [(name, hit) for name, text in texts() for other in TERMS[chosen] for hit in found(text, other)]
    assert hits == [], f"the word here is {chosen}"


def test_every_kind_of_text_is_looked_at():
    """Pages, docstrings and the words of the widgets, in both languages; a planted word is found."""
    names = [name for name, text in texts() if text.strip()]
    for suffix in (".ipynb", ".md", ".py", ".js"):
        assert any(name.endswith(suffix) for name in names), suffix
    assert found("weigh the positives", TERMS["foreground"][0])
    assert not found("count the true positives", TERMS["foreground"][0])
    assert found("两个掩码都为空", TERMS["掩膜"][0])

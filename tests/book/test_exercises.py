"""The page of exercises leads to every exercise of every chapter."""

import json
import re

from numerals import ROOT, chapters

MINUTES = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
PAGE = ROOT / "book/exercises.ipynb"


def text(path) -> str:
    """A notebook's markdown."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def labels(path) -> list[str]:
    """The labels of a chapter's exercises, in their order."""
    return re.findall(r"^```\{exercise-start\}.*\n:label: (.*)$", text(path), re.MULTILINE)


def index() -> dict[str, list[tuple[str, str]]]:
    """For each chapter of the index, the labels that it links to and the minutes it gives them."""
    parts = re.split(r"^\[[^\]]*\]\((.*)\.ipynb\)$", text(PAGE), flags=re.MULTILINE)[1:]
    entry = r"^- \{ref\}`[^<]*<(.*)>`, ★+, (\w+) minutes$"
    return {
        name: re.findall(entry, part, re.MULTILINE)
        for name, part in zip(parts[::2], parts[1::2], strict=True)
    }


def test_the_index_lists_every_exercise_in_its_order():
    """A new exercise needs a line on the page of exercises, under its chapter."""
    of_chapters = {path.stem: labels(path) for path in chapters() if path != PAGE and labels(path)}
    found = {name: [label for label, _ in entries] for name, entries in index().items()}
    assert found == of_chapters


def test_the_minutes_add_up():
    """Each chapter promises a quarter of an hour for its exercises."""
    for name, entries in index().items():
        assert sum(MINUTES[minutes] for _, minutes in entries) == 15, name
        assert "*A quarter of an hour.*" in text(ROOT / f"book/{name}.ipynb"), name

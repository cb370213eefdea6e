"""What a chapter's notebook says of itself: sections, minutes, questions, and the widgets in each."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from myst_nb.core.render import WIDGET_STATE_MIMETYPE as STATE
from myst_nb.core.render import WIDGET_VIEW_MIMETYPE as VIEW

COUNTS = (  # as each language spells them
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen",
    "零 一 两 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五",
)
SPELLED = {word: number for words in COUNTS for number, word in enumerate(words.split())}
HEADING = re.compile(r"^## (.+)$", re.M)
MINUTES = re.compile(r"^\*(?:(A quarter of an hour|一刻钟)|(\w+?)(?: minutes?|分钟))(?=\W)", re.M)
GOAL = re.compile(r"^- (.+)$", re.M)
GOALS = re.compile(r"(?:you can|你能够)\n")


@dataclass(frozen=True)
class Asked:
    """A question of a chapter: the cell that asks it, and its state."""

    cell: str
    state: dict[str, Any]


@dataclass(frozen=True)
class Section:
    """A section of a chapter, with what stands in it."""

    title: str
    cell: str
    minutes: int
    questions: tuple[Asked, ...]
    widgets: tuple[tuple[str, str], ...]
    """The cell and the kind of each widget that is no question and no exercise."""


@dataclass(frozen=True)
class Chapter:
    """A chapter: its title, its goals and its sections, in their order."""

    name: str
    title: str
    goals: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def questions(self) -> list[Asked]:
        """All its questions, in their order."""
        return [one for section in self.sections for one in section.questions]


@cache
def read(path: Path) -> Chapter:
    """Read a chapter off its notebook."""
    notebook = json.loads(path.read_text("utf-8"))
    states = notebook["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})
    title, goals = "", tuple[str, ...]()
    sections: list[dict[str, Any]] = [_section("", "", "")]
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            if source.startswith("# "):
                title = source[2:].splitlines()[0]
                goals = (
                    tuple(GOAL.findall(GOALS.split(source, maxsplit=1)[-1])) if GOALS.search(source) else ()
                )
            for heading in HEADING.finditer(source):
                sections.append(_section(heading[1], cell["id"], source[heading.end() :]))
        for state in filter(None, (_state(states, output) for output in cell.get("outputs", []))):
            kind = state["_anywidget_id"].rpartition(".")[2]
            if "covers" in state:
                sections[-1]["questions"].append(Asked(cell["id"], state))
            elif not state.get("_on_demand"):
                sections[-1]["widgets"].append((cell["id"], kind))
    made = [
        Section(**one | {"questions": tuple(one["questions"]), "widgets": tuple(one["widgets"])})
        for one in sections
    ]
    return Chapter(path.stem, title, goals, tuple(made))


def _section(title: str, cell: str, text: str) -> dict[str, Any]:
    """A section with nothing in it yet; the line below its heading says how many minutes it takes."""
    stated = MINUTES.match(text.lstrip())
    minutes = 0 if stated is None else 15 if stated[1] else SPELLED[stated[2].lower()]
    return {"title": title, "cell": cell, "minutes": minutes, "questions": [], "widgets": []}


def _state(states: dict[str, Any], output: dict[str, Any]) -> dict[str, Any]:
    """The state of the widget of this book that an output shows, or nothing."""
    model = output.get("data", {}).get(VIEW, {}).get("model_id")
    record = states.get(model, {})
    state: dict[str, Any] = record.get("state", {}) if record.get("model_module") == "anywidget" else {}
    return state

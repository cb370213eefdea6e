"""Pages for teachers that are made of the chapters: plans with their minutes, and a card for each chapter.

On a page in the folder ``teaching`` these two stand for Markdown that every build makes anew::

    ```{lesson-plan} lecture      a plan of plans.yml, beside the page
    ```
    ```{chapter-card} dice        minutes, goals, widgets, and what each wrong choice reveals
    ```

A plan names places, as ``dice#dice-draw`` or, for an exercise, ``dice#dice-column``. Titles, minutes, guesses
and widgets come from the chapters. A plan whose minutes do not fit its session stops the build.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from notebook_facts import Asked, Chapter, Section, read
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from seglosses.exercises.contents import CHAPTERS, checks
from seglosses.widgets.question.asked import escaped

BLOCK = re.compile(r"^```\{(lesson-plan|chapter-card)\} ([\w-]+)\n```$", re.M)
SPARE = 5  # minutes of a session that a plan may leave to the class
WORDS = {
    "en": {
        "head": ("From", "Min.", "What"),
        "guess": "guess",
        "exercise": "Exercise",
        "sum": "{total} of {minutes} minutes are planned.",
        "late": "If time runs short, leave out first: {steps}.",
        "skipped": "Left out of these chapters: {steps}.",
        "entry": "{link} ({minutes})",
        "card": "{minutes} minutes to read{exercises}.",
        "exercises": ", {minutes} for {count} exercises",
        "paint": "To paint and play: {widgets}.",
        "goals": "**After it a reader can**",
        "reveals": "What the wrong choices reveal",
        "right": "Right is **{answer}**.",
    },
    "zh": {
        "head": ("起点", "分钟", "内容"),
        "guess": "猜测",
        "exercise": "练习",
        "sum": "共安排{total}分钟（时长{minutes}分钟）。",
        "late": "时间不够时，先略去：{steps}。",
        "skipped": "这些章节中略去的部分：{steps}。",
        "entry": "{link}（{minutes}）",
        "card": "阅读{minutes}分钟{exercises}。",
        "exercises": "，{count}道练习{minutes}分钟",
        "paint": "可以涂画和操作：{widgets}。",
        "goals": "**学完之后，读者能够**",
        "reveals": "错误的选项说明什么",
        "right": "正确的是**{answer}**。",
    },
}


@dataclass(frozen=True)
class Step:
    """A section or an exercise, as a plan has it."""

    place: str
    link: str
    minutes: int
    parts: tuple[str, ...]


def filled(text: str, page: Path) -> str:
    """The Markdown of a teachers' page with its plans and cards written out."""
    folder = page.resolve().parts[-3]  # of an edition, its code
    language = folder if folder in WORDS else "en"
    make = {"lesson-plan": plan, "chapter-card": card}
    return BLOCK.sub(lambda found: make[found[1]](found[2], page, WORDS[language]), text)


# --- plans ------------------------------------------------------------------------------------------------


def plan(name: str, page: Path, words: dict[str, Any]) -> str:
    """A plan: each of its sessions, and what it leaves out of the chapters that it uses.

    Raises:
        ExtensionError: a place is not there, or the minutes of a session do not fit.
    """
    sessions = yaml.safe_load((page.parent / "plans.yml").read_text("utf-8"))[name]
    text = "\n\n".join(session(one, page, words) for one in sessions)
    used = [place for one in sessions for place in one["steps"]]
    rest = [
        step
        for chapter in dict.fromkeys(place.partition("#")[0] for place in used)
        for step in steps(chapter, page, words).values()
        if step.place not in used and step.minutes
    ]
    return f"{text}\n\n{words['skipped'].format(steps=entries(rest, words))}"


def session(given: dict[str, Any], page: Path, words: dict[str, Any]) -> str:
    """One session as a table with its clock, below its title."""
    clock, rows = 0, []
    for place, note in given["steps"].items():
        step = found(place, page, words)
        what = " · ".join([step.link, *step.parts]) + (f"<br>{note}" if note else "")
        rows.append((f"{clock // 60}:{clock % 60:02}", str(step.minutes), what))
        clock += step.minutes
    if not given["minutes"] - SPARE <= clock <= given["minutes"]:
        expected = f"must take {given['minutes'] - SPARE} to {given['minutes']} minutes"
        hint = "Hint: the minutes are those of the pages; add a place or take one out."
        raise ExtensionError(f"the session {given['title']!r} {expected}; got {clock}. {hint}")
    late = [found(place, page, words) for place in given["late"]]
    lines = [words["head"], ("---:", "---:", "---"), *rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    total = words["sum"].format(total=clock, minutes=given["minutes"])
    return f"### {given['title']}\n\n{table}\n\n{total} {words['late'].format(steps=entries(late, words))}"


def entries(given: list[Step], words: dict[str, Any]) -> str:
    """Steps in a line, each with its minutes."""
    return ", ".join(words["entry"].format(link=step.link, minutes=step.minutes) for step in given)


def found(place: str, page: Path, words: dict[str, Any]) -> Step:
    """The step of a place."""
    known = steps(place.partition("#")[0], page, words)
    if place not in known:
        hint = f"Hint: there are {', '.join(known)}."
        raise ExtensionError(f"a place must be a section or an exercise; got {place!r}. {hint}")
    return known[place]


def steps(chapter: str, page: Path, words: dict[str, Any]) -> dict[str, Step]:
    """All sections and exercises of a chapter, by their places."""
    sections = read_chapter(chapter, page).sections
    all_steps = [section_step(chapter, section, words) for section in sections if section.title]
    if chapter in CHAPTERS:
        for check in checks(chapter):
            at = f"{chapter}#{check.listed.label}"
            link = f"{words['exercise']}: {linked(check.listed.about, at)}"
            all_steps.append(Step(at, link, check.listed.minutes, ()))
    return {step.place: step for step in all_steps}


def section_step(chapter: str, section: Section, words: dict[str, Any]) -> Step:
    """A section with links to its guesses and widgets. That of the exercises has none of its own minutes."""
    at = f"{chapter}#{section.cell}"
    guesses = [f"{words['guess']}: {question(chapter, one)}" for one in section.questions]
    widgets = [widget(chapter, *one) for one in section.widgets]
    minutes = 0 if section.cell.endswith("-exercises") else section.minutes
    return Step(at, linked(section.title, at), minutes, (*guesses, *widgets))


def read_chapter(name: str, page: Path) -> Chapter:
    """The chapter of this name beside the folder of the page."""
    path = page.parents[1] / f"{name}.ipynb"
    if not path.exists():
        raise ExtensionError(f"a chapter must be a notebook of the book; got {name!r}. Hint: dice is one.")
    return read(path)


# --- cards ------------------------------------------------------------------------------------------------


def card(name: str, page: Path, words: dict[str, Any]) -> str:
    """What a chapter says of itself, for whoever teaches it."""
    chapter = read_chapter(name, page)
    return "\n\n".join(card_parts(chapter, words))


def card_parts(chapter: Chapter, words: dict[str, Any]) -> Iterator[str]:
    """Minutes and widgets; the goals; the questions with their wrong choices, folded."""
    minutes = sum(one.minutes for one in chapter.sections if not one.cell.endswith("-exercises"))
    given = checks(chapter.name) if chapter.name in CHAPTERS else []
    spent = sum(check.listed.minutes for check in given)
    exercises = words["exercises"].format(minutes=spent, count=len(given)) if given else ""
    line = words["card"].format(minutes=minutes, exercises=exercises)
    widgets = [widget(chapter.name, *one) for section in chapter.sections for one in section.widgets]
    yield f"*{line}*" + (f" {words['paint'].format(widgets=', '.join(widgets))}" if widgets else "")
    if chapter.goals:
        yield "\n".join([words["goals"], "", *(f"- {goal}" for goal in chapter.goals)])
    if chapter.questions:
        asked = [revealed(chapter.name, one, words) for one in chapter.questions]
        yield "\n\n".join([f"````{{dropdown}} {words['reveals']}", *asked]) + "\n````"


def revealed(chapter: str, asked: Asked, words: dict[str, Any]) -> str:
    """A question with its right answer, and each wrong choice with the question's own reason."""
    state = asked.state
    right = words["right"].format(answer=answer(state, state["_right"]))
    wrong = [
        f"- *{answer(state, value)}*: {plain(reason)}"
        for value, reason in state["_choices"]
        if value != state["_right"]
    ]
    return "\n".join([f"{question(chapter, asked)} {right}", "", *wrong])


def question(chapter: str, asked: Asked) -> str:
    """A question's text, as a link to it."""
    return linked(plain(asked.state["text"]), f"{chapter}#{asked.cell}")


def widget(chapter: str, cell: str, kind: str) -> str:
    """A widget's name in words, as a link to it."""
    return linked(re.sub(r"(?<=.)(?=[A-Z])", " ", kind).lower(), f"{chapter}#{cell}")


def answer(state: dict[str, Any], value: Any) -> str:
    """An answer in words: a choice, or a number with its unit."""
    if not state["_number"]:
        return plain(value)
    return f"{round(value, 4):g} {state['_number']['unit']}".strip()


def linked(title: str, place: str) -> str:
    """A link to a place of a chapter, from a page in a folder beside it."""
    chapter, _, cell = place.partition("#")
    return f"[{title}](../{chapter}.ipynb#{cell})"


def plain(text: str) -> str:
    """A question's text in Markdown: its tags as they are, and no sign that means something there."""
    return re.sub(r"([*$\[\]`|\\])", r"\\\1", escaped(text))


def fill(app: Sphinx, docname: str, source: list[str]) -> None:
    """Write out a teachers' page before it is parsed. It is made anew when a chapter or a plan changes."""
    page = Path(app.env.doc2path(docname))
    if page.suffix == ".md" and page.parent.name == "teaching":
        for path in (*page.parents[1].glob("*.ipynb"), page.parent / "plans.yml"):
            app.env.note_dependency(str(path))
        source[0] = filled(source[0], page)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("source-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""The pages for teachers: minutes that add up, links that lead somewhere, and no solution given away."""

import json
import re
from functools import cache
from itertools import product
from pathlib import Path

import pytest
import yaml
from lesson_plans import WORDS, filled, plan, read_chapter
from numerals import numerals
from sphinx.errors import ExtensionError

from seglosses.exercises.contents import CHAPTERS, checks

BOOK = Path(__file__).parents[2] / "book"
TEACHING = BOOK / "teaching"
PAGES = sorted(TEACHING.glob("*.md"))
PLANS = yaml.safe_load((TEACHING / "plans.yml").read_text("utf-8"))
LINK = re.compile(r"\]\(\.\./([\w-]+)\.ipynb(?:#([\w-]+))?\)")
ROW = re.compile(r"^\| (\d+):(\d\d) \| (\d+) \| .*?\]\(\.\./([\w-]+)\.ipynb#([\w-]+)\)", re.M)
SPELLED = "zero one two three four five six seven eight nine ten eleven twelve"


def made(name):
    """A page as the site has it."""
    return filled((TEACHING / f"{name}.md").read_text("utf-8"), TEACHING / f"{name}.md")


@cache
def cells(chapter):
    """The cells of a chapter, with their sources as texts."""
    notebook = json.loads((BOOK / f"{chapter}.ipynb").read_text("utf-8"))
    return [cell | {"source": "".join(cell["source"])} for cell in notebook["cells"]]


def stated(chapter, place):
    """The minutes that a page states for a section, below its heading, or a list for an exercise."""
    listed = (
        {check.listed.label: check.listed.minutes for check in checks(chapter)} if chapter in CHAPTERS else {}
    )
    if place in listed:
        return listed[place]
    source = next(cell["source"] for cell in cells(chapter) if cell["id"] == place)
    word = re.search(r"^## .*\n\n\*(\w+) minutes?", source, re.M)[1].lower()
    return SPELLED.split().index(word)


@pytest.mark.parametrize("name", ["index", "plans", "chapters", "in-class"])
def test_no_number_is_typed(name):
    """They come from the chapters, or from the plans' clock."""
    assert numerals((TEACHING / f"{name}.md").read_text("utf-8")) == []


def test_the_minutes_are_those_of_the_pages_and_add_up():
    """Each line has the minutes that its place states, and the clock of a session is their sum."""
    sessions = made("plans").split("\n### ")[1:]
    assert len(sessions) == 1 + 2 + 5
    assert [one["title"] for name in PLANS for one in PLANS[name]] == [
        one.splitlines()[0] for one in sessions
    ]
    for text, given in zip(sessions, (one for name in PLANS for one in PLANS[name]), strict=True):
        clock = 0
        rows = ROW.findall(text)
        assert [f"{chapter}#{place}" for *_, chapter, place in rows] == list(given["steps"])
        for hours, minutes, takes, chapter, place in rows:
            assert int(hours) * 60 + int(minutes) == clock, place
            assert int(takes) == stated(chapter, place), place
            clock += int(takes)
        assert f"\n{clock} of {given['minutes']} minutes are planned." in text
        assert given["minutes"] - 5 <= clock <= given["minutes"]
        assert set(given["late"]) < set(given["steps"])


def test_what_a_plan_leaves_out_is_the_rest():
    """Each section and exercise of a chapter that it uses is in a session, or among what it leaves out."""
    for name in PLANS:
        text = plan(name, TEACHING / "plans.md", WORDS["en"])
        left = {f"{chapter}#{place}" for chapter, place in LINK.findall(text.rpartition("\n\n")[2])}
        used = {place for session in PLANS[name] for place in session["steps"]}
        assert left & used == set()
        for chapter in {place.partition("#")[0] for place in used}:
            timed = {
                f"{chapter}#{one.cell}"
                for one in read_chapter(chapter, TEACHING / "plans.md").sections
                if one.minutes
            }
            labels = {
                f"{chapter}#{one.listed.label}" for one in (checks(chapter) if chapter in CHAPTERS else [])
            }
            assert {one for one in timed | labels if one.partition("#")[0] == chapter} - used - left == (
                {f"{chapter}#{chapter}-exercises"} & timed
            )


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ({"dice#dice-draw": None, "dice#dice-formula": None}, "'Short' must take 5 to 10 minutes; got 13"),
        ({"dice#dice-dram": None}, "must be a section or an exercise; got 'dice#dice-dram'"),
        ({"dise#dice-draw": None}, "must be a notebook of the book; got 'dise'"),
    ],
)
def test_a_plan_that_does_not_fit_stops_the_build(tmp_path, steps, said):
    """Too long, or a place that is not there: one line says which."""
    (tmp_path / "teaching").mkdir()
    for name in ("dice", "intro"):
        (tmp_path / f"{name}.ipynb").symlink_to(BOOK / f"{name}.ipynb")
    given = {"short": [{"title": "Short", "minutes": 10, "steps": steps, "late": []}]}
    (tmp_path / "teaching/plans.yml").write_text(yaml.safe_dump(given))
    page = tmp_path / "teaching/plans.md"
    with pytest.raises(ExtensionError, match=said):
        filled("```{lesson-plan} short\n```", page)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_each_link_leads_to_its_cell(path):
    """In what is typed and in what is made."""
    for chapter, place in LINK.findall(made(path.stem)):
        known = {cell["id"] for cell in cells(chapter)}
        known |= set(re.findall(r":label: ([\w-]+)", "\n".join(cell["source"] for cell in cells(chapter))))
        assert not place or place in known, f"{chapter}#{place}"


def test_each_chapter_has_its_card_and_three_questions():
    """In the order of the book; every wrong choice stands there with the reason that the chapter gives."""
    toc = yaml.safe_load((BOOK.parent / "_toc.yml").read_text("utf-8"))
    chapters = ["intro", *(Path(one["file"]).stem for one in toc["parts"][0]["chapters"])]
    sections = (TEACHING / "chapters.md").read_text("utf-8").split("\n## ")[1:]
    cards = [re.search(r"\{chapter-card\} ([\w-]+)", section)[1] for section in sections]
    assert cards == [*(one for one in chapters if one != "exercises"), "corrections"]
    for section in sections:
        for part in ("**Where they stumble.**", "**Watch.**", "**Discuss**"):
            assert section.count(part) == 1
        questions = re.findall(r"^\d\. \*[^*]+\?\* .{30,}|^\d\. \*[^*]+\.\* .{30,}", section, re.M)
        assert len(questions) == 3, section[:40]
    page = re.sub(r"\\(.)", r"\1", made("chapters"))
    for name in cards:
        for asked in read_chapter(name, TEACHING / "chapters.md").questions:
            for choice, reason in asked.state["_choices"]:
                assert (reason in page.replace("&lt;", "<").replace("&gt;", ">")) == (
                    choice != asked.state["_right"]
                )


def test_no_solution_is_given_away():
    """No sentence of a solution stands on a page for teachers, which everyone can read."""
    pages = " ".join(made(path.stem) for path in PAGES)
    for chapter in CHAPTERS:
        for cell in cells(chapter):
            if cell["id"].endswith("-solution"):
                sentences = [one.strip() for one in re.split(r"(?<=\.) |\n", cell["source"]) if len(one) > 25]
                assert [one for one in sentences if one in pages] == [], cell["id"]


def test_a_found_pixel_helps_dice_more_than_a_wrong_one_less():
    """As the card of Dice says, wherever there is one of each: for all counts up to ten, and any smooth."""
    for tp, fp, fn, smooth in product(range(10), range(1, 10), range(1, 10), (0, 1, 10)):
        found = (2 * (tp + 1) + smooth) / (2 * (tp + 1) + fp + fn - 1 + smooth)
        removed = (2 * tp + smooth) / (2 * tp + fp + fn - 1 + smooth)
        assert found > removed

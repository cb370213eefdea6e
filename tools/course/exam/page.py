"""The exam as a page: one file that needs no other and no network, without an answer in it.

The forms keep answers and give no verdict. A digest of the answer would let the page say right or wrong, but
a number of four decimals is found by trying ten thousand.
"""

import json
from html import escape
from pathlib import Path
from typing import Any

from course.exam import Exam
from course.exam.sheets import asked, rules
from course.exam.words import WORDS
from course.typeset import document
from seglosses.widgets.kit.bundle import module, styles

LOOKS = """
body { max-width: 46rem; margin: 0 auto; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; }
h2 { display: flex; justify-content: space-between; }
h2 span { font-weight: 400; font-size: 1rem; }
.question { margin: 2rem 0; break-inside: avoid; }
.grids { display: flex; flex-wrap: wrap; gap: 1rem; margin: 0 0 1rem; }
.grids figure { margin: 0; max-width: 100%; }
.grids svg { width: 17rem; max-width: 100%; height: auto; display: block; }
table { border-collapse: collapse; margin: 0 0 1rem; }
th, td { border: 1px solid; padding: 0.25rem 0.75rem; font-weight: 400; text-align: left; }
textarea { box-sizing: border-box; width: 100%; font: inherit; }
"""
# The book's forms are not printed; these are, without their buttons.
ON_PAPER = "@media print { .exercise-form { display: block; } .ex-foot { display: none; } }"
# What a form needs to be drawn, and nothing that could tell the answer.
SHOWN = ("kind", "says", "letters", "names", "holds", "target", "outline", "start")


def open_description(description: dict[str, Any]) -> dict[str, Any]:
    """What the page's form may know of a question."""
    shown = {name: description[name] for name in SHOWN if name in description}
    if description["kind"] == "word":
        shown["count"] = len(description["right"])  # as many as there are letters to choose
    return {**shown, "hint": ""}


def page(exam: Exam, language: str = "en") -> str:
    """The page as HTML."""
    words = WORDS[language]
    questions = "".join(
        asked(at, question, words, f'<div id="question-{at}"></div>')
        for at, question in enumerate(exam.questions, 1)
    )
    hand_in = (
        f"<section><h2>{words['hand_in']}</h2>"
        f'<p><label for="answers">{escape(words["how_to_hand_in"])}</label></p>'
        f'<textarea id="answers" rows="{len(exam.questions) + 2}" readonly></textarea>'
        f'<p><a id="save" download="exam-{exam.number}.txt">{escape(words["save"])}</a></p></section>'
    )
    body = (
        f"<main><h1>{escape(words['title'])} {exam.number}</h1>{rules(exam, words)}"
        f"<p>{escape(words['in_page'])}</p>{questions}{hand_in}</main>{script(exam, language)}"
    )
    looks = LOOKS + styles("kit/ui.css", "exercise/style.css") + ON_PAPER
    return document(f"{words['title']} {exam.number}", body, looks, language)


def script(exam: Exam, language: str) -> str:
    """The questions as data, and what brings the forms to life."""
    data = {
        "number": exam.number,
        "module": module("exercise/kept.js"),
        "notYet": WORDS[language]["not_yet"],
        "questions": [
            {
                "name": f"exam-{exam.number}-{at}",
                "description": open_description(question.variant.check.for_page()),
            }
            for at, question in enumerate(exam.questions, 1)
        ],
    }
    stored = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    code = Path(__file__).with_name("page.js").read_text("utf-8")
    return (
        f'<script type="application/json" id="exam">{stored}</script><script type="module">\n{code}</script>'
    )

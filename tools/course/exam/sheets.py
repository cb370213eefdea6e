"""The exam on paper, and its key."""

from collections.abc import Sequence
from html import escape
from typing import Any

from course.exam import Exam, Question
from course.exam.words import WORDS
from course.paper import STYLE
from course.typeset import document, html
from seglosses.exercises.variants.figures import Figure

LOOKS = """
.names { display: flex; gap: 6mm; margin: 0 0 4mm; }
.names span { border-bottom: 0.5pt solid #000; }
.names .long { flex: 3; } .names .short { flex: 1; }
.question { margin: 0 0 6mm; }
.question h2 { display: flex; justify-content: space-between; }
.question h2 span { font-weight: 400; font-size: 10pt; }
.question > p .katex { white-space: nowrap; }
.answer { display: flex; gap: 4mm; margin-top: 2mm; }
.answer span { width: 60mm; border-bottom: 0.5pt solid #000; }
.solution { border-left: 2pt solid #000; padding-left: 4mm; margin-top: 2mm; }
.slips { font-size: 9pt; }
.slips p { margin: 0; }
.slips td:first-child { white-space: nowrap; }
.rules { margin-bottom: 5mm; }
"""
ROOM = 7  # to work in, in millimetres for each point


def paper(exam: Exam, language: str = "en") -> str:
    """What a student gets, as HTML."""
    words = WORDS[language]
    names = (
        f'<p class="names">{words["name"]} <span class="long"></span> '
        f'{words["date"]} <span class="short"></span></p>'
    )
    questions = "".join(
        asked(at, question, words, to_answer(question, words), to_paint(question))
        for at, question in enumerate(exam.questions, 1)
    )
    body = f"<h1>{escape(words['title'])}</h1>{names}{rules(exam, words)}{questions}"
    return document(f"{words['title']} {exam.number}", body, STYLE + LOOKS, language)


def key(exam: Exam, seed: int, language: str = "en") -> str:
    """What whoever marks gets, as HTML: each question with its worked arithmetic and the likely slips."""
    words = WORDS[language]
    questions = "".join(
        asked(at, question, words, solved(question, words)) for at, question in enumerate(exam.questions, 1)
    )
    title = f"{words['title']}: {words['key'].lower()}"
    body = f"<h1>{escape(title)}</h1><p>{exam.number}, SEED={seed}</p>{questions}"
    return document(f"{title} {exam.number}", body, STYLE + LOOKS, language)


def rules(exam: Exam, words: dict[str, Any]) -> str:
    """How many questions, points and minutes, and what is allowed."""
    counts = words["sum"].format(questions=len(exam.questions), points=exam.points)
    said = html(f"{counts} {words['rules']}")
    return f'<div class="rules">{said}</div>'


def asked(
    at: int, question: Question, words: dict[str, Any], below: str, beside: Sequence[Figure] = ()
) -> str:
    """A question with its points and grids, others beside them; what is below stays on its page."""
    points = words["points"].get(question.points, words["points"][0]).format(n=question.points)
    return (
        f'<section class="question whole"><h2>{words["question"]} {at} <span>{points}</span></h2>'
        f"{html(question.variant.question)}{grids([*question.variant.figures, *beside])}{below}</section>"
    )


def to_paint(question: Question) -> list[Figure]:
    """The empty grid, where the answer is painted."""
    return [Figure(figure.target) for figure in question.variant.figures] if question.kind == "grid" else []


def to_answer(question: Question, words: dict[str, Any]) -> str:
    """Room to work in, and a line for the answer, where it is not painted."""
    if question.kind == "grid":
        return ""
    room = ROOM * question.points if question.kind == "number" else 0
    line = f'<p class="answer">{escape(words["answer"])} <span></span></p>'
    return f'<div style="height:{room}mm"></div>{line}'


def solved(question: Question, words: dict[str, Any]) -> str:
    """The answer, how it comes about, and what the likely slips are worth knowing by."""
    variant = question.variant
    source = f"{question.chapter}, `{question.label}`"
    said = f"**{words['answer']}:** {variant.answer}" if variant.answer else ""
    answer = html(f"{said} ({source})")
    rows = "".join(f"<tr><td>{html(slip)}</td><td>{html(reason)}</td></tr>" for slip, reason in variant.slips)
    slips = f'<table class="slips"><tr><th colspan="2">{escape(words["slips"])}</th></tr>{rows}</table>'
    return (
        f'<div class="solution">{answer}{html(variant.solution)}{grids(variant.solved)}</div>'
        f"{slips if rows else ''}"
    )


def grids(figures: Sequence[Figure]) -> str:
    """Grids side by side."""
    drawn = "".join(f"<figure>{figure.svg()}</figure>" for figure in figures)
    return f'<div class="grids">{drawn}</div>' if drawn else ""

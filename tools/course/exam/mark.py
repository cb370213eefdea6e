"""Mark what was handed in: ``python -m course.exam.mark SEED [CHAPTER ...] --files FILE ...``.

A file is the text that the exam's page or notebook gives: its number, then ``1: answer`` a line.
"""

import re
from pathlib import Path

import torch
from torch import Tensor

from course.book import Refused, command
from course.exam import Exam, Question
from course.exam.__main__ import arguments, asked_for
from course.exam.words import WORDS
from seglosses.exercises._check import Verdict

PIXEL = re.compile(r"\((\d+), (\d+)\)")


def answers(text: str, exam: Exam) -> dict[int, str]:
    """The answers of a text, by the number of their question.

    Raises:
        Refused: it belongs to another exam.
    """
    first, *lines = text.strip().splitlines() or [""]
    if first.strip() != exam.number:
        raise Refused(f"first line must be {exam.number}, the exam's number; got {first.strip()!r}.")
    pairs = (line.partition(":") for line in lines)
    blank = {words["not_yet"] for words in WORDS.values()}
    found = {int(number): answer.strip() for number, _, answer in pairs if number.strip().isdigit()}
    return {number: answer for number, answer in found.items() if answer not in blank}


def marked(question: Question, answer: str) -> Verdict:
    """What the exercise's check says of an answer as it was handed in."""
    return question.variant.check(painted(question, answer) if question.kind == "grid" else answer)


def painted(question: Question, answer: str) -> Tensor:
    """The mask of the pixels that are named in an answer."""
    mask = torch.zeros_like(question.variant.figures[0].target)
    rows, cols = mask.shape
    for r, c in PIXEL.findall(answer):
        if int(r) < rows and int(c) < cols:
            mask[int(r), int(c)] = 1
    return mask


def report(path: Path, exam: Exam) -> str:
    """A line for each question, and the points."""
    try:
        given = answers(path.read_text("utf-8"), exam)
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{path} cannot be read: {error}.") from None
    except Refused as refusal:
        raise Refused(f"{path}: {refusal}") from None
    lines, points = [], 0
    for at, question in enumerate(exam.questions, 1):
        answer = given.get(at, "")
        verdict = marked(question, answer)
        points += question.points if verdict else 0
        said = "✓" if verdict else f"✗ {verdict.reason if answer else ''}"
        lines.append(f"  {at}: {answer} {said}".rstrip())
    return "\n".join([f"{path}: {points}/{exam.points}", *lines])


def main() -> None:
    """Mark the files; one that cannot be is refused before any is marked."""
    parser = arguments("Mark what was handed in.")
    parser.add_argument("--files", nargs="*", type=Path, default=[])
    asked = parser.parse_args()
    if not asked.files:
        raise Refused("FILES must name what was handed in, one file or more; got none.")
    exam, _ = asked_for(asked)
    print("\n".join([report(path, exam) for path in asked.files]))


if __name__ == "__main__":
    command(main)

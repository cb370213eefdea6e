"""An exam: exercises of the book with other numbers, on paper, as a page and as a notebook, and a key apart.

All of it follows from a seed. None but the key holds an answer, nor the seed that it could be drawn from.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from course.book import Refused
from seglosses.exercises.contents import CHAPTERS, checks
from seglosses.exercises.variants import Variant, labels, variant
from seglosses.exercises.variants._draw import Draw


@dataclass(frozen=True)
class Question:
    """One question."""

    label: str
    """Of the exercise in its chapter."""
    chapter: str
    """The chapter's title."""
    variant: Variant

    @property
    def kind(self) -> str:
        """What is asked for: a number, a letter, a word of letters, or a grid."""
        kind: str = self.variant.check.for_page()["kind"]
        return kind

    @property
    def points(self) -> int:
        """As many as the book gives minutes."""
        return self.variant.check.listed.minutes


@dataclass(frozen=True)
class Exam:
    """Questions in the order of the book."""

    number: str
    """What tells paper and key of one seed from those of others; the seed cannot be read off it."""
    questions: Sequence[Question]

    @property
    def points(self) -> int:
        """Of all questions; the exam takes as many minutes."""
        return sum(question.points for question in self.questions)


def available(*chapters: str) -> dict[str, list[str]]:
    """The exercises with variants of each of these chapters, or of all.

    Raises:
        Refused: there is no such chapter, or it has no exercise with variants.
    """
    varied = set(labels())
    known = {
        page: [one.listed.label for one in checks(page) if one.listed.label in varied] for page in CHAPTERS
    }
    known = {page: found for page, found in known.items() if found}
    for chapter in chapters:
        if chapter not in known:
            raise Refused(f"chapter must be one of {', '.join(known)}; got {chapter!r}.")
    return {page: found for page, found in known.items() if not chapters or page in chapters}


USUAL = 8  # questions, where nobody says how many


def drawn(seed: int, count: int | None = None, *chapters: str, language: str = "en") -> Exam:
    """Draw an exam, its questions spread over the chapters.

    Args:
        seed: another seed, other questions with other numbers.
        count: how many questions; None takes 8, or as many as the chapters have.
        chapters: whose exercises; none takes all.
        language: of the questions.

    Raises:
        Refused: an unknown chapter, or fewer exercises than questions.
    """
    by_chapter = available(*chapters)
    most = sum(map(len, by_chapter.values()))
    count = min(USUAL, most) if count is None else count
    if not 1 <= count <= most:
        raise Refused(f"QUESTIONS must be 1 to {most}, as many as there are exercises; got {count}.")
    draw = Draw(seed, "questions")
    rounds = zip_longest(*(draw.shuffled(found) for found in draw.shuffled(list(by_chapter.values()))))
    chosen = [label for label in chain(*rounds) if label][:count]
    questions = [
        Question(label, CHAPTERS[page], variant(label, seed, language))
        for page, found in by_chapter.items()
        for label in found
        if label in chosen
    ]
    secret = "/".join([str(seed), *chosen])
    return Exam(hashlib.sha256(secret.encode()).hexdigest()[:6], questions)

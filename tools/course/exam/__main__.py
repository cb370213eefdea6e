"""Make an exam: ``python -m course.exam SEED [CHAPTER ...] [--questions N]``."""

import argparse

from course.book import ROOT, Refused, command, written
from course.exam import Exam, drawn
from course.exam.notebook import notebook
from course.exam.page import page
from course.exam.sheets import key, paper
from course.exam.words import WORDS
from course.paper import printed


def whole_number(name: str, said: str) -> int:
    """The number that was said."""
    try:
        return int(said)
    except ValueError:
        raise Refused(f"{name} must be a whole number; got {said!r}.") from None


def make(exam: Exam, seed: int) -> None:
    """Write paper, key, page and notebook."""
    title = f"{WORDS['en']['title']} {exam.number}"
    target = ROOT / "_build/exam" / str(seed)
    with written(target) as folder:
        papers = {
            "paper": (title, paper(exam)),
            "key": (f"{title}, {WORDS['en']['key'].lower()}", key(exam, seed)),
        }
        printed(papers, folder)
        (folder / "exam.html").write_text(page(exam), "utf-8")
        (folder / "exam.ipynb").write_text(notebook(exam), "utf-8")
    print(target.relative_to(ROOT))


def arguments(description: str) -> argparse.ArgumentParser:
    """What names an exam on the command line."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("seed", nargs="?", default="")
    parser.add_argument("chapters", nargs="*", metavar="CHAPTER")
    parser.add_argument("--questions", default="")
    return parser


def asked_for(asked: argparse.Namespace) -> tuple[Exam, int]:
    """The exam that is named, and its seed."""
    seed = whole_number("SEED", asked.seed)
    count = whole_number("QUESTIONS", asked.questions) if asked.questions else None
    return drawn(seed, count, *asked.chapters), seed


def main() -> None:
    """Draw an exam from the seed that is named, of these chapters or of all."""
    make(*asked_for(arguments("Make an exam with numbers drawn from a seed.").parse_args()))


if __name__ == "__main__":
    command(main)

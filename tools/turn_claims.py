"""Prove that the book's claims are held: turn a hundred of them round and see who notices.

    python tools/turn_claims.py [--count 100] [--seed 0]

Each change is one word that becomes its opposite (rises and falls, above and below, more and less, first and
last, always and never), or one operator or relation of a formula. It is drawn from everything that the check
of claims reads: the chapters' text, alternative texts and questions. No file is touched. Ends with 1 if fewer
than 95 of 100 are noticed, or if the book as it stands does not pass.

What no check of words can notice, so that it is left to whoever reads the chapter:

- words without one opposite, and those that stand in almost every sentence: all, no, only, some, hardly;
- a sentence that is turned by its grammar: "A beats B" for "B beats A", a "not" put in or left out;
- a claim in other words than those of the list, "BCE is ahead of Dice" for "BCE is above Dice";
- the numbers spelled as words: "four of them";
- a quote whose computation asks for something else than the words say: both are read by people, side by side.
"""

import argparse
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from claims import OPPOSITES, TURNED, complaints, of_cell, operators, words
from numerals import ROOT, cells, chapters

ENOUGH = 0.95


class Turn(NamedTuple):
    """One cell with one word or operator turned round."""

    path: Path
    cell: str
    before: str
    after: str
    text: str


def turns(path: Path) -> Iterator[Turn]:
    """Every way to turn one word or operator of a chapter."""
    for cell, text in cells(path).items():
        for word in words(text):
            opposite = OPPOSITES[word.text.lower()]
            other = opposite.capitalize() if word.text[0].isupper() else opposite
            yield Turn(path, cell, word.text, other, text[: word.start] + other + text[word.end :])
        for sign in operators(text):
            other = TURNED[sign.text]
            yield Turn(path, cell, sign.text, other, text[: sign.start] + other + text[sign.end :])


def is_noticed(turn: Turn) -> bool:
    """Try a change and tell of it."""
    red = any(of_cell(turn.path.stem, turn.cell, turn.text))
    print(f"{'noticed ' if red else 'SURVIVED'}  {turn.cell:32} {turn.before} -> {turn.after}")
    return red


def main() -> None:
    """Draw the changes, try each, and say how many were noticed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    pages = [path for path in chapters() if path.parent == ROOT / "book"]
    wrong = [f"{path.stem}: {one}" for path in pages for one in complaints(path.stem, cells(path))]
    if wrong:
        sys.exit("The book as it stands does not pass:\n" + "\n".join(wrong))

    possible = [turn for path in pages for turn in turns(path)]
    if not 1 <= arguments.count <= len(possible):
        parser.error(f"--count must lie between 1 and {len(possible)}, but got {arguments.count}")
    drawn = random.Random(arguments.seed).sample(possible, arguments.count)
    noticed = sum(is_noticed(turn) for turn in drawn)
    print(f"{noticed} of {len(drawn)} turned claims noticed; there are {len(possible)} to turn.")
    sys.exit(noticed < ENOUGH * len(drawn))


if __name__ == "__main__":
    main()

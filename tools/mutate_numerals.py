"""Prove that no number of the book goes unchecked: change a hundred in each way and see who notices.

    python tools/mutate_numerals.py [--count 100] [--seed 0]

Each change is one digit, one sign, or two neighbouring numerals that change places. It is drawn from
everything that the number check reads: the chapters' text, the alternative texts of pictures, the texts of
questions. No file is touched. Ends with 1 if a change goes unnoticed, or if the book as it stands does not
pass.
"""

import argparse
import random
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from numerals import NUMERAL, SIGNED, cells, chapters, complaints, free_cells, numerals, prose


def other_digits(text: str) -> Iterator[tuple[int, str]]:
    """Every way to change one digit of one numeral: its place, and the text with the next digit there."""
    for numeral in NUMERAL.finditer(prose(text)):
        for at in range(*numeral.span()):
            if text[at].isdecimal():
                yield at, f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}"


def other_signs(text: str) -> Iterator[tuple[int, str]]:
    """Every way to drop a numeral's minus sign, or to give one to a numeral without."""
    shown = prose(text)
    for numeral in NUMERAL.finditer(shown):
        at = numeral.start()
        if numeral["sign"]:
            yield at, text[:at] + text[at + 1 :]
        elif numeral["size"] and SIGNED.match(shown, at):
            yield at, f"{text[:at]}-{text[at:]}"


def swaps(text: str) -> Iterator[tuple[int, str]]:
    """Every way to swap two neighbouring numerals that differ; signs stay where they are."""
    for pair in pairwise(NUMERAL.finditer(prose(text))):
        (start, end), (after, last) = (n.span("size" if n["size"] else 0) for n in pair)
        if numerals(text[start:end]) != numerals(text[after:last]):
            yield start, text[:start] + text[after:last] + text[end:after] + text[start:end] + text[last:]


KINDS = {"digit": other_digits, "sign": other_signs, "swap": swaps}


Book = dict[Path, dict[str, str]]


class Change(NamedTuple):
    """What a cell says after a change at one place."""

    path: Path
    cell: str
    at: int
    mutant: str


def changes(kind: str, book: Book) -> list[Change]:
    """Every change of a kind; where the order is free a swap changes nothing."""
    return [
        Change(path, cell, at, mutant)
        for path, texts in book.items()
        for cell, text in texts.items()
        if not (kind == "swap" and cell in free_cells(path))
        for at, mutant in KINDS[kind](text)
    ]


def is_noticed(change: Change, book: Book) -> bool:
    """Try a change and tell of it."""
    path, cell, at, mutant = change
    red = bool(complaints(path.stem, book[path] | {cell: mutant}, free_cells(path)))
    before, after = (" ".join(t[max(0, at - 20) : at + 20].split()) for t in (book[path][cell], mutant))
    print(f"{'noticed ' if red else 'SURVIVED'}  {cell:32} {before!r} -> {after!r}")
    return red


def main() -> None:
    """Draw the changes of each kind, try each and say what became of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    book = {path: cells(path) for path in chapters()}
    wrong = [
        f"{path.stem}: {one}"
        for path, texts in book.items()
        for one in complaints(path.stem, texts, free_cells(path))
    ]
    if wrong:
        sys.exit("The book as it stands does not pass:\n" + "\n".join(wrong))

    survivors = 0
    for kind in KINDS:
        possible = changes(kind, book)
        if not 1 <= arguments.count <= len(possible):
            parser.error(f"--count must lie between 1 and {len(possible)}, but got {arguments.count}")
        drawn = random.Random(arguments.seed).sample(possible, arguments.count)
        noticed = sum(is_noticed(change, book) for change in drawn)
        print(f"{noticed} of {len(drawn)} changes noticed ({kind}); there are {len(possible)} of this kind.")
        survivors += len(drawn) - noticed
    sys.exit(survivors > 0)


if __name__ == "__main__":
    main()

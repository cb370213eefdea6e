"""Prove that no number of the book goes unchecked: change a hundred, one at a time, and see who notices.

    python tools/mutate_numerals.py [--count 100] [--seed 0]

Each change is one digit of one numeral, drawn from everything that the number check reads: the chapters'
text, the alternative texts of pictures, the texts of questions. No file is touched. Ends with 1 if a change
goes unnoticed, or if the book as it stands does not pass.
"""

import argparse
import random
import sys
from collections import Counter

from numerals import cells, changed, chapters, complaints, digits


def main() -> None:
    """Draw the changes, try each and say what became of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    book = {path: cells(path) for path in chapters()}
    wrong = [f"{path.stem}: {one}" for path, texts in book.items() for one in complaints(path.stem, texts)]
    if wrong:
        sys.exit("The book as it stands does not pass:\n" + "\n".join(wrong))

    places = [
        (path, cell, at) for path, texts in book.items() for cell in texts for at in digits(texts[cell])
    ]
    if not 1 <= arguments.count <= len(places):
        parser.error(f"--count must lie between 1 and {len(places)}, but got {arguments.count}")
    drawn = random.Random(arguments.seed).sample(places, arguments.count)
    noticed = Counter()
    for path, cell, at in drawn:
        text = book[path][cell]
        mutant = changed(text, at)
        red = bool(complaints(path.stem, book[path] | {cell: mutant}))
        noticed[red] += 1
        before, after = (" ".join(t[max(0, at - 20) : at + 20].split()) for t in (text, mutant))
        print(f"{'noticed ' if red else 'SURVIVED'}  {cell:32} {before!r} -> {after!r}")
    print(f"{noticed[True]} of {len(drawn)} changes noticed; there are {len(places)} digits to change.")
    sys.exit(noticed[False] > 0)


if __name__ == "__main__":
    main()

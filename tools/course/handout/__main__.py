"""Print the worksheets: ``python -m course.handout [CHAPTER ...]``."""

import argparse
from collections.abc import Sequence
from html import escape

from course.book import ROOT, Refused, command, written
from course.handout.sheets import SHEETS, Sheet, Table
from course.handout.words import WORDS
from course.paper import STYLE, printed
from course.typeset import document, formula, html
from seglosses.exercises.variants.figures import Figure

LOOKS = """
.names { display: flex; gap: 10mm; margin: 0 0 4mm; }
.names span { flex: 1; border-bottom: 0.5pt solid #000; }
.beside { display: flex; gap: 0 8mm; align-items: flex-start; flex-wrap: wrap; }
td.blank { min-width: 14mm; height: 5mm; }
td.found { font-weight: 700; }
.grids svg { width: 50mm; }
.paint svg { width: 58mm; }
figcaption { max-width: 60mm; }
.paint figcaption { max-width: none; }
.katex-display { margin: 2mm 0 4mm; }
"""
BLANK = r"\boxed{\rule{0pt}{1.3em}\hspace{2.6em}}"


def page(name: str, sheet: Sheet, solved: bool, language: str = "en") -> str:
    """A worksheet, or its key, as HTML."""
    words = WORDS[language]
    kind = "numbers" if sheet.figures[0].texts else "marks"
    title = f"{words['titles'][name]}: {words['key' if solved else 'sheet'].lower()}"
    names = "" if solved else f'<p class="names">{escape(words["name"])} <span></span></p>'
    steps = [
        f'<div class="beside">{grids(sheet.figures, words["legend"][kind])}{table(sheet.table, solved)}'
        "</div>",
        html(words["fill"][name]) + formula(filled(sheet, solved)),
        '<div class="paint">'
        + grids([sheet.painted if solved else sheet.paint], words["painted"][name] if solved else "")
        + "</div>",
    ]
    asked = [words["count"][name], "", words["paint"][name]]
    parts = [
        f'<section class="whole"><h2>{at}. {escape(head)}</h2>{html(text)}{step}</section>'
        for at, (head, text, step) in enumerate(zip(words["steps"], asked, steps, strict=True), 1)
    ]
    return document(title, f"<h1>{escape(title)}</h1>{names}{''.join(parts)}", STYLE + LOOKS, language)


def grids(figures: Sequence[Figure], caption: str) -> str:
    """Grids side by side, with a line beneath."""
    drawn = "".join(f"<figure>{figure.svg()}</figure>" for figure in figures)
    return f'<div class="grids"><div>{drawn}<figcaption>{html(caption)}</figcaption></div></div>'


def table(made: Table, solved: bool) -> str:
    """The table, with what is to be found as blanks or, in the key, as it is."""
    head = "".join(f"<th>{inline(text)}</th>" for text in made.head)
    rows = "".join(f"<tr>{''.join(cell(one, solved) for one in row)}</tr>" for row in made.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def cell(text: str | tuple[str], solved: bool) -> str:
    """One cell: a given one, a blank, or what belongs into the blank."""
    if isinstance(text, str):
        return f"<td>{inline(text)}</td>"
    return f'<td class="found">{escape(text[0])}</td>' if solved else '<td class="blank"></td>'


def inline(text: str) -> str:
    """A text without a paragraph of its own."""
    return html(text).strip().removeprefix("<p>").removesuffix("</p>")


def filled(sheet: Sheet, solved: bool) -> str:
    """The formula with its blanks, or with the numbers in them."""
    latex = sheet.formula
    for number in sheet.filling:
        latex = latex.replace("#", rf"\mathbf{{{number}}}" if solved else BLANK, 1)
    return latex


def main() -> None:
    """Print the sheets of the chapters that are named, or of all five."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("chapters", nargs="*", metavar="CHAPTER")
    asked = parser.parse_args().chapters or list(SHEETS)
    for name in asked:
        if name not in SHEETS:
            raise Refused(f"chapter must be one of {', '.join(SHEETS)}; got {name!r}.")
    for name in asked:
        sheet, target = SHEETS[name](), ROOT / "_build/handout" / name
        with written(target) as folder:
            title = WORDS["en"]["titles"][name]
            papers = {
                "worksheet": (title, page(name, sheet, solved=False)),
                "key": (f"{title}, {WORDS['en']['key'].lower()}", page(name, sheet, solved=True)),
            }
            printed(papers, folder)
        print(target.relative_to(ROOT))


if __name__ == "__main__":
    command(main)

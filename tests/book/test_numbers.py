"""No number in the book that nobody checked: every numeral of every chapter is a computed one."""

import json
import re
from pathlib import Path

import pytest
from mutate_numerals import KINDS
from numerals import ANY_ORDER, ROOT, asked, cells, chapters, complaints, computed, free_cells, numerals

BOOK = ROOT / "book"
each_chapter = pytest.mark.parametrize("path", chapters(), ids=lambda path: str(path.relative_to(BOOK)))


@each_chapter
def test_every_numeral_is_computed(path: Path):
    """Each cell prints exactly its computed numerals, rounded as printed, in their order."""
    assert complaints(path.stem, cells(path), free_cells(path)) == []


@each_chapter
def test_changing_any_numeral_is_noticed(path: Path):
    """Each digit of each numeral changed, each sign, each two neighbours swapped: the check fails."""
    expected, free = computed(path.stem), free_cells(path)
    for kind, changes in KINDS.items():
        for cell, text in cells(path).items():
            if cell in free and kind == "swap":
                continue  # its numerals may stand in any order
            read = sorted if cell in free else list
            for at, mutant in changes(text):
                wanted = read(expected.get(cell, []))
                assert read(numerals(mutant)) != wanted, f"{kind} in {cell}: {text[at:]:.20}"


@pytest.mark.parametrize(
    ("kind", "text", "changed"),
    [
        ("digit", "19 of `2`", ["29 of `2`", "10 of `2`"]),
        ("sign", "1 - 2 is -1", ["-1 - 2 is -1", "1 - -2 is -1", "1 - 2 is 1"]),
        (
            "sign",
            r"$-\frac{1}{2}$, x(3)4²",
            [r"$\frac{1}{2}$, x(3)4²", r"$-\frac{1}{-2}$, x(3)4²", r"$-\frac{1}{2}$, x(-3)4²"],
        ),
        ("sign", "共20个", ["共-20个"]),
        (
            "swap",
            "17 % of -1,000 and 1000; 2²",
            ["1,000 of -17 % and 1000; 2²", "17 % of -1,000 and 2; 1000²", "17 % of -1,000 and 1000; ²2"],
        ),
    ],
)
def test_how_numerals_are_changed(kind, text, changed):
    """A digit goes up, a sign comes or goes, neighbours that differ change places without their signs."""
    assert [mutant for _, mutant in KINDS[kind](text)] == changed


def test_the_glossary_does_without_numerals():
    """It is no notebook with facts beside it, so it spells what it counts, and its terms are in order."""
    glossary = (BOOK / "glossary.md").read_text("utf-8")
    assert numerals(glossary) == []
    terms = re.findall(r"^(\w.*)\n  ", glossary, re.MULTILINE)
    assert len(terms) > 40
    assert terms == sorted(terms, key=str.casefold)


def test_a_cell_without_facts_and_facts_without_a_cell_are_noticed():
    """Neither a new paragraph with a number nor a leftover fact passes."""
    texts = cells(BOOK / "dice.ipynb")
    assert complaints("dice", texts | {"dice-new": "Dice is 0.97."}) == [
        "dice-new: after 0 numerals, printed ['0.97'], computed []"
    ]
    del texts["dice-rounding"]
    assert complaints("dice", texts)


def test_only_a_translated_cell_may_be_in_another_order(tmp_path: Path):
    """Its tag frees the order and no number; in English the facts follow the text."""
    texts = cells(BOOK / "dice.ipynb")
    turned = " ".join(reversed(numerals(texts["dice-rounding"])))
    cell = {"id": "dice-rounding", "metadata": {"tags": [ANY_ORDER]}}
    (tmp_path / "dice.ipynb").write_text(json.dumps({"cells": [cell]}), "utf-8")
    free = free_cells(tmp_path / "dice.ipynb")
    assert complaints("dice", texts | {"dice-rounding": turned})
    assert complaints("dice", texts | {"dice-rounding": turned}, free) == []
    assert complaints("dice", texts | {"dice-rounding": f"{turned} 5"}, free)
    assert [path for path in BOOK.glob("*.ipynb") if free_cells(path)] == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('Question("At 0.5?", {"1": "For −2 it is 3.", "no": "4."}, right="1", name="q-7")', "0.5 1 -2 3 4"),
        ('Question(f"{x:.3f} of 20?", {f"{y} 5": f"{1 + z} 6"}, right="a")', "20 5 6"),
        (
            'x = {"a 1": 2}\nNumberQuestion("At 3?", 4, tolerance=5, slips={6: "7", -8.5: f"{9}"})',
            "3 4 6 7 -8.5",
        ),
        ('Question("·" "1",\n    {"−": "2"}, right="·", reveal="3")\nplot("4")', "1 2 3"),
        ("%matplotlib inline\nx = 1", ""),
    ],
)
def test_what_a_question_says(source, expected):
    """Its text, choices, reasons and slips are read; what is computed, or no text, is not."""
    assert numerals(asked(source)) == expected.split()
    assert len(asked(source)) == len(source)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dice is 0.97, not 0.970.", ["0.97", "0.970"]),
        ("48,992,640 or $48{,}992{,}640$ or $48\\,992\\,640$", ["48992640"] * 3),
        (r"$\frac{38}{39} \approx 0.9744$", ["38", "39", "0.9744"]),
        (
            "$1 - 0.97$ and $-\\frac{44}{729} \\approx -0.0604$ and \u22125",
            ["1", "0.97", "-44", "729", "-0.0604", "-5"],
        ),
        (r"$6.4 \times 10^{-7}$ and $a-2$ and $\sum_{i=1} x_1$", ["6.4", "10", "-7", "2", "1"]),
        ("17 % and 17% and $17\\%$", ["17%"] * 3),
        ("像素共有20个占20%。", ["20", "20%"]),
        ("`smooth=1`, float64, H100, V1, x² and ½", ["²", "½"]),
        ("```python\nx = 1\n```\n5", ["5"]),
        ("```\n0 0 1\n```\n5", ["5"]),
        ("```{dropdown} 0.83\n:class: c2\nOf 83 pixels.\n```", ["0.83", "83"]),
        ("```{exercise-start} One\n:label: e-1\n```\nUse 2.", ["2"]),
        ("```{solution-start} e-1\n:class: dropdown\n```\n1/9\n\n```python\n1 / 9\n```", ["1", "9"]),
        ("{cite:p}`dice1945` in [1945](https://doi.org/10.2307/1932409) <https://x.org/7>", ["1945"]),
        ("(sec-2)=\n# Two\n1. first\n2. of 3", ["3"]),
    ],
)
def test_what_counts_as_a_numeral(text, expected):
    """Prose and formulas count, code and names and addresses do not; separators and signs have one form."""
    assert numerals(text) == expected

"""No claim of the book turns round unnoticed: what generalises or compares is held to a computation."""

from pathlib import Path

import claims
import pytest
from claims import Because
from numerals import ROOT, cells, chapters

BOOK = ROOT / "book"
# The pages around the widgets say how to use them; they claim nothing of the losses.
PAGES = [path for path in chapters() if path.parent == BOOK]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_claim_holds_and_every_word_has_one(path: Path):
    """Each quote stands in its cell and holds; each word that could be turned has a quote around it."""
    assert claims.complaints(path.stem, cells(path)) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_most_claims_are_computed(path: Path):
    """Reasons are for what is no claim: of the rest, all is computed, and a chapter computes most of it."""
    own = [holds for cell, _, holds in claims.claims(path.stem) if cell != claims.ANYWHERE]
    computed = [holds for holds in own if not isinstance(holds, Because)]
    at_least = 0 if path.stem in ("exercises", "intro") else len(own) / 2
    assert len(computed) >= at_least, f"{len(computed)} of {len(own)}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The larger the object, the less it costs.", ["larger", "less"]),
        ("It never falls below 0.5, as the table below shows.", ["never", "falls", "below"]),
        ("One more pixel, once more; two are no more.", []),
        ("First, the first image. It rises first.", ["First", "rises", "first"]),
        ("`more` code, $p < 0.5$ and ``best``", []),
        ("Long before. Before you run", ["before"]),
        ("It takes no longer than a longer one.", ["longer"]),
    ],
)
def test_what_counts_as_a_word(text: str, expected: list[str]):
    """Words that compare or generalise count; places on the page, code and formulas do not."""
    assert [word.text for word in claims.words(text)] == expected


def test_what_counts_as_an_operator():
    """Those of formulas, not the hyphens of prose, nor the signs of numerals, which count as numerals."""
    text = r"A cross-entropy of $-\ln p$ where $p < 1 - \alpha$ or $a \ge -2$, not `a - b`."
    assert [one.text for one in claims.operators(text)] == ["-", "<", "-", r"\ge"]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"$\frac{2 \times 19}{19 + 20} = \frac{38}{39} \approx 0.9744$", "19 - 20"),
        (r"$DSC = \frac{2 \times 19}{19 + 20} = \frac{38}{39}$", "19 - 20"),
        (r"$-\ln 0.6 \approx 0.511$", None),
        (r"$0.25 \times 0.9^2 \times (-\ln 0.1) \approx 0.4663$", None),
        (r"$e^{-0.511} \approx 0.6$", None),
        (r"$1 - \frac{2 \times 2.6 + 1}{12.3 + 3 + 1} = 0.619632$", "2.6 - 1"),
        (r"$\sqrt{2} - 1 \approx 0.4142$", None),
        (r"$p = 0.5$ and $L = 1 - D$", None),
    ],
)
def test_equations_of_numbers_are_worked_out(right: str, wrong: str | None):
    """What is right passes; with an operator or a sign turned it is found wrong."""
    assert claims.wrong_equations(right) == []
    if wrong:
        assert claims.wrong_equations(right.replace(wrong.replace("-", "+"), wrong)) != []


def test_a_claim_that_fails_and_one_that_is_not_said_are_noticed(monkeypatch: pytest.MonkeyPatch):
    """So is a word without a claim; a reason stands for a computation."""
    made = (("a", "it always holds", False), ("a", "most of all", True), ("b", "never", Because.ADVICE))
    monkeypatch.setattr(claims, "claims", lambda chapter: made)
    found = claims.complaints("any", {"a": "First, it always holds."})
    assert found == [
        "b: there is no such cell",
        "a: 'it always holds' does not hold",
        "a: does not say 'most of all'",
        "a: nothing holds 'First' in 'First, it always holds.'",
    ]
    assert list(claims.of_cell("any", "b", "Do it never.")) == []

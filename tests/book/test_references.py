"""One bibliography for the whole book: complete, checked, and with nothing that no chapter cites."""

import re
from pathlib import Path

from languages import editions

BOOK = Path(__file__).parents[2] / "book"
ENTRIES = re.split(r"\n\n(?=%)", (BOOK / "references.bib").read_text("utf-8"))[1:]
PAGES = [path for path in BOOK.rglob("*") if path.suffix in (".ipynb", ".md") and "_build" not in path.parts]


def keys() -> list[str]:
    """The key of each entry."""
    return [re.search(r"^@\w+\{(\w+),$", entry, re.MULTILINE)[1] for entry in ENTRIES]


def cited() -> set[str]:
    """Every key that a page cites."""
    found = re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", "".join(path.read_text("utf-8") for path in PAGES))
    return {key.strip() for citation in found for key in citation.split(",")}


def test_each_citation_has_an_entry_and_each_entry_is_cited():
    """Neither a citation that leads nowhere nor an entry that nobody needs."""
    assert sorted(cited()) == sorted(keys())


def test_each_entry_says_what_of_it_was_checked():
    """Above each entry stands how far authors, title, venue, year and numbers have been looked up."""
    for entry in ENTRIES:
        assert entry.startswith("% Checked: "), entry
        assert len(re.findall(r"^@", entry, re.MULTILINE)) == 1, entry


def test_the_list_stands_in_one_place():
    """Two lists of the same entries would need prefixes, and drift apart; each edition has its own."""
    lists = {path.relative_to(BOOK) for path in PAGES if "{bibliography}" in path.read_text("utf-8")}
    assert lists == {Path(code, "references.md") for code in ("", *editions())}

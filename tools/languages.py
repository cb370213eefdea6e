"""The languages of the book: English, and an edition for each folder of book/ named by a language code."""

import re
from pathlib import Path

BOOK = Path(__file__).parents[1] / "book"
CODE = re.compile("[a-z]{2}")


def editions() -> list[str]:
    """The language codes of the editions."""
    return sorted(path.name for path in BOOK.iterdir() if CODE.fullmatch(path.name))


def language_of(page: Path) -> str:
    """The language of a page of the book: the code of the edition that it stands in, else "en"."""
    folder = page.relative_to(BOOK).parts[0]
    return folder if folder in editions() else "en"

"""Which language a page of the book is in."""

from languages import BOOK, editions, language_of


def test_a_page_is_in_the_language_of_its_folder():
    """A folder named by a code is an edition, in whatever depth a page stands; all others are English."""
    assert "zh" in editions()
    assert not {"data", "widgets", "teaching", "_ext"} & set(editions())
    assert language_of(BOOK / "zh/widgets/grid-painter.ipynb") == language_of(BOOK / "zh/dice.ipynb") == "zh"
    assert language_of(BOOK / "widgets/grid-painter.ipynb") == language_of(BOOK / "dice.ipynb") == "en"

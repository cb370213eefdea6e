"""Each edition says what the English book says: no page, cell, number, formula or line of code apart."""

from pathlib import Path

import pytest
from languages import editions
from translation import complaints, pages


@pytest.mark.parametrize("page", pages(), ids=str)
@pytest.mark.parametrize("language", editions())
def test_a_page_is_in_step_with_the_english_one(page: Path, language: str):
    """`python tools/translation.py status` has a table of what is to be done."""
    assert complaints(page, language) == []

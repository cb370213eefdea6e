"""The book as a course's products read it."""

from pathlib import Path

import pytest
from course.book import Refused, chapters, command, pages, written


def test_pages_are_those_of_the_table_of_contents():
    """In its order, each of them a file."""
    assert [page.stem for page in pages()][:3] == ["intro", "dice", "bce"]
    assert all(page.exists() for page in pages())


def test_chapters_by_name():
    """The notebooks that are asked for, in the order asked; without a name all."""
    assert [path.name for path in chapters("focal", "dice")] == ["focal.ipynb", "dice.ipynb"]
    assert [path.stem for path in chapters()][-1] == "corrections"


def test_an_unknown_chapter_is_named():
    """With the names that there are."""
    with pytest.raises(Refused, match=r"chapter must be one of intro, dice, bce, .*; got 'dise'"):
        chapters("dice", "dise")


def test_a_product_is_whole_or_not_there(tmp_path: Path):
    """An error on the way leaves what stood before, and no leftovers."""
    target = tmp_path / "slides"
    with written(target) as folder:
        (folder / "dice.html").write_text("first")
    with pytest.raises(FileNotFoundError), written(target) as folder:
        (folder / "nowhere/dice.html").write_text("second")
    assert (target / "dice.html").read_text() == "first"
    assert list(tmp_path.iterdir()) == [target]
    with written(target) as folder:
        (folder / "bce.html").write_text("third")
    assert [path.name for path in target.iterdir()] == ["bce.html"]


def test_a_refusal_is_one_line(capsys: pytest.CaptureFixture[str]):
    """No traceback on a teacher's screen."""

    def refuses() -> None:
        raise Refused("no such thing")

    with pytest.raises(SystemExit) as stopped:
        command(refuses)
    assert stopped.value.code == "no such thing"

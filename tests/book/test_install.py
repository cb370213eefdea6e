"""The second cell of each chapter: it installs what is missing, and elsewhere does nothing."""

import importlib.util
from types import SimpleNamespace

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from numerals import originals

import seglosses

CELLS = {path: nbformat.read(path, as_version=4).cells[1] for path in originals()}
(CELL,) = {cell.source for cell in CELLS.values()}  # one text for all


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the cell asked pip for, and whether it set the chapter up."""
    done: list[str] = []
    shell = SimpleNamespace(run_line_magic=lambda name, line: done.append(f"{name} {line}"))
    monkeypatch.setattr("seglosses.away.set_up", lambda: done.append("set up"))
    exec(TransformerManager().transform_cell(CELL), {"get_ipython": lambda: shell})
    return done


def test_each_chapter_has_it_out_of_sight():
    """Neither the site nor the plain pages show it, and JupyterLab folds it."""
    for path, cell in CELLS.items():
        assert cell.id == f"{path.stem}-install"
        assert cell.metadata.tags == ["remove-cell"]
        assert cell.metadata.jupyter.source_hidden
        assert cell.outputs == []


def test_where_the_package_is_nothing_happens(installed):
    """In this book's own environment, in Binder, and on a hub."""
    assert installed == []


class TestWhereItIsMissing:
    """In Colab."""

    @pytest.fixture(autouse=True)
    def missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No package of that name is found."""
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    def test_this_version_is_installed_and_set_up(self, installed):
        """With what the chapters draw and show with; a notebook and its package belong together."""
        assert installed == [f'pip install --quiet "seglosses[book]=={seglosses.__version__}"', "set up"]

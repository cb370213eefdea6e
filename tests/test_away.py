"""A chapter away from its folder: the records come with the package, and Colab's widgets are woken."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from seglosses import away


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package, with two records in it."""
    records = tmp_path / "package" / away.RECORDS
    records.mkdir(parents=True)
    for name in ("runs.json", "classes.json"):
        (records / name).write_text(name)
    monkeypatch.setattr(away, "files", lambda package: tmp_path / "package")
    return tmp_path


def test_the_records_stand_beside_the_notebook(package: Path):
    """What a reader has changed is left as it is."""
    (package / "data").mkdir()
    (package / "data/runs.json").write_text("mine")
    away.set_up(package)
    assert (package / "data/runs.json").read_text() == "mine"
    assert (package / "data/classes.json").read_text() == "classes.json"


def test_colab_is_told_of_the_widgets(package: Path, monkeypatch: pytest.MonkeyPatch):
    """Its own switch for widgets that are not its own is turned on, once."""
    turned = []
    output = ModuleType("google.colab.output")
    output.enable_custom_widget_manager = lambda: turned.append(True)
    for name, module in [("google", ModuleType("google")), ("google.colab", ModuleType("google.colab"))]:
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setitem(sys.modules, "google.colab.output", output)
    away.set_up(package)
    assert turned == [True]

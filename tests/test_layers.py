"""Who may import whom: the direction in which the package is read."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "seglosses"
MAY_IMPORT = {
    "losses": set(),
    "diagnosis": set(),
    "away": set(),
    "logs": set(),
    "readers": set(),
    "grids": set(),
    "metrics": set(),
    "probabilities": {"losses"},
    "phantom": set(),
    "images": set(),
    "progress": set(),
    "sealed": set(),
    "language": set(),
    "atlas": {"losses", "grids", "probabilities"},
    "training": {"losses", "metrics", "phantom", "progress"},
    "walkthrough": {"losses", "grids", "phantom"},
    "plots": {"walkthrough", "grids", "language"},
    "widgets": {"losses", "grids", "probabilities", "walkthrough", "logs", "training", "sealed", "language"},
    "exercises": {  # a blank is a form
        *("losses", "grids", "probabilities", "walkthrough", "atlas", "widgets", "sealed", "language"),
    },
    "__init__": {"losses", "diagnosis"},
}

# Within a part that is a folder: its files, and the neighbours that each may import.
NEIGHBOURS = {
    "walkthrough": {
        **{name: {"_checks"} for name in ("overlaps", "pixels", "steps")},
        "classes": {"_checks", "overlaps"},
    },
    "training": {
        "_checks": {"examples"},
        "loop": {"_checks", "examples", "network"},
        "scores": {"_checks"},
        "patients": {"draws", "examples"},
        "dilated": {"_checks", "draws", "patients", "scores"},
    },
    "exercises": {
        path.stem: {"_check"} if path.stem.startswith("_") else {"_check", "_described", "_grids"}
        for path in (PACKAGE / "exercises").glob("*.py")
    },
}


def parts(path: Path) -> tuple[str, set[str]]:
    """A file's part of the package, and the parts that it imports."""
    part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    imported = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("seglosses."):
            imported.add(node.module.split(".")[1])
        elif isinstance(node, ast.ImportFrom) and node.module == "seglosses":
            imported |= {alias.name if alias.name in MAY_IMPORT else "losses" for alias in node.names}
        elif isinstance(node, ast.Import):
            imported |= {name.name.split(".")[1] for name in node.names if name.name.startswith("seglosses.")}
    return part, imported - {part}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_nothing_imports_upward(path: Path):
    """Losses know only torch; pages, plots and widgets stand on them, never the other way round."""
    part, imported = parts(path)
    assert imported <= MAY_IMPORT[part]


@pytest.mark.parametrize(
    "path",
    [path for part in NEIGHBOURS for path in sorted((PACKAGE / part).glob("*.py"))],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_neighbours_stand_on_each_other_in_one_direction(path: Path):
    """One chapter's exercises know no other's, a network knows no loop, and nobody knows the front door."""
    front_door = f"seglosses.{path.parent.name}"
    tree = ast.walk(ast.parse(path.read_text("utf-8")))
    modules = {node.module for node in tree if isinstance(node, ast.ImportFrom) and node.module}
    assert front_door not in modules
    found = {name.removeprefix(f"{front_door}.") for name in modules if name.startswith(f"{front_door}.")}
    assert found <= NEIGHBOURS[path.parent.name].get(path.stem, set())


ROOMS = sorted(path.parent.name for path in PACKAGE.glob("widgets/*/view.js") if path.parent.name != "kit")
WITH_DOM = {
    "edits.js",
    "links.js",
    "pixel_grid.js",
    "plot.js",
    "probability_board.js",
    "tinted_grid.js",
    "ui.js",
    "view.js",
    "walk.js",
}


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("widgets/*/*.py")), ids=str)
def test_a_widgets_room_knows_the_kit_and_no_other_room(path: Path):
    """And the kit knows no room: what two rooms need goes into it."""
    imported = re.findall(r"^from seglosses\.widgets\.(\w+)", path.read_text("utf-8"), re.M)
    assert set(imported) <= {"kit", path.parent.name}


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("widgets/*/*.js")), ids=str)
def test_a_script_knows_the_kit_and_its_own_room(path: Path):
    """The same for the scripts; and what is computed, in state.js, needs no page."""
    imported = re.findall(r'^.* from "([^"]+)"', path.read_text("utf-8"), re.M)
    own, kit = r"\./[\w.]+", r"\.\./kit/[\w.]+"
    assert [
        one for one in imported if not re.fullmatch(own if path.parent.name == "kit" else f"{own}|{kit}", one)
    ] == []
    if path.name == "state.js":
        assert {one.split("/")[-1] for one in imported} & WITH_DOM == set()


def test_every_room_has_the_same_files():
    """Whoever knows one knows them all; the words of a widget and its looks are never in its code."""
    files = {"__init__.py", "state.js", "style.css", "view.js", "words.js"}
    assert len(ROOMS) == 12
    for room in ROOMS:  # a large view may have files of its own beside these
        assert {path.name for path in (PACKAGE / "widgets" / room).iterdir() if path.is_file()} >= files


def test_the_losses_need_no_more_than_torch():
    """``import seglosses`` loads neither matplotlib nor anything of Jupyter."""
    heavy = "{'matplotlib', 'anywidget', 'ipywidgets', 'IPython'}"
    check = f"import sys, seglosses; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", check], text=True).strip() == "[]"


@pytest.mark.parametrize("room", [*ROOMS, "kit"])
def test_every_room_of_a_widget_has_its_tests(room: str):
    """A file of its name, or a folder with several."""
    tests = Path(__file__).parent / "widgets"
    assert (tests / f"test_{room}.py").exists() != (tests / room).is_dir(), room

"""The gate of the JavaScript sees what it is there for."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = "seglosses/widgets/planted.js"


SCRIPTS = [path for place in ("seglosses", "book/_*", "tools") for path in ROOT.glob(f"{place}/**/*.js")]


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    """A copy of the scripts and of what checks them, with this very Python's tools."""
    tree = tmp_path_factory.mktemp("tree")
    for script in [*ROOT.glob("seglosses/**/*.json"), *SCRIPTS]:  # what they read, and they
        (tree / script.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(script, tree / script.relative_to(ROOT))
    shutil.copy(ROOT / "deno.json", tree)
    shutil.copy(ROOT / "Makefile", tree)
    return tree


def gate(tree: Path, home: Path) -> str:
    """What ``make lint`` says of the tree's scripts; no home directory is needed for it. "" is green."""
    command = ["make", "lint-scripts", f"BIN={Path(sys.executable).parent}"]
    environment = os.environ | {"HOME": str(home / "none"), "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=120)
    return done.stdout + done.stderr if done.returncode else ""


def test_the_scripts_are_green(tree, tmp_path):
    """As they stand, they pass; so what is planted below is what turns the gate red."""
    assert gate(tree, tmp_path) == ""


PLANTED = {
    "Type 'string' is not assignable to type 'number'": '/** @type {number} */\nexport const side = "8";\n',
    "implicitly has an 'any' type": "export const twice = (x) => 2 * x;\n",
    "not formatted file": "export const side = [8,8]\n",
    "`side` is never used": "const side = 8;\n",
}


@pytest.mark.parametrize("complaint", PLANTED)
def test_the_gate_turns_red(tree, tmp_path, complaint):
    """A wrong type, a missing one, a fault of format, a name that nothing uses."""
    planted = tree / SCRIPT
    planted.write_text(PLANTED[complaint], "utf-8")
    try:
        said = gate(tree, tmp_path)
    finally:
        planted.unlink()
    assert complaint in said
    assert "planted.js" in said


def test_no_script_is_left_out():
    """No comment takes a file out of the check of types, and every script is where the gate looks."""
    assert SCRIPTS
    assert [one.name for one in SCRIPTS if "@ts-" in one.read_text("utf-8")] == []

"""The package as PyPI would get it: it builds, its description is sound, and what it needs is in it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import seglosses

ROOT = Path(__file__).parents[2]
# With the wheel's own folder in front of this environment's, whose package is the working tree.
BARE = """
import sys
sys.path.insert(0, sys.argv[1])
import torch
import seglosses, seglosses.widgets as widgets, seglosses.exercises.dice
from seglosses.away import set_up
assert seglosses.__file__.startswith(sys.argv[1]), seglosses.__file__
grid = torch.zeros(10, 10)
print(seglosses.dice_loss(grid, grid, 1.0).item(), len(widgets.GridPainter(grid)._esm) > 10_000)
set_up(sys.argv[2])
"""


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def dist() -> Path:
    """The folder with the wheel and the source archive, built and checked as a release does it."""
    run("make", "dist", f"PYTHON={sys.executable}")
    return ROOT / "dist"


def test_both_archives_are_sound(dist: Path):
    """Of this version; `make dist` ends with twine's check of what PyPI would show."""
    names = sorted(path.name for path in dist.iterdir())
    version = seglosses.__version__
    assert names == [f"seglosses-{version}-py3-none-any.whl", f"seglosses-{version}.tar.gz"]


def test_the_wheel_works_by_itself(dist: Path, tmp_path: Path):
    """Unpacked in an empty folder it computes, draws, and brings the records that chapters read."""
    (wheel,) = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "wheel")
    (tmp_path / "chapter").mkdir()
    said = run(sys.executable, "-I", "-c", BARE, tmp_path / "wheel", tmp_path / "chapter", cwd=tmp_path)
    loss, drawn = said.split()
    # two empty grids: logits 0 are p = 1/2 on 100 pixels, 1 - (2 * 0 + 1)/(50 + 0 + 1) = 50/51
    assert float(loss) == pytest.approx(50 / 51)
    assert drawn == "True"
    records = {path.name for path in (ROOT / "book/data").iterdir()}
    assert {path.name for path in (tmp_path / "chapter/data").iterdir()} == records


def test_a_release_is_built_and_checked_in_this_way():
    """The workflow runs the same target before anything is published, and no secret is stored."""
    workflow = (ROOT / ".github/workflows/release.yml").read_text("utf-8")
    assert workflow.index("make dist") < workflow.index("pypa/gh-action-pypi-publish")
    assert "id-token: write" in workflow
    assert "secrets." not in workflow

"""The environment that Binder builds for a reader is that of the book."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def pins(file: str) -> dict[str, str]:
    """The packages that a file of requirements pins, and their versions."""
    return dict(re.findall(r"^([\w-]+)==([\w.]+)$", (ROOT / file).read_text("utf-8"), re.M))


def test_the_versions_are_those_of_the_book():
    """Whatever Binder installs is pinned as in requirements.txt, but for what only a hub needs."""
    here = pins("binder/requirements.txt")
    assert here.pop("nbgitpuller")
    assert {"torch", "numpy", "matplotlib", "anywidget", "jupyterlab", "jupyterlab_myst"} <= here.keys()
    assert here.items() <= pins("requirements.txt").items()


def test_the_python_is_one_that_the_package_runs_on():
    """Between the first and the last version that pyproject.toml allows."""
    major, minor = map(
        int, re.fullmatch(r"python-(\d+)\.(\d+)\n", (ROOT / "binder/runtime.txt").read_text()).groups()
    )
    assert 'requires-python = ">=3.11,<3.14"' in (ROOT / "pyproject.toml").read_text()
    assert (3, 11) <= (major, minor) < (3, 14)

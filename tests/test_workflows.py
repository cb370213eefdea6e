"""What the workflows, the pages and the Makefile say of each other: a target that is named exists."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(re.findall(r"^([a-z][\w-]*):", MAKEFILE, re.M))
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
workflows = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def runs(path: Path) -> list[str]:
    """Each command of a workflow, once for each value of its matrix."""
    found = []
    for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values():
        matrix: dict[str, list[Any]] = job.get("strategy", {}).get("matrix", {})
        for command in (step["run"] for step in job["steps"] if "run" in step):
            values = [(key, value) for key, all_of in matrix.items() for value in all_of]
            named = [(key, value) for key, value in values if f"matrix.{key} " in command]
            found += [command.replace(f"${{{{ matrix.{key} }}}}", value) for key, value in named] or [command]
    return found


@workflows
def test_every_target_that_a_workflow_runs_exists(path: Path):
    """A target that is renamed would fail on the day of a release, or once a month, far away."""
    commands = runs(path)
    assert commands
    assert [name for command in commands for name in re.findall(r"\bmake ([\w-]+)", command)] != []
    for command in commands:
        assert set(re.findall(r"\bmake ([\w-]+)", command)) <= TARGETS, command
        assert "${{ matrix" not in command


@workflows
def test_every_file_that_a_workflow_runs_exists(path: Path):
    """The same for tools that are called by name."""
    for command in runs(path):
        for file in re.findall(r"\b(?:tools|tests)/[\w/.-]+", command):
            assert (ROOT / file).exists(), command


def test_each_month_the_book_is_tried_on_newer_releases():
    """On a schedule, and by hand: newest releases, Sphinx alone, the atlas, the links."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/alive.yml").read_text("utf-8"))
    assert workflow[True].keys() == {"schedule", "workflow_dispatch"}  # YAML reads `on` as true
    assert runs(ROOT / ".github/workflows/alive.yml") == [
        f"make {name}" for name in ("newest", "exit", "atlas", "links")
    ]


def test_pages_name_targets_that_exist():
    """So do the README, the guide for contributors and `.ci/run`."""
    for file in ("README.md", "CONTRIBUTING.md", ".ci/run"):
        text = (ROOT / file).read_text("utf-8")
        named = set(re.findall(r"`make ([\w-]+)`|^make ([\w-]+)", text, re.M))
        assert {name for pair in named for name in pair if name} <= TARGETS, file


def test_the_makefile_knows_its_own_targets():
    """Each is declared to be no file, and none twice."""
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.M)
    assert sorted(phony.split()) == sorted(TARGETS)

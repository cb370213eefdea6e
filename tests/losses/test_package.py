"""The package as others meet it: its imports, its types, its documentation, and the wheel."""

import inspect
import os
import re
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

import seglosses

ROOT = Path(__file__).parents[2]
HEAVY = ("matplotlib", "anywidget", "IPython", "ipywidgets", "torchvision")


def python(code, *, cwd=ROOT, path=ROOT):
    """Run code in a fresh interpreter that takes warnings for errors; its printed lines."""
    environment = os.environ | {"PYTHONPATH": str(path)}
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_import_is_light():
    """After torch, importing the losses takes under 50 ms and loads neither plots nor widgets.

    Processor time, which a busy machine stretches too: of three imports one has to show it.
    """
    code = f"""
import sys, time, torch
start = time.process_time()
import seglosses
print(time.process_time() - start)
print([name for name in {HEAVY} if name in sys.modules])"""

    def is_quick() -> bool:
        seconds, heavy = python(code)
        assert heavy == "[]"
        return float(seconds) < 0.05

    assert any(is_quick() for _ in range(3))


def test_what_is_public():
    """Five functions and their five modules, the look at a batch, and nothing else."""
    functions = ["bce_dice_loss", "bce_loss", "diagnose", "dice_loss", "focal_loss", "iou_loss"]
    assert seglosses.__all__ == ["BCEDiceLoss", "BCELoss", "DiceLoss", "FocalLoss", "IoULoss", *functions]


def test_the_version_stands_in_one_place():
    """A semantic version in the package, which the build reads; no other file of the package repeats it."""
    assert re.fullmatch(r"\d+\.\d+\.\d+", seglosses.__version__)
    assert 'dynamic = ["version"]' in (ROOT / "pyproject.toml").read_text()
    places = [path.name for path in (ROOT / "seglosses").rglob("*.py") if "__version__ =" in path.read_text()]
    assert places == ["__init__.py"]
    assert f"version: {seglosses.__version__}\n" in (ROOT / "CITATION.cff").read_text()


@pytest.mark.parametrize("name", seglosses.__all__)
def test_every_public_name_is_documented(name):
    """Arguments, errors and an example; of a function also its formula, its result and its source."""
    documented = getattr(seglosses, name)
    text = inspect.getdoc(documented)
    sections = ["Args:", "Raises:", "Example:", ">>> "]
    if inspect.isfunction(documented):
        sections += [".. math::", "Returns:", "Source:"]
        assert all(f"{argument}: " in text for argument in inspect.signature(documented).parameters)
    assert [section for section in sections if section not in text] == []


def test_types_are_strict():
    """Mypy finds nothing to say about the losses in strict mode."""
    parts = ["seglosses/__init__.py", "seglosses/diagnosis", "seglosses/losses"]
    command = [sys.executable, "-m", "mypy", "--strict", *parts]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheel_works_alone(tmp_path):
    """A wheel built from the tree holds the losses and py.typed, and works where the tree is out of sight."""
    if find_spec("pip"):
        command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)]
    else:  # an environment that uv made
        command = ["uv", "build", "--wheel", "--out-dir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == f"seglosses-{seglosses.__version__}-py3-none-any.whl"
    contents = zipfile.ZipFile(wheel).namelist()
    assert "seglosses/py.typed" in contents
    assert not [name for name in contents if name.startswith(("tests", "book", "tools"))]
    code = """
import torch, seglosses
print(seglosses.__file__)
print(seglosses.DiceLoss()(torch.zeros(4), torch.ones(4)))"""
    place, value = python(code, cwd=tmp_path, path=wheel)
    assert place.startswith(str(wheel))
    assert value == "tensor(0.2857)"  # 1 - (2 * 4 / 2 + 1) / (4 / 2 + 4 + 1)

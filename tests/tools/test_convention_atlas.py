"""The tool that records what other libraries say, with stand-ins for the libraries."""

import importlib.util
import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
import torch

from seglosses.atlas import CASES, read_atlas

ROOT = Path(__file__).parents[2]
STORED = ROOT / "book/data/conventions.json"
# What tools/peers.py imports of each library.
MODULES = [
    "kornia.losses",
    "monai.losses",
    "nnunetv2.training.loss.compound_losses",
    "nnunetv2.training.loss.dice",
    "segmentation_models_pytorch.losses",
    "torchvision.ops",
]


class StandIn(ModuleType):
    """A module in which each public name is a loss, or makes one where it is called without a batch."""

    def __init__(self, name: str, asked: Counter) -> None:
        super().__init__(name)
        self._asked = asked

    def __getattr__(self, name: str):
        if name.startswith("_"):
            raise AttributeError(name)

        def loss(*arguments, **options):
            if not (arguments and isinstance(arguments[0], torch.Tensor)):
                return loss
            self._asked[self.__name__] += 1
            return arguments[0].sigmoid().mean()

        return loss


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter:
    """How often each library's stand-in has been asked for a loss."""
    asked: Counter = Counter()
    for dotted in MODULES:
        parent = None
        parts = dotted.split(".")
        for length in range(1, len(parts) + 1):
            name = ".".join(parts[:length])
            if not isinstance(module := sys.modules.get(name), StandIn):
                module = StandIn(name, asked)
                monkeypatch.setitem(sys.modules, name, module)
            if parent:
                setattr(parent, parts[length - 1], module)
            parent = module
    return asked


@pytest.fixture
def tool(asked: Counter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The tool with the stand-ins, writing to a folder of the test."""
    for name in ("peers", "convention_atlas"):  # fresh ones, and gone again after the test
        spec = importlib.util.spec_from_file_location(name, ROOT / f"tools/{name}.py")
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
    monkeypatch.setattr(module, "version", lambda package: f"{package}'s")
    monkeypatch.setattr(module, "RECORD", tmp_path / "data/conventions.json")
    return module


def test_the_record_has_the_shape_of_the_stored_one(tool: ModuleType, asked: Counter):
    """Every library is asked, and the record has the settings, losses, libraries and cases of the book's."""
    tool.main()
    written, stored = read_atlas(tool.RECORD), read_atlas(STORED)
    assert set(asked) == set(MODULES)
    assert written.date == str(date.today())
    assert written.versions == {package: f"{package}'s" for package in stored.versions}
    assert shape(written.values) == shape(stored.values)
    assert written.table("dice").head == stored.table("dice").head
    assert tool.RECORD.read_text("utf-8") == json.dumps(json.loads(tool.RECORD.read_text()), indent=1) + "\n"


def shape(values: dict) -> dict:
    """The keys of nested dictionaries, in their order."""
    return {key: shape(value) if isinstance(value, dict) else ... for key, value in values.items()}


def test_seglosses_and_the_source_say_what_the_record_says(tool: ModuleType):
    """What can be computed here comes out as it is stored: it is each loss that is asked, about each case."""
    tool.main()
    written, stored = read_atlas(tool.RECORD).values, read_atlas(STORED).values
    for setting in ("as it comes", "set alike"):
        for loss, libraries in stored[setting].items():
            for library in ("seglosses", "source"):
                assert written[setting][loss][library] == pytest.approx(libraries[library], abs=2e-6)


def refusal(z, y):
    """A loss that takes no such mask."""
    raise ValueError("y: expected whole numbers")


@pytest.mark.parametrize(
    ("loss", "value"),
    [
        (refusal, "refused"),
        (lambda z, y: z * y, "no mean"),
        (lambda z, y: 0 * z.sum() + 1 / 3, 0.333333),
        (lambda z, y: 0 * z.sum() - 1e-9, 0.0),
    ],
)
def test_an_answer_is_a_number_or_why_there_is_none(tool: ModuleType, loss, value):
    """A loss is stored with six decimals and no negative zero; else stands that it refused or has no mean."""
    answer = tool.asked(loss, CASES["prediction 1"])
    assert answer == value
    assert not str(answer).startswith("-")

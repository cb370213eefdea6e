"""Every widget speaks both ways with Python, in the very messages that Jupyter carries."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
import torch

from seglosses.grids import CLASS_MAP, CLASS_PREDICTION, LUNG, LUNG_PROBABILITIES, PREDICTION_2
from seglosses.widgets import (
    ClassPainter,
    FocalExplorer,
    GradientSteps,
    GridPainter,
    LossComparer,
    NumberQuestion,
    ProbabilityPainter,
    Question,
    ThresholdExplorer,
    TrainingPlayer,
)


def player() -> TrainingPlayer:
    """One image, one loss, three recorded steps."""
    frames = torch.arange(300).reshape(3, 1, 10, 10).remainder(256).to(torch.uint8)
    run = SimpleNamespace(losses=torch.ones(4), steps=[0, 2, 4], frames=frames)
    return TrainingPlayer(LUNG[None, None], LUNG[None, None], {"BCE": run}, step=0)


def slide(name: str, value: str) -> Callable:
    """Move the slider of that name and let it go."""
    return lambda page: page.get_by_role("slider", name=name, exact=True).fill(value)


def press(name: str) -> Callable:
    """Press the button of that name."""
    return lambda page: page.get_by_role("button", name=name, exact=True).click()


def choose(page) -> None:
    """Take the first choice."""
    page.get_by_role("radio").first.check()
    press("Commit my answer")(page)


def guess(page) -> None:
    """Type a number."""
    page.get_by_role("spinbutton").fill("0.9")
    press("Commit my answer")(page)


class Case(NamedTuple):
    """A widget, what a hand does to it, what Python reads then; what Python sets, and what it must refuse."""

    make: Callable[[], Any]
    hand: Callable[[Any], None]
    trait: str
    read: Any
    set: Any
    refused: Any


FIRST = LUNG * 0
FIRST[0, 0] = 1
PAINTED = LUNG_PROBABILITIES.clone()
PAINTED[0, 0] = 0.9
FOUND = CLASS_PREDICTION.clone()
FOUND[0, 0] = 2
CASES = {
    "classes": Case(
        lambda: ClassPainter(CLASS_MAP, CLASS_PREDICTION),
        lambda page: page.get_by_role("gridcell").first.click(),
        *("prediction", FOUND, CLASS_MAP, 3 * CLASS_MAP),
    ),
    "grid": Case(
        lambda: GridPainter(LUNG),
        lambda page: page.get_by_role("gridcell").first.click(),
        *("prediction", FIRST, PREDICTION_2, 255 * LUNG),
    ),
    "prob": Case(
        lambda: ProbabilityPainter(LUNG, LUNG_PROBABILITIES),
        lambda page: page.get_by_role("gridcell").first.click(),
        *("probabilities", PAINTED, 1 - LUNG_PROBABILITIES, 4 * LUNG - 2),
    ),
    "steps": Case(lambda: GradientSteps(LUNG), press("Step"), *("step", 1, 300, 301)),
    "focal": Case(
        lambda: FocalExplorer(LUNG, LUNG_PROBABILITIES),
        press("no \N{GREEK SMALL LETTER ALPHA}"),
        *("alpha", None, 0.5, 2),
    ),
    "losses": Case(
        lambda: LossComparer(LUNG, PREDICTION_2, LUNG),
        slide("Prediction, wrong to right", "0.25"),
        *("position", 0.25, 1.0, 1.01),
    ),
    "cut": Case(
        lambda: ThresholdExplorer({"one": (LUNG_PROBABILITIES, LUNG)}),
        slide("Threshold", "0.25"),
        *("threshold", 0.25, 0.75, 1.01),
    ),
    "training": Case(player, press("Next"), *("step", 2, 4, 3)),
    "question": Case(
        lambda: Question("Which?", {"Dice": "It is.", "IoU": "It is not."}, right="Dice", name="which"),
        choose,
        *("answer", "Dice", None, "BCE"),
    ),
    "number": Case(
        lambda: NumberQuestion("What?", 1, tolerance=0.1, reveal="One.", low=0, high=1, name="what"),
        guess,
        *("answer", 0.9, None, 2),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_hand_reaches_python_and_python_the_page(show, case, monkeypatch, caplog):
    """What is done on the page Python reads, what Python sets is drawn, and a bad message changes neither."""
    widget = case.make()
    page = show(widget)
    sent: list[dict] = []
    monkeypatch.setattr(widget.comm, "send", lambda data=None, **rest: sent.append(data))

    def receive(state: dict) -> None:
        widget._handle_msg({"content": {"data": {"method": "update", "state": state}}, "buffers": []})

    def same(one: Any, other: Any) -> bool:
        return torch.equal(one, other) if isinstance(one, torch.Tensor) else one == other

    case.hand(page)
    for state in page.evaluate("models[0].saved"):
        receive(state)
    assert same(getattr(widget, case.trait), case.read)

    sent.clear()
    shown = page.locator(".sl-widget").first
    before = shown.inner_html()
    setattr(widget, case.trait, case.set)
    (state,) = [message["state"] for message in sent if message["method"] == "update"]
    page.evaluate(
        "state => Object.entries(state).forEach(([name, value]) => models[0].set(name, value))", state
    )
    assert list(state) == [case.trait]
    assert shown.inner_html() != before

    sent.clear()
    bad = case.refused.tolist() if isinstance(case.refused, torch.Tensor) else case.refused
    receive({case.trait: bad})
    assert f"{case.trait} must" in caplog.text  # the kernel says so; the page is not stopped by it
    assert same(getattr(widget, case.trait), case.set)
    assert state in [message.get("state") for message in sent]  # the page hears what still holds

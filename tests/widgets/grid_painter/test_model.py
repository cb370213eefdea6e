"""The Python side of the grid painter: what goes in, what comes out, what is refused."""

import re

import numpy as np
import pytest
import torch
from traitlets import dlink

from seglosses import plots
from seglosses.grids import LUNG, PREDICTION_1, PREDICTION_2
from seglosses.widgets import GridPainter
from seglosses.widgets.kit.bundle import HERE, module
from seglosses.widgets.kit.looks import LOOKS

GRID = [[0, 1, 1], [0, 0, 1]]


def painter(**options) -> GridPainter:
    """The source's first prediction, with the second as a preset."""
    return GridPainter(LUNG, PREDICTION_1, presets={"prediction 2": PREDICTION_2}, **options)


# ---- values ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mask",
    [
        GRID,
        torch.tensor(GRID),
        torch.tensor(GRID, dtype=torch.bool),
        torch.tensor(GRID, dtype=torch.bfloat16, requires_grad=True),
        torch.tensor(GRID).T.contiguous().T,
        np.array(GRID, np.uint8),
        np.array(GRID, np.float64)[::-1][::-1],
    ],
    ids=["lists", "int64", "bool", "bfloat16 with gradient", "strided", "uint8 array", "strided array"],
)
def test_a_mask_may_come_in_any_form(mask):
    """Lists, arrays and tensors of any type and layout read back as the same float32 tensor (H, W)."""
    read = GridPainter(mask, mask).prediction
    assert read.dtype == torch.float32
    assert read.tolist() == GRID


def test_a_painter_starts_with_an_empty_prediction():
    """Without a prediction there is nothing painted yet."""
    assert GridPainter(LUNG).prediction.tolist() == torch.zeros(10, 10).tolist()


def test_what_is_assigned_is_what_is_read_and_seen():
    """An assignment changes the tensor, tells observers once, and is in the state that the page gets."""
    widget, seen = painter(), []
    widget.observe(lambda change: seen.append(change.new.sum().item()), "prediction")
    widget.prediction = PREDICTION_2
    widget.prediction = PREDICTION_2.bool()  # the same mask again is no change
    assert seen == [7]
    assert torch.equal(widget.prediction, PREDICTION_2.float())
    assert widget.get_state("prediction") == {"prediction": PREDICTION_2.int().tolist()}


def test_a_tensor_that_was_read_is_the_readers_own():
    """Writing into it in place changes neither the widget nor what the next reader gets."""
    widget = painter()
    widget.prediction.fill_(1)
    assert torch.equal(widget.prediction, PREDICTION_1.float())


def test_what_the_page_sends_is_a_tensor():
    """A stroke in the browser arrives as lists and reads as a tensor."""
    widget = painter()
    widget.set_state({"prediction": PREDICTION_2.int().tolist(), "smooth": 1, "subject": "target"})
    assert torch.equal(widget.prediction, PREDICTION_2.float())
    assert (widget.smooth, widget.subject) == (1.0, "target")


def test_two_painters_can_show_the_same_prediction():
    """Masks are ordinary traits: they can be linked."""
    one, other = painter(), painter()
    dlink((one, "prediction"), (other, "prediction"))
    one.preset("prediction 2")
    assert torch.equal(other.prediction, PREDICTION_2.float())


def test_a_preset_paints_the_prediction():
    """``preset`` does what the button of that name does."""
    widget = painter()
    widget.preset("prediction 2")
    assert torch.equal(widget.prediction, PREDICTION_2.float())


# ---- errors ------------------------------------------------------------------------------------------------

BAD_MASKS = {
    "another shape": (torch.zeros(5, 10), ValueError, r"prediction .*\(10, 10\).*\(5, 10\).*another widget"),
    "a batch": (torch.zeros(1, 1, 10, 10), ValueError, r"prediction .*\(1, 1, 10, 10\).*masks\[0, 0\]"),
    "one row": (torch.zeros(10), ValueError, r"prediction .*\(10,\)"),
    "nothing": ([], ValueError, r"prediction .*\(0,\)"),
    "ragged": ([[0, 1], [0]], ValueError, r"prediction .*rows"),
    "0/255": (LUNG * 255, ValueError, r"prediction .*255.*prediction / 255"),
    "probabilities": (LUNG * 0.5, ValueError, r"prediction .*0\.5.*prediction > 0\.5"),
    "negative": (-LUNG, ValueError, r"prediction .*-1 to 0"),
    "infinity": (LUNG / 0, ValueError, "prediction .*NaN"),
    "NaN": (torch.full((10, 10), torch.nan), ValueError, r"prediction .*NaN.*nan_to_num"),
    "complex": (torch.zeros(10, 10) + 1j, TypeError, "prediction .*complex"),
    "a word": ("prediction 2", TypeError, "prediction .*str"),
    "None": (None, TypeError, "prediction .*NoneType"),
    "None inside": ([[None] * 10] * 10, TypeError, "prediction .*list"),
}


@pytest.mark.parametrize(("mask", "error", "says"), BAD_MASKS.values(), ids=BAD_MASKS)
def test_a_bad_mask_is_refused_and_the_last_good_one_stays(mask, error, says):
    """The error names the argument, what came and the way out; the widget shows what it showed."""
    widget = painter()
    with pytest.raises(error, match=says):
        widget.prediction = mask
    assert torch.equal(widget.prediction, PREDICTION_1.float())


def test_every_mask_is_checked_by_its_name():
    """Target, prediction and each preset are refused under the names that the caller wrote."""
    with pytest.raises(ValueError, match=r"target .*255"):
        GridPainter(LUNG * 255)
    with pytest.raises(ValueError, match=r"prediction .*\(10, 10\)"):
        GridPainter(LUNG, GRID)
    with pytest.raises(ValueError, match=r"presets\['half'\] .*0\.5"):
        GridPainter(LUNG, presets={"half": LUNG * 0.5})
    with pytest.raises(ValueError, match=r"target .*64.*\(65, 3\)"):
        GridPainter(torch.zeros(65, 3))


@pytest.mark.parametrize(
    ("name", "value", "error", "says"),
    [
        ("smooth", -1, ValueError, r"smooth .*\[0, 10\].*-1"),
        ("smooth", float("nan"), ValueError, "smooth .*nan"),
        ("smooth", "1", TypeError, "smooth .*'1'"),
        ("smooth", True, TypeError, "smooth .*True"),
        ("subject", "truth", ValueError, "subject .*'prediction', 'target'.*'truth'"),
        ("subject", ["target"], ValueError, "subject"),
        ("language", "fr", ValueError, "language .*'', 'en', 'zh'.*'fr'"),
    ],
)
def test_a_bad_setting_is_refused_and_the_last_good_one_stays(name, value, error, says):
    """The constructor and an assignment say the same."""
    widget = painter()
    before = getattr(widget, name)
    with pytest.raises(error, match=says):
        setattr(widget, name, value)
    assert getattr(widget, name) == before
    with pytest.raises(error, match=says):
        painter(**{name: value})


def test_an_unknown_preset_is_answered_with_the_known_ones():
    """Whoever mistypes a name reads the right ones; without presets, how to give some."""
    widget = painter()
    with pytest.raises(ValueError, match=r"the presets, 'prediction 2'; got 'prediction 3'\. Hint: "):
        widget.preset("prediction 3")
    with pytest.raises(ValueError, match=r"of which there are none; got .* Hint: .*presets="):
        GridPainter(LUNG).preset("prediction 1")
    assert torch.equal(widget.prediction, PREDICTION_1.float())


@pytest.mark.parametrize("state", [{"prediction": [[1]]}, {"target": None}, {"smooth": 99}, {"subject": "x"}])
def test_a_bad_state_from_the_page_is_sent_back_as_the_last_good_one(state, monkeypatch):
    """Python refuses it, keeps what it had, and the page is told to show that again."""
    widget, sent = painter(), []
    before = widget.get_state()
    monkeypatch.setattr(GridPainter, "send_state", lambda self, key=None: sent.extend(key))
    with pytest.raises((TypeError, ValueError)):
        widget.set_state(state)
    assert widget.get_state() == before
    assert sent == list(state)


# ---- what a notebook stores --------------------------------------------------------------------------------


def test_the_repr_is_the_same_in_every_run():
    """No memory address: a stored output can be compared with a new one."""
    assert repr(painter()) == "GridPainter(10x10: TP 19, FP 0, FN 1, TN 80)"


def test_the_snapshot_is_true_to_the_state():
    """Each pixel's mark, the edge of the truth and both fractions are those of the masks as they are now."""
    widget = painter()
    widget.preset("prediction 2")
    data, _ = widget._repr_mimebundle_()
    svg = data["image/svg+xml"]
    assert data["text/plain"] == repr(widget)
    assert "Dice = 10/27 ≈ 0.3704" in svg
    assert "IoU = 5/22 ≈ 0.2273" in svg
    areas = {
        fill: d
        for d, fill in re.findall(r'<path d="([^"]+)" fill="(#[^"]+)"/>', svg.split("translate(0 334")[0])
    }
    size = {fill: sum(map(int, re.findall(r"h(\d+)v1", d))) for fill, d in areas.items()}
    assert size == {plots.TRUE_POSITIVE.lower(): 5, plots.FALSE_POSITIVE.lower(): 2}
    marks = {kind: svg.count(mark["d"]) for kind, mark in LOOKS["marks"].items()}
    assert marks == {"tp": 5 + 1, "fp": 2 + 1, "fn": 15 + 1}  # one of each in the legend
    edge = re.search(r'<path d="((?:M\d+ \d+[hv]1)+)"', svg)[1]
    assert (edge.count("h1"), edge.count("v1")) == (2 * 4, 2 * 5)


def test_the_snapshot_of_nothing_says_what_is_agreed():
    """Two empty masks are 0/0, read as 1; with smooth the fraction itself is 1."""
    widget = GridPainter(LUNG * 0)
    assert "Dice = 0/0 → 1" in widget._snapshot()
    widget.smooth = 0.5
    assert "Dice = 0.5/0.5 = 1.0000" in widget._snapshot()


def test_the_colours_are_those_of_the_figures():
    """A true positive is the same green in the painter, in its snapshot and in the book's figures."""
    css = painter()._css.upper()
    assert f"--TP: {plots.TRUE_POSITIVE}" in css
    assert f"--FP: {plots.FALSE_POSITIVE}" in css
    assert f"--FN: {plots.FALSE_NEGATIVE}" in css


# ---- the front end's text ----------------------------------------------------------------------------------


def test_the_module_is_self_contained():
    """Nothing is left to import, each file is in it once, and there is one export: the widget."""
    text = module("grid_painter/view.js")
    assert not re.search(r"^import ", text, flags=re.M)
    assert text.count("/*! piece: kit/losses.js */") == 1
    assert re.findall(r"^export .*", text, re.M) == ["export default shareable(localized(mount));"]


def test_both_languages_have_every_word():
    """The table has the same keys in English and Chinese; only English needs no names of presets."""
    text = (HERE / "grid_painter/words.js").read_text("utf-8")
    en, zh = (set(re.findall(r"^ {4}(\w+):", part, re.M)) for part in text.split("  zh: {"))
    assert en == zh

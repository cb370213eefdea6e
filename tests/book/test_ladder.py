"""The ladder of code in the chapters of the losses: five lines, the source's function, the package's."""

import ast
import json
import re
from pathlib import Path

import pytest
import torch

import seglosses
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, NODULE_PROBABILITIES, PREDICTION_1, as_logits

BOOK = Path(__file__).parents[2] / "book"
CHAPTERS = ("dice", "bce", "bce-dice", "iou", "focal")
chapters = pytest.mark.parametrize("name", CHAPTERS)
EVERYDAY = (
    (torch.logit(LUNG_PROBABILITIES), LUNG),
    (torch.logit(NODULE_PROBABILITIES), NODULE),
    (as_logits(PREDICTION_1), LUNG),
)


def cells(name):
    """The cells of a chapter by their ids, in order."""
    notebook = json.loads((BOOK / f"{name}.ipynb").read_text("utf-8"))
    return {cell["id"]: cell | {"source": "".join(cell["source"])} for cell in notebook["cells"]}


def shown(cell):
    """What a cell shows, as Markdown."""
    return "".join("".join(output["data"]["text/markdown"]) for output in cell["outputs"])


@chapters
def test_five_lines_run_as_they_are_copied(name):
    """Alone, in an empty session; they are five, and give what the package gives without ``smooth``."""
    code = cells(name)[f"{name}-five-lines"]["source"]
    own: dict = {}
    exec(code, own)
    loss = name.replace("-", "_")
    function = own[f"{loss}_in_five_lines"]
    (definition,) = [one for one in ast.parse(code).body if isinstance(one, ast.FunctionDef)]
    assert definition.end_lineno - definition.lineno + 1 == 5
    plain = {} if name in ("bce", "focal") else {"smooth": 0}
    for z, y in EVERYDAY:
        expected = getattr(seglosses, f"{loss}_loss")(z, y, **plain)
        torch.testing.assert_close(function(z, y), expected, rtol=0, atol=1e-12, equal_nan=True)


@chapters
def test_the_ladder_goes_up_one_step_at_a_time(name):
    """Five lines, then the source's function as it stands, then the package's, folded, then all three."""
    found = cells(name)
    compared = f"{name}-compare" if f"{name}-compare" in found else f"{name}-run"
    steps = [f"{name}-{step}" for step in ("five-lines", "source-listing", "listing", "listing-read")]
    places = [list(found).index(step) for step in [*steps, compared]]
    assert places == sorted(places)
    loss = name.replace("-", "_")
    assert shown(found[f"{name}-source-listing"]).startswith(f"```python\ndef {loss}_loss(inputs, targets")
    assert shown(found[f"{name}-listing"]).startswith("<details")
    head = shown(found[compared]).splitlines()[0]
    assert head == "|  | five lines | the source | the package |"


@pytest.mark.parametrize("name", ["dice", "bce", "focal"])
def test_what_each_added_line_is_for(name):
    """Each name that a chapter explains stands in the code above it, and no call there is passed over."""
    found = cells(name)
    code = shown(found[f"{name}-listing"])
    rows = re.findall(r"^\| (`.*?) \|", found[f"{name}-listing-read"]["source"], re.MULTILINE)
    explained = {word for row in rows for word in re.findall(r"`([\w.]+)`", row)}
    assert all(re.search(rf"\b{re.escape(word)}\b", code) for word in explained), explained
    checks = set(re.findall(r"\b(check\w*|pooled_axes|sums|mean|ratio)\(", code))
    assert checks <= explained | {"mean" if name == "focal" else ""}


def table(name):
    """The rows of the chapter's comparison: the values of five lines, source and package."""
    found = cells(name)
    cell = found.get(f"{name}-compare", found[f"{name}-run"])
    rows = [line.strip("| ").split(" | ") for line in shown(cell).splitlines()[2:]]
    return {row[0]: row[1:] for row in rows}


@pytest.mark.parametrize("name", ["dice", "iou"])
def test_where_the_regions_differ(name):
    """By smooth on the predictions; then the empty image, the source's ``view``, and a mask of 0 and 255."""
    rows = table(name)
    for case in ("prediction 1", "prediction 2"):
        assert rows[case][0] != rows[case][1] == rows[case][2]
    assert rows["no lung, none found"] == ["1.0000", "0.0000", "0.0000"]
    assert rows["prediction 1, transposed"] == [
        rows["prediction 1"][0],
        "RuntimeError",
        rows["prediction 1"][2],
    ]
    assert rows["a mask of 0 and 255"][2] == "ValueError"
    assert all(0 < float(value) < float(rows["prediction 2"][2]) for value in rows["a mask of 0 and 255"][:2])


def test_where_the_pixels_differ():
    """Alike on everyday probabilities; apart on sure mistakes in float32, yes and no, and 0 and 255."""
    rows = table("bce")
    assert len(set(rows["the model"])) == len(set(rows["the lung's model"])) == 1
    assert rows["prediction 2, float32"] == ["nan", "5.0000", "3.4000"]
    assert rows["a mask of yes and no"] == ["RuntimeError", "RuntimeError", rows["the model"][2]]
    first, *others = rows["a mask of 0 and 255"]
    assert first.startswith("\N{MINUS SIGN}")
    assert others == ["RuntimeError", "ValueError"]
    rows = table("bce-dice")
    for case in ("the lung's model", "the nodule's model"):
        assert rows[case][0] != rows[case][1] == rows[case][2]
    assert rows["prediction 2, float32"] == ["nan", "5.6071", "4.0071"]
    rows = table("focal")
    assert len(set(rows["the lung's model"])) == len(set(rows["the nodule's model"])) == 1
    assert rows["prediction 2, float32"] == ["inf", "1.0500", "1.0500"]
    assert len(set(rows["a soft mask"])) == 3

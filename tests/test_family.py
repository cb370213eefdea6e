"""The page of the family: its lines, run on three grids, say what other libraries say."""

import json
from datetime import date
from pathlib import Path

import nbformat
import pytest

from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, NODULE_PROBABILITIES, PREDICTION_2

BOOK = Path(__file__).parents[1] / "book"
RECORD = json.loads((BOOK / "data/family.json").read_text("utf-8"))
GRIDS = {
    "lung": (LUNG, LUNG_PROBABILITIES),
    "nodule": (NODULE, NODULE_PROBABILITIES),
    "prediction 2": (LUNG, 0.1 + 0.8 * PREDICTION_2),
}


def run(y=None, p=None) -> dict:
    """Every name of the page once its cells have run; ``y`` and ``p`` in the place of the page's grid."""
    names: dict = {}
    for cell in nbformat.read(BOOK / "family.ipynb", as_version=4).cells:
        if cell.cell_type == "code" and not {"remove-input", "remove-cell"} & set(
            cell.metadata.get("tags", [])
        ):
            exec(cell.source, names)
        if cell.id == "family-inputs" and y is not None:
            names |= {"y": y, "p": p}
    return names


@pytest.mark.parametrize("grid", GRIDS)
def test_each_loss_is_that_of_a_library(grid, capsys):
    """To six decimals, which is what the record has; the Hausdorff loss of MONAI is in float32."""
    names = run(*GRIDS[grid])
    ours = {name: float(names[name]) for name in RECORD["values"][grid]}
    assert ours == pytest.approx(RECORD["values"][grid], abs=2e-6)


def test_the_page_has_the_recorded_grid(capsys):
    """With its own inputs it is the first of the record, and the two vessels come out as they do there."""
    names = run()
    ours = {name: float(names[name]) for name in RECORD["values"]["lung"]}
    assert ours == pytest.approx(RECORD["values"]["lung"], abs=2e-6)
    said = [line for line in capsys.readouterr().out.splitlines() if "clDice" in line]
    assert [float(line.split()[-1]) for line in said] == pytest.approx([*RECORD["cldice"].values()], abs=6e-5)


def test_the_record_says_when_and_of_what():
    """A date that was, and a version for each library."""
    assert date.fromisoformat(RECORD["date"]) <= date.today()
    assert set(RECORD["versions"]) == {"torch", "monai", "segmentation-models-pytorch", "nnunetv2"}

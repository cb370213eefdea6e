"""Worksheets: what is asked is computed, a sheet is one page, and the key has what the sheet leaves blank."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from course.book import ROOT
from course.handout.__main__ import BLANK, filled, page
from course.handout.sheets import SHEETS
from course.handout.words import WORDS

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, NODULE_PROBABILITIES, PREDICTION_2, as_logits

NODULE_Z, LUNG_Z = torch.logit(NODULE_PROBABILITIES), torch.logit(LUNG_PROBABILITIES)
LOSSES = {
    "dice": dice_loss(as_logits(PREDICTION_2), LUNG, smooth=0),
    "bce": bce_loss(NODULE_Z, NODULE),
    "bce-dice": bce_dice_loss(LUNG_Z, LUNG, smooth=1),
    "iou": iou_loss(as_logits(PREDICTION_2), LUNG, smooth=0),
    "focal": focal_loss(NODULE_Z, NODULE, alpha=0.25, gamma=2),
}
each = pytest.mark.parametrize("name", SHEETS)


@each
def test_the_last_blank_is_the_loss(name: str):
    """As the package computes it on the same grid."""
    assert float(SHEETS[name]().filling[-1]) == pytest.approx(LOSSES[name].item(), abs=1e-4)


@each
def test_a_table_counts_every_pixel(name: str):
    """The kinds of pixels are all 100, and their prices sum to what the formula divides."""
    sheet = SHEETS[name]()
    if sheet.table.head[-1] == "together":
        counts, together = ([float(row[at][0]) for row in sheet.table.rows] for at in (-2, -1))
        assert sum(counts) == 100
        assert sum(together) == pytest.approx(float(sheet.filling[0]), abs=3e-4)
    else:
        assert sum(int(row[1][0]) for row in sheet.table.rows[:4]) == 100


@pytest.mark.parametrize(("name", "loss"), [("dice", dice_loss), ("iou", iou_loss)])
def test_the_painted_mask_has_the_same_loss(name: str, loss):
    """And is another mask."""
    mask = SHEETS[name]().painted.prediction
    assert not torch.equal(mask, PREDICTION_2)
    assert loss(as_logits(mask), LUNG, smooth=0).item() == pytest.approx(LOSSES[name].item(), abs=1e-6)


@each
def test_a_sheet_gives_nothing_away(name: str):
    """As many blanks as the key has numbers, and no number of the key in the formula or in a cell to fill."""
    sheet = SHEETS[name]()
    assert sheet.formula.count("#") == len(sheet.filling)
    assert filled(sheet, solved=False).count(BLANK) == len(sheet.filling)
    asked, key = page(name, sheet, solved=False), page(name, sheet, solved=True)
    found = [one[0] for row in sheet.table.rows for one in row if isinstance(one, tuple)]
    assert asked.count('<td class="blank"></td>') == len(found) == key.count('<td class="found">')
    assert sheet.filling[-1] in key
    assert sheet.filling[-1] not in re.sub(r"base64,[\w+/=]*", "", asked)


def test_every_sheet_has_its_words():
    """In each language, at each step."""
    for words in WORDS.values():
        for step in ("titles", "count", "fill", "paint", "painted"):
            assert list(words[step]) == list(SHEETS)


def handout(*chapters: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command as the Makefile does."""
    command = [sys.executable, "-m", "course.handout", *chapters]
    path = {"PYTHONPATH": "tools:book/_ext", "PATH": "/usr/bin:/bin", **env}
    return subprocess.run(command, cwd=ROOT, env=path, capture_output=True, text=True)


@pytest.fixture(scope="module")
def focal() -> Path:
    """The longest sheet, printed."""
    done = handout("focal")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "_build/handout/focal\n"
    return ROOT / "_build/handout/focal"


@pytest.mark.parametrize(
    ("size", "points"), [("a4", "595.92 x 842.88 pts (A4)"), ("letter", "612 x 792 pts")]
)
@pytest.mark.parametrize("name", ["worksheet", "key"])
def test_a_sheet_is_one_page_of_its_size(focal: Path, name: str, size: str, points: str):
    """On A4 and on letter."""
    said = subprocess.check_output(["pdfinfo", focal / f"{name}-{size}.pdf"], text=True)
    assert re.search(r"^Pages: +1$", said, re.M)
    assert points in said


def test_a_sheet_reads_as_its_page(focal: Path):
    """The text is text; the key has the loss and the sheet does not; the foot has a page number."""
    sheet, key = (
        subprocess.check_output(["pdftotext", "-layout", focal / f"{name}-a4.pdf", "-"], text=True)
        for name in ("worksheet", "key")
    )
    assert "Name" in sheet
    assert re.search(r"1 ?/ ?1$", sheet.strip())
    assert "0.000794" in key
    assert "0.000794" not in sheet


def test_an_unknown_chapter_is_one_line():
    """Nothing is written, not even for the known one."""
    before = sorted((ROOT / "_build/handout").glob("*/*"))
    done = handout("dice", "choosing")
    assert done.returncode == 1
    assert done.stderr == "chapter must be one of dice, bce, bce-dice, iou, focal; got 'choosing'.\n"
    assert sorted((ROOT / "_build/handout").glob("*/*")) == before


def test_without_a_browser_nothing_is_written():
    """What is missing is said, with how to get it."""
    done = handout("iou", PATH="/nowhere", PLAYWRIGHT_BROWSERS_PATH="/nowhere")
    assert done.returncode == 1
    assert done.stderr.startswith("No browser")
    assert "Traceback" not in done.stderr
    assert not list((ROOT / "_build/handout").glob(".*"))

"""The numerals of the chapter on choosing a loss, computed: what each cell of book/choosing.ipynb may print.

What a training gives is read from the chapter itself: the output that the cell before the prose has stored.
nbval runs the chapter and holds every stored output to the new one, so such a number is as computed as the
others, and no network is trained a second time for it. Everything else is computed here.
"""

import inspect
import json
import re
from functools import cache
from math import log
from pathlib import Path

import pytest
import torch

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, NODULE_PROBABILITIES, PREDICTION_2, as_logits
from seglosses.training.examples import lungs
from seglosses.training.network import TinyUNet
from seglosses.training.scores import calibration_error
from seglosses.walkthrough.overlaps import soft_overlap

CHAPTER = Path(__file__).parents[2] / "book/choosing.ipynb"
FIVE = {"Dice": dice_loss, "IoU": iou_loss, "BCE": bce_loss, "BCE-Dice": bce_dice_loss, "Focal": focal_loss}


@cache
def cells() -> dict[str, dict]:
    """The cells of the chapter by their ids."""
    return {cell["id"]: cell for cell in json.loads(CHAPTER.read_text("utf-8"))["cells"]}


def code(cell: str) -> str:
    """The code of a cell."""
    return "".join(cells()[cell]["source"])


def stored(cell: str) -> dict[str, list[list[float]]]:
    """What a cell has printed: for each name that starts its lines, the numbers of each line."""
    (output,) = (one for one in cells()[cell]["outputs"] if one["output_type"] == "stream")
    rows: dict[str, list[list[float]]] = {}
    for line in "".join(output["text"]).splitlines():
        name, rest = re.fullmatch(r"(Focal 0\.\d+|[\w-]+) +(.*)", line).groups()
        numbers = re.findall(r"\d+(?:\.\d+)?", rest.partition("at 0.5:")[2] or rest)
        rows.setdefault(name, []).append([float(number) for number in numbers])
    return rows


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    lung, nodule = torch.logit(LUNG_PROBABILITIES), torch.logit(NODULE_PROBABILITIES)
    y = int(LUNG.sum())
    facts = {}

    (background,) = {*LUNG_PROBABILITIES[LUNG == 0].tolist(), *NODULE_PROBABILITIES[NODULE == 0].tolist()}
    missed = int(((LUNG_PROBABILITIES < 0.5) & (LUNG == 1)).sum())
    assert ((NODULE_PROBABILITIES > 0.5) == (NODULE == 1)).all()
    facts["choosing-puzzle"] = f"{y} {int(NODULE.sum())}"
    defaults = {name: one.default for name, one in inspect.signature(focal_loss).parameters.items()}
    facts["choosing-puzzle-rule"] = (
        f"{background:.1f} 0.5 {missed} s = 1 {defaults['alpha']} {defaults['gamma']:g}"
    )
    lower = [name for name, loss in FIVE.items() if loss(lung, LUNG) < loss(nodule, NODULE)]
    assert lower == ["Dice", "IoU", "BCE-Dice"]  # the question's "Three"
    facts["choosing-table"] = "20"

    at = {name: (loss(0 * NODULE, NODULE), loss(nodule, NODULE)) for name, loss in FIVE.items()}
    worse = {name: loss(as_logits(PREDICTION_2), LUNG) for name, loss in FIVE.items()}
    assert worse["BCE"] > 1
    facts["choosing-table-read"] = (
        f"prediction 1, prediction 2, {at['Focal'][1]:.4f} {at['Dice'][1]:.4f} at most 1, prediction 2, 1"
    )

    kept = {name: float(end / start) for name, (start, end) in at.items()}
    assert sorted(kept, key=kept.get)[-2:] == ["Dice", "IoU"]
    assert kept["Dice"] == pytest.approx(2 / 3, abs=0.01)
    grey = float(NODULE_PROBABILITIES[NODULE == 0].sum())
    dices = [
        soft_overlap(torch.where(NODULE == 1, NODULE_PROBABILITIES, p), NODULE).dice() for p in (0.1, 0.01, 0)
    ]
    facts["choosing-dial"] = "0.5"
    facts["choosing-dial-answer"] = (
        f"{at['Dice'][0]:.4f} {at['Dice'][1]:.4f} {kept['BCE']:.0%} {kept['Focal']:.1%}"
        f" {int((NODULE == 0).sum())} at {background} {grey:.1f} {int(NODULE.sum())}"
        f" s = 0 {dices[0]:.4f} 0.01 {dices[1]:.4f} 0 {dices[2]:.4f}"
    )
    losses_compared = 20  # Ma et al., Loss odyssey, Medical Image Analysis 2021, abstract
    assert defaults["alpha"] / (1 - defaults["alpha"]) == pytest.approx(1 / 3)
    facts["choosing-source"] = (
        f"{int((NODULE == 0).sum())} {dices[0]:.4f} from 0, from 0 to 1, {at['BCE-Dice'][1]:.4f}"
        f" {at['Dice'][1]:.4f} prediction 2 {worse['BCE-Dice']:.4f} {worse['Dice']:.4f}"
        f" {losses_compared} 1 - p {defaults['alpha']}"
    )

    sizes = re.findall(r"lungs\((\d+)", code("choosing-patients"))
    side = 48  # the default of lungs(), which the next lines hold it to
    examples = lungs(2)
    assert examples.images.shape[-1] == side
    assert examples.masks.mean().item() == pytest.approx(0.2, abs=0.05)
    facts["choosing-experiment"] = f"{side} pixels, {sizes[0]} patients, {sizes[1]} others, 20 %"
    weights = sum(weight.numel() for weight in TinyUNet().parameters())
    assert round(weights, -4) == 10_000
    facts["choosing-network"] = "1 % nodule, 10 thousand"

    steps = int(re.search(r'"steps": (\d+)', code("choosing-train"))[1])
    every = int(re.search(r'"every": (\d+)', code("choosing-train"))[1])
    assert '"seeds": range(5)' in code("choosing-train")  # the prose has "five" in words
    facts["choosing-recall"] = f"{defaults['alpha']} {steps} 0.5"
    scores = {name: row for name, (row,) in stored("choosing-train-table").items()}
    low, high, recall_low, recall_high = range(4)
    for other in ("BCE-Dice", "IoU"):
        assert scores["Focal 0.75"][low] <= scores[other][high]
        assert scores[other][low] <= scores["Focal 0.75"][high]
    assert scores["Focal 0.25"][recall_high] == min(row[recall_high] for row in scores.values())
    assert scores["Focal 0.75"][recall_low] == max(row[recall_low] for row in scores.values())
    assert scores["Focal 0.25"][recall_high] < scores["Focal 0.75"][recall_low]
    shy, keen, both = scores["Focal 0.25"], scores["Focal 0.75"], scores["BCE-Dice"]
    assert keen[high] == both[high] == max(row[high] for row in scores.values())
    assert scores["BCE"][high] == shy[high] < scores["Dice"][high] < min(scores["IoU"][high], keen[low])
    assert both[high] > keen[low]
    assert both[low] < scores["BCE"][high]
    facts["choosing-train-read"] = (
        f"{sizes[1]} patients; 0.75 {keen[high]:.2f}; {scores['Dice'][high]:.2f} 0.25 {shy[high]:.2f}"
        f" {steps} 0.5; 0.25 {shy[recall_low]:.2f} {shy[recall_high]:.2f} 0.75 {keen[recall_low]:.2f}"
        f" {keen[recall_high]:.2f} p = 0.5, 1; {both[low]:.2f} {both[high]:.2f} 0.75"
    )

    first = {name: int(row[0]) for name, (row,) in stored("choosing-player-first").items()}
    recorded = played()
    assert first["BCE"] == next(step for step, dice in recorded["BCE"].items() if dice > 0)
    jump = recorded["BCE"][first["BCE"]]
    early = [name for name, step in first.items() if step == every]
    assert early == ["Dice", "IoU", "Focal 0.75"]
    assert sorted(first, key=first.get)[3:] == ["BCE-Dice", "BCE", "Focal 0.25"]
    facts["choosing-player"] = f"{every} steps"
    facts["choosing-player-answer"] = (
        f"{first['BCE']} 0 {first['BCE'] - every} {jump:.2f} 0.5;"
        f" 0.75 {every} {first['BCE-Dice']} 0.25 {first['Focal 0.25']}"
    )

    facts["choosing-calibration"] = by_bins()
    facts["choosing-observers"] = "5 % 95 %"
    assert "(shares > 0.05) & (shares < 0.95)" in code("choosing-observers-train")
    errors = {name: row for name, (row,) in stored("choosing-observers-train").items()}
    assert errors["BCE"][1] <= errors["BCE-Dice"][0]
    assert errors["BCE-Dice"][1] < errors["Dice"][0]
    assert max(row[1] for name, row in errors.items() if name != "Dice") < errors["Dice"][0]
    assert errors["BCE"][0] == min(row[0] for row in errors.values())
    assert errors["BCE-Dice"][1] - errors["BCE"][0] < errors["Dice"][0] - errors["BCE-Dice"][1]
    facts["choosing-observers-read"] = f"{steps} " + " ".join(
        f"{value:.2f}" for name in ("BCE", "Dice", "BCE-Dice") for value in errors[name]
    )

    rare_steps = int(re.search(r'"steps": (\d+)', code("choosing-imbalance-train"))[1])
    facts["choosing-imbalance"] = f"1 % {rare_steps}"
    rare = {name: row for name, (row,) in stored("choosing-imbalance-train").items()}
    assert rare["BCE"] == [0, 0, 0]
    best = stored("choosing-imbalance-thresholds")
    tops = {name: [score for score, _, _ in rows] for name, rows in best.items()}
    chosen = [threshold for _, threshold, _ in best["BCE"]]
    loudest = max(p for _, _, p in best["BCE"])
    assert max(tops["BCE"]) >= min(tops["Dice"])
    prior = 0.01
    facts["choosing-imbalance-quiet"] = (
        f"{loudest:.2f} {min(chosen):.2f} {max(chosen):.2f} {min(tops['BCE']):.2f} {max(tops['BCE']):.2f}"
        f" {min(tops['Dice']):.2f} {max(tops['Dice']):.2f} 0.5 {prior} {100 - 1} of 100"
        f" \\frac{{pi}}{{1 - pi}} {prior} {log(prior / (1 - prior)):.4f}"
    )
    late, *arrived = sorted(stored("choosing-imbalance-prior")["Dice"])
    assert late[0] == 0
    facts["choosing-imbalance-message"] = (
        f"0.5 {prior} {rare_steps} 1; {' '.join(f'{dice:.2f}' for dice, _ in arrived)} 0.5"
        f" {min(rare['Dice']):.2f} {max(rare['Dice']):.2f} {late[1]:.2f}"
    )
    facts["choosing-choose"] = "0.5"
    facts["choosing-fails"] = f"{steps} 0.5"
    facts["choosing-remember"] = "0 0.5"

    runs = {"A": (0.90, 0.92), "B": (0.91, 0.95), "C": (0.94, 0.96), "D": (0.85, 0.93)}
    apart = [(a, b) for a in runs for b in runs if runs[a][0] > runs[b][1]]
    assert apart == [("C", "A"), ("C", "D")]
    facts["choosing-exercise-seeds"] = " ".join(f"{a:.2f} {b:.2f}" for a, b in runs.values())
    facts["choosing-exercise-seeds-solution"] = f"{runs['C'][0]:.2f} {runs['A'][1]:.2f}"
    p = torch.tensor([0.1] * 8 + [0.9] * 2)
    truth = torch.tensor([1.0] * 2 + [0.0] * 6 + [1.0, 0.0])
    gaps = (abs(0.1 - 2 / 8), abs(0.9 - 1 / 2))
    assert calibration_error(p, truth) == pytest.approx(0.2)
    facts["choosing-exercise-calibration"] = "0.1 8 2 0.9 2 1"
    facts["choosing-exercise-calibration-solution"] = (
        f"0.1 {2 / 8} {gaps[0]:.2f} 0.9 {1 / 2} {gaps[1]:.1f}; 8 {gaps[0]:.2f} 2 {gaps[1]:.1f} 10"
        f" {calibration_error(p, truth):.1f}; {abs(8 * gaps[0] - 2 * gaps[1]) / 10:.2f}"
    )
    facts["choosing-exercise-bias"] = "5 %"
    facts["choosing-exercise-bias-solution"] = f"0.05 {1 - 0.05} {log(0.05 / 0.95):.4f} 0.05"
    # --- what questions and pictures say, beyond what they compute themselves
    easy = int((NODULE == 0).sum())
    found = LUNG_PROBABILITIES[(LUNG_PROBABILITIES > 0.5) & (LUNG == 1)]
    sure = NODULE_PROBABILITIES[NODULE == 1]
    facts["choosing-puzzle-picture"] = (
        f"{len(found)} {y} {found.min()} {found.max()} {missed} {background}"
        f" {len(sure)} {sure.min()} {sure.max()} {background}"
    )
    facts["choosing-guess"] = f"{easy} {background} {len(sure)}; {easy}"
    facts["choosing-recall-guess"] = f"{defaults['alpha']} {1 - defaults['alpha']}"
    (step,) = re.findall(r"step=(\d+)", code("choosing-player-widget"))
    facts["choosing-player-widget"] = f"{1 - defaults['alpha']} {step} {steps}"
    facts["choosing-observers-guess"] = f"to 0 or to 1; {defaults['alpha']}; to 0 and 1"
    assert loudest < 0.5
    facts["choosing-imbalance-guess"] = "0.5"
    return facts


def played() -> dict[str, dict[int, float]]:
    """The Dice coefficients of the image that the stored player shows, by loss and step."""
    notebook = json.loads(CHAPTER.read_text("utf-8"))
    states = notebook["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    (player,) = (record["state"] for record in states.values() if "_runs" in record["state"])
    return {
        name: dict(zip(player["_steps"], run["dice"][0], strict=True))
        for name, run in player["_runs"].items()
    }


def by_bins() -> str:
    """The table of the calibration section and the sum beneath it, from the lung's own probabilities."""
    rows, total = [], []
    for p in LUNG_PROBABILITIES.unique().tolist():
        here = p == LUNG_PROBABILITIES
        n, of_lung = int(here.sum()), int(LUNG[here].sum())
        gap = abs(p - of_lung / n)
        total.append(f"{n * gap:.1f}")
        rows.append(f"{p} {n} {of_lung} {round(gap, 4):g} {n * gap:.1f}")
    error = calibration_error(LUNG_PROBABILITIES, LUNG)
    return f"0.8 0.8 8 of 10 {' '.join(rows)} {' '.join(total)} {LUNG.numel()} {error:.2f}"

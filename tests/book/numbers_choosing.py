"""The numerals of the chapter on choosing a loss, computed: what each cell of book/choosing.ipynb may print.

What the trainings gave is read from the recording that the chapter reads; a test of the tool that made it
trains one of the runs again. Everything else is computed here.
"""

import inspect
import json
import re
import runpy
from functools import cache, partial
from math import floor, log
from pathlib import Path

import pytest
import torch

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, NODULE_PROBABILITIES, PREDICTION_2, as_logits
from seglosses.training.examples import lungs, shares_of_observers
from seglosses.training.network import TinyUNet
from seglosses.training.recorded import read_recording
from seglosses.training.scores import calibration_error
from seglosses.walkthrough.overlaps import soft_overlap
from seglosses.widgets import Playground

CHAPTER = Path(__file__).parents[2] / "book/choosing.ipynb"
RECORDING = read_recording(CHAPTER.with_name("data") / "runs.json")
RUNS = (  # of the exercise: a row for each seed, the losses A to D
    (0.90, 0.92, 0.91, 0.93),
    (0.84, 0.86, 0.87, 0.85),
    (0.93, 0.95, 0.92, 0.91),
    (0.87, 0.90, 0.88, 0.96),
    (0.91, 0.92, 0.94, 0.89),
)
story_facts = runpy.run_path(str(Path(__file__).with_name("numbers_playground.py")))
FIVE = {"Dice": dice_loss, "IoU": iou_loss, "BCE": bce_loss, "BCE-Dice": bce_dice_loss, "Focal": focal_loss}


@cache
def cells() -> dict[str, dict]:
    """The cells of the chapter by their ids."""
    return {cell["id"]: cell for cell in json.loads(CHAPTER.read_text("utf-8"))["cells"]}


def playground_link() -> str:
    """The state in the address that opens the playground from this chapter."""
    return re.search(
        r'href="playground\.html(#[^"]+)"', "".join(cells()["choosing-imbalance-honest"]["source"])
    )[1]


def code(cell: str) -> str:
    """The code of a cell."""
    return "".join(cells()[cell]["source"])


def text_of(cell: str) -> str:
    """What a cell has printed."""
    return "".join("".join(one["text"]) for one in cells()[cell]["outputs"] if one["output_type"] == "stream")


def stored(cell: str) -> dict[str, list[list[float]]]:
    """What a cell has printed: for each name that starts its lines, the numbers of each line."""
    rows: dict[str, list[list[float]]] = {}
    for line in text_of(cell).splitlines():
        name, rest = re.fullmatch(r"(Focal 0\.\d+|[\w-]+) +(.*)", line).groups()
        numbers = re.findall(r"\d+(?:\.\d+)?", rest)
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

    settings = RECORDING.settings
    seeds, tuned = len(settings["seeds"]), settings["tuned"]
    side, learned, held_out = settings["size"], settings["learned"], settings["held_out"]
    assert code("choosing-patients").count(
        f"lungs({learned}, size={side}), lungs({held_out}, 1000, size={side})"
    )
    assert lungs(2, size=side).masks.mean().item() == pytest.approx(0.2, abs=0.05)
    facts["choosing-experiment"] = (
        f"{seeds} seeds; 0.5, {tuned} others; {side} pixels, {learned} patients, {held_out} others, 20 %"
    )
    weights = sum(weight.numel() for weight in TinyUNet().parameters())
    assert round(weights, -4) == 10_000
    facts["choosing-network"] = "1 % nodule, 10 thousand"
    short, long = 100, 400
    (live,) = re.findall(r"training, validation, (\d+), learning_rate=([\d.]+)", code("choosing-repeat"))
    assert live == (str(short), str(settings["learning_rate"]))
    for line in text_of("choosing-repeat").splitlines():
        assert len(set(re.findall(r"0\.\d{4}", line))) == 1  # now and then agree
    facts["choosing-recorded"] = f"{short} steps of seed 0"
    facts["choosing-recall"] = f"{defaults['alpha']} 0.5"
    facts["choosing-train-caption"] = f"0.5; 50 {short} {long}, {short} {long}; {held_out}"
    facts["choosing-train-pairs-intro"] = "0.5"
    facts["choosing-train-read"] = lungs_read(short, long, seeds, tuned, defaults["alpha"])
    every = RECORDING.watched["BCE"].steps[1]
    first = {name: int(row[0]) for name, (row,) in stored("choosing-player-first").items()}
    recorded = played()
    assert first["BCE"] == next(step for step, dice in recorded["BCE"].items() if dice > 0)
    jump = recorded["BCE"][first["BCE"]]
    facts["choosing-player"] = f"{every} steps"
    facts["choosing-player-answer"] = (
        f"{first['BCE']} 0 {first['BCE'] - every} {jump:.2f} 0.5;"
        f" 0.75 {first['Dice']} {first['BCE-Dice']} 0.25 {first['Focal 0.25']}"
    )
    facts["choosing-calibration"] = by_bins()
    facts["choosing-observers"] = "0.8 0.8; 0.05 0.95"
    facts["choosing-observers-caption"] = f"{short} {long}"
    facts["choosing-observers-read"] = observers_read(short, long, seeds)
    facts["choosing-imbalance"] = f"1 % {long}"
    prior = 0.01
    facts["choosing-imbalance-quiet"] = nodules_quiet(long, seeds, tuned, prior)
    facts["choosing-imbalance-message"] = nodules_message(long, 800, seeds, prior, defaults["alpha"])
    facts["choosing-fails"] = "800 0.5"
    facts["choosing-remember"] = "0 0.5"

    facts["choosing-exercise-seeds"] = " ".join(
        f"{i} {' '.join(f'{x:.2f}' for x in row)}" for i, row in enumerate(RUNS, 1)
    )
    gap = [round(b - a, 2) for a, b, _, _ in RUNS]
    ranges = [f"{min(x)} {max(x)}" for x in zip(*RUNS, strict=True)]
    better = [sum(row[k] > row[0] for row in RUNS) for k in range(4)]
    assert better[1] == len(RUNS)
    facts["choosing-exercise-seeds-solution"] = (
        f"{min(gap)} {max(gap)} {ranges[0]} {ranges[1]} {better[2]} {better[3]}"
    )
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
    facts["choosing-recall-guess"] = f"{short} {defaults['alpha']} {1 - defaults['alpha']}"
    (step,) = re.findall(r"step=(\d+)", code("choosing-player-widget"))
    facts["choosing-player-widget"] = f"{1 - defaults['alpha']} {step} {RECORDING.watched['BCE'].steps[-1]}"
    dices = torch.stack([score("lungs", name, "dice", short) for name in RECORDING.runs["lungs"]])
    facts["choosing-train-picture"] = f"{short} {dices.min():.2f} {dices.max():.2f} 0.25 0.75 {long}"
    facts["choosing-observers-picture"] = f"{short} {long}"
    facts["choosing-observers-guess"] = f"{short} {long} to 0 or to 1; {defaults['alpha']}"
    facts["choosing-imbalance-guess"] = "0.5"
    again = Playground.from_url(playground_link())
    assert again.step == 300
    dice, silent = (story_facts[name] for name in ("dice", "silent"))
    seeds = len(dice("quiet", "left", 300))
    low, high = dice("quiet", "left", 300, "best"), dice("quiet", "right", 300)
    facts["choosing-imbalance-honest"] = (
        f"{again.step} {silent('quiet', 'left', 300)} {seeds} {again.left_prior} 0.5"
        f" {min(low):.2f} {max(low):.2f} {again.right_prior} {min(high):.2f}"
        f" {max(high):.2f} {again.threshold}"
    )
    return facts


def score(task: str, loss: str, name: str, step: int, prior: float = 0.5) -> torch.Tensor:
    """A recorded score, one value for each seed."""
    return RECORDING.score(task, loss, name, step, prior)


def span(values: torch.Tensor, digits: int = 2) -> str:
    """The lowest and the highest."""
    return f"{values.min():.{digits}f} {values.max():.{digits}f}"


def won(one: torch.Tensor, other: torch.Tensor) -> int:
    """With how many seeds the first is above the second."""
    return int((one > other).sum())


def none(values: torch.Tensor) -> int:
    """With how many seeds nothing was found."""
    return int((values == 0).sum())


def lungs_read(short: int, long: int, seeds: int, tuned: int, alpha: float) -> str:
    """What the table and the pairs of the lungs say."""
    keen, shy, both = (partial(score, "lungs", name) for name in ("Focal 0.75", "Focal 0.25", "BCE-Dice"))
    ahead, later = (keen("dice", step) - both("dice", step) for step in (short, long))
    ends = torch.stack([score("lungs", name, "dice", long) for name in RECORDING.runs["lungs"]])
    found = min(shy("recall", long).min(), keen("recall", long).min()).item()
    early = score("lungs", "BCE", "tuned dice", 50)
    assert f"{early.min():.2f}" == f"{early.max():.2f}"
    apart = (ends.max(0).values - ends.min(0).values).max()
    return (
        f"{short} {1 - alpha} {won(ahead, 0 * ahead)} of {seeds}; {span(ahead, 3)} {seeds} {2**seeds // 2};"
        f" {long} {floor(100 * ends.min().item()) / 100} {apart:.3f} {won(later, 0 * later)} {seeds}"
        f" {later.max():.3f} {short}; 50 0.00 {none(score('lungs', 'BCE', 'dice', 50))} {seeds} {tuned}"
        f" {span(score('lungs', 'BCE', 'threshold', 50))} {early.min():.2f} 0.5;"
        f" {short} {span(shy('recall', short))} {alpha} {span(keen('recall', short))} {1 - alpha} 0.5 1 0.5"
        f" {span(shy('translated recall', short))} {long} {floor(100 * found) / 100}"
    )


def observers_read(short: int, long: int, seeds: int) -> str:
    """What the calibration errors say."""
    of = {name: partial(score, "observers", name) for name in RECORDING.runs["observers"]}
    shares = shares_of_observers(
        lungs(RECORDING.settings["held_out"], 1000, RECORDING.settings["size"]).masks
    )
    doubt = ((shares > 0.05) & (shares < 0.95)).double().mean()
    raw = of["Focal 0.75"]("error", long)
    less = [won(of["BCE"]("error", at), of["Focal 0.25"]("translated error", at)) for at in (short, long)]
    translated = torch.cat([of[f"Focal {alpha}"]("translated error", long) for alpha in (0.25, 0.75)])
    early = won(of["BCE"]("error", short), of["BCE-Dice"]("error", short))
    late = won(of["BCE-Dice"]("error", long), of["BCE"]("error", long))
    return (
        f"{seeds} {long} {span(of['Dice']('error', long))} {span(of['BCE']('error', long))} {doubt:.0%}"
        f" {span(100 * of['BCE']('doubtful', long), 0)} % {span(100 * of['Dice']('doubtful', long), 0)} %"
        f" 0.75 {span(raw)} {long} {won(raw, of['Dice']('error', long))} {seeds} {span(translated)}"
        f" 0.25 {less[0]} {seeds} {short} {less[1]} {long} {short} {early} {seeds} {long} {late} {seeds}"
    )


def nodules_quiet(long: int, seeds: int, tuned: int, prior: float) -> str:
    """What BCE and Dice have learned of the nodules, from a start at one half."""
    bce, dice = (partial(score, "nodules", name) for name in ("BCE", "Dice"))
    left = [(dice(name, long) - bce(name, long)).quantile(0.5) for name in ("tuned dice", "dice")]
    erased = dice("largest", long) < 0.05
    alive = dice("tuned dice", long)[~erased]
    assert erased.sum() == 1
    ranks = [100 * of("ranking", long) for of in (bce, dice)]
    assert bce("largest", long).max() < 0.5
    return (
        f"{bce('largest', long).max():.2f} {tuned} {span(bce('threshold', long))}"
        f" {span(bce('tuned dice', long))} {span(ranks[0], 1)} % {span(ranks[1], 1)} % {won(*ranks)} {seeds}"
        f" {len(alive)} {seeds} {span(alive)}"
        f" {won(dice('tuned dice', long), bce('tuned dice', long))} {seeds} {left[0]:.2f} 0.5 {left[1]:.2f}"
        f" {dice('largest', long)[erased].max():.2f} 0.5 {prior} {100 - 1} 100 1 {prior}"
        f" {log(prior / (1 - prior)):.4f}"
    )


def nodules_message(long: int, longest: int, seeds: int, prior: float, alpha: float) -> str:
    """What the threshold, the start and the loss each do."""
    bce, dice, focal = (partial(score, "nodules", name) for name in ("BCE", "Dice", f"Focal {alpha}"))
    at = (long, longest)
    helped = [won(bce("tuned dice", step, prior), bce("tuned dice", step)) for step in at]
    beside = [won(bce("tuned dice", step, prior), dice("tuned dice", step, prior)) for step in at]
    ranked = [won(bce("ranking", step), dice("ranking", step)) for step in at]
    assert ranked == [won(bce("ranking", step, prior), dice("ranking", step, prior)) for step in at]
    assert (focal("dice", long) == 0).all()
    return (
        f"0.5 0.5 {prior} {long} 1; 0.5 {alpha} 0.5 {seeds} {long}; {prior} {span(bce('dice', long, prior))}"
        f" {span(focal('dice', long, prior))} {alpha} 0.5 {none(focal('dice', longest))} {seeds} {longest};"
        f" {prior} 0.5 {helped[0]} {seeds} {long} {helped[1]} {longest} {prior} {beside[0]} {beside[1]};"
        f" {ranked[0]} {seeds} {long} {ranked[1]} {longest} 0.5 {prior}"
    )


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

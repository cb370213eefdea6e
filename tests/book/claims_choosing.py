"""What the chapter on choosing a loss claims: held to what is computed, and to all recorded runs."""

import inspect
import runpy
from itertools import pairwise, product
from math import exp, log
from pathlib import Path

import torch
from claims import Because

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.grids import (
    LUNG,
    LUNG_PROBABILITIES,
    NODULE,
    NODULE_PROBABILITIES,
    PREDICTION_1,
    PREDICTION_2,
    as_logits,
)
from seglosses.plots import picture, plot_image
from seglosses.probabilities import to_logits
from seglosses.training.dilated import DilatedNet
from seglosses.training.network import TinyUNet
from seglosses.training.patients import TRAINING
from seglosses.training.scores import calibration_error
from seglosses.walkthrough.overlaps import overlap
from seglosses.walkthrough.pixels import focal_posterior
from seglosses.widgets import Playground

numbers = runpy.run_path(str(Path(__file__).with_name("numbers_choosing.py")))
score, RUNS, RECORDING, FIVE = (numbers[name] for name in ("score", "RUNS", "RECORDING", "FIVE"))
LUNGS = list(RECORDING.runs["lungs"])
SHORT, LONG, LONGEST = 100, 400, 800


def of(task: str, name: str, step: int, prior: float = 0.5) -> dict[str, torch.Tensor]:
    """One score of every loss of a task."""
    return {loss: score(task, loss, name, step, prior) for loss in RECORDING.runs[task]}


def furthest_from_the_observers() -> bool:
    """Whether Dice is off by more than the others, by every measure, at both lengths and with every seed."""
    for step, name in product((SHORT, LONG), ("error", "error in doubt", "squared gap")):
        dice = score("observers", "Dice", name, step)
        others = [score("observers", loss, name, step) for loss in ("BCE", "BCE-Dice")]
        others += [score("observers", f"Focal {a}", f"translated {name}", step) for a in (0.25, 0.75)]
        if not all((dice > other).all() for other in others):
            return False
    return True


def claims():
    """In the order of the page."""
    lung, nodule = to_logits(LUNG_PROBABILITIES), to_logits(NODULE_PROBABILITIES)
    yield "choosing-title", "at more than one length, run against run", len({SHORT, LONG}) > 1
    yield "choosing-title", "what you would try first, and what you would check", Because.ADVICE
    book = Path(__file__).parents[2] / "book"
    known = (("focal", "LUNG_PROBABILITIES"), ("bce", "NODULE_PROBABILITIES"))
    yield (
        "choosing-puzzle",
        "Two models from earlier chapters.",
        all(model in (book / f"{chapter}.ipynb").read_text("utf-8") for chapter, model in known),
    )
    _, (ax,) = picture()
    drawn = plot_image(ax, 1 - LUNG_PROBABILITIES).images[0]
    shades = drawn.cmap(drawn.norm(1 - LUNG_PROBABILITIES.unique().numpy()))[:, 0]
    yield (
        "choosing-puzzle",
        "The darker a pixel, the higher its probability.",
        all(a > b for a, b in pairwise(shades)),
    )
    right = ((NODULE_PROBABILITIES > 0.5) == (NODULE == 1)).all()
    kinder = [name for name, loss in FIVE.items() if loss(lung, LUNG) < loss(nodule, NODULE)]
    yield "choosing-guess", "the nodule's model, which is right everywhere, the higher loss?", right
    yield "choosing-guess", "More than one", len(kinder) == 3
    z1, z2 = as_logits(PREDICTION_1), as_logits(PREDICTION_2)
    yield (
        "choosing-table-read",
        "Prediction 1 beats prediction 2 in all five.",
        all(loss(z1, LUNG) < loss(z2, LUNG) for loss in FIVE.values()),
    )
    yield (
        "choosing-table-read",
        "Dice and IoU are shares of a region and never exceed 1",
        all(loss(z, LUNG) <= 1 for loss in (dice_loss, iou_loss) for z in (z2, -z1)),
    )
    quiet = focal_loss(nodule, NODULE) / bce_loss(nodule, NODULE)
    yield "choosing-table-read", "Focal is the same price with most of it silenced.", quiet < 0.5
    yield (
        "choosing-dial",
        "0.5 everywhere, to the nodule's model. **Which loss has fallen least",
        Because.ADVICE,
    )
    toss = torch.full_like(NODULE, 0.5)
    path = [to_logits((1 - k / 50) * toss + k / 50 * NODULE_PROBABILITIES) for k in range(51)]
    yield (
        "choosing-comparer",
        "Curves of five losses that fall",
        all(
            loss(a, NODULE) > loss(b, NODULE)
            for loss in (dice_loss, iou_loss, bce_loss, bce_dice_loss, focal_loss)
            for a, b in pairwise(path)
        ),
    )
    yield (
        "choosing-source",
        "none always the best, and sums of Dice with a partner the most robust",
        Because.CITED,
    )
    yield "choosing-experiment", "Is a loss better, or only quicker?", Because.ADVICE
    yield "choosing-network", "for a later experiment", Because.STORY
    yield "choosing-recorded", "All runs together take the better part of an hour.", Because.STORY
    recall = of("lungs", "recall", SHORT)
    yield (
        "choosing-recall-guess",
        "Which of these finds the largest share of the lungs, after 100 steps?",
        all((recall["Focal 0.75"] > recall[name]).all() for name in ("BCE", "Dice", "Focal 0.25")),
    )
    yield (
        "choosing-recall-guess",
        "Its recall is high, not the highest.",
        (recall["Dice"] > recall["Focal 0.25"]).all(),
    )
    yield "choosing-train-caption", "the lowest and the highest of", Because.MEANING

    early, late = (torch.stack(list(of("lungs", "dice", step).values())) for step in (SHORT, LONG))
    means = dict(zip(LUNGS, early.mean(1).tolist(), strict=True))
    yield (
        "choosing-train-picture",
        "lowest for focal loss with alpha 0.25, highest with alpha 0.75",
        (min(means, key=means.get) == "Focal 0.25" and max(means, key=means.get) == "Focal 0.75"),
    )
    keen, both = (score("lungs", name, "dice", SHORT) for name in ("Focal 0.75", "BCE-Dice"))
    yield (
        "choosing-train-read",
        r"Focal loss with $\alpha = 0.75$ beats BCE-Dice in 8 of 8 pairs",
        (keen > both).all(),
    )
    yield "choosing-train-read", "Every run of every loss has a Dice of at least 0.99", late.min() >= 0.99
    lead = [score("lungs", name, "dice", LONG) for name in ("Focal 0.75", "BCE-Dice")]
    yield (
        "choosing-train-read",
        "in 7 of 8, by at most 0.004",
        ((lead[0] > lead[1]).sum() == 7 and (lead[0] - lead[1]).max() < 0.0045),
    )
    yield (
        "choosing-train-read",
        "After 400 steps both are above 0.98",
        all(score("lungs", f"Focal {a}", "recall", LONG).min() > 0.98 for a in (0.25, 0.75)),
    )
    bce = RECORDING.watched["BCE"]
    before = next(k for k, frame in enumerate(bce.frames) if (frame > 128).any()) - 1
    truth = numbers["lungs"](1, 1000, 32).masks[0] == 1
    grey = bce.frames[before].double() / 255
    yield (
        "choosing-player-answer",
        "in a grey that is just below 0.5",
        (0.4 < grey[truth].mean() < 0.5 and grey[truth].mean() > 2 * grey[~truth].mean()),
    )
    start = {
        name: run.steps[next(k for k, frame in enumerate(run.frames) if (frame > 128).any())]
        for name, run in RECORDING.watched.items()
    }
    yield "choosing-player-answer", "Which loss crosses first?", Because.ADVICE
    pulls = {}
    for name, loss in (("Dice", dice_loss), ("IoU", iou_loss), ("BCE", bce_loss), ("Focal", keen_focal)):
        z = torch.zeros(10, 10, requires_grad=True)
        (pull,) = torch.autograd.grad(loss(z, LUNG), z)
        pulls[name] = float(pull[LUNG == 1].sum() / pull[LUNG == 0].sum()).__abs__()
    yield (
        "choosing-player-answer",
        "To them the lung weighs more than its share of the pixels.",
        all(pulls[name] > 1.5 * pulls["BCE"] for name in ("Dice", "IoU", "Focal"))
        and {start[name] for name in ("Dice", "IoU", "Focal 0.75")} == {min(start.values())},
    )
    yield (
        "choosing-player-answer",
        r"Focal with $\alpha = 0.25$ is the last",
        (
            max(start, key=start.get) == "Focal 0.25"
            and start["BCE-Dice"] < start["BCE"] < start["Focal 0.25"]
        ),
    )
    p, y = torch.tensor([0.1, 0.3, 0.9, 0.7]), torch.tensor([0.0, 1.0, 1.0, 0.0])
    by_bins = (abs(0.2 - 0.5) * 2 + abs(0.8 - 0.5) * 2) / 4
    yield (
        "choosing-calibration",
        r"\sum_b \frac{n_b}{N} \left| \bar{p}_b - \bar{y}_b \right|",
        (abs(calibration_error(p, y, bins=2) - by_bins) < 1e-6),
    )
    yield (
        "choosing-observers",
        "With one sure truth a model does best by being sure.",
        (bce_loss(torch.tensor([9.0]), torch.ones(1)) < bce_loss(torch.tensor([2.0]), torch.ones(1))),
    )
    yield "choosing-observers", "it gives them more than 0.05 and less than 0.95", Because.MEANING
    yield (
        "choosing-observers",
        "Its $p$ is no probability and was never meant to be.",
        (focal_posterior(torch.tensor(0.5), 0.25) == 0.75),
    )
    yield (
        "choosing-observers-guess",
        "it is lowest, on average, for the true probability",
        (
            -0.3 * log(0.3) - 0.7 * log(0.7)
            < min(-0.3 * log(q) - 0.7 * log(1 - q) for q in (0.2, 0.25, 0.35, 0.4))
        ),
    )
    yield "choosing-observers-caption", "lowest and highest of", Because.MEANING
    good = [score("observers", loss, "error", step) for loss in ("BCE", "BCE-Dice") for step in (SHORT, LONG)]
    good += [
        score("observers", f"Focal {a}", "translated error", s) for a in (0.25, 0.75) for s in (SHORT, LONG)
    ]
    bad = [
        score("observers", loss, "error", s)
        for loss in ("Dice", "Focal 0.25", "Focal 0.75")
        for s in (SHORT, LONG)
    ]
    yield (
        "choosing-observers-picture",
        "Dice and both raw focal losses stand above the others",
        (min(x.min() for x in bad) > max(x.max() for x in good)),
    )
    yield (
        "choosing-observers-read",
        ("Dice has a larger error than BCE, than BCE-Dice, and than focal loss translated"),
        furthest_from_the_observers(),
    )
    raw = score("observers", "Focal 0.75", "error", LONG)
    yield (
        "choosing-observers-read",
        "more than Dice in 8 of 8 pairs",
        (raw > score("observers", "Dice", "error", LONG)).all(),
    )
    gaps = [
        score("observers", "BCE", "error", step) - score("observers", "Focal 0.25", "translated error", step)
        for step in (SHORT, LONG)
    ]
    yield (
        "choosing-observers-read",
        r"With $\alpha = 0.25$ that is less than BCE in",
        all((gap > 0).sum() > 4 for gap in gaps),
    )
    yield (
        "choosing-observers-read",
        "So a focal model is no worse a source of probabilities than BCE.",
        all(gap.mean() > 0 for gap in gaps),
    )
    sums = [
        score("observers", "BCE", "error", s) > score("observers", "BCE-Dice", "error", s)
        for s in (SHORT, LONG)
    ]
    yield (
        "choosing-observers-read",
        "After 100 steps BCE-Dice has the smaller error in 7 of 8 pairs with BCE",
        (sums[0].sum() == 7 and sums[1].sum() == 0),
    )

    dice = of("nodules", "dice", LONG)
    yield (
        "choosing-imbalance-read",
        "BCE: eight times nothing. Dice: once.",
        ((dice["BCE"] == 0).sum() == 8 and (dice["Dice"] == 0).sum() == 1),
    )
    quiet = of("nodules", "largest", LONG)["BCE"]
    ranks = of("nodules", "ranking", LONG)
    yield "choosing-imbalance-guess", "stay below 0.5", quiet.max() < 0.5
    yield (
        "choosing-imbalance-guess",
        "the lowest probabilities. It has the highest.",
        ranks["BCE"].min() > 0.95,
    )
    yield (
        "choosing-imbalance-quiet",
        "BCE's networks give no pixel more than 0.41.",
        0.405 < quiet.max() < 0.415,
    )
    yield (
        "choosing-imbalance-quiet",
        "how often does the nodule's have the higher probability?",
        Because.MEANING,
    )
    yield (
        "choosing-imbalance-quiet",
        "**ranks the pixels better**, in 8 of 8 seeds",
        (ranks["BCE"] > ranks["Dice"]).all(),
    )
    largest = of("nodules", "largest", LONG)["Dice"]
    yield (
        "choosing-imbalance-quiet",
        "The one that is missing gives no pixel more than 0.00.",
        ((largest < 0.005).sum() == 1 and (largest > 0.9).sum() == len(largest) - 1),
    )
    fresh = torch.sigmoid(TinyUNet()(torch.rand(1, 1, 32, 32)))
    yield "choosing-imbalance-quiet", "A fresh network says 0.5 everywhere", (fresh == 0.5).all()
    yield "choosing-imbalance-quiet", "So start lower.", Because.ADVICE
    bias = log(0.01 / (1 - 0.01))
    yield "choosing-imbalance-quiet", r"b = \ln \frac{\pi}{1 - \pi}", abs(1 / (1 + exp(-bias)) - 0.01) < 1e-12
    lost = {name: of("nodules", "dice", LONG)[name] for name in ("BCE", "Focal 0.25")}
    yield (
        "choosing-imbalance-message",
        "find nothing from 0.5 in any of the 8 runs, even after 400 steps",
        all((dice == 0).all() for dice in lost.values()),
    )
    longest = of("nodules", "dice", LONGEST)
    yield (
        "choosing-imbalance-message",
        r"$\alpha = 0.25$ needs it most",
        (
            longest["Focal 0.25"].max()
            == 0
            < min(x.max() for name, x in longest.items() if name != "Focal 0.25")
        ),
    )
    tuned = {
        prior: [score("nodules", "BCE", "tuned dice", s, prior) for s in (LONG, LONGEST)]
        for prior in (0.5, 0.01)
    }
    yield (
        "choosing-imbalance-message",
        "it scores above itself from 0.5 in 8 of 8 pairs after 400 steps",
        all((a > b).all() for a, b in zip(tuned[0.01], tuned[0.5], strict=True)),
    )
    against = [
        a - score("nodules", "Dice", "tuned dice", s, 0.01)
        for a, s in zip(tuned[0.01], (LONG, LONGEST), strict=True)
    ]
    yield (
        "choosing-imbalance-message",
        "it is then above in 7 and in 7 pairs",
        [int((x > 0).sum()) for x in against] == [7, 7],
    )
    yield (
        "choosing-imbalance-message",
        "The ranking** is better with BCE than with Dice in 8 of 8 pairs",
        all(
            (
                score("nodules", "BCE", "ranking", s, prior) > score("nodules", "Dice", "ranking", s, prior)
            ).all()
            for s in (LONG, LONGEST)
            for prior in (0.5, 0.01)
        ),
    )
    at_half = (score("nodules", "Dice", "dice", LONG) - score("nodules", "BCE", "dice", LONG)).quantile(0.5)
    left = (score("nodules", "Dice", "tuned dice", LONG) - tuned[0.5][0]).quantile(0.5)
    yield (
        "choosing-imbalance-honest",
        "for the most part, **initialisation and threshold**",
        (left < at_half / 2 and against[0].quantile(0.5) > 0),
    )
    small, tiny = (sum(w.numel() for w in net().parameters()) for net in (TinyUNet, DilatedNet))
    settings = RECORDING.settings
    opened = Playground.from_url(numbers["playground_link"]()).setup()
    yield (
        "choosing-imbalance-honest",
        "The network, the patients and the batches are smaller",
        tiny < small and settings["learned"] > TRAINING and opened.batch_size < settings["batch_size"],
    )
    yield (
        "choosing-imbalance-honest",
        "the optimizer and the learning rate from above",
        opened.optimizer == "adam" and opened.learning_rate == settings["learning_rate"],
    )
    yield (
        "choosing-imbalance-honest",
        "leaves no pixel above 0.5",
        max(one["largest"] for one in numbers["story_facts"]["steps"]("quiet", "left", 300)) <= 0.5,
    )
    best = numbers["story_facts"]["dice"]("quiet", "left", 300, "best")
    yield "choosing-imbalance-honest", "at its best threshold", min(best) > 0.5
    yield "choosing-choose", "any, at a lower threshold", Because.ADVICE
    yield "choosing-choose", "the best threshold, and the ranking, before the loss", Because.ADVICE
    yield "choosing-choose", "and longer than you think", Because.ADVICE
    yield (
        "choosing-fails",
        "and at most 800 steps",
        max(map(int, RECORDING.runs["nodules"]["BCE"]["0.5"]["dice"])) == LONGEST,
    )
    yield "choosing-remember", "Never values of two losses.", Because.ADVICE
    yield (
        "choosing-remember",
        "Dice decides, so its probabilities are the least to be believed.",
        (furthest_from_the_observers()),
    )
    yield "choosing-remember", "Look at the ranking first,", Because.ADVICE
    yield (
        "choosing-recall-earlier",
        "one model has the higher mean Dice, the other the higher mean IoU",
        Because.STORY,
    )
    found = [overlap(LUNG * (torch.arange(100).view(10, 10) < k), LUNG) for k in range(0, 100, 5)]
    yield (
        "choosing-recall-earlier",
        "On a single image Dice and IoU always rank alike.",
        (
            sorted(n.dice() for n in found) == [n.dice() for n in found]
            and sorted(n.iou() for n in found) == [n.iou() for n in found]
        ),
    )
    a, b, c, d = zip(*RUNS, strict=True)
    yield "choosing-exercise-seeds", "Which statement do these runs support best?", Because.ADVICE
    yield "choosing-exercise-seeds", "D is the best, for it has the best run.", Because.REFUTED
    yield "choosing-exercise-seeds", "B is better than A.", all(x > y for x, y in zip(b, a, strict=True))
    yield "choosing-exercise-seeds", "C is better than A by as much as B is.", Because.REFUTED
    yield (
        "choosing-exercise-seeds-solution",
        "B beats A with every seed",
        all(x > y for x, y in zip(b, a, strict=True)),
    )
    yield (
        "choosing-exercise-seeds-solution",
        "because some seeds are harder than others, for both",
        (a.index(min(a)) == b.index(min(b))),
    )
    yield (
        "choosing-exercise-seeds-solution",
        "C beats A with 4 of the seeds and D with 3; that often happens by chance.",
        (
            sum(x > y for x, y in zip(c, a, strict=True)) == 4
            and sum(x > y for x, y in zip(d, a, strict=True)) == 3
        ),
    )
    timid = torch.tensor([0.1] * 8 + [0.9] * 2), torch.tensor([1.0] * 2 + [0.0] * 6 + [1.0, 0.0])
    yield (
        "choosing-exercise-calibration-solution",
        "a model that is wrong everywhere looks fine",
        (calibration_error(*timid, bins=1) < 0.05 < calibration_error(*timid)),
    )
    assert inspect.signature(focal_loss).parameters["alpha"].default == 0.25


def keen_focal(z: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Focal loss with the foreground's weight above the background's."""
    return focal_loss(z, y, alpha=0.75)

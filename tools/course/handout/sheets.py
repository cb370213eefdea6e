"""What stands on the worksheet of each loss: grids, formula, and a table with what is to be found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from seglosses.exercises.variants.figures import Figure, probabilities
from seglosses.grids import (
    LUNG,
    LUNG_PROBABILITIES,
    NODULE,
    NODULE_PROBABILITIES,
    PREDICTION_2,
)
from seglosses.walkthrough.overlaps import overlap, shuffled, soft_overlap
from seglosses.walkthrough.pixels import bce_pixels, focal_pixels


@dataclass(frozen=True)
class Table:
    """A table to fill in: its head, and rows whose texts are given or, in a tuple of one, to be found."""

    head: Sequence[str]
    rows: Sequence[Sequence[str | tuple[str]]]


@dataclass(frozen=True)
class Sheet:
    """A worksheet; its words are in ``words.py``, under the same name."""

    figures: Sequence[Figure]
    formula: str
    """In LaTeX, with a place ``#`` for each of ``filling``."""
    filling: Sequence[str]
    table: Table
    paint: Figure
    """What is painted in."""
    painted: Figure
    """One right painting."""


def region(score: str) -> Sheet:
    """Dice or IoU of prediction 2: counts, fraction, and another mask with the same loss."""
    n = overlap(PREDICTION_2, LUNG)
    names = {"TP": n.tp, "FP": n.fp, "FN": n.fn, "TN": n.tn, "|X|": n.predicted, "|Y|": n.actual}
    rows: list[list[str | tuple[str]]] = [[f"${name}$", (str(value),)] for name, value in names.items()]
    rows.append([r"$|X \cap Y|$", (str(n.intersection),)])
    if score == "dice":
        formula = (
            r"L = 1 - \frac{2\,|X \cap Y|}{|X| + |Y|} = 1 - \frac{2 \times #}{# + #} = \frac{#}{#} \approx #"
        )
        terms, loss = [n.intersection, n.predicted, n.actual], 1 - n.dice()
    else:
        rows.append([r"$|X \cup Y|$", (str(n.union),)])
        formula = r"L = 1 - \frac{|X \cap Y|}{|X \cup Y|} = 1 - \frac{#}{#} = \frac{#}{#} \approx #"
        terms, loss = [n.intersection, n.union], 1 - n.iou()
    filling = [*map(str, terms), str(loss.numerator), str(loss.denominator), f"{float(loss):.4f}"]
    twin = shuffled(PREDICTION_2, LUNG, seed=1)
    return Sheet(
        [Figure(LUNG, PREDICTION_2)],
        formula,
        filling,
        Table(["", "number"], rows),
        Figure(LUNG),
        Figure(LUNG, twin),
    )


def kinds(p: Tensor, y: Tensor) -> list[tuple[float, float, int]]:
    """The kinds of pixels of a grid: each probability, its target, and how many there are."""
    pairs, counts = torch.stack([y.flatten(), p.flatten()], 1).unique(dim=0, return_counts=True)  # type: ignore[no-untyped-call]
    found = [(prob, mask, count) for (mask, prob), count in zip(pairs.tolist(), counts.tolist(), strict=True)]
    return sorted(found, key=lambda kind: (-kind[1], -kind[0]))


def prices(p: Tensor, y: Tensor, alpha: float | None = None, gamma: float = 2) -> tuple[Table, float]:
    """The price of each kind of pixel, its number and their product; with alpha, the focal loss."""
    rows: list[list[str | tuple[str]]] = []
    total = 0.0
    for prob, mask, count in kinds(p, y):
        one = focal_pixels(torch.tensor([prob]), torch.tensor([mask]), 0.5 if alpha is None else alpha, gamma)
        factors = [f"{one.p_t.item():g}"]
        price = one.bce.item()
        if alpha is not None:
            price = one.loss.item()
            factors += [f"{one.alpha_t.item():g}", f"{one.focusing.item():.4g}"]
        found = [(text,) for text in (*factors, f"{one.bce.item():.4f}")]
        if alpha is not None:
            found.append((f"{price:.6f}",))
        total += price * count
        rows.append([f"{mask:g}", f"{prob:g}", *found, (str(count),), (f"{price * count:.4f}",)])
    focal = [r"$\alpha_t$", r"$(1 - p_t)^\gamma$"] if alpha is not None else []
    head = ["$y$", "$p$", "$p_t$", *focal, r"$-\ln p_t$", *(["price"] if focal else []), "pixels", "together"]
    return Table(head, rows), total


def priced(prices: Tensor, target: Tensor) -> Figure:
    """A grid with the price of each pixel, to two digits."""
    return Figure(target, texts=[[f"{x:.2g}".removeprefix("0") for x in row] for row in prices.tolist()])


def bce() -> Sheet:
    """The BCE of the nodule grid, kind by kind."""
    table, total = prices(NODULE_PROBABILITIES, NODULE)
    loss = total / NODULE.numel()
    return Sheet(
        [probabilities(NODULE_PROBABILITIES, NODULE)],
        r"L = \frac{1}{N} \sum_i -\ln p_{t,i} = \frac{#}{#} \approx #",
        [f"{total:.4f}", str(NODULE.numel()), f"{loss:.4f}"],
        table,
        Figure(NODULE),
        priced(bce_pixels(NODULE_PROBABILITIES, NODULE), NODULE),
    )


def focal() -> Sheet:
    """The focal loss of the nodule grid with the defaults, kind by kind."""
    table, total = prices(NODULE_PROBABILITIES, NODULE, alpha=0.25, gamma=2)
    loss = total / NODULE.numel()
    return Sheet(
        [probabilities(NODULE_PROBABILITIES, NODULE)],
        r"L = \frac{1}{N} \sum_i \alpha_t (1 - p_t)^\gamma (-\ln p_t) = \frac{#}{#} \approx #",
        [f"{total:.6f}", str(NODULE.numel()), f"{loss:.6f}"],
        table,
        Figure(NODULE),
        priced(1000 * focal_pixels(NODULE_PROBABILITIES, NODULE).loss, NODULE),
    )


def bce_dice() -> Sheet:
    """Both parts of the sum on the lung's model, Dice with smooth 1."""
    table, total = prices(LUNG_PROBABILITIES, LUNG)
    n = soft_overlap(LUNG_PROBABILITIES, LUNG)
    bce, dice = total / LUNG.numel(), 1 - n.dice(1)
    sums = [f"{x:g}" for x in (n.intersection, n.predicted, n.actual)]
    return Sheet(
        [probabilities(LUNG_PROBABILITIES, LUNG)],
        r"L = \underbrace{\frac{#}{#}}_{\text{BCE}} + "
        r"\underbrace{1 - \frac{2 \times # + 1}{# + # + 1}}_{\text{Dice}, \; s = 1} \approx # + # = #",
        [f"{total:.4f}", str(LUNG.numel()), *sums, f"{bce:.4f}", f"{dice:.4f}", f"{bce + dice:.4f}"],
        table,
        Figure(LUNG),
        Figure(LUNG, LUNG_PROBABILITIES > 0.5),
    )


SHEETS: dict[str, Callable[[], Sheet]] = {
    "dice": lambda: region("dice"),
    "bce": bce,
    "bce-dice": bce_dice,
    "iou": lambda: region("iou"),
    "focal": focal,
}

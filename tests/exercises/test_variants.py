"""Exercises with other numbers: with 200 seeds the answer is right, slips are apart, texts are fresh."""

import inspect
import os
import re
import subprocess
import sys
from bisect import bisect_left
from fractions import Fraction

import pytest
import torch

from seglosses import bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.exercises._described import Letter, Number, Word
from seglosses.exercises.variants import labels, variant
from seglosses.exercises.variants._draw import Draw
from seglosses.exercises.variants._drawn import DRAWS
from seglosses.grids import as_logits

SEEDS = range(200)


# ---- the answers once more, by the losses of the package and by torch --------------------------------------


def region(shared, predicted, true):
    """Logits and mask in one row, with these counts."""
    x, y = torch.zeros(200), torch.zeros(200)
    x[:predicted] = 1
    y[predicted - shared : predicted - shared + true] = 1
    return as_logits(x.double()), y.double()


def joined(*regions):
    """Regions side by side in one."""
    return [torch.cat(parts) for parts in zip(*regions, strict=True)]


def read(figure):
    """The probabilities and the target of a printed grid."""
    return torch.tensor([[float(x) for x in row] for row in figure.texts]).double(), figure.target


def column(v):
    """The loss of the printed grid."""
    (figure,) = v.figures
    return dice_loss(as_logits(figure.prediction), figure.target, smooth=0)


def missed(v):
    """The loss of the printed grid with one pixel changed."""
    p, y = read(v.figures[0])
    p[p.isclose(torch.tensor(v.numbers["before"]).double()) & (y == 1)] = v.numbers["after"]
    return bce_loss(torch.logit(p), y)


def blind(share):
    """The BCE of the base rate for every pixel; a little more or less costs more."""
    y = (torch.arange(100) < round(100 * share)).double()
    costs = [bce_loss(torch.logit(torch.full((100,), share + off).double()), y) for off in (-1e-3, 0, 1e-3)]
    assert min(costs) == costs[1]
    return costs[1]


def tipping(v):
    """Where the BCE of the whole grid passes that of the blind guess, by halving."""
    found = torch.tensor(v.numbers["found"]).double()
    others, y = 100 - len(found), torch.ones(100).double()
    y[len(found) :] = 0
    least, low, high = blind(len(found) / 100), 0.05, 0.25
    for _ in range(20):  # a rising loss, so halve the interval
        middle = (low + high) / 2
        p = torch.cat([found, torch.full((others,), middle).double()])
        low, high = (middle, high) if bce_loss(torch.logit(p), y) < least else (low, middle)
    return low


def half(v):
    """The sum on the printed grid."""
    p, y = read(v.figures[0])
    z = torch.logit(p)
    return v.numbers["weight"] * bce_loss(z, y) + dice_loss(z, y, smooth=v.numbers["smooth"])


def balance(v):
    """The quotient of the two gradients where every logit is 12 and right."""
    y = (torch.arange(v.numbers["pixels"]) < v.numbers["lung"]).double()
    z = as_logits(y, 12.0).requires_grad_()
    bce = torch.autograd.grad(bce_loss(z, y), z)[0].norm()
    return bce / torch.autograd.grad(dice_loss(z, y, smooth=0), z)[0].norm()


def width(v):
    """The first width whose square, shifted, keeps the IoU."""

    def score(a):
        x, y = torch.zeros(1, 200).double(), torch.zeros(1, 200).double()
        x[:, 1 : a + 1] = y[:, :a] = 1
        return 1 - iou_loss(as_logits(x), y, smooth=0).item()

    return 1 + bisect_left(range(1, 199), float(v.numbers["least"]) - 1e-6, key=score)


def focal(p, y, alpha, gamma):
    """The focal loss of one pixel."""
    z = torch.logit(torch.tensor([p]).double())
    return focal_loss(z, torch.tensor([float(y)]).double(), alpha=alpha, gamma=gamma)


def crowd(v):
    """The quotient of two pixels' losses."""
    p, gamma = v.numbers["p"], v.numbers["gamma"]
    return focal(p, 1, 0.5, gamma) / focal(p, 0, 0.5, gamma)


def calibration(v):
    """The gaps in pixels, over all pixels."""
    bins = v.numbers["bins"]
    return sum(abs(n * float(p) - k) for n, p, k in bins) / sum(n for n, _, _ in bins)


def ring(v):
    """The least share, in steps of 0.0001, at which the ring raises Dice in expectation."""
    c, r = v.numbers["core"], v.numbers["ring"]
    for eta in (k / 10000 for k in range(1, 10000)):
        if 2 * (c + r * eta) / (c + r + c + r * eta) > 2 * c / (c + c + r * eta):
            return eta
    raise AssertionError


def classes(v):
    """Both organs of the printed maps as one region."""
    truth, model = (torch.tensor([[int(x or 0) for x in row] for row in f.texts]) for f in v.figures)
    masks, predicted = (torch.nn.functional.one_hot(m, 3)[..., 1:].double() for m in (truth, model))
    return 1 - dice_loss(as_logits(predicted), masks, smooth=0)


def weight(v):
    """The weight with which the pulls of a blind model's pixels cancel at one half."""
    y, z = (torch.arange(100) < v.numbers["nodule"]).double(), torch.zeros(100).double().requires_grad_()
    pull = torch.autograd.grad(bce_loss(z, y), z)[0]
    return -pull[y == 0].sum() / pull[y == 1].sum()


def doubled(v):
    """The Dice loss with twice the smooth, of the lost image."""
    n = v.numbers
    return dice_loss(*region(n["shared"], n["predicted"], n["lung"]), smooth=2 * n["smooth"])


def side(v):
    """Where a sum in float16 is infinite, by trying."""
    images = v.numbers["images"]
    near = int((65504 / images) ** 0.5)
    return next(
        a for a in range(near - 1, 300) if torch.ones(images, a, a, dtype=torch.float16).sum().isinf()
    )


def by_losses(numbers, **score):
    """The Dice loss of a region with these counts."""
    return dice_loss(*region(numbers["shared"], numbers["predicted"], numbers["lung"]), **score)


INDEPENDENT = {
    "dice-column": column,
    "bce-missed": missed,
    "bce-blind": lambda v: blind(v.numbers["share"]) - v.numbers["loss"],
    "bce-tipping": tipping,
    "bce-dice-half": half,
    "bce-dice-balance": balance,
    "iou-convert": lambda v: 1 - 2 * (1 - v.numbers["iou"]) / (2 + 2 * v.numbers["iou"]),
    "iou-width": width,
    "focal-missed": lambda v: focal(v.numbers["p"], 1, v.numbers["alpha"], v.numbers["gamma"]),
    "focal-crowd": crowd,
    "focal-threshold": lambda v: 1 - 1 / v.numbers["cases"],
    "choosing-calibration-by-hand": calibration,
    "choosing-bias": lambda v: torch.logit(torch.tensor(v.numbers["prior"]).double()),
    "batches-pooled": lambda v: dice_loss(
        *joined(region(*v.numbers["lung"]), region(*v.numbers["nodule"])), smooth=0
    ),
    "batches-price": lambda v: v.numbers["false"] * (1 - v.numbers["price"]) / v.numbers["price"],
    "batches-ring": ring,
    "classes-pooled": classes,
    "classes-weight": weight,
    "your-training-sign": lambda v: by_losses(v.numbers, smooth=1),
    "your-training-sum": lambda v: torch.zeros(v.numbers["images"], *(2 * [v.numbers["side"]])).numel(),
    "numerics-count": side,
    "mixed-log": doubled,
}


def right_of(v):
    """The answer as a number."""
    return float(v.description.right)


@pytest.mark.parametrize("label", INDEPENDENT)
def test_the_answer_is_what_the_losses_say(label):
    """Computed another way: by the losses on the printed grid, by torch, or by trying."""
    for seed in SEEDS:
        v = variant(label, seed)
        assert float(INDEPENDENT[label](v)) == pytest.approx(right_of(v), rel=1e-4, abs=2e-4), (
            seed,
            v.question,
        )


def test_of_four_rows_one_cannot_be():
    """Its mean Dice is above that of equal images; the others lie between."""
    for seed in SEEDS:
        v = variant("iou-table", seed)
        rows = re.findall(r"\| (\w) \| (0\.\d\d) \| (0\.\d\d) \|", v.question)
        means = {letter: (Fraction(dice), Fraction(iou)) for letter, dice, iou in rows}
        wrong = [one for one, (d, j) in means.items() if not j <= d <= 2 * j / (1 + j)]
        assert wrong == [v.description.right]


def test_each_line_is_printed_by_its_loss():
    """The five losses on logits of 0 say what the table has in their lines."""
    for seed in SEEDS:
        v = variant("mixed-lines", seed)
        n, z = v.numbers, torch.zeros(100).double()
        y = (torch.arange(100) < n["lung"]).double()
        by = {
            "a": bce_loss(z, y),
            "b": bce_loss(z, y, reduction="sum"),
            "c": focal_loss(z, y, alpha=n["alpha"], gamma=n["gamma"]),
            "d": iou_loss(z, y, smooth=n["smooth"]),
            "e": dice_loss(z, y, smooth=n["smooth"]),
        }
        printed = re.findall(r"\| \d \| (\d+\.\d{4}) \|", v.question)
        assert [f"{by[one]:.4f}" for one in v.description.right] == printed
        assert len(set(printed)) == 5


def test_another_mask_with_the_same_dice():
    """The one of the solution is accepted, the printed one and the lung are not."""
    for seed in SEEDS:
        v = variant("dice-twin", seed)
        (printed,), (other,) = v.figures, v.solved
        assert v.check(other.prediction).right, (seed, v.check(other.prediction))
        assert not v.check(printed.prediction)
        assert not v.check(printed.target)


def test_every_variant_is_tested():
    """None is left out above."""
    assert {*INDEPENDENT, "iou-table", "mixed-lines", "dice-twin"} == set(labels())


# ---- slips and texts ---------------------------------------------------------------------------------------

# What stays the same in a text whatever is drawn: the 1 of a formula, the 100 pixels of a grid, ln 2.
COMMON = {"0", "1", "2", "10", "100", "0.5"}
CONSTANT = {
    "bce-missed": {"99", "101"},
    "bce-blind": {"0.6931"},
    "focal-crowd": {"0.25", "0.6"},
    "numerics-count": {"16", "2048", "65504", "65520"},
    "mixed-lines": {"3", "4", "5", "50", "0.6931", "69.3147"},
}
# Arguments that a text does not name: the question gives what is computed of them.
UNNAMED = {"your-training-sign", "mixed-log"}


@pytest.mark.parametrize("label", labels())
def test_no_slip_passes_for_the_answer(label):
    """The right number is right, also rounded as printed, and each slip is told by its own reason."""
    for seed in SEEDS:
        v = variant(label, seed)
        description = v.description
        if isinstance(description, Number):
            digits = 4 if description.within < 0.001 else 2
            assert v.check(round(right_of(v), digits)).right
            for slip, reason in description.slips.items():
                assert v.check(float(slip)).reason == reason, (seed, slip)
            assert right_of(v) != 0
        elif isinstance(description, Letter | Word):
            assert v.check(description.right).right


def numerals(text):
    """The numbers in a text."""
    return set(re.findall(r"\d+(?:\.\d+)?", text.replace(",", "")))


def spoken(label, seed):
    """Every text of a variant."""
    v = variant(label, seed)
    page = v.check.for_page()
    slips = [reason for _, reason in page.get("slips", [])]
    rules = [rule["reason"] for rule in page.get("rules", [])]
    return " ".join([v.question, v.solution, page["hint"], *slips, *rules, *page.get("hints", [])])


@pytest.mark.parametrize("label", labels())
def test_no_number_of_the_book_is_left(label):
    """What all texts have in common is what every exercise of its kind says; all else was drawn."""
    same = set.intersection(*(numerals(spoken(label, seed)) for seed in SEEDS))
    assert same <= COMMON | CONSTANT.get(label, set())


@pytest.mark.parametrize("label", sorted(set(labels()) - UNNAMED))
def test_a_question_names_what_was_drawn(label):
    """Each number stands in the text or in its grid, some as a percentage; none is the book's."""
    book = inspect.signature(DRAWS[label][0].with_numbers).parameters
    for seed in SEEDS[:50]:
        v = variant(label, seed)
        printed = numerals(v.question) | {x for f in v.figures for row in f.texts or () for x in row}
        for name, value in v.numbers.items():
            assert value is not book[name].default
            if isinstance(value, int | float | Fraction):
                assert value != book[name].default
                if value == getattr(v.description, "right", None):
                    continue  # the share of the ring, which is asked for
                ways = {f"{float(value):g}", f"{float(value):g}".removeprefix("0"), f"{100 * float(value):g}"}
                assert ways & printed, (name, value)


# ---- seeds -------------------------------------------------------------------------------------------------


def test_a_draw_is_the_same_in_every_version_of_python():
    """The first draws of a key, which random() promises to keep."""
    draw = Draw(7, "dice-column", 0)
    assert [draw.one_of(range(1000)) for _ in range(5)] == [946, 670, 635, 866, 799]
    assert Draw("other").shuffled("abcdef") == list("efadcb")


def test_a_seed_draws_the_same_in_another_process():
    """Also where Python orders its sets otherwise."""
    code = (
        "from seglosses.exercises.variants import labels, variant;"
        "print([(v.question, v.solution, v.answer, [f.svg() for f in (*v.figures, *v.solved)])"
        " for v in (variant(label, 7) for label in labels())])"
    )
    runs = [
        subprocess.check_output([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed})
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]


@pytest.mark.parametrize("label", labels())
def test_other_seeds_draw_other_numbers(label):
    """Neighbours in a class do not share their numbers, but for rare chance."""
    assert len({variant(label, seed).question + variant(label, seed).solution for seed in SEEDS[:40]}) > 6


@pytest.mark.parametrize(
    ("label", "language", "error"),
    [
        ("dice-colum", "en", r"label must be one of dice-column, .*; got 'dice-colum'. Hint: "),
        ("dice-column", "xx", r"language must be one of en; got 'xx'. Hint: "),
    ],
)
def test_what_there_is_not(label, language, error):
    """An unknown exercise, or a language without texts."""
    with pytest.raises(ValueError, match=error):
        variant(label, 7, language)


def test_a_blank_is_shown_as_a_form_of_its_own():
    """A device keeps the answers to two seeds apart, and from that to the book's exercise."""
    one, other = (variant("dice-column", seed).check for seed in (7, 8))
    assert repr(one(...)) == "Not answered yet."
    assert one.name == "dice-one-column-too-many-7"
    assert other.name == "dice-one-column-too-many-8"


def test_a_figure_can_be_heard():
    """Its label says each pixel: a cross, a number, and brackets around the truth."""
    v = variant("dice-twin", 7)
    (figure,) = v.figures
    assert figure.label.count("[") == figure.target.sum()
    assert figure.label.count("x") == figure.prediction.sum()
    assert figure.label in figure.svg()
    assert v._repr_markdown_() == f"{v.question}\n\n{figure.image()}"


def test_without_widgets_a_question_is_its_text(monkeypatch):
    """Whoever has torch alone reads and answers it all the same."""
    monkeypatch.setattr("seglosses.exercises.variants.find_spec", lambda name: None)
    v = variant("dice-twin", 7)
    assert v._repr_markdown_() == v.question

"""The page says of an answer what Python says: one description, read twice."""

import random
import re

import pytest
import torch

from seglosses.exercises._check import Described, Verdict
from seglosses.exercises.contents import CHAPTERS, checks
from seglosses.grids import PREDICTION_1
from tests.widgets.scripts import javascript

ANSWERS = 10_000
SEED = torch.Generator().manual_seed(13)
CHECKS = [check for page in CHAPTERS for check in checks(page) if isinstance(check, Described)]
PLAIN = (
    "a ninth|nan|inf|1/0|0/0|0/5|1//2|1/2/3|--1|1.2.3|1,2,3|1e|e5|.|,|5.|.5|%|1 2|1/9 %|50%%|1e5 %|10,000 %"
)
COMMAS = "3,162|-3,162|1,000|0,125|524,288|1/1,000"
SIZES = "12345|12355|1234.5|2.0005e-7|100000|0.0001|0.00001|1e999|-1e999|1e-999|-0|0"
SIGNS = (
    "\u00bd|\uff11\uff11\uff05|\u22120.4|1\u20449|1\u00a0/\u00a09|\t0.11|\uff11/\uff19|\u0663|\u0130|\u00e9"
)
LETTERS = "A| b |E|ab|tffftftftt|t f f f t f t f t t|it's|\"|{came}|\\|$&| |"
JUNK = "|".join([PLAIN, COMMAS, SIZES, SIGNS, LETTERS]).split("|")


def numbers(exercise: dict, draw: random.Random) -> list[str]:
    """Near the right number and each slip, on both sides of what still counts, in every form that is read."""
    texts = []
    for value in [exercise["right"], *(slip for slip, _ in exercise["slips"])]:
        for _ in range(20):
            x = value + exercise["within"] * draw.choice([0, 0, draw.uniform(-1.2, 1.2), draw.uniform(-9, 9)])
            places = draw.randint(0, 8)
            texts += [
                repr(x),
                f"{x:.{places}f}",
                f"{x:.{places}f}".replace(".", ","),
                f"{100 * x:.{places}f} %",
                f" {x * 7:.9f} / 7 ",
                f"{x:.{places}e}",
            ]
    return texts


def words(exercise: dict, draw: random.Random) -> list[str]:
    """The right word, and words with some letters changed, added or left out."""
    letters, right = exercise["letters"], exercise["right"]
    texts = [right, right.upper(), f" {right} ", *letters, right + letters[0], right[:-1]]
    for _ in range(100):
        changed = [draw.choice([one, one, draw.choice(letters)]) for one in right]
        texts.append(draw.choice(["", " "]).join(changed))
    return texts


def masks(exercise: dict, draw: random.Random) -> list[list]:
    """Those that the rules name, with 0 to 4 pixels changed, and any number of hits and false alarms."""
    target, cols = torch.tensor(exercise["target"]), len(exercise["target"][0])
    known = [exercise["start"], exercise["target"], *exercise["masks"].values()]
    grids = [[[1 - one for one in row] for row in mask] for mask in exercise["masks"].values()]
    for n in range(300):
        flat = torch.tensor(draw.choice(known)).flatten()
        if n % 2:
            for at in draw.sample(range(len(flat)), draw.randint(0, 4)):
                flat[at] = 1 - flat[at]
        else:
            flat = (torch.rand(target.numel(), generator=SEED) < 0.9 * target.flatten() + 0.05).long()
            flat *= torch.rand(target.numel(), generator=SEED) < draw.random()
        grids.append(flat.view(-1, cols).tolist())
    # 5 shared pixels or 7 predicted ones, which chance seldom meets; the first of them has Dice 10/27
    inside, outside = target.flatten().nonzero().flatten(), (target.flatten() == 0).nonzero().flatten()
    for hits, alarms in [(5, 2), (10, 24), (5, 0), (5, 9), (3, 4), (7, 0), (0, 7), (0, 0), (20, 80)]:
        flat = torch.zeros(target.numel(), dtype=torch.long)
        flat[inside[:hits]] = flat[outside[-alarms:] if alarms else outside[:0]] = 1
        grids.append(flat.view(-1, cols).tolist())
    return grids


def logits(exercise: dict, draw: random.Random) -> list[list]:
    """Masks as sure, shy, turned and wrong logits; single sure mistakes; the model's own with some noise."""
    grids = [exercise["start"], exercise["target"], *exercise["masks"].values()]
    for mask in [exercise["target"], PREDICTION_1.tolist(), *exercise["masks"].values()]:
        sign = 2 * torch.tensor(mask, dtype=torch.float64) - 1
        grids += [(size * sign).tolist() for size in (0.5, 3, 8, 9, 20, 40, -20)]
        for _ in range(40):
            one = 20 * sign
            one.view(-1)[draw.sample(range(100), draw.randint(1, 3))] *= -draw.choice([0.1, 1, 2])
            grids.append(one.tolist())
    noise = torch.randn(60, 10, 10, generator=SEED, dtype=torch.float64)
    return grids + [(torch.tensor(exercise["start"], dtype=torch.float64) + one).tolist() for one in noise]


def answers(exercise: dict, draw: random.Random) -> list:
    """What may be answered to an exercise."""
    if exercise["kind"] == "grid":
        return masks(exercise, draw) if exercise["holds"] == "mask" else logits(exercise, draw)
    likely = numbers(exercise, draw) if exercise["kind"] == "number" else words(exercise, draw)
    noise = ["".join(draw.choices("0123456789.,/% -+eab'", k=draw.randint(1, 6))) for _ in range(60)]
    return [*likely, *JUNK, *noise]


def verdict_of(check: Described, answer: str | list) -> Verdict:
    """What Python says of an answer; a grid comes to it as a tensor."""
    return check(answer if isinstance(answer, str) else torch.tensor(answer, dtype=torch.float64))


def test_ten_thousand_answers_get_the_same_verdict():
    """Right ones, near ones, each slip, what is no number, and every form in which one may be typed."""
    draw = random.Random(13)
    asked = [(check, answer) for check in CHECKS for answer in answers(check.for_page(), draw)]
    assert len(asked) > ANSWERS
    exercises = {check.name: check.for_page() for check in CHECKS}
    for painted, file in ((False, "exercise/state.js"), (True, "exercise/grids.js")):
        some = [one for one in asked if (exercises[one[0].name]["kind"] == "grid") is painted]
        program = "return data.asked.map(([name, answer]) => JUDGE(data.exercises[name], answer));"
        given = {"exercises": exercises, "asked": [[check.name, answer] for check, answer in some]}
        came = javascript(file, program.replace("JUDGE", "judgeGrid" if painted else "judge"), given)
        for (check, answer), verdict in zip(some, came, strict=True):
            expected = verdict_of(check, answer)
            assert verdict == {"right": expected.right, "reason": expected.reason}, (check.name, answer)


def test_every_reason_is_reached():
    """The answers above meet the praise and each slip of every exercise, so no comparison is idle."""
    draw = random.Random(13)
    for check in CHECKS:
        exercise = check.for_page()
        said = {verdict_of(check, answer).reason for answer in answers(exercise, draw)}
        for reason in reasons(exercise):
            assert any(re.fullmatch(reason, one) for one in said), (check.name, reason)


def reasons(exercise: dict) -> list[str]:
    """What an exercise may say, as patterns; only code can answer with nan or infinity."""
    if exercise["kind"] != "grid":
        given = [exercise["praise"], *(reason for _, reason in exercise.get("slips", []))]
        return [re.escape(reason) for reason in given]
    painted = [
        rule for rule in exercise["rules"] if not {"nan", "infinite"} & {one[0] for one in rule["when"]}
    ]
    return [re.sub(r"\\\{\w+\\\}", ".*", re.escape(rule["reason"])) for rule in painted]


@pytest.mark.parametrize(
    ("typed", "right"),
    [("1/9", True), ("0.111", True), ("0,111", True), ("11.1 %", True), (" 1 / 9 ", True), ("11 %", False)],
)
def test_a_number_is_read_as_it_is_typed(typed, right):
    """A fraction, a comma, a share in per cent; too few decimals are too few in each of them."""
    (column,) = [check for check in CHECKS if check.name == "dice-one-column-too-many"]
    assert column(typed).right is right


@pytest.mark.parametrize("typed", ["3,162", "524,288", "-1,000"])
def test_a_number_that_reads_two_ways_is_asked_for_again(typed):
    """The comma stands before decimals in one country and between thousands in another."""
    (column,) = [check for check in CHECKS if check.name == "dice-one-column-too-many"]
    assert "no sign between thousands" in column(typed).reason


def test_most_exercises_are_answered_in_the_page():
    """All but those that ask for a function."""
    assert len(CHECKS) == 47

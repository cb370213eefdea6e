"""The numerals of the chapter on your own training: what each cell of book/your-training.ipynb may print.

What other libraries say is read from the record; tests/test_atlas.py holds each of its numbers to a formula.
"""

from fractions import Fraction
from math import log
from pathlib import Path

import torch

from seglosses import dice_loss, focal_loss, iou_loss
from seglosses.atlas import CASES, LOSSES, read_atlas
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, PREDICTION_1, PREDICTION_2
from seglosses.walkthrough.overlaps import Overlap, overlap

ROOT = Path(__file__).parents[2]
ATLAS = read_atlas(ROOT / "book/data/conventions.json")


def said(library: str, case: str, loss: str = "dice", setting: str = "as it comes") -> float:
    """What a library said."""
    value = ATLAS.values[setting][loss][library][case]
    assert isinstance(value, float)
    return value


def differ(one: str, other: str, setting: str) -> set[str]:
    """On which cases two libraries say different Dice losses."""
    one, other = (ATLAS.values[setting]["dice"][library] for library in (one, other))
    return {case for case in CASES if f"{one[case]:.4f}" != f"{other[case]:.4f}"}


def numbers():
    """Return, for each cell with numerals, a text with the same numerals in the same order."""
    first, second = overlap(PREDICTION_1, LUNG), overlap(PREDICTION_2, LUNG)
    pixels, lung, nodule = LUNG.numel(), int(LUNG.sum()), int(NODULE.sum())
    wrong = second.fp + second.fn
    loss = 1 - second.dice(smooth=1)
    assert abs(dice_loss(*CASES["prediction 2"]).item() - loss) < 1e-6
    facts = {}

    facts["your-training-loop"] = "0"
    share, untrained = lung / pixels, dice_loss(0 * LUNG, LUNG, smooth=0).item()
    assert abs(untrained - (1 - share / (0.5 + share))) < 1e-12  # of 73,728 pixels, smooth adds one
    assert f"{log(2):.2f}" == "0.69"
    facts["your-training-loop-question"] = "0.5 1 0.5; slips 0.5 half; p = 0.5: ln 2"
    facts["your-training-loop-read"] = "(N, 1, H, W), 0 1, 0 255"
    facts["your-training-images"] = f"{255}"
    facts["your-training-images-read"] = f"{0} {1} {255}"
    facts["your-training-images-question"] = "0 255 255"
    # Quoted: what was installed when the code of that cell was run by hand.
    facts["your-training-lightning"] = "2.6.6 2.13.0"

    alike = {
        name: said(name, "prediction 2", setting="set alike") for name in ATLAS.values["set alike"]["dice"]
    }
    assert [name for name, value in alike.items() if abs(value - loss) > 2e-6] == ["kornia"]
    facts["your-training-same"] = (
        f"prediction 2, s = 1, {loss.numerator} {loss.denominator} {float(loss):.4f} (N, 1); 1 over 2"
    )
    halved = Fraction(second.tp) + Fraction(1, 2)
    assert loss == 1 - halved / (Fraction(second.predicted + second.actual, 2) + Fraction(1, 2))
    facts["your-training-same-question"] = (
        f"smooth 1; {float(halved - second.tp)}; 2I 2s 2s; slips: 1, 2I 2 2, 2; 2; 0"
    )

    sure = LUNG_PROBABILITIES[LUNG_PROBABILITIES > 0.5]
    low = LUNG_PROBABILITIES.min()
    facts["your-training-atlas"] = (
        f"±20; perfect {lung}; prediction 1: {first.tp}; prediction 2: {second.tp} {second.fp};"
        f" unsure {sure.min():.1f} {sure.max():.1f} {low:.1f}; {nodule}; 2; prediction 1;"
        f" {0.5} {0.5}"
    )
    assert CASES["false alarm"].inputs.gt(0).sum() == 2
    facts["your-training-atlas-question"] = ""

    tail = torch.sigmoid(torch.tensor(-20.0, dtype=torch.float64)).item()
    cost = 1 - 1e-5 / (pixels * tail + 1e-5)
    assert abs(cost - said("MONAI", "left empty")) < 1e-6
    facts["your-training-atlas-dice-read"] = (
        f"MONAI {1e-5:.5f} 1 -20 {pixels} {pixels * tail:.7f} {cost:.4f}"
        f" smp 0 0; {0.5} {0.5} {min(0.5, 0.5)} {0.5 * 0.5}; kornia 0; trainer {1e-5:.5f}"
    )
    assert abs(said("kornia", "prediction 2") - wrong / pixels) < 1e-6
    none = Overlap(0, 0, lung, pixels - lung)
    two_classes = Overlap(none.tp + none.tn, none.fn, none.fn, 0)
    assert 1 - two_classes.dice() == Fraction(lung, pixels)
    facts["your-training-atlas-kornia"] = f"{1 - none.dice()}"
    facts["your-training-atlas-options-question"] = "-0.2 -0.97; 0; -1"

    missed = Overlap(0, 0, nodule, pixels - nodule)
    assert said("MONAI", "nodule missed") > 0.9999
    assert said("smp", "nodule missed") == 1 - missed.dice() == 1
    facts["your-training-atlas-smooth"] = f"{float(1 - missed.dice(1))} {1 - missed.dice()}"
    some = [Overlap(found, 0, nodule - found, pixels - nodule) for found in (1, 2)]
    assert [one.dice() for one in some] == [Fraction(2, 4), Fraction(4, 5)]
    facts["your-training-atlas-smooth-answer"] = (
        f"at 0; s = 1, {nodule}, {missed.dice(1).numerator} {missed.dice(1).denominator}; s = 0,"
        f" {2 * some[0].tp} {some[0].predicted + some[0].actual}"
        f" {2 * some[1].tp} {some[1].predicted + some[1].actual}"
    )
    assert said("MONAI", "nodule missed", "focal") == 4 * said("seglosses", "nodule missed", "focal")
    for library in ("kornia", "torchvision"):
        for case in CASES:
            alike_focal = said(library, case, "focal", "set alike")
            assert abs(alike_focal - focal_loss(*CASES[case]).item()) < 2e-6
    for library in ATLAS.values["as it comes"]["bce"]:
        for case in CASES:
            assert abs(said(library, case, "bce") - LOSSES["bce"](*CASES[case]).item()) < 2e-6
    facts["your-training-atlas-focal-read"] = f"0.25 {said('MONAI', 'left empty', 'iou'):.4f}"

    for library in ("MONAI squared_pred", "MONAI no background", "MONAI soft_label"):
        for case in ("prediction 1", "prediction 2", "nodule missed", "two images"):
            assert abs(said(library, case, setting="options") - said("MONAI", case)) < 2e-6
    floor = 1e-7
    assert abs(said("smp log_loss", "nodule missed", setting="options") + log(floor)) < 1e-6
    assert said("nnU-Net as returned", "perfect", setting="options") == -1
    squares = {case: said("MONAI squared_pred", case, setting="options") for case in CASES}
    changed = {case: said("MONAI", case) for case, loss in squares.items() if loss != said("MONAI", case)}
    soft = {case for case, (z, y) in CASES.items() if z.abs().min() < 20 or ((y > 0) & (y < 1)).any()}
    assert changed.keys() - soft == {"left empty"}
    facts["your-training-atlas-options-read"] = (
        f"p^2 y^2 {changed['left empty']:.4f} {squares['left empty']:.4f}"
        f" {changed['unsure']:.4f} {squares['unsure']:.4f}"
        f" prediction 2 {said('MONAI', 'prediction 2'):.4f}"
        f" {said('MONAI softmax', 'prediction 2', setting='options'):.4f}"
        f" 1 - D; {-log(floor):.4f} 10 -7; -1"
    )
    for case in ("prediction 1", "prediction 2"):
        faults = 1 if case == "prediction 1" else wrong
        divided = said("smp normalized", case, "focal", "options") * faults
        assert abs(divided - focal_loss(*CASES[case]).item()) < 2e-5
    assert first.fp + first.fn == 1
    facts["your-training-atlas-options-focal-read"] = (
        f"1 - p_t; prediction 1, 1; prediction 2, {wrong} {wrong}"
    )
    facts["your-training-port"] = "2I; p^2; 1 - D"
    assert differ("seglosses", "smp", "set alike") == {"false alarm", "soft mask"}
    assert differ("seglosses", "MONAI", "set alike") == set()
    assert differ("seglosses", "nnU-Net", "as it comes") == {"two images"}
    assert differ("MONAI", "smp", "as it comes") == {"left empty", "false alarm", "two images", "soft mask"}
    facts["your-training-log-question"] = "3 1"
    (torch_pin,) = [
        line for line in (ROOT / "requirements.txt").read_text().splitlines() if "torch==" in line
    ]
    facts["your-training-log-read"] = f"3 1; 0 1; s = 1; 8; {torch_pin.partition('==')[2]}"
    facts["your-training-fails"] = "1 - D"
    said_of_alarm = [said(name, "false alarm") for name in ATLAS.values["as it comes"]["dice"]]
    assert min(said_of_alarm) == 0
    assert max(said_of_alarm) > 0.9999
    facts["your-training-remember"] = "0 1; from 0 to 1"
    facts["your-training-recall"] = f"0.25 0.5 1 - alpha = {1 - 0.25} 0.5"

    doubled = 1 - Fraction(2 * second.tp + 2, 2 * (lung + second.fp) + 2)
    assert abs(iou_loss(*CASES["prediction 2"]).item() - doubled) < 1e-6
    facts["your-training-exercise-iou"] = "1 - 2I 2U"
    facts["your-training-exercise-iou-solution"] = "I + 1, U + 1; 2I + 2, 2U + 2"
    score = 1 - loss
    facts["your-training-exercise-sign"] = f"-{float(score):.4f}"
    facts["your-training-exercise-sign-solution"] = (
        f"{score.numerator} {score.denominator} 1 {score.numerator} {score.denominator}"
        f" {loss.numerator} {loss.denominator}; prediction 2"
    )
    facts["your-training-exercise-sum"] = "8 256 256"
    facts["your-training-exercise-sum-solution"] = f"8 256 256 {8 * 256 * 256:,}"
    facts["your-training-exercise-monai"] = "1"
    return facts

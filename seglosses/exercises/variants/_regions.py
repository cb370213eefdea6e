"""What is drawn for the exercises on regions: Dice, IoU, and their averages over images and classes."""

from fractions import Fraction

from seglosses.exercises import batches, classes, dice, iou, mixed
from seglosses.exercises import your_training as training
from seglosses.exercises.variants._draw import Draw
from seglosses.exercises.variants._drawn import Drawn, block, painted, pixels_of, same_counts, varies
from seglosses.exercises.variants.figures import Figure
from seglosses.exercises.variants.figures import classes as class_figure
from seglosses.walkthrough.classes import class_overlaps
from seglosses.walkthrough.overlaps import overlap


@varies(dice.one_column_too_many)
def _(draw: Draw) -> Drawn:
    height, width, columns = draw.one_of((3, 4, 6, 7)), draw.one_of((2, 3, 5, 6)), draw.one_of((1, 2))
    lung = block(draw, height, width, columns)
    wider = lung.clone()
    for _ in range(columns):
        wider[:, 1:] += wider[:, :-1] * (1 - wider[:, 1:])
    n = overlap(wider, lung)
    said = {"predicted": n.predicted, "twice": 2 * n.tp, "sizes": n.predicted + n.actual}
    return Drawn({"lung": n.actual, "extra": n.fp}, said, [Figure(lung, wider)])


@varies(dice.same_loss_other_mask)
def _(draw: Draw) -> Drawn:
    lung = block(draw, draw.one_of((3, 4, 5)), draw.one_of((3, 4, 5)))
    shared, false = draw.one_of((3, 4, 6, 7)), draw.one_of((1, 3, 4, 5))
    mask, other = same_counts(draw, lung, shared, false), same_counts(draw, lung, shared, false)
    said = {
        "shared": shared,
        "false": false,
        "predicted": shared + false,
        "lung": int(lung.sum()),
        "twice": 2 * shared,
        "sizes": shared + false + int(lung.sum()),
    }
    numbers = {"prediction": mask, "target": lung, "name": "the prediction"}
    return Drawn(numbers, said, [Figure(lung, mask)], [Figure(lung, other)])


@varies(iou.dice_of_an_iou)
def _(draw: Draw) -> Drawn:
    return Drawn({"iou": Fraction(draw.one_of([n for n in range(52, 95) if n != 60]), 100)})


@varies(iou.impossible_means)
def _(draw: Draw) -> Drawn:
    means = [
        Fraction(m, 100) for m in draw.some_of((52, 55, 58, 62, 65, 68, 72, 74, 76, 78, 82, 84, 86, 88), 4)
    ]
    most = [int(200 * m / (1 + m)) for m in means]  # the highest mean Dice, in hundredths
    rows = [
        (most[0] + draw.one_of((2, 3, 4)), means[0]),
        (most[1] - draw.one_of((0, 1)), means[1]),
        (draw.one_of(range(int(100 * means[2]) + 1, max(most[2] - 3, int(100 * means[2]) + 2))), means[2]),
        (int(100 * means[3]), means[3]),
    ]
    shown = [(d / 100, float(j)) for d, j in draw.shuffled(rows)]
    table = "\n".join(f"| {one} | {d:.2f} | {j:.2f} |" for one, (d, j) in zip("abcd", shown, strict=True))
    bounds = ", ".join(f"{2 * j / (1 + j):.4f}" for _, j in shown)
    return Drawn({"rows": tuple(shown)}, {"table": table, "bounds": bounds})


@varies(iou.width_that_forgives)
def _(draw: Draw) -> Drawn:
    least = Fraction(draw.one_of([n for n in range(75, 98) if n != 90]), 100)
    bound = (1 + least) / (1 - least)
    return Drawn({"least": least}, {"wanted": float(least), "below": float(1 - least), "bound": float(bound)})


@varies(batches.pooled_pair)
def _(draw: Draw) -> Drawn:
    lung, nodule = draw.one_of((12, 15, 16, 18, 24, 25, 30)), draw.one_of((2, 4, 5, 6))
    found, small = draw.one_of(range(6, lung - 2)), draw.one_of(range(1, nodule + 1))
    false, more = draw.one_of((1, 3, 4, 5, 6)), draw.one_of((0, 1, 2))
    said = {
        "lung_size": lung,
        "nodule_size": nodule,
        "found": found,
        "small": small,
        "false": false,
        "more": more,
        "shared": found + small,
        "predicted": found + small + false + more,
        "true": lung + nodule,
        "twice": 2 * (found + small),
        "sizes": found + small + false + more + lung + nodule,
    }
    numbers = {"lung": (found, found + false, lung), "nodule": (small, small + more, nodule)}
    return Drawn(numbers, said)


@varies(batches.smooth_for_a_price)
def _(draw: Draw) -> Drawn:
    false, price = draw.one_of((3, 4, 5, 6, 8)), Fraction(1, draw.one_of((4, 5, 8, 20)))
    return Drawn({"false": false, "price": price}, {"cost": float(price), "sizes": false / price})


@varies(batches.ring_that_pays)
def _(draw: Draw) -> Drawn:
    share = draw.one_of([Fraction(*ends) for ends in ((1, 5), (1, 6), (2, 5), (2, 7), (3, 8), (3, 10))])
    # r eta^2 + 2 c eta - c = 0, so r = c (1 - 2 eta) / eta^2
    wide = (1 - 2 * share) / share**2
    cores = [core for core in range(4, 25) if (core * wide).denominator == 1 and core != 10]
    core = draw.one_of(cores)
    ring = int(core * wide)
    return Drawn({"core": core, "ring": ring, "share": share}, {"twice": 2 * core, "there": 2 * share})


@varies(classes.pooled_foreground)
def _(draw: Draw) -> Drawn:
    lung = block(draw, draw.one_of((4, 5, 6)), draw.one_of((3, 4, 5)))
    target = lung.long()
    nodule = pixels_of(draw, lung, draw.one_of((2, 4, 5)))
    target = painted(target, *nodule, value=2)
    missed = pixels_of(draw, target == 1, draw.one_of((2, 3, 4)))
    prediction = painted(target, *missed, value=0)
    prediction = painted(prediction, *nodule[: draw.one_of(range(1, len(nodule)))], value=1)
    prediction = painted(prediction, *pixels_of(draw, target == 0, draw.one_of((1, 2, 3))), value=1)
    _, one, two = class_overlaps(prediction, target)
    said = {
        **{f"lung_{name}": getattr(one, name) for name in ("tp", "predicted", "actual")},
        **{f"nodule_{name}": getattr(two, name) for name in ("tp", "predicted", "actual")},
        "twice": 2 * (one.tp + two.tp),
        "sizes": one.predicted + one.actual + two.predicted + two.actual,
    }
    figures = [class_figure(target, target), class_figure(prediction, target)]
    return Drawn({"prediction": prediction, "target": target}, said, figures)


@varies(classes.weight_for_one_half)
def _(draw: Draw) -> Drawn:
    lung, nodule = draw.one_of((12, 15, 20, 24, 25, 30)), draw.one_of((2, 4, 6, 7, 8))
    said = {"background": 100 - lung - nodule, "others": 100 - nodule}
    return Drawn({"lung": lung, "nodule": nodule}, said)


@varies(training.loss_from_a_negative_log)
def _(draw: Draw) -> Drawn:
    lung = draw.one_of((12, 15, 18, 24, 30))
    shared, false = draw.one_of(range(6, lung - 2)), draw.one_of((1, 3, 4, 5))
    dice = Fraction(2 * shared + 1, shared + false + lung + 1)
    return Drawn({"shared": shared, "predicted": shared + false, "lung": lung}, {"dice": float(dice)})


@varies(mixed.dice_from_an_iou_log)
def _(draw: Draw) -> Drawn:
    lung, smooth = draw.one_of((12, 15, 18, 24, 30)), draw.one_of((3, 4, 5, 6))
    shared, false = draw.one_of(range(6, lung - 2)), draw.one_of((1, 3, 4, 5))
    iou = Fraction(shared + smooth, lung + false + smooth)
    said = {
        "iou": float(iou),
        "loss": float(1 - iou),
        "twice": 2 * smooth,
        "dice": float(2 * iou / (1 + iou)),
    }
    return Drawn({"shared": shared, "predicted": shared + false, "lung": lung, "smooth": smooth}, said)

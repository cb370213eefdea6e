"""The loss comparer: five losses on one dial, each of them torch's, readable by everyone."""

import math
import re

import pytest
import torch
from playwright.sync_api import Page, expect

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, NODULE_PROBABILITIES, PREDICTION_2
from seglosses.widgets import LossComparer

NAMES = ("dice", "iou", "bce", "bce_dice", "focal")


def lung(**options) -> LossComparer:
    """From the opposite of the lung's probabilities to these probabilities."""
    return LossComparer(LUNG, 1 - LUNG_PROBABILITIES, LUNG_PROBABILITIES, **options)


def hard(**options) -> LossComparer:
    """From the worse of the two hard predictions to the truth itself."""
    return LossComparer(LUNG, PREDICTION_2, LUNG, **options)


def state(page: Page, name: str):
    """What the model on the page holds."""
    return page.evaluate("(name) => window.models[0].get(name)", name)


def cells(page: Page) -> dict[str, str]:
    """The texts of the table, by loss and column."""
    read = (
        '[...document.querySelectorAll("[data-cell]")].map((cell) => [cell.dataset.cell, cell.textContent])'
    )
    return dict(page.evaluate(read))


def by_torch(widget: LossComparer) -> dict[str, tuple[float, torch.Tensor]]:
    """Value and gradient of each loss where the dial stands, from the package."""
    z = torch.logit(widget.probabilities).requires_grad_()
    y, smooth = widget.target.double(), widget.smooth
    dice, bce = dice_loss(z, y, smooth), bce_loss(z, y)
    losses = [dice, iou_loss(z, y, smooth), bce, bce + widget.dice_weight * dice]
    losses.append(focal_loss(z, y, widget.alpha, widget.gamma))
    gradients = [torch.autograd.grad(loss, z, retain_graph=True)[0].flatten() for loss in losses]
    return dict(zip(NAMES, zip([loss.item() for loss in losses], gradients, strict=True), strict=True))


# ---- numbers -----------------------------------------------------------------------------------------------


def test_every_readout_is_torchs_number(show, number):
    """At four settings of all dials: five losses, the lengths of their gradients, their angles to BCE's."""
    settings = [
        {},
        {"position": 0, "smooth": 0, "alpha": None, "gamma": 0},
        {"position": 0.83, "dice_weight": 0.3, "smooth": 10, "alpha": 0.9, "gamma": 5},
        {"position": 1, "dice_weight": 5, "alpha": 0, "gamma": 0.5},
    ]
    page = show(lung())
    for setting in settings:
        widget = lung(**setting)
        page.evaluate("(to) => Object.entries(to).forEach(([k, v]) => models[0].set(k, v))", setting)
        setting_of_page = {
            name: state(page, name) for name in ("position", "dice_weight", "smooth", "alpha", "gamma")
        }
        widget = lung(**setting_of_page)
        shown, expected = cells(page), by_torch(widget)
        bce = expected["bce"][1]
        for name, (value, gradient) in expected.items():
            assert number(shown[f"{name} value"]) == pytest.approx(value, rel=6e-4)
            assert number(shown[f"{name} norm"]) == pytest.approx(gradient.norm().item(), rel=6e-4)
            cosine = torch.cosine_similarity(gradient, bce, 0).item()
            assert number(shown[f"{name} cosine"]) == pytest.approx(cosine, rel=6e-4)
            angle = math.degrees(math.acos(min(cosine, 1)))
            assert float(shown[f"{name} angle"].rstrip("°")) == pytest.approx(angle, abs=0.51)


def test_with_dice_weight_one_bce_dice_is_the_packages():
    """``dice_weight=1`` is ``bce_dice_loss`` itself."""
    widget = lung()
    z = torch.logit(widget.probabilities)
    assert by_torch(widget)["bce_dice"][0] == pytest.approx(bce_dice_loss(z, LUNG).item(), abs=1e-12)


def test_the_maps_point_where_each_loss_pulls(show):
    """BCE lifts the 20 pixels of the lung and lowers the 80 others, and each map says so in words."""
    page = show(lung())
    expect(page.get_by_role("img", name="BCE: raises 20 pixels, lowers 80", exact=True)).to_be_visible()
    paths = page.evaluate(
        "[...document.querySelectorAll('.lc-up, .lc-down')].map((p) => p.getAttribute('d'))"
    )
    assert [path.count("M") for path in paths] == [20, 80] * 5
    down = page.locator(".lc-down").nth(2)
    assert re.fullmatch(r"(M\d+ \d+m-[\d.]+ -[\d.]+h(\d+)l-[\d.]+ \2z)+", down.get_attribute("d"))


def test_on_a_fine_grid_a_triangle_is_a_block_of_pixels(show):
    """64x64 pixels in blocks of 4x4: BCE's pull on each is the sum of p - y over its pixels."""
    target = torch.zeros(64, 64)
    target[:32, :32] = 1
    page = show(LossComparer(target, torch.full((64, 64), 0.5), target, position=0))
    # p is 0.5: each of the 16x16 blocks is wholly raised or wholly lowered, all by as much.
    expect(page.get_by_role("img", name="BCE: raises 1024 pixels, lowers 3072", exact=True)).to_be_visible()
    bce = page.get_by_role("img", name=re.compile("^BCE: "))
    raised, lowered = (bce.locator(f".lc-{way}").get_attribute("d") for way in ("up", "down"))
    assert (raised.count("M"), lowered.count("M")) == (8 * 8, 16 * 16 - 8 * 8)
    assert raised.startswith("M20 20m")  # in fortieths of a block
    assert lowered.startswith("M340 20m")
    assert bce.locator(".lc-up").get_attribute("transform") == "scale(0.1)"
    expect(page.get_by_text("each triangle is for 4 × 4 pixels")).to_be_visible()
    page.get_by_label("Prediction, wrong to right").fill("1")
    expect(bce.locator(".lc-up")).to_have_attribute("d", "")


def test_a_sure_mistake_costs_infinity_and_breaks_nothing(show, number):
    """Hard masks at position 0: BCE and focal are infinite; Dice is finite, without a gradient."""
    page = show(hard(position=0))
    shown = cells(page)
    assert [shown[f"{name} value"] for name in NAMES] == ["0.6071", "0.7391", "∞", "∞", "∞"]
    assert (shown["dice norm"], shown["dice cosine"]) == ("0", "–")
    assert number(shown["bce norm"]) == pytest.approx(17**0.5 / 100, rel=6e-4)
    page.get_by_label("Prediction, wrong to right").fill("1")
    assert [cells(page)[f"{name} value"] for name in NAMES] == ["0"] * 5


# ---- by hand -----------------------------------------------------------------------------------------------


def test_the_dial_turns_by_keyboard_and_says_where_it_is(show):
    """An arrow key moves it by a hundredth; the live region reads the losses, Python gets the place."""
    page = show(hard())
    page.get_by_label("Prediction, wrong to right").focus()
    page.keyboard.press("ArrowRight")
    assert state(page, "position") == 0.51
    shown = cells(page)
    said = ", ".join(
        f"{n} {shown[f'{k} value']}" for n, k in [("Dice", "dice"), ("IoU", "iou"), ("BCE", "bce")]
    )
    expect(page.get_by_role("status")).to_contain_text(f"Here, at 0.51: {said}")
    assert page.evaluate("models[0].saved") == [{"position": 0.51}]


def test_the_plot_is_a_dial_too(show):
    """Dragging over the curves moves the position, by mouse and by finger, and sends it once."""
    page = show(lung(), has_touch=True)
    box = page.locator(".pl-plot").bounding_box()

    def at(x: float) -> tuple[float, float]:
        return box["x"] + 46 + x * (box["width"] - 64), box["y"] + 100

    page.mouse.move(*at(0.2))
    page.mouse.down()
    page.mouse.move(*at(0.9), steps=5)
    page.mouse.up()
    assert page.evaluate("models[0].saved") == [{"position": 0.9}]
    page.touchscreen.tap(*at(0.25))
    assert state(page, "position") == 0.25
    expect(page.get_by_label("Prediction, wrong to right")).to_have_value("0.25")


def test_dice_weight_moves_bce_dice_alone(show):
    """With ``dice_weight`` 0 BCE-Dice is BCE; the other four stay as they were."""
    page = show(lung())
    before = cells(page)
    page.get_by_label("Dice's weight in BCE-Dice").fill("0")
    after = cells(page)
    assert after["bce_dice value"] == after["bce value"]
    assert after["bce_dice cosine"] == "1"
    assert {k: v for k, v in before.items() if k[:8] != "bce_dice"} == {
        k: v for k, v in after.items() if k[:8] != "bce_dice"
    }
    page.get_by_role("button", name="Log").click()
    expect(page.get_by_role("button", name="Log")).to_have_attribute("aria-pressed", "true")
    assert state(page, "scale") == "log"


@pytest.mark.parametrize("dice_weight", ["0", "1", "3.5"])
def test_the_curve_of_bce_dice_is_the_sum_of_two(show, dice_weight):
    """At every position the curve stands as high as BCE's and ``dice_weight`` times Dice's together."""
    page = show(lung())
    page.get_by_label("Dice's weight in BCE-Dice").fill(dice_weight)
    read = """name => document.querySelector(`svg svg .lc-${name}`).getAttribute("d").slice(1).split("L")
        .map((point) => Number(point.split(" ")[1]))"""
    heights = {name: torch.tensor(page.evaluate(read, name)) for name in ("dice", "bce", "bce_dice")}
    zero = page.evaluate("Number(/M\\d+ ([\\d.]+)v5/.exec(document.querySelector('.pl-plot').innerHTML)[1])")
    dice, bce, both = ((zero - height) for height in heights.values())
    assert both.tolist() == pytest.approx(
        (bce + float(dice_weight) * dice).tolist(), abs=0.05 * (2 + float(dice_weight))
    )
    assert len(both) == 51
    assert dice[0] > 10


def test_two_views_show_one_model_and_leave_no_trace(show):
    """What moves in one view moves in the other; taken off the page, both stop listening."""
    page = show(lung(), views=2, lang="zh")
    page.get_by_label("预测，从错到对").first.fill("0.75")
    expect(page.get_by_label("预测，从错到对").last).to_have_value("0.75")
    page.evaluate("models[0].set('language', 'en')")
    expect(page.get_by_label("Prediction, wrong to right").last).to_have_value("0.75")
    page.evaluate("models[0].cleanups.forEach((stop) => stop())")
    assert page.evaluate("models[0].listeners.length") == 0


# ---- what the dial's question is about ---------------------------------------------------------------------


def dial(**options) -> LossComparer:
    """The dial of the chapter on BCE-Dice, over what its question asks for."""
    half, sure = torch.full_like(LUNG, 0.5), 0.02 + 0.96 * LUNG
    settings = {"position": 0, "plot": "length", "ends": ("0.5 everywhere", "0.98 on the lung"), **options}
    return LossComparer(LUNG, half, sure, **settings)


def height(page: Page) -> dict[str, list[float]]:
    """How high each curve stands at its 51 positions, in the units of the axis; of a straight one."""
    curves, ticks = page.evaluate("""() => [
        [...document.querySelectorAll("svg svg .pl-curve")].map((one) => one.getAttribute("d")),
        [...document.querySelectorAll(".pl-axes text[text-anchor=end]")]
            .map((one) => [Number(one.getAttribute("y")) - 4, parseFloat(one.textContent)])]""")
    (zero, low), (top, high) = ticks[0], ticks[-1]
    heights = [[float(point.split()[1]) for point in curve[1:].split("L")] for curve in curves]
    return {
        name: [low + (y - zero) / (top - zero) * (high - low) for y in ys]
        for name, ys in zip(NAMES, heights, strict=True)
    }


@pytest.mark.parametrize("dice_weight", [1, 3.5])
def test_the_plot_shows_lengths_and_angles_of_gradients(show, dice_weight):
    """At all 51 positions the curves stand where torch's gradients say, BCE-Dice's with its weight."""
    page = show(dial(dice_weight=1, position=1))
    page.get_by_label("Dice's weight in BCE-Dice").fill(str(dice_weight))
    lengths = height(page)
    page.get_by_role("button", name="Angle to BCE's").click()
    expect(page.get_by_role("group", name="Axis")).to_be_hidden()
    angles = height(page)
    for k in range(51):
        pulls = {name: g for name, (_, g) in by_torch(dial(position=k / 50, dice_weight=dice_weight)).items()}
        for name, pull in pulls.items():
            assert lengths[name][k] == pytest.approx(pull.norm().item(), abs=2e-3 * dice_weight / 10)
            cosine = torch.cosine_similarity(pull, pulls["bce"], 0).item()
            assert angles[name][k] == pytest.approx(math.degrees(math.acos(min(cosine, 1))), abs=0.1)
    # The question of the chapter: BCE leads at the left end, Dice from 0.45 on.
    leads = [dice > bce for dice, bce in zip(lengths["dice"], lengths["bce"], strict=True)]
    assert leads == [False] * 23 + [True] * 28


def drawn_to(page: Page) -> float:
    """Up to which position curves are drawn."""
    return page.evaluate("""() => {
        const [axis, seen] = [".pl-axes path", ".pl-plot svg"].map((one) => document.querySelector(one));
        return Number(seen.getAttribute("width")) / axis.getBBox().width;
    }""")


def test_curves_are_drawn_as_far_as_the_dial_was_turned(show):
    """Whoever is asked to guess sees no crossing and no label before; going back takes none away."""
    page = show(dial())
    slider = page.get_by_label("Prediction, 0.5 everywhere to 0.98 on the lung")
    assert drawn_to(page) == 0
    assert page.locator(".pl-label").count() == 0
    slider.fill("0.45")
    assert drawn_to(page) == pytest.approx(0.45, abs=1e-3)
    expect(page.locator(".pl-label")).to_have_text(["Focal", "Dice", "BCE", "BCE-Dice"])
    slider.fill("0.2")
    assert drawn_to(page) == pytest.approx(0.45, abs=1e-3)
    page.get_by_role("button", name="Loss", exact=True).click()
    assert drawn_to(page) == pytest.approx(0.45, abs=1e-3)
    page.evaluate("models[0].set('position', 1)")
    assert drawn_to(page) == pytest.approx(1, abs=1e-3)
    assert dial()._snapshot().count("L48") == 0  # nor has the still


def test_a_finger_finds_each_hundredth_and_sees_what_it_does(show):
    """On a phone the slider runs under the axis, its thumb under the cursor, the arrows right below."""
    page = show(dial(position=0.3), has_touch=True, viewport={"width": 390, "height": 844})
    slider, cursor, maps, chart = (
        page.locator(what).bounding_box()
        for what in (".lc-dial input", ".pl-cursor circle", ".lc-maps", ".pl-plot")
    )
    assert slider["width"] >= 300
    thumb = slider["x"] + 8 + 0.3 * (slider["width"] - 16)
    assert thumb == pytest.approx(cursor["x"] + cursor["width"] / 2, abs=2)
    assert maps["y"] + maps["height"] - chart["y"] < 844  # plot, dial and arrows in one screen
    assert 0 < maps["y"] - slider["y"] < 120
    page.touchscreen.tap(slider["x"] + slider["width"] * 0.7, slider["y"] + slider["height"] / 2)
    assert state(page, "position") == pytest.approx(0.71, abs=0.03)


def test_the_ends_say_what_they_are(show):
    """Under the slider and in its name; two words are needed, and without any they are wrong and right."""
    page = show(dial())
    expect(page.locator(".lc-ends > *")).to_have_text(["0.5 everywhere", "0.98 on the lung"])
    page = show(hard(), lang="zh")
    expect(page.locator(".lc-ends > *")).to_have_text(["错", "对"])
    for ends in ("half", ("one",), (1, 2)):
        with pytest.raises(ValueError, match=r"ends must be two names, .*; got .* Hint: "):
            dial(ends=ends)


def test_where_there_is_no_gradient_there_is_no_angle(show):
    """Dice of hard masks is flat in the logits: it has no angle, and its curve leaves those points out."""
    page = show(hard(position=1, plot="angle"))
    assert cells(page)["dice angle"] == ""
    paths = page.locator("svg svg .pl-curve").evaluate_all("all => all.map((one) => one.getAttribute('d'))")
    assert not any("NaN" in path for path in paths)


# ---- in Python ---------------------------------------------------------------------------------------------


def test_probabilities_are_a_tensor_exact_at_both_ends():
    """The dial's ends give the very maps, between them the straight line; assigning moves it."""
    widget = hard(position=0)
    assert torch.equal(widget.probabilities, PREDICTION_2)
    widget.position = 1
    assert torch.equal(widget.probabilities, LUNG)
    widget.position = 0.25
    assert torch.equal(widget.probabilities, 0.75 * PREDICTION_2 + 0.25 * LUNG)
    assert widget.probabilities.dtype == torch.float64


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("position", 1.01, r"position must be a number in \[0, 1\]; got 1.01. Hint: 0.5 is the default"),
        ("position", "half", r"position must be a number in \[0, 1\]; got 'half'. Hint: "),
        ("dice_weight", -1, r"dice_weight must be a number in \[0, 5\]; got -1"),
        ("smooth", float("inf"), "smooth must be a number in .*; got inf"),
        ("alpha", 2, "alpha must be a number in .* or None; got 2"),
        ("gamma", 6, "gamma must be a number in .*; got 6"),
        ("scale", "sqrt", "scale must be one of 'linear', 'log'"),
        ("wrong", torch.logit(LUNG_PROBABILITIES), "sigmoid"),
        ("right", torch.zeros(2, 2), r"shape \(10, 10\) of the target"),
        ("target", 255 * LUNG, "Hint: a 0/255 mask is target / 255"),
    ],
)
def test_a_bad_value_is_refused_and_the_last_good_one_stays(name, value, says):
    """The error names the trait, what came and what is expected."""
    widget = hard()
    before = widget.get_state()
    with pytest.raises((TypeError, ValueError), match=says):
        setattr(widget, name, value)
    with pytest.raises((TypeError, ValueError), match=says):
        LossComparer(**{"target": LUNG, "wrong": PREDICTION_2, "right": LUNG, name: value})
    assert widget.get_state() == before


def test_the_picture_and_the_repr_are_true_to_the_state():
    """Both give the five losses of the package where the dial stands, the same bytes every time."""
    widget = LossComparer(NODULE, 0.5 + 0 * NODULE, NODULE_PROBABILITIES, position=1)
    assert repr(widget) == (
        "LossComparer(10x10 at 1: Dice 0.6196, IoU 0.7372, BCE 0.1065, BCE-Dice 0.7262, Focal 0.0007941)"
    )
    picture = widget._snapshot()
    assert picture == widget._snapshot()
    for line in (
        "Dice 0.6196",
        "Focal 0.0007941",
        "position 1",
        "smooth 1, dice_weight 1, alpha 0.25, gamma 2",
    ):
        assert f">{line}</text>" in picture
    assert "nan" not in hard(position=0, scale="log")._snapshot()
    assert ">BCE-Dice 0.07308</text>" in dial()._snapshot()  # torch: the length of its gradient at the start
    assert ">BCE 0</text>" in dial(plot="angle")._snapshot()
    same = LossComparer(LUNG, LUNG, LUNG, plot="length", scale="log")
    assert same._snapshot().count(" 0</text>") >= 5  # nothing to learn, nothing to draw
    assert "BCE inf" in repr(hard(position=0))

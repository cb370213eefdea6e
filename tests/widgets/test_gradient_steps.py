"""The gradient steps: the page's against torch's, its view in a real browser, its errors."""

import re
from itertools import cycle, product

import pytest
import torch
from playwright.sync_api import Page, expect

from seglosses import bce_loss, dice_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, PREDICTION_2
from seglosses.probabilities import to_logits
from seglosses.walkthrough.steps import descend
from seglosses.widgets import GradientSteps
from seglosses.widgets.kit.bundle import HERE
from seglosses.widgets.kit.losses import LOSSES, loss_named
from tests.widgets.scripts import javascript

SURE = 0.02 + 0.96 * PREDICTION_2


def cell(page: Page, side: int, row: int, col: int):
    """One pixel of the left (0) or right (1) grid, counted from 0."""
    grid = page.get_by_role("grid").nth(side)
    return grid.get_by_role("row").nth(row).get_by_role("gridcell").nth(col)


def button(page: Page, name: str):
    """The button of that name."""
    return page.get_by_role("button", name=name, exact=True)


def state(page: Page, name: str):
    """What the model holds."""
    return page.evaluate("name => window.models[0].get(name)", name)


def go_to(page: Page, step: int) -> None:
    """Set the slider of the steps."""
    page.get_by_role("slider", name="Step").fill(str(step))


# ---- one truth ---------------------------------------------------------------------------------------------


def starts() -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Truths and starts: the text's, an empty truth, random ones, and certainty, right and wrong."""
    draw = torch.Generator().manual_seed(11)
    some = [
        (LUNG, SURE),
        (LUNG, LUNG_PROBABILITIES),
        (NODULE, torch.full_like(NODULE, 0.5)),
        (0 * LUNG, torch.full_like(LUNG, 0.1)),
        (LUNG, PREDICTION_2),
    ]
    for _ in range(3):
        y = (torch.rand(10, 10, generator=draw) < 0.3).double()
        p = torch.rand(10, 10, generator=draw, dtype=torch.float64)
        some.append((y, (100 * p).round() / 100))
    return some


def test_the_page_takes_the_steps_of_torch():
    """100 steps of each loss, at rates from 1 to 100, to 1e-12, from the start that a link holds."""
    cases, paths = [], []
    settings = cycle([(10.0, 0.25, 2.0), (1.0, 0.5, 0.5), (100.0, 0.9, 0.0)])
    for (y, start), loss in product(starts(), LOSSES):
        rate, alpha, gamma = next(settings)
        made = GradientSteps(y, start, left=loss, rate=rate, alpha=alpha, gamma=gamma, step=100)
        widget = GradientSteps.from_url(made.url())
        assert torch.equal(widget.start, start)
        rule = {"loss": loss, "rate": rate, "focus": {"alpha": alpha, "gamma": gamma}}
        cases.append({"start": start.flatten().tolist(), "y": y.int().flatten().tolist(), "rule": rule})
        paths.append(widget.path("left").flatten(1))
    program = """return data.map(({ start, y, rule }) => {
        const logits = descent(start, y, rule);
        const last = logits(100);
        return [0, 1, 10, 50].map(logits).concat([last]);
    });"""
    came = torch.tensor(javascript("gradient_steps/state.js", program, cases), dtype=torch.float64)
    expected = torch.stack([path[[0, 1, 10, 50, 100]] for path in paths])
    assert len(expected) == 40
    worst = ((came - expected).abs() / expected.abs().clamp(min=1)).max().item()
    assert worst <= 1e-12  # NaN fails too


def test_what_is_told_of_a_place_is_what_torch_says():
    """Value and length of the gradient, and of the sum the lengths of both parts."""
    z = to_logits(SURE)
    program = """const rule = (loss) => ({ loss, rate: 1, focus: { alpha: 0.3, gamma: 1 } });
    return data.losses.map((loss) => {
        const { value, length, parts } = told(data.z, data.y, rule(loss));
        return [value, length, ...parts.map(([, one]) => one)];
    });"""
    data = {"losses": list(LOSSES), "z": z.flatten().tolist(), "y": LUNG.int().flatten().tolist()}
    came = javascript("gradient_steps/state.js", program, data)

    def length(name: str) -> float:
        return torch.func.grad(loss_named(name, 0.3, 1))(z, LUNG).norm().item()

    for name, told in zip(LOSSES, came, strict=True):
        expected = [loss_named(name, 0.3, 1)(z, LUNG).item(), length(name)]
        expected += [length("bce"), length("dice")] if name == "bce_dice" else []
        assert told == pytest.approx(expected, rel=1e-12)


# ---- Python ------------------------------------------------------------------------------------------------


def test_the_path_is_that_of_the_walkthrough():
    """From the start to where the widget stands, with the loss and the rate of the side."""
    widget = GradientSteps(LUNG, SURE, left="dice", right="bce", rate=30, step=7)
    for side, loss in (("left", dice_loss), ("right", bce_loss)):
        expected = descend(loss, to_logits(SURE), LUNG, rate=30, steps=7)
        assert torch.equal(widget.path(side), expected)
        assert expected.shape == (8, 10, 10)
    widget.set_state({"step": 9})
    assert len(widget.path("left")) == 10


@pytest.mark.parametrize(
    ("name", "value", "error", "says"),
    [
        ("start", LUNG * 4 - 2, ValueError, r"start .*-2 to 2.*torch\.sigmoid"),
        ("target", LUNG_PROBABILITIES, ValueError, "target .*0 and 1"),
        ("left", "tversky", ValueError, "left .*'tversky'"),
        ("rate", 0, ValueError, r"rate .*\[0.001, 1000\]"),
        ("step", 301, ValueError, r"step .*\[0, 300\]"),
        ("step", 1.5, ValueError, r"step must be a whole number in \[0, 300\]; got 1.5"),
        ("show", "loss", ValueError, "show .*'probability', 'gradient'"),
    ],
)
def test_what_is_wrong_is_refused_and_the_last_good_state_stays(name, value, error, says):
    """The error says what came and what is expected."""
    widget = GradientSteps(LUNG, SURE)
    before = widget.get_state()
    with pytest.raises(error, match=says):
        setattr(widget, name, value)
    assert widget.get_state() == before


def test_a_side_is_left_or_right():
    """Anything else is refused."""
    with pytest.raises(ValueError, match="side must be 'left' or 'right'; got 'middle'"):
        GradientSteps(LUNG).path("middle")


def test_the_still_shows_both_sides():
    """Two grids with their numbers, the losses and the step; the same bytes each time."""
    widget = GradientSteps(LUNG, SURE, step=50)
    still = widget._snapshot()
    assert still == widget._snapshot()
    assert still.count("step 50, rate 10") == 4  # in both grids and in the label
    assert "bce 0.1264" in still
    assert "dice 0.5955" in still


# ---- the page ----------------------------------------------------------------------------------------------


def test_step_and_play(show):
    """A step is one; play goes on by itself until it is stopped, and Python is told at the stop."""
    page = show(GradientSteps(LUNG, SURE))
    button(page, "Step").click()
    button(page, "Step").click()
    assert state(page, "step") == 2
    button(page, "Back").click()
    assert page.evaluate("models[0].saved.map((one) => one.step)") == [1, 2, 1]
    button(page, "Play").click()
    page.wait_for_function("models[0].get('step') > 4")
    button(page, "Pause").click()
    here = state(page, "step")
    assert page.evaluate("models[0].saved.at(-1).step") == here
    expect(button(page, "Play")).to_be_visible()
    go_to(page, 300)
    expect(button(page, "Step")).to_have_attribute("aria-disabled", "true")
    button(page, "Step").dispatch_event("click")
    assert state(page, "step") == 300


def test_what_the_text_says_is_on_the_page(show):
    """Dice leaves the invented pixel alone that BCE moves; both grids, the text and the plot say it."""
    page = show(GradientSteps(LUNG, SURE, left="dice", right="bce"))
    cell(page, 0, 6, 3).focus()
    go_to(page, 100)
    dice, bce = (
        torch.sigmoid(descend(loss, to_logits(SURE), LUNG)[-1])[6, 3].item() for loss in (dice_loss, bce_loss)
    )
    assert (round(dice, 2), round(bce, 2)) == (0.97, 0.18)
    assert cell(page, 0, 6, 3).text_content() == "0.97"
    assert cell(page, 1, 6, 3).text_content() == "0.18"
    told = re.sub(r"\s+", " ", page.locator(".gs-pixel").text_content())
    assert "Pixel in row 7, column 4y = 0, start p = 0.98" in told
    assert f"Left, Dice: p = {dice:.4g}" in told
    assert f"Right, BCE: p = {bce:.4g}" in told
    curve = page.locator(".pl-plot .pl-curve.gs-left").first.get_attribute("d")
    assert curve.count("L") == 100  # from the start, a point a step
    value = dice_loss(descend(dice_loss, to_logits(SURE), LUNG)[-1], LUNG).item()
    expect(page.locator("[data-of=value]").first).to_have_text(f"{value:.4g}")
    expect(page.get_by_role("status")).to_contain_text("Step 100.")


def test_the_sum_tells_which_part_leads(show):
    """BCE's and Dice's gradients beside that of the sum; at step 20 BCE is the longer, at 25 Dice."""
    page = show(GradientSteps(LUNG, SURE, left="bce_dice", right="bce"))
    for step, longer in ((20, "bce"), (25, "dice")):
        go_to(page, step)
        sizes = {name: float(page.locator(f"[data-of={name}]").text_content()) for name in ("bce", "dice")}
        assert max(sizes, key=sizes.get) == longer


def test_painting_changes_the_start_of_both(show):
    """A stroke goes back to step 0; undo brings the start and the step back."""
    page = show(GradientSteps(LUNG, SURE, step=40, brush=0.3))
    cell(page, 1, 0, 0).click()
    assert state(page, "step") == 0
    assert state(page, "start")[0][0] == 0.3
    assert cell(page, 0, 0, 0).text_content() == cell(page, 1, 0, 0).text_content() == "0.3"
    page.keyboard.press("Control+z")
    assert (state(page, "step"), state(page, "start")[0][0]) == (40, 0.02)
    cell(page, 0, 0, 0).press("9")
    assert state(page, "start")[0][0] == 0.9
    button(page, "Reset").click()
    assert (state(page, "step"), state(page, "start")) == (40, SURE.tolist())


def test_a_start_and_a_truth_can_be_chosen(show):
    """Each goes back to step 0, and the edge of the truth follows."""
    half = torch.full_like(LUNG, 0.5)
    page = show(
        GradientSteps(LUNG, SURE, step=9, presets={"half": half}, truths={"lung": LUNG, "none": 0 * LUNG})
    )
    button(page, "half").click()
    assert state(page, "step") == 0
    expect(button(page, "half")).to_have_attribute("aria-pressed", "true")
    assert page.locator(".sl-edge").first.get_attribute("d") != ""
    button(page, "none").click()
    expect(page.locator(".sl-edge").first).to_have_attribute("d", "")
    go_to(page, 100)
    assert float(cell(page, 0, 3, 3).text_content()) < 0.5


def test_losses_rate_and_map(show):
    """Each is chosen on the page; focal has its sliders, and signs stand in the gradient's numbers."""
    page = show(GradientSteps(LUNG, SURE))
    expect(page.get_by_role("slider", name="γ")).to_be_hidden()
    page.get_by_role("combobox", name="Right loss").select_option("focal")
    expect(page.get_by_role("slider", name="γ")).to_be_visible()
    page.get_by_role("combobox", name="Learning rate").select_option("30")
    button(page, "Gradient").click()
    assert (state(page, "right"), state(page, "rate"), state(page, "show")) == ("focal", 30, "gradient")
    assert cell(page, 0, 1, 5).text_content().startswith("−")
    assert cell(page, 0, 6, 3).text_content().startswith("+")


def test_nothing_moves_where_less_motion_is_asked_for(show):
    """Play is not offered; steps are."""
    page = show(GradientSteps(LUNG, SURE), reduced_motion="reduce")
    assert button(page, "Play").count() == 0
    button(page, "Step").click()
    assert state(page, "step") == 1


def test_what_python_sets_is_drawn(show):
    """Any rate has its place in the list, and a link's step that is none is rounded."""
    page = show(GradientSteps(LUNG, SURE, rate=7), views=2)
    assert page.get_by_role("combobox", name="Learning rate").first.input_value() == "7"
    page.evaluate("models[0].set('step', 2.4)")
    expect(page.get_by_role("slider", name="Step").first).to_have_value("2")
    page.evaluate("models[0].set('language', 'zh')")
    expect(button(page, "播放").first).to_be_visible()
    page.evaluate("models[0].cleanups.forEach((done) => done())")
    assert page.evaluate("models[0].listeners.length") == 0


def test_both_languages_have_every_word():
    """The table has the same keys in English and Chinese."""
    table = (HERE / "gradient_steps/words.js").read_text("utf-8")
    en, zh = (set(re.findall(r"^ {4}(\w+):", part, re.M)) for part in table.split("  zh: {"))
    assert en == zh

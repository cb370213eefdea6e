"""For each widget: readable by everyone, on any width, in both languages, on paper and in forced colours.

Questions have two faces and covers, so their own tests see to them.
"""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
import torch

from seglosses.grids import CLASS_MAP, CLASS_PREDICTION, LUNG, LUNG_PROBABILITIES, PREDICTION_2
from seglosses.widgets import (
    ClassPainter,
    FocalExplorer,
    GradientSteps,
    GridPainter,
    LossComparer,
    Playground,
    ProbabilityPainter,
    ThresholdExplorer,
    TrainingPlayer,
)

P = torch.linspace(0, 1, 100, dtype=torch.float64).reshape(10, 10)


def player() -> TrainingPlayer:
    """Two images, two losses, three recorded steps."""
    masks = torch.stack([LUNG, PREDICTION_2])[:, None]
    frames = torch.stack([(255 * P).to(torch.uint8).roll(k) for k in range(6)]).reshape(3, 2, 10, 10)
    losses, steps = torch.linspace(1, 0.1, 4), [0, 2, 4]
    runs = {
        "BCE": SimpleNamespace(losses=losses, steps=steps, frames=frames),
        "Dice": SimpleNamespace(losses=losses, steps=steps, frames=255 - frames),
    }
    return TrainingPlayer(0.5 * masks, masks, runs, step=2)


def thresholds() -> ThresholdExplorer:
    """A model over two images, and one that was trained with the focal loss, translated."""
    two = torch.stack([LUNG, PREDICTION_2])[:, None]
    models = {"BCE": (0.1 + 0.8 * two, two), "Focal": (P, LUNG)}
    return ThresholdExplorer(models, focal={"Focal": (0.25, 2)}, model="Focal", reading="translated")


EVERY: list[Callable] = [
    lambda: Playground({"loss": "focal"}, {"loss": "bce_dice"}, show="mask"),
    lambda: GridPainter(LUNG, PREDICTION_2, presets={"prediction 2": PREDICTION_2}, plot="dice_of_iou"),
    lambda: GridPainter(LUNG * 0),
    lambda: ClassPainter(
        CLASS_MAP.where(CLASS_MAP > 0, 255), CLASS_PREDICTION, presets={"all 0": 0 * CLASS_MAP}
    ),
    lambda: ProbabilityPainter(LUNG, P, loss="focal"),
    lambda: ProbabilityPainter(LUNG, P, loss="dice", show="gradient"),
    lambda: GradientSteps(LUNG, P, left="bce_dice", right="focal", step=9, truths={"none": 0 * LUNG}),
    lambda: FocalExplorer(LUNG, LUNG_PROBABILITIES, alpha=None, view="gradient"),
    lambda: FocalExplorer(LUNG, LUNG_PROBABILITIES, alpha=0.35, gamma=2.2, p_t=0.9),  # the longest numbers
    lambda: LossComparer(LUNG, PREDICTION_2, LUNG),
    thresholds,
    player,
]
IDS = [
    "playground",
    "grid",
    "empty",
    "classes",
    "focal map",
    "gradient",
    "steps",
    "explorer",
    "long",
    "comparer",
]
IDS += ["threshold", "player"]
every = pytest.mark.parametrize("make", EVERY, ids=IDS)


@every
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_axe_finds_nothing_and_it_fits_any_width(show, make, lang, violations):
    """Zero violations in both themes; nothing sticks out; on a phone every control is 44 px high."""
    page = show(make(), lang=lang)
    for theme, width in [("light", 320), ("light", 390), ("dark", 1280)]:
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width == 320:
            continue
        assert violations(page) == []
        if width < 1000:
            heights = "[...document.querySelectorAll('button, input, select')].map((one) => one.offsetHeight)"
            assert min(height for height in page.evaluate(heights) if height) >= 44


@every
def test_paper_shows_values_and_no_controls(show, make):
    """In print no button and no slider stands; what the sliders say does."""
    page = show(make())
    page.emulate_media(media="print")
    assert page.locator("button:visible, input:visible").count() == 0
    values = page.locator(".sl-slider:not([data-control=brush]) .sl-number")
    for value in values.all():
        assert value.is_visible() or value.locator("xpath=ancestor::*[@hidden]").count()


@every
def test_forced_colours_leave_no_pattern_out(show, make):
    """Where the system forces its colours, what only a background tells keeps it: bars, samples, tints."""
    page = show(make())
    page.emulate_media(forced_colors="active")
    kept = page.locator(".fe-part, .pp-bar > *, .pp-swatch, .sl-sample, .cp-sample")
    plain = kept.evaluate_all("""all => all.filter((one) => {
        const style = getComputedStyle(one);
        return style.forcedColorAdjust !== "none" || style.display === "none";
    }).map((one) => one.outerHTML)""")
    assert plain == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_sliders_filled_part_has_a_colour_of_its_own(show, theme):
    """In the dark it is blue: in the pale ink it could hardly be told from the rest in Firefox."""
    page = show(thresholds(), theme=theme)
    looks = "(one) => [getComputedStyle(one).accentColor, getComputedStyle(one).color]"
    accent, ink = page.locator(".sl-slider input").first.evaluate(looks)
    assert (accent == "rgb(74, 163, 223)") == (theme == "dark"), (accent, ink)


def test_stripes_are_tiles(show):
    """A pattern is a small tile, repeated: WebKit draws a repeating gradient on a wide bar in blotches."""
    for make in EVERY:
        grounds = (
            show(make())
            .locator(".fe-part, .pp-bar > *, .pp-swatch")
            .evaluate_all("all => all.map((one) => getComputedStyle(one).backgroundImage)")
        )
        assert not [ground for ground in grounds if "repeating" in ground]

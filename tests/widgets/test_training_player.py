"""The training player: recorded steps, two losses, one image; true to the run and usable by everyone."""

import gzip
import json
import re
from dataclasses import dataclass

import pytest
import torch
from playwright.sync_api import Page, expect
from torch import Tensor

from seglosses import bce_loss
from seglosses.metrics import dice_score
from seglosses.training.examples import Examples, lungs
from seglosses.training.loop import train
from seglosses.widgets import TrainingPlayer
from seglosses.widgets.training_player import _levels, _nibbles
from tests.widgets.scripts import javascript


@dataclass
class Run:
    """As much of a training as the player looks at."""

    losses: Tensor
    steps: list[int]
    frames: Tensor


def fading(first: float, last: float, mask: Tensor) -> Run:
    """Five frames of both images, from a probability for all pixels to one for the mask alone."""
    ways = [first + t * (last - first) * (2 * mask - 1) for t in torch.linspace(0, 1, 5)]
    frames = torch.stack(ways)[:, :, 0].clamp(0, 1)
    losses = torch.linspace(first, 0.1, 8)
    return Run(losses, [0, 2, 4, 6, 8], (255 * frames).round().to(torch.uint8))


LUNGS = lungs(2, size=24)
RUNS = {"BCE": fading(0.5, 0.9, LUNGS.masks), "Dice": fading(0.4, 0.7, LUNGS.masks)}
RUNS["Odd"] = Run(RUNS["BCE"].losses, RUNS["BCE"].steps, 255 - RUNS["BCE"].frames)


def player(**options) -> TrainingPlayer:
    """Three runs of five frames on two images of 24 by 24 pixels."""
    return TrainingPlayer(*LUNGS, RUNS, **{"left": "BCE", "right": "Dice", **options})


def state(page: Page, name: str):
    """What the model on the page holds."""
    return page.evaluate("(name) => window.models[0].get(name)", name)


def said(page: Page) -> list[str]:
    """The scores under the two pictures."""
    return page.locator(".tp-said").all_inner_texts()


def stop_the_clock(page: Page) -> None:
    """From now on time passes on the page only by ``page.clock.run_for``."""
    page.clock.install(time=0)
    page.clock.pause_at(24 * 60 * 60)  # later than a slow machine can get before this line


def scores(name: str, step: int, image: int) -> str:
    """What the page must say of a run's frame, from the frame itself."""
    run = RUNS[name]
    p = run.frames[run.steps.index(step), image] / 255
    mask = LUNGS.masks[image, 0]
    dice = dice_score(p[None] > 0.503, mask[None], empty=1).item()
    missed, invented = ((p <= 0.503) & (mask == 1)).sum(), ((p > 0.503) & (mask == 0)).sum()
    return f"Dice {dice:.4f}, {missed} missed, {invented} invented"


# ---- data --------------------------------------------------------------------------------------------------


def test_the_page_unpacks_what_python_packed():
    """Every one of the 256 values, in frames of an odd number of pixels too, comes back as its level."""
    values = [*range(256), 7]
    levels = _levels(torch.tensor(values))
    unpacked = javascript("training_player/state.js", "return unpack(data, 257)", _nibbles(levels))
    assert unpacked == levels.tolist() == [max(v - 1, 0) // 16 for v in values]
    assert levels[128] == 7
    assert levels[129] == 8


def test_every_frame_has_the_scores_of_the_run(show):
    """Both losses, each step, both images: Dice, missed and invented pixels are those of the frame."""
    page = show(player())
    for image in (0, 1):
        page.evaluate("(to) => models[0].set('image', to)", image)
        for step in RUNS["BCE"].steps:
            page.evaluate("(to) => models[0].set('step', to)", step)
            assert said(page) == [scores("BCE", step, image), scores("Dice", step, image)]


def test_the_marks_and_areas_cover_the_right_pixels(show):
    """Each kind's area and number of marks is its count; at step 0 of BCE nothing is predicted."""
    page = show(player(left="Odd", right="BCE", step=8))
    area = """kind => [...document.querySelectorAll(`.tp-picture g .tp-${kind}`)].map((path) =>
      [...path.getAttribute("d").matchAll(/h([0-9]+)/g)].reduce((sum, [, n]) => sum + Number(n), 0))"""
    lung = int(LUNGS.masks[0].sum())
    assert page.evaluate(area, "fp") == [24 * 24 - lung]
    assert page.evaluate(area, "tp") == [lung]
    marks = page.locator("g .tp-mark-fn").first.get_attribute("d")
    assert marks.count("M") == lung
    page.evaluate("models[0].set('step', 0)")
    assert page.evaluate(area, "fp") == page.evaluate(area, "tp") == []


def test_a_real_run_fits_and_is_light():
    """Six losses, eleven frames, two images of 48 pixels: under 300 kB as it is, under 60 kB compressed."""
    two = lungs(2)
    run = train(bce_loss, Examples(*two), two, 10, every=1, batch_size=2)
    widget = TrainingPlayer(*two, {f"loss {k}": run for k in range(6)})
    data = {k: v for k, v in widget.get_state().items() if k not in ("_esm", "_css")}
    assert len(json.dumps(data)) < 300_000
    assert len(gzip.compress(json.dumps(data).encode())) < 60_000
    assert torch.equal(widget.probabilities("loss 3"), run.frames[-1, 0].double() / 255)


# ---- by hand -----------------------------------------------------------------------------------------------


def test_scrubbing_by_keyboard(show):
    """An arrow is one recorded step; the live region reads both scores, and Python gets the step once."""
    page = show(player(step=2))
    page.get_by_role("slider", name="Step").focus()
    page.keyboard.press("ArrowRight")
    assert state(page, "step") == 4
    expected = f"Step 4. BCE: {scores('BCE', 4, 0)}. Dice: {scores('Dice', 4, 0)}."
    expect(page.get_by_role("status")).to_have_text(expected)
    assert page.evaluate("models[0].saved") == [{"step": 4}]
    expect(page.get_by_role("img", name=f"BCE, step 4: {scores('BCE', 4, 0)}")).to_be_visible()
    page.keyboard.press("End")
    assert state(page, "step") == 8
    expect(page.get_by_role("button", name="Next")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="Next").press("Enter")  # it keeps the focus and does nothing
    assert state(page, "step") == 8
    page.get_by_role("button", name="Back").press("Enter")
    assert state(page, "step") == 6


def test_playing_and_pausing(show):
    """Play starts over from the end, stops when told, and says where it stands only then."""
    page = show(player())
    stop_the_clock(page)
    page.get_by_role("button", name="Play").click()
    assert state(page, "step") == 0
    page.clock.run_for(1100)
    assert state(page, "step") == 4
    expect(page.get_by_role("status")).to_be_empty()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("status")).to_contain_text("Step 4.")
    page.clock.run_for(3000)
    assert state(page, "step") == 4
    page.get_by_role("button", name="Play").click()
    page.clock.run_for(3000)
    assert state(page, "step") == 8
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert page.evaluate("models[0].saved.at(-1)") == {"step": 8}


def test_less_motion_is_offered_where_it_is_asked_for(show):
    """With the system's wish for less motion there is no Play; the steps are walked one by one."""
    page = show(player(step=0), reduced_motion="reduce")
    expect(page.get_by_role("button", name="Play")).to_have_count(0)
    page.get_by_role("button", name="Next").click()
    assert state(page, "step") == 2


def test_the_plot_is_a_scrubber_too(show):
    """Dragging over the curves goes to the nearest recorded step, and sends it once."""
    page = show(player())
    box = page.locator(".pl-plot").bounding_box()
    x = box["x"] + 46 + 0.55 * (box["width"] - 64)
    page.mouse.move(box["x"] + 60, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(x, box["y"] + 100, steps=4)
    page.mouse.up()
    assert page.evaluate("models[0].saved") == [{"step": 4}]


def test_choosing_losses_image_view_and_curve(show):
    """Each choice changes what is shown and reaches Python."""
    page = show(player())
    page.get_by_label("Right loss").select_option("Odd")
    page.get_by_role("button", name="Image 2").click()
    assert said(page)[1] == scores("Odd", 8, 1)
    page.get_by_role("button", name="Probability").click()
    assert page.locator(".tp-shade").count() > 0
    assert page.locator("g .tp-tp").count() == 0
    page.get_by_role("button", name="Loss", exact=True).click()
    assert page.locator(".pl-axes text").all_text_contents()[-1] == "loss of the batch"
    names = ("right", "image", "show", "curve")
    assert [state(page, name) for name in names] == ["Odd", 1, "probability", "loss"]
    assert len(page.evaluate("models[0].saved")) == 4


def test_two_views_show_one_model_and_leave_no_trace(show):
    """What moves in one view moves in the other; taken off the page, both stop listening and playing."""
    page = show(player(step=0), views=2, lang="zh")
    page.get_by_label("左侧损失").first.select_option("Odd")
    expect(page.get_by_label("左侧损失").last).to_have_value("Odd")
    page.evaluate("models[0].set('language', 'en')")
    stop_the_clock(page)
    page.get_by_role("button", name="Play").last.click()
    page.evaluate("models[0].cleanups.forEach((stop) => stop())")
    assert page.evaluate("models[0].listeners.length") == 0
    page.clock.run_for(3000)
    assert state(page, "step") == 0


def test_a_frame_of_the_largest_grid_is_drawn_in_time(show):
    """64 by 64 pixels of noise, the hardest case, both pictures: within 50 ms at the 95th percentile."""
    noise = torch.rand(2, 64, 64, generator=torch.Generator().manual_seed(0))
    frames = (255 * noise).to(torch.uint8)[:, None]
    mask = (noise[:1, None] > 0.6).float()
    run = Run(torch.ones(1), [0, 1], frames)
    page = show(TrainingPlayer(noise[:1, None], mask, {"one": run, "two": run}))
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def worked() -> float:  # processor time of the page's thread: a clock would count the tests beside it
        metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
        return 1000 * metrics["TaskDuration"]

    times = []
    for i in range(40):
        before = worked()
        page.evaluate(
            """step => {
                 models[0].set("step", step);
                 document.querySelector(".tp-picture").getBoundingClientRect();
               }""",
            i % 2,
        )
        times.append(worked() - before)
    assert sorted(times)[37] < 50


def test_a_link_opens_the_same_frame_over_the_same_recording(show):
    """Losses, step, image and views travel from the page to Python and back; a link of nowhere is refused."""
    page = show(player(left="Odd", step=4, image=1, show="probability", curve="loss"))
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Copy as Python").click()
    made = {"images": LUNGS[0], "masks": LUNGS[1], "runs": RUNS}
    exec(page.get_by_label("Text to copy").input_value().replace("\nTraining", "\nmade = Training"), made)
    expected = {"left": "Odd", "right": "Dice", "step": 6, "image": 1, "show": "probability", "curve": "loss"}
    assert made["made"].get_state(list(expected)) == expected
    other = player(left="Dice", right="BCE", step=2, name="training")
    page.evaluate("hash => { location.hash = hash }", other.url())
    page.wait_for_function("models[0].get('left') === 'Dice'")
    assert [state(page, name) for name in ("left", "right", "step", "image")] == ["Dice", "BCE", 2, 0]
    assert len(other.url()) < 30
    with pytest.raises(
        ValueError, match=r"must hold a state of a widget of the kind 'training'; got .* Hint: "
    ):
        TrainingPlayer.from_url(player(right="Odd").url(), *LUNGS, {"BCE": RUNS["BCE"]})


# ---- in Python ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("left", "Hinge", "left must be one of 'BCE', 'Dice', 'Odd'; got 'Hinge'. Hint: "),
        ("step", 3, "step must be one of 0, 2, 4, 6, 8; got 3. Hint: "),
        ("step", True, "step must be one of 0, 2, 4, 6, 8; got True"),
        ("image", 2, "image must be one of 0, 1; got 2"),
        ("show", "film", "show must be one of 'mask', 'probability'"),
    ],
)
def test_a_bad_value_is_refused_and_the_last_good_one_stays(name, value, says):
    """The error names the trait, what came and what is expected."""
    widget = player()
    before = widget.get_state()
    with pytest.raises(ValueError, match=says):
        setattr(widget, name, value)
    with pytest.raises(ValueError, match=says):
        player(**{name: value})
    assert widget.get_state() == before


def test_what_does_not_fit_together_is_refused():
    """Shapes, sizes, masks, steps: each error says what came and what is expected."""
    images, masks = LUNGS
    bce = RUNS["BCE"]
    bad = [
        ((images, masks[:1], RUNS), r"share one shape \(N, 1, H, W\); got \(2, 1, 24, 24\) and \(1, 1"),
        (
            (images, 0.5 * masks, RUNS),
            "masks must be a mask of 0 and 1; got a pixel of 0.5. Hint: masks > 0.5",
        ),
        ((images, masks, {}), "at least one recorded training; got none. Hint: "),
        ((images[:1], masks[:1], RUNS), r"the frames of 'BCE' must have the shape"),
        (
            (torch.zeros(1, 1, 72, 72),) * 2 + (RUNS,),
            r"at most 64 pixels along a side; got \(72, 72\)\. Hint: ",
        ),
        (
            (images, masks, {**RUNS, "x": Run(bce.losses, [0, 1, 2, 3, 4], bce.frames)}),
            r"runs must all record the steps .*; got .* from 'x'\. Hint: ",
        ),
        (
            (images, masks, {"x": Run(bce.losses, [0, 1, 2, 4, 8], bce.frames)}),
            "equally far apart; got .* Hint: ",
        ),
    ]
    for arguments, says in bad:
        with pytest.raises(ValueError, match=says):
            TrainingPlayer(*arguments)


def test_the_picture_and_the_repr_are_true_to_the_state():
    """Both give the scores of the two frames, the same bytes every time, small and without a word."""
    widget = player(step=4, image=1)
    dice, missed, invented = re.findall(r"[\d.]+", scores("Dice", 4, 1))
    line = f"Dice: Dice {dice}, FN {missed}, FP {invented}"
    assert line in repr(widget)
    for options in ({}, {"show": "probability", "curve": "loss"}):
        picture = player(step=4, image=1, **options)._snapshot()
        assert picture == player(step=4, image=1, **options)._snapshot()
        assert f">{line}</text>" in picture
        assert len(picture) < 60_000

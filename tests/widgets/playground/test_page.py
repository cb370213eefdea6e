"""The playground on a page: it trains, stops, looks back, opens from links, and is usable by everyone."""

import gzip
import json
import re
from dataclasses import asdict

import pytest
import torch
from live_widgets import COMMENT
from playwright.sync_api import Page, expect

from seglosses.training.dilated import Learner, Setup, learn, scores, weights_of
from seglosses.widgets import Playground
from seglosses.widgets.playground import COMMON, OWN, SIDES, story_setup
from seglosses.widgets.playground.stories import STORIES

QUIET = {"left": {"loss": "bce"}, "right": {"loss": "bce", "prior": 0.01}}


def state(page: Page, name: str):
    """What the model on the page holds."""
    return page.evaluate("(name) => window.models[0].get(name)", name)


def rests(page: Page, step: int) -> None:
    """Wait until the trainings stand at a step and the page has said so."""
    expect(page.get_by_role("status")).to_contain_text(f"Step {step}.")


def table(page: Page) -> dict[str, list[str]]:
    """What the table says, by measure."""
    rows = page.locator(".sl-table tbody tr")
    return {row[0]: row[1:] for row in (one.split("\t") for one in rows.all_inner_texts())}


def torch_says(setup: Setup, steps: int, threshold: float = 0.5) -> tuple[Learner, dict[str, float]]:
    """The same training in torch, and its scores by the names of the page."""
    learner = Learner(setup)
    for _ in range(steps):
        learner.step()
    found = scores(learner.model, learner.task, threshold)
    return learner, {
        "loss": learner.loss,
        "Dice": found.dice,
        "recall": found.recall,
        "calibration error": found.calibration,
        "largest p": found.largest,
        "length of gradient": learner.length,
    }


# ---- it trains ---------------------------------------------------------------------------------------------


def test_steps_are_those_of_torch_and_reach_python(show, number):
    """One step, fifty more, back along the curve: the table has torch's scores, Python gets the weights."""
    widget = Playground(**QUIET)
    page = show(widget)
    rests(page, 0)
    expect(page.get_by_text("allows no worker")).to_have_count(0)
    page.get_by_role("button", name="Step", exact=True).click()
    rests(page, 1)
    page.get_by_role("button", name="50 steps").press("Enter")
    rests(page, 51)
    for i, side in enumerate(SIDES):
        learner, expected = torch_says(widget.setup(side), 51)
        for name, value in expected.items():
            assert number(table(page)[name][i]) == pytest.approx(value, rel=5e-3, abs=1e-9), name
        sent = page.evaluate("models[0].saved.findLast((one) => one._weights)")
        widget.set_state(sent)
        assert widget.step == 51
        torch.testing.assert_close(
            weights_of(widget.model(side)), weights_of(learner.model), rtol=0, atol=1e-6
        )
    before = len(page.evaluate("models[0].saved"))
    page.locator(".pl-plot").scroll_into_view_if_needed()
    box = page.locator(".pl-plot").bounding_box()
    page.mouse.click(box["x"] + 46 + 0.1 * (box["width"] - 64), box["y"] + 100)  # a tenth of 100
    rests(page, 10)
    assert state(page, "step") == 10
    assert len(page.evaluate("models[0].saved")) == before + 1
    assert number(table(page)["largest p"][1]) == pytest.approx(
        torch_says(widget.setup("right"), 10)[1]["largest p"], rel=5e-3
    )


def test_playing_pausing_and_starting_over(show):
    """Play goes on by itself, in steps of five; Pause stops it; a new setting starts over; Reset too."""
    page = show(Playground(**QUIET))
    rests(page, 0)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("Number(/[0-9]+/.exec(document.querySelector('.pg-at').textContent)[0]) >= 20")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.wait_for_function("models[0].get('step') >= 20")
    stopped = state(page, "step")
    assert stopped % 5 == 0
    rests(page, stopped)
    page.get_by_label("Left: Loss").select_option(label="Dice")
    rests(page, 0)
    assert (state(page, "left_loss"), state(page, "step")) == ("dice", 0)
    expect(page.get_by_label("Left: Smoothing s")).to_be_visible()
    expect(page.get_by_label("Left: alpha")).to_be_hidden()
    page.get_by_role("button", name="Step", exact=True).click()
    rests(page, 1)
    page.get_by_role("button", name="Reset").click()
    rests(page, 0)


def test_where_workers_are_forbidden_it_shares_the_pages_time(show, number):
    """The same numbers come in slices, and the page says so."""
    widget = Playground(**QUIET, runs=2)
    page = show()
    page.evaluate("() => { window.Worker = class { constructor() { throw new Error('no'); } }; }")
    page.evaluate("(state) => window.mount(state, 1)", json.loads(json.dumps(widget.get_state())))
    rests(page, 0)
    expect(page.get_by_text("This page allows no worker")).to_be_visible()
    page.get_by_role("button", name="Step", exact=True).click()
    rests(page, 1)
    assert number(table(page)["loss"][0]) == pytest.approx(torch_says(widget.setup(), 1)[1]["loss"], rel=5e-3)
    expect(page.locator(".pl-curve.pg-thin")).to_have_count(2)


def test_a_page_from_a_file_has_workers(show, tmp_path, harness):
    """Opened as a file, too, it trains beside the page."""
    page = show()
    path = tmp_path / "page.html"
    path.write_text(f"<!doctype html><title>A page</title><main></main><script>{harness}</script>", "utf-8")
    page.goto(path.as_uri())
    page.evaluate("(state) => window.mount(state, 1)", json.loads(json.dumps(Playground().get_state())))
    rests(page, 0)
    expect(page.get_by_text("allows no worker")).to_have_count(0)


def test_an_overflow_is_shown_with_its_step(show):
    """Steps far too long: the page names the step, in sight and aloud, and does not hang."""
    wild = {"seed": 5, "loss": "bce"}
    page = show(
        Playground(wild, wild, task="lungs", optimizer="sgd", learning_rate=1000, batch_size=1, step=12)
    )
    said = "A number no longer fits: overflow at step 8. It learns nothing more."
    rests(page, 12)
    expect(page.get_by_text(said).first).to_be_visible()
    assert page.get_by_role("status").inner_text().count(said) == 2


# ---- it is looked at ---------------------------------------------------------------------------------------


def test_the_threshold_moves_mask_scores_and_curve(show, number):
    """Dragging it changes no training: Dice, recall and the whole curve follow, as torch has them."""
    widget = Playground(**QUIET, step=100)
    page = show(widget)
    rests(page, 100)
    assert number(table(page)["Dice"][0]) == 0
    page.get_by_role("slider", name="Threshold").fill("0.2")
    page.wait_for_function("models[0].get('threshold') === 0.2")
    _, expected = torch_says(widget.setup(), 100, 0.2)
    assert expected["Dice"] > 0.3
    assert number(table(page)["Dice"][0]) == pytest.approx(expected["Dice"], rel=0.02)
    page.get_by_role("button", name="Mask").click()
    first = page.locator(".pg-side").first.get_by_role("img").first
    found, missed, invented = map(
        int,
        re.search(r"(\d+) found, (\d+) missed, (\d+) invented", first.get_attribute("aria-label")).groups(),
    )
    area = "path => [...path.getAttribute('d').matchAll(/h([0-9]+)/g)].reduce((sum, [, n]) => sum + +n, 0)"
    paths = [page.locator(".pg-side").first.locator(f".pg-{kind}").first for kind in ("tp", "fp")]
    assert [path.evaluate(area) for path in paths] == [found, invented]
    assert page.locator(".pg-side .pg-mark-fn").first.get_attribute("d").count("M") == missed
    page.get_by_role("button", name="Layers").click()
    expect(page.get_by_role("img", name="Left: the eight channels")).to_be_visible()
    lit = """() => [...document.querySelectorAll('.pg-layers canvas')].map((one) =>
        one.getContext('2d').getImageData(0, 0, one.width, one.height).data.some((v, i) => i % 4 < 3 && v))"""
    page.wait_for_function(f"({lit})().every(Boolean)")


def test_every_curve_can_be_chosen(show):
    """Each measure has its axis; that of the gradient is logarithmic."""
    page = show(Playground(step=10))
    rests(page, 10)
    names = ["loss", "recall", "calibration error", "largest p", "length of gradient", "Dice"]
    for name in names:
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.locator(".pl-axes")).to_contain_text(name)
    assert state(page, "curve") == "dice"


@pytest.mark.parametrize("story", STORIES)
def test_a_story_sets_all_that_it_is_about(show, story):
    """Whatever was set before, a story's button gives its two trainings, and says what to look for."""
    page = show(Playground({"loss": "focal", "gamma": 0, "seed": 7}, task="lungs", empty=0.25, spread=1))
    rests(page, 0)
    page.locator(".pg-stories button").nth(list(STORIES).index(story)).click()
    rests(page, 0)
    for side in SIDES:
        expected = asdict(story_setup(story, side))
        found = {name: state(page, f"{side}_{name}") for name in OWN}
        assert {**found, **{name: state(page, name) for name in COMMON}} == expected
    expect(page.locator(".pg-stories [aria-pressed=true]")).to_have_count(1)
    expect(page.locator(".pg-ask")).not_to_be_empty()
    page.get_by_label("Left: Seed").select_option(label="9")
    expect(page.locator(".pg-stories [aria-pressed=true]")).to_have_count(0)


def test_less_motion_is_offered_where_it_is_asked_for(show):
    """With the system's wish for less motion there is no Play; fifty steps show their end alone."""
    page = show(Playground(), reduced_motion="reduce")
    rests(page, 0)
    expect(page.get_by_role("button", name="Play")).to_have_count(0)
    page.evaluate("""() => {
        window.seen = new Set();
        new MutationObserver(() => seen.add(document.querySelector('.pg-at').textContent))
            .observe(document.querySelector('.pg-at'), { subtree: true, characterData: true });
    }""")
    page.get_by_role("button", name="50 steps").click()
    rests(page, 50)
    assert {re.search(r"\d+", one)[0] for one in page.evaluate("[...seen]")} <= {"0", "50"}


def test_out_of_sight_it_stops(show):
    """A playground below the window does not even begin; once it is seen, it does."""
    page = show(viewport={"width": 800, "height": 400})
    page.evaluate("() => document.querySelector('h1').style.marginBottom = '3000px'")
    page.evaluate("(state) => window.mount(state, 1)", json.loads(json.dumps(Playground(step=5).get_state())))
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(page.get_by_role("status")).to_be_empty()
    page.locator(".playground").scroll_into_view_if_needed()
    rests(page, 5)


def test_no_task_of_the_page_is_long(show):
    """While it trains and is handled, no task of the page takes over 50 ms at a quarter of the speed."""
    page = show(Playground(**QUIET, show="mask"))
    rests(page, 0)
    browser = page.context.browser
    browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline"])
    page.get_by_role("button", name="50 steps").click()
    rests(page, 50)
    page.get_by_role("slider", name="Threshold").press("ArrowLeft")
    page.get_by_role("button", name="Layers").click()
    page.get_by_label("Left: Loss").select_option(label="Dice")
    rests(page, 0)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    main = {(e["pid"], e["tid"]) for e in events if e.get("args", {}).get("name") == "CrRendererMain"}
    tasks = [e for e in events if e["name"].endswith("RunTask") and (e["pid"], e["tid"]) in main]
    # The tests' own requests to the page are tasks, too.
    asked = [e for e in events if e["name"] == "EvaluateScript" and (e["pid"], e["tid"]) in main]
    own = [
        t for t in tasks if not any(t["ts"] <= e["ts"] <= t["ts"] + t["dur"] for e in asked) and "tdur" in t
    ]
    assert len(own) > 50
    assert max(task["tdur"] for task in own) / 1000 < 50 / 4


# ---- it travels --------------------------------------------------------------------------------------------


def test_a_link_opens_the_same_trainings_at_the_same_step(show):
    """All settings and the step travel from Python to the page and back, in few signs."""
    widget = Playground(
        {"loss": "focal", "alpha": None, "gamma": 0.5, "seed": 12},
        {"loss": "bce_dice", "dice_weight": 2.5, "regions": "image", "prior": 0.05},
        task="lungs",
        batch_size=3,
        spread=0.5,
        runs=2,
        step=7,
        threshold=0.3,
        curve="length",
    )
    assert len(widget.url()) < 120
    again = Playground.from_url(widget.url())
    assert again.get_state(list(widget._shared)) == widget.get_state(list(widget._shared))
    page = show(Playground())
    rests(page, 0)
    page.evaluate("hash => { location.hash = hash }", widget.url())
    rests(page, 7)
    assert {name: state(page, name) for name in widget._shared} == widget.get_state(list(widget._shared))
    page.get_by_role("button", name="Copy as Python").click()
    made = {}
    exec(page.get_by_label("Text to copy").input_value().replace("\nPlayground", "\nmade = Playground"), made)
    assert made["made"].url() == widget.url()


def test_two_views_show_one_model_and_leave_no_trace(show):
    """What is set in one view is set in the other; taken off the page, both stop listening and training."""
    page = show(Playground(), views=2, lang="zh")
    page.get_by_label("左: 损失").first.select_option(label="IoU")
    expect(page.get_by_label("左: 损失").last).to_have_value("IoU")
    expect(page.get_by_role("status").first).to_contain_text("第 0 步")
    assert state(page, "left_loss") == "iou"
    page.evaluate("models[0].set('language', 'en')")
    expect(page.get_by_role("status").first).to_contain_text("Step 0.")
    page.get_by_role("button", name="Play").first.click()
    page.evaluate("models[0].cleanups.forEach((stop) => stop())")
    assert page.evaluate("models[0].listeners.length") == 0


def test_python_plays_what_python_has_trained(show, number):
    """With a loss that the page does not know: the recorded weights at each step, and the last at the end."""
    setup = Setup("lungs", "dice", prior=0.2)
    brier = learn(setup, 20, every=10, loss=lambda z, y: ((torch.sigmoid(z) - y) ** 2).mean())
    widget = Playground.from_run(brier)
    assert widget.setup() == setup
    page = show(widget)
    rests(page, 0)
    expect(page.get_by_text("recorded in Python")).to_be_visible()
    page.get_by_role("button", name="50 steps").click()
    rests(page, 50)
    widget.step = 50
    assert torch.equal(weights_of(widget.model()), brier.weights[-1])
    assert number(table(page)["Dice"][0]) == pytest.approx(widget.scores().dice, rel=5e-3)
    assert number(table(page)["loss"][0]) == pytest.approx(brier.losses[-1], rel=5e-3)
    page.get_by_label("Left: Seed").select_option(label="1")
    rests(page, 0)
    expect(page.get_by_text("recorded in Python")).to_have_count(0)
    with pytest.raises(ValueError, match=r"right must be recorded as left was; got .* Hint: "):
        Playground.from_run(brier, learn(Setup("nodules"), 1))


# ---- in Python ---------------------------------------------------------------------------------------------


def test_script_and_data_are_light():
    """Together under 60 kB, compressed, as the site ships them: without comments."""
    state = Playground().get_state()
    shipped = [COMMENT.sub("", state["_esm"]), COMMENT.sub("", state["_css"]), json.dumps(state["_patients"])]
    assert len(gzip.compress("".join(shipped).encode())) < 60_000


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"left": {"lr": 1}}, "left must have only loss, .*; got 'lr'. Hint: "),
        ({"right": {"loss": "hinge"}}, "right_loss must be one of 'bce', .*; got 'hinge'. Hint: "),
        ({"batch_size": 2.5}, r"batch_size must be a whole number in \[1, 16\]; got 2.5. Hint: "),
        ({"step": 1001}, r"step must be a number in \[0, 1000\]; got 1001. Hint: "),
    ],
)
def test_a_bad_setting_is_refused(options, says):
    """The error names the setting, what came and what is expected."""
    with pytest.raises(ValueError, match=says):
        Playground(**options)
    with pytest.raises(ValueError, match=r"side must be one of 'left', 'right'; got 'up'. Hint: "):
        Playground().setup("up")
    with pytest.raises(ValueError, match=r"story must be one of 'quiet', .*; got 'none'. Hint: "):
        story_setup("none", "left")


def test_the_picture_and_the_repr_are_true_to_the_state():
    """Both name the trainings and the step; the picture has the scores, is small and always the same."""
    widget = Playground(**QUIET, step=3)
    assert repr(widget) == "Playground(nodules, step 3: left bce from 0.5; right bce from 0.01)"
    picture = widget._snapshot()
    assert picture == Playground(**QUIET, step=3)._snapshot()
    assert f"bce from 0.01: Dice {widget.scores('right').dice:.4f}" in picture
    assert len(picture) < 60_000

"""The grid painter in a real browser: painted by hand, read like a reader, with no Python behind it."""

import re

import pytest
import torch
from playwright.sync_api import Page, expect

from seglosses import dice_loss, iou_loss
from seglosses.grids import LUNG, PREDICTION_1, PREDICTION_2, as_logits
from seglosses.walkthrough.overlaps import overlap
from seglosses.widgets import GridPainter
from seglosses.widgets.kit.bundle import module

PRESETS = {"prediction 1": PREDICTION_1, "prediction 2": PREDICTION_2}


def painter(prediction=None, **options) -> GridPainter:
    """The lungs of the source, with both of its predictions as presets."""
    return GridPainter(LUNG, prediction, presets=PRESETS, **options)


def cell(page: Page, row: int, col: int, nth: int = 0):
    """One pixel of the nth painter, counted from 0."""
    return page.get_by_role("grid").nth(nth).get_by_role("row").nth(row).get_by_role("gridcell").nth(col)


def centre(page: Page, row: int, col: int) -> tuple[float, float]:
    """Where that pixel is on the screen."""
    box = cell(page, row, col).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, *places: tuple[int, int]) -> None:
    """Press on the first pixel, jump to each of the others, let go."""
    page.mouse.move(*centre(page, *places[0]))
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*centre(page, *place))
    page.mouse.up()


def state(page: Page, name: str = "prediction", nth: int = 0):
    """What the nth model holds."""
    return page.evaluate("([nth, name]) => window.models[nth].get(name)", [nth, name])


def ones(page: Page, name: str = "prediction", nth: int = 0) -> set[tuple[int, int]]:
    """The pixels that are 1 in a mask of the nth model."""
    return {(r, c) for r, row in enumerate(state(page, name, nth)) for c, x in enumerate(row) if x}


def button(page: Page, name: str):
    """The button of that name."""
    return page.get_by_role("button", name=name, exact=True)


def score(page: Page, name: str, nth: int = 0) -> str:
    """The line of a score as it is read aloud."""
    text = page.locator(f"[data-score={name}]").nth(nth).text_content()
    return re.sub(r"\s+", " ", text)


# ---- painting ----------------------------------------------------------------------------------------------


def test_a_click_paints_a_pixel_and_a_second_one_erases_it(show):
    """The readout follows at once, and Python is told once for each stroke."""
    page = show(painter())
    cell(page, 1, 2).click()
    assert ones(page) == {(1, 2)}
    assert "2·1) / (1 + 20) = 2 / 21 ≈ 0.0952" in score(page, "dice")
    cell(page, 1, 2).click()
    assert ones(page) == set()
    assert [list(sent) for sent in page.evaluate("models[0].saved")] == [["prediction"], ["prediction"]]


def test_a_fast_drag_skips_no_pixel(show):
    """A hand that jumps from corner to corner paints the whole way between."""
    page = show(painter())
    drag(page, (0, 0), (9, 9))
    assert ones(page) == {(i, i) for i in range(10)}


def test_a_stroke_paints_or_erases_all_along(show):
    """Its first pixel decides: from a painted pixel it erases, and what is empty on its way stays empty."""
    page = show(painter(PREDICTION_1))
    drag(page, (3, 3), (3, 9))
    assert ones(page) == {
        (r, c) for r, c in PREDICTION_1.nonzero().tolist() if (r, c) not in {(3, 3), (3, 4), (3, 5)}
    }


def test_a_stroke_may_leave_the_grid_and_come_back(show):
    """Outside nothing is painted; the stroke goes on where the hand returns."""
    page = show(painter())
    page.mouse.move(*centre(page, 0, 8))
    page.mouse.down()
    x, y = centre(page, 0, 9)
    page.mouse.move(x + 200, y)
    page.mouse.move(x + 200, y + 64)
    page.mouse.move(*centre(page, 2, 8))
    page.mouse.up()
    assert ones(page) == {(0, 8), (0, 9), (2, 8), (2, 9)}


def test_the_other_mouse_buttons_do_not_paint(show):
    """A right click is the browser's."""
    page = show(painter())
    cell(page, 4, 4).click(button="right")
    assert ones(page) == set()


def test_the_truth_can_be_painted_too(show):
    """With the brush on the truth, the target changes and the prediction does not."""
    page = show(painter(PREDICTION_1))
    button(page, "Truth Y").click()
    drag(page, (8, 0), (8, 4))
    assert ones(page, "target") == {tuple(at) for at in LUNG.nonzero().tolist()} | {(8, c) for c in range(5)}
    assert ones(page) == {tuple(at) for at in PREDICTION_1.nonzero().tolist()}
    expect(button(page, "Truth Y")).to_have_attribute("aria-pressed", "true")


def test_a_finger_paints_and_the_page_stays(show):
    """A touch on the grid is a stroke; beside the grid the same gesture scrolls the page."""
    page = show(painter(), painter(), has_touch=True, viewport={"width": 390, "height": 600})
    touch = page.context.new_cdp_session(page)

    def swipe(*points):
        for kind, point in [("touchStart", points[0]), *(("touchMove", p) for p in points[1:])]:
            touch.send(
                "Input.dispatchTouchEvent",
                {"type": kind, "touchPoints": [dict(zip("xy", point, strict=True))]},
            )
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    swipe(*(centre(page, row, 2) for row in (7, 5, 3, 1)))
    assert ones(page) == {(row, 2) for row in range(1, 8)}
    assert page.evaluate("scrollY") == 0
    x, y = centre(page, 9, 5)
    swipe(*((x, y + 60 - 40 * step) for step in range(5)))
    page.wait_for_function("scrollY > 50")
    assert ones(page) == {(row, 2) for row in range(1, 8)}


def test_a_stroke_that_the_browser_takes_away_was_none(show):
    """When two fingers zoom the page, the first one's dab disappears and there is nothing to undo."""
    page = show(painter(PREDICTION_1))
    page.mouse.move(*centre(page, 9, 9))
    page.mouse.down()
    assert (9, 9) in ones(page)
    cell(page, 9, 9).dispatch_event("pointercancel", {"isPrimary": True, "bubbles": True})
    assert (9, 9) not in ones(page)
    expect(button(page, "Undo")).to_have_attribute("aria-disabled", "true")


def test_the_keyboard_does_all_that_the_mouse_does(show):
    """One stop in the tab order, arrows to move, Home and End, Space and Enter to paint."""
    page = show(painter())
    cell(page, 0, 0).focus()
    for key in [
        "Space",
        "ArrowRight",
        "ArrowDown",
        "Enter",
        "End",
        "Space",
        "Home",
        "Space",
        "Control+End",
        "Space",
    ]:
        page.keyboard.press(key)
    for key in ["ArrowDown", "ArrowRight", "Control+Home", "ArrowUp", "ArrowLeft", "ArrowRight", "Space"]:
        page.keyboard.press(key)
    assert ones(page) == {(0, 0), (1, 1), (1, 9), (1, 0), (9, 9), (0, 1)}
    expect(cell(page, 0, 1)).to_be_focused()
    assert page.locator(".sl-grid [tabindex='0']").count() == 1


def test_a_screen_reader_may_focus_and_press_any_pixel(show):
    """It moves the focus without arrow keys and clicks without a pointer."""
    page = show(painter())
    cell(page, 4, 7).focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(cell(page, 4, 8)).to_be_focused()
    cell(page, 6, 6).evaluate("cell => cell.click()")
    assert ones(page) == {(4, 7), (6, 6)}
    assert page.locator(".sl-grid [tabindex='0']").count() == 1


def test_every_control_is_reached_by_tab(show):
    """In reading order: what to paint, where to start, the grid, its tools, the fraction, the slider."""
    page = show(painter())
    names = []
    for _ in range(11):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent"))
    assert names == [
        *("Prediction X", "Truth Y", "prediction 1", "prediction 2", "row 1, column 1: true negative"),
        *("Undo", "Redo", "Clear the prediction", "Reset"),
        *("2·0, the overlap, each pixel counted twice", "smooth"),
    ]
    shown = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert shown == "3px"


# ---- tools -------------------------------------------------------------------------------------------------


def test_undo_takes_back_whole_strokes_and_redo_brings_them_again(show):
    """A drag over five pixels is one step, by button or by key."""
    page = show(painter())
    drag(page, (0, 0), (0, 4))
    cell(page, 5, 5).click()
    button(page, "Undo").click()
    assert len(ones(page)) == 5
    page.keyboard.press("Control+z")
    assert ones(page) == set()
    page.keyboard.press("Control+z")  # nothing left
    page.keyboard.press("Control+Shift+z")
    assert len(ones(page)) == 5
    page.keyboard.press("Control+y")
    assert len(ones(page)) == 6
    button(page, "Undo").click()
    cell(page, 9, 0).click()  # a new stroke: what was undone is gone
    expect(button(page, "Redo")).to_have_attribute("aria-disabled", "true")


def test_a_preset_is_a_step_to_undo_and_shows_that_it_is_on(show):
    """Its button is pressed as long as the grid shows just that prediction."""
    page = show(painter())
    button(page, "prediction 2").click()
    assert ones(page) == {tuple(at) for at in PREDICTION_2.nonzero().tolist()}
    expect(button(page, "prediction 2")).to_have_attribute("aria-pressed", "true")
    cell(page, 9, 9).click()
    expect(button(page, "prediction 2")).to_have_attribute("aria-pressed", "false")
    button(page, "Undo").click()
    button(page, "Undo").click()
    assert ones(page) == set()


def test_clear_empties_what_the_brush_paints(show):
    """The prediction or the truth, as its label says."""
    page = show(painter(PREDICTION_1))
    button(page, "Clear the prediction").click()
    assert (len(ones(page)), len(ones(page, "target"))) == (0, 20)
    button(page, "Truth Y").click()
    button(page, "Clear the truth").click()
    assert len(ones(page, "target")) == 0


def test_reset_goes_back_to_what_python_made(show):
    """Both masks and smooth; and it can be undone."""
    widget = painter(PREDICTION_1, smooth=2)
    widget.prediction = PREDICTION_2  # painted before the page was stored
    page = show(widget)
    button(page, "Truth Y").click()
    cell(page, 9, 9).click()
    page.get_by_role("slider").fill("5")
    button(page, "Reset").click()
    assert torch.equal(torch.tensor(state(page)), PREDICTION_1.int())
    assert torch.equal(torch.tensor(state(page, "target")), LUNG.int())
    assert state(page, "smooth") == 2
    button(page, "Undo").click()
    assert (9, 9) in ones(page, "target")


# ---- numbers -----------------------------------------------------------------------------------------------


def test_the_numbers_of_the_text_are_on_the_page(show):
    """Both predictions of the source, as the fractions that the text derives."""
    page = show(painter(PREDICTION_1))
    assert "= (2·19) / (19 + 20) = 38 / 39 ≈ 0.9744" in score(page, "dice")
    assert "Loss = 1 − Dice ≈ 0.0256" in score(page, "dice")
    assert "= 19 / (19 + 20 − 19) = 19 / 20 = 0.9500" in score(page, "iou")
    assert score(page, "precision") == "= 19/19 = 1.0000"
    assert score(page, "recall") == "= 19/20 = 0.9500"
    assert score(page, "accuracy") == "= 99/100 = 0.9900"
    button(page, "prediction 2").click()
    assert "= (2·5) / (7 + 20) = 10 / 27 ≈ 0.3704" in score(page, "dice")
    assert "= 5 / (7 + 20 − 5) = 5 / 22 ≈ 0.2273" in score(page, "iou")
    counts = {kind: page.locator(f"[data-count={kind}]").text_content() for kind in ("tp", "fp", "fn", "tn")}
    assert counts == {"tp": "5", "fp": "2", "fn": "15", "tn": "78"}


def test_the_readout_is_what_torch_computes(show):
    """On random pairs of masks and amounts of smooth, to the last digit shown."""
    generator = torch.Generator().manual_seed(3)
    page = show(painter())
    for smooth in (0, 0.5, 1, 10):
        x, y = (torch.rand(2, 10, 10, generator=generator) < torch.rand(2, 1, 1, generator=generator)).int()
        for name, value in [("prediction", x.tolist()), ("target", y.tolist()), ("smooth", smooth)]:
            page.evaluate("([name, value]) => models[0].set(name, value)", [name, value])
        sure = (2 * x - 1) * 1e4
        for name, loss in [("dice", dice_loss), ("iou", iou_loss)]:
            value = loss(sure.double(), y, smooth).item()
            text = score(page, name)
            assert re.search(r"[=≈] (\d\.\d{4})Loss", text)[1] == f"{1 - value:.4f}"
            assert text.endswith(f"{value:.4f}")


def test_smooth_stands_inside_the_fraction(show):
    """Only where there is some: it is added above and below the bar."""
    page = show(painter(PREDICTION_1))
    page.get_by_role("slider").fill("1.5")
    assert "= (2·19 + 1.5) / (19 + 20 + 1.5) = 39.5 / 40.5 ≈ 0.9753" in score(page, "dice")
    assert "= (19 + 1.5) / (19 + 20 − 19 + 1.5) = 20.5 / 21.5 ≈ 0.9535" in score(page, "iou")
    assert score(page, "recall") == "= 19/20 = 0.9500"
    assert state(page, "smooth") == 1.5


def test_nothing_over_nothing_is_said_as_it_is(show):
    """Two empty masks: Dice and IoU are 1 by agreement, precision and recall have no value."""
    page = show(GridPainter(LUNG * 0))
    assert "= 0 / 0 → 1" in score(page, "dice")
    agreed = "Both masks are empty: agreed to be 1. With a trace of probability it would be 0."
    assert agreed in score(page, "iou")
    for loss in (dice_loss, iou_loss):
        assert loss(as_logits(LUNG * 0), LUNG * 0, smooth=0) == 1
    assert score(page, "iou").endswith("Loss = 1 − IoU = 0.0000")
    assert score(page, "precision") == score(page, "recall") == "undefined (0/0)"
    assert score(page, "accuracy") == "= 100/100 = 1.0000"


def test_the_result_is_said_once_a_stroke(show):
    """A screen reader hears the scores when the hand is lifted, not at every pixel on the way."""
    page = show(painter())
    status = page.get_by_role("status")
    page.mouse.move(*centre(page, 1, 2))
    page.mouse.down()
    page.mouse.move(*centre(page, 1, 5))
    expect(status).to_have_text("")
    page.mouse.up()
    expect(status).to_have_text("Dice 0.3333, IoU 0.2000; TP 4, FP 0, FN 16, TN 80")
    expect(cell(page, 1, 5)).to_have_attribute("aria-label", "row 2, column 6: true positive")
    expect(cell(page, 1, 5)).to_have_attribute("aria-selected", "true")


# ---- more than one -----------------------------------------------------------------------------------------


def test_painters_on_one_page_do_not_disturb_each_other(show):
    """Each has its own grid, tools and numbers, and no id is used twice."""
    page = show(painter(), painter(PREDICTION_1))
    cell(page, 0, 0, nth=1).click()
    assert ones(page, nth=0) == set()
    assert len(ones(page, nth=1)) == 20
    page.keyboard.press("Control+z")
    assert len(ones(page, nth=1)) == 19
    assert page.evaluate("document.querySelectorAll('main [id]').length") == 0


def test_views_of_one_painter_show_the_same(show):
    """What is painted in one is seen in the other, and undo never takes back what another hand did."""
    page = show(painter(), views=2)
    cell(page, 2, 2, nth=1).click()
    cell(page, 3, 3, nth=0).click()
    expect(cell(page, 3, 3, nth=1)).to_have_attribute("data-outcome", "tp")
    assert score(page, "dice", nth=0) == score(page, "dice", nth=1)
    expect(button(page, "Undo").nth(1)).to_have_attribute("aria-disabled", "true")
    expect(button(page, "Undo").nth(0)).to_have_attribute("aria-disabled", "false")


def test_what_python_sets_is_drawn(show):
    """Masks, smooth, brush and language, as they arrive."""
    page = show(painter())
    page.evaluate("mask => models[0].set('prediction', mask)", PREDICTION_2.int().tolist())
    assert "10 / 27" in score(page, "dice")
    page.evaluate("models[0].set('subject', 'target')")
    expect(button(page, "Truth Y")).to_have_attribute("aria-pressed", "true")
    page.evaluate("models[0].set('language', 'zh')")
    expect(button(page, "真值 Y")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("grid")).to_have_count(1)


def test_a_view_that_is_closed_leaves_nothing_behind(show):
    """Its listeners and its elements go, so that a notebook can show a painter again and again."""
    page = show(painter(), views=2)
    page.evaluate("models[0].cleanups.forEach((done) => done())")
    assert page.evaluate("models[0].listeners.length") == 0
    assert page.locator(".grid-painter").count() == 0


# ---- languages, themes, sizes, access ----------------------------------------------------------------------


def test_the_page_decides_the_language_unless_python_does(show):
    """A Chinese page has a Chinese painter; ``language`` overrides it, and says so to screen readers."""
    page = show(painter(), painter(language="en"), lang="zh-CN")
    first, second = page.locator(".grid-painter").all()
    expect(first.get_by_role("button", name="预测 1", exact=True)).to_be_visible()
    expect(first.get_by_role("gridcell").first).to_have_attribute("aria-label", "第 1 行第 1 列：真负例")
    expect(first).to_have_attribute("lang", "zh-CN")
    expect(second.get_by_role("button", name="prediction 1", exact=True)).to_be_visible()
    expect(second).to_have_attribute("lang", "en")


def luminance(colour: str) -> float:
    """The relative luminance of WCAG, of ``rgb(...)`` or ``color(srgb ...)``."""
    parts = [float(n) for n in re.findall(r"\d*\.?\d+", colour)[:3]]
    parts = parts if colour.startswith("color") else [n / 255 for n in parts]
    linear = [n / 12.92 if n <= 0.04045 else ((n + 0.055) / 1.055) ** 2.4 for n in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_marks_and_pixels_stand_out_in_both_themes(show):
    """At least 3:1, as WCAG asks of graphics: fills on the page, marks on their fills, the edge."""
    page = show(painter(PREDICTION_2))
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        colours = page.evaluate("""() => {
            const style = (what) => getComputedStyle(document.querySelector(what));
            const part = (name) => style(`.sl-canvas .sl-marks .sl-${name}`);
            const paper = style(".grid-painter").backgroundColor;
            return [[part("tp").fill, paper], [part("fp").fill, paper], [part("mark-fn").stroke, paper],
              [part("mark-tp").stroke, part("tp").fill], [part("mark-fp").stroke, part("fp").fill],
              [style(".sl-contour path").stroke, paper]];
        }""")
        for one, other in colours:
            low, high = sorted((luminance(one), luminance(other)))
            assert (high + 0.05) / (low + 0.05) >= 3, (theme, one, other)


def test_it_fits_any_width(show):
    """Nothing sticks out; on a phone controls are at least 44 px high and Dice is in sight."""
    page = show(painter(PREDICTION_1, smooth=1.5))
    for width in (320, 390, 700, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        grid, dice = (page.locator(what).bounding_box() for what in (".sl-grid", "[data-score=dice]"))
        assert grid["width"] == pytest.approx(grid["height"], abs=1)
        if width <= 390:
            heights = "[...document.querySelectorAll('button, input')].map((one) => one.offsetHeight)"
            assert min(page.evaluate(heights)) >= 44
            assert grid["width"] >= width - 34  # all of the page but its margins
            assert dice["y"] + dice["height"] < 844
        else:
            assert dice["x"] > grid["x"] + grid["width"]


def test_nothing_moves_by_itself(show):
    """No animation and no transition, whatever the reader prefers."""
    page = show(painter(PREDICTION_1))
    cell(page, 0, 0).click()
    assert page.evaluate("document.getAnimations().length") == 0


def test_the_marks_stay_where_colours_go(show):
    """In forced colours and on paper each pixel still has the mark of its outcome, drawn with a line."""
    page = show(painter(PREDICTION_2))
    n = overlap(PREDICTION_2, LUNG)
    for media in ({"forced_colors": "active"}, {"forced_colors": "none", "media": "print"}):
        page.emulate_media(**media)
        for kind in ("tp", "fp", "fn"):
            mark = page.locator(f".sl-canvas .sl-mark-{kind}")
            assert mark.get_attribute("d").count("M") == getattr(n, kind)
            drawn = mark.evaluate("one => [getComputedStyle(one).stroke, getComputedStyle(one).strokeWidth]")
            assert drawn[0].startswith(("rgb", "color"))
            assert float(drawn[1].removesuffix("px")) > 0.05


@pytest.mark.parametrize("side", [10, 64])
def test_each_pixel_is_drawn_in_its_own_place(show, side):
    """The areas and the marks cover the pixels of their outcome and no other, also after a stroke."""
    target = torch.eye(side)
    page = show(GridPainter(target, torch.ones(side, side).triu()))  # above the diagonal all is predicted
    cell(page, side - 1, 0).click()

    def covers(kind: str, by: str, row: int, col: int) -> bool:
        return page.evaluate(
            "([kind, by, x, y]) => document.querySelector(`.sl-canvas .sl-${kind}`)[by](new DOMPoint(x, y))",
            [kind, by, col + 0.5, row + 0.5],
        )

    last = side - 1
    expected = {"tp": [(0, 0), (last, last)], "fp": [(0, 1), (0, last), (last, 0)], "tn": [(1, 0), (last, 1)]}
    for outcome, places in expected.items():
        for place in places:
            ground = {kind for kind in ("tp", "fp") if covers(kind, "isPointInFill", *place)}
            marked = {kind for kind in ("tp", "fp") if covers(f"mark-{kind}", "isPointInStroke", *place)}
            assert ground == marked == {outcome} - {"tn"}


def test_only_what_differs_is_drawn_anew(visit):
    """``fill`` leaves the page as if its children had been replaced, and keeps the nodes that are alike."""
    page = visit().page
    page.set_content("<main></main>")
    seen = page.evaluate(
        """(script) => new Function(`${script}
          const main = document.querySelector("main");
          const old = piece("p", { class: "old", id: "one" }, "a ", piece("b", {}, "1"));
          fill(main, old, "text", piece("p"), piece("i"));
          const kept = [...main.childNodes];
          const records = [];
          const observer = new MutationObserver((all) => records.push(...all));
          observer.observe(main, { subtree: true, childList: true, attributes: true, characterData: true });
          fill(main, piece("p", { class: "new" }, "a ", piece("b", {}, "2")), "text", piece("em"));
          records.push(...observer.takeRecords());
          return { html: main.innerHTML, same: [...main.childNodes].map((node, i) => node === kept[i]),
            changes: records.map((one) => one.type + ":" + (one.attributeName ?? one.target.nodeName)) };
        `)()""",
        module("kit/ui.js"),
    )
    assert seen["html"] == '<p class="new">a <b>2</b></p>text<em></em>'
    assert seen["same"] == [True, True, False]
    assert sorted(seen["changes"]) == [
        "attributes:class",
        "attributes:id",
        "characterData:#text",
        "childList:MAIN",
        "childList:MAIN",
    ]


def test_a_translated_text_follows_as_well(visit):
    """A browser that translates puts elements where texts were; ``fill`` puts the new texts there."""
    page = visit().page
    page.set_content("<main></main>")
    shown = page.evaluate(
        """(script) => new Function(`${script}
          const main = document.querySelector("main");
          fill(main, "Dice 1", piece("b", {}, "IoU 1"));
          const texts = [main.firstChild, main.lastChild.firstChild];
          for (const one of texts) one.replaceWith(h("font", {}, "translated"));
          fill(main, "Dice 2", piece("b", {}, "IoU 2"));
          return main.innerHTML;
        `)()""",
        module("kit/ui.js"),
    )
    assert shown == "Dice 2<b>IoU 2</b>"


@pytest.mark.parametrize("cut", ["columns", "rows"])
def test_the_mean_of_two_halves_stands_beside_the_pooled_scores(cut, show):
    """Each half by itself, then the mean, as the losses of Python have it; painting follows."""
    target, prediction = torch.zeros(10, 10), torch.zeros(10, 10)
    target[1:4, 1:4] = target[6:8, 7:9] = target[2, 8] = 1
    prediction[1:4, 2:4] = prediction[7, 7] = prediction[2, 8] = prediction[9, 0] = 1
    page = show(GridPainter(target, prediction, halves=cut, smooth=1))
    page.get_by_role("row").nth(9).get_by_role("gridcell").nth(9).click()
    prediction[9, 9] = 1
    dim = 1 if cut == "columns" else 0
    for name, loss in (("dice", dice_loss), ("iou", iou_loss)):
        halves = zip(
            as_logits(prediction, 40).double().chunk(2, dim), target.double().chunk(2, dim), strict=True
        )
        one, other = (1 - loss(z, y).item() for z, y in halves)
        said = page.locator(f"[data-mean={name}]").text_content()
        mean = (one + other) / 2
        assert said.startswith(f"({one:.4f} + {other:.4f}) / 2 = {mean:.4f}")
        assert said.endswith(f"{1 - mean:.4f}")


def test_two_empty_halves_match_and_without_halves_there_is_no_mean(show):
    """Nothing there and nothing found is 1, as for the whole grid."""
    page = show(GridPainter(torch.zeros(4, 4), halves="rows"))
    assert page.locator("[data-mean=dice]").text_content().startswith("(1.0000 + 1.0000) / 2 = 1.0000")
    assert show(GridPainter(torch.zeros(4, 4))).locator("[data-mean]").count() == 0

"""One widget of a page alone, for a frame in slides or in a course."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from playwright.sync_api import expect

from seglosses.exercises.iou import dice_of_an_iou
from seglosses.grids import LUNG, PREDICTION_1
from seglosses.widgets import GridPainter, LossComparer, TrainingPlayer
from seglosses.widgets.exercise import form


def test_one_widget_alone(page_of, visit):
    """Nothing of the page but the widget that was asked for, and a way to the page."""
    page = visit().page
    address = page_of(GridPainter(LUNG, name="one"), GridPainter(LUNG, PREDICTION_1, name="two"))
    page.goto(f"{address}?embed=1&widget=two")
    expect(page.get_by_role("grid")).to_have_count(1)
    expect(page.locator("[data-outcome=tp][role=gridcell]")).to_have_count(int(PREDICTION_1.sum()))
    expect(page.get_by_text("Prose around the widgets")).to_be_hidden()
    expect(page.get_by_role("link", name="A page")).to_have_attribute("href", address)
    page.get_by_role("gridcell").first.click()
    expect(page.locator("[data-outcome=fp][role=gridcell]")).to_have_count(1)


def test_the_page_never_flashes(page_of, visit):
    """Before the runtime has arrived, and without its ever arriving, nothing of the page is seen."""
    page = visit().page
    page.route("**/live_widgets.js", lambda route: None)  # it hangs
    address = page_of(GridPainter(LUNG), served=True)
    page.goto(f"{address}?embed=1", wait_until="commit")
    page.wait_for_function("document.querySelector('footer')")
    expect(page.get_by_text("Prose around the widgets")).to_be_hidden()
    page.goto(address, wait_until="commit")
    expect(page.get_by_text("Prose around the widgets")).to_be_visible()


def test_a_frame_may_ask_for_another_language(page_of, visit):
    """``lang=zh`` fetches the Chinese words, those of the exercises too; a page by itself fetches none."""
    address = page_of(GridPainter(LUNG), form(**dice_of_an_iou(...).form))
    page = visit().page
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(address)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.get_by_role("button", name="Answer here").click()
    expect(page.get_by_role("button", name="Check my answer")).to_be_visible()
    of_english = {url for url in fetched if "live_widgets_" in url}
    page.goto(f"{address}?lang=zh")
    expect(page.get_by_role("button", name="撤销")).to_be_visible()
    page.get_by_role("button", name="在此作答").click()
    expect(page.get_by_role("button", name="检查答案")).to_be_visible()
    assert len({url for url in fetched if "live_widgets_" in url} - of_english) == 1
    page.goto(
        page_of(GridPainter(LUNG, language="zh"), GridPainter(LUNG))
    )  # asked for in Python, on one page
    expect(page.get_by_role("button", name="撤销")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def test_locked_controls_show_and_do_nothing(page_of, visit):
    """What is locked is disabled and says so; what is not works; the address may still set both."""
    page = visit().page
    link = GridPainter(LUNG, PREDICTION_1, smooth=3).url()
    page.goto(f"{page_of(GridPainter(LUNG))}?embed=1&widget=grid&lock=smooth,target{link}")
    smooth = page.get_by_role("slider", name="smooth (locked)")
    expect(smooth).to_be_disabled()
    expect(smooth).to_have_value("3")
    expect(page.get_by_role("button", name="Truth Y")).to_be_disabled()
    expect(page.get_by_text("locked", exact=True)).to_have_count(2)
    page.get_by_role("gridcell").first.click()
    expect(page.locator("[data-outcome=fp][role=gridcell]")).to_have_count(1)
    page.get_by_role("button", name="Reset").click()  # resets the prediction, not what is locked
    expect(smooth).to_have_value("3")
    expect(page.locator("[data-outcome=tp][role=gridcell]")).to_have_count(0)


@pytest.mark.parametrize("trait", ["dice_weight", "weight"])
def test_a_frame_made_before_a_trait_was_renamed_still_locks_it(trait, page_of, visit):
    """``lock=weight`` locks what is called ``dice_weight`` now, and nothing else."""
    page = visit().page
    comparer = LossComparer(LUNG, 1 - LUNG, LUNG, dice_weight=2.5)
    page.goto(f"{page_of(comparer)}?embed=1&widget=losses&lock={trait}")
    share = page.get_by_label("Dice's weight in BCE-Dice (locked)")
    expect(share).to_be_disabled()
    expect(share).to_have_value("2.5")
    expect(page.get_by_text("locked", exact=True)).to_have_count(1)


def test_a_locked_grid_is_read_only(page_of, visit):
    """With both masks locked no hand and no key paints, and a screen reader still reads each pixel."""
    page = visit().page
    page.goto(f"{page_of(GridPainter(LUNG, PREDICTION_1))}?embed=1&lock=prediction,target")
    expect(page.get_by_role("grid")).to_have_attribute("aria-readonly", "true")
    before = page.locator("[data-outcome]").evaluate_all("cells => cells.map((cell) => cell.dataset.outcome)")
    page.get_by_role("gridcell").first.focus()
    page.keyboard.press("Space")
    page.get_by_role("gridcell").nth(5).click(force=True)
    after = page.locator("[data-outcome]").evaluate_all("cells => cells.map((cell) => cell.dataset.outcome)")
    assert after == before


def test_a_training_player_opens_at_its_link_and_stays_locked(page_of, visit):
    """The address says step, losses, image and views; a locked step moves by no slider, button or plot."""
    masks = torch.stack([LUNG, PREDICTION_1])[:, None]
    frames = torch.stack([masks[:, 0] * 200, 255 - masks[:, 0] * 200, masks[:, 0] * 90]).to(torch.uint8)
    run = SimpleNamespace(losses=torch.ones(4), steps=[0, 2, 4], frames=frames)
    recorded = (masks, masks, {"BCE": run, "Dice": run})
    link = TrainingPlayer(*recorded, left="Dice", right="BCE", step=2, image=1, show="probability").url()
    page = visit().page
    page.goto(f"{page_of(TrainingPlayer(*recorded, step=0))}?embed=1&widget=training&lock=step,left{link}")
    expect(page.get_by_role("slider", name="Step (locked)")).to_have_value("2")
    expect(page.get_by_label("Left loss (locked)")).to_have_value("Dice")
    expect(page.get_by_label("Left loss (locked)")).to_be_disabled()
    expect(page.get_by_label("Right loss")).to_be_enabled()
    expect(page.get_by_role("button", name="Image 2")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    page.locator(".pl-plot").click()
    expect(page.get_by_role("slider", name="Step (locked)")).to_have_value("2")
    again = TrainingPlayer.from_url(link, *recorded)
    assert (again.left, again.step, again.image, again.show) == ("Dice", 2, 1, "probability")


def test_an_unknown_name_says_which_there_are(page_of, visit):
    """A mistyped name is a sentence in the frame, not an empty frame."""
    page = visit().page
    page.goto(f"{page_of(GridPainter(LUNG))}?embed=1&widget=gird")
    expect(page.get_by_text("This page has no widget named “gird”. There are: grid.")).to_be_visible()


def test_an_unknown_lock_says_which_there_are(page_of, visit):
    """A mistyped control is a sentence under the widget, which locks what it knows."""
    page = visit().page
    page.goto(f"{page_of(GridPainter(LUNG))}?embed=1&lock=smoth,target,depth")
    said = "This widget has nothing named “smoth, depth” to lock. There are: prediction, target, smooth."
    expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_role("button", name="Truth Y")).to_be_disabled()
    page.goto(f"{page_of(GridPainter(LUNG))}?embed=1&lock=smooth,target")
    expect(page.get_by_role("grid")).to_be_visible()
    expect(page.get_by_text("to lock")).to_have_count(0)


def test_where_blob_scripts_are_forbidden_the_picture_stands(page_of, visit):
    """A course page whose policy lets no blob: script run gets the still, and the reason under it."""
    visitor = visit()
    policy = {"Content-Security-Policy": "script-src 'self' 'unsafe-inline'"}

    def forbid(route):
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, **policy})

    visitor.page.route("**/page.html*", forbid)
    visitor.page.goto(f"{page_of(GridPainter(LUNG), served=True)}?embed=1")
    expect(visitor.page.get_by_text("policy forbids scripts from blob: addresses")).to_be_visible()
    expect(visitor.page.locator(".embed .widget-still > *")).to_be_visible()
    assert "Content Security Policy" in visitor.complaints[0]
    visitor.complaints.clear()  # they are the browser's own


def rows() -> list[tuple[str, str, str, list[str]]]:
    """The widgets that book/embed.md lists: page, name, controls, and the two heights."""
    text = (Path(__file__).parents[2] / "book/embed.md").read_text("utf-8")
    found = []
    for page, names, controls, *heights in re.findall(
        r"\| `(\S+html)` \|(.*?)\|(.*?)\| (\d+) \| (\d+) \|", text
    ):
        found += [(page, name, controls, heights) for name in re.findall("`(.+?)`", names)]
    return found


@pytest.mark.parametrize(("chapter", "widget", "controls", "heights"), rows())
def test_the_listed_names_and_heights_are_so(chapter, widget, controls, heights, address, visit):
    """Each height holds its widget and has little to spare; the names of the controls are those listed."""
    page = visit().page
    for width, height in zip((700, 360), heights, strict=True):
        page.set_viewport_size({"width": width, "height": 300})
        page.goto(f"{address}/book/{chapter}?embed=1&widget={widget}")
        expect(page.locator(".live-widget > *").first).to_be_visible()
        needed = page.evaluate("document.documentElement.scrollHeight")
        assert needed <= int(height) <= needed + 100
    named = page.locator("[data-control]").evaluate_all(
        "all => all.flatMap((one) => one.dataset.control.split(' '))"
    )
    assert set(re.findall("`(.+?)`", controls)) == set(named)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_example_page(address, visit, theme, violations):
    """The book's own page shows a painter in a frame; alone it is accessible, wide and narrow."""
    page = visit(color_scheme=theme).page
    page.goto(f"{address}/book/embed.html")
    frame = page.frame_locator("iframe").first
    frame.get_by_role("gridcell").first.click()
    expect(frame.get_by_role("slider", name="(locked)")).to_be_disabled()
    source = page.locator("iframe").first.evaluate("frame => frame.src")
    for width in (1280, 390):
        alone = visit(color_scheme=theme, viewport={"width": width, "height": 800}).page
        alone.goto(source)
        expect(alone.get_by_role("grid")).to_be_visible()
        assert violations(alone, preload=False) == []
        assert alone.evaluate("document.documentElement.scrollWidth") <= width

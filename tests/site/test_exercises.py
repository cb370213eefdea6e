"""Exercises on a page of the site: nothing is loaded before an answer; answers stay, and lists count them."""

import pytest
from playwright.sync_api import expect

from seglosses.exercises.contents import checks, contents
from seglosses.exercises.dice import same_loss_other_mask
from seglosses.exercises.iou import dice_of_an_iou, iou_loss_of_dice_loss, width_that_forgives
from seglosses.widgets.exercise import form

HERE = "Answer here"


def blank(check):
    """What the page shows of a blank."""
    return form(**check(...).form)


@pytest.mark.parametrize("served", [True, False], ids=["served", "file"])
def test_nothing_is_loaded_before_the_first_answer(page_of, visit, served):
    """One press brings all exercises of the page to life; whoever has answered one finds them so."""
    page = visit().page
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(page_of(*map(blank, (dice_of_an_iou, width_that_forgives)), served=served))
    expect(page.get_by_role("button", name=HERE)).to_have_count(2)
    assert sorted(asked) == ["live_widgets.css", "live_widgets.js", "page.html"]
    fields = page.get_by_label("Your answer")
    expect(fields).to_have_count(0)
    page.get_by_role("button", name=HERE).nth(1).press("Enter")
    expect(fields).to_have_count(2)
    expect(fields.nth(1)).to_be_focused()
    expect(page.get_by_role("button", name=HERE)).to_have_count(0)
    assert len(asked) == 4
    page.reload()
    expect(page.get_by_role("button", name=HERE)).to_have_count(2)
    page.get_by_role("button", name=HERE).nth(0).click()
    fields.nth(0).fill("0.75")
    fields.nth(0).press("Enter")
    page.reload()
    expect(fields).to_have_count(2)


def test_an_answer_stays_on_the_device_until_it_is_forgotten(page_of, visit):
    """The list says what is done, tried, and for Jupyter; one button takes an answer back, another all."""
    page = visit().page
    forms = map(blank, (dice_of_an_iou, width_that_forgives))
    page.goto(page_of(contents("iou"), contents("iou", "dice"), *forms, served=True))
    page.get_by_role("button", name=HERE).first.click()
    fields, states = page.get_by_label("Your answer"), page.locator(".exercise-contents li[data-state]")
    fields.nth(0).fill("0,75")
    fields.nth(0).press("Enter")
    fields.nth(1).fill("20")
    fields.nth(1).press("Enter")  # wrong: kept, and not counted
    for _ in "now", "after a reload":
        expect(page.get_by_text("1 of 3 done on this device")).to_have_count(2)
        expect(page.get_by_text("0 of 3 done on this device")).to_have_count(1)
        expect(states).to_contain_text(
            ["★, 2 minutes, done", "★★, 4 minutes", "★★, 3 minutes, not yet right", "in Jupyter"] + [""] * 8
        )
        expect(page.locator(".ex-verdict")).to_have_text(
            [repr(dice_of_an_iou(0.75)), repr(width_that_forgives(20))]
        )
        expect(fields.nth(0)).to_have_value("0,75")
        page.reload()
    page.get_by_role("button", name="Forget my answer").nth(0).click()
    expect(page.get_by_text("1 of 3 done on this device")).to_have_count(0)
    expect(fields.nth(0)).to_have_value("")
    page.get_by_role("button", name="Forget all answers").first.click()
    expect(fields.nth(1)).to_have_value("")
    page.reload()
    expect(page.get_by_role("button", name=HERE)).to_have_count(2)


def test_a_list_leads_to_each_exercise(page_of, visit):
    """Alive or not, its links have the label of the exercise; axe finds nothing in it."""
    page = visit().page
    page.goto(page_of(contents("iou", "dice"), blank(dice_of_an_iou), served=True))
    expected = [f"{name}.html#{check.listed.label}" for name in ("iou", "dice") for check in checks(name)]
    links = page.locator("li a")
    assert [link.get_attribute("href").replace(".ipynb", ".html") for link in links.all()] == expected
    page.get_by_role("button", name=HERE).click()
    alive = page.locator(".exercise-contents li a")
    expect(alive).to_have_count(len(expected))
    assert [link.get_attribute("href") for link in alive.all()] == expected


def test_a_painter_is_answered_on_demand(page_of, visit):
    """Its pixel has the reader's focus."""
    page = visit().page
    page.goto(page_of(blank(same_loss_other_mask)))
    page.get_by_role("button", name=HERE).click()
    expect(page.locator("[role=gridcell]").first).to_be_focused()


def test_a_function_has_no_button_and_a_hint(page_of, visit):
    """It is answered in Jupyter, and its hint needs no scripts."""
    for options in ({}, {"java_script_enabled": False}):
        page = visit(**options).page
        page.goto(page_of(blank(iou_loss_of_dice_loss)))
        expect(page.get_by_text("Answer this one in Jupyter.")).to_be_visible()
        expect(page.get_by_role("button")).to_have_count(0)
        expect(page.get_by_text(iou_loss_of_dice_loss.hint)).to_be_hidden()
        page.get_by_text("Hint").click()
        expect(page.get_by_text(iou_loss_of_dice_loss.hint)).to_be_visible()


def test_without_scripts_and_on_paper_one_line_stands_for_it(page_of, visit):
    """It says where the exercise is answered, and nothing of the answer; paper has no hint."""
    address = page_of(blank(dice_of_an_iou))
    line = "Answer this one in the page, where scripts may run, or in Jupyter."
    still = visit(java_script_enabled=False).page
    still.goto(address)
    expect(still.get_by_text(line)).to_be_visible()
    paper = visit().page
    paper.goto(address)
    expect(paper.get_by_role("button", name=HERE)).to_be_visible()
    for alive in (False, True):
        if alive:
            paper.get_by_role("button", name=HERE).click()
            expect(paper.get_by_label("Your answer")).to_be_visible()
        expect(paper.get_by_text(line)).to_be_hidden()
        paper.emulate_media(media="print")
        expect(paper.get_by_text(line)).to_be_visible()
        for hidden in (
            paper.get_by_text("Hint"),
            paper.get_by_label("Your answer"),
            paper.get_by_role("button"),
        ):
            expect(hidden.locator("visible=true")).to_have_count(0)
        paper.emulate_media(media="screen")

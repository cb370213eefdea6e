"""Exercises on a page of the site: answers stay on the device, and a chapter says how many are done."""

from playwright.sync_api import expect

from seglosses.exercises.iou import dice_of_an_iou, width_that_forgives
from seglosses.widgets.exercise import ExerciseForm


def test_an_answer_stays_on_the_device_until_it_is_forgotten(page_of, visit):
    """It is there after a reload, counts as done in each form of the chapter, and a button takes it back."""
    forms = [ExerciseForm(**check(...).form) for check in (dice_of_an_iou, width_that_forgives)]
    page = visit().page
    page.goto(page_of(*forms, served=True))
    fields, done = page.get_by_label("Your answer"), page.get_by_text("of 3 of this chapter done")
    fields.nth(0).fill("0,75")
    fields.nth(0).press("Enter")
    expect(done).to_have_text(["1 of 3 of this chapter done on this device."] * 2)
    fields.nth(1).fill("20")
    fields.nth(1).press("Enter")  # wrong: kept, and not counted
    page.reload()
    expect(page.get_by_role("status")).to_have_text(
        [repr(dice_of_an_iou(0.75)), repr(width_that_forgives(20))]
    )
    expect(fields.nth(0)).to_have_value("0,75")
    expect(done).to_have_text(["1 of 3 of this chapter done on this device."] * 2)
    page.get_by_role("button", name="Forget my answer").nth(0).click()
    expect(done).to_have_count(0)
    page.reload()
    expect(fields.nth(0)).to_have_value("")
    expect(fields.nth(1)).to_have_value("20")


def test_without_scripts_and_on_paper_one_line_stands_for_it(page_of, visit):
    """It says where the exercise is answered, and nothing of the answer."""
    address = page_of(ExerciseForm(**dice_of_an_iou(...).form))
    line = "Answer this one in the page, where scripts may run, or in Jupyter."
    still = visit(java_script_enabled=False).page
    still.goto(address)
    expect(still.get_by_text(line)).to_be_visible()
    paper = visit().page
    paper.goto(address)
    expect(paper.get_by_text(line)).to_be_hidden()
    paper.emulate_media(media="print")
    expect(paper.get_by_text(line)).to_be_visible()
    expect(paper.get_by_label("Your answer")).to_be_hidden()

"""The form of an exercise in a real browser: answered by mouse and keyboard, kept on the device."""

import pytest
from playwright.sync_api import Page, expect

from seglosses.exercises.dice import (
    logits_of_a_mask,
    one_column_too_many,
    same_loss_other_mask,
    squared_dice,
)
from seglosses.exercises.iou import impossible_means
from seglosses.exercises.mixed import exam
from seglosses.grids import PREDICTION_1, PREDICTION_2
from seglosses.widgets.exercise import ExerciseForm, form


def blank(check) -> ExerciseForm:
    """What the page shows of a blank."""
    return form(**check(...).form)


def answer(page: Page, text: str) -> None:
    """Type a number and check it with the Enter key."""
    page.get_by_label("Your answer").fill(text)
    page.keyboard.press("Enter")


def test_a_blank_is_shown_as_the_form():
    """In a terminal it is one line, on a page the widget; where no script runs, a line without the answer."""
    data, _ = one_column_too_many(...)._repr_mimebundle_()
    assert data["text/plain"] == "Not answered yet."
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "in the page" in data["text/html"]
    assert "1/9" not in data["text/html"]
    assert "Answer this one in Jupyter." in squared_dice(...)._repr_mimebundle_()[0]["text/html"]


def test_a_number_is_judged_as_in_python(show):
    """A slip gets its reason, a right answer its praise; both are said to a screen reader."""
    page = show(blank(one_column_too_many))
    said = page.get_by_role("status")
    for text in ("8/9", "a ninth", "3,162", "0,2", "11.1 %"):
        answer(page, text)
        expect(said).to_have_text(repr(one_column_too_many(text)))
    assert said.get_attribute("data-right") == "true"


@pytest.mark.parametrize("check", [one_column_too_many, squared_dice], ids=["number", "function"])
def test_a_hint_opens_when_it_is_asked_for(show, check):
    """Before any answer, by a key; it is the text of the description, as ``check.hint`` is in Python."""
    page = show(blank(check))
    expect(page.get_by_text(check.hint)).to_be_hidden()
    page.get_by_text("Hint").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(check.hint)).to_be_visible()


def test_nothing_typed_is_no_answer(show):
    """The form says so, and keeps nothing."""
    page = show(blank(one_column_too_many))
    page.get_by_role("button", name="Check my answer").click()
    expect(page.get_by_role("status")).to_have_text("Answer first.")
    expect(page.get_by_label("Your answer")).to_be_focused()


def test_a_letter_is_chosen_by_keyboard(show):
    """Arrow keys move between the letters, and Enter checks."""
    page = show(blank(impossible_means))
    page.get_by_role("radio", name="a", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(repr(impossible_means("c")))


def test_a_word_is_chosen_row_by_row(show):
    """A row that is left out is pointed at; a wrong row gets its hint."""
    page = show(blank(exam))
    for n, one in enumerate("tffftftff"):
        page.locator("fieldset").nth(n).get_by_label({"t": "true", "f": "false"}[one]).check()
    page.get_by_role("button", name="Check my answer").click()
    expect(page.get_by_role("status")).to_have_text("Answer first.")
    page.get_by_label("true").last.check()
    page.get_by_role("button", name="Check my answer").click()
    expect(page.get_by_role("status")).to_have_text(repr(exam("tffftftfft")))


def test_a_function_is_answered_in_jupyter(show):
    """No field, no button, no verdict."""
    page = show(blank(squared_dice))
    expect(page.get_by_text("Answer this one in Jupyter.")).to_be_visible()
    assert page.locator("input, button, [role=status]").count() == 0


def test_a_mask_is_painted(show):
    """It starts at prediction 2 itself; two strokes make another mask of that Dice, and Undo goes back."""
    page = show(blank(same_loss_other_mask))
    check, said = page.get_by_role("button", name="Check my answer"), page.get_by_role("status")
    check.click()
    expect(said).to_have_text(repr(same_loss_other_mask(PREDICTION_2)))
    page.get_by_label("Row 2, column 5: painted").click()
    page.get_by_label("Row 2, column 3: not painted").focus()
    page.keyboard.press("Space")
    check.click()
    expect(said).to_contain_text("Right. It shares 5 pixels and adds 2;")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    check.click()
    expect(said).to_contain_text("This is prediction 2 itself.")


def test_logits_are_painted(show):
    """The mask itself is no answer; large logits of the right signs are."""
    page = show(blank(logits_of_a_mask))
    check, said = page.get_by_role("button", name="Check my answer"), page.get_by_role("status")
    check.click()
    expect(said).to_have_text(repr(logits_of_a_mask(PREDICTION_1)))
    page.get_by_role("slider").fill("-20")
    page.get_by_role("button", name="Paint all").click()
    page.get_by_role("slider").fill("20")
    for r, c in PREDICTION_1.nonzero().tolist():
        page.get_by_label(f"Row {r + 1}, column {c + 1}: -20").click()
    check.click()
    expect(said).to_contain_text("Right. Large logits")


FORMS = [one_column_too_many, impossible_means, exam, same_loss_other_mask, logits_of_a_mask]


@pytest.mark.parametrize("check", FORMS, ids=lambda one: one.name)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_axe_finds_nothing_and_it_fits_a_phone(show, check, lang, violations):
    """In both themes, with a verdict; each control is as tall as a finger."""
    page = show(blank(check), lang=lang, viewport={"width": 320, "height": 800})
    for field in page.locator("input[type=radio]").all():
        field.check()
    for field in page.locator("input[type=text]").all():
        field.fill("1")
    page.locator("button[type=submit]").click()
    expect(page.get_by_role("status")).not_to_be_empty()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    heights = "[...document.querySelectorAll('button, label')].map((one) => one.offsetHeight)"
    assert min(height for height in page.evaluate(heights) if height) >= 44
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        assert violations(page) == []

"""Links to a state, widgets that share one, questions that cover: on a page as the book's runtime has it."""

import json
import re
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page, expect

from seglosses.grids import LUNG, PREDICTION_1, PREDICTION_2
from seglosses.widgets import GridPainter, Question

ROOT = Path(__file__).parents[2]


def pixel(page: Page, row: int, col: int, nth: int = 0):
    """One pixel of the nth painter."""
    return page.get_by_role("grid").nth(nth).get_by_role("row").nth(row).get_by_role("gridcell").nth(col)


def painted(page: Page, nth: int = 0) -> torch.Tensor:
    """The prediction that the nth painter shows: true and false positives are ones."""
    kinds = page.get_by_role("grid").nth(nth).locator("[data-outcome]")
    expect(kinds).to_have_count(100)
    ones = kinds.evaluate_all("cells => cells.map((cell) => /^.p$/.test(cell.dataset.outcome) ? 1 : 0)")
    return torch.tensor(ones, dtype=torch.float32).reshape(10, 10)


@pytest.mark.parametrize("served", [True, False], ids=["served", "file"])
def test_a_link_opens_the_page_exactly_so(page_of, visit, served):
    """What is painted travels in the address: the copied link opens the same masks, slider and brush."""
    page = visit(permissions=["clipboard-read", "clipboard-write"]).page
    page.goto(page_of(GridPainter(LUNG, PREDICTION_2), served=served))
    pixel(page, 0, 0).click()
    page.get_by_role("slider", name="smooth").fill("2.5")
    page.get_by_role("button", name="Truth Y").click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Link copied.")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert len(link.partition("#")[2]) <= 200
    fresh = page.context.new_page()
    fresh.goto(link)
    expected = PREDICTION_2.clone()
    expected[0, 0] = 1
    assert torch.equal(painted(fresh), expected)
    expect(fresh.get_by_role("slider", name="smooth")).to_have_value("2.5")
    expect(fresh.get_by_role("button", name="Truth Y")).to_have_attribute("aria-pressed", "true")
    again = GridPainter.from_url(link)
    assert torch.equal(again.prediction, expected)
    assert (again.smooth, again.subject) == (2.5, "target")


def test_a_link_from_python_opens_on_the_page(page_of, visit):
    """`.url()` of a painter is a link to the page, also while the page is open."""
    page = visit().page
    address = page_of(GridPainter(LUNG))
    page.goto(GridPainter(LUNG, PREDICTION_1).url(address))
    expect(page.get_by_role("grid")).to_be_visible()
    assert torch.equal(painted(page), PREDICTION_1)
    page.goto(GridPainter(LUNG, PREDICTION_2).url(address))  # only the fragment changes
    expect(pixel(page, 6, 3)).to_have_attribute("data-outcome", "fp")
    assert torch.equal(painted(page), PREDICTION_2)


@pytest.mark.parametrize(
    "fragment", ["grid=", "grid=nonsense", "grid=%E4%BD%A0", "grid=gEkk%", "cut", "small"]
)
def test_a_bad_link_is_a_note(page_of, visit, fragment):
    """A link that is damaged, or made for another grid, changes nothing and says so."""
    whole = GridPainter(LUNG, PREDICTION_1).url()[1:]
    small = GridPainter(torch.ones(2, 3)).url()[1:]
    fragment = {"cut": whole[:-5], "small": small}.get(fragment, fragment)
    page = visit().page
    page.goto(f"{page_of(GridPainter(LUNG, PREDICTION_2))}#{fragment}")
    expect(page.get_by_text("holds a state that does not fit here")).to_be_visible()
    assert torch.equal(painted(page), PREDICTION_2)


def test_other_fragments_are_not_ours(page_of, visit):
    """A link to a heading, or to another widget's state, is none to this one and gives no note."""
    page = visit().page
    for fragment in ("", "#some-heading", "#other=gAAAA", "#a=b&c"):
        page.goto(f"{page_of(GridPainter(LUNG, PREDICTION_2))}{fragment}")
        expect(page.get_by_role("grid")).to_be_visible()
        expect(page.get_by_text("does not fit here")).to_have_count(0)


def test_copying_may_be_refused(page_of, visit):
    """Where the page may not use the clipboard, the link stands there, selected."""
    page = visit().page
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(page_of(GridPainter(LUNG)))
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_label("Text to copy")).to_be_focused()
    assert re.search(r"#grid=g[\w-]+$", page.evaluate("getSelection().toString()"))


def test_several_widgets_have_their_names(page_of, visit):
    """Two painters of one name are told apart, and one link sets both."""
    page = visit().page
    one, two = GridPainter(LUNG), GridPainter(LUNG)
    first = GridPainter(LUNG, PREDICTION_1).url()
    second = GridPainter(LUNG, PREDICTION_2, name="grid-2").url()
    page.goto(f"{page_of(one, two)}{first}&{second[1:]}")
    assert torch.equal(painted(page, 0), PREDICTION_1)
    assert torch.equal(painted(page, 1), PREDICTION_2)


def test_two_displays_of_one_widget_stay_in_step(page_of, visit):
    """Painting in one view moves the other; another widget beside them does not move."""
    page = visit().page
    painter = GridPainter(LUNG)
    page.goto(page_of(painter, painter, GridPainter(LUNG)))
    pixel(page, 4, 4, nth=0).click()
    assert painted(page, 1)[4, 4] == 1
    pixel(page, 4, 4, nth=1).click()
    assert painted(page, 0)[4, 4] == 0
    page.get_by_role("slider", name="smooth").nth(1).fill("3")
    expect(page.get_by_role("slider", name="smooth").nth(0)).to_have_value("3")
    assert painted(page, 2).sum() == 0


def test_a_question_covers_the_widget_beneath(page_of, visit):
    """The painter opens with the commitment, unless the address is a link to what is painted in it."""
    page = visit().page
    question = Question("?", {"a": "b", "c": "d"}, right="a", name="first", covers="next")
    address = page_of(question, GridPainter(LUNG))
    page.goto(address)
    expect(page.get_by_text("Covered until")).to_be_visible()
    expect(page.get_by_role("grid")).to_be_hidden()
    page.get_by_label("c", exact=True).check()
    page.get_by_role("button", name="Commit my answer").click()
    expect(page.get_by_role("grid")).to_be_visible()
    page.reload()  # remembered
    expect(page.get_by_role("grid")).to_be_visible()
    page.get_by_role("button", name="Forget my answer").click()
    expect(page.get_by_role("grid")).to_be_hidden()
    page.goto(address + GridPainter(LUNG, PREDICTION_1).url())
    page.reload()
    expect(page.get_by_role("grid")).to_be_visible()


def test_a_question_is_text_without_scripts_and_on_paper(page_of, visit):
    """Without scripts the answer is folded; paper has the question alone, live or not."""
    question = Question("Which?", {"a": "Because.", "c": "No."}, right="a", name="first")
    address = page_of(question)
    still = visit(java_script_enabled=False).page
    still.goto(address)
    expect(still.get_by_text("Because.")).to_be_hidden()
    still.get_by_text("Answer and reasons").click()
    expect(still.get_by_text("Because.")).to_be_visible()
    for options in ({}, {"java_script_enabled": False}):
        page = visit(**options).page
        page.goto(address)
        page.emulate_media(media="print")
        expect(page.get_by_text("Which?").filter(visible=True)).to_have_count(1)
        expect(page.get_by_text("Because.")).to_be_hidden()
        expect(page.get_by_role("radio")).to_have_count(0)


def test_a_chapter_opens_the_playground_at_its_own_runs(address, visit):
    """The link in "Choosing a loss": the page trains to step 300, and comes out as it was recorded."""
    page = visit().page
    page.goto(f"{address}/book/choosing.html")
    page.get_by_role("link", name="This link opens it").click()
    page.wait_for_url("**/playground.html#playground=*")
    page.locator(".playground").scroll_into_view_if_needed()
    expect(page.locator(".playground").get_by_role("status")).to_contain_text("Step 300.", timeout=120_000)
    rows = page.locator(".playground .sl-table tbody tr").all_inner_texts()
    said = {name: [float(one) for one in values] for name, *values in (row.split("\t") for row in rows)}
    record = json.loads((ROOT / "book/data/playground.json").read_text("utf-8"))["runs"]
    for side, k in (("left", 0), ("right", 1)):
        run = next(one for one in record if (one["story"], one["side"]) == ("quiet", side))
        scores = run["steps"]["300"]
        assert [said["Dice"][k], said["largest p"][k]] == pytest.approx(
            [scores["dice"], scores["largest"]], abs=0.006
        )

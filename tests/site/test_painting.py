"""The painter of the Dice chapter, on the built page: what it shows is what torch computes."""

import torch
from playwright.sync_api import Page, expect

from seglosses import dice_loss, iou_loss
from seglosses.grids import LUNG, as_logits


def painted(page: Page) -> torch.Tensor:
    """Read the prediction off the page's grid: it is 1 where a pixel counts as found or invented."""
    outcomes = page.locator(".grid-painter [role=gridcell]").evaluate_all(
        "cells => cells.map(cell => cell.dataset.outcome)"
    )
    return torch.tensor([outcome in ("tp", "fp") for outcome in outcomes], dtype=torch.float64).view(10, 10)


def check(page: Page, prediction: torch.Tensor) -> None:
    """Compare the grid with the prediction expected, and each score with the loss of the package."""
    assert torch.equal(painted(page), prediction)
    for name, loss in (("dice", dice_loss), ("iou", iou_loss)):
        expected = 1 - loss(as_logits(prediction, confidence=50), LUNG, smooth=0)
        expect(page.locator(f".grid-painter [data-score={name}] strong")).to_contain_text(f"{expected:.4f}")


def test_what_is_painted_is_what_torch_computes(address, visit):
    """A click, a drag, the keyboard, undo and reset each leave the scores that torch gives the same grid."""
    page = visit(viewport={"width": 1280, "height": 900}).page
    page.goto(f"{address}/book/dice.html")
    grid = page.locator(".grid-painter [role=grid]")
    expect(grid).to_be_visible()
    start = painted(page)
    check(page, start)

    expected = start.clone()
    page.locator(".grid-painter [role=gridcell]").nth(11).click()
    expected[1, 1] = 1
    check(page, expected)

    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    side = box["width"] / 10
    page.mouse.move(box["x"] + 0.5 * side, box["y"] + 9.5 * side)
    page.mouse.down()
    page.mouse.move(box["x"] + 9.5 * side, box["y"] + 9.5 * side, steps=3)
    page.mouse.up()
    expected[9] = 1
    check(page, expected)

    page.keyboard.press("Control+z")
    expected[9] = 0
    check(page, expected)

    page.locator(".grid-painter [role=gridcell]").nth(11).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expected[2, 2] = 1 - expected[2, 2]
    check(page, expected)

    page.locator(".grid-painter").get_by_role("button", name="Reset").click()
    check(page, start)

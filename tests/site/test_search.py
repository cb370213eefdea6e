"""The search field, which only the search page's own scripts answer."""

from playwright.sync_api import expect


def test_the_search_field_leads_to_results(address, visit):
    """Words typed on a chapter's page are found on the search page, with the chapter that explains them."""
    page = visit(viewport={"width": 1280, "height": 900}).page
    page.goto(f"{address}/book/bce.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("false alarm")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results")).to_contain_text("Dice loss")

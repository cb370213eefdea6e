"""The search field, which only the search page's own scripts answer."""

import re

from playwright.sync_api import expect


def test_the_search_field_leads_to_results(address, visit):
    """Words typed on a chapter's page are found on the search page, with the chapter that explains them."""
    page = visit(viewport={"width": 1280, "height": 900}).page
    page.goto(f"{address}/book/bce.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("false alarm")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results")).to_contain_text("Dice loss")


# What people type, and the pages that answer it or lead to the cell that does.
INDEX = {"questions", "symptoms", "glossary"}
TYPED = {
    "mask is black": {"symptoms", "questions"},
    "loss decreases but dice stays zero": {"questions"},
    "predicts all background": {"symptoms", "choosing", "questions"},
    "dice or cross entropy": {"questions", "choosing", "bce-dice"},
    "multi-class dice": {"questions", "api", "glossary"},
    "multiclass": {"api", "glossary", "questions"},
    "one-hot": {"questions", "api", "glossary"},
    "softmax or sigmoid": {"questions", "api"},
    "empty mask": {"batches", "questions", "glossary"},
    "miou per image": {"questions", "batches", "glossary"},
    "f1 score": {"questions", "glossary", "iou"},
    "f1": {"questions", "glossary", "iou"},
    "jaccard": {"iou", "questions", "glossary"},
    "sorensen": {"questions", "glossary"},
    "epsilon": {"questions", "glossary"},
    "what is smooth for": {"questions", "dice"},
    "negative dice loss": {"questions", "symptoms"},
    "loss is negative": {"questions", "symptoms"},
    "alpha focal loss": {"questions", "focal", "glossary"},
    "focal loss multi-class alpha": {"questions", "api"},
    "logits or probabilities": {"questions", "symptoms"},
    "loss stuck at 0.693": {"questions", "symptoms"},
    "nan loss": {"questions", "symptoms", "numerics"},
    "mixed precision": {"questions", "numerics", "glossary"},
    "amp": {"questions", "numerics", "glossary"},
    "ignore_index": {"questions", "api", "glossary"},
    "void label": {"questions", "glossary"},
    "shape of target": {"questions", "your-data", "your-training"},
    "class weights": {"questions", "api", "glossary"},
    "pos_weight": {"questions", "api", "bce", "glossary"},
    "small lesion": {"questions", "choosing", "family"},
    "tversky": {"family", "questions", "glossary"},
    "lovasz": {"family", "questions", "glossary"},
    "hausdorff": {"family", "questions", "glossary"},
    "boundary loss": {"family", "questions", "glossary"},
    "cldice": {"family", "questions", "glossary"},
    "dice loss jumps": {"questions", "symptoms"},
    "loss unstable": {"questions"},
    "dice stuck": {"questions"},
    "high dice bad mask": {"questions", "symptoms"},
    "overfitting": {"symptoms", "questions", "glossary"},
    "validation better than training": {"symptoms", "questions"},
    "weight cross entropy and dice": {"questions", "bce-dice", "api"},
    "background class": {"questions", "your-training", "batches"},
    "include_background": {"questions", "your-training", "api"},
    "focal loss normalizer": {"questions"},
    "annotators disagree": {"questions", "batches", "choosing"},
    "label noise": {"questions", "choosing"},
    "fused kernel": {"questions", "numerics"},
    "augmentation": {"glossary", "symptoms"},
    "nifti": {"your-data", "questions"},
    "coco": {"your-data", "questions", "glossary"},
    "gradient clipping": {"numerics", "glossary", "symptoms"},
    "gradient accumulation": {"numerics", "glossary"},
}
FIRST = """() => [...document.querySelectorAll("#search-results ul.search > li > a")].slice(0, 3)
    .map((one) => one.getAttribute("href"))"""
DONE = "/^(Search finished|Your search did not match|No results)/.test("
DONE += "document.querySelector('#search-results p.search-summary')?.textContent ?? '')"


def test_what_people_type_is_found_among_the_first_three(address, visit):
    """Each question in the words in which people ask it, and each synonym, typed into the search page."""
    page = visit().page
    missed = {}
    for typed, answers in TYPED.items():
        page.goto(f"{address}/search.html")
        page.locator("form.bd-search input").last.fill(typed)
        page.keyboard.press("Enter")
        page.wait_for_function(DONE)
        found = [re.sub(r"^.*book/|\.html.*$", "", one) for one in page.evaluate(FIRST)]
        if not answers & set(found):
            missed[typed] = found
    assert missed == {}

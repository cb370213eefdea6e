"""The editions in other languages: built beside the English one, switched to in place, searched."""

import re
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect

from tests.site.conftest import PAGES, ROOT
from tests.site.test_search import FIRST

LANGUAGES = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["sphinx"]["config"]["editions"]
each = pytest.mark.parametrize("language", LANGUAGES)


@each
def test_every_page_leads_to_the_same_page(site: Path, language: str):
    """There and back, with what tells search engines of it, by relative links that exist."""
    for page in PAGES:
        for here, there in ((site, language), (site / language, "en")):
            html = (here / f"{page}.html").read_text("utf-8")
            (switch,) = re.findall(r'class="btn btn-sm language-switch" href="([^"]+)"', html)
            (alternate,) = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', html)
            assert alternate[0].startswith(there)
            assert alternate[1] == switch
            other = site / page if here != site else site / language / page
            assert (here / page).parent.joinpath(switch).resolve() == other.with_suffix(".html").resolve()
            assert other.with_suffix(".html").exists()


@each
def test_the_switch_keeps_the_place(site: Path, visit, language: str):
    """A reader in the middle of a page arrives at the same cell; a page from a file, too."""
    opened = visit(viewport={"width": 1280, "height": 900})
    page = opened.page
    page.goto((site / "book/dice.html").as_uri())
    page.locator("#dice-gradient").scroll_into_view_if_needed()
    page.evaluate("document.getElementById('dice-gradient').scrollIntoView()")
    page.locator("a.language-switch").first.click()
    expect(page.locator("html")).to_have_attribute("lang", re.compile(rf"^{language}"))
    assert page.url.endswith(f"{language}/book/dice.html#dice-gradient")
    page.locator("a.language-switch").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one == "zh"])
def test_a_page_speaks_chinese(language: str, site: Path, visit):
    """Widgets, exercises and their verdicts, from a file."""
    page = visit(viewport={"width": 1280, "height": 900}).page
    page.goto((site / "zh/book/dice.html").as_uri())
    painter = page.locator("#dice-painter .sl-widget").first
    expect(painter).to_contain_text("预测2")
    page.locator("#dice-exercise-column-code .answer-here").click()
    page.get_by_label("你的答案").fill("1/9")
    page.keyboard.press("Enter")
    expect(page.locator("#dice-exercise-column-code")).to_contain_text("正确。")


# ---- search in Chinese -------------------------------------------------------------------------------------

# As people type them, with the pages that answer.
QUESTIONS = {
    "损失卡在0.693": {"symptoms", "questions"},
    "损失是负数": {"symptoms", "questions"},
    "损失是NaN": {"symptoms", "questions", "numerics"},
    "掩膜全黑": {"symptoms", "questions"},
    "交并比和Dice的区别": {"iou", "questions"},
    "前景稀少": {"bce", "questions", "choosing", "glossary"},
    "平滑项有什么用": {"dice", "questions", "glossary", "corrections"},
    "类别不平衡": {"bce", "glossary", "questions", "corrections", "focal"},
    "alpha 焦点损失": {"focal", "glossary", "questions"},
    "小目标": {"dice", "iou", "questions", "family", "choosing"},
    "多类别": {"classes", "glossary", "questions", "api"},
    "忽略的像素": {"classes", "glossary", "questions", "api"},
    "梯度裁剪": {"numerics", "glossary"},
    "梯度累积": {"numerics", "glossary"},
    "混合精度": {"numerics", "glossary", "questions"},
    "过拟合": {"symptoms", "glossary", "questions"},
    "空掩膜": {"batches", "glossary", "questions", "dice"},
    "边界损失": {"family", "glossary"},
    "教案": {"plans", "index"},
    "试卷": {"papers", "exercises", "index"},
}


DONE = "/^(搜索完成|您的搜索没有匹配)/.test("
DONE += "document.querySelector('#search-results p.search-summary')?.textContent ?? '')"


def terms() -> dict[str, set[str]]:
    """The Chinese terms of the glossary with the pages that explain them."""
    glossary = (ROOT / "book/zh/glossary.md").read_text("utf-8")
    found: dict[str, set[str]] = {}
    for entry in glossary.partition("```{glossary}\n")[2].split("\n\n"):
        names = [line for line in entry.splitlines() if line and not line.startswith((" ", "`"))]
        pages = set(re.findall(r"\]\(([\w-]+)\.(?:ipynb|md)", entry)) | {"glossary"}
        found |= {name: pages for name in names if re.search("[\u4e00-\u9fff]{2}", name)}
    return found


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one == "zh"])
def test_chinese_words_are_found_among_the_first_three(language: str, site: Path, address, visit):
    """Each Chinese term of the glossary and twenty questions as people type them, in a real browser."""
    typed = terms() | QUESTIONS
    assert len(typed) > 80
    page, missed = visit().page, {}
    for words, answers in typed.items():
        page.goto(f"{address}/zh/search.html")
        page.locator("form.bd-search input").last.fill(words)
        page.keyboard.press("Enter")
        page.wait_for_function(DONE)
        first = [re.search(r"([\w-]+)\.html", href)[1] for href in page.evaluate(FIRST)]
        if not answers & set(first):
            missed[words] = first
    assert missed == {}

"""Questions: what Python refuses, and what a reader meets in a real browser."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Error, Page, expect

from seglosses.widgets import NumberQuestion, Question

CHOICES = {
    "Dice": "Dice counts the hits twice.",
    "IoU": "<i>J</i> counts them once.",
    "Equal": "Only at 0 and at 1.",
}


def lower(**options) -> Question:
    """A question with three choices, the second of them right."""
    return Question("Which is <i>lower</i>?", CHOICES, **{"right": "IoU", "name": "lower"} | options)


def dice(**options) -> NumberQuestion:
    """A question for a number between 0 and 1 that is about 0.9744."""
    given = {"tolerance": 0.01, "name": "dice", "reveal": "Both masks agree.", "low": 0, "high": 1} | options
    return NumberQuestion("What is Dice?", Fraction(38, 39), slips={0.95: "That is IoU."}, **given)


# ---- Python ------------------------------------------------------------------------------------------


def test_answer_and_correct():
    """Both are None until an answer is given, and again after a reset."""
    question = lower()
    assert (question.answer, question.correct) == (None, None)
    question.answer = "Dice"
    assert question.correct is False
    question.answer = "IoU"
    assert question.correct is True
    question.reset()
    assert (question.answer, question.correct) == (None, None)


@pytest.mark.parametrize(("answer", "correct"), [(0.97, True), (0.984, True), (0.96, False), (1, False)])
def test_tolerance(answer, correct):
    """A number is right within the tolerance and not beyond it."""
    question = dice()
    question.answer = answer
    assert question.correct is correct


# The last two lie as far from their rounding as two decimals can, which float64 takes for a little more.
ROUNDED = [(0.7619, 0.76), (16.6357, 16.64), (0.145, 0.15), (123456.125, 123456.13)]


def rounded(right: float) -> NumberQuestion:
    """A question that asks for two decimals."""
    return NumberQuestion("To two decimals?", right, tolerance=0.005, name="two", reveal="So.")


@pytest.mark.parametrize(("right", "answer"), ROUNDED)
def test_two_decimals_are_right_where_two_are_asked(show, right, answer):
    """In Python and on the page alike, however large the number is; the next one is wrong."""
    question = rounded(right)
    question.answer = answer
    assert question.correct
    question.answer = round(answer + 0.01, 2)
    assert not question.correct
    page = show(rounded(right), rounded(right))
    for nth, (typed, says) in enumerate([(answer, "Right, within 0.005."), (answer + 0.01, "Off by")]):
        page.get_by_role("spinbutton").nth(0).fill(f"{typed:.2f}")
        commit(page)
        expect(page.get_by_role("status").nth(nth)).to_contain_text(says)


@pytest.mark.parametrize("right", [torch.tensor(0.5), 0.5, Fraction(1, 2)])
def test_computed_values_come_as_they_are(right):
    """The true number may be whatever the computation gave."""
    question = NumberQuestion("?", right, tolerance=0, name="half", reveal="Half.")
    question.answer = 0.5
    assert question.correct


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: lower(right="BCE"), "right must be one of 'Dice', 'IoU', 'Equal'; got 'BCE'. Hint: "),
        (lambda: lower(name="Not good"), "lower-case words joined by hyphens"),
        (lambda: lower(covers="below"), 'covers must be "next"'),
        (lambda: lower(reveal="<script>"), "tags of reveal must be among .*; got <script>. Hint: "),
        (lambda: lower(reveal="<i onclick=x>"), "tags of reveal must be among .*; got <i onclick=x>"),
        (lambda: lower(reveal="<i>"), "reveal must close all its tags; got an open <i>. Hint: add </i>"),
        (
            lambda: lower(reveal="<b><i></b></i>"),
            "close the tags that are open; got </b> where no <b> is. Hint: ",
        ),
        (lambda: Question("?", {"a": "b"}, right="a", name="x"), "two answers or more"),
        (
            lambda: Question("?", {"a": "b", "c": ""}, right="a", name="x"),
            "the choice 'c' must have a reason; got ''. Hint: ",
        ),
        (lambda: dice(tolerance=-1), "tolerance must be at least 0; got -1.*Hint: "),
        (
            lambda: dice(tolerance=0.03),
            "a slip must be more than .*; got 0.95, which counts as right",
        ),
        (lambda: dice(high=0.5), r"right must lie in \[0, 0.5\]; got .* Hint: "),
        (lambda: dice(reveal=""), "reveal must say why it is this number; got ''. Hint: "),
    ],
)
def test_errors_of_the_author(make, message):
    """What cannot work is refused at once, in words that say what to do."""
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(("question", "bad"), [(lower(), "BCE"), (lower(), 3), (dice(), 2), (dice(), "much")])
def test_a_bad_answer_leaves_the_last_good_one(question, bad):
    """An answer that is none is refused, and the one before it stays."""
    good = "Dice" if isinstance(question, Question) else 0.5
    question.answer = good
    with pytest.raises((TypeError, ValueError), match="answer must"):
        question.answer = bad
    assert question.answer == good


def test_plain_text_stands_for_it():
    """Without scripts there are the question, its choices, and behind a label the answer with each reason."""
    bundle, _ = lower(reveal="p < q")._repr_mimebundle_()
    text = bundle["text/html"]
    assert "Which is <i>lower</i>?" in text
    assert "<summary>Answer and reasons</summary>" in text
    assert "<b>✓ IoU</b> <i>J</i> counts them once." in text
    assert all(f"<li>{choice}</li>" in text for choice in CHOICES)
    assert "p &lt; q" in text
    assert "image/svg+xml" not in bundle
    assert "<b>≈ 0.9744.</b> Both masks agree." in dice()._repr_mimebundle_()[0]["text/html"]


def test_language_is_that_of_its_text():
    """A question in Chinese has Chinese words around it, and any language can be asked for."""
    assert lower().language == "en"
    assert lower(language="zh").language == "zh"
    assert Question("哪个更低？", CHOICES, right="IoU", name="x").language == "zh"


# ---- the page ----------------------------------------------------------------------------------------


def commit(page: Page, nth: int = 0) -> None:
    """Press the button of the nth question that is still open."""
    page.get_by_role("button", name="Commit my answer").nth(nth).click()


def test_commit_a_choice(show):
    """After the commitment every choice has its reason; the reader's and the right one stand open."""
    page = show(lower(reveal="See chapter 4."))
    expect(page.get_by_text("See chapter 4.")).to_be_hidden()
    page.get_by_label("Dice", exact=True).check()
    commit(page)
    expect(page.get_by_role("status")).to_have_text("Not this one.")
    expect(page.get_by_role("radio").first).to_be_hidden()
    for text in ("Dice counts the hits twice.", "J counts them once.", "See chapter 4."):
        expect(page.get_by_text(text)).to_be_visible()
    expect(page.get_by_text("Only at 0 and at 1.")).to_be_hidden()
    page.locator("summary", has_text="Equal").click()
    expect(page.get_by_text("Only at 0 and at 1.")).to_be_visible()
    assert page.evaluate("window.models[0].saved") == [{"answer": "Dice"}]  # what Python gets


def test_commit_a_number(show):
    """A number stands beside the true one, with the slip that it may come from."""
    page = show(dice())
    page.get_by_role("spinbutton").fill("0.95")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Off by 0.0244.")
    expect(page.get_by_text("≈ 0.9744")).to_be_visible()
    expect(page.get_by_text("That is IoU.")).to_be_visible()
    assert page.evaluate("window.models[0].get('answer')") == 0.95


def test_storage_may_be_refused(show):
    """Where a page may store nothing, as in some frames, a question works and forgets."""
    page = show(lower())
    with pytest.raises(Error, match="Access is denied"):
        page.evaluate("localStorage")
    page.get_by_label("IoU", exact=True).check()
    commit(page)
    expect(page.get_by_role("status")).to_have_text("Right.")


def test_nothing_opens_without_an_answer(show):
    """An empty form and a number out of range are told what is missing, and nothing is committed."""
    page = show(lower(), dice())
    commit(page, 0)
    expect(page.get_by_text("Choose one answer first.")).to_be_visible()
    page.get_by_role("spinbutton").fill("7")
    commit(page, 1)
    expect(page.get_by_text("Type a number from 0 to 1 first.")).to_be_visible()
    assert page.evaluate("window.models.map((model) => model.get('answer'))") == [None, None]


def test_by_keyboard_alone(show):
    """Tab, arrows, Space and Enter are enough, and focus is never lost."""
    page = show(lower())
    for key in ("Tab", "Space", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("status")).to_have_text("Right.")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "What the answer is, and why"
    page.get_by_role("button", name="Forget my answer").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio").first).to_be_focused()
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)


def test_follows_python(show):
    """An answer set from Python, or on another view of the same question, shows in all views."""
    page = show(lower(), views=2)
    page.get_by_label("IoU", exact=True).first.check()
    commit(page)
    expect(page.get_by_text("J counts them once.")).to_have_count(2)
    page.evaluate("window.models[0].set('answer', null)")
    expect(page.get_by_role("radio")).to_have_count(6)


def test_text_is_never_script(show):
    """Tags beyond the few stay text, whatever the state says."""
    question = lower()
    state = question.get_state()
    question.get_state = lambda: state | {"text": "<img src=x onerror=document.title='bad'> <i>a</i>"}
    page = show(question)
    expect(page.get_by_text("<img src=x onerror=document.title='bad'> a")).to_be_visible()
    assert page.title() != "bad"


# A page as Sphinx writes it, as far as covering and remembering see it; opened as a file it has a storage.
SECTION = """<!doctype html><html lang="en"><head><title>Page</title></head><body><main>
<section><h1>Puzzle</h1>
<div class="cell_output"><div class="widget-slot" id="here"></div></div>
<p>Prose between.</p>
<div class="cell_output"><div class="widget-slot"><p>The widget beneath</p></div></div>
<p>What it shows. <span id="remark">A remark.</span></p>
<div class="cell_output"><div class="output"><p>The output after that</p></div></div>
<div class="cell_output"><div class="widget-slot"><p class="question-still">Another question</p></div></div>
<p>After the other question.</p><section><p>The subsection</p></section>
</section><div id="solution"><p>The solution</p></div></main><script>HARNESS</script></body></html>"""


@pytest.fixture
def section(visit, harness, tmp_path: Path):
    """Open (again) a page with a question in the middle of its section."""
    path = tmp_path / "page.html"
    path.write_text(SECTION.replace("HARNESS", harness), "utf-8")
    page = visit().page

    def opened(question) -> Page:
        page.goto(path.as_uri())
        state = json.loads(json.dumps(question.get_state()))
        page.evaluate("state => window.mount(state, 1, document.querySelector('#here'))", state)
        return page

    return opened


@pytest.mark.parametrize(
    ("covers", "hidden", "shown"),
    [
        (
            "next",
            ["The widget beneath", "What it shows.", "The output after that"],
            [
                "Prose between.",
                "Another question",
                "After the other question.",
                "The subsection",
                "The solution",
            ],
        ),
        ("#solution", ["The solution"], ["The widget beneath"]),
        ("", [], ["The widget beneath", "The solution"]),
    ],
)
def test_covers_until_committed(section, covers, hidden, shown):
    """What it covers opens with the answer and closes when that is forgotten; all else is left alone."""
    page = section(lower(covers=covers))
    for text in shown:
        expect(page.get_by_text(text)).to_be_visible()
    for text in hidden:
        expect(page.get_by_text(text)).to_be_hidden()
    page.get_by_label("IoU", exact=True).check()
    commit(page)
    for text in hidden:
        expect(page.get_by_text(text)).to_be_visible()
    opened = " What was covered is open now." if hidden else ""
    expect(page.get_by_role("status")).to_have_text(f"Right.{opened}")
    page.get_by_role("button", name="Forget my answer").click()
    for text in hidden:
        expect(page.get_by_text(text)).to_be_hidden()


def test_a_link_to_a_place_opens_what_covers_it(section):
    """Whoever follows a link, from this page or another one, lands on what it promises."""
    page = section(lower(covers="next"))
    expect(page.get_by_text("A remark.")).to_be_hidden()
    page.evaluate("location.hash = 'remark'")
    expect(page.get_by_text("A remark.")).to_be_visible()
    expect(page.get_by_text("The widget beneath")).to_be_visible()


def test_show_it_anyway(section):
    """A reader in a hurry opens what is covered without an answer; before, paper covers it as well."""
    page = section(lower(covers="next"))
    page.emulate_media(media="print")
    expect(page.get_by_text("The widget beneath")).to_be_hidden()
    expect(page.get_by_text("Covered until you have answered")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Show it anyway").click()
    expect(page.get_by_text("The widget beneath")).to_be_visible()
    expect(page.get_by_role("radio").first).to_be_visible()


def test_this_device_remembers(section):
    """An answer is there at the next visit, per question, until it is forgotten or no longer one."""
    page = section(lower(covers="next"))
    page.get_by_label("Dice", exact=True).check()
    commit(page)
    section(lower(covers="next"))
    expect(page.get_by_role("status")).to_have_text("Not this one.")
    expect(page.get_by_text("The widget beneath")).to_be_visible()
    section(lower(name="another"))
    expect(page.get_by_role("radio").first).to_be_visible()
    section(dice(name="lower"))  # what is remembered is no number
    expect(page.get_by_role("spinbutton")).to_be_visible()
    section(lower())
    page.get_by_role("button", name="Forget my answer").click()
    section(lower())
    expect(page.get_by_role("radio").first).to_be_visible()


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessible(show, theme, size, violations):
    """Axe finds nothing before and after the answer, in both themes; on a phone targets are 44 px high."""
    viewport = {"width": size[0], "height": size[1]}
    page = show(lower(), dice(), theme=theme, viewport=viewport)

    def clean() -> None:
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        if size[0] < 400:
            for target in page.locator("button:visible, label:visible, input[type=number], summary").all():
                assert not target.is_visible() or target.bounding_box()["height"] >= 44

    commit(page, 0)
    clean()
    page.get_by_label("Dice", exact=True).check()
    commit(page)
    page.get_by_role("spinbutton").fill("0.95")
    commit(page)
    clean()

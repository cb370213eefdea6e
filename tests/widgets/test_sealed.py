"""Copies for students: the same verdict as in the book, in Python and on the page, from digests alone."""

import hashlib
import json
import random
from collections.abc import Iterator
from fractions import Fraction

import pytest
from playwright.sync_api import expect

from seglosses.exercises._check import Check
from seglosses.exercises._described import typed
from seglosses.exercises.contents import CHAPTERS, checks
from seglosses.exercises.sealed import HAND_IN, Sealed, seal, sealed
from seglosses.sealed import digest, fits, sealed_number, sealed_text
from seglosses.widgets.exercise import form
from seglosses.widgets.question.sealed import SealedNumberQuestion, SealedQuestion
from tests.widgets.exercise.test_verdicts import CHECKS, answers, verdict_of
from tests.widgets.scripts import javascript

ALL = [check for page in CHAPTERS for check in checks(page)]


def copy_of(check: Check) -> Sealed:
    """The check that a copy for students has."""
    return sealed(check.name, json.loads(json.dumps(seal(check.name, check.for_page()))))


# ---- digests ---------------------------------------------------------------------------------------------


def test_a_digest_is_half_of_sha_256():
    """Of "salt text", in hexadecimal; FIPS 180-2's own example begins so."""
    assert hashlib.sha256(b"abc").hexdigest().startswith("ba7816bf8f01cfea")
    assert digest("a", "b") == hashlib.sha256(b"a b").hexdigest()[:32]
    assert digest("a", "b") != digest("b", "b")


def test_the_page_computes_the_same_digests():
    """Of texts of every length around the blocks of 64 bytes, and of letters of several bytes."""
    texts = ["x" * n for n in range(130)] + ["½", "损失函数", "Prediction 2: 0.37", ""]
    came = javascript("kit/seal.js", "return data.map((text) => sha256(text));", texts)
    assert came == [hashlib.sha256(text.encode()).hexdigest() for text in texts]


@pytest.mark.parametrize("right", [0.5, 1 / 9, -2.9444, 524288.0, 1770.2, 0.001953125, 0.0])
@pytest.mark.parametrize("within", [0.0006, 1e-6, 0.9])
def test_a_number_fits_within_what_it_may_be_off(right, within):
    """And at most a quarter beyond; the page takes the very same numbers."""
    made = sealed_number("salt", right, within)
    values = [right + within * share for share in (0, -0.999, 0.999, -1.251, 1.251, -2, 2, -40, 40)]
    fit = [fits(made, value) for value in values]
    assert fit == [True] * 3 + [False] * 6
    assert javascript("kit/seal.js", "return data[1].map((x) => fits(data[0], x));", [made, values]) == fit


def test_without_a_tolerance_the_number_itself_fits():
    """As exactly as float64 computes; what is infinite or no number fits nothing."""
    made = sealed_number("salt", 1 / 3, 0)
    assert fits(made, 1 - 2 / 3)
    assert not fits(made, 0.3333)
    assert not any(fits(made, value) for value in (float("inf"), float("nan"), -1e300))


# ---- exercises -------------------------------------------------------------------------------------------


def test_a_copy_judges_as_the_book_does():
    """Thousands of answers, right and wrong; only just beyond what counts may the two differ."""
    draw = random.Random(16)
    judged = 0
    for check in CHECKS:
        exercise, copy = check.for_page(), copy_of(check)
        for answer in answers(exercise, draw)[::3]:
            if not just_beyond(exercise, answer):
                assert verdict_of(copy, answer).right is verdict_of(check, answer).right, (check.name, answer)
                judged += 1
    assert judged > 3000


def just_beyond(exercise: dict, answer: str | list) -> bool:
    """Whether a number lies where its seal may still count it."""
    if exercise["kind"] != "number":
        return False
    try:
        off = abs(typed(answer) - exercise["right"]) / exercise["within"]
    except Exception:  # it is no number
        return False
    return 0.999 < off < 1.251


def test_the_page_judges_a_copy_as_python_does():
    """Right or not, and the same words."""
    draw = random.Random(17)
    copies = {check.name: copy_of(check) for check in CHECKS}
    asked = [(check.name, answer) for check in CHECKS for answer in answers(check.for_page(), draw)[::5]]
    for painted in (False, True):
        some = [one for one in asked if (copies[one[0]].description["kind"] == "sealed grid") is painted]
        program = "return data.asked.map(([name, answer]) => JUDGE(data.exercises[name], answer));"
        given = {"exercises": {name: copy.description for name, copy in copies.items()}, "asked": some}
        judge = "judgeSealedGrid" if painted else "judgeSealed"
        came = javascript("exercise/sealed_state.js", program.replace("JUDGE", judge), given)
        for (name, answer), verdict in zip(some, came, strict=True):
            expected = verdict_of(copies[name], answer)
            assert verdict == {"right": expected.right, "reason": expected.reason}, (name, answer)


def leaves(value: object) -> Iterator[object]:
    """Every text and number that a description holds."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from leaves(one)
    else:
        yield value


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.name)
def test_a_copy_holds_no_answer(check):
    """Neither the right answer nor a reason, and of a grid no mask by its name."""
    book, copy = check.for_page(), list(leaves(seal(check.name, check.for_page())))
    said = [
        text for text in leaves({**book, "hint": "", "says": ""}) if isinstance(text, str) and " " in text
    ]
    assert not set(said) & set(copy)
    if book["kind"] == "number":
        assert book["right"] not in [one for one in copy if not isinstance(one, bool)]
    elif book["kind"] == "word":
        assert book["right"] not in copy
    elif book["kind"] == "letter":
        letters = [one for one in copy if one in book["letters"]]
        assert letters == book["letters"]  # each once, in the list of all
    elif book["kind"] == "grid":
        assert not set(book["masks"]) & set(copy)


def test_a_function_is_handed_in():
    """A copy cannot call it; while there is none, it shows the form with the hint."""
    (check,) = [check for check in ALL if check.name == "dice-squared-dice"]
    copy = copy_of(check)
    assert (copy(print).right, copy(print).reason) == (None, HAND_IN)
    assert copy(...).form == {"name": check.name, "description": {"kind": "function", "hint": check.hint}}


def test_a_copy_is_answered_in_the_page(show):
    """A number, a letter, a word and a mask, each wrong and right: a wrong one gets the hint."""
    wanted = ["dice-one-column-too-many", "mixed-loss-for-probabilities", "dice-same-loss-other-mask"]
    copies = [copy_of(check) for name in wanted for check in ALL if check.name == name]
    page = show(*(form(**copy(...).form) for copy in copies))
    number, letter, mask = (page.locator(".exercise-form").nth(at) for at in range(3))
    verdict = [one.locator(".ex-verdict") for one in (number, letter, mask)]
    for typed_in, says in (("0.2", f"Not yet. 0.2 is not it. {copies[0].hint}"), ("1/9", "Right.")):
        number.get_by_label("Your answer").fill(typed_in)
        number.get_by_role("button", name="Check my answer").click()
        expect(verdict[0]).to_have_text(says)
    for chosen, says in (("a", f"Not yet. {copies[1].hint}"), ("c", "Right.")):
        letter.get_by_role("radio", name=chosen, exact=True).check()
        letter.get_by_role("button", name="Check my answer").click()
        expect(verdict[1]).to_have_text(says)
    mask.get_by_role("button", name="Check my answer").click()  # as it starts: prediction 2 itself
    expect(verdict[2]).to_have_text(f"Not yet. {copies[2].hint}")
    cells = mask.get_by_role("gridcell")
    cells.nth(72).click()  # a false pixel from there
    cells.nth(99).click()  # to there
    mask.get_by_role("button", name="Check my answer").click()
    expect(verdict[2]).to_have_text("Right.")


# ---- questions -------------------------------------------------------------------------------------------


def chosen(**options) -> SealedQuestion:
    """A question whose second choice is right."""
    made = sealed_text("lower", "IoU")
    return SealedQuestion("Which is <i>lower</i>?", ["Dice", "IoU"], seal=made, name="lower", **options)


def numbered(**options) -> SealedNumberQuestion:
    """A question for a number near 0.9744."""
    made = sealed_number("dice", float(Fraction(38, 39)), 0.01)
    return SealedNumberQuestion("What is Dice?", seal=made, name="dice", low=0, high=1, **options)


def test_a_question_knows_right_from_wrong():
    """In Python as on the page; what is no answer is refused as in the book."""
    question, number = chosen(), numbered()
    for answer, correct in (("Dice", False), ("IoU", True)):
        question.answer = answer
        assert question.correct is correct
    for answer, correct in ((0.9, False), (0.97, True)):
        number.answer = answer
        assert number.correct is correct
    with pytest.raises(ValueError, match=r"answer must be one of 'Dice', 'IoU'; got 'BCE'\. Hint: "):
        question.answer = "BCE"
    with pytest.raises(ValueError, match=r"answer must lie in \[0, 1\]; got 2"):
        number.answer = 2


def test_a_question_on_paper_folds_nothing():
    """There is nothing to fold."""
    assert chosen()._snapshot().endswith("<ul><li>Dice</li><li>IoU</li></ul></div>")
    assert "details" not in numbered()._snapshot()


def test_a_question_in_the_page_says_right_or_not(show):
    """And that the reasons are for class; another try is a button away."""
    page = show(chosen(), numbered())
    choice, number = (page.locator(".question").nth(at) for at in range(2))
    for answer, says in (("Dice", "Not this one."), ("IoU", "Right.")):
        choice.get_by_role("radio", name=answer).check()
        choice.get_by_role("button", name="Commit my answer").click()
        expect(choice.locator(".qu-verdict")).to_have_text(says)
        expect(choice.get_by_role("status")).to_have_text(says)
        expect(choice.locator("dd")).to_have_text(answer)
        expect(choice.get_by_text("The reasons are for the discussion in class.")).to_be_visible()
        choice.get_by_role("button", name="Forget my answer").click()
    for answer, says in (("0.5", "Not this one."), ("0.9744", "Right.")):
        number.get_by_role("spinbutton").fill(answer)
        number.get_by_role("button", name="Commit my answer").click()
        expect(number.locator(".qu-verdict")).to_have_text(says)
        number.get_by_role("button", name="Forget my answer").click()

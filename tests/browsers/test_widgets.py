"""Each kind of widget is used by mouse and by keyboard in both browsers, and says what Python says."""

import pytest

from seglosses.exercises.dice import one_column_too_many, same_loss_other_mask
from seglosses.exercises.iou import impossible_means
from seglosses.exercises.mixed import exam
from seglosses.grids import LUNG, PREDICTION_1
from seglosses.walkthrough.overlaps import overlap
from seglosses.widgets import GridPainter
from tests.browsers.webdriver import Browser

ARROW_DOWN, ARROW_RIGHT, ENTER, SPACE = "\ue015", "\ue014", "\ue007", " "
TEXT = "document.querySelector(a).textContent"


def focus(browser: Browser, selector: str, nth: int = 0) -> None:
    """Put the focus where a reader would tab to."""
    browser.run("document.querySelectorAll(a)[b].focus()", selector, nth)


def says(browser: Browser, selector: str, text: str) -> None:
    """Wait until an element holds the text."""
    browser.wait_for(f"{TEXT}.includes(b)", selector, text)


def moved(browser: Browser, selector: str, use) -> None:
    """Whatever ``use`` does changes what the widget says."""
    before = browser.run(TEXT, selector)
    use()
    browser.wait_for(f"{TEXT} !== b", selector, before)


def button(browser: Browser, widget: str, label: str) -> str:
    """A selector of the widget's button of that name."""
    mark = """[...document.querySelectorAll(`${a} button`)].filter((one) => one.textContent.trim() === b)
        .forEach((one) => one.setAttribute("data-found", b))"""
    browser.run(mark, widget, label)
    return f'{widget} [data-found="{label}"]'


def test_the_grid_painter(address, browser):
    """A stroke by the mouse, a pixel by the keys, undone; counts and fractions are those of Python."""
    shared = GridPainter(LUNG, PREDICTION_1).url()
    browser.open(f"{address}/book/widgets/grid-painter.html{shared}")
    grid = ".grid-painter [role=gridcell]"
    left, top, right, _ = browser.box(".grid-painter [role=grid]")
    side = (right - left) / 10
    browser.drag([(left + (n + 0.5) * side, top + 0.5 * side) for n in range(3)])
    painted = PREDICTION_1.clone()
    painted[0, :3] = 1
    says(browser, ".gp-scores", f"{float(overlap(painted, LUNG).dice()):.4f}")
    focus(browser, grid, 3)
    browser.press(SPACE)
    painted[0, 3] = 1
    says(browser, "[data-count=fp]", str(overlap(painted, LUNG).fp))
    says(browser, ".gp-scores", f"{float(overlap(painted, LUNG).dice()):.4f}")
    browser.click(button(browser, ".grid-painter", "Undo"))
    painted[0, 3] = 0
    says(browser, "[data-count=fp]", str(overlap(painted, LUNG).fp))
    moved(browser, ".gp-scores", lambda: (focus(browser, ".grid-painter input"), browser.press(ARROW_RIGHT)))


def test_the_probability_painter(address, browser):
    """A painted pixel changes the mean; so does a pixel that the keys reach."""
    browser.open(f"{address}/book/widgets/probability-painter.html")
    cells, totals = ".probability-painter [role=gridcell]", ".pp-totals"
    moved(browser, totals, lambda: browser.click(f"{cells}:first-child"))
    moved(browser, totals, lambda: (focus(browser, cells, 1), browser.press(SPACE)))
    moved(browser, totals, lambda: browser.click(button(browser, ".probability-painter", "Undo")))


def test_the_focal_explorer(address, browser):
    """Its plot follows the pointer, its sliders the keys."""
    browser.open(f"{address}/book/widgets/focal-explorer.html")
    widget = ".focal-explorer"
    moved(browser, widget, lambda: browser.click(f"{widget} .pl-plot"))
    moved(
        browser, widget, lambda: (focus(browser, f"{widget} input[type=range]"), browser.press(ARROW_RIGHT))
    )
    moved(browser, widget, lambda: browser.click(button(browser, widget, "Gradient")))


def test_the_loss_comparer(address, browser):
    """The same for the dial."""
    browser.open(f"{address}/book/widgets/loss-comparer.html")
    widget = ".loss-comparer"
    moved(browser, widget, lambda: browser.click(f"{widget} .pl-plot"))
    moved(
        browser, widget, lambda: (focus(browser, f"{widget} input[type=range]"), browser.press(ARROW_RIGHT))
    )


def test_the_training_player(address, browser):
    """It plays, pauses and steps."""
    browser.open(f"{address}/book/widgets/training-player.html")
    widget = ".training-player"
    moved(browser, widget, lambda: browser.click(button(browser, widget, "Next")))
    moved(browser, widget, lambda: browser.click(button(browser, widget, "Play")))
    browser.wait_for(f"{TEXT}.includes('Pause') || {TEXT}.includes('Play')", widget)
    moved(
        browser, widget, lambda: (focus(browser, f"{widget} input[type=range]"), browser.press(ARROW_RIGHT))
    )


def test_questions(address, browser):
    """A choice by the keys, a number typed, both committed; both are forgotten again."""
    browser.open(f"{address}/book/widgets/questions.html")
    focus(browser, ".qu-form input[type=radio]")
    browser.press(ARROW_DOWN, ENTER)
    browser.wait_for("document.querySelectorAll('.qu-reason').length > 0")
    focus(browser, ".qu-number")
    browser.press("0", ".", "5", ENTER)
    browser.wait_for("document.querySelectorAll('.qu-verdict').length === 2")
    for left in (1, 0):
        browser.click(button(browser, ".qu-foot", "Forget my answer"))
        browser.wait_for("document.querySelectorAll('.qu-verdict').length === a", left)


EXERCISES = [
    ("dice", one_column_too_many, "8/9"),
    ("iou", impossible_means, "c"),
    ("exercises", exam, "tffftftftt"),
]


@pytest.mark.parametrize(("page", "check", "answer"), EXERCISES, ids=["number", "letter", "word"])
def test_exercises(page, check, answer, address, browser):
    """Nothing is there before the button; then a number, a letter and a word get Python's verdict."""
    browser.open(f"{address}/book/{page}.html")
    browser.run("localStorage.clear()")
    browser.run("document.querySelector('.answer-here').click()")
    form = f'[data-name="{check.name}"]'
    browser.wait_for("document.querySelector(`${a} form`)", form)
    if page == "dice":
        focus(browser, f"{form} input")
        browser.press(*answer)
    else:
        for n, letter in enumerate(answer):
            rows = f"{form} .ex-row:has([value={letter}])"
            browser.run("document.querySelectorAll(a)[b].querySelector('input').focus()", rows, n)
            browser.run(
                f"document.activeElement.closest('.ex-row').querySelector('[value={letter}]').click()"
            )
    browser.click(f"{form} .ex-check")
    says(browser, f"{form} .ex-verdict", check(answer).reason)
    browser.click(f"{form} .ex-hint summary")
    browser.wait_for("document.querySelector(a).checkVisibility()", f"{form} .ex-hint p")
    browser.run("localStorage.clear()")


def test_a_painted_exercise_and_the_list(address, browser):
    """Prediction 2 with one pixel moved by mouse and keys is another mask of its Dice; the list counts it."""
    browser.open(f"{address}/book/dice.html")
    browser.run("localStorage.clear()")
    browser.run("document.querySelector('.answer-here').click()")
    form = f'[data-name="{same_loss_other_mask.name}"]'
    browser.wait_for("document.querySelector(`${a} [role=gridcell]`)", form)
    browser.click(f'{form} [aria-label="Row 2, column 5: painted"]')
    browser.run("document.querySelector(a).focus()", f'{form} [aria-label="Row 2, column 3: not painted"]')
    browser.press(SPACE)
    browser.click(f"{form} .ex-check")
    says(browser, f"{form} .ex-verdict", "It shares 5 pixels and adds 2;")
    says(browser, ".exercise-contents", "1 of 3 done on this device")
    browser.run("localStorage.clear()")

"""How pages look on paper, in the dark and where the browsers draw differently: F3 to F7."""

import re
from itertools import pairwise

import numpy as np
import pytest

from tests.browsers.webdriver import DESKTOP, NARROW, Firefox

# What one of the two alone can show.
FIREFOX, WEBKIT = (
    pytest.mark.parametrize("started", [pytest.param(one, marks=pytest.mark.xdist_group(one))], indirect=True)
    for one in ("firefox", "webkit")
)
A4 = (595, 842)  # points

WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')


def printed(browser: Firefox) -> list[list[tuple[float, float, float, float, str]]]:
    """Page by page, each word on paper with its left, top, right and bottom, in points."""
    pages = browser.words_on_paper().split("<page ")[1:]
    return [[(*map(float, one[:4]), one[4]) for one in WORD.findall(page)] for page in pages]


@FIREFOX
def test_f3_a_grid_is_square_on_paper(address, browser):
    """The numbers in its cells are as far apart down as across."""
    browser.open(f"{address}/book/widgets/probability-painter.html")
    (cells,) = [
        found
        for page in printed(browser)
        if len(found := [word for word in page if re.fullmatch(r"0?\.\d+|[01]", word[4])]) >= 100
    ]
    rows: dict[int, list[float]] = {}
    for left, top, right, _, _ in cells:
        rows.setdefault(round(top), []).append((left + right) / 2)
    grid = {top: sorted(centres) for top, centres in rows.items() if len(centres) > 5}
    assert len(grid) == 10
    down = [b - a for a, b in pairwise(sorted(grid))]
    across = [b - a for centres in grid.values() for a, b in pairwise(centres[:10])]
    assert np.mean(down) == pytest.approx(np.median(across), rel=0.04)


@FIREFOX
def test_f4_a_plot_is_whole_on_paper(address, browser):
    """From its first tick to its last, and as wide as the text, also where the window was narrow or wide."""
    for size in (DESKTOP, NARROW):
        browser.resize(size)
        browser.open(f"{address}/book/widgets/focal-explorer.html")
        pages = printed(browser)
        ticks = ["0", "0.2", "0.4", "0.6", "0.8", "1"]
        lines: dict[tuple[int, int], list[tuple[float, str]]] = {}
        for number, page in enumerate(pages):
            for left, top, right, _, text in page:
                lines.setdefault((number, round(top)), []).append(((left + right) / 2, text))
        (axis,) = [line for line in lines.values() if [text for _, text in sorted(line)] == ticks]
        places = [place for place, _ in sorted(axis)]
        text_right = max(word[2] for page in pages for word in page)
        assert text_right < A4[0]
        assert places[-1] - places[0] > 0.6 * A4[0]


@FIREFOX
def test_paper_has_no_answer_and_no_hint(address, browser):
    """What a reader has not opened is not printed; what stands for an exercise is."""
    browser.open(f"{address}/book/dice.html")
    text = " ".join(word[4] for page in printed(browser) for word in page)
    assert "Answer this one in the page" in text
    for hidden in (
        "How many pixels does the prediction have",
        "answer = 1 / 9",
        "Commit my answer",
    ):
        assert hidden not in text


@FIREFOX
def test_f5_the_filled_part_of_a_slider_is_seen_in_the_dark(address, browser):
    """At half its way, the track left of the thumb stands out from the track to its right, 3 to 1."""
    browser.dark(True)
    try:
        browser.open(f"{address}/book/widgets/focal-explorer.html")
        browser.wait_for("document.documentElement.dataset.theme === 'dark'")
        slider = ".focal-explorer input[type=range]"
        browser.run("(document.querySelector(a).value = 2.5, true)", slider)
        picture = np.asarray(browser.picture(slider), dtype=float)
        middle = picture[picture.shape[0] // 2]
        left, right = middle[len(middle) // 5], middle[-len(middle) // 5]
    finally:
        browser.dark(False)
    one, other = sorted((luminance(left), luminance(right)))
    assert (other + 0.05) / (one + 0.05) > 3, (left, right)


def luminance(colour: np.ndarray) -> float:
    """Of an sRGB colour, as the contrast of WCAG takes it."""
    share = colour / 255
    return float(
        np.where(share <= 0.03928, share / 12.92, ((share + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]
    )


@WEBKIT
def test_f6_stripes_are_even(address, browser):
    """The pattern of the wide bars repeats after its 8 pixels, from one end to the other."""
    browser.open(f"{address}/book/widgets/focal-explorer.html")
    picture = np.asarray(browser.picture(".fe-bar .fe-negatives"), dtype=float)[2:-2, 2:-2]
    assert picture.shape[1] > 60
    assert np.ptp(picture) > 60  # there are stripes
    assert np.abs(picture[:, 8:] - picture[:, :-8]).max() < 8


# The rules for paper, and none for a screen, in the window as it is: the driver of WebKit cannot print, and
# WebKit asks a wide window's rules when it prints.
AS_PAPER = """(() => {
  const change = (rules) => {
    for (const rule of rules) {
      if (rule.media?.mediaText === "print") rule.media.mediaText = "all";
      else if (rule.media?.mediaText === "screen") rule.media.mediaText = "not all";
      if (rule.cssRules) change(rule.cssRules);
    }
  };
  for (const sheet of document.styleSheets) change(sheet.cssRules);
  return true;
})()"""


@WEBKIT
def test_f7_text_fills_the_column_of_the_paper(address, browser):
    """With a wide window's rules still in force, nothing is left free for a sidebar, and no code is cut."""
    browser.open(f"{address}/book/dice.html")
    browser.run(AS_PAPER)
    share = "document.querySelector(a).clientWidth / document.querySelector(a).parentElement.clientWidth"
    assert browser.run(share, ".bd-article-container") > 0.95
    cut = "[...document.querySelectorAll('.cell pre')].some((one) => one.scrollWidth > one.clientWidth)"
    assert not browser.run(cut)

"""In class without a server: codes hold what was guessed, damage shows, and one page counts forty of them."""

import random
import re
from collections import Counter
from functools import cache
from io import BytesIO
from pathlib import Path

import in_class
import numpy as np
import pytest
import zxingcpp
from notebook_facts import read
from PIL import Image
from playwright.sync_api import expect

from tests.widgets.scripts import javascript

BOOK = Path(__file__).parents[2] / "book"
SCRIPTS = BOOK / "_ext/in_class/scripts"
CHAPTERS = {path.stem: questions for path in BOOK.glob("*.ipynb") if (questions := read(path).questions)}
BUTTON = "Your guesses as a code, for class"


def asked(name):
    """How many choices each question of a chapter has; 0, where it asks for a number."""
    states = [question.state for question in CHAPTERS[name]]
    return [0 if state["_number"] else len(state["_choices"]) for state in states]


def guess(choices, draw):
    """A guess as readers make them: a choice, a number as it is typed, or none."""
    if draw.random() < 0.1:
        return None
    if choices:
        return draw.randrange(choices)
    return draw.choice([0, 1, 0.5, -3, 0.0001, 262144, 16.63574, 1e-30, 2.5e30, round(draw.random(), 3)])


def classes(seed, size):
    """For each chapter its tag, its questions, and what a class of that size guesses."""
    draw = random.Random(seed)
    return [
        {
            "tag": in_class.tag(name, CHAPTERS[name]),
            "asked": asked(name),
            "guesses": [[guess(one, draw) for one in asked(name)] for _ in range(size)],
        }
        for name in CHAPTERS
    ]


def coded(program, data):
    """What a program makes of data with the functions of ``code.js``."""
    return javascript(str(SCRIPTS / "code.js"), program, data)


@cache
def codes(seed=1, size=40):
    """The codes of a class for each chapter, each reader with a ticket of their own."""
    write = """return data.map(({ tag, asked, guesses }) =>
        guesses.map((one, i) => encode(tag, ticketOf(i * 701 % TICKETS), asked, one)));"""
    return coded(write, classes(seed, size))


# --- the code ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_a_code_gives_back_what_was_guessed(seed):
    """For each chapter, with every kind of guess; and nothing but letters that are read in one way."""
    given = classes(seed, 40)
    back = "return data.map(({ asked, codes }) => codes.map((code) => guessesOf(decode(code), asked)));"
    made = [{"asked": one["asked"], "codes": own} for one, own in zip(given, codes(seed), strict=True)]
    assert coded(back, made) == [one["guesses"] for one in given]
    letters = set("".join("".join(own) for own in codes(seed)))
    assert letters & set("01OIL") == set()
    assert letters <= set(in_class.LETTERS) | {"-"}


def test_a_code_by_hand():
    """Two questions of 3 choices and a number, answered with the last, none, and 0.25.

    3 of 4 places; 0 of 4; 2 digits of 8; 25 of 100; 10^-1 in place 31 of 64; plus in place 0 of 2:
    3 + 4 (0 + 4 (2 + 8 (25 + 100 (31 + 64 * 0)))) = 3 + 16 (2 + 8 * 3125) = 400,035
    400,035 = 13 * 31^3 + 13 * 31^2 + 8 * 31 + 11, so the letters after the ticket are F, F, A, D.
    """
    code = coded('return encode("KRT", "ABCD", [3, 3, 0], [2, null, 0.25]);', None)
    assert code.replace("-", "")[:12] == "2KRTABCDFFAD"
    digits = [1, *(in_class.LETTERS.index(letter) for letter in code.replace("-", ""))]
    for root in (3, 9, 27):  # a Reed-Solomon code: as a polynomial it is 0 there
        assert sum(digit * root**power for power, digit in enumerate(reversed(digits))) % 31 == 0


def test_every_change_of_a_letter_is_noticed():
    """Each letter changed into each other, neighbours swapped, one left out or written twice, two changed."""
    program = """return data.flatMap(([code, two]) => {
        const letters = [...code.replaceAll("-", "")];
        const changed = letters.flatMap((_, at) => [
            ...[...LETTERS].filter((one) => one !== letters[at]).map((one) => letters.with(at, one)),
            ...(letters[at] === letters[at + 1] || at + 1 === letters.length ? []
                : [letters.with(at, letters[at + 1]).with(at + 1, letters[at])]),
            letters.toSpliced(at, 1),
            letters.toSpliced(at, 0, letters[at]),
        ]);
        const pairs = two.map(([i, j, a, b]) => {
            const other = (at, by) => LETTERS[(LETTERS.indexOf(letters[at]) + by) % LETTERS.length];
            return letters.with(i, other(i, a)).with(j, other(j, b));
        });
        return [...changed, ...pairs].map((one) => [one.join(""), decode(one.join("")).fault ?? "none"]);
    });"""
    draw = random.Random(1)
    sample = [own[0] for own in codes()]
    two = [(*draw.sample(range(11), 2), draw.randint(1, 30), draw.randint(1, 30)) for _ in range(300)]
    found = coded(program, [[code, two] for code in sample])
    assert len(found) > 300 * len(sample)
    assert [code for code, fault in found if fault == "none"] == []


def test_how_long_a_code_is():
    """A chapter of nine questions, three of them for numbers, takes 24 letters at most; one of four 13."""
    draw = random.Random(0)
    for name, longest in (("dice", 13), ("focal", 15), ("your-training", 24)):
        questions = asked(name)
        typed = [
            [draw.randrange(one) if one else draw.randrange(100) / 100 for one in questions]
            for _ in range(200)
        ]
        made = coded('return data[1].map((one) => encode("KRT", "ABCD", data[0], one));', [questions, typed])
        assert max(len(code.replace("-", "")) for code in made) == longest, name
    assert len(asked("your-training")) == 9


def test_small_letters_spaces_and_dashes_do_not_matter():
    """A chat or a hand may change them."""
    code = codes()[0][0]
    changed = [code.lower(), code.replace("-", " "), code.replace("-", "–"), f" {code.replace('-', '')}\r"]
    assert (
        len(
            {
                str(sent)
                for sent in coded("return data.map((one) => String(decode(one).guesses));", [code, *changed])
            }
        )
        == 1
    )


def test_tags_tell_chapters_and_editions_apart(monkeypatch):
    """No two pages share one; another edition, or one question more, has another."""
    tags = {name: in_class.tag(name, questions) for name, questions in CHAPTERS.items()}
    assert len(set(tags.values())) == len(tags)
    assert in_class.tag("dice", CHAPTERS["dice"][1:]) != tags["dice"]
    monkeypatch.setattr(in_class, "__version__", "9")
    assert in_class.tag("dice", CHAPTERS["dice"]) != tags["dice"]
    assert re.search('LETTERS = "(.*)"', (SCRIPTS / "code.js").read_text())[1] == in_class.LETTERS


# --- a reader ---------------------------------------------------------------------------------------------


def commit(page, choices):
    """Commit to these choices, one question after the other."""
    for choice in choices:
        page.locator(".question").get_by_label(choice, exact=True).check()
        page.locator(".question", has=page.locator("input:checked")).get_by_role(
            "button", name="Commit my answer"
        ).click()


def scanned(page):
    """What a scanner reads off a picture of the page's QR code."""
    picture = Image.open(BytesIO(page.locator(".ic-qr").screenshot())).convert("L")
    return [found.text for found in zxingcpp.read_barcodes(np.asarray(picture))]


@pytest.mark.parametrize("served", [True, False], ids=["served", "file"])
def test_guesses_leave_as_a_code(site, address, visit, violations, served):
    """Nothing is loaded before the button is pressed; the code follows the guesses; a scanner reads it."""
    visitor = visit()
    page, loaded = visitor.page, []
    page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2].partition("?")[0]))
    page.goto(f"{address}/book/dice.html" if served else (site / "book/dice.html").as_uri())
    commit(page, ["0.83"])
    assert [name for name in loaded if name.startswith("in_class")] == ["in_class.js"]
    page.get_by_role("button", name=BUTTON).press("Enter")
    expect(page.get_by_role("button", name="Copy the code")).to_be_focused()
    expect(page.get_by_text("1 of 4 guesses of this page.")).to_be_visible()
    code = page.get_by_label("Your guesses as a code").get_by_role("textbox")
    first = code.input_value()
    commit(page, ["Exactly 0", "Two"])
    expect(page.get_by_text("3 of 4 guesses of this page.")).to_be_visible()
    last = code.input_value()
    assert first[:9] == last[:9]  # the same page, the same ticket
    assert coded("return guessesOf(decode(data[0]), data[1]);", [last, asked("dice")]) == [0, 1, 0, None]
    page.get_by_role("button", name="Show as QR code").click()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(f"document.documentElement.dataset.theme == {theme!r}")
        assert scanned(page) == [last]
        assert violations(page, ".in-class *", runOnly=["color-contrast", "label", "button-name"]) == []
    page.get_by_role("button", name="Forget my answer").first.click()
    expect(page.get_by_text("2 of 4 guesses of this page.")).to_be_visible()
    assert scanned(page) == [code.input_value()]
    assert sorted(name for name in loaded if name.startswith("in_class")) == [
        "in_class.css",
        "in_class.js",
        "in_class_qr.js",
        "in_class_reader.js",
    ]


def test_a_code_is_copied_or_selected(address, visit):
    """Where the browser lets no page write to the clipboard, the reader copies the code by hand."""
    for permissions, said in (["clipboard-read", "clipboard-write"], "Copied."), ([], "Copy the selected"):
        visitor = visit(permissions=permissions)
        page = visitor.page
        page.goto(f"{address}/book/dice.html")
        page.get_by_role("button", name=BUTTON).click()
        expect(page.get_by_text("Commit a guess first.")).to_be_visible()
        commit(page, ["0.37"])
        page.get_by_role("button", name="Copy the code").click()
        expect(page.get_by_text(said)).to_be_visible()
        code = page.get_by_label("Your guesses as a code").get_by_role("textbox").input_value()
        got = "navigator.clipboard.readText()" if permissions else "String(getSelection())"
        assert page.evaluate(got) == code


def test_each_page_with_questions_has_the_button(name, site):
    """Below the list of exercises, or at the end; no other page loads its script."""
    html = (site / f"{name}.html").read_text("utf-8")
    wanted = name.count("/") == 1 and Path(name).name in CHAPTERS
    assert html.count('<div class="in-class-place"') == wanted
    assert ("in_class.js" in html) == wanted


# --- the class --------------------------------------------------------------------------------------------


@pytest.fixture
def tally_page(site, visit):
    """The page that counts, opened as a file, on a phone."""
    page = visit(viewport={"width": 390, "height": 844}).page
    page.goto((site / "book/teaching/in-class.html").as_uri())
    return page


def bars(page):
    """What the bars say: for each question the label and the count of each."""
    return page.locator(".ic-panel").evaluate_all("""panels => panels.map((panel) =>
        [...panel.querySelectorAll("li")].map((row) => [
            row.querySelector(".ic-label").textContent, row.querySelector(".ic-count").firstChild.data]))""")


def label(state, given):
    """How a guess is named beside its bar."""
    if given is None:
        return "no answer"
    if not state["_number"]:
        return re.sub("<.*?>", "", state["_choices"][given][0])
    return f"{given:.12g} {state['_number']['unit']}".strip()


def test_forty_codes_are_counted(tally_page):
    """For each chapter, the bars are what the readers guessed."""
    draw = random.Random(4)
    field = tally_page.get_by_label("Codes, one a line")
    for name, questions in CHAPTERS.items():
        guesses = [
            [draw.randrange(one) if one else draw.choice([0, 0.25, 1, None]) for one in asked(name)]
            for _ in range(40)
        ]
        program = "return data[2].map((one, i) => encode(data[0], ticketOf(i * 701), data[1], one));"
        field.fill("\n".join(coded(program, [in_class.tag(name, questions), asked(name), guesses])))
        expect(tally_page.get_by_text("40 devices counted")).to_be_visible()
        for panel, question, own in zip(bars(tally_page), questions, zip(*guesses, strict=True), strict=True):
            counted = Counter(label(question.state, given) for given in own)
            assert {text: int(count) for text, count in panel if int(count)} == dict(counted)
            assert tally_page.get_by_text(question.state["text"].partition("<")[0]).count()
    assert tally_page.evaluate("document.documentElement.scrollWidth") <= 390


def test_lines_that_do_not_count_are_named(tally_page):
    """Which line, and why; the others count."""
    own, other = (codes()[list(CHAPTERS).index(name)] for name in ("dice", "bce"))
    edition = coded('return encode("222", "ABCD", data, [0, 0, 0, 0]);', asked("dice"))
    again = coded(
        "return encode(...data);",
        [own[0].replace("-", "")[1:4], own[0].replace("-", "")[4:8], asked("dice"), [1] * 4],
    )
    hurt = own[1][:6] + ("A" if own[1][6] != "A" else "B") + own[1][7:]
    lines = [own[0], own[2], "", own[2], hurt, other[3], edition, own[3].replace("-", "O", 1), "2KR", again]
    field = tally_page.get_by_label("Codes, one a line")
    field.fill("\n".join(lines))
    expect(tally_page.get_by_text("2 devices counted: Dice loss")).to_be_visible()
    expect(tally_page.locator(".ic-told li")).to_have_text(
        [
            "Line 1: replaced by line 10, from the same device.",
            "Line 4: the code of line 2 again, counted once.",
            "Line 5: damaged. A letter is wrong, missing, too many, or in another's place.",
            "Line 6: from another chapter, “Binary cross entropy: the surprise of every pixel”.",
            "Line 7: from another edition of the book. Let its reader reload the page.",
            "Line 8: “O” is in no code. The letters are 2 to 9 and A to Z, without I, L and O.",
            "Line 9: too short for a code. Its end may be missing.",
        ]
    )
    tally_page.reload()  # a slip of the hand in front of the class
    expect(tally_page.get_by_text("2 devices counted: Dice loss")).to_be_visible()
    tally_page.get_by_label("Chapter").select_option("Binary cross entropy: the surprise of every pixel")
    expect(tally_page.get_by_text("1 device counted: Binary cross entropy")).to_be_visible()
    tally_page.get_by_role("button", name="Clear all codes").click()
    expect(field).to_have_value("")


def test_the_right_answer_waits_for_its_button(tally_page, violations):
    """A choice gets its mark, a number is said; axe finds nothing in both themes, and paper has the bars."""
    tally_page.get_by_role("button", name="Forty codes made up").press("Enter")
    expect(tally_page.get_by_text("40 devices counted: In your own training")).to_be_visible()
    expect(tally_page.locator("[data-right]")).to_have_count(0)
    expect(tally_page.get_by_text("The right answer:")).to_have_count(0)
    tally_page.get_by_role("button", name="Show the right answer").nth(0).press("Enter")
    expect(tally_page.locator("[data-right] .ic-label")).to_have_text(
        ["✓ From one end of the scale to the other (right)"]
    )
    tally_page.get_by_role("button", name="Show the right answer").nth(0).click()
    expect(tally_page.get_by_text("The right answer: 0.7084")).to_be_visible()
    for theme in ("light", "dark"):
        tally_page.emulate_media(color_scheme=theme)
        tally_page.wait_for_function(f"document.documentElement.dataset.theme == {theme!r}")
        assert violations(tally_page, ".in-class *", preload=False) == []
    tally_page.emulate_media(media="print")
    expect(tally_page.locator(".ic-bar").first).to_be_visible()
    expect(tally_page.get_by_label("Codes, one a line")).to_be_hidden()


def test_a_vote_from_a_readers_page_to_the_teachers(site, visit):
    """A code as the reader's page has it, on the page that counts: one vote, where it belongs."""
    page = visit().page
    page.goto((site / "book/bce.html").as_uri())
    commit(page, ["About half"])
    page.get_by_role("spinbutton").fill("0.05")
    page.get_by_role("spinbutton").press("Enter")
    page.get_by_role("button", name=BUTTON).click()
    code = page.get_by_label("Your guesses as a code").get_by_role("textbox").input_value()
    page.goto((site / "book/teaching/in-class.html").as_uri())
    page.get_by_label("Codes, one a line").fill(code)
    panels = bars(page)
    assert [row for row in panels[0] if row[1] == "1"] == [["About half", "1"]]
    assert panels[1] == [["0.05", "1"]]
    assert all(rows[-1] == ["no answer", "1"] for rows in panels[2:])


def test_how_often_two_devices_share_a_ticket():
    """Of 40 devices two draw the same once in a thousand classes, as the page says."""
    pairs, tickets = 40 * 39 / 2, coded("return TICKETS;", None)
    assert 0.0005 < pairs / tickets < 0.0015

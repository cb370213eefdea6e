"""A state in an address: the page and Python write the same word, and neither trips over a bad one."""

import json
import random

import pytest
import torch
from playwright.sync_api import expect

from seglosses.grids import CLASS_MAP, CLASS_PREDICTION, LUNG, PREDICTION_1
from seglosses.widgets import (
    ClassPainter,
    FocalExplorer,
    GradientSteps,
    GridPainter,
    LossComparer,
    ProbabilityPainter,
)
from seglosses.widgets.kit.links import decode, encode
from tests.widgets.scripts import javascript

FIELDS = [
    {"name": "target", "kind": "mask"},
    {"name": "p", "kind": "probabilities"},
    {"name": "gamma", "kind": "number", "low": -5, "high": 5, "optional": False},
    {"name": "alpha", "kind": "number", "low": 0, "high": 1, "optional": True},
    {"name": "view", "kind": "choice", "words": ["loss", "gradient", "probability"]},
    {"name": "few", "kind": "palette"},
    {"name": "step", "kind": "one", "words": list(range(0, 3000, 10))},
    {"name": "map", "kind": "labels", "words": [0, 1, 2, 255, 7]},
]
SHARE = {"kind": "test", "fields": FIELDS}


def random_state(draw: random.Random) -> dict:
    """Any state that a word can hold: grids of 1 to 9 rows and columns, and every kind of field."""
    rows, cols = draw.randint(1, 9), draw.randint(1, 9)
    palette = [n / 100 for n in draw.sample(range(101), draw.randint(1, 101))]
    return {
        "target": [[draw.randint(0, 1) for _ in range(cols)] for _ in range(rows)],
        "p": [[draw.randint(0, 100) / 100 for _ in range(cols)] for _ in range(rows)],
        "gamma": draw.randint(-5000, 5000) / 1000,
        "alpha": draw.choice([None, draw.randint(0, 1000) / 1000]),
        "view": draw.choice(["loss", "gradient", "probability"]),
        "few": [[draw.choice(palette) for _ in range(cols)] for _ in range(rows)],
        "step": draw.randrange(0, 3000, 10),
        "map": [[draw.choice([0, 1, 2, 255, 7]) for _ in range(cols)] for _ in range(rows)],
    }


def test_ten_thousand_states_from_python_to_the_page_and_back():
    """The page reads what Python wrote, Python reads what the page wrote, and both write the same word."""
    draw = random.Random(20)
    states = [random_state(draw) for _ in range(10_000)]
    words = [encode("test", FIELDS, state) for state in states]
    program = "return data.words.map((word) => decode(data.share, word))"
    assert javascript("kit/links.js", program, {"share": SHARE, "words": words}) == states
    program = "return data.states.map((state) => encode(data.share, state))"
    assert javascript("kit/links.js", program, {"share": SHARE, "states": states}) == words
    assert [decode("test", FIELDS, word) for word in words] == states


def test_rounding_is_the_same_on_both_sides():
    """Values between two steps go to the same one; what is neither 0 nor 1 becomes neither."""
    values = [0, 1e-9, 0.004, 0.005, 0.015, 0.125, 0.145, 0.5, 0.995, 0.999999, 1]
    state = {"target": [[1] * len(values)], "p": [values], "gamma": -0.0005, "alpha": 1e-4, "view": "loss"}
    state |= {"few": [values], "step": 0, "map": [[7] * len(values)]}
    word = encode("test", FIELDS, state)
    assert javascript(
        "kit/links.js", "return [encode(data.share, data.state)]", {"share": SHARE, "state": state}
    ) == [word]
    rounded = decode("test", FIELDS, word)
    assert rounded["p"][0] == [0, 0.01, 0.01, 0.01, 0.02, 0.13, 0.14, 0.5, 0.99, 0.99, 1]
    assert rounded["few"] == rounded["p"]
    assert (rounded["gamma"], rounded["alpha"]) == (0, 0)


def test_damaged_words_are_refused_on_both_sides():
    """No word that was cut, extended, mistyped or made for another widget is taken for a state."""
    word = encode("test", FIELDS, random_state(random.Random(3)))
    bad = ["", "t", "tA", word[:-1], word + "A", word[:9] + word[10:], "g" + word[1:], "é" + word, word[::-1]]
    bad += [word[:i] + ("A" if word[i] != "A" else "B") + word[i + 1 :] for i in range(len(word))]
    # Not mistyped but made up: the check digits are right, the bits say what no widget can show.
    wrong = [{"name": "view", "kind": "choice", "words": ["a", "b", "c", "d"]}]
    few, far = wrong[0] | {"words": ["a", "b"]}, {"name": "x", "kind": "number", "low": 0, "high": 9}
    palette, one = {"name": "p", "kind": "palette"}, {"name": "p", "kind": "one", "words": [5, 6]}
    labels = {"name": "p", "kind": "labels", "words": [0, 1, 2]}
    two = encode("test", [{"name": "p", "kind": "probabilities"}], {"p": [[0.02, 0.01]]})
    made_up = [
        ([palette], two),  # three values of which two are missing
        ([labels], encode("test", [labels | {"words": [0, 1, 2, 9]}], {"p": [[9, 0]]})),
        ([one], encode("test", [one | {"words": [5, 6, 7]}], {"p": 7})),
        ([few], encode("test", wrong, {"view": "d"})),
        ([far | {"optional": False, "high": 1}], encode("test", [far], {"x": 2})),
    ]
    cases = [(FIELDS, one) for one in bad] + made_up
    for fields, one in cases:
        with pytest.raises(ValueError, match=r"link|state"):
            decode("test", fields, one)
    program = """return data.map(([fields, word]) => {
        try { return decode({ kind: "test", fields }, word) } catch { return "refused" }
    })"""
    assert javascript("kit/links.js", program, cases) == ["refused"] * len(cases)


def test_painter_from_url():
    """A painter made from a link is the painter that the link was made from; the link is short."""
    target = (torch.rand(10, 10, generator=torch.Generator().manual_seed(1)) > 0.5).float()
    painter = GridPainter(target, PREDICTION_1, smooth=1.5, subject="target", name="mine")
    url = painter.url("https://example.org/book/dice.html#old")
    assert url.startswith("https://example.org/book/dice.html#mine=g")
    assert len(url.partition("#")[2]) <= 200
    again = GridPainter.from_url(url)
    assert torch.equal(again.target, target)
    assert torch.equal(again.prediction, PREDICTION_1)
    assert (again.smooth, again.subject, again.name, again.url()) == (1.5, "target", "mine", painter.url())


def test_one_link_may_hold_several():
    """The name says which; without it the kind must leave no choice."""
    one, two = GridPainter(LUNG, name="one"), GridPainter(LUNG, PREDICTION_1, name="two")
    both = one.url() + "&" + two.url().lstrip("#")
    assert torch.equal(GridPainter.from_url(both, "two").prediction, PREDICTION_1)
    with pytest.raises(
        ValueError, match=r"one state for a GridPainter; got the states 'one', 'two'\. Hint: "
    ):
        GridPainter.from_url(both)
    with pytest.raises(ValueError, match="named 'three'"):
        GridPainter.from_url(both, "three")
    with pytest.raises(ValueError, match=r"got the states none. Hint: "):
        GridPainter.from_url("https://example.org/book/dice.html")


P = torch.full((10, 10), 0.25, dtype=torch.float64)
EVERY = [
    GridPainter(LUNG, PREDICTION_1),
    ProbabilityPainter(LUNG, P, loss="bce_dice", show="gradient", alpha=0.35, threshold=0.45),
    GradientSteps(LUNG, P, left="iou", right="focal", rate=0.5, step=123, show="gradient", gamma=1.5),
    FocalExplorer(LUNG, P, alpha=None, gamma=1.5, view="gradient", scale="log"),
    LossComparer(LUNG, P, 1 - P, position=0.25, dice_weight=2.5),
    ClassPainter(CLASS_MAP.clamp(max=1) * 255, CLASS_PREDICTION, score="iou", absent="0", brush="lung"),
]


@pytest.mark.parametrize("widget", EVERY, ids=lambda widget: widget._kind)
def test_every_widget_travels(widget):
    """Each kind is made again from its link, and the page writes the same word for the same state."""
    word = widget.url().partition("=")[2]
    state = json.loads(json.dumps(widget.get_state()))
    assert javascript("kit/links.js", "return [encode(data._share, data)]", state) == [word]
    again = type(widget).from_url(widget.url())
    assert again.get_state(list(widget._shared)) == widget.get_state(list(widget._shared))


# Written when the first trait was called ``weight``, and the page had another spelling of BCE-Dice.
LOSSES_LINK = "#losses=lEIP_8AZAS4AA-oAJxIALuAAAAIAB9Bb1"
PROB_LINK = "#prob=pEEEzJkyZQoAA-oAH0IADhIAB9ArU"


@pytest.mark.parametrize(
    ("kind", "link", "state"),
    [
        (LossComparer, LOSSES_LINK, {"dice_weight": 2.5, "position": 0.25, "smooth": 3, "alpha": None}),
        (LossComparer, LOSSES_LINK, {"gamma": 0.5, "scale": "log", "wrong": [[0.25] * 4] * 3}),
        (ProbabilityPainter, PROB_LINK, {"loss": "bce_dice", "show": "gradient"}),
    ],
)
def test_links_made_before_names_changed_still_open(kind, link, state):
    """A word holds places and no names: Python and the page read from an old one what was put into it."""
    widget = kind.from_url(link)
    assert widget.get_state(list(state)) == state
    assert widget.url() == link
    program = "return [decode(data.share, data.word)]"
    data = {"share": widget.get_state()["_share"], "word": link.partition("=")[2]}
    assert state.items() <= javascript("kit/links.js", program, data)[0].items()


def test_painters_fit_into_two_hundred_characters():
    """The fragment of a painter of the book's size, with its name."""
    assert [len(widget.url()) - 1 for widget in EVERY[:2]] == [49, 162]
    eight = torch.arange(100, dtype=torch.float64).reshape(10, 10) % 8 / 10
    assert len(LossComparer(LUNG, 1 - eight, eight).url()) - 1 <= 200


@pytest.mark.parametrize("name", ["", "Grid", "a b", "a=b", "a&b"])
def test_names_fit_an_address(name):
    """A name that an address cannot hold is refused."""
    with pytest.raises(ValueError, match=r"name must be .*; got .* Hint: "):
        GridPainter(LUNG, name=name)


def test_copy_as_python(show):
    """The button gives lines that make the same widget; where copying is refused, they stand selected."""
    page = show(GridPainter(LUNG, PREDICTION_1, smooth=2))
    page.get_by_role("gridcell").first.click()
    page.get_by_role("button", name="Copy as Python").click()
    expect(page.get_by_text("Copy the selected text:")).to_be_visible()
    selected = page.evaluate("getSelection().toString()")
    made = {}
    exec(selected.replace("\nGridPainter", "\nmade = GridPainter"), made)
    expected = PREDICTION_1.clone()
    expected[0, 0] = 1 - expected[0, 0]
    assert torch.equal(made["made"].prediction, expected)
    assert made["made"].smooth == 2


def test_a_link_keeps_the_finer_digits_of_the_page(show):
    """Where the page shows what the link says, as far as a link can tell, nothing is rounded."""
    fine = torch.full((10, 10), 0.123456, dtype=torch.float64)
    page = show(FocalExplorer(LUNG, fine))
    held = "window.models[0].get('probabilities')[9][9] + ' ' + window.models[0].get('gamma')"
    for linked, shown in [(fine, "0.123456 4"), (P, "0.25 4")]:
        fragment = FocalExplorer(LUNG, linked, gamma=4).url()
        page.evaluate("hash => { location.hash = hash }", fragment)
        page.wait_for_function(f"{held} === '{shown}'")

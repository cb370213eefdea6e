"""The class painter: its fractions, what it refuses, and the page painted by hand without Python."""

import re

import pytest
import torch
from playwright.sync_api import Page, expect

from seglosses.grids import CLASS_MAP, CLASS_PREDICTION, LUNG, PREDICTION_1
from seglosses.walkthrough.classes import averages, class_overlaps
from seglosses.widgets import ClassPainter
from seglosses.widgets.kit.bundle import HERE
from tests.widgets.scripts import javascript

RULES = {"left out": None, "1": 1, "0": 0}


def painter(**options) -> ClassPainter:
    """The map of the chapter, with two presets."""
    return ClassPainter(
        CLASS_MAP,
        CLASS_PREDICTION,
        presets={"perfect": CLASS_MAP, "all background": 0 * CLASS_MAP},
        **options,
    )


# ---- fractions ---------------------------------------------------------------------------------------------


def test_the_page_has_the_fractions_of_python():
    """Counts and all four averages, in lowest terms, on maps of noise, of few classes, and unlabelled."""
    generator = torch.Generator().manual_seed(0)
    cases = []
    for k in range(300):
        x, y = torch.randint(0, 1 + k % 3, (2, 3 + k % 10, 4), generator=generator)
        y[torch.rand(y.shape, generator=generator) < (k % 5) / 4] = 255  # none of them to all of them
        rule, score = list(RULES)[k % 3], ("dice", "iou")[k % 2]
        cases.append({"target": y.tolist(), "prediction": x.tolist(), "score": score, "absent": rule})
    came = javascript("class_painter/state.js", "return data.map((one) => judged(one))", cases)
    for case, page in zip(cases, came, strict=True):
        classes = class_overlaps(*(torch.tensor(case[name]) for name in ("prediction", "target")))
        counts = [[one[name] for name in ("shared", "predicted", "actual")] for one in page["classes"]]
        assert counts == [[n.tp, n.predicted, n.actual] for n in classes]
        expected = vars(averages(classes, case["score"], RULES[case["absent"]]))
        said = {
            name: None if value is None else [value.numerator, value.denominator]
            for name, value in expected.items()
        }
        assert {name: average["value"] for name, average in page["averages"].items()} == said


def test_what_is_written_above_and_below_the_bar_is_its_value():
    """Each average's text, computed as it stands, gives the fraction behind it."""
    case = painter().get_state(["target", "prediction", "score", "absent"])
    (page,) = javascript("class_painter/state.js", "return [judged(data)]", case)
    assert page["averages"]["mean"]["above"] == "79/80 + 17/18 + 1/2"
    for average in page["averages"].values():
        top, bottom = (eval(average[part].replace("·", "*")) for part in ("above", "below"))
        assert top / bottom == pytest.approx(average["value"][0] / average["value"][1], rel=1e-12)


# ---- Python ------------------------------------------------------------------------------------------------


def test_maps_read_as_labels():
    """int64 (H, W), ready for one_hot; the averages are those of the walkthrough, and follow the rules."""
    widget = painter()
    assert widget.prediction.dtype == widget.target.dtype == torch.int64
    assert widget.averages == averages(class_overlaps(CLASS_PREDICTION, CLASS_MAP))
    widget.target, widget.prediction = LUNG, PREDICTION_1
    widget.score, widget.absent = "iou", "1"
    assert widget.averages == averages(class_overlaps(PREDICTION_1.long(), LUNG.long()), "iou", 1)
    assert repr(painter()) == "ClassPainter(10x10: 97 of 100 right, mean dice 1751/2160 ≈ 0.8106)"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        (
            "prediction",
            CLASS_MAP + 1,
            r"prediction must hold only 0, 1 and 2; got a pixel of 3\. Hint: .*argmax",
        ),
        ("prediction", CLASS_MAP * 0 + 255, r"prediction must hold only 0, 1 and 2; got a pixel of 255"),
        ("target", 0.5 * CLASS_MAP, r"target must hold only 0, 1, 2 and 255; got a pixel of 0\.5"),
        ("prediction", CLASS_MAP[:5], r"prediction must have the shape \(10, 10\)"),
        ("score", "f1", r"score must be one of 'dice', 'iou'"),
        ("absent", "2", r"absent must be one of 'left out', '1', '0'"),
        ("brush", "255", r"brush must be one of 'nodule', 'lung', 'background', 'unlabelled'"),
    ],
)
def test_a_bad_value_is_refused_and_the_last_good_one_stays(name, value, says):
    """The error names the argument, what came and the way out."""
    widget = painter()
    before = widget.get_state(name)
    with pytest.raises(ValueError, match=says):
        setattr(widget, name, value)
    assert widget.get_state(name) == before


def test_a_map_too_fine_to_read_is_refused():
    """In narrower cells no class could be read."""
    with pytest.raises(
        ValueError, match=r"target must have at most 12 cells .*; got the shape \(13, 2\)\. Hint"
    ):
        ClassPainter(torch.zeros(13, 2))


def test_the_still_says_what_the_page_says():
    """Signs of wrong and unlabelled pixels, and the four averages; as many signs as the page has."""
    target = CLASS_MAP.clone()
    target[9, :3] = 255
    widget = ClassPainter(target, CLASS_PREDICTION)
    texts = re.findall(r"<text [^>]*>([^<]*)</text>", widget._snapshot())
    x, y = (grid.flatten().tolist() for grid in (CLASS_PREDICTION, target))
    program = "return data.map(([x, y]) => sign(x, y))"
    assert texts[:100] == javascript("class_painter/state.js", program, list(zip(x, y, strict=True)))
    assert (texts.count("0?"), texts.count("1≠2"), texts.count("2")) == (3, 1, 1)
    assert "macro, 1 + 2 = 13/18 ≈ 0.7222" in texts


def test_both_languages_have_every_word():
    """The table has the same keys in English and Chinese."""
    text = (HERE / "class_painter/words.js").read_text("utf-8")
    en, zh = (set(re.findall(r"^ {4}(\w+):", part, re.M)) for part in text.split("  zh: {"))
    assert en == zh


# ---- the page ----------------------------------------------------------------------------------------------


@pytest.fixture
def page(show) -> Page:
    """The painter of the chapter, as it came."""
    return show(painter())


def state(page: Page, name: str):
    """What the model holds."""
    return page.evaluate("name => models[0].get(name)", name)


def average(page: Page, kind: str) -> str:
    """The line of an average as it is read aloud."""
    return re.sub(r"\s+", " ", page.locator(f"[data-average={kind}]").text_content())


def press(page: Page, name: str) -> None:
    """Press the button of that name."""
    page.get_by_role("button", name=name, exact=True).click()


def test_a_hand_paints_and_all_averages_follow(page):
    """Mouse, stroke, undo, brushes, truth and labels, presets and reset, in one visit."""
    assert "(79/80 + 17/18 + 1/2) / 3 = 1751 / 2160 ≈ 0.8106" in average(page, "mean")
    cell = page.get_by_role("gridcell")
    cell.nth(24).click()  # row 3, column 5: the pixel that helps most
    assert state(page, "prediction")[2][4] == 2
    assert "= 31 / 35 ≈ 0.8857" in average(page, "foreground")
    expect(page.get_by_role("status")).to_have_text(
        re.compile("Dice: Pooled 0.9800, .*Foreground mean 0.8857")
    )
    cell.nth(24).click()  # the same class once more erases
    assert state(page, "prediction")[2][4] == 0
    press(page, "Undo")
    press(page, "Undo")
    assert state(page, "prediction") == CLASS_PREDICTION.tolist()

    press(page, "IoU")
    assert "= 97 / 103 ≈ 0.9417" in average(page, "pooled")
    press(page, "no label")  # which only the truth can have
    assert (state(page, "subject"), state(page, "brush")) == ("target", "unlabelled")
    cell.nth(65).click()
    expect(cell.nth(65)).to_have_text("0?")
    expect(cell.nth(65)).to_have_attribute(
        "aria-label", "row 7, column 6: predicted background, truth no label"
    )
    press(page, "Prediction X")
    assert state(page, "brush") == "nodule"
    press(page, "all background")
    assert "undefined" not in average(page, "foreground")
    press(page, "Reset")
    assert state(page, "target") == CLASS_MAP.tolist()
    assert state(page, "score") == "dice"
    assert "≈ 0.8106" in average(page, "mean")


def test_keys_set_a_class(page):
    """Arrows move, Space paints with the brush, the digits paint their class; each is one step to undo."""
    cell = page.get_by_role("gridcell")
    cell.first.focus()
    for key in ("2", "ArrowRight", "1", "ArrowDown", "Space"):
        page.keyboard.press(key)
    painted = state(page, "prediction")
    assert (painted[0][:2], painted[1][1]) == ([2, 1], 2)
    page.keyboard.press("Control+z")
    assert state(page, "prediction")[1][1] == 0
    page.keyboard.press("Control+1")  # the browser's
    assert state(page, "prediction")[1][1] == 0
    assert [list(sent) for sent in page.evaluate("models[0].saved")] == [["prediction"]] * 4


def test_absent_classes_follow_the_rule(show):
    """In neither map, the nodule is left out, counts 1 or counts 0; of background alone nothing is left."""
    page = show(ClassPainter(LUNG, PREDICTION_1))
    for rule, value in (("is left out", "0.9841"), ("counts 1", "0.9894"), ("counts 0", "0.6560")):
        press(page, rule)
        assert value in average(page, "mean")
    page.evaluate(
        "maps => { for (const [name, map] of maps) models[0].set(name, map) }",
        [
            ["prediction", (0 * CLASS_MAP).tolist()],
            ["target", (0 * CLASS_MAP).tolist()],
            ["absent", "left out"],
        ],
    )
    assert average(page, "foreground") == "undefined (0/0)"
    assert "= 1 / 1 = 1.0000" in average(page, "mean")


def test_a_finger_paints_a_stroke(show):
    """On a phone a swipe over the grid paints all it touches, and nothing sticks out."""
    page = show(painter(), has_touch=True, viewport={"width": 390, "height": 700})
    touch = page.context.new_cdp_session(page)
    boxes = [page.get_by_role("gridcell").nth(i).bounding_box() for i in (91, 95)]
    points = [{"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2} for box in boxes]
    for kind, at in (("touchStart", points[:1]), ("touchMove", points[1:]), ("touchEnd", [])):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
    assert state(page, "prediction")[9] == [0, 2, 2, 2, 2, 2, 0, 0, 0, 0]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

"""The probability painter: its values against torch, its page in a real browser, its errors."""
# ruff: noqa: RUF001 - the page's own signs: a minus that is no hyphen

import re
from xml.etree import ElementTree

import pytest
import torch
from playwright.sync_api import Page, expect

from seglosses import bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, NODULE_PROBABILITIES
from seglosses.walkthrough.pixels import bce_pixels, focal_pixels
from seglosses.widgets import ProbabilityPainter
from seglosses.widgets.kit.bundle import HERE
from seglosses.widgets.kit.looks import COLOURS
from seglosses.widgets.kit.tints import brief, strength, unit
from tests.widgets.scripts import javascript

LOSSES = ("bce", "focal", "dice", "iou", "bce_dice")


def nodule(**options) -> ProbabilityPainter:
    """The three-pixel nodule of the text, with its probabilities."""
    return ProbabilityPainter(NODULE, NODULE_PROBABILITIES, **options)


def cell(page: Page, row: int, col: int):
    """One pixel, counted from 0."""
    return page.get_by_role("row").nth(row).get_by_role("gridcell").nth(col)


def button(page: Page, name: str):
    """The button of that name."""
    return page.get_by_role("button", name=name, exact=True)


def state(page: Page, name: str = "probabilities"):
    """What the model holds."""
    return page.evaluate("name => window.models[0].get(name)", name)


def text(page: Page, what: str) -> str:
    """The text of an element, as it is read aloud."""
    return re.sub(r"\s+", " ", page.locator(what).first.text_content())


# ---- one truth ---------------------------------------------------------------------------------------------


def widgets() -> list[ProbabilityPainter]:
    """Every loss on everyday grids and at the extremes: probabilities of exactly 0 and 1, one class only."""
    draw = torch.Generator().manual_seed(7)
    grids = [(LUNG, LUNG_PROBABILITIES), (NODULE, NODULE_PROBABILITIES), (NODULE, 1 - NODULE), (LUNG, LUNG)]
    for scale in (0.1, 1, 10):
        y = (torch.rand(7, 5, generator=draw) < 0.3).double()
        grids.append((y, torch.sigmoid(scale * torch.randn(7, 5, generator=draw, dtype=torch.float64))))
    grids.append((torch.zeros(3, 4), torch.zeros(3, 4)))
    focus = [(0.25, 2.0), (0.5, 0.0), (0.0, 5.0), (1.0, 0.5)]
    return [
        ProbabilityPainter(y, p, loss=loss, alpha=alpha, gamma=gamma)
        for y, p in grids
        for loss in LOSSES
        for alpha, gamma in (focus if loss == "focal" else focus[:1])
    ]


def test_the_page_and_torch_compute_the_same():
    """Maps, colours, numbers and the whole loss agree to 1e-9, also where the loss is infinite."""
    states = [
        {
            "p": w.probabilities.flatten().tolist(),
            "y": w.target.int().flatten().tolist(),
            **{name: getattr(w, name) for name in ("loss", "alpha", "gamma")},
        }
        for w in widgets()
    ]
    came = javascript(
        "probability_painter/view.js",
        """return data.map((state) => ["probability", "loss", "gradient"].map((show) => {
            const map = mapOf(show, state.loss);
            const numbers = values(map, state);
            const power = unit(map, numbers);
            const mean = regional(state.loss) ? regionLoss(state)
              : values("loss", state).reduce((sum, x) => sum + x, 0) / state.p.length;
            const strengths = numbers.map((x) => strength(map, x, state.p.length));
            return { map, numbers, power, mean, strengths,
              texts: numbers.map((x) => brief(map, x, power)) };
        }));""",
        states,
    )
    for widget, shown in zip(widgets(), came, strict=True):
        for show, there in zip(("probability", "loss", "gradient"), shown, strict=True):
            widget.show = show
            kind, here = widget._map()
            assert there["map"] == kind
            numbers = torch.tensor([float(x) for x in there["numbers"]], dtype=torch.float64)
            torch.testing.assert_close(numbers, here.flatten(), rtol=1e-9, atol=1e-12)
            assert float(there["mean"]) == pytest.approx(widget._total(), rel=1e-9, abs=1e-12)
            strengths = torch.tensor(there["strengths"], dtype=torch.float64)
            torch.testing.assert_close(strengths, strength(kind, here).flatten(), rtol=1e-9, atol=1e-9)
            assert there["power"] == unit(kind, here)
            assert there["texts"] == [brief(kind, x, there["power"]) for x in numbers.tolist()]


def test_python_shows_the_losses_themselves():
    """The maps are those of the package's functions: their values without reduction, their gradients."""
    for widget in (nodule(), nodule(loss="focal", alpha=0.5)):
        y, z = widget.target, widget.logits
        loss = bce_loss if widget.loss == "bce" else focal_loss
        options = {} if widget.loss == "bce" else {"alpha": 0.5}
        expected = loss(z, y, reduction="none", **options)
        torch.testing.assert_close(widget._pixels(), expected, rtol=1e-12, atol=0)
    p, y = NODULE_PROBABILITIES, NODULE
    torch.testing.assert_close(nodule()._gradient(), (p - y) / 100)
    for name, loss in (("dice", dice_loss), ("iou", iou_loss)):
        assert nodule(loss=name)._total() == loss(torch.logit(p), y).item()


# ---- Python ------------------------------------------------------------------------------------------------


def test_what_is_painted_feeds_the_losses():
    """Probabilities, logits and target are float64 tensors (H, W): 0.8 is 0.8, and the loss the text's."""
    widget = nodule()
    assert widget.probabilities.dtype == widget.target.dtype == widget.logits.dtype == torch.float64
    assert widget.probabilities[3, 3].item() == 0.8
    assert bce_loss(widget.logits, widget.target).item() == pytest.approx(0.106538, abs=5e-7)
    widget.set_state({"probabilities": LUNG_PROBABILITIES.tolist(), "loss": "focal"})
    assert torch.equal(widget.probabilities, LUNG_PROBABILITIES)


@pytest.mark.parametrize(
    ("name", "value", "error", "says"),
    [
        ("probabilities", NODULE * 4 - 2, ValueError, r"probabilities .*-2 to 2.*torch\.sigmoid"),
        ("probabilities", torch.rand(3, 3), ValueError, r"probabilities .*\(10, 10\).*\(3, 3\)"),
        ("probabilities", NODULE * torch.nan, ValueError, "probabilities .*NaN"),
        ("probabilities", "half", TypeError, "probabilities .*str"),
        ("target", NODULE_PROBABILITIES, ValueError, r"target .*0 and 1.*target > 0\.5"),
        ("loss", "tversky", ValueError, "loss .*'bce', 'focal', 'dice', 'iou', 'bce_dice'.*'tversky'"),
        ("show", "map", ValueError, "show .*'loss', 'probability', 'gradient'"),
        ("alpha", 2, ValueError, r"alpha .*\[0, 1\]"),
        ("gamma", -1, ValueError, r"gamma .*\[0, 5\]"),
        ("brush", "1", TypeError, "brush .*'1'"),
        ("threshold", torch.inf, ValueError, r"threshold .*\[0, 1\]"),
        ("language", "fr", ValueError, "language .*'fr'"),
    ],
)
def test_what_is_wrong_is_refused_and_the_last_good_state_stays(name, value, error, says, monkeypatch):
    """From Python the error says what came and what is expected; a bad state of the page is sent back."""
    widget, sent = nodule(), []
    before = widget.get_state()
    with pytest.raises(error, match=says):
        setattr(widget, name, value)
    monkeypatch.setattr(ProbabilityPainter, "send_state", lambda self, key=None: sent.extend(key))
    with pytest.raises(error):
        widget.set_state({name: value})
    assert sent == [name]
    assert widget.get_state() == before


def test_a_preset_paints_the_probabilities():
    """``preset`` does what the button does, and answers an unknown name with the known ones."""
    widget = nodule(presets={"base rate": NODULE * 0 + 0.03})
    widget.preset("base rate")
    assert widget._total() == pytest.approx(0.134742, abs=5e-7)
    with pytest.raises(ValueError, match=r"the presets, 'base rate'; got 'all'\. Hint: "):
        widget.preset("all")
    with pytest.raises(ValueError, match=r"presets\['bad'\] .*sigmoid"):
        nodule(presets={"bad": NODULE * 9})


def test_the_snapshot_is_true_to_the_state():
    """Well-formed, with each pixel's number, the edge of the truth and the totals; small for a large grid."""
    svg = nodule()._repr_mimebundle_()[0]["image/svg+xml"]
    words = [node.text for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    assert words[:100] == [f"{x:.2f}" for x in bce_pixels(NODULE_PROBABILITIES, NODULE).flatten().tolist()]
    assert words[100:] == ["BCE = 0.106538", "L", "p ≥ 0.5: Dice = 1.0000"]
    assert "BCE = ∞" in ProbabilityPainter(NODULE, 1 - NODULE)._snapshot()
    assert repr(nodule()) == "ProbabilityPainter(10x10: bce 0.106538)"
    large = ProbabilityPainter((torch.rand(64, 64) < 0.5).float(), torch.rand(64, 64), show="gradient")
    assert len(large._snapshot()) < 300_000


# ---- numbers on the page -----------------------------------------------------------------------------------


def test_the_numbers_of_the_text_are_on_the_page(show):
    """The nodule: its mean loss, who carries it, and the arithmetic of a pixel with the numbers in it."""
    page = show(nodule())
    assert "≈ 10.6538" in text(page, ".pp-totals")
    assert "≈ 0.106538" in text(page, ".pp-totals")
    assert text(page, "[data-share=positive]") == "4.1 %"
    assert text(page, "[data-share=negative]") == "95.9 %"
    expect(page.get_by_role("img", name="foreground 4.1 %, background 95.9 %")).to_be_visible()
    cell(page, 3, 3).hover()
    assert "Pixel in row 4, column 4y = 1, p = 0.8pₜ= p = 0.8−ln pₜ= −ln 0.8 ≈ 0.2231" in text(
        page, ".pp-pixel"
    )
    cell(page, 0, 0).focus()
    assert "y = 0, p = 0.1pₜ= 1 − p = 1 − 0.1 = 0.9" in text(page, ".pp-pixel")
    expect(page.get_by_role("slider", name="γ")).to_be_hidden()


def test_a_focal_pixel_shows_every_factor(show):
    """p_t, its logarithm, the focusing factor, alpha_t and their product; alpha and gamma have sliders."""
    page = show(ProbabilityPainter(LUNG, LUNG_PROBABILITIES, loss="focal"))
    assert text(page, ".pp-pixel").endswith("= 0.25 · (1 − 0.9)² · 0.1054 ≈ 0.0002634")
    assert "(1 − pₜ)ᵞ= (1 − 0.9)² = 0.01αₜ= α = 0.25" in text(page, ".pp-pixel")
    page.get_by_role("slider", name="α").fill("0.5")
    page.get_by_role("slider", name="γ").fill("0.5")
    assert text(page, ".pp-pixel").endswith("= 0.5 · (1 − 0.9)⁰·⁵ · 0.1054 ≈ 0.01666")
    loss = focal_pixels(LUNG_PROBABILITIES, LUNG, 0.5, 0.5).loss
    assert f"≈ {loss.mean():.6g}" in text(page, ".pp-totals")
    assert text(page, "[data-share=positive]") == f"{100 * (loss * LUNG).sum() / loss.sum():.1f} %"


@pytest.mark.parametrize("loss", LOSSES)
def test_the_gradient_has_its_sign_in_the_number(show, loss):
    """What pulls up bears a minus, what pulls down a plus; the arithmetic ends in autograd's number."""
    widget = nodule(loss=loss, show="gradient")
    page = show(widget)
    power = unit("gradient", widget._gradient())
    for row, col in ((2, 4), (0, 0)):
        expected = widget._gradient()[row, col].item()
        cell(page, row, col).hover()
        assert cell(page, row, col).text_content() == brief("gradient", expected, power)
        last = page.locator(".pp-steps dd").last.text_content().replace("−", "-").split()[-1]
        digits, _, exponent = last.partition("·10")
        power_of_ten = int(exponent.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")) or 0)
        assert float(digits) * 10**power_of_ten == pytest.approx(expected, rel=1e-3)
    assert cell(page, 2, 4).text_content().startswith("−")
    assert cell(page, 0, 0).text_content().startswith("+")


def test_the_threshold_makes_the_hard_mask(show):
    """Its line, Dice, precision and recall follow; a pixel that is just as probable belongs to it."""
    page = show(ProbabilityPainter(LUNG, LUNG_PROBABILITIES))
    scores = page.locator(".pp-totals").last
    expect(scores).to_have_text("Dice= 32/36 ≈ 0.8889Precision= 16/16 = 1.0000Recall= 16/20 = 0.8000")
    page.get_by_role("slider", name="Threshold t").fill("0.8")
    expect(scores).to_have_text("Dice= 20/30 ≈ 0.6667Precision= 10/10 = 1.0000Recall= 10/20 = 0.5000")
    page.get_by_role("slider", name="Threshold t").fill("1")
    expect(scores).to_contain_text("Precisionundefined (0/0)")
    expect(page.locator(".sl-dots")).to_have_attribute("d", "")


def test_infinity_is_shown_as_it_is(show):
    """A pixel certain and wrong makes BCE infinite; no share is made up, and NaN is nowhere."""
    page = show(nodule(brush=1))
    cell(page, 0, 0).click()
    assert cell(page, 0, 0).text_content() == "∞"
    assert "pₜ= 1 − p = 1 − 1 = 0−ln pₜ= −ln 0 = ∞" in text(page, ".pp-pixel")
    assert "1 pixel is certain and wrong" in text(page, ".pp-share")
    for loss in LOSSES:
        for kind in ("probability", "loss", "gradient"):
            page.evaluate(
                "([loss, show]) => models[0].set('loss', loss) + models[0].set('show', show)", [loss, kind]
            )
            assert not re.search("NaN|undefined|null", page.locator(".probability-painter").text_content())


# ---- by hand -----------------------------------------------------------------------------------------------


def test_the_brush_paints_its_probability(show):
    """A drag is one stroke and one step to undo; Python is told once."""
    page = show(nodule(brush=0.35))
    cell(page, 9, 0).hover()
    page.mouse.down()
    cell(page, 9, 5).hover()
    page.mouse.up()
    assert state(page)[9] == [0.35] * 6 + [0.1] * 4
    assert page.evaluate("models[0].saved.map(Object.keys)") == [["probabilities"]]
    button(page, "Undo").click()
    assert state(page) == NODULE_PROBABILITIES.tolist()
    page.keyboard.press("Control+y")
    assert state(page)[9][5] == 0.35
    button(page, "Reset").click()
    assert state(page) == NODULE_PROBABILITIES.tolist()


def test_a_finger_paints(show):
    """A touch is a stroke like any other."""
    page = show(nodule(brush=0.6), has_touch=True, viewport={"width": 390, "height": 800})
    cell(page, 5, 5).tap()
    assert state(page)[5][5] == 0.6


def test_the_keyboard_sets_any_probability(show):
    """Digits are tenths, plus and minus change by 0.05 and stop at the ends, Space paints with the brush."""
    page = show(nodule())
    cell(page, 0, 0).focus()
    for key in ("7", "ArrowRight", "0", "-", "ArrowRight", "9", "+", "+", "+", "ArrowRight", "Space"):
        page.keyboard.press(key)
    assert state(page)[0][:4] == [0.7, 0, 1, 0.9]
    expect(page.get_by_role("status")).to_contain_text("y = 0, p = 0.9")
    expect(page.get_by_role("status")).to_contain_text("Mean BCE")
    page.keyboard.press("Control+z")
    assert state(page)[0][3] == 0.1


def test_a_region_loss_has_no_map_of_its_loss(show):
    """For Dice the gradient stands in, the button says why, and the one value of the grid is given."""
    page = show(nodule())
    page.get_by_role("combobox").select_option("dice")
    expect(button(page, "Gradient")).to_have_attribute("aria-pressed", "true")
    expect(button(page, "Loss")).to_have_attribute("aria-disabled", "true")
    button(page, "Loss").dispatch_event("click")
    expect(button(page, "Gradient")).to_have_attribute("aria-pressed", "true")
    assert "Dice loss, smooth 1≈ 0.619632" in text(page, ".pp-totals")


def test_what_python_sets_is_drawn(show):
    """Probabilities, settings and the language, as they arrive; a closed view leaves no listener."""
    page = show(nodule(), views=2)
    page.evaluate("p => models[0].set('probabilities', p)", (NODULE * 0 + 0.5).tolist())
    page.evaluate("models[0].set('show', 'probability')")
    assert cell(page, 4, 4).text_content() == "0.5"
    page.evaluate("models[0].set('language', 'zh')")
    expect(button(page, "概率").first).to_have_attribute("aria-pressed", "true")
    page.evaluate("models[0].cleanups.forEach((done) => done())")
    assert page.evaluate("models[0].listeners.length") == 0


def test_a_price_is_dragged_along_its_curve(show):
    """The pixel that is looked at follows the hand: price, gradient and share; a drag is one step to undo."""
    page = show(nodule(plot="price"))
    cell(page, 3, 3).hover()
    assert text(page, ".pp-price dl") == "Price≈ 0.2231Gradient= −0.002Share2.1 %"
    plot = page.locator(".pl-plot")
    box = plot.bounding_box()
    wide = box["width"] - 46 - 18  # between the edges of the axes
    at = {p: box["x"] + 46 + p * wide for p in (0.6, 0.35)}
    page.mouse.move(at[0.6], box["y"] + 60)
    page.mouse.down()
    page.mouse.move(at[0.35], box["y"] + 60)
    page.mouse.up()
    assert state(page)[3][3] == 0.35
    # -ln 0.35, (0.35 - 1) / 100, and 1.0498 of 10.6538 - 0.2231 + 1.0498
    assert text(page, ".pp-price dl") == "Price≈ 1.05Gradient= −0.0065Share9.1 %"
    assert cell(page, 3, 3).text_content() == "1.0"
    button(page, "Undo").click()
    assert state(page)[3][3] == 0.8
    cell(page, 0, 0).focus()
    assert text(page, ".pp-price dl").startswith("Price≈ 0.1054")


def test_focal_stands_beside_bce(show):
    """The price in BCE of the same pixel, as a number and as a curve of its class."""
    page = show(nodule(plot="price", loss="focal", alpha=0.5, gamma=2))
    cell(page, 3, 3).hover()
    # 0.5 · 0.2² · 0.2231, and −0.5 · 0.04 · (0.2 + 2 · 0.8 · 0.2231) / 100
    assert text(page, ".pp-price dl").startswith("Price≈ 0.004463Price in BCE≈ 0.2231Gradient≈ −0.0001114")
    curve = page.locator(".pl-plot .pl-curve.fe-bce").first
    of_nodule = curve.get_attribute("d")
    cell(page, 0, 0).hover()
    assert text(page, ".pp-price dl").startswith("Price≈ 0.0005268Price in BCE≈ 0.1054")
    assert curve.get_attribute("d") != of_nodule
    assert "5" in page.locator(".pl-axes text").all_text_contents()
    page.get_by_role("combobox").select_option("bce")
    assert text(page, ".pp-price dl").startswith("Price≈ 0.1054Gradient")
    expect(page.locator(".pl-curve.fe-bce")).to_have_count(0)


def test_the_curve_is_that_of_the_loss(show):
    """Focal's settings bend it; a loss of a whole region has none; without being asked for there is none."""
    page = show(nodule(plot="price", loss="focal"))
    curve = page.locator(".pl-plot .pl-curve.fe-y1").first
    before = curve.get_attribute("d")
    page.get_by_role("slider", name="γ").fill("0")
    assert curve.get_attribute("d") != before
    page.get_by_role("combobox").select_option("dice")
    expect(page.locator(".pp-price")).to_be_hidden()
    points = javascript(
        "probability_painter/view.js",
        "return [1, 0].map((y) => priceCurve(data, y))",
        {"p": [], "y": [], "loss": "focal", "alpha": 0.3, "gamma": 1.5},
    )
    for y, line in zip((1.0, 0.0), points, strict=True):
        p, price = torch.tensor(line, dtype=torch.float64).T
        expected = focal_pixels(p, torch.full_like(p, y), 0.3, 1.5).loss
        torch.testing.assert_close(price, expected, rtol=1e-12, atol=0)
    assert show(nodule()).locator(".pp-price").count() == 0


# ---- sizes, themes, access ---------------------------------------------------------------------------------


def test_a_number_can_be_read_on_every_tint(show):
    """At least 4.5:1 from the weakest to the strongest colour of both hues, in both themes."""
    page = show(nodule())
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        for hue in ("yes", "cost"):
            ratio = page.locator(".sl-sample").first.evaluate(
                """(cell, hue) => {
                    cell.dataset.hue = hue;
                    const options = { willReadFrequently: true };
                    const context = document.createElement("canvas").getContext("2d", options);
                    const luminance = (colour) => {
                        context.fillStyle = colour;
                        context.fillRect(0, 0, 1, 1);
                        const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((x) =>
                            (x / 255 <= 0.04045 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4));
                        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
                    };
                    return Math.min(...[0, 25, 50, 75, 100].map((strength) => {
                        cell.style.setProperty("--strength", strength);
                        const style = getComputedStyle(cell);
                        const [a, b] = [luminance(style.color), luminance(style.backgroundColor)];
                        return Math.max(a, b) / Math.min(a, b);
                    }));
                }""",
                hue,
            )
            assert ratio >= 4.5, (theme, hue)


@pytest.mark.parametrize("options", [{"loss": "focal"}, {"loss": "iou", "show": "gradient"}])
def test_a_pixel_has_the_colour_of_its_value(show, options):
    """Under each number lies the tint of a legend's sample: its hue, as strong as the value."""
    widget = nodule(**options)
    page = show(widget)
    kind, values = widget._map()
    drawn = page.evaluate(
        """() => [...document.querySelector(".sl-film").getContext("2d").getImageData(0, 0, 10, 10).data]"""
    )
    colours = torch.tensor(drawn).reshape(10, 10, 4)
    strong = (100 * strength(kind, values)).round() / 100
    assert (colours[..., 3] / 255 - 0.6 * strong).abs().max() <= 0.5 / 255
    hue = {name: [int(COLOURS[name][i : i + 2], 16) for i in (1, 3, 5)] for name in ("fn", "fp")}
    for row, col in ((3, 3), (0, 0)):
        if colours[row, col, 3] > 100:  # canvas rounds the hue of fainter ones
            cost = kind == "loss" or values[row, col] > 0
            assert (colours[row, col, :3] - torch.tensor(hue["fp" if cost else "fn"])).abs().max() <= 2
    samples = page.locator(".sl-sample").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).backgroundColor)"
    )
    assert len(set(samples)) == len(samples)


def test_a_large_grid_marks_signs_without_numbers(show):
    """Where no number fits, a minus is a bar; and a stroke touches only the pixels that it changes."""
    y = torch.zeros(64, 64)
    y[20:40, 20:40] = 1
    page = show(ProbabilityPainter(y, y * 0.6 + 0.2, show="gradient"))
    bars = page.locator(".sl-minus").get_attribute("d")
    assert bars.count("M") == 400
    assert "M30 30m.3 .5h.4" in bars
    assert cell(page, 30, 30).text_content() == ""
    page.evaluate("""() => {
        window.touched = new Set();
        const watch = { subtree: true, childList: true, attributeFilter: ["style", "aria-label"] };
        new MutationObserver((changes) => changes.forEach((change) => touched.add(change.target)))
          .observe(document.querySelector(".sl-grid"), watch);
    }""")
    cell(page, 5, 5).click()
    assert page.evaluate("touched.size") == 1


def test_both_languages_have_every_word():
    """The table has the same keys in English and Chinese."""
    table = (HERE / "probability_painter/words.js").read_text("utf-8")
    en, zh = (set(re.findall(r"^ {4}(\w+):", part, re.M)) for part in table.split("  zh: {"))
    assert en == zh

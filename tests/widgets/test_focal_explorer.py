"""The focal explorer: its numbers are torch's, and everyone can turn its dials."""
# ruff: noqa: RUF001, RUF002 - the page's own signs: Greek letters, a times sign, a Chinese comma

import pytest
import torch
from playwright.sync_api import Page, expect

from seglosses import focal_loss
from seglosses.grids import LUNG, LUNG_PROBABILITIES, NODULE, NODULE_PROBABILITIES
from seglosses.widgets import FocalExplorer
from seglosses.widgets.kit.bundle import HERE

GROUPS = ("negatives", "positives", "hard")


def lung(**options) -> FocalExplorer:
    """The lung of the text with the probabilities that miss its bottom row."""
    return FocalExplorer(LUNG, LUNG_PROBABILITIES, **options)


def state(page: Page, name: str):
    """What the model on the page holds."""
    return page.evaluate("(name) => window.models[0].get(name)", name)


def cells(page: Page, kind: str) -> dict[str, str]:
    """The texts of the cells that carry ``data-<kind>``, without the small print in them."""
    read = f"""() => Object.fromEntries([...document.querySelectorAll("[data-{kind}]")]
        .map((cell) => [cell.dataset.{kind}, cell.firstChild?.textContent ?? ""]))"""
    return page.evaluate(read)


def worth(z: torch.Tensor, y: torch.Tensor, alpha: float | None, gamma: float, view: str) -> torch.Tensor:
    """Each pixel's focal loss, or the size of its gradient, from the package."""
    z = z.clone().requires_grad_()
    loss = focal_loss(z, y, alpha, gamma, reduction="none")
    return loss.detach() if view == "loss" else torch.autograd.grad(loss.sum(), z)[0].abs()


SETTINGS = [(0.5, 2.0), (0.25, 2.0), (None, 0.0), (None, 2.0), (0.75, 0.0), (0.9, 0.5), (0.25, 5.0)]


# ---- numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["loss", "gradient"])
def test_every_readout_is_torchs_number(show, number, view):
    """For seven settings: one pixel's factors and losses, and all pixels' shares and means."""
    page = show(lung(view=view, p_t=0.6))
    y, z = LUNG, torch.logit(LUNG_PROBABILITIES)
    p_t = torch.where(y == 1, LUNG_PROBABILITIES, 1 - LUNG_PROBABILITIES)
    easy = p_t >= 0.5
    groups = {"negatives": easy & (y == 0), "positives": easy & (y == 1), "hard": ~easy}
    at = torch.logit(torch.tensor([0.6, 0.4], dtype=torch.float64))  # p_t 0.6 in each class
    for alpha, gamma in SETTINGS:
        page.evaluate("([a, g]) => { models[0].set('alpha', a); models[0].set('gamma', g); }", [alpha, gamma])
        shares, one = cells(page, "share"), cells(page, "cell")
        for name, setting in [("bce", (None, 0.0)), ("focal", (alpha, gamma))]:
            pixels = worth(z, y, *setting, view)
            assert number(shares[f"{name} mean"]) == pytest.approx(pixels.mean().item(), rel=6e-4)
            for part in GROUPS:
                share = (pixels[groups[part]].sum() / pixels.sum()).item()
                assert number(shares[f"{name} {part}"]) == pytest.approx(share, abs=6e-5)
        focal = worth(at, torch.tensor([1.0, 0.0]).double(), alpha, gamma, view).tolist()
        for name, expected in zip(["y1", "y0"], focal, strict=True):
            assert number(one[f"{name} focal"]) == pytest.approx(expected, rel=6e-4)
            product = (
                number(one[f"{name} weight"]) * number(one[f"{name} factor"]) * number(one[f"{name} base"])
            )
            assert product == pytest.approx(expected, rel=2e-3)


def test_the_numbers_of_the_text(show):
    """Four misses carry 94.50 % of focal and 42.16 % of BCE; at p_t 0.9, 200 is 100 times 2 by alpha."""
    page = show(lung(alpha=0.5))
    shares = cells(page, "share")
    assert (shares["focal hard"], shares["bce hard"], shares["pixels hard"]) == (
        "94.50 %",
        "42.16 %",
        "4.00 %",
    )
    expect(page.locator("[data-cell='y1 weaker']")).to_have_text("200 = 100 × 2")
    page.get_by_label("pₜ of one pixel").fill("0.6")
    expect(page.locator("[data-cell='y1 focal']")).to_have_text("0.04087")
    expect(page.locator("[data-cell='y1 weaker']")).to_have_text("12.5 = 6.25 × 2")


def test_where_focal_pulls_harder_than_bce(show):
    """With gamma 2 and no alpha below p_t 0.2976; with alpha 0.25 nowhere."""
    page = show(lung(alpha=None, view="gradient"))
    note = page.get_by_text("The band: focal pulls any pixel harder than BCE")
    expect(note).to_contain_text("between 0 and 0.2976")
    page.get_by_role("button", name="2, 0.25: γ, α").click()
    expect(page.get_by_text("Focal pulls no pixel harder than BCE.")).to_be_visible()


def test_a_single_pixel_in_losses_js(show):
    """The page's pixel losses and gradients are torch's to 1e-9 at 500 p_t, and right at the ends."""
    page = show(lung())
    p_t = torch.linspace(0, 1, 502, dtype=torch.float64)[1:-1]
    gammas = [0, 0.1, 0.5, 1, 2, 3.3, 5]
    run = """async ([text, ps, gammas]) => {
        const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
        const { pixelLoss, pixelPull } = await import(url);
        const all = (f) => gammas.map((g) => ps.map((p) => f(p, g)));
        const ends = [gammas.map((g) => pixelPull(0, g)), gammas.map((g) => pixelLoss(1, g))];
        return [all(pixelLoss), all(pixelPull), ...ends];
    }"""
    loss, pull, at_0, at_1 = page.evaluate(
        run, [(HERE / "kit/losses.js").read_text("utf-8"), p_t.tolist(), gammas]
    )
    z, y = torch.logit(p_t), torch.ones_like(p_t)
    for view, came in [("loss", loss), ("gradient", pull)]:
        expected = torch.stack([worth(z, y, None, gamma, view) for gamma in gammas])
        assert (torch.tensor(came, dtype=torch.float64) - expected).abs().max() <= 1e-9
    assert at_0 == [1] * 7
    assert at_1 == [0] * 7


def test_probabilities_of_exactly_0_and_1_are_shown(show):
    """A sure mistake costs infinity, says so, and breaks nothing."""
    page = show(FocalExplorer([[1, 0]], [[0, 0]]))
    shares = cells(page, "share")
    assert (shares["bce mean"], shares["focal mean"]) == ("∞", "∞")
    page.get_by_role("button", name="Gradient").click()
    shares = cells(page, "share")
    assert (shares["bce mean"], shares["focal mean"]) == ("0.5", "0.125")


# ---- by hand -----------------------------------------------------------------------------------------------


def test_dials_turn_by_keyboard_and_say_what_happened(show):
    """An arrow key moves a slider by a step; the live region then gives the result, and Python gets it."""
    page = show(lung(alpha=0.5))
    page.get_by_label("γ, focusing").focus()
    page.keyboard.press("ArrowRight")
    assert state(page, "gamma") == 2.1
    expect(page.get_by_role("status")).to_contain_text("γ 2.1, α 0.5. Focal 0.03881, BCE 0.2185.")
    page.get_by_label("α, foreground weight").focus()
    page.keyboard.press("ArrowLeft")
    assert state(page, "alpha") == 0.45
    assert page.evaluate("models[0].saved") == [{"gamma": 2.1}, {"alpha": 0.45}]


def test_presets_set_both_and_no_alpha_comes_back(show):
    """A preset shows as pressed; "no α" takes the balance away and, pressed again, returns the last one."""
    page = show(lung())
    page.get_by_role("button", name="0.5, 0.5: γ, α").click()
    assert (state(page, "gamma"), state(page, "alpha")) == (0.5, 0.5)
    expect(page.get_by_role("button", name="0.5, 0.5: γ, α")).to_have_attribute("aria-pressed", "true")
    none = page.get_by_role("button", name="no α")
    none.click()
    assert state(page, "alpha") is None
    expect(page.get_by_label("α, foreground weight")).to_have_attribute("aria-valuetext", "no α")
    none.click()
    assert state(page, "alpha") == 0.5
    page.get_by_role("button", name="BCE", exact=True).click()
    shares = cells(page, "share")
    assert [shares[f"bce {part}"] for part in GROUPS] == [shares[f"focal {part}"] for part in GROUPS]


def test_the_plot_follows_mouse_and_finger(show):
    """A press picks p_t and a drag moves it, sent once at the end; near a dot it is the dot's."""
    page = show(lung(), has_touch=True)
    box = page.locator(".pl-plot").bounding_box()

    def at(x: float) -> tuple[float, float]:
        return box["x"] + 46 + x * (box["width"] - 64), box["y"] + 100

    page.mouse.move(*at(0.3))
    page.mouse.down()
    assert state(page, "p_t") == 0.3
    page.mouse.move(*at(0.45))
    page.mouse.up()
    assert state(page, "p_t") == 0.45
    assert page.evaluate("models[0].saved") == [{"p_t": 0.45}]
    page.touchscreen.tap(*at(0.108))
    assert state(page, "p_t") == 0.1
    expect(page.get_by_role("status")).to_contain_text("pₜ 0.1: foreground 0.4663, background 1.399")


def test_dots_are_the_grids_pixels(show):
    """Six kinds of pixels in the lung's grid, each with its count; a new grid brings its own."""
    page = show(lung())
    dots = page.locator(".pl-dot text")
    assert sorted(dots.all_text_contents()) == ["×2", "×4", "×4", "×4", "×6", "×80"]
    other = FocalExplorer(NODULE, NODULE_PROBABILITIES).get_state()
    page.evaluate("(p) => models[0].set('probabilities', p)", other["probabilities"])
    page.evaluate("(y) => models[0].set('target', y)", other["target"])
    assert sorted(dots.all_text_contents()) == ["×1", "×2", "×97"]


def test_two_views_show_one_model_and_leave_no_trace(show):
    """What moves in one view moves in the other; taken off the page, both stop listening."""
    page = show(lung(), views=2)
    page.get_by_label("γ, focusing").first.fill("5")
    expect(page.get_by_label("γ, focusing").last).to_have_value("5")
    page.evaluate("models[0].cleanups.forEach((stop) => stop())")
    assert page.evaluate("models[0].listeners.length") == 0
    assert page.locator(".focal-explorer").count() == 0


def test_chinese(show):
    """On a Chinese page every label is Chinese; Python can override the page, and back."""
    page = show(lung(), lang="zh")
    expect(page.get_by_role("button", name="梯度")).to_be_visible()
    expect(page.get_by_label("γ，聚焦")).to_be_visible()
    page.evaluate("models[0].set('language', 'en')")
    expect(page.get_by_role("button", name="Gradient")).to_be_visible()


# ---- in Python ---------------------------------------------------------------------------------------------


def test_what_is_assigned_is_what_is_read():
    """All settings can be given, changed and read; the probabilities keep a calculator's digits."""
    widget = lung(alpha=None, gamma=0)
    assert (widget.alpha, widget.gamma) == (None, 0)
    widget.alpha, widget.gamma, widget.view, widget.scale, widget.p_t = 0.75, 5, "gradient", "log", 0.5
    assert widget.get_state(["alpha", "gamma", "view", "scale", "p_t"]) == {
        "alpha": 0.75, "gamma": 5.0, "view": "gradient", "scale": "log", "p_t": 0.5
    }  # fmt: skip
    assert torch.equal(widget.probabilities, LUNG_PROBABILITIES)
    assert repr(widget) == "FocalExplorer(10x10: alpha 0.75, gamma 5)"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("alpha", 1.5, r"alpha must be a number in \[0, 1\] or None; got 1.5. Hint: 0.25 is the default"),
        ("alpha", "high", r"alpha must be a number in \[0, 1\] or None; got 'high'. Hint: "),
        ("gamma", -1, r"gamma must be a number in \[0, 5\]; got -1"),
        ("gamma", None, r"gamma must be a number in \[0, 5\]; got None"),
        ("gamma", float("nan"), "gamma must be a number in .*; got nan"),
        ("p_t", 0, "p_t must be a number in .*; got 0"),
        ("view", "losses", "view must be one of 'loss', 'gradient'"),
        ("probabilities", torch.full((10, 10), 2.0), "sigmoid"),
        ("probabilities", torch.zeros(3, 3), r"shape \(10, 10\) of the target"),
        ("target", LUNG_PROBABILITIES, "target must hold only 0 and 1"),
    ],
)
def test_a_bad_value_is_refused_and_the_last_good_one_stays(name, value, says):
    """The error names the trait, what came and what is expected; from the page it changes nothing either."""
    widget = lung()
    before = widget.get_state()
    with pytest.raises((TypeError, ValueError), match=says):
        setattr(widget, name, value)
    with pytest.raises((TypeError, ValueError), match=says):
        FocalExplorer(**{"target": LUNG, "probabilities": LUNG_PROBABILITIES, name: value})
    assert widget.get_state() == before


def test_the_picture_is_true_to_the_state():
    """The same state gives the same bytes; another one shows its own settings, numbers and dots."""
    picture = lung(alpha=0.5)._snapshot()
    assert picture == lung(alpha=0.5)._snapshot()
    assert "alpha 0.5, gamma 2" in picture
    assert "BCE 0.2185, focal 0.03947" in picture
    assert "BCE 42.16%, focal 94.50%" in picture
    assert picture.count("<circle") == 6
    assert "no alpha, gamma 0" in lung(alpha=None, gamma=0, view="gradient", scale="log")._snapshot()
    assert "nan" not in FocalExplorer([[1, 0]], [[0, 0]], view="gradient")._snapshot()

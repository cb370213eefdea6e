"""The log reader says in the page what ``read_log`` says, and is read by everyone."""

import json
import math

import numpy as np
import pytest
from playwright.sync_api import expect

from seglosses.logs import DESCRIBED, read_log
from seglosses.widgets import LogReader
from tests.test_logs import LOGS
from tests.widgets.scripts import javascript

TEXTS = [
    *("", " ", "nan", "H100 v1.2.3", "1e5 -.5 +2. inf -Infinity NaN", "0.5 0.25 0.125 0.0625 0.03125 1.0625"),
    *(
        "loss nan",
        "val_loss 0.5 loss: 0.4",
        "LOSS=tensor(-1e-7,",
        "step,loss\n1,0.9\n2,0.8\n3,0.7\n4,0.5\n5,0.1",
    ),
    *("1\n2\n3\n4\n5\n6", "0.1 0.2\n0.3 0.4", "1.5e-320 1e-9 12345.5 123455 9.9999e9 1e300", "1,2,3,,4\n\n5"),
]


def texts():
    """Each made-up log at some seeds as a text, in several notations, and what people may paste besides."""
    for kind, make in LOGS.items():
        for seed in range(8):
            losses = make(np.random.default_rng([seed, len(kind)])).tolist()
            yield " ".join(map(repr, losses))
            yield "\n".join(f"epoch {i} loss: {x:.4f} val_loss: {x + 1:.3f}" for i, x in enumerate(losses))
            yield "\n".join(f"{i}\t{x:.3e}" for i, x in enumerate(losses))
    yield from TEXTS


def test_the_page_says_what_python_says():
    """Name, sentence, reasons, check and the numbers read, of some 370 texts, in both languages."""
    given = list(texts())
    program = """const { described, texts } = data;
        return texts.map((text) => ["en", "zh"].map((language) => readLog(described, text, language)));"""
    came = javascript("log_reader/state.js", program, {"described": DESCRIBED, "texts": given})
    for text, pair in zip(given, came, strict=True):
        for language, page in zip(("en", "zh"), pair, strict=True):
            ours = read_log(text, language)
            said = [page[part] for part in ("name", "says", "why", "check")]
            assert said == [ours.name, ours.says, ours.why, ours.check], text[:200]
            assert page["healthy"] == (ours.name[:2] in ("he", "正常"))
            losses = [float(x) if x is not None else -math.inf for x in page["losses"]]
            assert losses == pytest.approx(list(ours.losses), nan_ok=True)


def test_a_line_has_few_points_and_stops_at_what_is_no_number():
    """A long log is thinned; one value draws no line; the highest is at the top."""
    logs = [[1, 0], [0.5], [2, 1, math.nan, 3], list(range(5000)), []]
    program = "return data.map((log) => lineOf(log.map(Number)));"
    data = [["NaN" if x != x else x for x in log] for log in logs]
    lines = [line["path"] for line in javascript("log_reader/state.js", program, data)]
    assert lines[0] == "M0.0 0.0L200.0 40.0"
    assert lines[1] == lines[4] == ""
    assert lines[2] == "M0.0 0.0L66.7 40.0"  # two of four places, the third is no number
    assert lines[3].count("L") < 400


SECTION = """() => { const there = document.createElement("h2"); there.id = "symptoms-nan";
    document.querySelector("main").append(there); }"""


def test_a_log_is_typed_tried_and_read_back(show):
    """The verdict is said to screen readers as the text changes, and Python has the text when it is left."""
    page = show(LogReader({"A good one": "0.9 0.5 0.3 0.2 0.1"}))
    page.evaluate(SECTION)
    said, log = page.get_by_role("status"), page.get_by_label("The losses of your log")
    expect(said).to_be_hidden()
    log.fill("0.7 0.6 nan")
    expect(said).to_contain_text(read_log("0.7 0.6 nan").says)
    expect(said).to_contain_text("3 values read.")
    expect(page.get_by_role("link", name="More on this")).to_have_attribute("href", "#symptoms-nan")
    log.blur()
    assert page.evaluate("models[0].saved.at(-1)") == {"log": "0.7 0.6 nan"}
    page.get_by_role("button", name="A good one").click()
    expect(log).to_have_value("0.9 0.5 0.3 0.2 0.1")
    expect(said).to_contain_text("Healthy: falls.")
    stroke = page.locator(".lr-line").evaluate("line => getComputedStyle(line).stroke")
    assert stroke != "none"
    assert said.get_attribute("data-healthy") == "true"
    expect(page.get_by_role("img")).to_have_attribute("aria-label", "The losses, between 0.1 and 0.9")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_axe_finds_nothing_and_it_fits_a_phone(show, lang, violations):
    """In both themes; each control is as tall as a finger; on paper the text stands without buttons."""
    page = show(
        LogReader({"One": "0.5 nan"}, log="0.7 0.6 nan"), lang=lang, viewport={"width": 320, "height": 800}
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    heights = "[...document.querySelectorAll('button, textarea')].map((one) => one.offsetHeight)"
    assert min(page.evaluate(heights)) >= 44
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        assert violations(page) == []
    page.emulate_media(media="print")
    assert page.locator("button:visible").count() == 0
    expect(page.get_by_role("status")).to_be_visible()


def test_python_and_paper_have_the_reading():
    """The widget reads its log as ``read_log`` does; where no script runs, its words stand as text."""
    widget = LogReader(log="0.7 0.7 <b> 0.7 0.7 0.7")
    assert widget.reading == read_log(widget.log)
    assert repr(widget) == "LogReader('the same number')"
    assert "<strong>the same number:</strong> All 5 values are 0.7." in widget._snapshot()
    assert "read_log" in LogReader()._snapshot()
    assert json.dumps(widget.get_state()["_described"])
    with pytest.raises(Exception, match="log"):
        LogReader(log=3)

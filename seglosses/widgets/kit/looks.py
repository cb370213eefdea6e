"""Colours, dashes and marks: ``looks.json``, which scripts read too, and the style sheet made of it."""

import json
from pathlib import Path
from typing import Any

LOOKS: dict[str, Any] = json.loads(Path(__file__).with_name("looks.json").read_text("utf-8"))
INK, QUIET, RULE, PAPER = (LOOKS["paper"][name] for name in ("ink", "quiet", "rule", "paper"))
COLOURS: dict[str, str] = {**LOOKS["colours"], **LOOKS["paper"]}
COLOURS |= {outcome: COLOURS[name] for outcome, name in LOOKS["outcomes"].items()}
"""Each colour by its name, and by the outcome of a pixel that it stands for."""


def look_of(curve: str) -> tuple[str, str]:
    """The colour and the dashes of a curve, by its class on the page."""
    look = LOOKS["curves"][curve]
    return COLOURS[look["colour"]], look["dashes"]


def style_sheet() -> str:
    """The same for the page: colours and sizes as variables, curves and marks as rules."""
    hues = {f"hue-{name}": hue for name, hue in LOOKS["colours"].items()}
    outcomes = {outcome: COLOURS[outcome] for outcome in LOOKS["outcomes"]}
    variables = hues | outcomes | {"edge": f"{LOOKS['edge']}px", "tint": f"{LOOKS['tint']}%"}
    rules = {".sl-widget": {f"--{name}": value for name, value in variables.items()}}
    for name, look in LOOKS["curves"].items():
        dashes = look["dashes"] or "none"
        rules[f".pl-curve.{name}"] = {"stroke": f"var(--{look['colour']})", "stroke-dasharray": dashes}
    for marks, selector in (("marks", ".sl-marks .sl-mark"), ("small_marks", ".tp-picture .tp-mark")):
        for kind, mark in LOOKS[marks].items():
            rules[f"{selector}-{kind}"] = {"stroke-width": mark["width"]}
    width, apart = (LOOKS["dots"][name] for name in ("width", "apart"))
    rules[".sl-contour .sl-dots"] = {"stroke-width": f"{width}px", "stroke-dasharray": f"0 {apart}"}
    return "".join(f"{selector} {{ {_said(rule)} }}\n" for selector, rule in rules.items())


def _said(rule: dict[str, Any]) -> str:
    return " ".join(f"{name}: {value};" for name, value in rule.items())

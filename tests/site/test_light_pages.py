"""Style sheets without what no page names: everything that a page or a script may show keeps its looks."""

import gzip

import pytest
from light_pages import SHEETS, used

CASES = {
    "a class that nobody names": (".gone{color:red}.kept{color:blue}", ".kept{color:blue}"),
    "one of two selectors": (".gone,.kept{color:red}", ".kept{color:red}"),
    "both classes must be there": (".kept.gone{color:red}.kept .also{color:red}", ".kept .also{color:red}"),
    "no class at all": ("p>a[href],:root{color:red}", "p>a[href],:root{color:red}"),
    "what is not there": (".kept:not(.gone,.lost){color:red}", ".kept:not(.gone,.lost){color:red}"),
    "a name that a script puts together": (".bs-tooltip-auto{color:red}", ".bs-tooltip-auto{color:red}"),
    "steps of a movement": ("@keyframes a{12.5%{top:0}}", "@keyframes a{12.5%{top:0}}"),
    "a font": ("@font-face{src:url(a.b)}", "@font-face{src:url(a.b)}"),
    "a width of the window": (
        "@media (a:b){.gone{top:0}}@media (a:b){.kept{top:0}}",
        "@media (a:b){.kept{top:0}}",
    ),
    "an escaped name": (".md\\:wide{top:0}.md\\:gone{top:0}", ".md\\:wide{top:0}"),
    "whose it is": (
        "/*! by A, see b.com (c) */.gone{top:0}.kept{top:0}",
        ".kept{top:0}\n/*! by A, see b.com (c) */",
    ),
}


@pytest.mark.parametrize(("style", "expected"), CASES.values(), ids=CASES)
def test_a_style_sheet_keeps_what_is_named(style, expected):
    """And loses the rest; the notice of a licence stays, wherever it stood."""
    assert used(style, {"kept", "also", "bs-", "md", "wide"}).strip() == expected


def test_the_sheets_are_cut_down_on_the_site(site):
    """The theme's to a third or less; what the pages name stands in it."""
    theme, design = ((site / "_static" / name).read_bytes() for name in SHEETS)
    assert len(gzip.compress(theme)) < 25_000
    assert len(gzip.compress(design)) < 3_000
    for name in (b".fa-magnifying-glass:before", b".bd-article", b".bs-tooltip-auto", b".admonition"):
        assert name in theme
    assert b".sd-summary-title" in design

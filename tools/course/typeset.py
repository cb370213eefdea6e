"""Markdown and formulas as HTML that stands alone: for paper, and for a page without a site around it.

Formulas are drawn by the site's own road (``book/_ext/finished_formulas.py``) and set in the fonts of KaTeX,
which the text is set in as well: so a paper looks alike on every machine.
"""

import base64
import re
from collections.abc import Mapping
from functools import cache
from html import escape

from finished_formulas import draw
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from course.book import ROOT

KATEX = ROOT / "book/_static/katex"
# Of the fonts those that text and our formulas are set in.
FONTS = re.compile(
    r"KaTeX_(Main-Regular|Main-Bold|Main-Italic|Math-Italic|Size\d-Regular|AMS-Regular)\.woff2"
)


def html(text: str) -> str:
    """A piece of Markdown, with formulas between dollars."""
    rendered: str = _markdown().render(text)
    return rendered


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark").enable("table")
    return markdown.use(dollarmath_plugin, renderer=_formula)


def _formula(latex: str, options: Mapping[str, bool]) -> str:
    return formula(latex, options["display_mode"])


@cache
def formula(latex: str, alone: bool = True) -> str:
    """One formula, in a line of its own or in a text's."""
    return draw(latex, {"displayMode": alone})


@cache
def fonts() -> str:
    """The style sheet of KaTeX with the fonts inside."""
    style = (KATEX / "katex.min.css").read_text("utf-8")
    faces = re.findall(r"@font-face\{[^}]*\}", style)
    for face in faces:
        found = FONTS.search(face)
        style = style.replace(face, _inside(face, found[0]) if found else "")
    return style


def _inside(face: str, name: str) -> str:
    source = base64.b64encode((KATEX / "fonts" / name).read_bytes()).decode()
    return re.sub(r"src:[^;}]*", f'src:url(data:font/woff2;base64,{source}) format("woff2")', face, count=1)


def document(title: str, body: str, style: str, language: str = "en") -> str:
    """A whole page: its text, and every style that it needs."""
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{fonts()}\n{style}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )

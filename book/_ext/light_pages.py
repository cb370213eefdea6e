"""Pages without what no reader of them needs: two thousand icons, and the search index of the whole book.

The theme sends each reader a script that holds every icon of Font Awesome (542 kB compressed), and a font
that holds them again (156 kB). A page shows about fifteen. So the script is left out, since the theme's style
sheet draws the same icons from the font, and the font is cut down to the icons that the pages name.

It also loads the index of the whole book into every page, for results that appear as one types. That is off
here: the search field leads to the search page, and only that page needs the index.
"""

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from fontTools import subset
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

THEME = "theme/pydata_sphinx_theme/static"
FONT = "vendor/fontawesome/webfonts/fa-solid-900.woff2"
ICONS = re.compile(r'\s*<script[^>]*src="[^"]*/fontawesome\.js[^"]*"[^>]*></script>')
SEARCH = re.compile(r'\s*<script src="[^"]*\b(searchtools|language_data|searchindex)\.js"></script>')
NAME = re.compile(r"\bfa-[a-z-]+")
# Font Awesome 6 writes .fa-x:before{content:"\f00d"}, its 7 writes .fa-x{--fa:"\f00d"}.
RULE = re.compile(r'((?:\.fa-[\w-]+(?::before)?,?)+)\{(?:content|--fa):"\\([0-9a-f]+)"\}')
ADMONITION = re.compile(r'--pst-icon-[\w-]+:"([^"]+)"')


def lighten(app: Sphinx, exception: Exception | None) -> None:
    """Once the pages are written, take out what they do not need, and cut the icon font down."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    named = set(NAME.findall((static / "scripts/pydata-sphinx-theme.js").read_text("utf-8")))
    for page in Path(app.outdir).rglob("*.html"):
        html = page.read_text("utf-8")
        named |= set(NAME.findall(html))
        light = ICONS.sub("", html)
        if page.name != "search.html":
            light = SEARCH.sub("", light)
        if light != html:
            page.write_text(light, "utf-8")
    style = (static / "styles/pydata-sphinx-theme.css").read_text("utf-8")
    cut(static / FONT, characters(style, named))
    for unused in (static / "scripts").glob("fontawesome.js*"):
        unused.unlink()


def characters(style: str, named: set[str]) -> set[str]:
    """The characters of the icon font that a style sheet uses for some icons and for its admonitions."""
    drawn = {chr(int(code, 16)) for rule, code in RULE.findall(style) if named & set(NAME.findall(rule))}
    if not drawn:
        raise ExtensionError("the theme's style sheet no longer draws its icons from a font")
    return drawn | set("".join(ADMONITION.findall(style)))


def cut(font: Path, keep: set[str]) -> None:
    """Write the font's web format with these characters alone; the theme's own file stays whole."""
    options = subset.Options(flavor="woff2", layout_features=[], notdef_outline=True)
    whole = subset.load_font(str(files("pydata_sphinx_theme") / THEME / FONT), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(keep))
    cutter.subset(whole)
    subset.save_font(whole, font, options)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("build-finished", lighten)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Pages without what no reader of them needs: two thousand icons, idle styles, the search index of the book.

The theme sends each reader a script that holds every icon of Font Awesome (542 kB compressed), and a font
that holds them again (156 kB). A page shows about fifteen. So the script is left out, since the theme's style
sheet draws the same icons from the font, and the font is cut down to the icons that the pages name. The
style sheets of the theme and of sphinx-design are cut down to the classes that some page or script names.

It also loads the index of the whole book into every page, for results that appear as one types. That is off
here: the search field leads to the search page, and only that page needs the index.
"""

import hashlib
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
SHEETS = ("styles/pydata-sphinx-theme.css", "sphinx-design.min.css")
WORD = re.compile(r"[\w-]+")
STYLES = re.compile(r"([^{}]*)\{[^{}]*\}")
CLASS = re.compile(r"\.(-?[A-Za-z_](?:[\w-]|\\.)*)")
NOTICE = re.compile(r"/\*.*?\*/", re.S)  # of whose it is, and by which licence
WITHIN = re.compile(r"\([^()]*\)")
# Font Awesome 6 writes .fa-x:before{content:"\f00d"}, its 7 writes .fa-x{--fa:"\f00d"}.
RULE = re.compile(r'((?:\.fa-[\w-]+(?::before)?,?)+)\{(?:content|--fa):"\\([0-9a-f]+)"\}')
ADMONITION = re.compile(r'--pst-icon-[\w-]+:"([^"]+)"')


def lighten(app: Sphinx, exception: Exception | None) -> None:
    """Once the pages are written, take out what they do not need, and cut icons and styles down."""
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    for unused in (static / "scripts").glob("fontawesome.js*"):
        unused.unlink()
    pages = {page: lightened(page) for page in Path(app.outdir).rglob("*.html")}
    scripts = [script.read_text("utf-8") for script in static.rglob("*.js")]
    words = {word for text in [*pages.values(), *scripts] for word in WORD.findall(text)}
    named = {name for text in pages.values() for name in NAME.findall(text)}
    named |= set(NAME.findall((static / "scripts/pydata-sphinx-theme.js").read_text("utf-8")))
    style = (static / SHEETS[0]).read_text("utf-8")
    cut(static / FONT, characters(style, named))
    versions = {}
    for name in SHEETS:
        sheet = used((static / name).read_text("utf-8"), words)
        (static / name).write_text(sheet, "utf-8")
        versions[name] = hashlib.sha256(sheet.encode()).hexdigest()[:8]
    for page, html in pages.items():
        for name, version in versions.items():  # a reader may have kept what an earlier book needed
            html = re.sub(rf"(?<=/{re.escape(name)}\?)[\w=]+", f"v={version}", html)
        page.write_text(html, "utf-8")


def lightened(page: Path) -> str:
    """A page without the script of all icons and, unless it is for searching, without the index."""
    html = ICONS.sub("", page.read_text("utf-8"))
    return html if page.name == "search.html" else SEARCH.sub("", html)


def used(style: str, words: set[str]) -> str:
    """A style sheet without the selectors of classes that are none of these words.

    A script may put a name together: ``bs-`` stands for all that begin so. What stands in brackets, as in
    ``:not(.shown)``, may be of a class that nobody names.
    """
    begun = tuple(word for word in words if word[0].isalpha() and word.endswith("-"))

    def kept(rule: re.Match[str]) -> str:
        if rule[1].lstrip().startswith("@"):
            return rule[0]
        selectors = [one for one in re.split(r",(?![^()]*\))", rule[1]) if alive(one)]
        return ",".join(selectors) + rule[0][len(rule[1]) :] if selectors else ""

    def alive(selector: str) -> bool:
        classes = CLASS.findall(WITHIN.sub("", selector))
        return all(name.startswith(begun) or words.issuperset(WORD.findall(name)) for name in classes)

    rules = STYLES.sub(kept, NOTICE.sub("", style))
    return "\n".join([re.sub(r"@media[^{}]*\{\}", "", rules), *NOTICE.findall(style)])


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

"""Widgets alive on a static page: what the built page needs besides what myst-nb embeds.

myst-nb writes each widget's state and a placeholder for each view into the page. Two things are missing: a
script that brings them to life without a kernel (``static/live_widgets.js``), and a picture for readers
without JavaScript and for print. Both are small enough to stand here. What only those readers need who answer
an exercise, or ask for another language than the page's, is in files of its own, which the script loads.
"""

import hashlib
import json
import re
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.core.render import WIDGET_VIEW_MIMETYPE as VIEW
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform

from seglosses.widgets.kit.bundle import LANGUAGE, PIECE

PICTURES = ("image/svg+xml", "text/html")  # a drawing, or a question's plain text
CODE = ("_esm", "_css")  # what of a widget's state is its script, and its style
Piece = tuple[str, str]  # the language whose words it holds, or nothing, and its text
SCRIPT = "live_widgets.js"
STYLE = "live_widgets.css"
NOTEBOOK = re.compile(r'(?<=[\w-])\.ipynb(?=(?:#[\w-]+)?">)')
# Readers need not load comments and types, set as deno fmt sets them, nor the mark of a piece.
COMMENT = re.compile(
    r"^[ \t]*(?:/\*\*(?:(?!\*/).)*\*/|//[^\n]*)\n| // [^\n\"`]*$|/\*(?!!)(?:(?!\*/).)*\*/ ?", re.M | re.S
)
MARK = re.compile(r"/\*! [^\n]*\n")
# In the page's head, so that a page in a frame never shows more than the one widget that it was asked for.
EMBED = 'if (/[?&]embed=1/.test(location.search)) document.documentElement.setAttribute("data-embed", "")'


def use_our_runtime(app: Sphinx, config: Config) -> None:
    """Replace the html-manager that myst-nb would load from another host.

    ``async``: the script waits for nothing but the page's own text, not for fonts or for the theme's scripts.
    """
    config.nb_ipywidgets_js = {SCRIPT: {"async": "async"}}


def serve_our_runtime(app: Sphinx) -> None:
    """Add the script's folder only now: any script found earlier becomes part of every page."""
    app.config.html_static_path.append(str(Path(__file__).parent / "static"))


def repair_scripts(app: Sphinx, exception: Exception | None) -> None:
    """Take comments out of the runtime; have Sphinx's own script leave the browser's history as it is.

    That one empties the entry of each page, where the runtime notes how the reader left it.
    """
    if exception or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    for ours in (static / SCRIPT, static / STYLE):
        ours.write_text(COMMENT.sub("", ours.read_text("utf-8")), "utf-8")
    script = static / "sphinx_highlight.js"
    emptied, kept = (f'history.replaceState({state}, "", url)' for state in ("{}", "history.state"))
    text = script.read_text("utf-8")
    if emptied not in text and kept not in text:
        raise ExtensionError(f"{script.name} of Sphinx must hold {emptied}; got another version.")
    script.write_text(text.replace(emptied, kept), "utf-8")


def write_each_piece_once(app: Sphinx, page: str, *args: Any) -> None:
    """Share what the scripts and styles of the page's widgets have in common."""
    files = getattr(app.env, "nb_metadata", {}).get(page, {}).get("js_files", {})
    if "ipywidgets_state" in files:
        _, options = files["ipywidgets_state"]
        language = (app.config.language or "en")[:2]
        options["body"] = stored(json.loads(options["body"]), Path(app.outdir) / "_static", language)


def stored(page_state: dict[str, Any], static: Path, language: str = "en") -> str:
    """The state of a page's widgets as the page holds it: each piece of script and style once, in "pieces".

    A widget's ``_esm`` and ``_css`` become the places of theirs, those of words by their language;
    ``static/live_widgets.js`` joins them again. What widgets on demand alone need, and the words of languages
    other than the page's, follow in files of the folder ``static``: "more" has the first place and the name
    of each.
    """
    states = [record["state"] for record in page_state["state"].values()]
    states.sort(key=lambda state: bool(state.get("_on_demand")))  # what others need too is needed at once
    waits: dict[Piece, str] = {}  # for what each piece waits, "" for nothing
    for name in CODE:  # scripts stand together, and so do styles: they compress better
        for state in states:
            for piece in split(state.get(name, "")):
                other = piece[0] not in ("", language)
                waits.setdefault(piece, piece[0] if other else "demand" if state.get("_on_demand") else "")
    files = {why: [piece for piece in waits if waits[piece] == why] for why in ["", *waits.values()]}
    places = {piece: place for place, piece in enumerate(chain(*files.values()))}
    for state in states:
        state.update({name: placed(split(state[name]), places) for name in CODE if name in state})
    now = [text for _, text in files.pop("")]
    more = [[places[pieces[0]], file_of(pieces, static)] for pieces in files.values()]
    # "</" would end the script early
    return json.dumps({**page_state, "pieces": now, "more": more}).replace("</", "<\\/")


def split(text: str) -> list[Piece]:
    """The pieces of a script or a style, without comments."""
    pieces = PIECE.split(COMMENT.sub("", text))
    found = [(LANGUAGE.match(piece), MARK.sub("", piece)) for piece in pieces if piece]
    return [(language[1] if language else "", piece) for language, piece in found]


def placed(pieces: list[Piece], places: dict[Piece, int]) -> list[int | dict[str, int]]:
    """The places of pieces; words in several languages are one, by language."""
    joined: list[int | dict[str, int]] = []
    for are_words, group in groupby(pieces, lambda piece: bool(piece[0])):
        if are_words:
            joined.append({piece[0]: places[piece] for piece in group})
        else:
            joined += [places[piece] for piece in group]
    return joined


def file_of(pieces: list[Piece], static: Path) -> str:
    """Write pieces into a script of their own, and give its name."""
    script = f"globalThis.livePieces = {json.dumps([text for _, text in pieces])};"
    name = f"live_widgets_{hashlib.sha256(script.encode()).hexdigest()[:12]}.js"
    static.mkdir(parents=True, exist_ok=True)
    (static / name).write_text(script, "utf-8")
    return name


class PictureBeforeWidget(SphinxPostTransform):
    """Keep a widget's snapshot in front of its view, where an output offers both."""

    default_priority = 3  # before myst-nb (4) keeps one type of each output and drops the rest
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Move each picture into its view's slot; the script hides it once the live widget stands there."""
        for bundle in self.document.findall(is_output):
            kinds = {child["mime_type"]: child for child in bundle.children}
            view = kinds.get(VIEW)
            picture = next((kinds[kind] for kind in PICTURES if kind in kinds), None)
            if view is not None and picture is not None:
                for raw in picture.findall(nodes.raw):  # a still's links lead to notebooks, as in Jupyter
                    raw.children = [nodes.Text(NOTEBOOK.sub(".html", raw.astext()))]
                still = nodes.container("", *picture.children, classes=["widget-still"])
                slot = nodes.container("", still, *view.children, classes=["widget-slot"])
                view.children = []
                view += slot


def is_output(node: nodes.Node) -> bool:
    """Tell whether a node holds one output in all its mime types."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "mime_bundle"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("config-inited", use_our_runtime)
    app.connect("builder-inited", serve_our_runtime)
    app.connect("build-finished", repair_scripts)
    app.connect(
        "html-page-context", write_each_piece_once, priority=400
    )  # before myst-nb (500) writes the state
    app.add_css_file(STYLE)
    app.add_js_file(None, body=EMBED)
    app.add_post_transform(PictureBeforeWidget)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

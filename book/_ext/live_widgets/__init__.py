"""Widgets alive on a static page: what the built page needs besides what myst-nb embeds.

myst-nb writes each widget's state and a placeholder for each view into the page. Two things are missing: a
script that brings them to life without a kernel (``static/live_widgets.js``), and a picture for readers
without JavaScript and for print. Both are small enough to stand here. What only readers need who answer an
exercise is a file of its own, which the script loads for them.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.core.render import WIDGET_VIEW_MIMETYPE as VIEW
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform

from seglosses.widgets.kit.bundle import PIECE

PICTURES = ("image/svg+xml", "text/html")  # a drawing, or a question's plain text
SCRIPT = "live_widgets.js"
STYLE = "live_widgets.css"
# Readers need not load comments and types, set as deno fmt sets them. The mark of a piece, "/*!", stays.
NOTEBOOK = re.compile(r'(?<=[\w-])\.ipynb(?=(?:#[\w-]+)?">)')
COMMENT = re.compile(r"^[ \t]*(?:/\*\*(?:(?!\*/).)*\*/|//[^\n]*)\n|/\*(?!!)(?:(?!\*/).)*\*/ ?", re.M | re.S)
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


def keep_history(app: Sphinx, exception: Exception | None) -> None:
    """Have Sphinx's own script leave the browser's history as it is: the runtime has its notes there."""
    if exception or app.builder.format != "html":
        return
    script = Path(app.outdir) / "_static/sphinx_highlight.js"
    emptied, kept = (f'history.replaceState({state}, "", url)' for state in ("{}", "history.state"))
    text = script.read_text("utf-8")
    if emptied not in text and kept not in text:  # an unchanged page of an earlier build keeps its scripts
        raise ExtensionError(f"{script.name} of Sphinx must hold {emptied}; got another version.")
    script.write_text(text.replace(emptied, kept), "utf-8")


def write_each_piece_once(app: Sphinx, page: str, *args: Any) -> None:
    """Share what the scripts and styles of the page's widgets have in common."""
    files = getattr(app.env, "nb_metadata", {}).get(page, {}).get("js_files", {})
    if "ipywidgets_state" in files:
        _, options = files["ipywidgets_state"]
        options["body"] = stored(json.loads(options["body"]), Path(app.outdir) / "_static")


def stored(page_state: dict[str, Any], static: Path) -> str:
    """The state of a page's widgets as the page holds it: each piece of script and style once, in "pieces".

    A widget's ``_esm`` and ``_css`` become the places of theirs; ``static/live_widgets.js`` joins them again.
    The pieces that widgets on demand alone need follow in a file of the folder ``static``, named in "more".
    """
    pieces: dict[str, int] = {}
    states = [record["state"] for record in page_state["state"].values()]
    number_pieces(pieces, [state for state in states if not state.get("_on_demand")])
    first = len(pieces)
    number_pieces(pieces, [state for state in states if state.get("_on_demand")])
    now, later = list(pieces)[:first], list(pieces)[first:]
    more = None
    if later:
        script = f"globalThis.livePieces = {json.dumps(later)};"
        more = f"live_widgets_{hashlib.sha256(script.encode()).hexdigest()[:12]}.js"
        static.mkdir(parents=True, exist_ok=True)
        (static / more).write_text(script, "utf-8")
    # "</" would end the script early
    return json.dumps({**page_state, "pieces": now, "more": more}).replace("</", "<\\/")


def number_pieces(pieces: dict[str, int], states: list[dict[str, Any]]) -> None:
    """Put the places of their pieces into the states, and new pieces behind those that are known."""
    for state in states:
        for name in ("_esm", "_css"):
            if name in state:
                parts = PIECE.split(COMMENT.sub("", state[name]))
                state[name] = [pieces.setdefault(part, len(pieces)) for part in parts]


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
    app.connect("build-finished", keep_history)
    app.connect(
        "html-page-context", write_each_piece_once, priority=400
    )  # before myst-nb (500) writes the state
    app.add_css_file(STYLE)
    app.add_js_file(None, body=EMBED)
    app.add_post_transform(PictureBeforeWidget)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

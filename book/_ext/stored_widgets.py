"""Stop the build at a notebook whose widgets would be dead on its page.

A page brings a widget to life from the state that its notebook stores. JupyterLab's save writes new ids for
the widgets that are shown and leaves the old state as it was; and a state holds the script and style of the
day it was stored. Neither can be seen before a reader looks at the page, so every build looks for it here.
"""

import importlib
import json
from pathlib import Path
from typing import Any

from myst_nb.core.render import WIDGET_STATE_MIMETYPE as STATE
from myst_nb.core.render import WIDGET_VIEW_MIMETYPE as VIEW
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

HINT = "Hint: run `make notebooks`; JupyterLab's own save does not store what a page needs."


def faults(notebook: dict[str, Any]) -> list[str]:
    """What keeps a notebook's widgets from working on its page: states that are missing, old front ends."""
    states = notebook["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    shown = {output["data"][VIEW]["model_id"] for output in outputs if VIEW in output.get("data", {})}
    lost = [f"no state of the widget {model} that it shows" for model in sorted(shown - states.keys())]
    ours = [record["state"] for record in states.values() if record["model_module"] == "anywidget"]
    old = {str(state["_anywidget_id"]) for state in ours if not is_of_today(state)}
    return lost + [f"an old script or style of {name}" for name in sorted(old)]


def is_of_today(state: dict[str, Any]) -> bool:
    """Tell whether a widget's stored script and style are those of the package as it stands."""
    module, _, name = state["_anywidget_id"].rpartition(".")
    try:
        widget = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):  # it has moved since, or is gone
        return False
    return all(state.get(part) == str(getattr(widget, part)) for part in ("_esm", "_css"))


def check(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Look at every notebook of the book, also at those that have not changed since the last build."""
    found = []
    for path in sorted(Path(env.doc2path(name)) for name in env.found_docs):
        if path.suffix == ".ipynb":
            got = faults(json.loads(path.read_text("utf-8")))
            name = path.relative_to(app.srcdir)
            found += [
                f"{name} must hold today's state of the widgets that it shows; got {one}." for one in got
            ]
    if found:
        raise ExtensionError("\n".join([*found, HINT]))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("env-before-read-docs", check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""An address for every cell: ``[why](bce.ipynb#bce-double)`` leads to the cell ``bce-double`` of its chapter.

A cell's id is a readable name that never changes, so links hold on to it and not to a heading. In Jupyter the
same link opens the chapter. ``[recipe](api.md#recipes)`` leads to a label in the same way. A link to what is
not there fails the build.
"""

import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

MARK = "<!-- cell: {} -->"
MARKED = re.compile(r"\s*<!-- cell: ([\w-]+) -->\s*")
# Gates of exercises and solutions must stand as they are, and a title is the page's own address.
UNMARKED = re.compile(r"```\{(exercise|solution)-(start|end)|# ")


def mark(app: Sphinx, page: str, source: list[str]) -> None:
    """Write the id of each text cell in front of it: what comes out of the parser has none."""
    path = Path(app.env.doc2path(page))
    if path.suffix != ".ipynb":
        return
    notebook = json.loads(source[0])
    own = re.compile(rf"\]\(#({'|'.join(cell['id'] for cell in notebook['cells'])})\)")
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text = own.sub(rf"]({path.name}#\1)", "".join(cell["source"]))
            before = "" if UNMARKED.match(text) else f"{MARK.format(cell['id'])}\n\n"
            cell["source"] = before + text
    source[0] = json.dumps(notebook)


def anchor(app: Sphinx, page: nodes.document) -> None:
    """Give what a text cell begins with, and each code cell as a whole, the id of the cell."""
    name = app.env.docname
    path = Path(app.env.doc2path(name))
    slugs = app.env.metadata[name].setdefault("myst_slugs", {})
    slugs |= {
        label: (0, place, "") for label, place in page.nameids.items() if place and page.nametypes[label]
    }
    if path.suffix != ".ipynb":
        return
    found: dict[str, nodes.Element] = {}
    for raw in list(page.findall(nodes.raw)):
        if marked := MARKED.fullmatch(raw.astext()):
            first = raw.next_node(nodes.Element, descend=False, siblings=True, ascend=True)
            while isinstance(first, nodes.target):
                first = first.next_node(nodes.Element, descend=False, siblings=True, ascend=True)
            if first is not None:
                found[marked[1]] = first
            raw.parent.remove(raw)
    cells = json.loads(path.read_text("utf-8"))["cells"]
    for box in page.findall(nodes.container):
        if box.get("nb_element") == "cell_code":
            found[cells[box["cell_index"]]["id"]] = box
    for cell, node in found.items():
        if cell not in node["ids"]:
            node["ids"].append(cell)
        slugs[cell] = (0, cell, "")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("source-read", mark)
    app.connect("doctree-read", anchor)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

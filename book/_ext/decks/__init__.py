"""A deck of slides from a chapter: the cells that its notebook marks, as sphinx-revealjs sets them.

A cell says what it is on the slides by Jupyter's own ``slideshow.slide_type``: it begins a slide or a
subslide, goes on with the last one ("-"), appears at a press of a key ("fragment"), is for the speaker alone
("notes"), or is left out ("skip", and whatever is not marked). What a cell draws stands without its code;
where it prints, both stand. The chapter's widgets are alive, its formulas drawn, as on the page.

sphinx-revealjs makes a slide of each section. So this module cuts a chapter into sections anew, by its cells.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from finished_formulas import draw
from live_widgets import is_output
from pygments.formatters import HtmlFormatter
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator
from sphinx_revealjs.writers import RevealjsSlideTranslator

MARK = re.compile(r"cell (slide|subslide|fragment|notes|-) ([\w-]+)")
GATE = re.compile(
    r"```\{exercise-start\} ([^\n]*)\n(?::[^\n]*\n)*```\n?"
)  # an exercise is a slide with its name
END = re.compile(r"```\{exercise-end\}\n```\n?")
LONGEST = 12  # lines of code that a class can read from a slide; longer code stands on the page
DRAWN = ("application/vnd.jupyter.widget-view+json", "image/svg+xml", "text/markdown", "text/html")
# In the page's head, before anything is painted. Paper is white.
THEME = """{
const dark = matchMedia("(prefers-color-scheme: dark)").matches && !/print-pdf/.test(location.search);
document.documentElement.dataset.theme = dark ? "dark" : "light";
}"""


def kind(cell: dict[str, Any]) -> str:
    """What a cell is on the slides."""
    given: str = cell["metadata"].get("slideshow", {}).get("slide_type", "skip")
    return given


# --- the cells ---------------------------------------------------------------------------------------------


def choose(app: Sphinx, page: str, source: list[str]) -> None:
    """Keep the cells of a notebook that are marked, each behind a comment that says how."""
    if Path(app.env.doc2path(page)).suffix == ".ipynb":
        notebook = json.loads(source[0])
        notebook["cells"] = list(marked(notebook["cells"]))
        source[0] = json.dumps(notebook)


def marked(cells: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The cells that are on the slides, with their marks between them."""
    for cell in cells:
        if kind(cell) == "skip":
            continue
        mark = f"% cell {kind(cell)} {cell['id']}"
        yield {"cell_type": "markdown", "id": f"mark-{cell['id']}", "metadata": {}, "source": mark}
        if cell["cell_type"] == "markdown":
            text = "".join(cell["source"])
            yield {**cell, "source": END.sub("", GATE.sub(r"## \1\n\n", text))}
        else:
            shut = draws(cell) or "".join(cell["source"]).count("\n") >= LONGEST
            tags = [*cell["metadata"].get("tags", []), *(["remove-input"] if shut else [])]
            tags = sorted({*tags} - {"hide-input"})
            yield {**cell, "metadata": {**cell["metadata"], "tags": tags}}


def draws(cell: dict[str, Any]) -> bool:
    """Tell whether a cell's output speaks for itself: a widget, a picture, a table."""
    return any(kind in output.get("data", {}) for output in cell["outputs"] for kind in DRAWN)


# --- the slides --------------------------------------------------------------------------------------------


class notes(nodes.General, nodes.Element):  # type: ignore[misc] # docutils has no types
    """What only the speaker sees."""


class CutIntoSlides(SphinxTransform):
    """Make a section of each slide, and put them where sphinx-revealjs looks for them."""

    default_priority = 950  # the document is read

    def apply(self, **kwargs: Any) -> None:
        """Cut up a chapter; other pages are left as they are."""
        groups = list(grouped(by_cell(self.document)))
        if not groups:
            return
        self.env.metadata[self.env.docname]["orphan"] = ""  # a deck stands alone
        for link in list(self.document.findall(addnodes.pending_xref)):
            if link["refdomain"] != "cite":  # a slide leads nowhere
                link.parent.replace(link, link.children)
        deck, column = slide(groups[0]), None
        title = deck.next_node(nodes.title)
        for group in groups[1:]:
            made = slide(group)
            if not isinstance(made[0], nodes.title):  # it goes on with what the last one began
                made.insert(0, nodes.title("", "", *title.deepcopy().children, classes=["again"]))
            title = made[0]
            if group[0].kind == "subslide" and column is not None:
                column += made
            else:
                deck += made
                column = made
        self.document.children = []
        self.document += deck


class Cell(NamedTuple):
    """A cell of the chapter, read."""

    kind: str
    id: str
    content: list[nodes.Node]


def by_cell(document: nodes.document) -> Iterator[Cell]:
    """The cells of a chapter; what stands on it, its sections undone, behind its mark."""
    cell = None
    for node in flat(document):
        mark = isinstance(node, nodes.comment) and MARK.fullmatch(node.astext().strip())
        if mark:
            if cell:
                yield cell
            cell = Cell(mark[1], mark[2], [])
        elif cell:
            cell.content.append(node)
    if cell:
        yield cell


def flat(node: nodes.Element) -> Iterator[nodes.Node]:
    """What stands on a page, one after the other."""
    for child in list(node.children):
        if isinstance(child, nodes.section):
            yield from flat(child)
        else:
            yield child


def grouped(cells: Iterable[Cell]) -> Iterator[list[Cell]]:
    """The cells of each slide."""
    group: list[Cell] = []
    for cell in cells:
        if group and cell.kind in ("slide", "subslide"):
            yield group
            group = []
        group.append(cell)
    if group:
        yield group


def slide(cells: list[Cell]) -> nodes.section:
    """One slide: its title, its text beside what is drawn, what the speaker says."""
    section, spoken = nodes.section(ids=[cells[0].id]), notes()
    text, drawn = nodes.container(classes=["told"]), nodes.container(classes=["drawn"])
    for cell in cells:
        for node in cell.content:
            if isinstance(node, nodes.title) and not section.children and cell.kind != "notes":
                section += node
            elif cell.kind == "notes" or says_minutes(node):
                spoken += aloud(node)
            else:
                box = drawn if is_drawn(node) else text
                classes = ["fragment"] if cell.kind == "fragment" else []
                box += nodes.container("", smaller(node), classes=classes) if classes else smaller(node)
    parts = [box for box in (text, drawn) if box.children]
    section += nodes.container("", *parts, classes=["columns"]) if len(parts) == 2 else parts
    section += [spoken] if spoken.children else []
    return section


def says_minutes(node: nodes.Node) -> bool:
    """Tell whether a paragraph is the line below a title that says how long its section takes."""
    previous = node.parent.children[node.parent.index(node) - 1] if node.parent else None
    alone = isinstance(node, nodes.paragraph) and [type(child) for child in node] == [nodes.emphasis]
    return alone and isinstance(previous, nodes.title)


def is_drawn(node: nodes.Node) -> bool:
    """Tell whether a node holds a widget or a picture."""
    outputs = node.findall(is_output) if isinstance(node, nodes.Element) else ()
    return any(child["mime_type"] in DRAWN[:2] for output in outputs for child in output.children)


def smaller(node: nodes.Node) -> nodes.Node:
    """A node as it stands below the title of a slide: another title is a heading in its text."""
    return nodes.rubric("", "", *node.children) if isinstance(node, nodes.title) else node


def aloud(node: nodes.Node) -> nodes.Node:
    """A node as the speaker's own window shows it, which draws formulas by itself and knows no headings."""
    node = (
        nodes.paragraph("", "", nodes.strong("", "", *node.children))
        if isinstance(node, nodes.title)
        else node
    )
    for formula in list(node.findall(nodes.math)) + list(node.findall(nodes.math_block)):
        options = {"output": "mathml", "displayMode": isinstance(formula, nodes.math_block)}
        formula.parent.replace(formula, nodes.raw("", draw(formula.astext(), options), format="html"))
    return node


class Unlink(SphinxPostTransform):
    """Say who is cited, without a way to a list that is not there."""

    default_priority = 800  # citations are resolved
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Put the words of each link within the book in its place."""
        for link in list(self.document.findall(nodes.reference)):
            if link.get("internal"):
                link.parent.replace(link, link.children)


class DeckTranslator(RevealjsSlideTranslator):  # type: ignore[misc] # it has no types
    """sphinx-revealjs's, with code coloured as in the book, and notes that keep their marks."""

    visit_literal_block = HTML5Translator.visit_literal_block
    depart_literal_block = HTML5Translator.depart_literal_block

    def visit_notes(self, node: notes) -> None:
        """Begin what reveal.js shows to the speaker alone."""
        self.body.append('<aside class="notes">')

    def depart_notes(self, node: notes) -> None:
        """End it."""
        self.body.append("</aside>")


def colour_code_in_the_dark(app: Sphinx) -> None:
    """Write the colours of code for the dark theme beside those that Sphinx writes."""
    rules = HtmlFormatter(style="a11y-high-contrast-dark").get_style_defs('[data-theme="dark"] .highlight')
    (Path(app.outdir) / "_static").mkdir(parents=True, exist_ok=True)
    (Path(app.outdir) / "_static/pygments-in-the-dark.css").write_text(rules, "utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_node(notes)
    app.connect("source-read", choose)
    app.connect("builder-inited", colour_code_in_the_dark)
    app.add_transform(CutIntoSlides)
    app.add_post_transform(Unlink)
    app.set_translator("revealjs", DeckTranslator)
    app.add_js_file(None, body=THEME)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""In class, without a server: a reader's guesses leave as a code, and one page counts the codes of a class.

At the end of each page with questions stands a button (``static/in_class.js``); what it needs is loaded once
it is pressed. ``{class-tally}`` on a page is where codes are counted; that page alone holds the questions of
all chapters. ``scripts/code.js`` says what a code is made of.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from docutils import nodes
from notebook_facts import Asked, read
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from seglosses import __version__
from seglosses.widgets.kit.bundle import module, styles
from seglosses.widgets.question.asked import escaped

HERE = Path(__file__).parent
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # as in scripts/code.js
TALLY = '<div class="in-class-tally-place"></div>'


# --- what a page has --------------------------------------------------------------------------------------


def tag(page: str, questions: list[Asked]) -> str:
    """Three letters for a page in this edition: its name, and which questions it asks in which order.

    Neither words nor right answers enter: a page in another language and a student's copy have the same.
    """
    shapes = [
        [one.state["name"], 0 if one.state["_number"] else len(one.state["_choices"])] for one in questions
    ]
    text = json.dumps([__version__, page, shapes])
    number = int.from_bytes(hashlib.sha256(text.encode()).digest())
    return "".join(LETTERS[number // len(LETTERS) ** place % len(LETTERS)] for place in range(3))


def questions_of(app: Sphinx, page: str) -> list[Asked]:
    """The questions of a chapter; a widget's own page has some to show what a question is."""
    path = Path(app.env.doc2path(page))
    return read(path).questions if path.suffix == ".ipynb" and path.parent.name != "widgets" else []


def put_button(app: Sphinx, doctree: nodes.document) -> None:
    """Put a place for the button below the list of exercises, or at the end of a page that has none."""
    page = app.env.docname
    questions = questions_of(app, page)
    if not questions:
        return
    html = f'<div class="in-class-place" data-tag="{tag(Path(page).name, questions)}"></div>'
    place = nodes.raw("", html, format="html")
    lists = [cell for cell in doctree.findall(nodes.container) if cell["ids"] and is_list(cell["ids"])]
    if lists:
        lists[0].parent.insert(lists[0].parent.index(lists[0]) + 1, place)
    else:
        doctree.children[-1].append(place)


def is_list(ids: list[str]) -> bool:
    """Tell whether a cell is the list of a chapter's exercises."""
    return any(one.endswith("exercises-list") for one in ids)


class ClassTally(SphinxDirective):
    """Where the codes of a class are counted."""

    def run(self) -> list[nodes.Node]:
        """Give the place. Its page is made anew when any chapter changes."""
        for name in self.env.found_docs:
            self.env.note_dependency(self.env.doc2path(name))
        return [nodes.raw("", TALLY, format="html")]


# --- files ------------------------------------------------------------------------------------------------


def write_scripts(app: Sphinx) -> None:
    """Write what the pages load; the first script's checksum, which its address has, covers all of them."""
    if app.builder.format != "html":
        return
    qr = (HERE / "vendor/uqr/index.mjs").read_text("utf-8").partition("\nexport {")[0]
    files = {
        "in_class_reader.js": closed(module(str(HERE / "scripts/reader.js")), "inClassReader", "showCode"),
        "in_class_tally.js": closed(module(str(HERE / "scripts/tally.js")), "inClassTally", "showTally"),
        "in_class_qr.js": f"/*! {license_line()} */\n{closed(qr, 'inClassQr', 'encode')}",
        "in_class.css": styles("kit/ui.css", str(HERE / "scripts/in_class.css")),
    }
    total = hashlib.sha256("".join(files.values()).encode()).hexdigest()
    files["in_class.js"] = f"{(HERE / 'static/in_class.js').read_text('utf-8')}// {total}\n"
    for name, text in files.items():
        write(app, name, text)


def closed(script: str, name: str, value: str) -> str:
    """A script whose names are its own, but for one: a page opened as a file can load no module."""
    return f'(() => {{\n"use strict";\n{script}\nglobalThis.{name} = {value};\n}})();\n'


def license_line() -> str:
    """What the QR codes are drawn with."""
    package = json.loads((HERE / "vendor/uqr/package.json").read_text("utf-8"))
    return f"{package['name']} {package['version']}, {package['license']} license: {package['homepage']}"


def write(app: Sphinx, name: str, text: str) -> None:
    """Write a file among the site's own."""
    static = Path(app.outdir) / "_static"
    static.mkdir(parents=True, exist_ok=True)
    (static / name).write_text(text, "utf-8")


def add_scripts(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document) -> None:
    """Let a page load what it needs: the button's script, or the tally's with all questions."""
    raws = [] if tree is None else [raw.astext() for raw in tree.findall(nodes.raw)]
    if any(raw.startswith('<div class="in-class-place"') for raw in raws):
        app.add_js_file("in_class.js", loading_method="defer")
    if TALLY in raws:
        chapters = [chapter(app, page, name) for name in app.env.collect_relations()]
        data = json.dumps([one for one in chapters if one["questions"]], ensure_ascii=False)
        start = f'inClassTally(document.querySelector(".in-class-tally-place"), {data});\n'
        write(app, "in_class_questions.js", start)
        app.add_css_file("in_class.css")
        for name in ("in_class_tally.js", "in_class_questions.js"):
            app.add_js_file(name, loading_method="defer")


def chapter(app: Sphinx, page: str, name: str) -> dict[str, Any]:
    """A chapter as the tally reads it (``scripts/counts.js``), with links from the tally's page."""
    questions, address = questions_of(app, name), app.builder.get_relative_uri(page, name)
    return {
        "title": app.env.titles[name].astext(),
        "tag": tag(Path(name).name, questions),
        "questions": [described(f"{address}#{one.cell}", one.state) for one in questions],
    }


def described(address: str, state: dict[str, Any]) -> dict[str, Any]:
    """A question as the tally reads it: its text and choices in HTML, none of its reasons."""
    number, right = state["_number"], state["_right"]
    choices = [] if number else [choice for choice, _ in state["_choices"]]
    return {
        "address": address,
        "text": escaped(state["text"]),
        "choices": [escaped(choice) for choice in choices],
        "right": right if number else choices.index(right),
        "number": number and {**number, "unit": escaped(number["unit"])},
    }


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("builder-inited", write_scripts)
    app.connect("doctree-read", put_button, priority=600)  # after cell_anchors has named the cells
    app.connect("html-page-context", add_scripts)
    app.add_directive("class-tally", ClassTally)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

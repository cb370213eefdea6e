"""Formulas drawn while the book is built: the page carries HTML and MathML, and no script for them.

sphinxcontrib-katex knows KaTeX and how to write its output into a page. KaTeX runs in deno, which formats and
checks the widgets' scripts too; its style sheet and fonts stand in ``_static/katex``.
"""

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from deno import find_deno_bin
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinxcontrib import katex  # type: ignore[attr-defined] # a namespace, and no types

# A line in, a line out, until the build ends and closes the pipe. sphinxcontrib-katex's own server answers on
# a socket that may not listen yet when it is first asked, and is left running when a build is stopped.
SCRIPT = """
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
const katex = createRequire(import.meta.url)(Deno.args[0]);
createInterface({ input: process.stdin }).on("line", (line) => {
  const { latex, options } = JSON.parse(line);
  let answer;
  try { answer = { html: katex.renderToString(latex, options) }; }
  catch (error) { answer = { error: `${error}` }; }
  console.log(JSON.stringify(answer));
});
"""
PUNCTUATION = re.compile(r"[.,;:!?)\]’”。，；：！？）]+")


@cache
def renderer() -> subprocess.Popen[str]:
    """Start KaTeX, once for a build."""
    library = Path(katex.__file__).with_name("katex.min.js")
    command = [find_deno_bin(), "eval", "--no-config", "--no-remote", "--no-npm", SCRIPT, str(library)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")


def draw(latex: str, options: dict[str, Any] | None = None) -> str:
    """Draw a formula; one that KaTeX cannot read stops the build."""
    pipe = renderer()
    assert pipe.stdin is not None  # both are pipes
    assert pipe.stdout is not None
    pipe.stdin.write(json.dumps({"latex": latex, "options": {"strict": False, **(options or {})}}) + "\n")
    pipe.stdin.flush()
    answer = json.loads(pipe.stdout.readline())
    if "error" in answer:
        raise ExtensionError(f"KaTeX cannot draw {latex!r}: {answer['error']}")
    html: str = answer["html"]
    return html


class KeepPunctuation(SphinxPostTransform):
    """Keep a formula and the comma after it on one line; a browser may break between them."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Wrap both, where punctuation follows a formula."""
        for formula in list(self.document.findall(nodes.math)):
            after = formula.next_node(nodes.Text, descend=False, siblings=True)
            marks = after and PUNCTUATION.match(after)
            if marks and formula.parent.index(after) == formula.parent.index(formula) + 1:
                parent = formula.parent
                parent.replace(after, nodes.Text(after[marks.end() :]))
                together = nodes.inline("", "", classes=["together"])
                parent.replace(formula, together)
                together += [formula, nodes.Text(marks.group())]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    katex.render_latex = draw
    app.setup_extension("sphinxcontrib.katex")
    app.config.katex_prerender = True
    app.config.katex_css_path = "katex/katex.min.css"
    app.add_post_transform(KeepPunctuation)
    return {"parallel_read_safe": True, "parallel_write_safe": False}

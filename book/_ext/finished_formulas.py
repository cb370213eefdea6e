"""Formulas drawn while the book is built: the page carries HTML and MathML, and no script for them.

sphinxcontrib-katex does the work. It wants a node and KaTeX's style sheet: the node is the one inside the
playwright package, which the tests need anyway; the style sheet with its fonts stands in ``_static/katex``.
"""

import re
from typing import Any

from docutils import nodes
from playwright._impl._driver import compute_driver_executable
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinxcontrib import katex

PUNCTUATION = re.compile(r"[.,;:!?)\]’”。，；：！？）]+")


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
    """Register with Sphinx; a formula that KaTeX cannot read stops the build."""
    katex.NODEJS_BINARY = compute_driver_executable()[0]
    katex.KATEX_DEFAULT_OPTIONS = {"throwOnError": True, "strict": "ignore"}
    app.setup_extension("sphinxcontrib.katex")
    app.config.katex_prerender = True
    app.config.katex_css_path = "katex/katex.min.css"
    app.add_post_transform(KeepPunctuation)
    return {"parallel_read_safe": True, "parallel_write_safe": False}

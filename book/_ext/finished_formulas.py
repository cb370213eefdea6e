"""Formulas drawn while the book is built: the page carries HTML and MathML, and no script for them.

sphinxcontrib-katex does the work. It wants a node and KaTeX's style sheet: the node is the one inside the
playwright package, which the tests need anyway; the style sheet with its fonts stands in ``_static/katex``.
"""

from typing import Any

from playwright._impl._driver import compute_driver_executable
from sphinx.application import Sphinx
from sphinxcontrib import katex


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx; a formula that KaTeX cannot read stops the build."""
    katex.NODEJS_BINARY = compute_driver_executable()[0]
    katex.KATEX_DEFAULT_OPTIONS = {"throwOnError": True, "strict": "ignore"}
    app.setup_extension("sphinxcontrib.katex")
    app.config.katex_prerender = True
    app.config.katex_css_path = "katex/katex.min.css"
    return {"parallel_read_safe": True, "parallel_write_safe": False}

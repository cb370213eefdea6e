"""The book's figures as part of the page, not as images beside it.

A figure is an SVG of panels with names for its ink and its lines (``seglosses.plots``). As part of the page
its words have the page's font and can be found, its colours follow the theme that the reader chose, and its
panels stack where the page is narrow (``_static/book.css``).
"""

import re
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from live_widgets import is_output
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform

SVG = "image/svg+xml"
OURS = '<svg class="picture"'
PANEL = re.compile(r'<svg class="panel"(.*?)>(.*?)</svg>', re.DOTALL)


class InlinePictures(SphinxPostTransform):
    """Put the panels of each figure into the page, in the place of the image."""

    default_priority = 3  # before myst-nb (4) keeps one type of each output and drops the rest
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Go through the outputs of a page; a drawing that is none of ours stays an image."""
        number = 0
        for bundle in self.document.findall(is_output):
            for output in bundle.children:
                image = next(output.findall(nodes.image), None) if output["mime_type"] == SVG else None
                svg = image and self.read(image["uri"])
                if image and svg and svg.startswith(OURS):
                    if not image.get("alt"):
                        raise ExtensionError(
                            f"a picture of {self.env.docname} must have an alt text; got none."
                        )
                    inline = nodes.raw("", panels(svg, image["alt"], number), format="html")
                    image.parent.replace(image, inline)
                    number += 1

    def read(self, uri: str) -> str:
        """The drawing that myst-nb has stored beside the page's source."""
        path = Path(self.env.srcdir, uri.lstrip("/"))
        return path.read_text("utf-8") if path.exists() else ""


def panels(svg: str, label: str, number: int) -> str:
    """The panels of one picture of a page; its number keeps its ids apart from those of the others."""
    svg = re.sub(r'(?<= id=")|(?<=url\(#)|(?<=href="#)', f"picture{number}-", svg)
    found = "\n".join(f'<svg class="panel" {looks}>{drawn}</svg>' for looks, drawn in PANEL.findall(svg))
    return f'<div class="picture" role="img" aria-label="{escape(label)}">\n{found}\n</div>'


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_post_transform(InlinePictures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

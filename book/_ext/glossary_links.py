"""A link to the glossary where a chapter first uses one of its terms.

The chapters are notebooks, and in Jupyter a role for such a link would stand there as a role. So they say the
word, and the site links it.
"""

import re
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

# Nothing in there is the first use of a word in a sentence.
APART = (nodes.title, nodes.reference, nodes.literal, nodes.math, nodes.raw, nodes.FixedTextElement)


class GlossaryLinks(SphinxPostTransform):
    """Link the first use of each term on a page, wherever in its prose that is."""

    default_priority = 850  # references are resolved, and formulas not yet bound to their commas
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Go through the prose of a chapter; other pages are left as they are."""
        objects = self.env.get_domain("std").objects  # type: ignore[attr-defined] # of the standard domain
        self.places = {name: place for (kind, name), place in objects.items() if kind == "term"}
        if self.places and str(self.env.doc2path(self.env.docname)).endswith(".ipynb"):
            self.words, self.seen = pattern(self.places), set[tuple[str, str]]()
            for text in list(self.document.findall(nodes.Text)):
                if in_prose(text):
                    text.parent.replace(text, list(self.linked(str(text))))

    def linked(self, text: str) -> Iterator[nodes.Node]:
        """The text, with each term that is new to the page as a link."""
        end = 0
        for found in self.words.finditer(text):
            name = found[1] if found[1] in self.places else found[1][0].lower() + found[1][1:]
            page, label = self.places[name]
            if (page, label) not in self.seen:
                self.seen.add((page, label))
                there = f"{self.app.builder.get_relative_uri(self.env.docname, page)}#{label}"
                yield nodes.Text(text[end : found.start()])
                yield nodes.reference("", found[0], internal=True, refuri=there, classes=["glossary-term"])
                end = found.end()
        yield nodes.Text(text[end:])


def pattern(names: Any) -> re.Pattern[str]:
    """What finds a term, the longest first: in the plural too, and with a capital where a sentence begins."""
    words = [
        f"[{name[0]}{name[0].upper()}]{re.escape(name[1:])}" if name[0].islower() else re.escape(name)
        for name in sorted(names, key=len, reverse=True)
    ]
    return re.compile(rf"\b({'|'.join(words)})s?\b")


def in_prose(text: nodes.Node) -> bool:
    """Tell whether a text belongs to a paragraph, and to nothing that stands apart in it."""
    node, prose = text.parent, False
    while node is not None:
        if isinstance(node, APART):
            return False
        prose = prose or isinstance(node, nodes.paragraph)
        node = node.parent
    return prose


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_post_transform(GlossaryLinks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Lead from each entry of the bibliography back to the chapters that cite it.

sphinxcontrib-bibtex does so only for citations on the bibliography's own page, and this book has one for all.
"""

from typing import Any, cast

from docutils import nodes
from editions import say
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinxcontrib.bibtex.domain import BibtexDomain


class CitedIn(SphinxPostTransform):
    """Close each entry with links to where it is cited."""

    default_priority = 6  # right after sphinxcontrib-bibtex has filled in the entries

    def run(self, **kwargs: Any) -> None:
        """Add the links to each entry on this page."""
        domain = cast(BibtexDomain, self.env.get_domain("cite"))
        keys = {citation.citation_id: citation.key for citation in domain.citations}
        for entry in self.document.findall(nodes.citation):
            (key,) = {keys[name] for name in entry["ids"] if name in keys}
            cited = [ref for ref in domain.citation_refs if key in {target.key for target in ref.targets}]
            entry[-1] += self.links(cited)

    def links(self, cited: list[Any]) -> list[nodes.Node]:
        """The words "Cited in" and a link to the first citation of each chapter, in the book's order."""
        chapters = list(self.env.toctree_includes[self.config.root_doc])
        first = {citation.docname: citation.citation_ref_id for citation in reversed(cited)}
        found: list[nodes.Node] = []
        for chapter in sorted(first, key=chapters.index):
            found.append(nodes.Text(say(self.config, ", ") if found else say(self.config, " Cited in ")))
            there = f"{self.app.builder.get_relative_uri(self.env.docname, chapter)}#{first[chapter]}"
            title = self.env.titles[chapter].astext()
            found.append(nodes.reference("", title, internal=True, refuri=there))
        return [*found, nodes.Text(say(self.config, "."))]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_post_transform(CitedIn)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Repairs of what the theme and its writers get wrong for readers with assistive technology.

Each line names what an accessibility checker found on the built pages. They are repairs of HTML, because the
faults are in what docutils and the theme write, not in what the chapters say.
"""

import re
from typing import Any

from sphinx.application import Sphinx

REPAIRS = (
    # a list of references whose entries are no list items, in a role that browsers have dropped
    (re.compile(' role="doc-biblioentry"'), ' role="listitem"'),
    # a fold whose name is not what stands there
    (re.compile('(?<=<summary) aria-label="Toggle hidden content"'), ""),
    # the empty corner of a table heads nothing
    (re.compile(r'<th class="head">\s*(<p>\s*</p>)?\s*</th>'), "<td></td>"),
)


def repair_body(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Repair a page's own text."""
    for wrong, right in REPAIRS:
        if "body" in context:
            context["body"] = wrong.sub(right, context["body"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("html-page-context", repair_body)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

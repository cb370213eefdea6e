"""Where a chapter first uses a term of the glossary, a link leads to what it means."""

import re


def test_a_term_is_linked_once_and_its_target_exists(site):
    """Each chapter links terms, none of them twice, and each link leads to a term of the glossary."""
    targets = set(re.findall(r'id="(term-[^"]+)"', (site / "book/glossary.html").read_text("utf-8")))
    for name in ("dice", "bce"):
        html = (site / f"book/{name}.html").read_text("utf-8")
        linked = re.findall(r'<a class="glossary-term[^"]*" href="glossary\.html#([^"]+)"', html)
        assert len(linked) > 10
        assert len(linked) == len(set(linked))
        assert set(linked) <= targets

"""The way back from the bibliography."""

import re


def test_each_entry_leads_back_to_where_it_is_cited(site):
    """At the end of each entry stands a link for each chapter, and what it points at is there."""
    page = (site / "book/references.html").read_text("utf-8")
    entries = re.findall(r'<div class="citation".*?</div>', page, re.DOTALL)
    assert len(entries) > 20
    for entry in entries:
        places = re.findall(r'href="([\w-]+\.html)#(id\d+)"', entry.partition("Cited in")[2])
        assert places, entry
        for chapter, place in places:
            assert f'id="{place}"' in (site / "book" / chapter).read_text("utf-8"), (chapter, place)

"""Search in Chinese: the index and what a reader types are cut into pairs of characters.

Chinese has no spaces between words. Sphinx's own search for it indexes nothing without a dictionary, and does
not cut what is typed. Pairs in both find every word of two characters or more, also inside of longer ones.
"""

import re
from collections.abc import Iterator
from typing import Any

from sphinx.application import Sphinx
from sphinx.search import languages
from sphinx.search.en import SearchEnglish

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
RUN = re.compile(f"[{HAN}]+|[^\\W{HAN}]+")
CHINESE = re.compile(f"[{HAN}]")
# What a question says beside what it asks for; a page need not have it.
ASKING = "为什么|什么|怎么办|怎么|怎样|如何|是不是|有没有|多少|哪个|吗|呢|的|了|和|与|是|有|用"


def pieces(text: str) -> Iterator[str]:
    """The pairs of each run of Chinese characters, the single ones, and all other words."""
    for run in RUN.findall(text):
        if CHINESE.match(run):
            yield from run
            yield from (run[i : i + 2] for i in range(len(run) - 1))
        else:
            yield run


class SearchByPairs(SearchEnglish):
    """English words as in English, Chinese ones by pairs."""

    lang = "zh"
    language_name = "Chinese"
    js_splitter_code = f"""
function splitQuery(query) {{
  const found = [];
  query = query.replaceAll(/{ASKING}/g, " ");
  for (const run of query.match(/[{HAN}]+|[^\\s\\p{{P}}\\p{{S}}{HAN}]+/gu) ?? []) {{
    if (!/[{HAN}]/.test(run) || run.length === 1) found.push(run);
    else for (let i = 0; i + 1 < run.length; i++) found.push(run.slice(i, i + 2));
  }}
  return found;
}}
"""

    def split(self, input: str) -> list[str]:
        """Cut a text of a page."""
        return list(pieces(input))

    def word_filter(self, word: str) -> bool:
        """Tell whether a word is worth an entry."""
        return bool(CHINESE.match(word)) or super().word_filter(word)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    languages["zh"] = SearchByPairs
    return {"parallel_read_safe": True, "parallel_write_safe": True}

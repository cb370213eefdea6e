"""The words that the package shows on a page, in the language of the edition that runs there.

In the code they stand in English. ``words/`` beside this file has a table for each other language, from the
English text to its translation. A text that no table has is shown in English; a test holds that none of the
book's is missing.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

TABLES = Path(__file__).parent / "words"


def language() -> str:
    """The code of the language: what ``SEGLOSSES_LANGUAGE`` says, else the edition whose notebook runs.

    An edition is a folder named by its code, such as ``book/zh``, and a notebook runs in its folder. Anywhere
    else it is "en".
    """
    here = Path.cwd()
    asked = os.environ.get("SEGLOSSES_LANGUAGE")
    named = [asked] if asked else [here.name, here.parent.name]
    return next((name for name in named if (TABLES / f"{name}.json").exists()), "en")


@cache
def table(code: str) -> dict[str, str]:
    """The texts of a language by their English; none for English itself."""
    path = TABLES / f"{code}.json"
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


def say(text: str) -> str:
    """A text in the language of the page. What it leaves open, in braces, is filled in afterwards."""
    return table(language()).get(text, text)


def spoken(description: Any) -> Any:
    """A description, as JSON has it, with every text in the language of the page; keys stay as they are."""
    if isinstance(description, str):
        return say(description)
    if isinstance(description, dict):
        return {key: spoken(value) for key, value in description.items()}
    if isinstance(description, list | tuple):
        return [spoken(value) for value in description]
    return description

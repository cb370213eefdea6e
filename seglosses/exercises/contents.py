"""The list of a chapter's exercises, and of all chapters', read off their checks."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from seglosses.exercises._check import Check, Described
from seglosses.language import say, spoken

if TYPE_CHECKING:
    from seglosses.widgets.exercise import ExerciseContents

CHAPTERS = {
    "dice": "Dice",
    "bce": "BCE",
    "bce-dice": "BCE-Dice",
    "iou": "IoU",
    "focal": "Focal",
    "choosing": "Choosing",
    "playground": "Playground",
    "batches": "Batches",
    "classes": "Several classes",
    "family": "The family",
    "your-training": "In your own training",
    "your-data": "Your data",
    "numerics": "Numbers that break",
    "symptoms": "What is wrong with my loss?",
    "exercises": "Across the chapters",
}
"""The pages with exercises, in the order of the book, with their titles in the list."""


def checks(page: str) -> list[Check]:
    """The checks of a page's exercises, in their order.

    Raises:
        ValueError: the page has none.
    """
    if page not in CHAPTERS:
        hint = "Hint: a page goes by its file's name."
        raise ValueError(f"page must be one of {', '.join(CHAPTERS)}; got {page!r}. {hint}")
    name = "mixed" if page == "exercises" else page.replace("-", "_")
    return [one for one in vars(import_module(f"seglosses.exercises.{name}")).values() if _is_of(one, name)]


def contents(*pages: str) -> "ExerciseContents":
    """List the exercises of the pages, with level and minutes; of none that is named, those of all.

    On a page the list shows which are done on this device.
    """
    # Only now: whoever calls a check needs no widget.
    from seglosses.widgets.exercise import ExerciseContents

    chapters = [
        {"page": page, "exercises": [_entry(one) for one in checks(page)], "title": say(CHAPTERS[page])}
        for page in pages or CHAPTERS
    ]
    return ExerciseContents("-".join([*pages, "exercises"]), chapters)


def _is_of(value: Any, module: str) -> bool:
    return isinstance(value, Check) and value.__module__.endswith(f".{module}")


def _entry(check: Check) -> dict[str, Any]:
    return {"name": check.name, **spoken(vars(check.listed)), "inPage": isinstance(check, Described)}

"""The form of an exercise: an answer given in the page is judged there, by the exercise's description."""

from collections.abc import Mapping, Sequence
from typing import Any

import traitlets

from seglosses.widgets.kit.base import Widget
from seglosses.widgets.kit.bundle import module, styles

_STILL = {
    "function": "Answer this one in Jupyter.",
    "": "Answer this one in the page, where scripts may run, or in Jupyter.",
}


class ExerciseForm(Widget):
    """Where an exercise is answered in the page; ``seglosses.exercises`` shows it for a blank.

    Args:
        name: what a device remembers the answer by; one name for each exercise of the book.
        chapter: the names of all exercises of the chapter that have a form, to say how many are done.
        description: the exercise as ``exercise/state.js`` reads it.
        language: ``"en"``, ``"zh"``, or ``""`` for the language of the page.

    ``answer`` reads as what was checked last, as it was typed or painted; None before that.
    """

    _esm = module("exercise/view.js")
    _css = styles("kit/ui.css", "exercise/style.css")
    _still = "text/html"

    name = traitlets.Unicode().tag(sync=True)
    chapter: traitlets.List[str] = traitlets.List().tag(sync=True)
    description = traitlets.Dict().tag(sync=True)
    answer = traitlets.Any(None, allow_none=True).tag(sync=True)

    def __init__(
        self, name: str, chapter: Sequence[str], description: Mapping[str, Any], language: str = ""
    ) -> None:
        super().__init__(
            name=name, chapter=list(chapter), description=dict(description), language=language, answer=None
        )

    def __repr__(self) -> str:
        return f"ExerciseForm({self.name!r})"

    def _snapshot(self) -> str:
        """One quiet line, for paper and where no scripts run; never the answer."""
        return f'<p class="exercise-still">{_STILL.get(self.description["kind"], _STILL[""])}</p>'

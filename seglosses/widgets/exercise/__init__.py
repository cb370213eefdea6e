"""An exercise in the page: its form, judged by the exercise's description, and lists of what is done."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import traitlets

from seglosses.language import say
from seglosses.widgets.kit.base import Widget
from seglosses.widgets.kit.bundle import module, styles

_WHERE = {
    "function": "Answer this one in Jupyter.",
    "": "Answer this one in the page, where scripts may run, or in Jupyter.",
}


class _Exercise(Widget):
    """What a form and a list have in common: a page brings them to life only for who answers something."""

    _css = styles("kit/ui.css", "exercise/style.css")
    _still = "text/html"

    _on_demand = traitlets.Bool(True).tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)


class ExerciseForm(_Exercise):
    """Where an exercise is answered in the page; ``seglosses.exercises`` shows it for a blank.

    Args:
        name: what a device remembers the answer by; one name for each exercise of the book.
        description: the exercise as ``exercise/state.js`` reads it.
        language: ``"en"``, ``"zh"``, or ``""`` for the language of the page.

    ``answer`` reads as what was checked last, as it was typed or painted; None before that.
    """

    _esm = module("exercise/view.js")

    description = traitlets.Dict().tag(sync=True)
    answer = traitlets.Any(None, allow_none=True).tag(sync=True)

    def __init__(self, name: str, description: Mapping[str, Any], language: str = "") -> None:
        super().__init__(name=name, description=dict(description), language=language, answer=None)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def _snapshot(self) -> str:
        """A quiet line and the hint, folded, for paper and where no scripts run; never the answer."""
        where = say(_WHERE.get(self.description["kind"], _WHERE[""]))
        told = escape(self.description["hint"])
        hint = f"<details><summary>{say('Hint')}</summary><p>{told}</p></details>"
        mark = "" if self.description["kind"] == "function" else " data-in-page"
        return f'<div class="exercise-still"{mark}><p>{where}</p>{hint}</div>'


class PaintedForm(ExerciseForm):
    """The form of an exercise whose answer is painted; ``exercise/grids.js`` reads its description."""

    _esm = module("exercise/painted.js")


class SealedForm(ExerciseForm):
    """The form in a copy for students, which holds the answer as a digest (``exercise/sealed_state.js``)."""

    _esm = module("exercise/sealed.js")


class SealedPaintedForm(ExerciseForm):
    """The same, where the answer is painted."""

    _esm = module("exercise/sealed_painted.js")


_FORMS = {"grid": PaintedForm, "sealed": SealedForm, "sealed grid": SealedPaintedForm}


def form(name: str, description: Mapping[str, Any]) -> ExerciseForm:
    """The form for an exercise of any kind."""
    return _FORMS.get(description["kind"], ExerciseForm)(name, description)


class ExerciseContents(_Exercise):
    """A list of exercises with what is done on this device; ``seglosses.exercises.contents`` makes it.

    Args:
        name: what tells it apart on a page.
        chapters: for each its ``title``, ``page`` and ``exercises``, as ``exercise/contents.js`` reads them.
        language: as for the form.
    """

    _esm = module("exercise/contents.js")

    chapters: traitlets.List[Any] = traitlets.List().tag(sync=True)

    def __init__(self, name: str, chapters: Sequence[Mapping[str, Any]], language: str = "") -> None:
        super().__init__(name=name, chapters=list(chapters), language=language)

    def __repr__(self) -> str:
        return f"ExerciseContents({self.name!r})"

    def _snapshot(self) -> str:
        """The list alone, with links that lead to notebooks; the site turns them into its own."""
        return f'<div class="exercise-contents-still">{"".join(map(self._chapter, self.chapters))}</div>'

    def _chapter(self, chapter: Mapping[str, Any]) -> str:
        page = f"{chapter['page']}.ipynb"
        title = f'<p><a href="{page}">{escape(chapter["title"])}</a></p>' if len(self.chapters) > 1 else ""
        entries = [
            f'<li><a href="{page}#{one["label"]}">{escape(one["about"])}</a>'
            + say(", {stars}, {minutes} minutes{where}").format(
                stars="★" * one["level"],
                minutes=one["minutes"],
                where="" if one["inPage"] else say(", in Jupyter"),
            )
            + "</li>"
            for one in chapter["exercises"]
        ]
        return f"{title}<ul>{''.join(entries)}</ul>"

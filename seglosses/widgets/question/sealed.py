"""Questions of a copy for students: they hold the answer as a digest alone, and no reasons."""

from collections.abc import Sequence
from typing import Any

import traitlets

from seglosses.sealed import Seal, fits
from seglosses.widgets.kit.bundle import module
from seglosses.widgets.question.asked import Asked, Chosen, Typed


class _Sealed(Asked):
    """What both have in common."""

    _esm = module("question/sealed.js")

    _seal = traitlets.Dict().tag(sync=True)

    def _matches(self, answer: Any) -> bool:
        return fits(self._seal, answer)

    def _reasons(self) -> list[tuple[str, str]]:
        return []


class SealedQuestion(_Sealed, Chosen):
    """Ask for one of a few answers; once the reader has committed to one, say whether it is right.

    Args:
        text: the question, as in :class:`~seglosses.widgets.Question`.
        choices: the answers.
        seal: of the right one's text, as ``seglosses.sealed.sealed_text`` makes it.
        name: as there, and so are ``covers`` and ``language``.
        covers: as there.
        language: as there.
    """

    def __init__(
        self,
        text: str,
        choices: Sequence[str],
        *,
        seal: Seal,
        name: str,
        covers: str = "",
        language: str = "",
    ) -> None:
        asked = {"_choices": [[choice] for choice in choices], "_number": None}
        super().__init__(text, name, "", covers, language, _right=None, _seal=dict(seal), **asked)


class SealedNumberQuestion(_Sealed, Typed):
    """Ask for a number; once the reader has committed one, say whether it is right.

    Args:
        text: the question, as in :class:`~seglosses.widgets.NumberQuestion`.
        seal: of the right number, as ``seglosses.sealed.sealed_number`` makes it.
        name: as there, and so are all others.
        low: as there.
        high: as there.
        unit: as there.
        covers: as there.
        language: as there.
    """

    def __init__(
        self,
        text: str,
        *,
        seal: Seal,
        name: str,
        low: float | None = None,
        high: float | None = None,
        unit: str = "",
        covers: str = "",
        language: str = "",
    ) -> None:
        asked = {"_choices": [], "_number": {"low": low, "high": high, "unit": unit}}
        super().__init__(text, name, "", covers, language, _right=None, _seal=dict(seal), **asked)

"""Paste the losses of a log: which symptom they show, and what most often is behind it."""

from collections.abc import Mapping
from html import escape
from typing import Any

import traitlets

from seglosses.logs import DESCRIBED, Reading, read_log
from seglosses.widgets.kit.base import Widget
from seglosses.widgets.kit.bundle import module, styles


class LogReader(Widget):
    """Read the losses of a log as they are pasted or typed, and say which symptom they show.

    What is pasted stays in the page: no link holds it, for a log is its owner's affair.

    Args:
        examples: logs to try, as texts, by what their buttons say.
        log: the text that stands there at first; :func:`seglosses.logs.read_log` says what it may be.
        language: ``"en"``, ``"zh"``, or ``""`` for the language of the page.

    ``log`` reads as the text that stands there, and ``reading`` as what it shows.

    Raises:
        traitlets.TraitError: ``log`` or an example is no text.
    """

    _esm = module("log_reader/view.js")
    _css = styles("kit/ui.css", "log_reader/style.css")
    _still = "text/html"

    log = traitlets.Unicode().tag(sync=True)
    examples: "traitlets.Dict[str, str]" = traitlets.Dict(traitlets.Unicode()).tag(sync=True)
    _described: "traitlets.Dict[str, Any]" = traitlets.Dict().tag(sync=True)

    def __init__(
        self, examples: Mapping[str, str] | None = None, *, log: str = "", language: str = ""
    ) -> None:
        super().__init__(examples=dict(examples or {}), log=log, language=language, _described=DESCRIBED)

    @property
    def reading(self) -> Reading:
        """What the log shows."""
        return read_log(self.log, self.language or "en")

    def __repr__(self) -> str:
        return f"LogReader({self.reading.name!r})"

    def _snapshot(self) -> str:
        """What the log shows as plain text; without one, where else it can be asked."""
        if not self.log:
            return "<p>Paste a log here where scripts may run; <code>read_log</code> reads it anywhere.</p>"
        one = self.reading
        return f"<p><strong>{escape(one.name)}:</strong> {escape(one.says)} {escape(one.why)}</p>"

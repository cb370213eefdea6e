"""What every widget stands on: its signature, a picture where there is no JavaScript, a last good state."""

import base64
import inspect
from html import escape
from typing import Any, ClassVar

import anywidget

from seglosses.widgets.kit.traits import Choice


class Widget(anywidget.AnyWidget):
    """The base of the book's widgets.

    A subclass gives ``_esm``, ``_css``, ``_snapshot``, in ``_still`` its MIME type where it is no SVG, and a
    ``__repr__`` that says the same in every run (the inherited one holds a memory address, which no stored
    output can match).
    """

    __signature__: ClassVar[inspect.Signature]
    _still: ClassVar[str] = "image/svg+xml"

    language = Choice("", "en", "zh")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Show a subclass's own arguments in Jupyter and in the reference; traitlets shows none."""
        super().__init_subclass__(**kwargs)
        _, *arguments = inspect.signature(cls.__init__).parameters.values()
        cls.__signature__ = inspect.Signature(arguments)

    def _snapshot(self) -> str:
        """Return the state as it is, for readers without JavaScript and for paper."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        still = self._snapshot()
        if self._still == "image/svg+xml":  # all that JupyterLab shows before the first run is an image
            source = f"data:image/svg+xml;base64,{base64.b64encode(still.encode()).decode()}"
            data = {**data, "text/html": f'<img src="{source}" alt="{escape(repr(self))}">'}
        return {**data, self._still: still}, metadata

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the page sends. If it is not a good state, keep the last one and show that again."""
        before = {name: getattr(self, name) for name in sync_data if self.has_trait(name)}
        try:
            super().set_state(sync_data)
        except (TypeError, ValueError):
            for name, value in before.items():
                setattr(self, name, value)
            self.send_state(list(sync_data))
            raise

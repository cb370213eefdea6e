"""What every widget stands on: one text for its front end, a picture where there is no JavaScript."""

import inspect
import re
from pathlib import Path
from typing import Any, ClassVar

import anywidget

HERE = Path(__file__).parent
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";\n', re.M)
_EXPORT = re.compile(r"^export (?=const|function|class)", re.M)


def module(name: str) -> str:
    """One self-contained ES module: the file ``name`` with the files it imports in front of it, each once.

    A page loads a widget's front end from text, where ``import "./losses.js"`` has no folder to look in. The
    files share one scope here, so no two of them may use the same name at their top level.
    """
    texts: dict[str, str] = {}

    def add(name: str) -> None:
        if name in texts:
            return
        text = (HERE / name).read_text("utf-8")
        for imported in _IMPORT.findall(text):
            add(imported)
        texts[name] = f"// ---- {name}\n" + _EXPORT.sub("", _IMPORT.sub("", text))

    add(name)
    return "\n".join(texts.values())


def styles(*names: str) -> str:
    """The style sheets ``names`` in one text, in this order."""
    return "\n".join((HERE / name).read_text("utf-8") for name in names)


class Widget(anywidget.AnyWidget):
    """The base of the book's widgets.

    A subclass gives ``_esm``, ``_css``, ``_snapshot`` and a ``__repr__`` that says the same in every run (the
    inherited one holds a memory address, which no stored output can match).
    """

    __signature__: ClassVar[inspect.Signature]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Show a subclass's own arguments in Jupyter and in the reference; traitlets shows none."""
        super().__init_subclass__(**kwargs)
        _, *arguments = inspect.signature(cls.__init__).parameters.values()
        cls.__signature__ = inspect.Signature(arguments)

    def _snapshot(self) -> str:
        """Return an SVG of the state as it is, for readers without JavaScript and for paper."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, "image/svg+xml": self._snapshot()}, metadata

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

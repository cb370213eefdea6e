"""What the painters have in common: presets to start from, and a state that Reset goes back to."""

from typing import Any, ClassVar

import traitlets

from seglosses.widgets.kit.links import Shareable


class Painter(Shareable):
    """A widget with a grid to paint on; a subclass names in ``_painted`` the trait that a preset sets."""

    _painted: ClassVar[str]

    # pairs, in order: a stored notebook sorts the keys of a dict
    _presets: traitlets.List[Any] = traitlets.List().tag(sync=True)
    _start = traitlets.Dict().tag(sync=True)  # what the Reset button goes back to

    def preset(self, name: str) -> None:
        """Paint the preset ``name``; ValueError says which there are if it is none of them."""
        presets = dict(self._presets)
        if name not in presets:
            known = ", ".join(map(repr, presets)) or "of which there are none"
            hint = (
                f"Hint: another one comes with presets={{'name': {self._painted}}}, when the widget is made."
            )
            raise ValueError(f"name must be one of the presets, {known}; got {name!r}. {hint}")
        setattr(self, self._painted, presets[name])

"""What the reference says of each widget."""

import inspect

import pytest

from seglosses import widgets

WIDGETS = [getattr(widgets, name) for name in widgets.__all__ if inspect.isclass(getattr(widgets, name))]


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.__name__)
def test_every_argument_is_shown_and_documented(widget):
    """Jupyter's help and the reference name each argument, and the docstring says what it takes."""
    arguments = inspect.signature(widget).parameters
    assert list(arguments) == list(inspect.signature(widget.__init__).parameters)[1:]
    assert "kwargs" not in arguments
    text = inspect.getdoc(widget)
    assert [name for name in arguments if f"\n    {name}: " not in text] == []
    assert "Raises:" in text

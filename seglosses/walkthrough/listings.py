"""The code beside a formula is the code that runs: listings of functions for the pages."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from inspect import getsource
from textwrap import dedent


@dataclass(frozen=True)
class Listing:
    """Source code that a notebook shows as such."""

    code: str
    """Python source."""

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.code}\n```"


def listing(*functions: Callable[..., object]) -> Listing:
    """Give the code of functions that run, so that no page keeps in step with it by hand.

    Docstrings and what is said to the type checker alone are left out.
    """
    return Listing("\n\n\n".join(_code(function) for function in functions))


def _code(function: Callable[..., object]) -> str:
    lines = dedent(getsource(function)).splitlines()
    (definition,) = ast.parse("\n".join(lines)).body
    if isinstance(definition, ast.FunctionDef) and ast.get_docstring(definition) is not None:
        docstring = definition.body[0]
        del lines[docstring.lineno - 1 : docstring.end_lineno]
    return "\n".join(line.partition("  # type: ignore")[0] for line in lines)

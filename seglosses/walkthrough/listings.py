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

    summary: str = ""
    """The line behind which the code folds; without one it is open."""

    def _repr_markdown_(self) -> str:
        code = f"```python\n{self.code}\n```"
        if not self.summary:
            return code
        # Plain HTML folds everywhere, also where MyST's directives do not.
        return f'<details class="listing"><summary>{self.summary}</summary>\n\n{code}\n\n</details>'


def listing(*functions: Callable[..., object], folded: str = "") -> Listing:
    """Give the code of functions that run, so that no page keeps in step with it by hand.

    Docstrings and what is said to the type checker alone are left out.

    Args:
        functions: what is listed, in this order.
        folded: the line behind which the code folds; "" leaves it open.
    """
    return Listing("\n\n\n".join(_code(function) for function in functions), folded)


def _code(function: Callable[..., object]) -> str:
    lines = dedent(getsource(function)).splitlines()
    (definition,) = ast.parse("\n".join(lines)).body
    if isinstance(definition, ast.FunctionDef) and ast.get_docstring(definition) is not None:
        docstring = definition.body[0]
        del lines[docstring.lineno - 1 : docstring.end_lineno]
    return "\n".join(line.partition("  # type: ignore")[0] for line in lines)

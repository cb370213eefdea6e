"""A line that says how far a long cell or tool has come, seen only where somebody is watching.

It appears in Jupyter and in a terminal, and goes away when the work is done. What runs a notebook to store or
to check its outputs sees none of it: a kernel is told with each cell whether somebody sits there who could
answer a question, and those tools say no. Neither does a file or a pipe.
"""

import sys
from collections.abc import Iterator
from typing import TypeVar

Item = TypeVar("Item")
WIDTH = 40
BLOCK = "\N{FULL BLOCK}"


def progress(items: list[Item]) -> Iterator[Item]:
    """Go through ``items``, and show how many are done; at the end the bar is cleared away.

    Args:
        items: what to work on, each of about the same length.

    Yields:
        The items, in their order.

    """
    shell = _shell()
    for done, item in enumerate(items):
        _say(shell, done, len(items))
        yield item
    _say(shell, None, len(items))


def _shell() -> object | None:
    """The IPython shell of a kernel with somebody in front of it, else None."""
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    return shell if getattr(getattr(shell, "kernel", None), "_allow_stdin", False) else None


def _say(shell: object | None, done: int | None, total: int) -> None:
    bar = ""
    if done is not None:
        bar = f"{BLOCK * (WIDTH * done // total):\N{LIGHT SHADE}<{WIDTH}} {done} / {total}"
    if shell is not None:
        from IPython.display import clear_output

        clear_output(wait=done is not None)  # type: ignore[no-untyped-call]
        if bar:
            print(bar, flush=True)
    elif sys.stderr.isatty():
        print(f"\r\x1b[K{bar}", end="", file=sys.stderr, flush=True)  # over the last one

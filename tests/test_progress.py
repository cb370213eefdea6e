"""The bar of a long cell: there for a reader, gone when the work is done, and never in a stored output."""

import sys
from io import StringIO

import pytest
from jupyter_client.manager import run_kernel

from seglosses.progress import WIDTH, progress

CELL = "from seglosses.progress import progress\nprint(sum(progress([1, 2, 3])))"


def messages(allow_stdin: bool) -> list:
    """What a kernel sends for a cell that works through three items."""
    seen = []
    with run_kernel(kernel_name="python3") as client:
        client.execute_interactive(CELL, allow_stdin=allow_stdin, timeout=60, output_hook=seen.append)
    return [message for message in seen if message["msg_type"] not in ("status", "execute_input")]


def test_outside_jupyter_it_says_nothing(capsys):
    """A script sees the items, in their order, and no bar."""
    assert list(progress([3, 1, 2])) == [3, 1, 2]
    assert capsys.readouterr() == ("", "")


class Terminal(StringIO):
    """A stream that says that somebody watches it."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_in_a_terminal_each_bar_is_written_over_the_last(monkeypatch: pytest.MonkeyPatch):
    """One line, on the stream for messages; at the end it is blank again."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert list(progress([3, 1])) == [3, 1]
    _, *bars = sys.stderr.getvalue().split("\r\x1b[K")
    assert [bar.count("\N{FULL BLOCK}") for bar in bars] == [0, WIDTH // 2, 0]
    assert [bar[WIDTH:] for bar in bars] == [" 0 / 2", " 1 / 2", ""]


def test_in_jupyter_it_grows_and_goes():
    """Each item replaces the bar by a longer one; at the end nothing but the cell's own output is left."""
    sent = messages(allow_stdin=True)
    bars = [m["content"]["text"] for m in sent if m["msg_type"] == "stream"][:-1]
    assert [bar.count("\N{FULL BLOCK}") for bar in bars] == [0, WIDTH // 3, 2 * WIDTH // 3]
    assert [bar.split(maxsplit=1)[1] for bar in bars] == ["0 / 3\n", "1 / 3\n", "2 / 3\n"]
    *_, last_clear, result = sent
    assert (last_clear["msg_type"], last_clear["content"]) == ("clear_output", {"wait": False})
    assert result["content"]["text"] == "6\n"


def test_it_leaves_no_trace_where_nobody_watches():
    """What runs a notebook to store its outputs is sent the result alone."""
    (only,) = messages(allow_stdin=False)
    assert only["content"]["text"] == "6\n"

"""The memory that a student needs: measured on a notebook of a known size, and recorded."""

import json
import os
from pathlib import Path

import memory
import nbformat
import pytest

RECORD = Path(__file__).parents[2] / "book/data/memory.json"


def notebook(path: Path, source: str) -> Path:
    """A notebook of one cell."""
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), path)
    return path


def test_a_kernel_that_holds_more_shows_more(tmp_path: Path):
    """300 MiB that are written and given back again are in the peak."""
    small = memory.of_kernel(notebook(tmp_path / "small.ipynb", "1"))
    large = memory.of_kernel(notebook(tmp_path / "large.ipynb", "held = b'1' * (300 << 20)\ndel held"))
    assert 290 <= large - small <= 330


def test_the_tool_keeps_what_it_did_not_measure(tmp_path, monkeypatch, capsys):
    """One chapter is measured anew, the others stay; the server is measured each time."""
    record = tmp_path / "memory.json"
    record.write_text(json.dumps({"kernels": {"dice": 1}, "server": 1}))
    monkeypatch.setattr(memory, "RECORD", record)
    monkeypatch.setattr(memory, "of_kernel", lambda path: 500)
    monkeypatch.setattr(memory, "of_server", lambda: 100)
    monkeypatch.setattr("sys.argv", ["memory.py", "book/bce.ipynb"])
    memory.main()
    written = json.loads(record.read_text())
    assert written["kernels"] == {"dice": 1, "bce": 500}
    assert written["server"] == 100
    assert {"date", "system", "versions"} <= written.keys()
    assert "bce" in capsys.readouterr().out


def test_the_server_is_measured():
    """It starts, sends its page and the chapters, and ends."""
    assert 50 < memory.of_server() < 1000


def test_elsewhere_than_on_linux_it_says_so():
    """A process that /proc does not have."""
    assert memory.peak(os.getpid()) > 10
    with pytest.raises(SystemExit, match="only Linux"):
        memory.peak(2**31)

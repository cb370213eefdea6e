"""The widget benchmark: it measures a widget in the browser and prints its row."""

import sys
from concurrent.futures import ThreadPoolExecutor

import bench_widgets
import pytest


def test_the_tool_prints_a_row_for_a_widget(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    """A few moves over one widget give a median and a 95th percentile on both grids, and their ratio."""
    monkeypatch.setattr(sys, "argv", ["bench_widgets.py", "--moves", "5", "--only", "grid painter"])
    with ThreadPoolExecutor(1) as thread:  # a thread has only one Playwright, and this one has the tests'
        thread.submit(bench_widgets.main).result()
    _, row = capsys.readouterr().out.splitlines()
    numbers = row.removeprefix("grid painter, paint").replace("!", "").split()
    small, small_late, large, large_late, ratio = map(float, numbers)
    assert 0 < small <= small_late
    assert 0 < large <= large_late
    assert ratio == pytest.approx(large / small, abs=0.06 + ratio * 0.1)  # printed with one decimal


def event(name: str, at: int, took: int | None = None, thread: int = 1) -> dict:
    """An event of a trace; one that takes time has been on the processor for half of it."""
    times = {} if took is None else {"dur": took, "tdur": took // 2}
    return {"name": name, "pid": 1, "tid": thread, "ts": at, **times}


def test_a_move_costs_the_tasks_from_it_to_its_frame():
    """The page's tasks count, from the one that brings the move to the one that hands over its frame."""
    task, frame = bench_widgets.TASK, bench_widgets.HANDED_OVER
    trace = [
        event(task, 0, 100),  # before the move
        *(event(task, 200, 40), event("move", 210), event("move", 220)),  # two moves in one task are one
        event(task, 300, 1000, thread=2),  # another thread's
        event(task, 300, 60),
        *(event(task, 400, 20), event(frame, 410)),
        event(task, 500, 100),  # after the frame
        *(event(task, 600, 80), event("move", 610), event(frame, 620)),
    ]
    assert bench_widgets.from_move_to_frame(trace) == [20 + 30 + 10, 40]

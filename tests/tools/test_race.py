"""The race of the comparison: candidates in this process and in processes of their own."""

import json
import subprocess
import sys
from pathlib import Path

import race
import torch
import torch.nn.functional as F

TOOLS = Path(race.__file__).parent
# Forked from a process that has not computed with several threads, as in the tool itself.
ALONE = """
import json
import os

import torch
from race import alone, race

y = torch.tensor([1.0, 0.0, 1.0])


def total(function, z, y):
    return function(z, y).sum().item()


def process(function, z, y):
    return os.getpid()


def threads(function, z, y):
    return torch.get_num_threads()


def end(function, z, y):
    os._exit(1)


def product(z, y):
    return (z * y).sum()


with alone(torch.add, 2 * y, y) as added, alone(torch.mul, 2 * y, y) as multiplied:
    totals = [ask(total) for ask in (added, multiplied, added)]
    processes = [ask(process) for ask in (added, multiplied, added)]
    counts = [ask(threads) for ask in (added, multiplied)]
noticed = False
try:
    with alone(torch.add, y, y) as ask:
        ask(end)
except EOFError:
    noticed = True
results = race([torch.add, product], torch.rand(2**16), torch.rand(2**16), rounds=1)
print(json.dumps([totals, processes, os.getpid(), counts, noticed, [time for time, _ in results]]))
"""


def test_each_candidate_has_a_process_of_its_own():
    """It keeps its function and tensors from one question to the next, and one that dies is noticed."""
    command = [sys.executable, "-c", ALONE]
    done = subprocess.run(command, cwd=TOOLS, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    totals, processes, parent, counts, noticed, times = json.loads(done.stdout)
    assert totals == [6, 4, 6]  # 3 + 0 + 3, and 2 * 1 + 0 + 2 * 1
    first, second, again = processes
    assert first == again
    assert len({first, second, parent}) == 3
    assert counts == [1, 1]
    assert noticed
    assert [time > 0 for time in times] == [True, True]


def test_the_floor_is_one_addition(monkeypatch):
    """It has no gradient to wait for, and every loss has."""
    monkeypatch.setattr(race, "alone", race.here)  # this process may have computed with several threads
    z, y = torch.randn(8, 8), torch.zeros(8, 8)
    results = race.race([torch.add, F.binary_cross_entropy_with_logits], z, y, rounds=1)
    assert [time > 0 for time, _ in results] == [True, True]

"""Functions of two tensors side by side: the time and the memory of one forward and backward pass of each.

On the CPU each candidate runs in a process of its own: what one leaves behind in the allocator, such as pages
that need not be mapped again, would otherwise speed up or slow down the next. The processes are forked, so
the one that starts them must not have computed with several threads yet.
"""

import gc
import math
import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

import torch
from torch import Tensor

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"

Candidate = Callable[[Tensor, Tensor], Tensor]
Question = Callable[[Candidate, Tensor, Tensor], float]
Ask = Callable[[Question], float]


def clock() -> float:
    """On a GPU the time once it is done; on the CPU the time this process got: others may share the cores."""
    if DEVICE == "cpu":
        return time.process_time()
    torch.cuda.synchronize()
    return time.perf_counter()


def seconds(function: Candidate, z: Tensor, y: Tensor) -> float:
    """One forward and backward; of ``torch.add``, the floor, one forward."""
    x = z.detach().requires_grad_(function is not torch.add)
    start = clock()
    value = function(x, y)
    if x.requires_grad:
        torch.autograd.backward(value)
    return clock() - start


def memory(what: str) -> int:
    """Bytes that this process holds (VmRSS) or held at most (VmHWM)."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(f"{what}:"))


def extra_memory(function: Candidate, z: Tensor, y: Tensor) -> float:
    """Peak memory of one forward and backward, in times the logits; NaN where the system does not tell."""
    seconds(function, z, y)
    gc.collect()
    if DEVICE == "cuda":
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        seconds(function, z, y)
        return (torch.cuda.max_memory_allocated() - before) / z.nbytes
    if not Path("/proc/self/clear_refs").exists():
        return math.nan
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    before = memory("VmRSS")
    seconds(function, z, y)
    return (memory("VmHWM") - before) / z.nbytes


@contextmanager
def here(function: Candidate, z: Tensor, y: Tensor) -> Iterator[Ask]:
    """A candidate in this process, ready to be asked: a GPU cannot be used on both sides of a fork."""
    yield lambda question: question(function, z, y)


@contextmanager
def alone(function: Candidate, z: Tensor, y: Tensor) -> Iterator[Ask]:
    """A candidate in a process of its own, which waits to be asked; what is asked must have a name."""
    fork = multiprocessing.get_context("fork")
    asks, answers = fork.Pipe()
    process = fork.Process(target=_answer, args=(answers, function, z, y), daemon=True)
    process.start()
    answers.close()  # so that a candidate which dies is noticed instead of waited for

    def ask(question: Question) -> float:
        asks.send(question)
        answer: float = asks.recv()
        return answer

    try:
        yield ask
    finally:
        with suppress(BrokenPipeError):  # of one that has died
            asks.send(None)
        process.join()


def _answer(asked: Connection, function: Candidate, z: Tensor, y: Tensor) -> None:
    """Answer each question with a number, until there is none."""
    torch.set_num_threads(1)  # the threads of the process before the fork are not here
    # As in any training some larger tensor has come and gone: the allocator then keeps up to 62 MiB.
    torch.ones(31 * 2**18)
    while (question := asked.recv()) is not None:
        asked.send(question(function, z, y))


def race(functions: list[Candidate], z: Tensor, y: Tensor, rounds: int) -> list[tuple[float, float]]:
    """Every candidate in turn, round after round: the fastest seconds of each, and its extra memory."""
    with ExitStack() as stack:
        start = here if DEVICE == "cuda" else alone
        candidates = [stack.enter_context(start(function, z, y)) for function in functions]
        best = [math.inf for _ in candidates]
        for _ in range(rounds + 1):  # the first round compiles
            best = [min(one, ask(seconds)) for one, ask in zip(best, candidates, strict=True)]
        return [(one, ask(extra_memory)) for one, ask in zip(best, candidates, strict=True)]

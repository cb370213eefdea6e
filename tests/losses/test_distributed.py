"""With ``group``, training on several processes is training on one with the whole batch."""

import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
import torch

WORKER = Path(__file__).with_name("distributed_worker.py")


def train(deals, folder):
    """Start the processes, on this machine only, and return what each of them got for each deal."""
    environment = os.environ | {"GLOO_SOCKET_IFNAME": "lo", "OMP_NUM_THREADS": "1"}
    ranks = range(len(deals[0]))
    sizes = [",".join(map(str, deal)) for deal in deals]
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", str(WORKER), str(rank), str(folder), *sizes],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in ranks
    ]
    try:
        complaints = [process.communicate(timeout=120)[1] for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0 for _ in ranks], "\n".join(complaints)
    return [torch.load(folder / f"{rank}.pt") for rank in ranks]


@pytest.fixture(scope="module")
def worker():
    """The worker as a module of this process."""
    spec = spec_from_file_location("distributed_worker", WORKER)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("deals", [[[3, 3], [5, 1]], [[2, 2, 2], [1, 2, 3]]], ids=["two", "three"])
def test_processes_agree_with_one(deals, worker, tmp_path):
    """Equal and unequal shards: every process has the loss and the gradients of one process, to 1e-12."""
    expected = worker.run(0, [6], None)
    for results in train(deals, tmp_path):
        for shard in results:
            assert shard.keys() == expected.keys()
            for name in expected:
                for ours, whole in zip(shard[name], expected[name], strict=True):
                    torch.testing.assert_close(
                        ours, whole, rtol=1e-12, atol=1e-12, msg=lambda text, name=name: f"{name}: {text}"
                    )


def test_without_a_group_the_processes_differ(worker):
    """The example can tell: the average over unequal shards is another loss, of Dice and of the mean."""
    whole = worker.run(0, [6], None)
    shards = [worker.run(rank, [5, 1], None) for rank in range(2)]
    for name in ("dice, plain", "iou, weighted", "bce, plain", "focal, weighted", "bce_dice, plain"):
        averaged = sum(shard[name][0] for shard in shards) / 2
        assert abs(averaged - whole[name][0]) > 1e-4, name

"""What share of a training step the loss is: measured, and recorded with its device, date and versions.

    .venv/bin/python tools/step_share.py            prints
    .venv/bin/python tools/step_share.py --write "2 shared x86-64 cores"   records, under that name

On a machine with a GPU that torch finds it measures there, by the GPU's own name. A record of another device
stays; one of the same is replaced. The page on numbers that break shows every record of
book/data/step_share.json, and a test says so.
"""

import argparse
import datetime
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import seglosses

RECORD = Path(__file__).parents[1] / "book/data/step_share.json"
LOSSES = ("dice_loss", "bce_loss", "bce_dice_loss", "focal_loss")


class UNet(nn.Module):
    """A plain U-Net: two convolutions at each of its scales, ``width`` channels at the first."""

    def __init__(self, width: int = 32, scales: int = 4) -> None:
        super().__init__()
        channels = [width * 2**k for k in range(scales)]
        pairs = zip([1, *channels], channels, strict=False)
        self.down = nn.ModuleList([_twice(a, b) for a, b in pairs])
        self.up = nn.ModuleList([_twice(a + 2 * a, a) for a in reversed(channels[:-1])])
        self.last = nn.Conv2d(width, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Images (N, 1, H, W) to logits of the same shape."""
        kept: list[Tensor] = []
        for block in self.down:
            x = block(F.max_pool2d(x, 2) if kept else x)
            kept.append(x)
        for block, beside in zip(self.up, reversed(kept[:-1]), strict=True):
            x = block(torch.cat([F.interpolate(x, scale_factor=2), beside], 1))
        logits: Tensor = self.last(x)
        return logits


def _twice(a: int, b: int) -> nn.Sequential:
    layers = [(nn.Conv2d(c, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU()) for c in (a, b)]
    return nn.Sequential(*(layer for three in layers for layer in three))


def seconds(act: Callable[[], Any], rounds: int) -> float:
    """The fastest of some rounds; on the CPU the time that the process got, on a GPU until it is done."""
    clock = time.perf_counter if torch.cuda.is_available() else time.process_time
    times = []
    for _ in range(rounds + 1):  # the first one warms up
        start = clock()
        act()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        times.append(clock() - start)
    return min(times[1:])


def with_gradient(loss: Callable[[], Tensor], z: Tensor) -> None:
    """A loss and its gradient, forward and backward."""
    torch.autograd.grad(loss(), z)


def measured(images: int, side: int, width: int, rounds: int) -> dict[str, Any]:
    """Seconds of a step without its loss, and of each loss with its gradient, on one batch."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(0)
    model = UNet(width).to(device)
    optimizer = torch.optim.Adam(model.parameters())
    x = torch.randn(images, 1, side, side, device=device)
    y = (torch.rand(x.shape, device=device) < 0.2).float()

    def step() -> None:
        """All of a step but the loss: its gradient is given."""
        optimizer.zero_grad()
        model(x).backward(y)
        optimizer.step()

    z = torch.randn(x.shape, device=device, requires_grad=True)
    rest = seconds(step, rounds)
    losses = {}
    for name in LOSSES:
        loss = partial(getattr(seglosses, name), z, y)
        losses[name] = seconds(partial(with_gradient, loss, z), 5 * rounds)
    parameters = sum(p.numel() for p in model.parameters())
    return {"images": images, "side": side, "parameters": parameters, "rest": rest, "losses": losses}


def main() -> None:
    """Measure, print the shares, and record them if a name is given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", metavar="MACHINE", help="record under this name; a GPU has its own")
    parser.add_argument("--images", type=int, default=4)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    torch.set_num_threads(1)
    found = measured(given.images, given.side, given.width, given.rounds)
    for name, time_of in found["losses"].items():
        print(f"{name:14} {1000 * time_of:8.2f} ms, {time_of / (found['rest'] + time_of):.2%} of a step")
    if given.write:
        gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
        versions = {"date": str(datetime.date.today()), "torch": torch.__version__}
        records = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
        records[gpu or given.write] = {**versions, "gpu": gpu is not None, **found}
        RECORD.write_text(json.dumps(records, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()

"""One process of a training group: runs every loss on its shard of a batch and saves what it got.

Called as ``python distributed_worker.py RANK FOLDER SIZES...``, where each SIZES deals six images out to the
processes: 2,1,3. A group of None and the size 6 make the one process that all others are compared with.
"""

import copy
import pickle
import sys
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.func import grad, jvp, vmap
from torch.nn.parallel import DistributedDataParallel

from seglosses import DiceLoss, bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss

CALLS: dict[str, Callable[..., Tensor]] = {
    "dice": dice_loss,
    "dice per channel": partial(dice_loss, smooth=0, dim=(0, 2, 3)),
    "iou": iou_loss,
    "bce": bce_loss,
    "bce sum": partial(bce_loss, reduction="sum"),
    "bce_dice": bce_dice_loss,
    "focal": focal_loss,
    "focal sum": partial(focal_loss, reduction="sum"),
}


def data() -> tuple[Tensor, Tensor, Tensor]:
    """Six images, their masks and weights, the same in every process; the first image has no foreground."""
    seeded = torch.Generator().manual_seed(0)
    images = torch.randn(6, 3, 8, 8, generator=seeded, dtype=torch.float64)
    masks = (torch.rand(6, 2, 8, 8, generator=seeded) < 0.3).double()
    masks[0] = 0
    return images, masks, torch.rand(6, 2, 8, 8, generator=seeded, dtype=torch.float64)


def run(rank: int, sizes: list[int], group: dist.ProcessGroup | None) -> dict[str, list[Tensor]]:
    """Loss and gradients of a small model, for every call, with and without weights."""
    images, masks, weights = (tensor.split(sizes)[rank] for tensor in data())
    results = {}
    for name, call in CALLS.items():
        for weight in (None, weights):
            torch.manual_seed(1)
            model: nn.Module = nn.Conv2d(3, 2, 3, padding=1).double()
            model = DistributedDataParallel(model) if group else model
            loss = call(model(images), masks, weight=weight, group=group)
            loss.sum().backward()
            gradients = [parameter.grad for parameter in model.parameters()]
            results[f"{name}, {'weighted' if weight is not None else 'plain'}"] = [loss.detach(), *gradients]
    results["module"] = [DiceLoss(group=group)(images.mean(1, keepdim=True), masks[:, :1]).detach()]
    return results | transformed(images.mean(1, keepdim=True), masks[:, :1], group)


def transformed(z: Tensor, y: Tensor, group: dist.ProcessGroup | None) -> dict[str, list[Tensor]]:
    """What copied and stored modules give, and what torch.func makes of them, the same in every process."""
    loss = DiceLoss(group=group)
    twins = [loss, copy.deepcopy(loss), pickle.loads(pickle.dumps(loss))]
    assert all(twin.group is group for twin in twins)
    ones = torch.ones_like(z)
    # torch.jit.script is deprecated, and torch calls it itself.
    warnings.filterwarnings("ignore", "`torch.jit.script` is deprecated", DeprecationWarning)
    moves = [jvp(lambda x, f=f: f(x, y), (z,), (ones,))[1] for f in twins]
    # Each process holds its own pixels: of a gradient the sum over them all can be compared.
    slope, bend = grad(lambda x: loss(x, y))(z).sum(), jvp(grad(lambda x: loss(x, y)), (z,), (ones,))[1].sum()
    if group is not None:
        for one in (slope, bend):
            dist.all_reduce(one, group=group)
            one /= dist.get_world_size()  # as DistributedDataParallel does
    many = vmap(lambda scale: loss(scale * z, y))(torch.tensor([1.0, 2.0, -1.0]))
    return {"torch.func": [twin(z, y).detach() for twin in twins] + [*moves, slope, bend, many]}


if __name__ == "__main__":
    rank, folder = int(sys.argv[1]), Path(sys.argv[2])
    deals = [[int(size) for size in sizes.split(",")] for sizes in sys.argv[3:]]
    dist.init_process_group("gloo", f"file://{folder}/meeting", rank=rank, world_size=len(deals[0]))
    torch.save([run(rank, sizes, dist.group.WORLD) for sizes in deals], folder / f"{rank}.pt")
    dist.destroy_process_group()

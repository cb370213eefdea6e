"""The same tensors through these losses and through those of other libraries.

In an environment of its own, from the root of the repository::

    python -m venv peers
    peers/bin/pip install -r tools/compare_peers.txt -e .
    peers/bin/python -W ignore tools/compare_peers.py --write "2 shared x86-64 cores"

``--write`` puts the tables into benchmarks.md, beside this file, under the kind of machine you name; without
it they are printed. Times are ratios of the fastest of several interleaved rounds, so a busy machine slows
all candidates alike; on the CPU only the time counts that the process got. One thread, or a GPU where torch
finds one. (``-W ignore``: the peers warn of each other.) What is compared stands in peers.py, how in race.py.
"""

import argparse
import datetime
import math
import re
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import torch
from peers import LIBRARIES, OURS, Loss, as_they_come, focal_alike, same_convention
from race import DEVICE, race
from torch import Tensor

from seglosses.walkthrough.source import source_dice_loss

# --- agreement --------------------------------------------------------------------------------------------


def batch(images: int, side: int = 512, foreground: float = 0.2) -> tuple[Tensor, Tensor]:
    """Seeded logits and a 0/1 mask of shape (images, 1, side, side)."""
    seeded = torch.Generator().manual_seed(0)
    z = 3 * torch.randn(images, 1, side, side, generator=seeded)
    y = (torch.rand(z.shape, generator=seeded) < foreground).float()
    return z.to(DEVICE), y.to(DEVICE)


def agreement() -> list[str]:
    """What each library says of the same batch, as it comes and set to one convention."""
    z, y = (tensor.double() for tensor in batch(4, 64))
    lines = ["| loss | library | as it comes | set alike | off by |", "|---|---|---|---|---|"]
    for loss, alike in same_convention().items():
        for name, function in alike.items():
            default = as_they_come()[loss][name](z, y)
            value, ours = function(z, y), alike[OURS](z, y)
            shown = f"{default.item():.6f}" if default.ndim == 0 else f"no mean: {tuple(default.shape)}"
            lines.append(
                f"| {loss} | {name} | {shown} | {value.item():.6f} | {abs(value - ours).item():.1e} |"
            )
    return lines


# --- breakage ---------------------------------------------------------------------------------------------


def slope(function: Loss, z: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Value and gradient."""
    x = z.clone().requires_grad_()
    value = function(x, y).mean()
    (gradient,) = torch.autograd.grad(value, x)
    return value.detach(), gradient


def judge_close(function: Loss, z: Tensor, y: Tensor, double: Loss, bound: float) -> str:
    """Value against the same function in float64."""
    value, gradient = slope(function, z, y)
    expected, _ = slope(double, z.double(), y.double())
    if not (value.isfinite() and gradient.isfinite().all()):
        return "not finite"
    if gradient.abs().max() == 0:
        return "no gradient"
    error = abs(value.double() - expected).item()
    return "ok" if error <= bound else f"off by {error:.0e}"


def half(function: Loss, mask: torch.dtype) -> str:
    """Half precision against the same function on the same numbers in float64."""
    z, y = batch(1, 512, 0.3)
    return judge_close(function, z.half(), y.to(mask), function, 1e-3)


def refuses(function: Loss, z: Tensor, y: Tensor) -> str:
    """Whether a call that cannot be meant raises."""
    try:
        return f"accepts: {function(z, y).mean().item():.3g}"
    except Exception:
        return "ok"


def empty_against_empty(function: Loss) -> str:
    """No foreground and none predicted, with logits of -1000."""
    z = torch.full((1, 1, 8, 8), -1e3, device=DEVICE)
    value, gradient = slope(function, z, torch.zeros_like(z))
    good = value.abs() <= 1e-6 and gradient.isfinite().all()
    return "ok" if good else f"loss {value.item():.3g}"


def rare_foreground(function: Loss) -> str:
    """The background gradient in float32 beside 20 pixels of foreground, against float64."""
    z, y = batch(8)
    y = torch.zeros_like(y)
    y.view(-1)[:: y.numel() // 20] = 1
    exact = slope(source_dice_loss, z.double(), y.double())[1]
    own = slope(function, z.double(), y.double())[1]
    found = slope(function, z, y)[1].double()
    background = y == 0
    worst = ((found - own).abs() / own.abs().clamp(min=exact[background].abs().max() * 1e-3))[
        background
    ].max()
    return "ok" if worst < 1e-2 else f"background gradient off by {worst.item():.0%}"


def whole_number_mask(function: Loss) -> str:
    """A mask of int64 zeros and ones."""
    z, y = batch(2, 16)
    return "ok" if torch.allclose(function(z, y.long()).mean(), function(z, y).mean()) else "another value"


def any_layout(function: Loss) -> str:
    """Logits that are not contiguous."""
    z, y = batch(2, 16)
    strided = z.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).transpose(2, 3)
    return (
        "ok" if torch.allclose(function(strided, y), function(strided.contiguous(), y)) else "another value"
    )


def nan_stays(function: Loss) -> str:
    """One NaN among the logits."""
    z, y = batch(1, 8)
    z[0, 0, 0, 0] = math.nan
    value = function(z, y).mean()
    return "ok" if value.isnan() else f"loss {value.item():.3g}"


def confident_mistake(function: Loss) -> str:
    """The gradient of one background pixel at logit 1e4 is 1."""
    z = torch.tensor([[[[1e4]]]], device=DEVICE)
    pull = slope(function, z, torch.zeros_like(z))[1].item()
    return "ok" if abs(pull - 1) < 1e-5 else f"gradient {pull:.3g} for 1"


def nearly_right(function: Loss) -> str:
    """A prediction that is the mask at logits of 10 and -10, against float64."""
    _, y = batch(1, 64)
    z = 10 * (2 * y - 1)
    value, exact = function(z, y).mean().item(), function(z.double(), y.double()).mean().item()
    return "ok" if abs(value - exact) <= 1e-4 * exact else f"off by {abs(value / exact - 1):.0e} of itself"


def breakage() -> list[str]:
    """Each trap, run on each library: ok, or what happens."""
    table = same_convention()
    z, y = batch(2, 16)
    sure = torch.tensor([[[[30.0, -30.0]]]], device=DEVICE)
    traps: list[tuple[str, dict[str, Loss], Callable[[Loss], str]]] = [
        ("Dice: fp16 logits and mask", table["dice"], lambda f: half(f, torch.float16)),
        ("Dice: fp16 logits, float32 mask", table["dice"], lambda f: half(f, torch.float32)),
        ("Dice: 20 of 2 million pixels, float32", table["dice"], rare_foreground),
        ("Dice, defaults: empty against empty is 0", as_they_come()["dice"], empty_against_empty),
        ("Dice: a 0/255 mask is refused", table["dice"], lambda f: refuses(f, z, 255 * y)),
        ("Dice: (N, H, W) for (N, 1, H, W) is refused", table["dice"], lambda f: refuses(f, z, y[:, 0])),
        ("Dice: whole-number mask", table["dice"], whole_number_mask),
        ("Dice: any memory layout", table["dice"], any_layout),
        ("Dice: a NaN logit gives NaN", table["dice"], nan_stays),
        ("BCE: a mistake at logit 1e4", table["bce"], confident_mistake),
        ("BCE: whole-number mask", table["bce"], whole_number_mask),
        ("BCE: nearly right everywhere, float32", table["bce"], nearly_right),
        (
            "focal, gamma 0.5: gradient at logit 30",
            focal_alike(gamma=0.5),
            lambda f: judge_close(f, sure, sure.gt(0).float(), f, 1),
        ),
        ("focal: fp16 logits and mask", table["focal"], lambda f: half(f, torch.float16)),
    ]
    lines = ["| | " + " | ".join(LIBRARIES) + " |", "|---" * (len(LIBRARIES) + 1) + "|"]
    for title, functions, judge in traps:
        cells = []
        for library in LIBRARIES:
            try:
                cells.append(judge(functions[library]) if library in functions else "")
            except Exception as error:
                cells.append(f"raises {type(error).__name__}")
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return lines


# --- speed and memory -------------------------------------------------------------------------------------


def speed(images: int, rounds: int, *, compiled: bool) -> list[str]:
    """The fastest round of each candidate as ratios, plain and, where asked for, compiled."""
    z, y = batch(images)
    size = f"({images}, 1, 512, 512), {z.nbytes / 2**20:.0f} MiB of logits"
    lines = [f"| {size} | plain | compiled | times the floor | | extra memory | |", "|---" * 7 + "|"]
    for loss, plain in same_convention().items():
        plain.pop("kornia", None) if loss == "dice" else None  # two channels: twice the work
        functions: list[Loss] = [torch.add, *plain.values()]
        functions += [torch.compile(function) for function in plain.values()] if compiled else []
        (floor, _), *results = race(functions, z, y, rounds)
        own = results[: len(plain)]
        of_compiled = results[len(plain) :] if compiled else [None] * len(plain)
        fastest = min(time for name, (time, _) in zip(plain, own, strict=True) if name != OURS)
        for name, alone, compiled_one in zip(plain, own, of_compiled, strict=True):
            both = (alone, compiled_one)
            times = [f"{one[0] / fastest:.2f}" if one else "" for one in both]
            floors = [f"{one[0] / floor:.1f}" if one else "" for one in both]
            memories = [f"{max(0, one[1]):.1f}" if one else "" for one in both]
            mark = " (fastest peer)" if alone[0] == fastest else ""
            lines.append(f"| {loss}: {name}{mark} | " + " | ".join(times + floors + memories) + " |")
    return lines


def main() -> None:
    """Print the tables, or write them into benchmarks.md."""
    parser = argparse.ArgumentParser(description="Compare the losses with those of other libraries.")
    parser.add_argument("--write", metavar="MACHINE", help="write benchmarks.md, naming this kind of machine")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    kind = arguments.write or "this machine"
    where = "the GPU" if DEVICE == "cuda" else "one CPU thread"
    packages = re.findall(r"^([\w-]+)==", Path(__file__).with_suffix(".txt").read_text(), re.M)
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    text = INTRODUCTION.format(date=datetime.date.today(), kind=kind, where=where, versions=versions)
    text += "\n## Agreement\n\n" + AGREEMENT + "\n".join(agreement()) + "\n"
    text += "\n## Breakage\n\n" + BREAKAGE + "\n".join(breakage()) + "\n"
    tables = (speed(images, rounds, compiled=images == 64) for images, rounds in ROUNDS.items())
    text += "\n## Speed and memory\n\n" + SPEED + "\n\n".join("\n".join(lines) for lines in tables) + "\n"
    if DEVICE == "cpu":
        text += "\nGPU: left out, no GPU could be had.\n"
    if arguments.write:
        Path(__file__).with_name("benchmarks.md").write_text(text, "utf-8")
    else:
        print(text)


ROUNDS = {2: 40, 8: 15, 16: 10, 64: 5}  # MiB of logits, and how many rounds

INTRODUCTION = """# The losses beside their peers

Written by `tools/compare_peers.py` on {date}, on {kind}, {where}. The first lines of that
file say how to run it on your own machine. "source" is the code of the text that this book grew from. Peers:
{versions}.
"""

AGREEMENT = """The same float64 batch of shape (4, 1, 64, 64). "As it comes" is the library with its defaults,
told only that it gets the logits of one class: the conventions differ, so the numbers do. "Set alike" is one
formula where the library's settings allow: one region for the batch, smooth 1, alpha 0.25, a mean. kornia's
Dice is one over both classes and cannot be set to one.

"""

BREAKAGE = """Each row is a trap. An empty cell: the library has no such loss. Where every pixel is nearly
right, cross entropy is taken as torch takes it, which is faster than any exact form tried, and shares its
float32 rounding: 3e-7 on a loss of 4.5e-5.

"""

SPEED = """Forward and backward in float32, all candidates in turn, each in a process of its own, the fastest
round of each, in processor time: in times the fastest plain peer, and in times the floor, which is `z + y`
into fresh memory. Extra memory is the peak of one call in times the logits, gradient included; up to 16 MiB
the allocator reuses what it kept, so there it may read 0. Of each pair of columns the first is plain, the
second compiled, which is measured at the largest size.

"""

if __name__ == "__main__":
    main()

"""The checks of the chapter on numbers that break."""

from collections.abc import Callable
from fractions import Fraction
from math import isqrt

import torch
from torch import Tensor

from seglosses.exercises._check import NotYet, called, check, described, no_slip, tensor
from seglosses.exercises._described import Letter, Number


@described("numerics-count", "How far float16 counts", level=1, minutes=2)
def square_that_overflows(images: int = 1) -> Number:
    """Check the smallest side of a square, all foreground, whose pixels float16 cannot count.

    Of several images, all squares of one side, the pixels are counted together.
    """
    # 255^2 = 65025 is rounded to 65024; 256^2 = 65536 is above 65504
    first = 65520  # is rounded up to 65536, which float16 does not have
    side, twice = (isqrt((first - 1) // count) + 1 for count in (images, 2 * images))
    last = images * (side - 1) ** 2
    alone = {256: "This is for one image. Here their pixels are counted together."} if images > 1 else {}
    return Number(
        side,
        "65,536 pixels are more than 65,504, the largest number of float16.",
        {
            twice: f"At {twice} twice the count overflows, as in Dice. Here nothing is doubled.",
            side - 1: f"{last:,} pixels are below 65,504; "
            f"float16 counts them as {int(torch.tensor(last).half()):,}.",
            65504: "This is how far float16 counts. The question asks for the side of the square.",
            side + 1: "One row and column less is enough.",
            2048: "From 2,048 on float16 skips numbers, but it goes on to 65,504. And this is a side.",
            **alone,
        },
        hint="Compare the side times itself with 65,504.",
    )


@described("numerics-shows", "What bfloat16 rounds away", level=2, minutes=4)
def first_dice_that_shows() -> Number:
    """Check up to which Dice coefficient a loss kept in bfloat16 is rounded to 1: half of 1/256."""
    return Number(
        Fraction(1, 512),
        "Half the gap below 1: what is nearer to 1 than to the next number becomes 1.",
        {
            Fraction(1, 256): "This is the gap below 1. Rounding goes to the nearer end of it.",
            Fraction(1, 128): "This is the gap above 1. Below 1 the numbers lie twice as close.",
            Fraction(1, 4096): "This is float16, with a gap of 1/2048 below 1. Take bfloat16.",
            Fraction(511, 512): "This is the loss. The question asks for the coefficient, one minus it.",
            Fraction(1, 1024): "A quarter of the gap. Rounding goes to the nearer end.",
        },
        hint="The gap below 1 is 1/256 in bfloat16. What is rounded to its upper end?",
        within=0.0001,
    )


@check(
    "numerics-doubt",
    "A small number with all its digits, as code",
    level=3,
    minutes=6,
    hint="1 - p_t is a sigmoid by itself. Of which number?",
)
def doubt_without_cancelling(answer: Callable[[Tensor, Tensor], Tensor]) -> str:
    """Check a function of z and y that returns 1 - p_t with all its digits, in float32."""
    sizes = torch.tensor([0.5, 3.0, 10.0, 20.0, 60.0])
    z, y = torch.cat([sizes, -sizes]).repeat(2), torch.cat([torch.zeros(10), torch.ones(10)])
    doubt = tensor(called(answer, "z and y", z, y), z.shape, "one number for each pixel").double()

    right, easy = torch.sigmoid(torch.where(y == 1, -z, z).double()), z.abs() < 4
    slips = {
        "This is p_t itself. The doubt is one minus it.": 1 - right,
        "This is 1 - p, whatever y is. On the background p_t is 1 - p.": torch.sigmoid(-z.double()),
        "This is p, whatever y is. On the foreground 1 - p_t is 1 - p.": torch.sigmoid(z.double()),
        "This is BCE, -ln p_t. It is close to 1 - p_t only where the pixel is right.": -torch.log(1 - right),
    }
    if torch.allclose(doubt, right, rtol=1e-4, atol=0):
        return "All digits, at 60 as at 0.5: nothing is subtracted from its neighbour."
    no_slip(doubt[easy], {reason: values[easy] for reason, values in slips.items()}, rtol=1e-4, atol=0)
    wrong = ~torch.isclose(doubt, right, rtol=1e-4, atol=0)
    at = int(wrong.nonzero()[z[wrong].abs().argmin()])
    came = f"At z = {z[at]:g}, y = {y[at]:g} it is {doubt[at]:.4g} instead of {right[at]:.4g}"
    if (wrong & easy).any():
        raise NotYet(f"{came}: wrong even where nothing can break.")
    raise NotYet(f"{came}: two numbers that are nearly equal have been subtracted, and the digits are gone.")


@described("numerics-call", "One loss on two GPUs", level=2, minutes=3)
def loss_on_two_gpus() -> Letter:
    """Check which of four calls gives two processes the Dice loss of the whole batch, and its gradient."""
    return Letter(
        "c",
        "The three sums travel, before the division; the gradient comes back through them.",
        {
            "a": "Each process has the Dice of its own images, and their mean is another number.",
            "b": "This adds finished quotients. The sum of two quotients is not that of the whole batch, "
            "and a bare all_reduce passes no gradient on.",
            "d": "With dim=(1, 2, 3) every image is a region of its own, so there is nothing to share: "
            "the function refuses it.",
        },
        hint="What may be added up over the processes, sums or quotients? And how many regions are there?",
    )

"""Training: the same run every time, and a loss that falls."""

import math
import os
import subprocess
import sys

import pytest
import torch

from seglosses import bce_loss, dice_loss
from seglosses.training.examples import Examples, lungs, nodules
from seglosses.training.loop import LOSSES, Run, predict, train, train_each

EIGHT = lungs(8)


def short_run(steps: int = 12, seed: int = 0, prior: float = 0.5) -> Run:
    """A few steps on eight patients."""
    return train(bce_loss, EIGHT, EIGHT, steps, seed, prior=prior, batch_size=4, watched=3, every=5)


def test_a_run_is_repeated_to_the_last_bit() -> None:
    """Same arguments, same losses and predictions, whatever was drawn before; not with another seed."""
    one = short_run()
    torch.rand(7)
    two, other = short_run(), short_run(seed=1)
    assert torch.equal(one.losses, two.losses)
    assert torch.equal(one.frames, two.frames)
    assert torch.equal(one.probabilities, two.probabilities)
    assert not torch.equal(one.losses, other.losses)


ELSEWHERE = """
import torch
from seglosses import dice_loss
from seglosses.training.examples import nodules
from seglosses.training.loop import train

print(torch.backends.cpu.get_cpu_capability())
examples = nodules(8)
print(*train(dice_loss, examples, examples, 60, batch_size=4).losses.tolist())
"""


def test_a_run_is_the_same_on_another_processor() -> None:
    """Torch's plainest code adds up in another order than this processor's best; no shown digit may tell."""
    examples = nodules(8)
    here = train(dice_loss, examples, examples, 60, batch_size=4).losses
    plain = {"ATEN_CPU_CAPABILITY": "default", "MKL_CBWR": "COMPATIBLE"}
    code = [sys.executable, "-c", ELSEWHERE]
    done = subprocess.run(code, env=os.environ | plain, capture_output=True, text=True, check=True)
    capability, losses = done.stdout.splitlines()
    assert capability in ("DEFAULT", "NO AVX")
    there = torch.tensor([float(loss) for loss in losses.split()])
    torch.testing.assert_close(there, here, rtol=0, atol=1e-7)


def test_a_run_leaves_the_callers_settings_alone() -> None:
    """Threads and random numbers are afterwards what they were."""
    threads = torch.get_num_threads()
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    short_run()
    assert torch.equal(torch.rand(4), expected)
    assert torch.get_num_threads() == threads


def test_what_a_run_records() -> None:
    """One loss a step; the watched images before, after every fifth step; the frames are 255 p."""
    run = short_run()
    assert run.losses.shape == (12,)
    assert run.steps == [0, 5, 10]
    assert run.frames.shape == (3, 3, 48, 48)
    assert run.frames.dtype == torch.uint8
    assert run.frames[0].unique().tolist() == [128]  # 127.5 rounds to the even number
    assert run.probabilities.shape == EIGHT.masks.shape
    assert torch.equal(run.probabilities, predict(run.model, EIGHT.images))
    last = short_run(steps=10)
    assert torch.equal(last.frames[-1], (255 * last.probabilities[:3, 0]).round().byte())


def test_a_checkpoint_is_what_a_shorter_run_ends_with() -> None:
    """All of the validation images, after the steps that were asked for."""
    run = train(bce_loss, EIGHT, EIGHT, 6, batch_size=4, checkpoints=(4, 6))
    shorter = train(bce_loss, EIGHT, EIGHT, 4, batch_size=4)
    assert list(run.checkpoints) == [4, 6]
    assert torch.equal(run.checkpoints[4], shorter.probabilities)
    assert torch.equal(run.checkpoints[6], run.probabilities)
    assert shorter.checkpoints == {}


def test_an_order_says_what_is_learned_when() -> None:
    """The first loss is that of the first row's images; another order is another run from one start."""
    order = torch.tensor([[0, 1, 2, 3], [4, 5, 6, 7], [1, 3, 5, 7]])
    run = train(dice_loss, EIGHT, EIGHT, 3, batch_size=4, order=order)
    again = train(dice_loss, EIGHT, EIGHT, 3, batch_size=4, order=order)
    other = train(dice_loss, EIGHT, EIGHT, 3, batch_size=4, order=order.flip(0))
    assert torch.equal(run.losses, again.losses)
    for losses, first in ((run.losses, order[0]), (other.losses, order[2])):
        masks = EIGHT.masks[first]
        assert losses[0].item() == pytest.approx(dice_loss(0 * masks, masks).item(), abs=1e-6)
    assert not torch.equal(run.probabilities, other.probabilities)


def test_a_bad_order() -> None:
    """An order of another shape, or of images that there are not, is refused."""
    for order, message in (
        (torch.zeros(2, 4), r"order must hold whole numbers from 0 to 7; got torch.float32"),
        (torch.full((2, 4), 8), r"order must hold whole numbers from 0 to 7; got .* from 8 to 8"),
        (
            torch.zeros(4, 2).long(),
            r"order must have the shape \(steps, batch_size\), \(2, 4\); got ",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            train(bce_loss, EIGHT, EIGHT, 2, batch_size=4, order=order)


def test_the_first_loss_is_that_of_the_prior() -> None:
    """Before it has learned, BCE is ln 2 for a prior of 0.5, else the cross entropy of the prior."""
    assert short_run(steps=1).losses.item() == pytest.approx(math.log(2), abs=1e-6)
    every_image = train(bce_loss, EIGHT, EIGHT, 1, prior=0.01, batch_size=8)
    share = EIGHT.masks.mean().item()
    expected = -share * math.log(0.01) - (1 - share) * math.log(0.99)
    assert every_image.losses.item() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_falls(name: str) -> None:
    """With each of the losses, 25 steps on lungs take a third off, or more."""
    losses = train(LOSSES[name], EIGHT, EIGHT, 25, batch_size=4, every=25).losses
    assert losses[-5:].mean() < 0.67 * losses[:5].mean()


def test_each_loss_meets_the_same_seeds() -> None:
    """One run for each loss and seed, each of them what ``train`` gives for it alone."""
    losses = {"first": bce_loss, "second": dice_loss}
    runs = train_each(losses, EIGHT, EIGHT, 2, seeds=(0, 5), prior=0.1)
    assert {name: len(of) for name, of in runs.items()} == {"first": 2, "second": 2}
    alone = train(dice_loss, EIGHT, EIGHT, 2, 5, prior=0.1)
    assert torch.equal(runs["second"][1].probabilities, alone.probabilities)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": 0}, "steps must be a whole number from 1; got 0"),
        ({"batch_size": 9}, "batch_size must be a whole number from 1 to 8; got 9"),
        ({"watched": 0}, "watched must be a whole number from 1 to 8; got 0"),
        ({"checkpoints": (2,)}, "checkpoints must be a whole number from 1 to 1; got 2"),
        ({"every": 0}, "every must be a whole number from 1; got 0"),
        ({"learning_rate": 0.0}, r"learning_rate must be a number above 0; got 0\.0"),
        ({"prior": 1.0}, r"prior must be a probability above 0 and below 1; got 1\.0"),
    ],
)
def test_bad_numbers(arguments: dict[str, float], message: str) -> None:
    """An error names the argument, what came and what is expected."""
    with pytest.raises(ValueError, match=message):
        train(bce_loss, EIGHT, EIGHT, **{"steps": 1, **arguments})  # type: ignore[arg-type]


def test_bad_examples() -> None:
    """Examples of two shapes, of a shape that cannot be halved three times, or without the channel."""
    images, masks = EIGHT
    with pytest.raises(ValueError, match=r"training must be images and masks of one shape; got .* Hint: "):
        train(bce_loss, Examples(images, masks[:4]), EIGHT)
    for strange in (images[..., :42], images[:, 0], images.expand(-1, 3, -1, -1)):
        with pytest.raises(ValueError, match=r"validation must have the shape \(N, 1, H, W\), H and W"):
            train(bce_loss, EIGHT, Examples(strange, strange))

"""Training: the same run every time, a loss that falls, and scores that a pencil can check."""

import math
import os
import subprocess
import sys

import pytest
import torch
from torch import Tensor

from seglosses import bce_loss, dice_loss
from seglosses.training import (
    LOSSES,
    Examples,
    Run,
    TinyUNet,
    calibration_error,
    dice_score,
    lungs,
    nodules,
    observed,
    predict,
    recall,
    shares_of_observers,
    train,
    train_each,
)

EIGHT = lungs(8)


def short_run(steps: int = 12, seed: int = 0, prior: float = 0.5) -> Run:
    """A few steps on eight patients."""
    return train(bce_loss, EIGHT, EIGHT, steps, seed, prior=prior, batch_size=4, watched=3, every=5)


def image(*rows: list[float]) -> Tensor:
    """One small image as a batch."""
    return torch.tensor(rows)[None, None]


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
from seglosses.training import nodules, train

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


def test_the_first_loss_is_that_of_the_prior() -> None:
    """Before it has learned, BCE is ln 2 for a prior of 0.5, else the cross-entropy of the prior."""
    assert short_run(steps=1).losses.item() == pytest.approx(math.log(2), abs=1e-6)
    every_image = train(bce_loss, EIGHT, EIGHT, 1, prior=0.01, batch_size=8)
    share = EIGHT.masks.mean().item()
    expected = -share * math.log(0.01) - (1 - share) * math.log(0.99)
    assert every_image.losses.item() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("prior", [0.01, 0.5, 0.9])
def test_the_prior_is_the_first_probability_of_every_pixel(prior: float) -> None:
    """A new model predicts the prior, in whatever image."""
    probabilities = predict(TinyUNet(prior), torch.rand(2, 1, 16, 24))
    expected = torch.full((2, 1, 16, 24), prior, dtype=torch.float64)
    torch.testing.assert_close(probabilities, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_falls(name: str) -> None:
    """With each of the losses, 25 steps on lungs take a third off, or more."""
    losses = train(LOSSES[name], EIGHT, EIGHT, 25, batch_size=4, every=25).losses
    assert losses[-5:].mean() < 0.67 * losses[:5].mean()


def test_a_model_sees_one_image_at_a_time() -> None:
    """What a model predicts for an image does not depend on the other images of the batch."""
    run = short_run()
    alone = predict(run.model, EIGHT.images[2:3])
    torch.testing.assert_close(alone, run.probabilities[2:3], rtol=0, atol=1e-5)


def test_examples() -> None:
    """Lungs are a fifth of the image, nodules a hundredth; all of it float32 of shape (N, 1, H, W)."""
    for examples, share in ((lungs(4, 100, 32), 0.2), (nodules(4, 100, 32), 0.01)):
        assert examples.images.shape == examples.masks.shape == (4, 1, 32, 32)
        assert examples.images.dtype == examples.masks.dtype == torch.float32
        assert examples.masks.unique().tolist() == [0, 1]
        assert examples.masks.mean().item() == pytest.approx(share, rel=0.2)


def test_dice_by_hand() -> None:
    """Two right, one too many, one missed: 2 * 2 / (3 + 3); two empty masks agree; 0.5 is not above 0.5."""
    p = torch.cat([image([0.9, 0.6], [0.7, 0.2]), image([0.1, 0.1], [0.5, 0.1])])
    y = torch.cat([image([1.0, 1.0], [0.0, 1.0]), image([0.0, 0.0], [0.0, 0.0])])
    torch.testing.assert_close(dice_score(p, y), torch.tensor([4 / 6, 1.0]))
    torch.testing.assert_close(dice_score(p, y, threshold=0.1), torch.tensor([6 / 7, 0.0]))


def test_recall_by_hand() -> None:
    """Two of three are found; with nothing to find there is no answer."""
    p = torch.cat([image([0.9, 0.6], [0.7, 0.2]), image([0.9, 0.1], [0.1, 0.1])])
    y = torch.cat([image([1.0, 1.0], [0.0, 1.0]), image([0.0, 0.0], [0.0, 0.0])])
    torch.testing.assert_close(recall(p, y), torch.tensor([2 / 3, math.nan]), equal_nan=True)


def test_calibration_by_hand() -> None:
    """Two bins: (.2, .4) come true 0 times of 2, (.6, 1.) once: (2 * .3 + 2 * .3) / 4."""
    p, y = torch.tensor([0.2, 0.4, 0.6, 1.0]), torch.tensor([0.0, 0.0, 0.0, 1.0])
    assert calibration_error(p, y, bins=2) == pytest.approx(0.3, abs=1e-7)
    assert calibration_error(y, y) == 0
    assert calibration_error(1 - y, y) == 1


def test_a_calibrated_forecast_has_no_error() -> None:
    """Seven of ten pixels that are given 0.7 come true."""
    p, y = torch.full((10,), 0.7), torch.tensor([1.0] * 7 + [0.0] * 3)
    assert calibration_error(p, y) == pytest.approx(0, abs=1e-7)


def test_each_loss_meets_the_same_seeds() -> None:
    """One run for each loss and seed, each of them what ``train`` gives for it alone."""
    losses = {"first": bce_loss, "second": dice_loss}
    runs = train_each(losses, EIGHT, EIGHT, 2, seeds=(0, 5), prior=0.1)
    assert {name: len(of) for name, of in runs.items()} == {"first": 2, "second": 2}
    alone = train(dice_loss, EIGHT, EIGHT, 2, 5, prior=0.1)
    assert torch.equal(runs["second"][1].probabilities, alone.probabilities)


def test_observers_share_the_blurred_mask() -> None:
    """Over a thousand observers of one straight border, each pixel is painted as often as its share says."""
    mask = torch.zeros(1, 1, 8, 16)
    mask[..., 8:] = 1
    shares = shares_of_observers(mask)
    both_sides = shares[..., 7] + shares[..., 8]
    torch.testing.assert_close(both_sides, torch.ones(1, 1, 8).double())  # as far inside as outside
    assert shares[0, 0, 0].diff().min() >= 0
    masks = observed(shares.expand(1000, -1, -1, -1))
    assert masks.unique().tolist() == [0, 1]
    assert (masks.mean(0) - shares[0]).abs().max() < 0.05  # three standard deviations of a share of a half


def test_observers_are_seeded() -> None:
    """The same seed is the same observers, and shares of 0 and 1 leave them no choice."""
    shares = shares_of_observers(EIGHT.masks)
    assert torch.equal(observed(shares, seed=1), observed(shares, seed=1))
    assert not torch.equal(observed(shares, seed=1), observed(shares, seed=2))
    assert torch.equal(observed(EIGHT.masks), EIGHT.masks)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": 0}, "steps must be a whole number from 1; got 0"),
        ({"batch_size": 9}, "batch_size must be a whole number from 1 to 8; got 9"),
        ({"watched": 0}, "watched must be a whole number from 1 to 8; got 0"),
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


def test_bad_scores() -> None:
    """Scores of two shapes, of no pixel, or in no bin are refused; so is a blur of no width."""
    p = torch.rand(2, 1, 4, 4)
    for score in (dice_score, recall):
        with pytest.raises(ValueError, match=r"masks must have the shape of probabilities, .*; got .* Hint"):
            score(p, p[:1])
    for of, truth in ((p, p[:1]), (p[:0], p[:0])):
        with pytest.raises(
            ValueError, match=r"probabilities and truth must have one shape, not empty; got .* Hint: "
        ):
            calibration_error(of, truth)
    with pytest.raises(ValueError, match="bins must be a whole number from 1; got 0"):
        calibration_error(p, p, bins=0)
    with pytest.raises(ValueError, match="spread must be a number of pixels above 0; got 0"):
        shares_of_observers(p, spread=0)

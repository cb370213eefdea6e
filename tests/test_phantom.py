"""The phantom: the same patient every time, with lungs where lungs are and nodules inside them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from seglosses.phantom import Mask, Phantom, dataset, phantom


def neighbours(mask: Mask) -> Mask:
    """The mask and the pixels above, below and beside it."""
    padded = np.pad(mask, 1)
    return mask | padded[2:, 1:-1] | padded[:-2, 1:-1] | padded[1:-1, 2:] | padded[1:-1, :-2]


def pieces(mask: Mask) -> list[Mask]:
    """The connected parts of a mask, from the top down."""
    found, rest = [], mask.copy()
    while rest.any():
        part = np.zeros_like(mask)
        part.flat[np.flatnonzero(rest)[0]] = True
        while (grown := neighbours(part) & mask).sum() > part.sum():
            part = grown
        found.append(part)
        rest &= ~part
    return found


def right_and_left(mask: Mask) -> list[Mask]:
    """The two lungs, the patient's right one, on the left of the film, first."""
    lungs = sorted(pieces(mask), key=lambda lung: np.nonzero(lung)[1].mean())
    assert len(lungs) == 2
    return lungs


def lowest_row(masks: Mask) -> NDArray[np.intp]:
    """The row in which each of the masks ends."""
    return np.array([np.nonzero(mask)[0].max() for mask in masks])


@pytest.fixture(scope="module")
def patients() -> Phantom:
    """Two hundred patients with one nodule each."""
    return dataset(200, 48, nodules=1)


def test_a_seed_is_a_patient() -> None:
    """The same seed draws the same film to the last bit, another seed another one."""
    first, again, other = phantom(7, nodules=1), phantom(7, nodules=1), phantom(8, nodules=1)
    for a, b, c in zip(first, again, other, strict=True):
        assert a.tobytes() == b.tobytes()
        assert a.tobytes() != c.tobytes()


def test_the_arrays_are_what_the_docstring_says() -> None:
    """A film is float32 in [0, 1], the masks are boolean, and all three have the size asked for."""
    for size in (16, 48, 101):
        image, lung, nodule = phantom(3, size, nodules=2)
        assert image.shape == lung.shape == nodule.shape == (size, size)
        assert (image.dtype, lung.dtype, nodule.dtype) == (np.float32, np.bool_, np.bool_)
        assert image.min() >= 0
        assert image.max() <= 1


def test_a_dataset_stacks_its_patients() -> None:
    """Patient i of a dataset is the phantom with the seed ``first_seed + i``."""
    stack = dataset(3, 32, first_seed=5, nodules=1, noise=0.1)
    for i in range(3):
        for many, one in zip(stack, phantom(5 + i, 32, nodules=1, noise=0.1), strict=True):
            assert many.shape == (3, 1, 32, 32)
            assert np.array_equal(many[i, 0], one)


@pytest.mark.parametrize("seed", range(5))
def test_the_patient_is_the_same_at_every_size(seed: int) -> None:
    """The means of 2 x 2 pixels of the large film are the small film; the masks differ at their rims only."""
    small, large = phantom(seed, 64, nodules=2, noise=0), phantom(seed, 128, nodules=2, noise=0)
    image, lung, nodule = (part.reshape(64, 2, 64, 2).mean(axis=(1, 3)) for part in large)
    assert np.corrcoef(image.flat, small.image.flat)[0, 1] > 0.99
    for shares, mask in ((lung, small.lung), (nodule, small.nodule)):
        assert ((shares >= 0.5) & mask).sum() > 0.9 * mask.sum()
        assert neighbours(mask)[shares == 1].all()
        assert not mask[~neighbours(shares > 0)].any()


def test_a_nodule_changes_nothing_else() -> None:
    """With and without nodules it is the same patient: the films differ at the nodule only."""
    ill, well = phantom(4, noise=0, nodules=1), phantom(4, noise=0)
    near = ill.nodule
    for _ in range(6):
        near = neighbours(near)
    assert np.array_equal(ill.lung, well.lung)
    assert np.abs(ill.image - well.image)[~near].max() < 0.001
    assert (ill.image - well.image)[ill.nodule].min() > 0.05
    assert not well.nodule.any()


def test_the_lungs_are_a_fifth_of_the_film(patients: Phantom) -> None:
    """Two hundred patients: 20 % on the average, give or take 1; every one between 17 and 25 %."""
    share = patients.lung.mean(axis=(1, 2, 3))
    assert abs(share.mean() - 0.20) < 0.01
    assert share.min() > 0.17
    assert share.max() < 0.25


def test_there_are_two_lungs(patients: Phantom) -> None:
    """Every patient has two lungs in two pieces: the left one ends lower, the heart makes it the smaller."""
    pairs = [right_and_left(mask) for mask in patients.lung[:, 0]]
    right, left = (np.array(side) for side in zip(*pairs, strict=True))
    assert right.sum(axis=(1, 2)).min() > 150
    assert left.sum(axis=(1, 2)).min() > 150
    assert (right.sum(axis=(1, 2)) > left.sum(axis=(1, 2))).mean() > 0.9
    assert (lowest_row(right) <= lowest_row(left)).mean() > 0.9


def test_lungs_are_dark(patients: Phantom) -> None:
    """In every film the lungs are darker than what surrounds them, by 15 % of the range at least."""
    for image, lung in zip(patients.image[:, 0], patients.lung[:, 0], strict=True):
        around = lung
        for _ in range(4):
            around = neighbours(around)
        assert image[around & ~lung].mean() - image[lung].mean() > 0.15


def test_nodules_are_bright_and_in_the_lungs(patients: Phantom) -> None:
    """Every nodule is 1 % of the film, lies in a lung, and is brighter than the lung around it."""
    assert not (patients.nodule & ~patients.lung).any()
    share = patients.nodule.mean(axis=(1, 2, 3))
    assert abs(share.mean() - 0.01) < 0.0002
    assert share.min() > 0.009
    assert share.max() < 0.0115
    for image, lung, nodule in zip(*(part[:, 0] for part in patients), strict=True):
        around = neighbours(neighbours(neighbours(nodule))) & ~nodule & lung
        assert image[nodule].mean() - image[around].mean() > 0.05


def test_several_nodules_do_not_touch() -> None:
    """Three nodules are three pieces, and the first of them is where a patient with one has it."""
    for seed in range(20):
        nodules = phantom(seed, 96, nodules=3).nodule
        assert len(pieces(nodules)) == 3
        assert nodules[phantom(seed, 96, nodules=1).nodule].all()


def test_noise_is_what_was_asked_for() -> None:
    """Without noise the film is smooth; with it the two differ by at most the noise, and by half of it."""
    clean, noisy = phantom(0, 128, noise=0).image, phantom(0, 128, noise=0.05).image
    assert 0.025 < (noisy - clean).std() < 0.05


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": -1}, "seed must be a whole number from 0; got -1"),
        ({"seed": 1.5}, "seed must be a whole number from 0; got 1.5"),
        ({"seed": True}, "seed must be a whole number from 0; got True"),
        ({"size": 15}, "size must be a whole number from 16 to 1024; got 15"),
        ({"size": 2000}, "size must be a whole number from 16 to 1024; got 2000"),
        ({"nodules": 4}, "nodules must be a whole number from 0 to 3; got 4"),
        ({"nodule_area": 0}, r"nodule_area must be a share of the image in \(0, 0.0125\]; got 0"),
        ({"nodule_area": 1.0}, r"nodule_area must be a share of the image in \(0, 0.0125\]; got 1.0"),
        ({"noise": -0.1}, r"noise must be a standard deviation in \[0, 1\]; got -0.1"),
        ({"noise": float("nan")}, r"noise must be a standard deviation in \[0, 1\]; got nan"),
    ],
)
def test_bad_input(arguments: dict[str, float], message: str) -> None:
    """An error names the argument, what came and what is expected."""
    with pytest.raises(ValueError, match=message):
        phantom(**{"seed": 0, **arguments})  # type: ignore[arg-type]


@pytest.mark.parametrize(("n", "first_seed", "name"), [(0, 0, "n"), (2.0, 0, "n"), (1, -3, "first_seed")])
def test_bad_dataset(n: int, first_seed: int, name: str) -> None:
    """A dataset of no patients, or from before the first seed, is refused by name."""
    with pytest.raises(ValueError, match=f"^{name} must be a whole number from"):
        dataset(n, first_seed=first_seed)

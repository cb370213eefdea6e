"""A seeded chest X-ray phantom: a patient that nobody has to anonymise. Not for clinical use.

It is drawn as a frontal film is read: air is dark, soft tissue grey, bone bright, and the patient's right
side is on the left of the image. One function draws one structure; the film is their sum.

Lengths are in image widths. The patient's frame has its origin in the middle of the chest, ``x`` runs to
the right of the image (the patient's left) and ``y`` down.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def _outline(points: str) -> Floats:
    """Read a closed outline: x and y of one point after the other, clockwise on the film."""
    return np.array(points.split(), dtype=float).reshape(-1, 2)


# The neck, the shoulders, the arms up to where the film cuts them off, the armpits and the flanks.
BODY = _outline("""
     .09 -.70    .10 -.46    .20 -.42    .36 -.385   .80 -.30    .80  .10    .47  .00    .41  .02    .405 .20
     .40  .80   -.40  .80   -.405 .20   -.41  .02   -.47  .00   -.80  .10   -.80 -.30   -.36 -.385  -.20 -.42
    -.10 -.46   -.09 -.70
""")

# Both lungs from the apex, as if there were no heart. The right one is shorter: the liver is below it.
# Each ends in a costophrenic angle, the sharp corner beside the dome of the diaphragm.
RIGHT_LUNG = _outline("""
    -.06 -.31   -.105 -.36  -.165 -.345 -.22 -.285  -.26 -.20   -.295 -.08  -.312 .06   -.32  .17   -.322 .24
    -.27  .185  -.195 .15   -.12  .16   -.05  .18   -.03  .10   -.03 -.10   -.045 -.22
""")[::-1]
LEFT_LUNG = _outline("""
     .06 -.31    .105 -.36   .165 -.345  .22 -.285   .26 -.20    .295 -.08   .312 .06    .32  .18    .322 .262
     .27  .218   .205 .195   .13  .205   .06  .21    .03  .10    .03 -.10    .045 -.22
""")

# The heart and the great vessels. Down the left border: the aortic knob, the pulmonary trunk, the long
# straight edge to the apex of the left ventricle. Up the right border: the right atrium, the vena cava.
HEART = _outline("""
     .035 -.42   .04 -.26    .07 -.225   .08 -.185   .062 -.14   .07 -.105   .09 -.05    .145 .03    .185 .10
     .205 .17    .175 .225   .08  .235  -.04  .21   -.078 .14   -.085 .06   -.065 -.02  -.05 -.10   -.048 -.20
    -.04 -.30   -.035 -.42
""")


class Phantom(NamedTuple):
    """One patient, or a stack of them: arrays of shape (size, size) or (n, 1, size, size)."""

    image: NDArray[np.float32]
    """Brightness in [0, 1]."""
    lung: Mask
    """Both lung fields, without what the heart and the diaphragm cover."""
    nodule: Mask
    """The nodules; all of them lie inside the lungs."""


def phantom(
    seed: int, size: int = 64, *, nodules: int = 0, nodule_area: float = 0.01, noise: float = 0.03
) -> Phantom:
    """Draw one patient.

    Args:
        seed: which patient, from 0. A seed is the same patient at every size, with or without nodules.
        size: the side of the square image in pixels, from 16 to 1024.
        nodules: how many round nodules, from 0 to 3. They do not overlap.
        nodule_area: the share of the image that each of them covers, above 0 and up to 0.0125.
        noise: the standard deviation of the noise where the film is brightest, from 0 to 1.

    Returns:
        The image and its two masks, each of shape (size, size).

    Raises:
        ValueError: an argument is out of its range, or the lungs have no room for so many nodules.

    """
    _check(seed, size, nodules, nodule_area, noise)
    rng = default_rng([seed, 0])
    build = rng.uniform(0.93, 1.07, 2)
    x, y = _pixels(size, build, rng)
    body, heart = _vary(BODY, 0.004, rng), _vary(_swell(HEART, rng), 0.003, rng)
    lungs = [_vary(RIGHT_LUNG, 0.005, rng), _vary(LEFT_LUNG, 0.005, rng)]

    # Corners finer than a pixel would leave pixels that stand alone: round them off.
    lung = _blur(_in_lung(lungs, heart, x, y), 0.8 / size) > 0.5
    air = _blur(lung, 0.005)
    film = _soft_tissue(x, y) + _heart(heart, x, y) + _spine(x, y) + _scapulae(x, y)
    film += _ribs(x, y, rng) + _clavicles(x, y, rng)
    film -= air * (_aeration(y) - _vessels(x, y, rng) - _opacity(x, y, rng))
    film -= _airways(x, y) + _stomach_bubble(x, y, rng)
    film *= _blur(_inside(body, x, y), 0.006)

    nodule = np.zeros_like(lung)
    radii = np.sqrt(nodule_area / np.pi) / build  # in the patient's frame, which is stretched
    for centre in _nodule_centres(nodules, radii, lungs, heart, default_rng([seed, 1])):
        distance = np.hypot((x - centre[0]) / radii[0], (y - centre[1]) / radii[1])
        nodule |= distance <= 1
        film += 0.2 * _ramp(1 - distance, 0.1)
    return Phantom(_expose(film, noise, rng, default_rng([seed, 2, size])), lung, nodule & lung)


def dataset(
    n: int,
    size: int = 64,
    *,
    first_seed: int = 0,
    nodules: int = 0,
    nodule_area: float = 0.01,
    noise: float = 0.03,
) -> Phantom:
    """Draw ``n`` patients, with the seeds ``first_seed`` and on.

    Args:
        n: how many, from 1.
        size: as in :func:`phantom`, like the other arguments.
        first_seed: the seed of the first patient, from 0. Ranges that do not overlap share no patient.
        nodules: as in :func:`phantom`.
        nodule_area: as in :func:`phantom`.
        noise: as in :func:`phantom`.

    Returns:
        The images and their masks, each of shape (n, 1, size, size).

    Raises:
        ValueError: an argument is out of its range; the error says which.

    """
    _whole("n", n, 1, hint="each is one patient")
    _whole(
        "first_seed", first_seed, 0, hint="first_seed=100 gives other patients than 0, for up to 100 of them"
    )
    patients = [
        phantom(first_seed + i, size, nodules=nodules, nodule_area=nodule_area, noise=noise) for i in range(n)
    ]
    image, lung, nodule = (np.stack(part)[:, None] for part in zip(*patients, strict=True))
    return Phantom(image, lung, nodule)


# ---- the patient ----


def _pixels(size: int, build: Floats, rng: Generator) -> tuple[Floats, Floats]:
    """The pixel centres in the patient's frame: nobody stands quite straight, or quite in the middle."""
    centres = (np.arange(size) + 0.5) / size - 0.5
    x, y = np.meshgrid(centres - rng.uniform(-0.025, 0.025), centres - rng.uniform(-0.02, 0.02))
    tilt = rng.uniform(-0.05, 0.05)
    across = x * np.cos(tilt) + y * np.sin(tilt)
    down = y * np.cos(tilt) - x * np.sin(tilt)
    return across / build[0], down / build[1]


def _swell(heart: Floats, rng: Generator) -> Floats:
    """Widen or narrow the heart itself; the great vessels above it stay."""
    below_the_vessels = heart[:, 1:] > -0.12
    return np.where(below_the_vessels, heart * (rng.uniform(0.9, 1.12), 1), heart)


def _vary(outline: Floats, spread: float, rng: Generator) -> Floats:
    """Move each point a little, then draw a smooth curve through all of them (Catmull-Rom)."""
    here = outline + rng.normal(0, spread, outline.shape)
    before, after, beyond = (np.roll(here, shift, axis=0) for shift in (1, -1, -2))
    t = np.linspace(0, 1, 6, endpoint=False)[:, None, None]
    square = 2 * before - 5 * here + 4 * after - beyond
    cubic = 3 * here - 3 * after + beyond - before
    curve = here + t / 2 * (after - before + t * (square + t * cubic))
    return curve.swapaxes(0, 1).reshape(-1, 2)


def _in_lung(lungs: list[Floats], heart: Floats, x: Floats, y: Floats) -> Mask:
    right, left = lungs
    return (_inside(right, x, y) | _inside(left, x, y)) & ~_inside(heart, x, y)


# ---- what absorbs the rays, and so is bright ----


def _soft_tissue(x: Floats, y: Floats) -> Floats:
    """Thickest in the middle; the belly below the diaphragm has no air to let the rays through."""
    return 0.48 + 0.06 * np.exp(-((x / 0.25) ** 2)) + 0.1 * _ramp(y - 0.2, 0.03)


def _heart(outline: Floats, x: Floats, y: Floats) -> Floats:
    return 0.12 * _blur(_inside(outline, x, y), 0.008) * _ramp(y + 0.3, 0.05)


def _spine(x: Floats, y: Floats) -> Floats:
    """A column of vertebrae, faint behind the heart."""
    vertebrae = 1 + 0.25 * np.cos(2 * np.pi * y / 0.062)
    return _band(x, 0.04, 0.006) * vertebrae * (0.07 - 0.03 * _ramp(y + 0.2, 0.05))


def _ribs(x: Floats, y: Floats, rng: Generator) -> Floats:
    """Nine pairs of flattened rings, seen from the front.

    The posterior half starts at the spine and falls to the flank; the anterior half comes back lower down,
    fainter, and ends where the rib turns into cartilage, which lets the rays through.
    """
    side = np.abs(x)
    first, spacing = rng.uniform(-0.415, -0.385), rng.uniform(0.059, 0.065)
    film = np.zeros_like(x)
    for number in range(9):
        width = 0.36 - 0.22 * np.exp(-number / 1.9)  # the cage is narrow at the top
        drop = 0.075 + 0.008 * number
        below = y - (first + spacing * number + drop)  # the point at the flank where the ring turns
        distance = _from_ellipse(side, below, width, drop)
        posterior = _rib(distance, 0.0095) * _ramp(side - 0.03, 0.012) * (below < 0)
        anterior = _rib(distance, 0.012) * _ramp(side - 0.13, 0.012) * (below >= 0)
        film += 0.08 * posterior + 0.04 * anterior
    return film


def _rib(distance: Floats, half_width: float) -> Floats:
    """A tube of bone: its walls are brighter than its marrow."""
    wall = np.clip((distance / half_width) ** 2, 0, 1)
    return _band(distance, half_width, 0.0025) * (0.7 + 0.4 * wall)


def _clavicles(x: Floats, y: Floats, rng: Generator) -> Floats:
    """Two flat S-curves from the breastbone up to the shoulders."""
    side = np.abs(x) - 0.03
    middle = rng.uniform(-0.3, -0.27) - 0.24 * side + 0.02 * np.sin(2 * np.pi * side / 0.32)
    length = _ramp(side - 0.005, 0.006) * _ramp(0.33 - side, 0.006)
    return 0.13 * _band(y - middle, 0.011 + 0.02 * np.clip(side - 0.1, 0, 0.2), 0.003) * length


def _scapulae(x: Floats, y: Floats) -> Floats:
    """The blade beside each lung, and the arm that leaves its socket with a ball and a shaft."""
    side = np.abs(x)
    blade = _band(side - 0.31 + 0.12 * y, 0.022, 0.006) * _ramp(y + 0.27, 0.01) * _ramp(-y, 0.01)
    ball = _ramp(0.055 - np.hypot(side - 0.42, y + 0.27), 0.01)
    shaft = _band(y + 0.25 - 0.6 * (side - 0.42), 0.034, 0.006) * _ramp(side - 0.43, 0.01)
    return 0.06 * blade + 0.08 * np.maximum(ball, shaft)


def _vessels(x: Floats, y: Floats, rng: Generator) -> Floats:
    """The hilum of each lung, and the vessels that leave it, bent and tapering."""
    film = np.zeros_like(x)
    for side, height in ((-1, -0.045), (1, -0.065)):  # the left hilum is the higher one
        out, down = side * x - 0.085, y - height
        film = np.maximum(film, 0.13 * np.exp(-((out / 0.03) ** 2) - (down / 0.05) ** 2))
        for angle, bend in zip(rng.uniform(-1.4, 1.4, 14), rng.uniform(-1.5, 1.5, 14), strict=True):
            along = np.clip(out * np.cos(angle) + down * np.sin(angle), 0, None)
            across = down * np.cos(angle) - out * np.sin(angle) - bend * along**2
            width = 0.0025 + 0.005 * np.exp(-along / 0.06)
            vessel = np.exp(-along / 0.12 - (across / width) ** 2)
            film = np.maximum(film, 0.13 * vessel * (along > 0))
    return film


def _opacity(x: Floats, y: Floats, rng: Generator) -> Floats:
    """A haze in one lung of every second patient: lung that does not look like lung, and still is."""
    seen, side = rng.random() < 0.5, rng.choice((-1, 1))
    out, down = rng.uniform((0.12, -0.2), (0.26, 0.2))
    radius, density = rng.uniform(0.05, 0.1), rng.uniform(0.12, 0.26)
    square = ((side * x - out) / radius) ** 2 + ((y - down) / (1.3 * radius)) ** 2
    return np.asarray(density * seen * np.exp(-square / 2))


# ---- what holds air, and so is dark ----


def _aeration(y: Floats) -> Floats:
    """The lungs hold less air in front of the rays lower down, where the chest wall is thicker."""
    return 0.4 - 0.12 * np.clip(y + 0.1, -0.2, 0.4)


def _airways(x: Floats, y: Floats) -> Floats:
    """The trachea, a faint band down to its fork, and the two main bronchi."""
    right_of_midline = x + 0.004
    film = 0.1 * _band(right_of_midline, 0.017, 0.004) * _ramp(-0.13 - y, 0.01)
    bronchi = _band(np.abs(right_of_midline) - 0.75 * (y + 0.13), 0.014, 0.005)
    return film + 0.06 * bronchi * _ramp(y + 0.13, 0.006) * _ramp(-0.07 - y, 0.006)


def _stomach_bubble(x: Floats, y: Floats, rng: Generator) -> Floats:
    """The gas under the left dome of the diaphragm, which three films in five show."""
    seen, centre, height = rng.random() < 0.6, rng.uniform(0.11, 0.17), rng.uniform(0.265, 0.285)
    return 0.18 * seen * _ramp(1 - np.hypot((x - centre) / 0.055, (y - height) / 0.022), 0.12)


# ---- nodules, the film, and the tools to draw with ----


def _nodule_centres(
    n: int, radii: Floats, lungs: list[Floats], heart: Floats, rng: Generator
) -> list[Floats]:
    """Throw darts until ``n`` have landed with their whole rim in a lung, clear of each other."""
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    rim = radii * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    centres: list[Floats] = []
    for _ in range(20):
        darts = rng.uniform((-0.3, -0.35), (0.3, 0.25), (100, 2))
        rims = darts[:, None] + rim
        for dart in darts[_in_lung(lungs, heart, rims[..., 0], rims[..., 1]).all(axis=1)]:
            if all(np.hypot(*((dart - other) / radii)) > 2.2 for other in centres):
                centres.append(dart)
        if len(centres) >= n:
            return centres[:n]
    hint = "Hint: take fewer or smaller ones, or another seed."
    raise ValueError(f"nodules must find room in the lungs of this patient; got {n}, too many. {hint}")


def _expose(film: Floats, noise: float, anatomy: Generator, rng: Generator) -> NDArray[np.float32]:
    """Over- or underexpose the film, blur it, add the noise of counting rays: the brighter, the noisier."""
    film = film * anatomy.uniform(0.95, 1.15) + anatomy.uniform(-0.02, 0.03)
    film = _blur(film, max(0.5 / len(film), 0.003))
    film += noise * np.sqrt(np.clip(film, 0.1, 1)) * rng.standard_normal(film.shape)
    return np.clip(film, 0, 1).astype(np.float32)


def _inside(outline: Floats, x: Floats, y: Floats) -> Mask:
    """Even-odd rule: from the inside, a ray to the right crosses the outline an odd number of times."""
    odd = np.zeros(x.shape, dtype=bool)
    for (x0, y0), (x1, y1) in pairwise([*outline, outline[0]]):
        if y0 != y1:
            odd ^= ((y0 <= y) != (y1 <= y)) & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return odd


def _from_ellipse(x: Floats, y: Floats, a: float, b: float) -> Floats:
    """The distance from the rim of an ellipse with half axes a and b, to first order."""
    level = np.hypot(x / a, y / b)
    steepness = np.hypot(x / a**2, y / b**2)
    return np.asarray(level * (level - 1) / np.maximum(steepness, 1e-9))


def _ramp(depth: Floats, softness: float) -> Floats:
    """From 0 outside (depth below 0) to 1 inside."""
    return np.asarray(1 / (1 + np.exp(-np.clip(depth / softness, -40, 40))))


def _band(distance: Floats, half_width: float | Floats, softness: float) -> Floats:
    """1 within ``half_width`` of a line, 0 beyond."""
    return _ramp(half_width - np.abs(distance), softness)


def _blur(image: Floats | Mask, sigma: float) -> Floats:
    """Gaussian blur of a square image, down its columns and then along its rows."""
    width = sigma * len(image)
    reach = int(np.ceil(3 * width))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    weights /= weights.sum()
    blurred = image.astype(float)
    for _ in range(2):
        padded = np.pad(blurred, ((reach, reach), (0, 0)), mode="edge")
        rows = (weight * padded[i : i + len(image)] for i, weight in enumerate(weights))
        blurred = np.asarray(sum(rows)).T
    return blurred


def _check(seed: int, size: int, nodules: int, nodule_area: float, noise: float) -> None:
    _whole("seed", seed, 0, hint="each number is another patient")
    _whole("size", size, 16, 1024, hint="64 is quick to train on, 512 shows the ribs")
    _whole("nodules", nodules, 0, 3, hint="nodule_area makes them larger")
    if not 0 < nodule_area <= 0.0125:
        hint = "Hint: 0.01 is one hundredth of it."
        raise ValueError(
            f"nodule_area must be a share of the image in (0, 0.0125]; got {nodule_area}. {hint}"
        )
    if not 0 <= noise <= 1:
        hint = "Hint: 0.03 is the usual choice, 0 gives a film without noise."
        raise ValueError(f"noise must be a standard deviation in [0, 1]; got {noise}. {hint}")


def _whole(name: str, value: int, least: int, most: int | None = None, *, hint: str) -> None:
    """Refuse anything but a whole number in the range."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):
        span = f"from {least}" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name} must be a whole number {span}; got {value!r}. Hint: {hint}.")

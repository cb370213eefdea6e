"""Masks from a COCO file: polygons, runs, and compressed runs, one channel a category.

The three forms of a ``segmentation`` are those of the COCO data set: a list of polygons, each a list
``x, y, x, y ...``; runs, ``{"size": [H, W], "counts": [...]}``; and the same with ``counts`` as a string.
pycocotools decodes runs to the same masks; its polygons may differ in pixels that an edge cuts.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Mask = NDArray[np.bool_]


class CocoImage(NamedTuple):
    """The masks of one image; the picture itself is at ``file_name``, for whatever reads pictures."""

    masks: Tensor
    """1 where an object of the category is, else 0; float32 of shape (1, K, H, W)."""
    weight: Tensor
    """0 where a crowd stands, which COCO leaves out, else 1; float32 of shape (1, 1, H, W)."""
    file_name: str


class Coco(NamedTuple):
    """The images of a file, and what their channels stand for."""

    images: list[CocoImage]
    categories: list[str]
    """The K names, in the order of the channels."""


def load_coco(path: str | Path) -> Coco:
    """Load all masks of a COCO file.

    Objects of one category may overlap, and so may categories: each channel is the union of its objects, so a
    sigmoid for each channel fits, and a softmax only where no pixel has two.

    Args:
        path: of the JSON file, with ``images``, ``annotations`` and ``categories``.

    Returns:
        The images in the file's order; one without annotations has empty masks.

    Raises:
        ValueError: a part is missing, or an annotation cannot be drawn; the error names it.
    """
    data = json.loads(Path(path).read_text("utf-8"))
    for part in ("images", "annotations", "categories"):
        if part not in data:
            hint = "Hint: this is the file of instances, not that of captions or results."
            raise ValueError(f"{path} must hold {part!r}; got {sorted(data)}. {hint}")
    channel = {one["id"]: k for k, one in enumerate(data["categories"])}
    drawn = {
        image["id"]: (
            np.zeros((len(channel), image["height"], image["width"]), np.bool_),
            np.zeros((image["height"], image["width"]), np.bool_),
        )
        for image in data["images"]
    }
    for one in data["annotations"]:
        masks, crowd = drawn[one["image_id"]]
        try:
            mask = draw(one["segmentation"], *crowd.shape)
        except (ValueError, TypeError, KeyError) as error:
            hint = "Hint: look at this annotation by its id."
            raise ValueError(
                f"annotation {one.get('id')} must hold polygons or runs; got {error}. {hint}"
            ) from error
        if one.get("iscrowd"):
            crowd |= mask
        else:
            masks[channel[one["category_id"]]] |= mask
    found = [
        CocoImage(_float(drawn[image["id"]][0]), _float(~drawn[image["id"]][1])[:, None], image["file_name"])
        for image in data["images"]
    ]
    return Coco(found, [one["name"] for one in data["categories"]])


def draw(segmentation: Any, height: int, width: int) -> Mask:
    """The mask (H, W) of one object, in any of the three forms.

    Raises:
        ValueError: runs of another size or length, or a polygon of fewer than three points.
    """
    if isinstance(segmentation, list):
        mask = np.zeros((height, width), np.bool_)
        for polygon in segmentation:
            mask |= _polygon(polygon, height, width)
        return mask
    counts = segmentation["counts"]
    runs = _decompressed(counts) if isinstance(counts, str) else list(counts)
    if segmentation["size"] != [height, width] or sum(runs) != height * width or min(runs) < 0:
        came = f"size {segmentation['size']}, {sum(runs)} pixels"
        hint = "Hint: size is [height, width], and the runs add up to their product."
        raise ValueError(f"counts must fill an image of {height} x {width}; got {came}. {hint}")
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)  # the first run is background
    return flat.reshape(width, height).T  # down the columns


def _decompressed(text: str) -> list[int]:
    """The runs in COCO's string: five bits a letter, the low ones first; from the fourth on, differences."""
    runs: list[int] = []
    value = shift = 0
    for letter in text:
        bits = ord(letter) - 48
        value |= (bits & 31) << shift
        shift += 5
        if not bits & 32:  # the last letter of a number; its fifth bit is the sign
            value -= (bits & 16) << (shift - 4)
            runs.append(value + (runs[-2] if len(runs) > 2 else 0))
            value = shift = 0
    return runs


def _polygon(points: Sequence[float], height: int, width: int) -> Mask:
    """The pixels whose middles lie inside: a ray to the right crosses the edge an odd number of times."""
    if len(points) < 6 or len(points) % 2:
        hint = "Hint: x, y, x, y, x, y is a triangle."
        raise ValueError(f"a polygon must have three points or more; got {len(points)} numbers. {hint}")
    corners = np.asarray(points, np.float64).reshape(-1, 2)
    x, y = np.arange(width) + 0.5, np.arange(height)[:, None] + 0.5
    inside = np.zeros((height, width), np.bool_)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, 0), strict=True):
        if y0 != y1:
            crossed = (y0 <= y) != (y1 <= y)
            inside ^= crossed & (x < x0 + (y - y0) / (y1 - y0) * (x1 - x0))
    return inside


def _float(mask: Mask) -> Tensor:
    return torch.from_numpy(mask.astype(np.float32))[None]

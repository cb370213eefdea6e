"""Your own images and masks, from a folder of PNG files to two tensors.

The folder looks like this; an image and its mask share their name::

    data/
      images/  anna.png  ben.png
      masks/   anna.png  ben.png
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from PIL.Image import Resampling
from torch import Tensor

Grey = NDArray[np.float32]


class Pairs(NamedTuple):
    """Images and masks, in the order of their names."""

    images: Tensor
    """Brightness in [0, 1], float32 of shape (N, 1, H, W)."""
    masks: Tensor
    """1 for the foreground and 0 for the rest, float32 of shape (N, 1, H, W)."""
    names: list[str]
    """The N file names, without ``.png``."""


def load_folder(folder: str | Path, size: int | tuple[int, int]) -> Pairs:
    """Load every image of a folder, and its mask, at one size.

    Programs that draw masks store the foreground as 255, so that a viewer shows it white. A loss needs 1: a
    mask of 255 would count every pixel of it 255 times. Both 0/255 and 0/1 are understood here.

    Args:
        folder: holds the folders ``images`` and ``masks`` of PNG files, grey (8 or 16 bits) or in colour.
            Colour images are turned grey. Files with other endings are not looked at.
        size: the pixels of a side, or (height, width). A file of another shape is stretched, not cropped.

    Returns:
        The images and the masks of shape (N, 1, height, width), and the names.

    Raises:
        FileNotFoundError: a folder is missing, or the partner of an image or of a mask.
        ValueError: no PNG at all, a file that is no image, a mask with values other than 0 and 255 or 0 and
            1, a pair whose sizes differ, or a ``size`` below 1. The error names the file.

    """
    height, width = (size, size) if isinstance(size, int) else size
    if min(height, width) < 1:
        hint = "Hint: a whole number for a square, (height, width) for another shape."
        raise ValueError(f"size must be at least 1 pixel a side; got {size}. {hint}")
    images, masks = _pngs(Path(folder) / "images"), _pngs(Path(folder) / "masks")
    _check_partners(images, masks)
    pairs = [_load_pair(images[name], masks[name], (width, height)) for name in images]
    image, mask = (torch.from_numpy(np.stack(part)[:, None]) for part in zip(*pairs, strict=True))
    return Pairs(image, mask, list(images))


def _pngs(folder: Path) -> dict[str, Path]:
    """The PNG files of a folder by their names, sorted."""
    if not folder.is_dir():
        hint = "Hint: the folder that you name must hold two others, images and masks."
        raise FileNotFoundError(f"{folder} must be a folder of PNG files; got no such folder. {hint}")
    files = {path.stem: path for path in sorted(folder.iterdir()) if path.suffix.lower() == ".png"}
    if not files:
        hint = "Hint: save the images as PNG; files with other endings are not looked at."
        raise ValueError(f"{folder} must hold PNG files; got none. {hint}")
    return files


def _check_partners(images: dict[str, Path], masks: dict[str, Path]) -> None:
    for those, others, what in ((images, masks, "mask"), (masks, images, "image")):
        for name in those:
            if name not in others:
                where = next(iter(others.values())).parent
                hint = "Hint: an image and its mask share their name; rename or remove what has no partner."
                expected = f"its {what} {where / name}.png"
                raise FileNotFoundError(f"{those[name]} must have {expected}; got no such file. {hint}")


def _load_pair(image_path: Path, mask_path: Path, size: tuple[int, int]) -> tuple[Grey, Grey]:
    """One image and its mask at one size. Images are averaged, masks are not: half a lung is no label."""
    image, mask = _read(image_path), _read(mask_path)
    if image.shape != mask.shape:
        expected, came = (f"{part.shape[1]} x {part.shape[0]}" for part in (image, mask))
        hint = "Hint: draw the mask on the image as it is, or resize it without smoothing."
        raise ValueError(
            f"{mask_path} must have the size of its image {image_path}, {expected} pixels; got {came}. {hint}"
        )
    white = 255 if image.dtype == np.uint8 else 65535
    brightness = _resized((image / white).astype(np.float32), size, Resampling.BILINEAR)
    return brightness.clip(0, 1), _resized(_zeros_and_ones(mask, mask_path), size, Resampling.NEAREST)


def _read(path: Path) -> NDArray[np.integer]:
    """The grey values of a file, from 0 to 255, or to 65535 where it has 16 bits: (height, width)."""
    try:
        with Image.open(path) as image:
            return np.asarray(image if image.mode.startswith("I") else image.convert("L"))
    except OSError as error:  # all that Pillow raises about a file is of this kind
        hint = "Hint: open it in a viewer and save it again as PNG."
        raise ValueError(f"{path} must be an image; got a file that is none: {error}. {hint}") from error


def _zeros_and_ones(mask: NDArray[np.integer], path: Path) -> Grey:
    values = np.unique(mask).tolist()
    if set(values) <= {0, 1} or set(values) <= {0, 255}:
        return np.where(mask == 0, np.float32(0), np.float32(1))
    came = f"{len(values)} different values: " if len(values) > 2 else ""
    came += ", ".join(str(value) for value in values[:5]) + (", ..." if len(values) > 5 else "")
    if len(values) > 2:
        hint = (
            "a mask that was resized smoothly, or saved as JPEG on its way, looks like this: export it anew"
        )
    else:
        hint = "write the foreground as 255 and all the rest as 0"
    raise ValueError(f"{path} must be a mask of 0 and 255 or of 0 and 1; got {came}. Hint: {hint}.")


def _resized(pixels: Grey, size: tuple[int, int], how: Resampling) -> Grey:
    resized: Grey = np.array(Image.fromarray(pixels).resize(size, how))
    return resized

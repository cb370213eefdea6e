"""Volumes from NIfTI files, ``.nii`` and ``.nii.gz``, and the masks that belong to them.

Read here is what data sets of CT and MRI mostly hold: NIfTI-1, three axes, whole or floating-point numbers.
Whatever else there is, nibabel reads; :func:`as_volume` takes what it gives. The folder looks as for PNG
files, and a volume and its mask share their name::

    data/
      images/  anna.nii.gz  ben.nii.gz
      masks/   anna.nii.gz  ben.nii.gz
"""

import gzip
import struct
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

#: The types of NIfTI-1 that are read, by their code.
_TYPES = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4"}
_SAVE = "Hint: save it with nibabel as one file of three axes, .nii or .nii.gz."


class Volume(NamedTuple):
    """One patient: what a model and a loss take, as a batch of one."""

    image: Tensor
    """The values as they are stored, float32 of shape (1, 1, D, H, W)."""
    labels: Tensor
    """The class of each voxel, int64 of shape (1, 1, D, H, W); ``labels == k`` is the mask of class k."""
    spacing: tuple[float, float, float]
    """The millimetres from voxel to voxel along D, H and W."""
    name: str


class Nifti(NamedTuple):
    """What one file holds."""

    values: NDArray[Any]
    """An array (D, H, W). The file's axes x, y, z come in reverse, so that a slice is an image."""
    spacing: tuple[float, float, float]
    placed: tuple[float, ...]
    """The three rows that place the voxels in the patient, 12 numbers; none where the file does not say."""


def load_volumes(folder: str | Path) -> list[Volume]:
    """Load every volume of a folder, and its labels.

    Volumes differ in size, so each comes by itself: crop or resample them before they are stacked.

    Args:
        folder: holds the folders ``images`` and ``masks`` of NIfTI files.

    Returns:
        The volumes, sorted by name.

    Raises:
        FileNotFoundError: a folder is missing, or the partner of a volume or of a mask.
        ValueError: no NIfTI file at all, a file that is none, a mask with values that are not whole, or a
            pair that does not lie on the same voxels. The error names the file.
    """
    images, masks = _files(Path(folder) / "images"), _files(Path(folder) / "masks")
    for those, others, what in ((images, masks, "mask"), (masks, images, "volume")):
        for name in those.keys() - others.keys():
            hint = "Hint: a volume and its mask share their name; rename or remove what has no partner."
            raise FileNotFoundError(f"{those[name]} must have its {what}; got no file of that name. {hint}")
    volumes = []
    for name, path in images.items():
        image, mask = read_nifti(path), read_nifti(masks[name])
        if not _same_voxels(image, mask):
            came = f"{mask.values.shape} every {mask.spacing} mm, or turned another way"
            expected = f"the voxels of its volume, {image.values.shape} every {image.spacing} mm"
            hint = "Hint: resample the mask onto the volume, with nearest neighbours."
            raise ValueError(f"{masks[name]} must lie on {expected}; got {came}. {hint}")
        volumes.append(as_volume(image.values, mask.values, image.spacing, name))
    return volumes


def as_volume(
    image: NDArray[Any], labels: NDArray[Any], spacing: tuple[float, float, float], name: str = ""
) -> Volume:
    """Make a volume of arrays (D, H, W), wherever they come from.

    With nibabel: ``nibabel.load(path).get_fdata().transpose()`` and the reversed ``header.get_zooms()``.

    Raises:
        ValueError: the shapes differ, or a label is not whole.
    """
    if image.shape != labels.shape or image.ndim != 3:
        came = f"{image.shape} and {labels.shape}"
        hint = "Hint: one patient, three axes each; transpose() of what nibabel gives."
        raise ValueError(f"image and labels must both have the shape (D, H, W); got {came}. {hint}")
    if not np.array_equal(labels, np.round(labels)):
        hint = "Hint: a mask that was resampled smoothly looks like this; use nearest neighbours."
        raise ValueError(
            f"labels must hold whole numbers; got {labels[labels != np.round(labels)].flat[0]}. {hint}"
        )
    both = torch.from_numpy(image.astype(np.float32)), torch.from_numpy(labels.astype(np.int64))
    return Volume(both[0][None, None], both[1][None, None], spacing, name)


def read_nifti(path: str | Path) -> Nifti:
    """Read one NIfTI-1 file of three axes, little-endian or big-endian, compressed or not.

    Raises:
        ValueError: it is no such file, or of a type that is not read here.
    """
    path = Path(path)
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        end = "<" if struct.unpack_from("<i", data)[0] == 348 else ">"
        if struct.unpack_from(f"{end}i", data)[0] != 348 or data[344:347] != b"n+1":
            raise struct.error("no NIfTI-1 in one file")
        axes, *sizes = struct.unpack_from(f"{end}8h", data, 40)
        (code,) = struct.unpack_from(f"{end}h", data, 70)
        x, y, z = struct.unpack_from(f"{end}3f", data, 80)
        start, slope, shift = struct.unpack_from(f"{end}3f", data, 108)
        if axes < 3 or any(size > 1 for size in sizes[3:axes]) or code not in _TYPES:
            raise struct.error(f"{axes} axes {tuple(sizes[:axes])} of type {code}")
        (known,) = struct.unpack_from(f"{end}h", data, 254)
        placed = struct.unpack_from(f"{end}12f", data, 280) if known else ()
        values = np.frombuffer(
            data, f"{end}{_TYPES[code]}", count=sizes[0] * sizes[1] * sizes[2], offset=int(start)
        )
    except (struct.error, OSError, EOFError, ValueError) as error:
        raise ValueError(f"{path} must be a NIfTI-1 file of three axes; got {error}. {_SAVE}") from error
    values = values.reshape(sizes[2], sizes[1], sizes[0])  # x runs fastest
    if slope not in (0.0, 1.0) or shift != 0:
        values = values * (slope or 1.0) + shift
    return Nifti(values, (z, y, x), placed)


def write_nifti(
    path: str | Path,
    values: NDArray[Any],
    spacing: tuple[float, float, float] = (1.0, 1.0, 1.0),
    placed: tuple[float, ...] = (),
) -> None:
    """Write an array (D, H, W), such as a predicted mask, as one NIfTI-1 file.

    Args:
        path: ends in ``.nii`` or ``.nii.gz``.
        values: of a type that is read here; bool is written as uint8.
        spacing: millimetres along D, H and W.
        placed: the ``placed`` of the volume that it belongs to; none leaves out where the voxels lie.

    Raises:
        ValueError: not three axes, or a type that NIfTI-1 does not have.
    """
    values = values.astype("u1") if values.dtype == np.bool_ else values
    code = {np.dtype(name): code for code, name in _TYPES.items()}.get(values.dtype)
    if values.ndim != 3 or code is None:
        hint = "Hint: mask[0, 0].numpy() is one volume; uint8 holds labels."
        raise ValueError(
            f"values must be an array (D, H, W) of numbers; got {values.dtype} {values.shape}. {hint}"
        )
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, *reversed(values.shape), 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, code, 8 * values.dtype.itemsize)
    struct.pack_into("<4f", header, 76, 1.0, *reversed(spacing))
    struct.pack_into("<3f", header, 108, 352.0, 1.0, 0.0)
    header[123] = 2  # millimetres
    if placed:
        struct.pack_into("<h", header, 254, 1)
        struct.pack_into("<12f", header, 280, *placed)
    header[344:348] = b"n+1\0"
    data = bytes(header) + values.astype(values.dtype.newbyteorder("<")).tobytes()
    Path(path).write_bytes(gzip.compress(data, mtime=0) if str(path).endswith(".gz") else data)


def _same_voxels(image: Nifti, mask: Nifti) -> bool:
    """Whether two files agree on size, spacing and place, up to a hundredth of a millimetre."""
    if image.values.shape != mask.values.shape or not np.allclose(image.spacing, mask.spacing, atol=1e-2):
        return False
    return not (image.placed and mask.placed) or np.allclose(image.placed, mask.placed, atol=1e-2)


def _files(folder: Path) -> dict[str, Path]:
    """The NIfTI files of a folder by their names, sorted."""
    if not folder.is_dir():
        hint = "Hint: the folder that you name must hold two others, images and masks."
        raise FileNotFoundError(f"{folder} must be a folder of NIfTI files; got no such folder. {hint}")
    found = [path for path in sorted(folder.iterdir()) if path.name.endswith((".nii", ".nii.gz"))]
    if not found:
        hint = "Hint: their names end in .nii or .nii.gz."
        raise ValueError(f"{folder} must hold NIfTI files; got none. {hint}")
    return {path.name.removesuffix(".gz").removesuffix(".nii"): path for path in found}

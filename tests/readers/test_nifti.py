"""NIfTI volumes: read as nibabel reads them, in pairs that lie on the same voxels."""

import gzip
import struct
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest
import torch

from seglosses.readers.nifti import as_volume, load_volumes, read_nifti, write_nifti

# Written by nibabel 5.4.2: int16, slope 0.5 and shift -3, 2 x 3 x 4 voxels of 0.7, 0.8 and 2.5 mm.
NIBABEL = b64decode(
    "H4sIAAAAAAACA4thZCAKMDMwATELAyMUogIWBgEw3WBvbGxsf/aMjz0Dg4IDiI+KNzgDFQFphwMMgwIw4ZQB+QNdDOIv"
    "dADyJybI0zYE03//MzP8/88KDDF2hn//WYAibEBbOXCyAX1/NMWQAQAA"
)


def test_a_file_of_nibabel(tmp_path):
    """The first voxels in reverse order of axes, as ``get_fdata().transpose()`` gives them, and the zooms."""
    (tmp_path / "a.nii.gz").write_bytes(NIBABEL)
    found = read_nifti(tmp_path / "a.nii.gz")
    assert found.values.shape == (4, 3, 2)
    # nibabel: the voxels (0, 0, 0), (1, 0, 0) and (0, 2, 3), (1, 2, 3)
    assert found.values[0, 0].tolist() == [-4.5, -1.5]
    assert found.values[3, 2].tolist() == [-2.0, 1.0]
    assert found.spacing == pytest.approx((2.5, 0.8, 0.7))
    assert found.placed[::5] == pytest.approx((0.7, 0.8, 2.5))


@pytest.mark.parametrize("dtype", ["u1", "i2", "i4", "f4", "f8", "i1", "u2", "u4", "bool"])
@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_what_is_written_is_read(tmp_path, dtype, name):
    """Values, spacing and place come back, for each type, compressed or not."""
    values = (np.arange(60).reshape(3, 4, 5) % 2).astype(dtype)
    placed = tuple(map(float, range(12)))
    write_nifti(tmp_path / name, values, (3, 2, 1), placed)
    found = read_nifti(tmp_path / name)
    assert np.array_equal(found.values, values)
    assert (found.spacing, found.placed) == ((3, 2, 1), placed)


def test_big_endian(tmp_path):
    """Old scanners wrote the other byte first."""
    header = bytearray(352)
    struct.pack_into(">i", header, 0, 348)
    struct.pack_into(">8h", header, 40, 3, 2, 1, 1, 1, 1, 1, 1)
    struct.pack_into(">2h", header, 70, 4, 16)
    struct.pack_into(">f", header, 108, 352.0)
    header[344:348] = b"n+1\0"
    (tmp_path / "a.nii").write_bytes(bytes(header) + struct.pack(">2h", 1, 258))
    assert read_nifti(tmp_path / "a.nii").values.tolist() == [[[1, 258]]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One patient: a volume of 2 x 3 x 4 voxels, and its labels."""
    for kind, dtype in (("images", "i2"), ("masks", "u1")):
        (tmp_path / kind).mkdir()
        values = (np.arange(24).reshape(2, 3, 4) % 3).astype(dtype)
        write_nifti(tmp_path / kind / "anna.nii.gz", values, (5, 1, 1), tuple(map(float, range(12))))
    return tmp_path


def test_a_folder(folder):
    """A batch of one for each patient, float32 and int64, with its spacing and name."""
    (one,) = load_volumes(folder)
    assert (one.name, one.spacing) == ("anna", (5, 1, 1))
    assert one.image.shape == one.labels.shape == (1, 1, 2, 3, 4)
    assert (one.image.dtype, one.labels.dtype) == (torch.float32, torch.int64)
    assert one.labels.unique().tolist() == [0, 1, 2]


def broken(folder: Path, how: str) -> None:
    """Spoil the folder in one way."""
    mask, values = folder / "masks/anna.nii.gz", np.zeros((2, 3, 4), "u1")
    turned = (-1.0, *map(float, range(1, 12)))
    match how:
        case "no partner":
            mask.rename(folder / "masks/ben.nii.gz")
        case "other size":
            write_nifti(mask, values[:1], (5, 1, 1))
        case "other spacing":
            write_nifti(mask, values, (4, 1, 1))
        case "turned":
            write_nifti(mask, values, (5, 1, 1), turned)
        case "not whole":
            write_nifti(mask, values + np.float32(0.5), (5, 1, 1))
        case "no file":
            mask.unlink()
        case "no NIfTI":
            mask.write_bytes(gzip.compress(b"hello" * 100))
        case "cut short":
            mask.write_bytes(mask.read_bytes()[:-30])
        case "four axes":
            data = bytearray(gzip.decompress(mask.read_bytes()))
            struct.pack_into("<8h", data, 40, 4, 4, 3, 1, 2, 1, 1, 1)
            mask.write_bytes(gzip.compress(data))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("no partner", r"must have its (mask|volume); got no file of that name. Hint: "),
        ("other size", r"must lie on the voxels of its volume, \(2, 3, 4\) .*; got \(1, 3, 4\) .* Hint: "),
        ("other spacing", r"must lie on the voxels .*; got \(2, 3, 4\) every \(4.0, 1.0, 1.0\) mm.* Hint: "),
        ("turned", r"must lie on .* or turned another way. Hint: "),
        ("not whole", r"labels must hold whole numbers; got 0.5. Hint: "),
        ("no file", r"must hold NIfTI files; got none. Hint: "),
        ("no NIfTI", r"must be a NIfTI-1 file of three axes; got no NIfTI-1 in one file. Hint: "),
        ("cut short", r"must be a NIfTI-1 file of three axes; got .* Hint: "),
        ("four axes", r"must be a NIfTI-1 file of three axes; got 4 axes .* Hint: "),
    ],
)
def test_a_folder_that_is_not_right(folder, how, said):
    """The error names the file, what came, and what to do."""
    broken(folder, how)
    with pytest.raises((ValueError, FileNotFoundError), match=said):
        load_volumes(folder)


def test_arrays_from_elsewhere():
    """What nibabel gave may be made a volume, if both shapes agree; a folder that is not there is named."""
    one = as_volume(np.zeros((2, 3, 4)), np.ones((2, 3, 4)), (1, 1, 1))
    assert one.labels.unique().tolist() == [1]
    with pytest.raises(ValueError, match=r"shape \(D, H, W\); got \(2, 3, 4\) and \(2, 3\). Hint: "):
        as_volume(np.zeros((2, 3, 4)), np.ones((2, 3)), (1, 1, 1))
    with pytest.raises(ValueError, match=r"must be an array \(D, H, W\) of numbers; got complex64 .* Hint: "):
        write_nifti("a.nii", np.zeros((2, 3, 4), "c8"))
    with pytest.raises(
        FileNotFoundError, match=r"must be a folder of NIfTI files; got no such folder. Hint: "
    ):
        load_volumes("nowhere")

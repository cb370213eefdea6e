"""Loading a folder of images and masks: what comes out, and what is said about a folder that is not right."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import ArrayLike
from PIL import Image

from seglosses.images import load_folder


def save(path: Path, pixels: ArrayLike, dtype: type = np.uint8) -> None:
    """Write a PNG, and the folder it is in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(pixels, dtype)).save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One pair, 2 x 2."""
    save(tmp_path / "images/anna.png", [[0, 51], [102, 255]])
    save(tmp_path / "masks/anna.png", [[0, 255], [255, 0]])
    return tmp_path


def test_a_pair(folder: Path) -> None:
    """Grey values become [0, 1], a mask of 0 and 255 becomes 0 and 1, both float32 of shape (N, 1, H, W)."""
    images, masks, names = load_folder(folder, 2)
    torch.testing.assert_close(images, torch.tensor([[[[0, 0.2], [0.4, 1]]]]), rtol=0, atol=1e-7)
    assert torch.equal(masks, torch.tensor([[[[0.0, 1.0], [1.0, 0.0]]]]))
    assert images.dtype == masks.dtype == torch.float32
    assert names == ["anna"]


def test_a_path_may_be_a_string(folder: Path) -> None:
    """The folder is a path or a string."""
    assert load_folder(str(folder), 2).names == ["anna"]


def test_order_is_that_of_the_names(folder: Path) -> None:
    """Pairs come sorted by name, so that a run can be repeated; other files are ignored."""
    for name, value in (("ben", 10), ("Zoe", 20)):
        save(folder / f"images/{name}.png", [[value] * 2] * 2)
        save(folder / f"masks/{name}.png", [[0] * 2] * 2)
    (folder / "images/notes.txt").write_text("not looked at")
    images, _, names = load_folder(folder, 2)
    assert names == ["Zoe", "anna", "ben"]
    assert torch.equal((images[:, 0, 0, 0] * 255).round(), torch.tensor([20.0, 0.0, 10.0]))


@pytest.mark.parametrize("values", [[[0, 1], [1, 0]], [[0, 255], [255, 0]]])
def test_both_kinds_of_masks(folder: Path, values: ArrayLike) -> None:
    """0/1 and 0/255 masks are the same mask."""
    save(folder / "masks/anna.png", values)
    assert torch.equal(load_folder(folder, 2).masks[0, 0], torch.tensor([[0.0, 1.0], [1.0, 0.0]]))


def test_masks_of_one_bit(folder: Path) -> None:
    """A black-and-white PNG is a mask too."""
    save(folder / "masks/anna.png", [[0, 1], [1, 0]], dtype=np.bool_)
    assert torch.equal(load_folder(folder, 2).masks[0, 0], torch.tensor([[0.0, 1.0], [1.0, 0.0]]))


@pytest.mark.parametrize(("value", "expected"), [(0, 0.0), (1, 1.0), (255, 1.0)])
def test_masks_of_one_value(folder: Path, value: int, expected: float) -> None:
    """A mask may be empty, or full."""
    save(folder / "masks/anna.png", [[value] * 2] * 2)
    assert torch.equal(load_folder(folder, 2).masks, torch.full((1, 1, 2, 2), expected))


def test_colour_turns_grey(folder: Path) -> None:
    """A colour file with three equal channels is its grey file, image and mask alike."""
    plain = load_folder(folder, 2)
    for part in ("images", "masks"):
        grey = np.asarray(Image.open(folder / part / "anna.png"))
        save(folder / part / "anna.png", np.stack([grey] * 3, axis=-1))
    colour = load_folder(folder, 2)
    assert torch.equal(plain.images, colour.images)
    assert torch.equal(plain.masks, colour.masks)


def test_sixteen_bits(folder: Path) -> None:
    """X-rays often have 16 bits a pixel: 65535 is white."""
    save(folder / "images/anna.png", [[0, 13107], [26214, 65535]], dtype=np.uint16)
    expected = torch.tensor([[0, 0.2], [0.4, 1]])
    torch.testing.assert_close(load_folder(folder, 2).images[0, 0], expected, rtol=0, atol=1e-7)


def test_images_are_averaged_and_masks_are_not(folder: Path) -> None:
    """Twice as large, an image has values in between, a mask only 0 and 1, in blocks of 2 x 2."""
    images, masks, _ = load_folder(folder, 4)
    assert len(images.unique()) > 4
    assert torch.equal(masks[0, 0], torch.tensor([[0.0, 1.0], [1.0, 0.0]]).kron(torch.ones(2, 2)))


def test_height_comes_first(folder: Path) -> None:
    """A size of (3, 5) is 3 rows of 5 pixels; files of different sizes come out alike."""
    save(folder / "images/ben.png", np.zeros((7, 4)))
    save(folder / "masks/ben.png", np.zeros((7, 4)))
    images, masks, _ = load_folder(folder, (3, 5))
    assert images.shape == masks.shape == (2, 1, 3, 5)


def test_no_folder(tmp_path: Path) -> None:
    """A folder that is not there is named."""
    with pytest.raises(
        FileNotFoundError, match=r"images must be a folder of PNG files; got no such folder. Hint: "
    ):
        load_folder(tmp_path, 2)


def test_empty_folder(folder: Path) -> None:
    """A folder without a PNG is named."""
    (folder / "masks/anna.png").unlink()
    with pytest.raises(ValueError, match=r"masks must hold PNG files; got none. Hint: "):
        load_folder(folder, 2)


@pytest.mark.parametrize(
    ("there", "missing", "what"), [("images", "masks", "mask"), ("masks", "images", "image")]
)
def test_missing_partner(folder: Path, there: str, missing: str, what: str) -> None:
    """An image without a mask is named with the mask's place, and the other way round."""
    save(folder / there / "ben.png", [[0]])
    message = f"{there}/ben.png must have its {what} .*{missing}/ben.png; got no such file. Hint: "
    with pytest.raises(FileNotFoundError, match=message):
        load_folder(folder, 2)


def test_more_than_two_values(folder: Path) -> None:
    """A mask that was smoothed on its way is refused, with the values that came and the likely reason."""
    save(folder / "masks/anna.png", [[0, 3], [250, 255]])
    expected = "mask of 0 and 255 or of 0 and 1; got 4 different values: 0, 3, 250, 255. Hint: a mask that"
    with pytest.raises(ValueError, match=expected):
        load_folder(folder, 2)


@pytest.mark.parametrize("values", [[[0, 128], [0, 0]], [[1, 255], [1, 1]], [[7, 7], [7, 7]]])
def test_two_values_that_say_nothing(folder: Path, values: ArrayLike) -> None:
    """Which of 1 and 255 is the foreground nobody can know; 128 may be anything."""
    save(folder / "masks/anna.png", values)
    with pytest.raises(ValueError, match=r"must be a mask of 0 and 255 or of 0 and 1; got .* Hint: write"):
        load_folder(folder, 2)


def test_sizes_differ_within_a_pair(folder: Path) -> None:
    """A mask must have its image's size; width comes first, as image viewers have it."""
    save(folder / "masks/anna.png", np.zeros((3, 4)))
    message = "masks/anna.png must have the size of its image .*anna.png, 2 x 2 pixels; got 4 x 3. Hint: "
    with pytest.raises(ValueError, match=message):
        load_folder(folder, 2)


@pytest.mark.parametrize("part", ["images", "masks"])
def test_not_an_image(folder: Path, part: str) -> None:
    """A text file that calls itself PNG, or a PNG cut short, is named."""
    path = folder / part / "anna.png"
    for content in (b"hello", path.read_bytes()[:40], b""):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=f"{part}/anna.png must be an image; got .* Hint: "):
            load_folder(folder, 2)


@pytest.mark.parametrize("size", [0, -1, (0, 4), (4, 0)])
def test_size_must_be_positive(folder: Path, size: int | tuple[int, int]) -> None:
    """A side has at least one pixel."""
    with pytest.raises(ValueError, match=r"size must be at least 1 pixel a side; got .* Hint: "):
        load_folder(folder, size)

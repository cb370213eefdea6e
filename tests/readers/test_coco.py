"""COCO files: polygons and runs become masks, crowds become pixels without weight."""

import json
from math import pi

import numpy as np
import pytest
import torch

from seglosses.readers.coco import _decompressed, draw, load_coco

SQUARE = [1, 1, 4, 1, 4, 3, 1, 3]  # x from 1 to 4, y from 1 to 3


@pytest.mark.parametrize(
    ("text", "runs"),
    [  # from the tests of another implementation of COCO's strings
        ("061M", [0, 6, 1, 3]),
        ("061", [0, 6, 1]),
        ("061K", [0, 6, 1, 1]),
        ("061O", [0, 6, 1, 5]),
        ("0610", [0, 6, 1, 6]),
        ("011101010", [0, 1, 1, 2, 1, 3, 1, 4, 1]),
        ("0PP1", [0, 1024]),
    ],
)
def test_a_string_of_runs(text, runs):
    """Five bits a letter, and from the fourth number on the difference to the one before the last."""
    assert _decompressed(text) == runs


def test_runs_go_down_the_columns():
    """Three of background, two of foreground, and so on, in an image of 2 rows and 3 columns."""
    # columns (0, 0), (0, 1), (1, 0)
    expected = np.array([[0, 0, 1], [0, 1, 0]], bool)
    assert np.array_equal(draw({"size": [2, 3], "counts": [3, 2, 1]}, 2, 3), expected)
    assert np.array_equal(draw({"size": [2, 3], "counts": "321"}, 2, 3), expected)


def test_a_polygon_covers_the_middles_of_its_pixels():
    """A rectangle on the lines between pixels covers just those within; two polygons are one object."""
    mask = draw([SQUARE, [5, 0, 6, 0, 6, 1, 5, 1]], 4, 6)
    expected = np.zeros((4, 6), bool)
    expected[1:3, 1:4] = expected[0, 5] = True
    assert np.array_equal(mask, expected)


def test_a_corner_in_the_middle_of_a_pixel():
    """Each row crosses the two edges of a corner once: what is truly inside is in, what is outside is not."""
    mask = draw([[2.5, 0.5, 4.5, 2.5, 2.5, 4.5, 0.5, 2.5]], 5, 6)
    rows, columns = np.indices(mask.shape)
    away = abs(rows - 2) + abs(columns - 2)  # of a diamond whose corners are 2 away
    assert mask[away < 2].all()
    assert not mask[away > 2].any()


def test_the_area_of_a_circle():
    """A polygon of 100 corners has the area of its circle to one per cent, and not a pixel outside."""
    angle = np.linspace(0, 2 * pi, 100, endpoint=False)
    corners = np.stack([50 + 30 * np.cos(angle), 40 + 30 * np.sin(angle)], 1)
    mask = draw([corners.flatten().tolist()], 80, 100)
    assert mask.sum() == pytest.approx(pi * 30**2, rel=0.01)
    rows, columns = np.nonzero(mask)
    assert ((columns + 0.5 - 50) ** 2 + (rows + 0.5 - 40) ** 2 <= 900).all()


@pytest.fixture
def file(tmp_path):
    """Two images: a lung of two parts and a crowd; nothing."""
    annotations = [
        {"id": 1, "image_id": 7, "category_id": 3, "segmentation": [SQUARE]},
        {"id": 2, "image_id": 7, "category_id": 3, "segmentation": {"size": [4, 6], "counts": [0, 1, 23]}},
        {"id": 3, "image_id": 7, "category_id": 9, "segmentation": [[0, 0, 2, 0, 2, 2, 0, 2]]},
        {
            **{"id": 4, "image_id": 7, "category_id": 9, "iscrowd": 1},
            "segmentation": {"size": [4, 6], "counts": [20, 4]},
        },
    ]
    data = {
        "images": [
            {"id": 7, "file_name": "anna.png", "height": 4, "width": 6},
            {"id": 8, "file_name": "ben.png", "height": 2, "width": 2},
        ],
        "annotations": annotations,
        "categories": [{"id": 3, "name": "lung"}, {"id": 9, "name": "nodule"}],
    }
    path = tmp_path / "instances.json"
    path.write_text(json.dumps(data), "utf-8")
    return path


def test_a_file(file):
    """One channel a category, the union of its objects; a crowd has no weight; an image may be empty."""
    found = load_coco(file)
    assert found.categories == ["lung", "nodule"]
    anna, ben = found.images
    assert (anna.masks.shape, anna.weight.shape) == ((1, 2, 4, 6), (1, 1, 4, 6))
    assert anna.masks.dtype == anna.weight.dtype == torch.float32
    assert anna.masks.sum((0, 2, 3)).tolist() == [7, 4]  # 6 of the square and 1 of the runs; 4
    assert (anna.masks.sum(1) == 2).sum() == 2  # (0, 0) and (1, 1) are both
    assert anna.weight.flatten().nonzero().numel() == 20
    assert (anna.weight[0, 0, :, 5] == 0).all()
    assert (ben.file_name, ben.masks.sum()) == ("ben.png", 0)


@pytest.mark.parametrize(
    ("segmentation", "said"),
    [
        ([[0, 0, 1, 1]], "annotation 1 must hold polygons or runs; got a polygon must have three points"),
        ({"size": [6, 4], "counts": [24]}, r"got counts must fill an image of 4 x 6; got size \[6, 4\]"),
        ({"size": [4, 6], "counts": [20]}, "got counts must fill an image of 4 x 6; got size .*20 pixels"),
        ({"size": [4, 6]}, "annotation 1 must hold polygons or runs; got 'counts'"),
    ],
)
def test_an_annotation_that_is_not_right(file, segmentation, said):
    """It is named by its id."""
    data = json.loads(file.read_text("utf-8"))
    data["annotations"][0]["segmentation"] = segmentation
    file.write_text(json.dumps(data), "utf-8")
    with pytest.raises(ValueError, match=said):
        load_coco(file)


def test_another_kind_of_file(tmp_path):
    """Results have no images; the error says which file it should be."""
    (tmp_path / "a.json").write_text('{"info": {}}')
    with pytest.raises(
        ValueError, match=r"must hold 'images'; got \['info'\]. Hint: this is the file of instances"
    ):
        load_coco(tmp_path / "a.json")

"""The convention atlas: complete, in step with seglosses, and each number explained by a formula."""

import json
import math
from datetime import date
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import pytest
import torch
import torch.nn.functional as F

from seglosses import bce_loss, focal_loss
from seglosses.atlas import CASES, LOSSES, Atlas, read_atlas

ROOT = Path(__file__).parents[1]
ATLAS = read_atlas(ROOT / "book/data/conventions.json")
PIXELS, REGIONS = (2, 3), (0, 2, 3)
EXACT = 2e-6  # the record has six decimals, and nnU-Net sums in float32


def dice(z, y, smooth=(1.0, 1.0), dim=PIXELS, power=1, shared=torch.mul):
    """One minus (2 overlap + smooth) / (sizes + smooth), for each region, and the mean."""
    p, (above, below) = torch.sigmoid(z), smooth
    sizes = (p**power).sum(dim) + (y**power).sum(dim)
    return (1 - (2 * shared(p, y).sum(dim) + above) / (sizes + below)).mean()


def iou(z, y, smooth=(1.0, 1.0), dim=REGIONS, shared=torch.mul):
    """The same with the union below the bar; smooth counts as above."""
    p, (above, below) = torch.sigmoid(z), smooth
    overlap = shared(p, y).sum(dim)
    return (1 - (overlap + above) / (p.sum(dim) + y.sum(dim) - overlap + below)).mean()


def silent_where_empty(loss):
    """No foreground, no loss: what smp does with a batch."""
    return lambda z, y: loss(z, y) if y.sum() > 0 else 0 * z.sum()


def two_classes(z, y):
    """Background and foreground as two channels of equal rank."""
    return torch.cat([-z, z], 1), torch.cat([1 - y, y], 1)


def macro(z, y):
    """One Dice for each class that an image has, and their mean."""
    images = [image for pair in zip(z.split(1), y.split(1), strict=True) for image in classes(*pair)]
    return torch.stack(images).mean()


def classes(z, y):
    """The mean over the classes that one image has."""
    channels = zip(*(tensor.split(1, 1) for tensor in two_classes(z, y)), strict=True)
    return torch.stack([dice(a, b, (0.0, 1e-8)) for a, b in channels if b.sum() > 0]).mean(0, keepdim=True)


def focal(z, y, p_t, alpha_t):
    """Cross-entropy times (1 - p_t)^2 times alpha_t, as most libraries write it."""
    bce = F.binary_cross_entropy_with_logits(z, y, reduction="none")
    p_t = p_t(z, y)
    return (alpha_t(y) * (1 - p_t) ** 2 * bce).mean()


def of_truth(z, y):
    """p_t as torchvision has it: p y + (1 - p) (1 - y)."""
    p = torch.sigmoid(z)
    return p * y + (1 - p) * (1 - y)


def by_bce(z, y):
    """p_t as smp and the source have it, exp(-BCE): with a soft mask another one."""
    return torch.exp(-F.binary_cross_entropy_with_logits(z, y, reduction="none"))


def by_sign(z, y):
    """p_t as MONAI has it, sigmoid((2 y - 1) z): one half on a mask of one half."""
    return torch.sigmoid((2 * y - 1) * z)


def no_alpha(y):
    """Both classes count 1."""
    return torch.ones_like(y)


def soft_alpha(y):
    """A quarter for the foreground, the rest for the background, and between them in between."""
    return 0.25 * y + 0.75 * (1 - y)


def hard_alpha(y):
    """The source's alpha: what is not exactly 1 is background."""
    return torch.where(y == 1, 0.25, 0.75)


def focus(z, y):
    """The sum of (1 - p_t)^2, as far as smp lets it fall; its mean is then divided by this sum."""
    return ((1 - by_bce(z, y)) ** 2).sum().clamp(min=1e-6)


def per_pixel(z, y):
    """No mean at all."""
    return "no mean"


def no_soft_mask(loss):
    """Class indices cannot be soft."""
    return lambda z, y: loss(z, y) if torch.equal(y, y.round()) else "refused"


def plus_bce(loss):
    """The sum of both."""
    return lambda z, y: loss(z, y) + bce_loss(z, y)


def smp_shared(p, y):
    """The overlap of smp: half of p + y - |p - y|, which is the smaller of both."""
    return torch.minimum(p, y)


tiny = (1e-5, 1e-5)
pooled, monai_dice = partial(dice, dim=REGIONS), partial(dice, smooth=tiny)
smp_dice = silent_where_empty(partial(pooled, smooth=(0.0, 0.0), shared=smp_shared))
smp_iou = silent_where_empty(partial(iou, smooth=(0.0, 0.0), shared=smp_shared))
# Background and foreground as one region: every pixel counts twice below the bar.
kornia_dice = no_soft_mask(lambda z, y: dice(*two_classes(z, y), smooth=(0, 1e-8), dim=(1, 2, 3)))
quarter = partial(focal, alpha_t=soft_alpha)

#: What each library computes, from its documented formula and its defaults.
FORMULAS = {
    "as it comes": {
        "dice": {
            "source": pooled,
            "MONAI": monai_dice,
            "smp": smp_dice,
            "kornia": kornia_dice,
            "nnU-Net": dice,
        },
        # MONAI doubles overlap and union, so its smooth is worth half.
        "iou": {"source": iou, "MONAI": partial(iou, smooth=(5e-6, 5e-6), dim=PIXELS), "smp": smp_iou},
        "bce": {"source": bce_loss, "smp": bce_loss, "torch": bce_loss},
        "bce_dice": {"source": plus_bce(pooled), "MONAI": plus_bce(monai_dice), "nnU-Net": plus_bce(dice)},
        "focal": {
            "source": partial(focal, p_t=by_bce, alpha_t=hard_alpha),
            "MONAI": partial(focal, p_t=by_sign, alpha_t=no_alpha),
            "smp": partial(focal, p_t=by_bce, alpha_t=no_alpha),
            "kornia": per_pixel,
            "torchvision": per_pixel,
        },
    },
    "set alike": {
        "dice": {
            "source": pooled,
            "MONAI": pooled,
            "smp": silent_where_empty(partial(pooled, shared=smp_shared)),
            "kornia": kornia_dice,
            "nnU-Net": pooled,
        },
        "iou": {
            "source": iou,
            "MONAI": iou,
            "smp": silent_where_empty(partial(iou, shared=smp_shared)),
        },
        "bce": {"source": bce_loss, "smp": bce_loss, "torch": bce_loss},
        "bce_dice": {"source": plus_bce(pooled), "MONAI": plus_bce(pooled), "nnU-Net": plus_bce(pooled)},
        "focal": {
            "source": partial(focal, p_t=by_bce, alpha_t=hard_alpha),
            "MONAI": partial(quarter, p_t=by_sign),
            "smp": partial(quarter, p_t=by_bce),
            "kornia": focal_loss,
            "torchvision": partial(quarter, p_t=of_truth),
        },
    },
    "options": {
        "dice": {
            "MONAI squared_pred": partial(monai_dice, power=2),
            "MONAI soft_label": partial(monai_dice, shared=smp_shared),
            "MONAI softmax": no_soft_mask(lambda z, y: dice(*two_classes(z, y), smooth=tiny)),
            "MONAI no background": no_soft_mask(monai_dice),
            "kornia macro": no_soft_mask(macro),
            "smp log_loss": lambda z, y: -torch.log((1 - smp_dice(z, y)).clamp(min=1e-7)),
            "nnU-Net as returned": lambda z, y: dice(z, y) - 1,
        },
        "focal": {
            "torchvision sum": lambda z, y: quarter(z, y, of_truth) * y.numel(),
            "MONAI sum": lambda z, y: quarter(z, y, by_sign) * len(y),
            "smp normalized": lambda z, y: quarter(z, y, by_bce) / focus(z, y),
        },
    },
}


def asked():
    """Each setting, loss and library of the record."""
    return [
        pytest.param(setting, loss, library, id=f"{setting}-{loss}-{library}")
        for setting, losses in ATLAS.values.items()
        for loss, libraries in losses.items()
        for library in libraries
    ]


def test_the_record_is_complete():
    """Seven implementations and more than seven grids, all five losses, and each library on each grid."""
    assert len(CASES) >= 7
    assert len({name for libraries in ATLAS.values["as it comes"].values() for name in libraries}) >= 7
    for setting in ("as it comes", "set alike"):
        assert list(ATLAS.values[setting]) == list(LOSSES)
        assert all("seglosses" in libraries for libraries in ATLAS.values[setting].values())
    for setting, loss, library in (parameter.values for parameter in asked()):
        assert list(ATLAS.values[setting][loss][library]) == list(CASES)


def test_the_record_says_when_and_with_which_versions():
    """The day, and the versions that the tools pin."""
    assert date.fromisoformat(ATLAS.date) >= date(2026, 11, 23)
    pins = (ROOT / "tools/compare_peers.txt").read_text().splitlines()[1:]
    assert ATLAS.versions == dict(pin.split("==") for pin in pins)


@pytest.mark.parametrize(("setting", "loss", "library"), asked())
def test_each_number_is_that_of_the_formula(setting, loss, library):
    """The record is what the library's formula gives; for seglosses, what it says now."""
    formula = LOSSES[loss] if library == "seglosses" else FORMULAS[setting][loss][library]
    for name, case in CASES.items():
        recorded, expected = ATLAS.values[setting][loss][library][name], formula(*case)
        if isinstance(expected, str):
            assert recorded == expected, name
        else:
            assert recorded == pytest.approx(expected.item(), abs=EXACT), name


def test_cases_are_what_their_names_say():
    """Counts of foreground, images, and the one soft mask."""
    foreground = {name: case.targets.sum().item() for name, case in CASES.items()}
    assert foreground == {
        "perfect": 20,
        "prediction 1": 20,
        "prediction 2": 20,
        "unsure": 20,
        "nodule missed": 3,
        "left empty": 0,
        "false alarm": 0,
        "two images": 23,
        "soft mask": 10,
    }
    for name, (inputs, targets) in CASES.items():
        assert inputs.shape == targets.shape == (2 if name == "two images" else 1, 1, 10, 10)
        assert inputs.dtype == targets.dtype == torch.float64
        assert torch.equal(targets, targets.round()) is (name != "soft mask")


def atlas(value):
    """A small record: two libraries, every case the same."""
    said = {"seglosses": dict.fromkeys(CASES, 9.0), "other": dict.fromkeys(CASES, value)}
    return Atlas("2026-11-23", {}, {"as it comes": {"bce": said}})


def test_a_table_has_our_present_values_and_marks_what_deviates():
    """Ours are computed and not read; another's value is bold where four decimals show a difference."""
    table = atlas(0.6).table("bce")
    assert table.head == ["", "seglosses", "other"]
    by_name = {name: rest for name, *rest in table.rows}
    assert by_name["nodule missed"] == ["0.6000", "0.6000"]
    assert by_name["false alarm"] == ["0.4000", "<b>0.6000</b>"]
    assert [row[0] for row in table.rows] == list(CASES)
    assert atlas("refused").table("bce").rows[0][2] == "refused"


def test_a_table_is_html_that_can_be_read_aloud():
    """Each column and each row has its head, the corner heads nothing, and no row is short."""
    table = ElementTree.fromstring(atlas(0.6).table("bce")._repr_html_()).find("table")
    assert [head.text for head in table.findall("thead/tr/th[@scope='col']")] == ["seglosses", "other"]
    assert [corner.text for corner in table.findall("thead/tr/td")] == [None]
    rows = table.findall("tbody/tr")
    assert [row.find("th[@scope='row']").text for row in rows] == list(CASES)
    assert {len(row.findall("td")) for row in rows} == {2}


def test_an_unknown_loss_is_named():
    """The error says what the record has."""
    with pytest.raises(
        ValueError,
        match=r"setting and loss must be one of .*'as it comes', 'bce'.*; got .*'tversky'.* Hint: .*focal",
    ):
        atlas(0.6).table("tversky")


def test_a_record_is_found_from_a_folder_below(tmp_path, monkeypatch):
    """The pages of a translation lie one folder deeper and say the same path."""
    (tmp_path / "data").mkdir()
    (tmp_path / "zh").mkdir()
    record = {"date": "2026-11-23", "versions": {}, "values": {}}
    (tmp_path / "data/small.json").write_text(json.dumps(record))
    for folder in (tmp_path, tmp_path / "zh"):
        monkeypatch.chdir(folder)
        assert read_atlas("data/small.json") == Atlas(**record)
    with pytest.raises(
        FileNotFoundError, match=r"path must lead to a record .*; got data/none\.json\. Hint: "
    ):
        read_atlas("data/none.json")


def test_the_log_of_a_lost_object_ends_at_its_floor():
    """The largest number of the atlas, -ln 1e-7: smp's log_loss of an object that is missed."""
    said = ATLAS.values["options"]["dice"]["smp log_loss"]["nodule missed"]
    assert said == pytest.approx(-math.log(1e-7), abs=EXACT)

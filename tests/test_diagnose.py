"""``diagnose`` names what is planted in a batch first, and says nothing of a batch that is healthy."""

import math
from xml.etree import ElementTree

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from seglosses import bce_dice_loss, bce_loss, diagnose, dice_loss, focal_loss, iou_loss
from seglosses.diagnosis import Diagnosis, Finding, _output

SIDE = 32


def seeded(seed=0):
    """A generator of its own for each batch."""
    return torch.Generator().manual_seed(seed)


def disks(seed=0, images=4, channels=1, side=SIDE, radius=None):
    """Masks of one disk for each image and channel, uint8 of shape (N, C, side, side)."""
    generator = seeded(seed)
    place = side * (0.3 + 0.4 * torch.rand(2, images, channels, 1, 1, generator=generator))
    size = radius or side * (0.1 + 0.15 * torch.rand(images, channels, 1, 1, generator=generator))
    rows, columns = torch.arange(side).view(-1, 1), torch.arange(side)
    return ((rows - place[0]) ** 2 + (columns - place[1]) ** 2 <= size**2).to(torch.uint8)


def trained(masks, seed=0, inside=3.0, outside=-4.0, noise=1.0):
    """Logits of a model that has learned the masks, with doubt and mistakes."""
    y = masks.double()
    means = inside * y + outside * (1 - y)
    return (means + noise * torch.randn(y.shape, generator=seeded(seed), dtype=torch.float64)).float()


def net(seed, channels=1, dims=2):
    """A small network as its library initialises it."""
    conv = nn.Conv2d if dims == 2 else nn.Conv3d
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(conv(1, 8, 3, padding=1), nn.ReLU(), conv(8, channels, 1))


def film(masks, seed=0):
    """A noisy image in which the first object is brighter."""
    y = masks[:, :1].float()
    return 0.5 * y + 0.2 * torch.randn(y.shape, generator=seeded(seed))


def naive_dice(z, y):
    """Dice as it is often written: no check of shapes or ranges, sums in the type of the logits."""
    p = torch.sigmoid(z)
    return 1 - (2 * (p * y).sum() + 1) / (p.sum() + y.sum() + 1)


def dice_of_probabilities(p, y):
    """Dice of a model that ends in a sigmoid."""
    return 1 - (2 * (p * y).sum() + 1) / (p.sum() + y.sum() + 1)


def labels_of(masks):
    """Class indices: 0 where no mask is, else the last mask's number."""
    return (masks * torch.arange(1, masks.shape[1] + 1).view(1, -1, 1, 1)).amax(1).long()


def faults():
    """Each planted fault: the finding that must come first, the output, the target, and a loss or None."""
    y, three = disks(), disks(1, channels=3)
    z, z3 = trained(y), trained(three)
    z4 = trained(disks(1, channels=4))
    labels = labels_of(three)
    raw = net(3)(film(y))
    with_255 = torch.where(torch.rand(y.shape, generator=seeded(5)) < 0.05, 255, y)
    wide, huge = disks(2, images=1, side=512), disks(2, images=1, side=512, radius=200)
    small = disks(3, radius=2)
    return {
        "a batch of nothing": ("no values", z[:0], y[:0], dice_loss),
        "a Fourier transform": ("complex numbers", torch.fft.fft(z), y, None),
        "a sigmoid at the end": ("probabilities", torch.sigmoid(z), y, None),
        "a sigmoid at the end of a fresh network": ("probabilities", torch.sigmoid(raw), y, None),
        "the same, detached": ("probabilities", torch.sigmoid(raw - raw.mean()).detach(), y, None),
        "a softmax at the end": ("probabilities", z3.softmax(1), three, None),
        "a sigmoid, then a resize": ("probabilities", F.interpolate(torch.sigmoid(z), SIDE), y, bce_loss),
        "two sigmoids": ("two sigmoids", torch.sigmoid(torch.sigmoid(z)), y, None),
        "two sigmoids of a fresh network": ("two sigmoids", torch.sigmoid(torch.sigmoid(raw)), y, bce_loss),
        "a ReLU at the end": ("ReLU", torch.relu(z), y, None),
        "a ReLU at the end of a fresh network": ("ReLU", torch.relu(raw - raw.mean()).detach(), y, bce_loss),
        "a log-softmax": ("log-probabilities", z3.log_softmax(1), three, None),
        "a tanh at the end": ("tanh", torch.tanh(z), y, dice_loss),
        "a thresholded output": ("mask as output", (z > 0).float(), y, None),
        "an argmax": ("mask as output", z3.argmax(1, keepdim=True), y, None),
        "a dead layer": ("constant output", torch.full(z.shape, -0.3), y, None),
        "a 0/255 mask": ("0/255 mask", z, y * 255, None),
        "a 0/255 mask, resized": ("0/255 mask", z, F.avg_pool2d(y * 255.0, 3, 1, 1).round(), None),
        "a 0/255 mask and a naive loss": ("0/255 mask", z, y.float() * 255, naive_dice),
        "label 255": ("ignored label", z, with_255, None),
        "label 255 in class indices": ("ignored label", z4, labels.where(z4[:, 0] < 1, 255), None),
        "label -100": ("ignored label", z, torch.where(z > 5, -100, y.long()), None),
        "a mask divided twice": ("mask divided twice", z, y / 255, None),
        "classes counted from 1": ("classes in one channel", z, y + 1, None),
        "three classes in one channel": ("classes in one channel", z, labels.unsqueeze(1), None),
        "a normalised mask": ("mask outside [0, 1]", z, (y - 0.45) / 0.22, None),
        "a bicubic resize": (
            "mask outside [0, 1]",
            z,
            F.interpolate(y[..., ::2, ::2].float(), SIDE, mode="bicubic"),
            None,
        ),
        "swapped": ("swapped arguments", y.float(), z, None),
        "swapped, integers": ("swapped arguments", y, z, dice_loss),
        "swapped probabilities": ("swapped arguments", y.float(), torch.sigmoid(z), naive_dice),
        "swapped with class indices": ("swapped arguments", labels, z4, F.cross_entropy),
        "no channel axis": ("missing channel axis", z, y[:, 0], None),
        "no channel axis, and a loss that broadcasts": ("missing channel axis", z, y[:, 0], naive_dice),
        "no channel axis in the output": ("missing channel axis", z[:, 0], y, None),
        "NHWC target": ("channels last", z3, three.movedim(1, -1), None),
        "NHWC both": ("channels last", z3.movedim(1, -1), three.movedim(1, -1), None),
        "NHWC output": ("channels last", z.movedim(1, -1), y, None),
        "class indices": ("classes as channels", z4, labels, None),
        "class indices with an axis": ("classes as channels", z4, labels.unsqueeze(1), dice_loss),
        "foreground and background channels": ("classes as channels", z4[:, :2], y, None),
        "a colour mask": ("colour mask", z, y.expand(-1, 3, -1, -1), None),
        "height and width": ("axes in another order", z[..., :20], y[..., :20].transpose(2, 3), None),
        "half size": ("different sizes", z[..., ::2, ::2], y, None),
        "all background": ("all background", trained(0 * y), 0 * y, None),
        "all foreground": ("all foreground", trained(0 * y + 1), 0 * y + 1, None),
        "images of 0 to 255": ("saturated logits", 100 * raw.detach() / raw.std().item(), y, None),
        "diverged": ("saturated logits", trained(y, inside=-200, outside=-300), y, bce_loss),
        "float16 sums": ("half precision overflows", trained(huge).half(), huge, naive_dice),
        "float16 infinity": ("half precision overflows", (z * 1e5).half(), y, None),
        "NaN": ("NaN or infinity", z.clone().index_fill_(2, torch.tensor([3]), math.nan), y, dice_loss),
        "NaN in the mask": ("NaN or infinity", z, y.float().masked_fill(z > 5, math.nan), None),
        "hidden": (
            "hidden by the threshold",
            trained(small, inside=-2.5, outside=-7, noise=0.5),
            small,
            None,
        ),
        "hidden in a large image": (
            "hidden by the threshold",
            trained(wide, inside=-3.0, outside=-6, noise=0.3),
            wide,
            None,
        ),
        "an inverted mask": ("upside down", z, 1 - y, None),
        "a score": ("score, not a loss", z, y, lambda z, y: 1 - dice_loss(z, y)),
        "a negative loss": ("negative loss", z, y, lambda z, y: dice_loss(z, y) - 1),
        "logits where probabilities belong": ("logits, not probabilities", z, y, dice_of_probabilities),
        "a loss that is NaN": ("loss is not finite", z, y, lambda z, y: (0 * z).sum() / (0 * y).sum()),
        "a loss that refuses": ("loss refuses", z, y, lambda z, y: F.cross_entropy(z, y.squeeze(1).int())),
        "a loss for each pixel": (
            "no single number",
            z,
            y,
            lambda z, y: F.binary_cross_entropy_with_logits(z, y.float(), reduction="none"),
        ),
        "a detached loss": ("no gradient", z, y, lambda z, y: dice_loss(z.detach(), y)),
        "a loss of a threshold": (
            "no gradient",
            z,
            y,
            lambda z, y: dice_loss(30 * (z > 0).float() - 15 + 0 * z, y),
        ),
        "stuck": ("loss of 0.693", z, y, lambda z, y: bce_loss(0 * z, y) + 0 * z.sum()),
    }


FAULTS = faults()


def test_there_are_enough_faults():
    """At least thirty."""
    assert len(FAULTS) >= 30


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_named_first(fault):
    """The first finding is the planted one; its sentence has a figure, its check and its cure are there."""
    name, output, target, loss = FAULTS[fault]
    found = diagnose(output, target, loss)
    assert [one.name for one in found.findings][:1] == [name], str(found)
    first = found.findings[0]
    assert first.sentence
    assert first.check
    assert first.cure.endswith(".")


LOSSES = [None, dice_loss, bce_loss, focal_loss, iou_loss, bce_dice_loss, naive_dice]


def healthy(seed):
    """A batch without a fault, of the kinds that training brings; the seed chooses, and numbers it."""
    kind, loss = seed % 14, LOSSES[seed % len(LOSSES)]
    y = disks(seed, images=1 + seed % 5)
    several = disks(seed, channels=2 + seed % 3)
    gentle = torch.randn(y.shape, generator=seeded(seed))
    volume = torch.stack([y, y.flip(-1), y], 2)  # (N, 1, 3, H, W)
    rare = disks(seed, images=2, side=64, radius=1.5)
    blurred = F.avg_pool2d(y.float(), 3, 1, 1)
    empty = torch.cat([y, torch.zeros_like(y)])
    batches = [
        lambda: (net(seed)(film(y, seed)), y),
        lambda: (net(seed)(film(y, seed)).detach(), y.float()),
        lambda: (net(seed, several.shape[1])(film(several, seed)), several),
        lambda: (net(seed, dims=3)(film(volume, seed)), volume),
        lambda: (trained(y, seed), y),
        lambda: (trained(several, seed), several.bool()),
        lambda: (trained(volume, seed, inside=8, outside=-10), volume.float()),
        lambda: (trained(y, seed).half(), y.half()),
        lambda: (trained(y, seed, inside=6, outside=-9).bfloat16(), y),
        lambda: (trained(rare, seed), rare.long()),
        lambda: (trained(y, seed), blurred),
        lambda: (trained(y, seed), y * 0.9 + 0.05),
        lambda: (trained(empty, seed), empty.double()),
        lambda: (gentle * 0.3 - 0.1, y),
    ]
    return *batches[kind](), loss


@pytest.mark.parametrize("first", range(0, 210, 14))
def test_nothing_is_named_on_healthy_batches(first):
    """Fresh and trained outputs, soft labels, several channels, volumes, half precision, empty images."""
    named = {seed: str(found) for seed in range(first, first + 14) if (found := diagnose(*healthy(seed)))}
    assert named == {}


# --- what is right for the loss that is given ---------------------------------------------------------------


def test_class_indices_are_right_for_a_loss_that_takes_them():
    """Cross-entropy is made for them; the losses of this package are not."""
    masks = disks(1, channels=2)
    z, labels = trained(disks(1, channels=3)), labels_of(masks)
    assert not diagnose(z, labels, F.cross_entropy)
    assert diagnose(z, labels, dice_loss).findings[0].name == "classes as channels"


def test_probabilities_are_right_for_a_loss_that_takes_them():
    """A loss that calls the mask itself perfect wants them."""
    y = disks()
    assert not diagnose(torch.sigmoid(trained(y)), y, dice_of_probabilities)


def test_the_loss_leaves_no_trace():
    """The output keeps its graph and gets no gradient."""
    y = disks()
    z = trained(y).requires_grad_()
    assert not diagnose(z, y, dice_loss)
    assert z.grad is None
    dice_loss(z, y).backward()


def test_several_findings_stand_in_order():
    """Of a 0/255 mask and a sigmoid the mask comes first: it spoils the loss of good logits, too."""
    y = disks()
    found = diagnose(torch.sigmoid(trained(y)), y * 255)
    assert [one.name for one in found.findings] == ["0/255 mask", "probabilities"]


# --- odd input ----------------------------------------------------------------------------------------------

ODD = {
    "no value": lambda: torch.zeros(0, 1, 4, 4),
    "one number": lambda: torch.tensor(0.3),
    "one axis": lambda: torch.tensor([0.3, -2.0, 1.0]),
    "complex": lambda: torch.zeros(1, 1, 2, 2, dtype=torch.complex64),
    "bool": lambda: torch.ones(1, 1, 2, 2, dtype=torch.bool),
    "uint16": lambda: torch.ones(1, 1, 2, 2, dtype=torch.uint16),
    "float8": lambda: torch.ones(1, 1, 2, 2).to(torch.float8_e4m3fn),
    "sparse": lambda: torch.eye(3).to_sparse(),
    "quantized": lambda: torch.quantize_per_tensor(torch.ones(1, 1, 2, 2), 0.1, 0, torch.quint8),
    "without data": lambda: torch.zeros(1, 1, 2, 2, device="meta"),
    "all NaN": lambda: torch.full((1, 1, 2, 2), math.nan),
    "all infinite": lambda: torch.full((1, 1, 2, 2), -math.inf),
    "nested": lambda: torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)]),
    "huge": lambda: torch.full((1, 1, 2, 2), -1e300, dtype=torch.float64),
}


@pytest.mark.parametrize("output", ODD)
@pytest.mark.parametrize("loss", [None, dice_loss, naive_dice])
@pytest.mark.filterwarnings("ignore")  # torch says of some of these types that they are young
def test_no_tensor_is_an_error(output, loss):
    """Whatever two tensors hold, there is a report."""
    for target in ODD.values():
        assert str(diagnose(ODD[output](), target(), loss))


def test_what_is_no_tensor_is_an_error():
    """It says which argument, what came, and what to do."""
    y = disks()
    with pytest.raises(
        TypeError, match=r"model_output must be a torch\.Tensor; got dict\. Hint: .*dictionary"
    ):
        diagnose({"out": y}, y)
    with pytest.raises(TypeError, match=r"target must be a torch\.Tensor; got ndarray\. Hint: "):
        diagnose(y, y.numpy())
    with pytest.raises(TypeError, match=r"loss must be a function of both or None; got Tensor\. Hint: "):
        diagnose(trained(y), y, dice_loss(trained(y), y))


# --- the report ---------------------------------------------------------------------------------------------

SICK = Diagnosis((Finding("a <b>", "The sum is 3.", "x < 3", "Take 2."),), "model_output; target")
HEALTHY = Diagnosis((), "model_output; target")


def test_a_report_is_short_and_says_so_where_nothing_was_found():
    """Three lines a finding and one for the batch."""
    assert str(SICK) == "1. a <b>: The sum is 3.\n   check: x < 3\n   cure: Take 2.\nmodel_output; target"
    assert str(HEALTHY) == "Nothing suspicious in this batch.\nmodel_output; target"


def test_a_diagnosis_is_true_where_something_is_suspicious():
    """So that a script can stop."""
    assert SICK
    assert not HEALTHY


def test_in_jupyter_it_is_a_table():
    """One row a finding, its name as the head, nothing of the batch as markup, and no colour of its own."""
    html = SICK._repr_html_()
    table = ElementTree.fromstring(html).find("table")
    assert [head.text for head in table.findall("thead/tr/th")] == [
        "finding",
        "what was seen",
        "check",
        "cure",
    ]
    (row,) = table.findall("tbody/tr")
    assert row.find("th").text == "a <b>"
    assert ["".join(cell.itertext()) for cell in row.findall("td")] == ["The sum is 3.", "x < 3", "Take 2."]
    assert "color" not in html
    assert "Nothing suspicious" in HEALTHY._repr_html_()


def test_every_name_of_the_graph_exists():
    """The ends by which an output is known are those that torch writes: each is made here once."""
    x = torch.randn(1, 2, 4, 4, requires_grad=True)
    made = {
        "probabilities": [x.sigmoid(), x.softmax(1), F.interpolate(x.sigmoid(), 8).squeeze().half().view(-1)],
        "log-probabilities": [x.log_softmax(1), F.logsigmoid(x)],
        "ReLU": [x.relu(), F.softplus(x)],
        "tanh": [x.tanh()],
        "logits": [nn.Conv2d(2, 1, 1)(x), nn.Linear(4, 2)(x[0, 0]), x + 1, x[0, 0] @ x[0, 1]],
    }
    for kind, outputs in made.items():
        assert [_output._end(_output._last(output.grad_fn)) for output in outputs] == [kind] * len(outputs)

"""The way back from probabilities to logits: exact in the middle, finite at the ends."""

import math
import re
from functools import partial

import pytest
import torch
from torch.func import grad, jvp, vmap
from torch.testing import assert_close

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.probabilities import one_against_the_rest, to_logits

# What torch does itself where it first needs forward mode.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")

LOSSES = [dice_loss, iou_loss, bce_loss, bce_dice_loss, focal_loss, partial(focal_loss, gamma=0.5)]


def some(*shape, kind=torch.float64):
    """Probabilities from 0.02 to 0.98."""
    return 0.02 + 0.96 * torch.rand(shape, dtype=kind, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("p", "logit"),
    [
        (0.5, 0),  # log 1
        (0.9, math.log(9)),  # 0.9 / 0.1
        (0.1, -math.log(9)),
        (0.2, -math.log(4)),  # 0.2 / 0.8
        (1e-30, math.log(1e-30)),  # 1 - 1e-30 is 1
    ],
)
def test_it_is_the_logarithm_of_the_odds(p, logit):
    """The values that one works out by hand, to the rounding of float64."""
    assert to_logits(torch.tensor(p, dtype=torch.float64)).item() == pytest.approx(logit, rel=1e-14)


def test_the_shape_stays():
    """One logit for each probability, a tensor without pixels included."""
    assert to_logits(some(2, 3, 4)).shape == (2, 3, 4)
    assert to_logits(torch.zeros(0, 3)).shape == (0, 3)


@pytest.mark.parametrize(
    "kind", [torch.float32, torch.float64], ids=lambda value: getattr(value, "__name__", None)
)
def test_a_sigmoid_gives_the_probabilities_back(kind):
    """To a few units in the last place: 1 over 100000 and up, 99999 over 100000 and down."""
    p = torch.cat([some(10_000, kind=kind), torch.tensor([1e-5, 1 - 1e-5], dtype=kind)])
    assert_close(torch.sigmoid(to_logits(p)), p, rtol=8 * torch.finfo(kind).eps, atol=0)


# --- the ends ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        # float32: log 2 ** -126 = -126 * 0.693147, and log (1 - 2 ** -24) / 2 ** -24 = 24 * 0.693147
        (torch.float32, -126 * math.log(2), 24 * math.log(2)),
        (torch.float16, -126 * math.log(2), 24 * math.log(2)),  # becomes float32
        (torch.bfloat16, -126 * math.log(2), 24 * math.log(2)),
        (torch.bool, -126 * math.log(2), 24 * math.log(2)),
        (torch.uint8, -126 * math.log(2), 24 * math.log(2)),
        (torch.int64, -126 * math.log(2), 24 * math.log(2)),
        (torch.float64, -1022 * math.log(2), 53 * math.log(2)),
    ],
    ids=str,
)
def test_0_and_1_become_the_outermost_finite_logits(kind, low, high):
    """The smallest normal number and the largest number below 1 stand in for them."""
    logits = to_logits(torch.tensor([0, 1]).to(kind))
    assert logits.dtype == (torch.float64 if kind == torch.float64 else torch.float32)
    assert logits.tolist() == pytest.approx([low, high], rel=1e-6)


@pytest.mark.parametrize(
    "kind", [torch.float32, torch.float64], ids=lambda value: getattr(value, "__name__", None)
)
def test_the_bounds_are_the_outermost_probabilities_with_a_finite_logit(kind):
    """No number below 1 is clamped, and of those above 0 only the subnormal ones."""
    below_1, tiny = (
        torch.nextafter(torch.ones((), dtype=kind), torch.zeros((), dtype=kind)),
        torch.finfo(kind).tiny,
    )
    assert to_logits(below_1) == torch.logit(below_1) == to_logits(torch.ones((), dtype=kind))
    smallest = torch.tensor([tiny, tiny / 2], dtype=kind)
    assert to_logits(smallest).tolist() == [to_logits(torch.zeros(1, dtype=kind)).item()] * 2


@pytest.mark.parametrize(
    "kind", [torch.float16, torch.bfloat16], ids=lambda value: getattr(value, "__name__", None)
)
def test_half_precision_is_converted_before_the_logarithm(kind):
    """The logit has the digits of float32, not those of its probability's type."""
    p = some(100).to(kind)
    assert to_logits(p).equal(to_logits(p.float()))


def test_a_rounding_outside_is_taken_back():
    """What a resize or a mean leaves up to 1e-5 outside counts as 0 or 1."""
    assert to_logits(torch.tensor([-5e-6, 1 + 5e-6])).equal(to_logits(torch.tensor([0.0, 1.0])))


@pytest.mark.parametrize("loss", LOSSES, ids=lambda value: getattr(value, "__name__", None))
@pytest.mark.parametrize(
    "kind",
    [torch.float32, torch.float64, torch.float16, torch.bool],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_probabilities_of_0_and_1_have_finite_losses_and_gradients(loss, kind):
    """Also where the model is certain and wrong."""
    p = torch.tensor([0, 0, 1, 1]).to(kind)
    p.requires_grad_(kind != torch.bool)
    value = loss(to_logits(p), torch.tensor([0, 1, 0, 1]))
    assert value.isfinite()
    if kind != torch.bool:
        value.backward()
        assert p.grad.tolist() == [0, 0, 0, 0]


def test_certain_and_wrong_costs_what_the_ends_cost():
    """The two ends differ: a missed pixel at p = 0 costs 87.3 nats, a false alarm at p = 1 costs 16.6."""
    costs = bce_loss(to_logits(torch.tensor([0.0, 1.0])), torch.tensor([1, 0]), reduction="none")
    assert costs.tolist() == pytest.approx([87.3365, 16.6355], abs=1e-4)


# --- gradients --------------------------------------------------------------------------------------------


def test_the_gradient_is_the_derivative():
    """First and second derivatives and forward mode agree with differences."""
    p = some(7).requires_grad_()
    assert torch.autograd.gradcheck(to_logits, p, check_forward_ad=True)
    assert torch.autograd.gradgradcheck(to_logits, p)


@pytest.mark.parametrize(
    "kind", [torch.float32, torch.float64], ids=lambda value: getattr(value, "__name__", None)
)
def test_the_gradient_is_finite_everywhere(kind):
    """At the outermost numbers that are not clamped it is large; beyond it is 0."""
    number = torch.finfo(kind)
    p = torch.tensor([0, number.tiny, 0.5, 1 - number.eps / 2, 1], dtype=kind, requires_grad=True)
    to_logits(p).sum().backward()
    # 1 / (p (1 - p)): 1 / tiny, 4, 2 / eps; clamped at 0 and at 1
    assert p.grad.tolist() == pytest.approx([0, 1 / number.tiny, 4, 2 / number.eps, 0], rel=1e-6)


@pytest.mark.parametrize("z", [20.0, 110.0, -110.0])
def test_a_sigmoid_that_has_rounded_passes_0_back_where_torch_passes_nan(z):
    """The sigmoid of 20 is 1 in float32: the gradient is lost, yet no NaN reaches the model's weights."""

    def pulled(convert):
        logits = torch.tensor([z], requires_grad=True)
        bce_loss(convert(torch.sigmoid(logits)), torch.tensor([0 if z > 0 else 1])).backward()
        return logits.grad.item()

    assert torch.sigmoid(torch.tensor(z)).item() in (0, 1)
    assert math.isnan(pulled(torch.logit))
    assert pulled(to_logits) == 0
    logits = torch.tensor([z], requires_grad=True)  # the cure: no sigmoid in between
    bce_loss(logits, torch.tensor([0 if z > 0 else 1])).backward()
    assert abs(logits.grad.item()) == 1


def test_it_goes_through_the_transforms():
    """Under torch.func each probability has the logit and the gradient that it has alone."""
    p = some(3, 4)
    slope = 1 / (p * (1 - p))
    assert_close(vmap(to_logits)(p), torch.logit(p))
    assert_close(grad(lambda p: to_logits(p).sum())(p), slope)
    assert_close(vmap(grad(lambda p: to_logits(p).sum()))(p), slope)
    assert_close(jvp(to_logits, (p,), (torch.ones_like(p),))[1], slope)


@pytest.mark.parametrize("dynamic", [False, True])
def test_it_compiles_as_one_graph(dynamic):
    """Compiled or not, the loss of a model's probabilities is one number with one gradient."""

    def loss(p, y):
        return bce_loss(to_logits(p), y)

    compiled = torch.compile(loss, fullgraph=True, backend="aot_eager", dynamic=dynamic)
    for pixels in (5, 6):
        y = torch.arange(pixels) % 2
        p = torch.cat([torch.tensor([0.0, 1.0]), some(pixels - 2, kind=torch.float32)])
        alone, together = p.clone().requires_grad_(), p.clone().requires_grad_()
        expected, value = loss(alone, y), compiled(together, y)
        expected.backward()
        value.backward()
        assert_close(value, expected)
        assert_close(together.grad, alone.grad)


def test_tensors_without_values_pass():
    """On the meta device there is nothing to look at, and the shape and the type are known."""
    logits = to_logits(torch.empty(2, 3, dtype=torch.float16, device="meta"))
    assert (logits.shape, logits.dtype) == ((2, 3), torch.float32)


# --- the losses of probabilities ----------------------------------------------------------------------------


def test_cross_entropy_is_the_textbook_formula():
    """With p in hand it is -(y log p + (1 - y) log(1 - p)), pixel by pixel."""
    p, y = some(2, 1, 8, 8), (some(2, 8, 1, 8).movedim(1, 2) > 0.5).double()
    textbook = -(y * p.log() + (1 - y) * (1 - p).log())
    assert_close(bce_loss(to_logits(p), y, reduction="none"), textbook)


def test_dice_is_the_textbook_formula():
    """With p in hand it is one minus twice the sum of p y over the sums of p and y."""
    p, y = some(2, 1, 8, 8), (some(2, 8, 1, 8).movedim(1, 2) > 0.5).double()
    assert_close(dice_loss(to_logits(p), y, smooth=0), 1 - 2 * (p * y).sum() / (p.sum() + y.sum()))


# --- what is refused ----------------------------------------------------------------------------------------

RANGE = "Hint: logits need no conversion; a sigmoid output does."


@pytest.mark.parametrize(
    ("probabilities", "error", "message"),
    [
        (
            [0.5],
            TypeError,
            "probabilities must be a torch.Tensor; got list. Hint: torch.as_tensor(probabilities).",
        ),
        (
            torch.tensor([0.5j]),
            TypeError,
            "probabilities must hold real numbers; got torch.complex64. "
            "Hint: probabilities.real, or probabilities.abs().",
        ),
        (
            torch.tensor([-2.0, 0.5, 3.0]),
            ValueError,
            f"probabilities must lie in [0, 1]; got values from -2.0 to 3.0. {RANGE}",
        ),
        (
            torch.tensor([0.5, 1.5], dtype=torch.float16),
            ValueError,
            f"probabilities must lie in [0, 1]; got values from 0.5 to 1.5. {RANGE}",
        ),
        (
            torch.tensor([0, 255], dtype=torch.uint8),
            ValueError,
            f"probabilities must lie in [0, 1]; got values from 0 to 255. {RANGE}",
        ),
        (
            torch.tensor([0.5, math.nan]),
            ValueError,
            f"probabilities must lie in [0, 1]; got values from nan to nan. {RANGE}",
        ),
        (
            torch.tensor([0.5, 1.00002], dtype=torch.float64),
            ValueError,
            f"probabilities must lie in [0, 1]; got values from 0.5 to 1.00002. {RANGE}",
        ),
    ],
)
def test_bad_input_is_named(probabilities, error, message):
    """The error says what must be, what came, and what to do."""
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        to_logits(probabilities)


# --- one class against the rest ---------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(4, 2), (2, 3, 5), (2, 7, 3, 4)])
def test_one_against_the_rest_has_the_gradient_of_the_softmax(shape):
    """Values and slopes of its sigmoid are torch's softmax's, for any axes behind the classes."""
    z = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(1)).requires_grad_()
    assert_close(torch.sigmoid(one_against_the_rest(z)), z.softmax(1))
    weights = some(*shape)
    ours = torch.autograd.grad((torch.sigmoid(one_against_the_rest(z)) * weights).sum(), z)
    assert_close(ours, torch.autograd.grad((z.softmax(1) * weights).sum(), z))


def test_with_two_classes_it_is_the_difference_of_the_logits():
    """The softmax of two classes is the sigmoid that everyone knows."""
    z = torch.tensor([[1.0, 3.0]])
    assert one_against_the_rest(z).tolist() == [[-2.0, 2.0]]


@pytest.mark.parametrize(
    ("inputs", "error", "says"),
    [
        ([[1.0, 2.0]], TypeError, r"inputs must be a torch\.Tensor; got list"),
        (
            torch.ones(2, 3, dtype=torch.long),
            TypeError,
            r"inputs must .*; got torch\.int64.* Hint: .*one_hot",
        ),
        (torch.ones(4, 1, 8, 8), ValueError, r"inputs must .*C of 2 or more; got \(4, 1, 8, 8\)\. Hint: "),
        (torch.ones(4), ValueError, r"inputs must .*; got \(4,\)\. Hint: "),
    ],
)
def test_what_has_no_classes_is_refused(inputs, error, says):
    """Labels, one channel, and no axis for classes."""
    with pytest.raises(error, match=says):
        one_against_the_rest(inputs)

"""Derivatives of any order, in any way that torch walks, against the formulas as one would write them."""

from functools import cache, partial, reduce
from itertools import product

import pytest
import torch
import torch.nn.functional as F
from torch.autograd import forward_ad
from torch.func import grad, hessian, jacfwd, jacrev, jvp, vjp, vmap

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss

# torch.jit.script is deprecated, and torch calls it itself.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")


# --- the formulas, as one would write them down ------------------------------------------------------------


def plain_dice(z, y, w):
    """One minus Dice with smooth 1."""
    p = torch.sigmoid(z)
    return 1 - (2 * (w * p * y).sum() + 1) / ((w * p).sum() + (w * y).sum() + 1)


def plain_iou(z, y, w):
    """One minus IoU with smooth 1."""
    overlap = (w * torch.sigmoid(z) * y).sum()
    return 1 - (overlap + 1) / ((w * torch.sigmoid(z)).sum() + (w * y).sum() - overlap + 1)


def plain_bce(z, y, w):
    """Cross-entropy, the weighted mean."""
    return -(w * (y * F.logsigmoid(z) + (1 - y) * F.logsigmoid(-z))).sum() / w.sum()


def plain_focal(z, y, w, gamma):
    """Focal loss, the weighted mean."""
    p, q = torch.sigmoid(z), torch.sigmoid(-z)
    foreground = 0.25 * y * q**gamma * F.logsigmoid(z)
    return -(w * (foreground + 0.75 * (1 - y) * p**gamma * F.logsigmoid(-z))).sum() / w.sum()


def plain_bce_dice(z, y, w):
    """The sum of both."""
    return plain_bce(z, y, w) + plain_dice(z, y, w)


PAIRS = {
    "dice": (dice_loss, plain_dice),
    "iou": (iou_loss, plain_iou),
    "bce": (bce_loss, plain_bce),
    "bce_dice": (bce_dice_loss, plain_bce_dice),
    "focal, gamma 0": (partial(focal_loss, gamma=0), partial(plain_focal, gamma=0)),
    "focal, gamma 0.5": (partial(focal_loss, gamma=0.5), partial(plain_focal, gamma=0.5)),
    "focal, gamma 2": (focal_loss, partial(plain_focal, gamma=2)),
}
pairs = pytest.mark.parametrize(("ours", "plain"), PAIRS.values(), ids=PAIRS.keys())


# Five pixels in float64: logits, one of them 0, soft labels, and weights.
PIXELS = tuple(
    torch.tensor(values, dtype=torch.float64)
    for values in ([0.0, 2.0, -1.0, 5.0, -0.3], [1.0, 0.0, 0.3, 1.0, 0.6], [1.0, 2.0, 0.5, 1.0, 3.0])
)


@pytest.fixture
def pixels():
    """Logits, labels and weights."""
    return PIXELS


def weighted(loss):
    """``loss(z, y, w)`` for a loss that takes its weight by name."""
    return lambda z, y, w: loss(z, y, weight=w)


def same(ours, plain):
    """Equal to 1e-11, relative where the numbers are large."""
    torch.testing.assert_close(ours, plain, rtol=1e-11, atol=1e-11)


# --- torch.func -------------------------------------------------------------------------------------------

WALKS = [walk for order in (1, 2, 3) for walk in product((jacrev, jacfwd), repeat=order)]
# By which argument each step differentiates: 0 logits, 1 labels, 2 weights.
ARGUMENTS = [(0, 0, 0), (1, 1, 0), (0, 1, 0), (0, 2, 1)]


def walked(loss, walk, arguments):
    """The derivative that takes the steps of ``walk`` one after the other."""
    return reduce(lambda f, step: step[0](f, argnums=step[1]), zip(walk, arguments, strict=False), loss)


@cache
def derivative(plain, arguments):
    """The derivative of the plain formula, for which it does not matter how torch walks to it."""
    return walked(plain, (jacrev,) * len(arguments), arguments)(*PIXELS)


@pairs
@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: " of ".join(step.__name__ for step in walk))
def test_every_mixture_of_forward_and_reverse(ours, plain, pixels, small_blocks, walk):
    """Up to the third order, by logits, labels and weights, with gradients on and off."""
    for arguments in sorted({arguments[: len(walk)] for arguments in ARGUMENTS}):
        expected = derivative(plain, arguments)
        same(walked(weighted(ours), walk, arguments)(*pixels), expected)
        with torch.no_grad():
            same(walked(weighted(ours), walk, arguments)(*pixels), expected)


@pairs
def test_hessian_without_gradients(ours, plain, pixels, road):
    """``no_grad`` around a transform does not reach inside it."""
    z, y, w = pixels
    with torch.no_grad():
        found = hessian(lambda x: ours(x, y))(z)
    same(found, hessian(lambda x: plain(x, y, torch.ones_like(w)))(z))
    assert found.abs().max() > 0


@pairs
def test_transforms_of_one_another(ours, plain, pixels, road):
    """A map over a gradient, a gradient over a map, and products with the Jacobian from both sides."""
    z, y, w = pixels
    many = torch.stack([z, 2 * z, -z])
    rows = [f(many, y, w) for f in (vmap(grad(f), (0, None, None)) for f in (weighted(ours), plain))]
    same(*rows)
    total = [
        grad(lambda x, f=f: vmap(f, (0, None, None))(x, y, w).sum())(many) for f in (weighted(ours), plain)
    ]
    same(*total)
    moves = [jvp(f, pixels, (y, z, w))[1] for f in (weighted(ours), plain)]
    same(*moves)
    pulls = [vjp(f, *pixels)[1](torch.tensor(3.0, dtype=torch.float64)) for f in (weighted(ours), plain)]
    same(*pulls)


# --- plain autograd, which is what goes through blocks -----------------------------------------------------


def leaves(pixels):
    """The same tensors, each asking for its gradient."""
    return [values.clone().requires_grad_() for values in pixels]


@pairs
def test_autograd_of_autograd(ours, plain, pixels, road):
    """Three times over, by all three tensors at once."""
    results = []
    for loss in (weighted(ours), plain):
        at = leaves(pixels)
        value, found = loss(*at), []
        for _ in range(3):
            slopes = torch.autograd.grad(value, at, create_graph=True)
            found += slopes
            value = sum((slope * slope.detach().cos()).sum() for slope in slopes)
        results.append(found)
    same(*results)


@pairs
def test_labels_that_depend_on_the_logits(ours, plain, pixels, road):
    """As in self-distillation: each gradient follows its own way and none is counted twice."""
    results = []
    for loss in (weighted(ours), plain):
        z, _, w = leaves(pixels)
        y = torch.sigmoid(z / 2)
        (slope,) = torch.autograd.grad(loss(z, y, w), z, create_graph=True)
        results.append((slope, *torch.autograd.grad(slope.sum(), (z, w))))
    same(*results)


@pairs
def test_a_dual_number_outside_and_inside(ours, plain, pixels, road):
    """Forward over reverse and reverse over forward, by ``torch.autograd.forward_ad``."""
    results = []
    for loss in (weighted(ours), plain):
        z, y, w = leaves(pixels)
        with forward_ad.dual_level():
            moved = forward_ad.make_dual(z, y.detach())
            move = forward_ad.unpack_dual(loss(moved, y, w)).tangent
            (slope,) = torch.autograd.grad(loss(moved, y, w), z, create_graph=True)
            bend = forward_ad.unpack_dual(slope).tangent
            over = torch.autograd.grad(move, (z, y, w))
        results.append((move, bend, *over))
    same(*results)


@pairs
def test_a_pull_that_is_dual_or_many(ours, plain, pixels, road):
    """What comes from above may carry a tangent, or be many gradients in one."""
    results = []
    for loss in (weighted(ours), plain):
        at = leaves(pixels)
        value = loss(*at)
        many = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
        batched = torch.autograd.grad(value, at, many, is_grads_batched=True, retain_graph=True)
        with forward_ad.dual_level():
            pull = forward_ad.make_dual(torch.ones_like(value), torch.full_like(value, 3.0))
            slopes = torch.autograd.grad(value, at, pull)
            tangents = [forward_ad.unpack_dual(slope).tangent for slope in slopes]
        results.append((*batched, *tangents))
    same(*results)


@pairs
@pytest.mark.parametrize("strategy", ["reverse-mode", "forward-mode"])
def test_the_hessian_of_autograd(ours, plain, pixels, road, strategy):
    """``torch.autograd.functional.hessian``, row by row and all rows at once."""
    z, y, w = pixels
    for vectorize in (True,) if strategy == "forward-mode" else (False, True):
        both = [
            torch.autograd.functional.hessian(
                lambda x, f=loss: f(x, y, w), z, vectorize=vectorize, outer_jacobian_strategy=strategy
            )
            for loss in (weighted(ours), plain)
        ]
        same(*both)


@pairs
def test_gradients_are_asked_for_twice(ours, plain, pixels, road):
    """A graph that is retained gives the same gradient again, and with another pull in proportion."""
    at = leaves(pixels)
    value = ours(at[0], at[1], weight=at[2])
    first = torch.autograd.grad(value, at, retain_graph=True)
    again = torch.autograd.grad(value, at, retain_graph=True)
    triple = torch.autograd.grad(3 * value, at)
    for one, other, three in zip(first, again, triple, strict=True):
        assert torch.equal(one, other)
        same(three, 3 * one)


@pairs
def test_no_graph_is_kept_where_none_is_asked_for(ours, plain, pixels, road):
    """Under ``no_grad``, and without a tensor that asks, the loss is a number and no more."""
    with torch.no_grad():
        assert ours(*leaves(pixels)[:2]).grad_fn is None
    assert ours(*pixels[:2]).grad_fn is None
    with torch.inference_mode():
        same(ours(pixels[0], pixels[1], weight=pixels[2]), plain(*pixels).detach())

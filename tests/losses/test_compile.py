"""What traces a loss instead of running it: torch.compile, make_fx, and tensors without values."""

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.func import grad, hessian, vmap
from torch.fx.experimental.proxy_tensor import make_fx
from torch.fx.experimental.symbolic_shapes import ShapeEnv

from seglosses import bce_dice_loss, bce_loss, dice_loss, focal_loss, iou_loss

# torch's compiler warns of what it does itself.
pytestmark = [
    pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning"),
]


@pytest.fixture(autouse=True)
def fresh_compiler():
    """Nothing that an earlier test has compiled is taken up again."""
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


def one_graph(function, backend="aot_eager", **settings):
    """``function`` as one graph with its backward, run without generating code: seconds faster to make.

    The backend "eager" leaves the backward to autograd: for what a graph depends on, which is found before.
    """
    return torch.compile(function, fullgraph=True, backend=backend, **settings)


def value_and_slope(function, z, y, *settings):
    """The value of a loss and its gradient in z."""
    x = z.clone().requires_grad_()
    value = function(x, y, *settings)
    (slope,) = torch.autograd.grad(value, x)
    return value.detach(), slope


def test_shapes_that_change(loss, batch):
    """With ``dynamic=True``, and without, batches of other sizes give what they give uncompiled."""
    for compiled in (one_graph(loss, dynamic=True), one_graph(loss, "eager")):
        for size in (3, 2, 1):
            some = tuple(values[:size] for values in batch)
            torch.testing.assert_close(value_and_slope(compiled, *some), value_and_slope(loss, *some))


SCHEDULES = [
    (dice_loss, [(1.0,), (0.5,), (0.25,), (0.0,), (1,)]),
    (iou_loss, [(1.0,), (0.5,), (0.25,), (0.0,), (1,)]),
    (bce_dice_loss, [(1.0,), (0.5,), (0.25,), (0.0,), (1,)]),
    (focal_loss, [(0.25, 2.0), (0.3, 1.5), (0.75, 0.5), (None, 0.0), (0.5, 2)]),
    (lambda z, y, w: bce_loss(z, y, pos_weight=w), [(1.0,), (2.0,), (3.5,), (0.0,), (2,)]),
]


@pytest.mark.parametrize(("function", "settings"), SCHEDULES)
@pytest.mark.parametrize("dynamic", [None, True])
def test_settings_that_change(function, settings, dynamic, batch):
    """A schedule of smooth, alpha, gamma or pos_weight gives what it gives uncompiled, with few graphs."""
    compiled = one_graph(function, "eager", dynamic=dynamic)
    with torch._dynamo.config.patch(recompile_limit=5, fail_on_recompile_limit_hit=True):
        for setting in settings:
            torch.testing.assert_close(
                value_and_slope(compiled, *batch, *setting), value_and_slope(function, *batch, *setting)
            )


def test_a_bad_setting_is_refused_under_compile_too(batch):
    """The check of a plain number is part of the graph's conditions, so it is not lost."""
    with pytest.raises(Exception, match="smooth must be a finite number, at least 0; got -1"):
        one_graph(dice_loss)(*batch, -1.0)


TRANSFORMS = {
    "gradient": grad,
    "map of gradient": lambda f: vmap(grad(f)),
    "hessian": hessian,
    "map": vmap,
}


@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS.keys())
def test_compiled_transforms(loss, batch, transform):
    """Compile over torch.func, as one graph."""
    z, y = (values[0, 0, :2] for values in batch)
    torch.testing.assert_close(one_graph(transform(loss))(z, y), transform(loss)(z, y))


@pytest.mark.parametrize("mode", ["real", "fake", "symbolic"])
def test_make_fx(loss, batch, mode):
    """A traced loss is one graph for all values; with symbolic shapes also for other sizes."""
    z, y = batch
    traced = make_fx(lambda z, y: (loss(z, y), grad(loss)(z, y)), tracing_mode=mode)(z, y)
    for size in (3, 2) if mode == "symbolic" else (3,):
        some = z[:size] / 2, y[:size]
        torch.testing.assert_close(traced(*some), (loss(*some), grad(loss)(*some)))


def test_make_fx_does_not_keep_what_it_saw(loss, small_blocks, batch):
    """Large tensors are traced as a whole, without a step that reads their values."""
    graph = make_fx(lambda z, y: loss(z, y))(*(values[0] for values in batch)).graph
    assert not [node for node in graph.nodes if "_local_scalar_dense" in str(node.target)]
    assert len(graph.nodes) < 60


def test_tensors_without_values(loss, batch):
    """Fake tensors have a shape and a type; a loss of them is a fake number with a fake gradient."""
    with FakeTensorMode() as mode:
        z, y = (mode.from_tensor(values) for values in batch)
        z = z.float().requires_grad_()
        value = loss(z, y, weight=y)
        value.backward()
    assert (value.shape, value.dtype, z.grad.shape) == ((), torch.float32, z.shape)
    assert loss(z, y).shape == ()  # outside of the mode too


def chosen(function):
    """The loss of those pixels that a mask picks: how many there are is known only when it runs."""
    return lambda z, y, keep: function(z[keep], y[keep])


def test_a_number_of_pixels_that_is_not_known(loss, batch):
    """As torch's own cross entropy, under compile and in fake tensors."""
    keep = batch[1] == 1
    expected = loss(batch[0][keep], batch[1][keep])
    with torch._dynamo.config.patch(capture_dynamic_output_shape_ops=True):
        torch.testing.assert_close(one_graph(chosen(loss))(*batch, keep), expected)
        weighted = one_graph(lambda z, y, keep: loss(z[keep], y[keep], weight=y[keep] + 1))(*batch, keep)
    torch.testing.assert_close(weighted, loss(batch[0][keep], batch[1][keep], weight=batch[1][keep] + 1))
    mode = FakeTensorMode(shape_env=ShapeEnv(allow_dynamic_output_shape_ops=True))
    with mode:
        z, y, keep = (mode.from_tensor(values) for values in (*batch, keep))
        assert chosen(loss)(z, y, keep).shape == ()


def test_export(loss, batch):
    """``torch.export`` takes a loss, with a batch of any size."""

    class Model(torch.nn.Module):
        def forward(self, z, y):
            return loss(z, y)

    size = torch.export.Dim("batch", min=1, max=64)
    program = torch.export.export(Model(), batch, dynamic_shapes=({0: size}, {0: size}))
    some = tuple(values[:2] for values in batch)
    torch.testing.assert_close(program.module()(*some), loss(*some))

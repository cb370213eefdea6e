"""The modules are the functions with their settings, and print as the call that makes them."""

import copy
import pickle

import pytest
import torch

import seglosses
from seglosses import BCEDiceLoss, BCELoss, DiceLoss, FocalLoss, IoULoss

PAIRS = [
    (DiceLoss, seglosses.dice_loss, {"smooth": 0.5, "dim": (1, 2, 3)}),
    (IoULoss, seglosses.iou_loss, {"smooth": 0.5, "dim": (1, 2, 3)}),
    (BCEDiceLoss, seglosses.bce_dice_loss, {"smooth": 0.5, "dim": (1, 2, 3)}),
    (BCELoss, seglosses.bce_loss, {"reduction": "sum"}),
    (FocalLoss, seglosses.focal_loss, {"alpha": None, "gamma": 1.0, "reduction": "none"}),
]
pairs = pytest.mark.parametrize(("module", "function", "settings"), PAIRS)


@pairs
def test_module_is_function(batch, module, function, settings):
    """With the same settings, and with the defaults, both give the same loss, weighted or not."""
    weight = batch[1] + 0.5
    for chosen in (settings, {}):
        assert torch.equal(module(**chosen)(*batch), function(*batch, **chosen))
        assert torch.equal(module(**chosen)(*batch, weight), function(*batch, weight=weight, **chosen))


@pairs
def test_repr_is_the_call(module, function, settings):
    """Evaluating the repr makes the same module again."""
    for chosen in (settings, {}):
        printed = repr(module(**chosen))
        assert repr(eval(printed, vars(seglosses))) == printed
        assert all(f"{name}={value!r}" in printed for name, value in chosen.items())


def test_repr_inside_a_model():
    """A module prints on one line of its parent."""
    printed = repr(torch.nn.ModuleDict({"loss": FocalLoss()}))
    assert "(loss): FocalLoss(alpha=0.25, gamma=2.0, reduction='mean')" in printed


@pairs
def test_modules_are_plain_objects(batch, module, function, settings):
    """They copy, pickle, move and hold no parameters."""
    loss = module(**settings)
    for twin in (copy.deepcopy(loss), pickle.loads(pickle.dumps(loss)), loss.to(torch.float16)):
        assert torch.equal(twin(*batch), loss(*batch))
    assert not list(loss.parameters())
    assert not loss.state_dict()


def test_pos_weight_of_a_module(batch):
    """A number or a tensor; the tensor moves with the module, and is no part of its state."""
    per_class = torch.tensor([1.0, 3.0]).view(2, 1, 1)
    for module, function in ((BCELoss, seglosses.bce_loss), (BCEDiceLoss, seglosses.bce_dice_loss)):
        for given in (3.0, per_class):
            loss = module(pos_weight=given)
            for twin in (loss, copy.deepcopy(loss), pickle.loads(pickle.dumps(loss))):
                assert torch.equal(twin(*batch), function(*batch, pos_weight=given))
            assert not loss.state_dict()
        assert repr(module(pos_weight=3)).endswith("pos_weight=3)")
        assert module(pos_weight=per_class).to(torch.float64).pos_weight.dtype == torch.float64
        with pytest.raises(ValueError, match=r"^pos_weight must be"):
            module(pos_weight=-1)


def test_a_module_under_torch_func(batch):
    """A loss module is a function of its tensors like any other."""
    loss = DiceLoss(dim=(1, 2, 3))
    slope = torch.func.grad(lambda z: torch.func.functional_call(loss, {}, (z, batch[1])).sum())(batch[0])
    expected = torch.func.grad(lambda z: seglosses.dice_loss(z, batch[1], dim=(1, 2, 3)).sum())(batch[0])
    assert torch.equal(slope, expected)

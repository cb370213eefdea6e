"""The network that learns inside a page, and its training, in torch.

``widgets/playground`` holds the same in plain JavaScript. A test holds the two together, step by step: the
same draws, the same images, the same sums in float64.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from seglosses import bce_loss, dice_loss, focal_loss, iou_loss
from seglosses.metrics import dice_score, recall
from seglosses.training._checks import check_number
from seglosses.training.draws import Draws
from seglosses.training.patients import TRAINING, Task, task_of
from seglosses.training.scores import calibration_error

Loss = Callable[[Tensor, Tensor], Tensor]


class DilatedNet(nn.Sequential):
    """Three 3x3 convolutions with dilations 1, 2, 4, of eight channels, with ReLU, then 1x1: 1257 weights.

    Images of shape (N, 1, H, W) become logits of the same shape, in float64. A logit depends on 15 by 15
    pixels.

    Args:
        prior: the first probability of every pixel: the last layer starts with weights of 0 and this bias.
        seed: of the first weights of the other layers, uniform within 1/sqrt(inputs), as torch draws them.

    Source:
        Yu and Koltun, Multi-Scale Context Aggregation by Dilated Convolutions, ICLR 2016, for the dilations.

    """

    def __init__(self, prior: float = 0.5, seed: int = 0) -> None:
        layers: list[nn.Module] = []
        draws = Draws(seed, "weights")
        for channels, dilation in ((1, 1), (8, 2), (8, 4)):
            layer = nn.Conv2d(channels, 8, 3, padding=dilation, dilation=dilation, dtype=torch.float64)
            reach = 1 / math.sqrt(9 * channels)
            with torch.no_grad():
                for weights in (layer.weight, layer.bias):
                    assert weights is not None
                    drawn = [(2 * draws.draw() - 1) * reach for _ in range(weights.numel())]
                    weights.copy_(torch.tensor(drawn, dtype=torch.float64).view_as(weights))
            layers += [layer, nn.ReLU()]
        last = nn.Conv2d(8, 1, 1, dtype=torch.float64)
        nn.init.zeros_(last.weight)
        nn.init.constant_(last.bias, math.log(prior / (1 - prior)))  # type: ignore[arg-type]
        super().__init__(*layers, last)


@dataclass(frozen=True)
class Setup:
    """All that a training in the playground depends on: the same setup is the same training.

    Raises:
        ValueError: a value is out of its range, or none of those there are.

    """

    task: str = "nodules"
    """What to find, ``"nodules"``, 1 % of an image, or ``"lungs"``, 20 %."""
    loss: str = "bce"
    """``"dice"``, ``"iou"``, ``"bce"``, ``"bce_dice"`` or ``"focal"``."""
    smooth: float = 1.0
    """The smoothing term of Dice, IoU and BCE-Dice, in pixels."""
    dice_weight: float = 1.0
    """BCE-Dice is BCE plus this many times Dice."""
    alpha: float | None = 0.25
    """Focal's weight of the foreground; None weighs both classes 1."""
    gamma: float = 2.0
    """Focal's focusing."""
    regions: str = "batch"
    """In Dice, IoU, BCE-Dice ``"batch"`` pools the images of a step, ``"image"`` averages their losses."""
    prior: float = 0.5
    """The first probability of every pixel."""
    optimizer: str = "adam"
    """``"adam"``, or ``"sgd"``, plain gradient descent."""
    learning_rate: float = 0.02
    """The optimizer's."""
    batch_size: int = 4
    """How many of the 16 images a step, in random order."""
    spread: float = 0.0
    """How far the observers who painted the training masks lie apart, in pixels."""
    empty: float = 0.0
    """The share of the training images that have no nodule."""
    seed: int = 0
    """Of the first weights, the order of the images and the observers."""

    def __post_init__(self) -> None:
        for name, known in CHOICES.items():
            if getattr(self, name) not in known:
                said = ", ".join(map(repr, known))
                hint = f"Hint: {known[0]!r} is the default."
                raise ValueError(f"{name} must be one of {said}; got {getattr(self, name)!r}. {hint}")
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if not (name == "alpha" and value is None) and not low <= value <= high:
                hint = "Hint: Setup() has usual choices."
                raise ValueError(f"{name} must be a number in [{low:g}, {high:g}]; got {value}. {hint}")


CHOICES = {
    "task": ("nodules", "lungs"),
    "loss": ("bce", "dice", "iou", "bce_dice", "focal"),
    "regions": ("batch", "image"),
    "optimizer": ("adam", "sgd"),
}
"""The words that a setup takes, the default first."""
RANGES: dict[str, tuple[float, float]] = {
    "smooth": (0, 100),
    "dice_weight": (0, 5),
    "alpha": (0, 1),
    "gamma": (0, 5),
    "prior": (0.001, 0.999),
    "learning_rate": (0.001, 1000),
    "batch_size": (1, TRAINING),
    "spread": (0, 3),
    "empty": (0, 0.9),
    "seed": (0, 999),
}
"""From where to where its numbers go."""


def loss_of(setup: Setup) -> Loss:
    """The loss that a setup asks for, of logits and masks of shape (N, 1, H, W)."""
    dim = None if setup.regions == "batch" else (1, 2, 3)

    def loss(z: Tensor, y: Tensor) -> Tensor:
        match setup.loss:
            case "bce":
                return bce_loss(z, y)
            case "focal":
                return focal_loss(z, y, setup.alpha, setup.gamma)
            case "iou":
                return iou_loss(z, y, setup.smooth, dim=dim).mean()
        dice = dice_loss(z, y, setup.smooth, dim=dim).mean()
        return dice if setup.loss == "dice" else bce_loss(z, y) + setup.dice_weight * dice

    return loss


class Learner:
    """A training, step by step.

    Args:
        setup: what it depends on.
        loss: takes logits and masks, returns a scalar; None is that of the setup.

    """

    def __init__(self, setup: Setup, loss: Loss | None = None) -> None:
        self.model = DilatedNet(setup.prior, setup.seed)
        self.task = examples_of(setup)
        self.steps = 0
        self.overflow = 0
        """The step at which a number no longer fitted, or 0. From then on nothing is learned."""
        self.loss = self.length = math.nan
        """The loss of the last step's batch, and the length of its gradient."""
        self._setup = setup
        self._loss = loss or loss_of(setup)
        self._order = Draws(setup.seed, "order")
        kind = torch.optim.Adam if setup.optimizer == "adam" else torch.optim.SGD
        self._optimizer: torch.optim.Optimizer = kind(self.model.parameters(), setup.learning_rate)

    def step(self) -> None:
        """Learn from the next batch."""
        self.steps += 1
        if self.overflow:
            return
        images, masks = self.task.learned
        batch = self._order.sample(len(images), self._setup.batch_size)
        self._optimizer.zero_grad()
        with torch.enable_grad():  # a look at a network may be where gradients are off
            loss = self._loss(self.model(images[batch]), masks[batch])
        loss.backward()  # type: ignore[no-untyped-call]
        gradient = torch.cat([weights.grad.flatten() for weights in self.model.parameters()])  # type: ignore[union-attr]
        self.loss, self.length = loss.item(), gradient.norm().item()
        if math.isfinite(self.loss) and gradient.isfinite().all():
            self._optimizer.step()
        if not (math.isfinite(self.length) and weights_of(self.model).isfinite().all()):
            self.overflow = self.steps


@dataclass(frozen=True)
class Recording:
    """A training that has kept its weights; ``Playground.from_run`` plays it."""

    setup: Setup
    steps: list[int]
    """The recorded steps, from 0 on."""
    weights: Tensor
    """All weights after each of them, float64 of shape (len(steps), 1257)."""
    losses: list[float] = field(default_factory=list)
    """The loss of the batch of each of them; NaN before the first."""
    lengths: list[float] = field(default_factory=list)
    """And the length of its gradient."""


def learn(setup: Setup, steps: int, *, every: int = 5, loss: Loss | None = None) -> Recording:
    """Train as the playground does, with a loss of its own or with yours, and keep the weights.

    Args:
        setup: what the training depends on.
        steps: how many steps, from 1.
        every: how many of them lie between two records, from 1.
        loss: takes logits and masks of shape (N, 1, H, W), returns a scalar; None is the loss of ``setup``.

    Returns:
        The recording. It is the same on the page, but for the last digits, as processors add up in
        other orders.

    Raises:
        ValueError: ``steps`` or ``every`` is below 1.

    """
    check_number("steps", steps, 1)
    check_number("every", every, 1)
    learner = Learner(setup, loss)
    kept = [(0, weights_of(learner.model), math.nan, math.nan)]
    for step in range(1, steps + 1):
        learner.step()
        if step % every == 0 or step == steps:
            kept.append((step, weights_of(learner.model), learner.loss, learner.length))
    recorded, weights, losses, lengths = zip(*kept, strict=True)
    return Recording(setup, list(recorded), torch.stack(weights), list(losses), list(lengths))


def weights_of(model: nn.Module) -> Tensor:
    """All weights of a model, one layer after the other, as one tensor of its own."""
    return nn.utils.parameters_to_vector(model.parameters()).detach().clone()


def with_weights(weights: Tensor) -> DilatedNet:
    """A network with these weights, 1257 of them in the order of :func:`weights_of`."""
    model = DilatedNet()
    nn.utils.vector_to_parameters(weights.double(), model.parameters())
    return model


def examples_of(setup: Setup) -> Task:
    """The images and masks of a setup."""
    return task_of(setup.task, spread=setup.spread, empty=setup.empty, seed=setup.seed)


@dataclass(frozen=True)
class Scores:
    """What a network scores on the eight patients that are held out."""

    dice: float
    """The mean over the images, at the threshold; two empty masks score 1."""
    recall: float
    """The mean over the images, at the threshold."""
    calibration: float
    """The expected calibration error of all pixels, against the share of observers who paint them."""
    largest: float
    """The largest probability of any pixel."""


def scores(model: nn.Module, task: Task, threshold: float = 0.5) -> Scores:
    """Score a network on the patients held out; a pixel is predicted where p is above ``threshold``."""
    with torch.no_grad():
        p = torch.sigmoid(model(task.held.images))
    x, y = p > threshold, task.held.masks
    return Scores(
        dice_score(x, y, empty=1).mean().item(),
        recall(x, y, empty=1).mean().item(),
        calibration_error(p, task.shares),
        p.max().item(),
    )

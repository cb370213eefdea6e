"""The network of the page is the network of torch: draws, images, steps and scores, for every loss."""

from base64 import b64encode
from dataclasses import asdict, replace

import pytest
import torch

from seglosses.training.dilated import Learner, Setup, examples_of, learn, scores, weights_of, with_weights
from seglosses.training.draws import Draws
from seglosses.training.patients import patients
from tests.widgets.scripts import javascript

ONE_TRUTH = Setup(batch_size=3)
SETUPS = {
    "bce": replace(ONE_TRUTH, loss="bce"),
    "bce, prior, lungs, sgd": Setup("lungs", "bce", prior=0.2, optimizer="sgd", learning_rate=0.5, seed=3),
    "dice, pooled": replace(ONE_TRUTH, loss="dice", smooth=0.5, prior=0.1),
    "dice, each image, empty": replace(ONE_TRUTH, loss="dice", smooth=2, regions="image", empty=0.5, seed=1),
    "dice, no smooth, empty": Setup(loss="dice", smooth=0, regions="image", empty=0.75, batch_size=8),
    "iou, each image": replace(ONE_TRUTH, loss="iou", smooth=0.5, regions="image"),
    "iou, pooled, noise": Setup("lungs", "iou", smooth=3, spread=1.5, batch_size=2, seed=2),
    "bce_dice": replace(ONE_TRUTH, loss="bce_dice", smooth=0.5, dice_weight=2.5, regions="image", spread=0.5),
    "bce_dice, pooled": Setup("lungs", "bce_dice", dice_weight=0.5, batch_size=1, seed=999),
    "focal": replace(ONE_TRUTH, loss="focal", alpha=0.75, gamma=1.5, prior=0.01, empty=0.25),
    "focal, no alpha, sgd": Setup(
        "lungs", "focal", alpha=None, gamma=0.5, optimizer="sgd", learning_rate=2, spread=1
    ),
}
# What the page is given, unpacked: as engine.js does it.
UNPACK = """
    const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
    const { films, nodules, truth } = data.patients;
    const all = { films: bytes(films), nodules: bytes(nodules), truth: bytes(truth), training: 16 };
"""


def given(**more) -> dict:
    """The patients as they travel, and what else a program needs."""
    packed = {name: b64encode(part.tobytes()).decode() for name, part in patients()._asdict().items()}
    return {"patients": packed, **more}


@pytest.fixture(scope="module")
def pages() -> dict:
    """For each setup what the page has: its examples, and its numbers after some steps."""
    program = f"""
        {UNPACK}
        return Object.fromEntries(Object.entries(data.setups).map(([name, setup]) => {{
            const one = learner(all, setup);
            const at = {{}};
            for (let step = 1; step <= 50; step++) {{
                drained(one.step());
                if (step === 1 || step === 2 || step === 50) {{
                    const {{ maps, counts, ...scores }} = drained(scored(one.weights, one.held));
                    const {{ loss, length }} = one;
                    at[step] = {{ weights: [...one.weights], gradient: [...one.gradient], loss, length,
                        maps: [...maps], counts: [...counts], ...scores }};
                }}
            }}
            const {{ learned, held }} = examplesOf(all, setup);
            const flat = (images) => images.flatMap((image) => [...image]);
            return [name, {{ at, overflow: one.overflow, first: [...firstWeights(setup.seed, setup.prior)],
                images: flat(learned.images.slice(-3)), masks: flat(learned.masks.slice(-3)),
                held: flat(held.images.slice(0, 2)), shares: flat(held.shares.slice(0, 2)) }}];
        }}));
    """
    return javascript(
        "playground/learner.js", program, given(setups={k: asdict(s) for k, s in SETUPS.items()})
    )


def tensor(values: list) -> torch.Tensor:
    """Numbers in float64, with what JSON cannot hold."""
    return torch.tensor([float(value) for value in values], dtype=torch.float64)


def close(page, torch_: torch.Tensor, within: float) -> None:
    """The largest difference of any entry."""
    torch.testing.assert_close(tensor(page), torch_.detach().flatten().double(), rtol=0, atol=within)


def test_both_draw_the_same_numbers():
    """Each stream of some seeds, to the last bit; its samples too, which hold no number twice."""
    program = """return data.map(([seed, stream]) => {
        const draw = draws(seed, stream);
        return [Array.from({ length: 200 }, draw), sample(draw, 16, 5), sample(draw, 16, 16)];
    })"""
    cases = [(seed, stream) for seed in (0, 1, 7, 999) for stream in ("weights", "order", "observers")]
    for case, found in zip(cases, javascript("playground/draws.js", program, cases), strict=True):
        one = Draws(*case)
        numbers = [one.draw() for _ in range(200)]
        assert found == [numbers, one.sample(16, 5), one.sample(16, 16)]
        assert sorted(found[2]) == list(range(16))
        assert 0.4 < sum(numbers) / 200 < 0.6
    streams = [tuple(Draws(seed, stream).draw() for _ in range(3)) for seed, stream in cases]
    assert len(set(streams)) == len(cases)


@pytest.mark.parametrize("name", SETUPS)
def test_both_learn_from_the_same_images(name, pages):
    """Films are the same to the last bit, masks too; the shares of observers to the last digits."""
    task = examples_of(SETUPS[name])
    page = pages[name]
    assert page["images"] == task.learned.images[-3:].flatten().tolist()
    assert page["masks"] == task.learned.masks[-3:].flatten().tolist()
    assert page["held"] == task.held.images[:2].flatten().tolist()
    close(page["shares"], task.shares[:2], 1e-15)


@pytest.mark.parametrize("name", SETUPS)
def test_both_take_the_same_steps(name, pages):
    """Weights, gradients, losses and predictions: to 1e-9 after one and two steps, to 1e-6 after fifty."""
    learner = Learner(SETUPS[name])
    assert pages[name]["first"] == weights_of(learner.model).tolist()
    for step in range(1, 51):
        learner.step()
        if str(step) not in pages[name]["at"]:
            continue
        page, within = pages[name]["at"][str(step)], 1e-6 if step == 50 else 1e-9
        close(page["weights"], weights_of(learner.model), within)
        gradient = torch.cat([one.grad.flatten() for one in learner.model.parameters()])
        close(page["gradient"], gradient, within)
        close([page["loss"], page["length"]], tensor([learner.loss, learner.length]), within)
        with torch.no_grad():
            p = torch.sigmoid(learner.model(learner.task.held.images))
        close(page["maps"], p, within)
    assert pages[name]["overflow"] == learner.overflow == 0


@pytest.mark.parametrize("name", SETUPS)
def test_both_score_alike(name, pages):
    """Counts at every threshold, the largest p and the calibration error, after the second step."""
    learner = Learner(SETUPS[name])
    learner.step()
    learner.step()
    page = pages[name]["at"]["2"]
    counts = torch.tensor(page["counts"]).view(8, 99, 2)
    sizes = tensor(page["sizes"])
    for k in (1, 20, 50, 99):
        expected = scores(learner.model, learner.task, k / 100)
        invented, found = counts[:, k - 1].unbind(1)
        dice = (2 * found / (invented + found + sizes)).mean()
        assert [dice.item(), (found / sizes).mean().item()] == pytest.approx([expected.dice, expected.recall])
    assert [page["largest"], page["calibration"]] == pytest.approx(
        [expected.largest, expected.calibration], abs=1e-9
    )


def test_a_number_that_no_longer_fits_is_noticed_at_its_step():
    """Steps a thousand times too long: both stop learning at the same step, with weights that are numbers."""
    setup = Setup("lungs", "bce", optimizer="sgd", learning_rate=1000, batch_size=1, seed=5)
    program = f"""
        {UNPACK}
        const one = learner(all, data.setup);
        for (let step = 1; step <= 12; step++) drained(one.step());
        return [one.overflow, one.steps, one.weights.every(Number.isFinite)];
    """
    overflow, steps, finite = javascript("playground/learner.js", program, given(setup=asdict(setup)))
    learner = Learner(setup)
    for _ in range(12):
        learner.step()
    assert (overflow, steps) == (learner.overflow, learner.steps) == (learner.overflow, 12)
    assert 1 < overflow < 12
    assert finite


def test_a_recording_holds_the_weights_of_its_steps():
    """With a loss of one's own too; a network made of them is the network that was trained."""
    setup = Setup("lungs", "dice", prior=0.2)
    recording = learn(setup, 7, every=3, loss=lambda z, y: ((torch.sigmoid(z) - y) ** 2).mean())
    assert recording.steps == [0, 3, 6, 7]
    assert recording.weights.shape == (4, 1257)
    task = examples_of(setup)
    first = scores(with_weights(recording.weights[0]), task)
    assert first.largest == pytest.approx(0.2)
    again = Learner(setup, lambda z, y: ((torch.sigmoid(z) - y) ** 2).mean())
    for _ in range(7):
        again.step()
    assert torch.equal(recording.weights[-1], weights_of(again.model))
    assert scores(again.model, task) == scores(with_weights(recording.weights[-1]), task) != first
    assert recording.losses[-1] == again.loss


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"loss": "hinge"}, "loss must be one of 'bce', 'dice', .*; got 'hinge'. Hint: 'bce'"),
        ({"prior": 0}, r"prior must be a number in \[0.001, 0.999\]; got 0. Hint: "),
        ({"alpha": 2}, r"alpha must be a number in \[0, 1\]; got 2. Hint: "),
    ],
)
def test_a_setup_that_cannot_be_is_refused(values, says):
    """The error names the value, what came and what is expected."""
    with pytest.raises(ValueError, match=says):
        Setup(**values)


def test_a_network_whose_answers_no_longer_fit_is_noticed_at_the_look():
    """Weights that fit may give logits that do not: a look at them names its step, and later ones keep it."""
    program = f"""
        {UNPACK}
        const first = firstWeights(0, 0.5);
        const recorded = {{ steps: [0, 10], weights: [first, first.map((w) => 1e200 * w)],
            losses: [1, 1], lengths: [1, 1] }};
        const training = trainingOf(all, {{ setup: data.setup, recorded }});
        return [0, 5, 10, 20].map((to) => drained(training.examine(to)).overflow);
    """
    found = javascript("playground/engine.js", program, given(setup=asdict(Setup())))
    assert found == [0, 0, 10, 10]

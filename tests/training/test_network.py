import pytest
import torch

from seglosses import bce_loss
from seglosses.training.examples import lungs
from seglosses.training.loop import predict, train
from seglosses.training.network import TinyUNet


@pytest.mark.parametrize("prior", [0.01, 0.5, 0.9])
def test_the_prior_is_the_first_probability_of_every_pixel(prior: float) -> None:
    """A new model predicts the prior, in whatever image."""
    probabilities = predict(TinyUNet(prior), torch.rand(2, 1, 16, 24))
    expected = torch.full((2, 1, 16, 24), prior, dtype=torch.float64)
    torch.testing.assert_close(probabilities, expected, rtol=0, atol=1e-12)


def test_a_model_sees_one_image_at_a_time() -> None:
    """What a model predicts for an image does not depend on the other images of the batch."""
    examples = lungs(8)
    run = train(bce_loss, examples, examples, 12, batch_size=4)
    alone = predict(run.model, examples.images[2:3])
    torch.testing.assert_close(alone, run.probabilities[2:3], rtol=0, atol=1e-5)

import pytest
import torch

from seglosses import bce_loss
from seglosses.exercises.symptoms import floor_of_two_sigmoids, mean_with_an_object, which_nan
from seglosses.metrics import dice_score


def test_the_floor_is_that_of_the_package():
    """A sigmoid's output for logits, half of the pixels foreground: each as good as it can be."""
    y = torch.tensor([[1.0, 0.0]]).double()
    assert floor_of_two_sigmoids(bce_loss(y, y).item()).right
    assert "ReLU" in floor_of_two_sigmoids(bce_loss(40 * y, y).item()).reason


def test_the_mean_is_that_of_forty_scores():
    """Thirty empty images at 1 and ten with Dice 0.4 have a mean of 0.85."""
    truth = torch.zeros(40, 1, 1, 5)
    truth[:10, ..., :4] = 1
    prediction = torch.zeros_like(truth)
    prediction[:10, ..., 0] = 1  # 2 x 1 / (1 + 4) = 0.4
    scores = dice_score(prediction, truth, empty=1)
    assert scores.mean().item() == pytest.approx(0.85)
    assert mean_with_an_object(scores[:10].mean()).right


@pytest.mark.parametrize(
    ("check", "answer", "reason"),
    [
        (which_nan, "a", "No mask is empty"),
        (which_nan, "c", "finite"),
        (which_nan, "d", "a loss grows"),
        (which_nan, "e", "The answer must be one of 'a', 'b', 'c', 'd'; got 'e'. Hint: "),
        (floor_of_two_sigmoids, 0.6931, "background alone"),
        (floor_of_two_sigmoids, 0.3133, "foreground alone"),
        (floor_of_two_sigmoids, 0, "leaves 0 to 1"),
        (floor_of_two_sigmoids, 0.3466, "ReLU"),
        (floor_of_two_sigmoids, 0.6172, "on the lung"),
        (floor_of_two_sigmoids, 0.4854, "then the mean"),
        (floor_of_two_sigmoids, 0.9, "Price both"),
        (mean_with_an_object, 0.85, "Each scores 1"),
        (mean_with_an_object, 0.6, "lack"),
        (mean_with_an_object, 4, "sum over the ten"),
        (mean_with_an_object, 0.2125, "score 0"),
        (mean_with_an_object, 0.1, "Ten images share"),
        (mean_with_an_object, 0.7, "How many points"),
    ],
)
def test_each_slip_gets_its_reason(says_why_not, check, answer, reason):
    """Whatever is likely to be answered wrongly on the page of symptoms."""
    says_why_not(check, answer, reason)


def test_the_right_letter():
    """A sum over more pixels than half precision can count."""
    assert which_nan("b").right
    assert torch.finfo(torch.float16).max < 512 * 512

import torch

from seglosses.phantom import phantom
from seglosses.walkthrough.film import chest_film

FILM = chest_film()


def test_the_film_is_that_of_the_introduction():
    """The first patient, in 32 by 32 pixels, of which the lungs are a fifth."""
    assert FILM.image.float().numpy().tobytes() == phantom(0, size=32).image.tobytes()
    assert [part.shape for part in FILM] == [(32, 32)] * 4
    assert 0.19 < FILM.lung.mean() < 0.2
    assert not (FILM.air * FILM.lung).any()


def test_the_model_takes_what_is_dark_for_lung():
    """Its logit is 8 on black, and falls by 20 as a pixel goes from black to white."""
    black, white = FILM.logits + 20 * FILM.image, FILM.logits + 20 * (FILM.image - 1)
    torch.testing.assert_close(black, torch.full_like(black, 8.0))
    torch.testing.assert_close(white, torch.full_like(white, -12.0))


def test_it_finds_the_lungs_and_is_sure_of_the_air():
    """So the film has each kind of pixel: right and sure, in doubt, wrong and sure."""
    p = torch.sigmoid(FILM.logits)
    assert (p > 0.5)[FILM.lung == 1].double().mean() > 0.95
    assert p[FILM.air == 1].min() > 0.99
    assert ((p > 0.1) & (p < 0.9)).sum() > 100


def test_the_shares_are_those_of_a_sum():
    """Of 1 everywhere air, tissue and lung have their pixels; of the mask itself the lung has all."""
    everywhere = FILM.shares(torch.ones_like(FILM.lung))
    assert sum(everywhere.values()) == 1
    assert [1024 * share for share in everywhere.values()] == [143, 1024 - 143 - 202, 202]
    assert FILM.shares(FILM.lung) == {"air": 0, "tissue": 0, "lung": 1}

"""Exploration noise: the moments that theory gives, and coming back to where it was."""

from deep.parts.continuous.noise import OrnsteinUhlenbeck

import numpy as np
import pytest


def draws(theta: float, sigma: float, count: int) -> np.ndarray:
    noise, generator = OrnsteinUhlenbeck(theta, np.array([sigma])), np.random.default_rng(0)
    return np.array([noise.draw(generator)[0] for _ in range(count)])


@pytest.mark.parametrize(("theta", "sigma"), [(0.15, 0.3), (0.5, 2.0), (1.0, 0.3)])
def test_the_stationary_mean_variance_and_correlation(theta: float, sigma: float) -> None:
    """x' = (1 - theta) x + sigma N: Var = (1 - theta)^2 Var + sigma^2, and neighbours correlate by 1 - theta."""
    x = draws(theta, sigma, 100_000)[1000:]
    variance = sigma**2 / (1 - (1 - theta) ** 2)
    assert x.mean() == pytest.approx(0.0, abs=0.03 * sigma / theta)
    assert x.var() == pytest.approx(variance, rel=0.05)
    assert np.corrcoef(x[:-1], x[1:])[0, 1] == pytest.approx(1 - theta, abs=0.02)


def test_it_begins_at_0_again_and_without_sigma_there_is_none() -> None:
    noise, generator = OrnsteinUhlenbeck(0.15, np.array([0.3, 0.0])), np.random.default_rng(0)
    first = noise.draw(generator)
    assert first[0] == 0.3 * np.random.default_rng(0).normal(size=2)[0] and first[1] == 0
    noise.reset()
    assert not noise.x.any()


def test_it_goes_on_where_it_was() -> None:
    noise, other = (OrnsteinUhlenbeck(0.15, np.array([0.3, 0.1])) for _ in range(2))
    for _ in range(5):
        noise.draw(np.random.default_rng(1))
    other.restore(noise.state())
    assert np.array_equal(noise.draw(np.random.default_rng(2)), other.draw(np.random.default_rng(2)))

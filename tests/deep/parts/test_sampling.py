"""Probabilities, draws, log-probabilities and entropies against numbers worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from deep.parts.sampling import (
    entropy,
    gaussian_entropy,
    gaussian_log_probability,
    gaussian_sample,
    log_probability,
    sample,
    softmax,
)

logits = st_numpy.arrays(np.float64, (3, 4), elements=st.floats(-1000.0, 1000.0))


def test_softmax_by_hand() -> None:
    np.testing.assert_allclose(softmax(np.log([1.0, 3.0])), [0.25, 0.75])


@given(logits, st.floats(-1000.0, 1000.0))
def test_softmax_is_a_distribution_that_a_shift_of_all_logits_leaves_alone(values: np.ndarray, shift: float) -> None:
    probabilities = softmax(values)
    np.testing.assert_allclose(probabilities.sum(axis=-1), 1.0)
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(softmax(values + shift), probabilities, atol=1e-9)


def test_sample_draws_as_often_as_the_probabilities_say() -> None:
    probabilities = np.array([0.2, 0.0, 0.5, 0.3])
    draws = sample(np.tile(probabilities, (40_000, 1)), np.random.default_rng(0))
    frequencies = np.bincount(draws, minlength=4) / len(draws)
    # Four standard deviations of a frequency are at most 4 * sqrt(0.25 / 40,000) = 0.01.
    np.testing.assert_allclose(frequencies, probabilities, atol=0.01)


@given(st.integers(0, 3), st.integers(0, 100))
def test_sample_never_draws_what_is_impossible(certain: int, seed: int) -> None:
    assert sample(np.eye(4)[certain], np.random.default_rng(seed)) == certain


def test_sample_survives_probabilities_that_rounding_left_short_of_one() -> None:
    class AlmostOne:
        def random(self, shape: tuple[int, ...]) -> np.ndarray:
            return np.full(shape, np.nextafter(1.0, 0.0))

    assert sample(np.array([0.3, 0.3, 0.4 - 1e-7]), AlmostOne()) == 2  # type: ignore[arg-type]  # a loaded die


def test_log_probability_and_entropy_by_hand() -> None:
    values = np.log([[1.0, 3.0], [1.0, 1.0]]).astype(np.float32)
    np.testing.assert_allclose(log_probability(values, [1, 0]), [math.log(0.75), math.log(0.5)], rtol=1e-6)
    quarter = -0.25 * math.log(0.25) - 0.75 * math.log(0.75)
    np.testing.assert_allclose(entropy(values), [quarter, math.log(2.0)], rtol=1e-6)


def test_a_certain_policy_has_no_entropy() -> None:
    assert float(entropy(np.array([[1000.0, 0.0]], np.float32))[0]) == 0.0


def test_gaussian_log_probability_and_entropy_by_hand() -> None:
    # A standard normal at 1 and one of deviation 2 at its mean.
    mean, log_deviation = np.array([[0.0, 5.0]]), np.log([1.0, 2.0])
    expected = (-0.5 - 0.5 * math.log(2 * math.pi)) + (-math.log(2.0) - 0.5 * math.log(2 * math.pi))
    np.testing.assert_allclose(gaussian_log_probability(mean, log_deviation, np.array([[1.0, 5.0]])), [expected])
    assert float(gaussian_entropy(log_deviation)) == pytest.approx(math.log(2.0) + math.log(2 * math.pi * math.e))


def test_gaussian_draws_have_the_mean_and_the_deviation() -> None:
    draws = gaussian_sample(np.full((40_000, 2), 3.0), np.log([0.5, 2.0]), np.random.default_rng(0))
    np.testing.assert_allclose(draws.mean(axis=0), 3.0, atol=4 * 2.0 / 200)
    np.testing.assert_allclose(draws.std(axis=0), [0.5, 2.0], rtol=0.02)


def test_gaussian_entropy_is_the_mean_of_minus_the_log_probability() -> None:
    mean, log_deviation = np.zeros((40_000, 1)), np.log([0.7])
    draws = gaussian_sample(mean, log_deviation, np.random.default_rng(0))
    estimate = -float(np.mean(gaussian_log_probability(mean, log_deviation, draws)))
    assert estimate == pytest.approx(float(gaussian_entropy(log_deviation)), abs=0.02)

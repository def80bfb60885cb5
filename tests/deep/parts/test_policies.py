"""Probabilities, draws, log-probabilities and entropies against numbers worked out by hand."""

import math

from common.networks.activations import softmax
from deep.parts.policies import divergence, entropy, log_probability, sample

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

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
    draws = sample(np.log(np.tile(probabilities, (40_000, 1)) + 1e-30), np.random.default_rng(0))
    frequencies = np.bincount(draws, minlength=4) / len(draws)
    # Four standard deviations of a frequency are at most 4 * sqrt(0.25 / 40,000) = 0.01.
    np.testing.assert_allclose(frequencies, probabilities, atol=0.01)


@given(st.integers(0, 3), st.integers(0, 100))
def test_sample_never_draws_what_is_impossible(certain: int, seed: int) -> None:
    with np.errstate(divide="ignore"):
        assert sample(np.log(np.eye(4)[certain]), np.random.default_rng(seed)) == certain


def test_sample_survives_probabilities_that_rounding_left_short_of_one() -> None:
    class AlmostOne:
        def random(self, shape: tuple[int, ...]) -> np.ndarray:
            return np.full(shape, np.nextafter(1.0, 0.0))

    assert sample(np.float32([0.1, 0.1, 0.3]), AlmostOne()) == 2  # type: ignore[arg-type]  # a loaded die


def test_log_probability_and_entropy_by_hand() -> None:
    values = np.log([[1.0, 3.0], [1.0, 1.0]]).astype(np.float32)
    np.testing.assert_allclose(log_probability(values, [1, 0]), [math.log(0.75), math.log(0.5)], rtol=1e-6)
    quarter = -0.25 * math.log(0.25) - 0.75 * math.log(0.75)
    np.testing.assert_allclose(entropy(values), [quarter, math.log(2.0)], rtol=1e-6)


def test_a_certain_policy_has_no_entropy() -> None:
    assert float(entropy(np.array([[1000.0, 0.0]], np.float32))[0]) == 0.0


def test_divergence_by_hand() -> None:
    """0.75 log(0.75 / 0.5) + 0.25 log(0.25 / 0.5); the other way round it is another number."""
    one, other = np.log([[1.0, 3.0]]).astype(np.float32), np.zeros((1, 2), np.float32)
    there = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    np.testing.assert_allclose(divergence(one, other), [there], rtol=1e-6)
    back = 0.5 * math.log(0.5 / 0.75) + 0.5 * math.log(0.5 / 0.25)
    np.testing.assert_allclose(divergence(other, one), [back], rtol=1e-6)


@given(logits, logits, st.floats(-1000.0, 1000.0))
def test_divergence_is_not_negative_and_0_between_equals(old: np.ndarray, new: np.ndarray, shift: float) -> None:
    assert (divergence(old, new).numpy() >= -1e-9).all()
    np.testing.assert_allclose(divergence(old, old + shift), 0.0, atol=1e-9)

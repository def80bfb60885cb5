"""Gaussian policies: draws, log-probability, entropy and their slopes by hand; the network that puts them out."""

import math

from common.networks.acting import Greedy
from common.networks.network import Network
from deep.parts.continuous.gaussian import Gaussian
from deep.parts.lazy import keras, tf
from deep.parts.policies import Categorical, policy_of
from deep.parts.spaces import ContinuousActions

import numpy as np
import pytest

ACTIONS = ContinuousActions(np.float32([-2, 0]), np.float32([2, 5]))
GAUSSIAN = Gaussian(ACTIONS)
MEAN, DEVIATION = np.array([0.5, 3.0]), np.array([0.8, 2.0])
OUTPUTS = np.float32([[*MEAN, *np.log(DEVIATION)]])


def density(action: np.ndarray) -> float:
    """The product of two normal densities."""
    parts = np.exp(-((action - MEAN) ** 2) / (2 * DEVIATION**2)) / (DEVIATION * np.sqrt(2 * np.pi))
    return float(parts.prod())


@pytest.mark.parametrize("action", [[0.5, 3.0], [1.3, 1.0], [-2.0, 9.0]])
def test_the_log_probability_is_the_logarithm_of_the_density(action: list[float]) -> None:
    found = GAUSSIAN.log_probability(OUTPUTS, np.float32([action]))
    assert found.shape == (1,) and float(found[0]) == pytest.approx(math.log(density(np.array(action))), rel=1e-5)


def test_the_density_integrates_to_one_and_the_entropy_is_minus_the_mean_of_its_logarithm() -> None:
    """By sums over a fine grid of eight deviations to each side, of a policy with one part."""
    single = np.float32([[0.5, np.log(0.8)]])
    grid = np.float32(np.linspace(0.5 - 8 * 0.8, 0.5 + 8 * 0.8, 4001))[:, None]
    logarithms = GAUSSIAN.log_probability(np.repeat(single, len(grid), axis=0), grid).numpy().astype(np.float64)
    width = float(grid[1, 0] - grid[0, 0])
    assert np.exp(logarithms).sum() * width == pytest.approx(1.0, abs=1e-4)
    entropy = -(np.exp(logarithms) * logarithms).sum() * width
    assert float(GAUSSIAN.entropy(single)[0]) == pytest.approx(entropy, abs=1e-4)


def test_entropies_of_parts_add_up_and_a_narrow_policy_has_less_than_none() -> None:
    parts = np.log(DEVIATION) + 0.5 * math.log(2 * math.pi * math.e)
    assert float(GAUSSIAN.entropy(OUTPUTS)[0]) == pytest.approx(parts.sum(), rel=1e-5)
    assert float(GAUSSIAN.entropy(np.float32([[0.0, math.log(0.1)]]))[0]) < 0


def test_the_divergence_is_the_mean_of_the_logarithm_of_the_ratio() -> None:
    """By a sum over a fine grid, of policies with one part; parts add up, and a policy is not apart from itself."""
    old, new = np.float32([[0.5, np.log(0.8)]]), np.float32([[-0.3, np.log(1.4)]])
    grid = np.float32(np.linspace(0.5 - 8 * 0.8, 0.5 + 8 * 0.8, 4001))[:, None]
    before, after = (
        GAUSSIAN.log_probability(np.repeat(outputs, len(grid), axis=0), grid).numpy().astype(np.float64)
        for outputs in (old, new)
    )
    divergence = (np.exp(before) * (before - after)).sum() * float(grid[1, 0] - grid[0, 0])
    assert float(GAUSSIAN.divergence(old, new)[0]) == pytest.approx(divergence, abs=1e-4)
    twice = [np.repeat(outputs, 2, axis=1) for outputs in (old, new)]
    assert float(GAUSSIAN.divergence(*twice)[0]) == pytest.approx(2 * divergence, abs=1e-4)
    assert float(GAUSSIAN.divergence(OUTPUTS, OUTPUTS)[0]) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("action", [[0.5, 3.0], [1.3, 1.0], [-2.0, 9.0]])
def test_slopes_of_the_log_probability_by_hand(action: list[float]) -> None:
    """In the mean z / deviation; in the log deviation z^2 - 1: it grows where an action lay further off than usual."""
    outputs = tf.constant(OUTPUTS)
    with tf.GradientTape() as tape:
        tape.watch(outputs)
        logarithm = GAUSSIAN.log_probability(outputs, np.float32([action]))
    z = (np.array(action) - MEAN) / DEVIATION
    np.testing.assert_allclose(
        tape.gradient(logarithm, outputs)[0], [*(z / DEVIATION), *(z**2 - 1)], rtol=1e-4, atol=1e-6
    )


def test_draws_have_the_mean_and_the_deviation_and_know_no_bounds() -> None:
    draws = GAUSSIAN.sample(np.repeat(OUTPUTS, 40_000, axis=0), np.random.default_rng(0))
    assert draws.shape == (40_000, 2) and draws.dtype == np.float32
    np.testing.assert_allclose(draws.mean(axis=0), MEAN, atol=0.04)  # four standard errors of the wider part
    np.testing.assert_allclose(draws.std(axis=0), DEVIATION, rtol=0.02)
    assert (draws[:, 1] > 5).any() and (draws[:, 1] < 0).any()


def policy_network() -> keras.Model:
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(4, "tanh"), keras.layers.Dense(2)]
    return GAUSSIAN.network(keras.Sequential([keras.Input((3,)), *layers]))


def test_the_network_stretches_its_means_to_the_bounds_and_its_deviations_are_free() -> None:
    model, states = policy_network(), np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
    *_, free = model.trainable_variables
    np.testing.assert_allclose(np.exp(model(states)[:, 2:]), np.tile([2.0, 2.5], (6, 1)), rtol=1e-5)
    of_the_means = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)][1]
    means = keras.Model(model.inputs[0], of_the_means.output)
    np.testing.assert_allclose(model(states)[:, :2], means(states) * [2, 2.5] + [0, 2.5], rtol=1e-5)
    free.assign([0.3, -0.7])
    outputs = model(states).numpy()
    np.testing.assert_allclose(outputs[:, 2:], np.tile(np.log([2.0, 2.5]) + np.array([0.3, -0.7]), (6, 1)), rtol=1e-5)
    np.testing.assert_allclose(Network(model.to_json(), model.get_weights())(states), outputs, atol=1e-6)


def test_the_kernel_beside_the_free_deviations_never_moves() -> None:
    model = policy_network()
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(np.ones((2, 3), np.float32)))
    *_, kernel, free = tape.gradient(loss, model.trainable_variables)
    assert not np.any(kernel) and np.all(np.asarray(free) == 2.0)


def test_the_greedy_action_is_the_mean() -> None:
    greedy = Greedy(
        {
            "gaussian": lambda states: np.broadcast_to(OUTPUTS[0], (*states.shape[:-1], 4)),
            "value": lambda states: states[..., :1] + 7,
        }
    )
    np.testing.assert_allclose(greedy(np.zeros((5, 3))), np.tile(MEAN, (5, 1)))
    decision = greedy.decide(np.zeros(3))
    np.testing.assert_allclose(decision.action, MEAN)
    assert decision.value == 7 and decision.title == "action"


def test_the_kind_of_the_actions_chooses_the_policy() -> None:
    assert isinstance(policy_of(ACTIONS), Gaussian) and policy_of(ACTIONS).outputs == 2
    assert isinstance(policy_of(3), Categorical) and policy_of(3).outputs == 3

"""What a policy network's outputs mean is the same for the NumPy copy that acts and for the gradient."""

import math

import gymnasium as gym
import numpy as np
import pytest

from deep.parts.distributions import Gaussian
from deep.parts.lazy import tf

TORQUE = gym.spaces.Box(-2.0, 2.0, (1,), np.float32)
MEAN = 0.3


@pytest.mark.parametrize("spread", [-30.0, -1.0, 0.0, 0.4, 30.0])
def test_the_gradient_sees_the_density_of_what_was_drawn(spread: float) -> None:
    """The mean of minus the log-density over many draws is the entropy, however far out the network's output lies."""
    policy, count = Gaussian(TORQUE), 40_000
    outputs = np.tile(np.float32([MEAN, spread]), (count, 1))
    draws = policy.sample(outputs, np.random.default_rng(0))
    assert draws.shape == (count, 1) and draws.mean() == pytest.approx(MEAN, abs=0.05)
    low, high = policy.log_deviation_range
    assert math.exp(low) * 0.98 <= draws.std() <= math.exp(high) * 1.02
    surprise = -np.asarray(policy.log_probability(tf.constant(outputs), tf.constant(draws, tf.float32))).mean()
    assert surprise == pytest.approx(float(policy.entropy(tf.constant(outputs[:1]))[0]), abs=0.02)


@pytest.mark.parametrize("spread", [-2.0, 2.0])
def test_a_deviation_at_the_edge_of_its_range_finds_back(spread: float) -> None:
    outputs = tf.constant([[MEAN, spread]])
    with tf.GradientTape() as tape:
        tape.watch(outputs)
        entropy = Gaussian(TORQUE).entropy(outputs)
    slope = tape.gradient(entropy, outputs).numpy()[0]
    assert slope[0] == 0.0 and slope[1] > 0.01


def test_actions_lie_within_the_bounds_of_the_environment() -> None:
    policy = Gaussian(TORQUE)
    assert policy.to_environment(np.array([[-9.0], [-1.0], [0.0], [0.5], [9.0]])).ravel().tolist() == [-2, -2, 0, 1, 2]
    assert policy.greedy(np.array([[0.25, 5.0]])).tolist() == [[0.5]], "the mean, whatever the deviation"

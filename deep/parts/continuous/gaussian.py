"""Gaussian policies over continuous actions: drawing (NumPy, to act), log-probability, entropy (TensorFlow, to learn).

A network puts out the means of an action's parts and behind them the logarithms of their deviations [..., 2 * size].
Nothing here knows the bounds: an action beyond them is brought back by the environment's side.
"""

import math
from typing import Any

from deep.parts.lazy import keras, tf
from deep.parts.spaces import ContinuousActions

import numpy as np

Array = np.ndarray
Tensor = Any


class Gaussian:
    """pi(a|s) is a normal distribution for each part of the action, with the mean mu(s) and a deviation of its own.

    The same methods as `Categorical`. role: what its network is called in a file. outputs: of the network of the means.
    """

    role = "gaussian"

    def __init__(self, actions: ContinuousActions) -> None:
        self.actions, self.outputs = actions, actions.size

    def network(self, means: Any) -> Any:
        """States -> means, log deviations, from a network states -> [n, size], whose 0 and 1 are middle and bound.

        The deviations are free variables, the same in every state, and begin at half the way from bound to bound."""
        middle, half = self.actions.low + self.actions.half, self.actions.half
        states = means.inputs[0]
        mean = keras.layers.Rescaling(half.tolist(), middle.tolist())(means.outputs[0])
        # All that a layer makes of zeros is its bias: a free variable, and every network has its place for one
        free = keras.layers.Dense(self.actions.size)(keras.layers.Rescaling(0.0)(states))
        log_deviation = keras.layers.Rescaling(1.0, np.log(half).tolist())(free)
        return keras.Model(states, keras.layers.Concatenate()([mean, log_deviation]))

    def sample(self, outputs: Array, generator: np.random.Generator) -> Array:
        """Draw an action [..., size] for each row of outputs."""
        mean, log_deviation = np.split(outputs, 2, axis=-1)
        # A = mu(S) + deviation * N(0, 1)
        return (mean + np.exp(log_deviation) * generator.standard_normal(mean.shape)).astype(np.float32)

    def log_probability(self, outputs: Tensor, actions: Tensor) -> Tensor:
        """log pi(a|s), a density, of the actions [B, size]: the sum over the parts, which are drawn independently."""
        mean, log_deviation = tf.split(outputs, 2, axis=-1)
        z = (actions - mean) / tf.exp(log_deviation)
        # log pi(a|s) = sum over parts of - z^2 / 2 - log deviation - log(2 pi) / 2,  z = (a - mu(s)) / deviation
        return tf.reduce_sum(-0.5 * z**2 - log_deviation - 0.5 * math.log(2 * math.pi), axis=-1)

    def entropy(self, outputs: Tensor) -> Tensor:
        """Entropy [B], in nats, which may be below 0: the sum over the parts of log deviation + log(2 pi e) / 2."""
        log_deviation = tf.split(outputs, 2, axis=-1)[1]
        # H = sum over parts of log deviation + log(2 pi e) / 2
        return tf.reduce_sum(log_deviation + 0.5 * math.log(2 * math.pi * math.e), axis=-1)

    def divergence(self, old: Tensor, outputs: Tensor) -> Tensor:
        """KL(pi_old || pi) [B] between two such policies, in nats: the sum over the parts."""
        (old_mean, old_log), (mean, log_deviation) = tf.split(old, 2, axis=-1), tf.split(outputs, 2, axis=-1)
        ratio, z = tf.exp(old_log - log_deviation), (old_mean - mean) / tf.exp(log_deviation)
        # KL = sum over parts of (ratio^2 + z^2 - 1) / 2 - log ratio,  ratio = deviation_old / deviation
        return tf.reduce_sum(0.5 * (ratio**2 + z**2 - 1) + log_deviation - old_log, axis=-1)

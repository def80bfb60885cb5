"""Stochastic policies: drawing actions (NumPy, to act), their log-probability and entropy (TensorFlow, to learn).

A network puts out logits, one number an action; the softmax turns them into probabilities. For continuous actions it
puts out the mean of a Gaussian and the logarithm of its standard deviation.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deep.parts.lazy import tf

Array = NDArray[Any]
Tensor = Any


def softmax(logits: Array) -> Array:
    """Probabilities [..., A] from logits [..., A]: exp(z_a) / sum_b exp(z_b)."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))  # the shift cancels and keeps exp from overflowing
    return powers / powers.sum(axis=-1, keepdims=True)


def sample(probabilities: Array, random: np.random.Generator) -> Array:
    """Draw one action index for each row of probabilities [..., A]; returns [...] int64."""
    cumulative = probabilities.cumsum(axis=-1)
    # Scaled by the last entry: rounding may leave the sum a hair below one, and no draw may fall past it.
    draw = random.random(probabilities.shape[:-1])[..., None] * cumulative[..., -1:]
    return (cumulative > draw).argmax(axis=-1)


def log_probability(logits: Tensor, actions: Tensor) -> Tensor:
    """log pi(a|s) of the actions [B] under logits [B, A]: minus the cross-entropy with the action that was taken."""
    return -tf.nn.sparse_softmax_cross_entropy_with_logits(labels=actions, logits=logits)


def entropy(logits: Tensor) -> Tensor:
    """Entropy [B] of the policies with logits [B, A], in nats: - sum_a pi(a|s) log pi(a|s)."""
    log_probabilities = tf.nn.log_softmax(logits)
    return -tf.reduce_sum(tf.exp(log_probabilities) * log_probabilities, axis=-1)


def gaussian_sample(mean: Array, log_deviation: Array, random: np.random.Generator) -> Array:
    """Draw actions [..., D] from independent Gaussians with means [..., D] and log standard deviations [..., D]."""
    return mean + np.exp(log_deviation) * random.standard_normal(mean.shape)


def gaussian_log_probability(mean: Tensor, log_deviation: Tensor, actions: Tensor) -> Tensor:
    """Log density [B] of actions [B, D]: sum_d - ((a_d - mean_d) / sigma_d)^2 / 2 - log sigma_d - log(2 pi) / 2."""
    distance = (actions - mean) * tf.exp(-log_deviation)
    return -tf.reduce_sum(0.5 * tf.square(distance) + log_deviation + 0.5 * math.log(2.0 * math.pi), axis=-1)


def gaussian_entropy(log_deviation: Tensor) -> Tensor:
    """Differential entropy [B] of Gaussians with log standard deviations [B, D], in nats; it can be negative."""
    return tf.reduce_sum(log_deviation + 0.5 * math.log(2.0 * math.pi * math.e), axis=-1)

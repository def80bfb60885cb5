"""Stochastic policies over discrete actions: drawing (NumPy, to act), log-probability, entropy (TensorFlow, to learn).

A network puts out logits, one number an action; the softmax turns them into probabilities.
"""

from typing import Any

from common.networks.activations import softmax
from deep.parts.continuous.gaussian import Gaussian
from deep.parts.lazy import tf
from deep.parts.spaces import ContinuousActions

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Tensor = Any


def sample(logits: Array, generator: np.random.Generator) -> Array:
    """Draw one action for each row of logits [..., A]; returns [...] int64."""
    cumulative = softmax(logits).cumsum(axis=-1)
    # Scaled by the last entry: rounding may leave the sum a hair below one, and no draw may fall past it.
    draw = generator.random(logits.shape[:-1])[..., None] * cumulative[..., -1:]
    return (cumulative > draw).argmax(axis=-1)


def log_probability(logits: Tensor, actions: Tensor) -> Tensor:
    """log pi(a|s) of the actions [B] under logits [B, A]: minus the cross-entropy with the action that was taken."""
    return -tf.nn.sparse_softmax_cross_entropy_with_logits(labels=actions, logits=logits)


def entropy(logits: Tensor) -> Tensor:
    """Entropy [B] of the policies with logits [B, A], in nats: - sum_a pi(a|s) log pi(a|s)."""
    log_probabilities = tf.nn.log_softmax(logits)
    return -tf.reduce_sum(tf.exp(log_probabilities) * log_probabilities, axis=-1)


def divergence(old: Tensor, logits: Tensor) -> Tensor:
    """KL(pi_old || pi) [B] between policies with logits [B, A] each, in nats: sum_a pi_old(a|s) log(pi_old / pi)."""
    old_log, new_log = tf.nn.log_softmax(old), tf.nn.log_softmax(logits)
    return tf.reduce_sum(tf.exp(old_log) * (old_log - new_log), axis=-1)


class Categorical:
    """The same as methods of an object, beside which a Gaussian policy for continuous actions has its own.

    role: what its network is called in a file. outputs: of that network, a logit for each action.
    """

    role = "policy"

    def __init__(self, actions: int) -> None:
        self.outputs = actions

    def network(self, logits: Any) -> Any:
        """The network of the logits is the policy's."""
        return logits

    sample = staticmethod(sample)
    log_probability = staticmethod(log_probability)
    entropy = staticmethod(entropy)
    divergence = staticmethod(divergence)


def policy_of(actions: int | ContinuousActions) -> Categorical | Gaussian:
    """The kind of policy for the actions of an environment."""
    return Gaussian(actions) if isinstance(actions, ContinuousActions) else Categorical(actions)

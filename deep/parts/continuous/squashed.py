"""Actions between two bounds that are drawn: a normal distribution, squashed by a tanh."""

import math
from typing import Any

from deep.parts.lazy import tf

Tensor = Any


def log_probability(u: Tensor, mean: Tensor, log_deviation: Tensor) -> Tensor:
    """log pi(a|s) [n] of a = tanh(u), a density over ]-1, 1[; all arguments [n, size].

    The density of u is divided by the slope of the tanh: where it squeezes much of u into little of a, a is denser.
    """
    z = (u - mean) / tf.exp(log_deviation)
    # log N(u; mean, deviation) = - z^2 / 2 - log deviation - log(2 pi) / 2
    normal = -0.5 * tf.square(z) - log_deviation - 0.5 * math.log(2 * math.pi)
    # log tanh'(u) = log(1 - tanh(u)^2) = 2 (log 2 - u - softplus(-2 u)), which never takes the logarithm of a rounded 0
    slope = 2 * (math.log(2) - u - tf.nn.softplus(-2 * u))
    # log pi(a|s) = sum over the parts of log N(u; mean, deviation) - log tanh'(u)
    return tf.reduce_sum(normal - slope, axis=-1)

"""Actions between two bounds that are drawn: the density of a normal distribution, and the slope of the tanh on it."""

import math
from typing import Any

from deep.parts.lazy import tf

Tensor = Any


def log_normal(u: Tensor, mean: Tensor, log_deviation: Tensor) -> Tensor:
    """The logarithm of the density of u, for each part by itself; all of one shape, [n, size]."""
    z = (u - mean) / tf.exp(log_deviation)
    # log N(u; mean, deviation) = - z^2 / 2 - log deviation - log(2 pi) / 2
    return -0.5 * tf.square(z) - log_deviation - 0.5 * math.log(2 * math.pi)


def log_slope(u: Tensor) -> Tensor:
    """The logarithm of the slope of the tanh at u, of u's shape; never that of a number which was rounded to 0."""
    # log tanh'(u) = log(1 - tanh(u)^2) = 2 (log 2 - u - softplus(-2 u))
    return 2 * (math.log(2) - u - tf.nn.softplus(-2 * u))

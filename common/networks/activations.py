"""Activation functions in NumPy, by the names that Keras gives them."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def linear(x: Array) -> Array:
    return x


def relu(x: Array) -> Array:
    return np.maximum(x, np.float32(0.0))


def relu6(x: Array) -> Array:
    return np.clip(x, np.float32(0.0), np.float32(6.0))


def sigmoid(x: Array) -> Array:
    return np.float32(0.5) * (np.tanh(np.float32(0.5) * x) + np.float32(1.0))


def softmax(x: Array) -> Array:
    """Probabilities [..., A] from logits [..., A]: exp(z_a) / sum_b exp(z_b)."""
    powers = np.exp(x - x.max(axis=-1, keepdims=True))  # the shift cancels and keeps exp from overflowing
    return powers / powers.sum(axis=-1, keepdims=True)


def log_softmax(x: Array) -> Array:
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softplus(x: Array) -> Array:
    return np.logaddexp(x, np.float32(0.0))


def softsign(x: Array) -> Array:
    return x / (np.float32(1.0) + np.abs(x))


def elu(x: Array) -> Array:
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


def selu(x: Array) -> Array:
    """Klambauer et al. (2017), Self-normalizing neural networks."""
    return np.float32(1.0507009873554805) * np.where(
        x > 0, x, np.float32(1.6732632423543772) * np.expm1(np.minimum(x, 0))
    )


def silu(x: Array) -> Array:
    return x * sigmoid(x)


def gelu(x: Array) -> Array:
    """x times the standard normal distribution function of x."""
    erf = np.vectorize(math.erf, otypes=[np.float32])
    return (np.float32(0.5) * x * (np.float32(1.0) + erf(x / np.float32(math.sqrt(2.0))))).astype(x.dtype)


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "linear": linear,
    "relu": relu,
    "relu6": relu6,
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "log_softmax": log_softmax,
    "softplus": softplus,
    "softsign": softsign,
    "elu": elu,
    "selu": selu,
    "silu": silu,
    "swish": silu,
    "gelu": gelu,
    "exp": np.exp,
    "exponential": np.exp,
    "abs": np.abs,
    "absolute": np.abs,
    "square": np.square,
}


def activation(named: Any) -> Callable[[Array], Array] | None:
    """The function of a name as a description gives it (None is linear); None for one that is not known."""
    if isinstance(named, dict):
        named = named.get("class_name") if not isinstance(named.get("config"), str) else named["config"]
    if named is None:
        return linear
    return ACTIVATIONS.get(str(named).lower()) if isinstance(named, str) else None

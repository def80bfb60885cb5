"""All weights of a network as one vector, in which a step has a direction and a length."""

import math
from collections.abc import Sequence
from typing import Any

from deep.parts.lazy import tf

Tensor = Any


def flat(tensors: Sequence[Tensor]) -> Tensor:
    """The numbers of all tensors in one vector, one tensor after the other."""
    return tf.concat([tf.reshape(tensor, [-1]) for tensor in tensors], axis=0)


def assign(variables: Sequence[Any], vector: Tensor) -> None:
    """Give the variables the numbers of a vector made by `flat`."""
    parts = tf.split(vector, [math.prod(variable.shape) for variable in variables])
    for variable, part in zip(variables, parts, strict=True):
        variable.assign(tf.reshape(part, variable.shape))

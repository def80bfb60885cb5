"""Gradients of many shapes as one vector, which is quicker to send, and back."""

import math
from collections.abc import Sequence
from typing import Any

from deep.parts.lazy import tf

Tensor = Any


def one_vector(parts: Sequence[Tensor]) -> Tensor:
    """All numbers of some tensors [total], one tensor after the other."""
    return tf.concat([tf.reshape(part, [-1]) for part in parts], 0)


def parts_of(vector: Tensor, like: Sequence[Tensor]) -> list[Tensor]:
    """What `one_vector` was given, in the shapes of `like`."""
    sizes = [math.prod(part.shape) for part in like]
    return [tf.reshape(part, each.shape) for part, each in zip(tf.split(vector, sizes), like, strict=True)]

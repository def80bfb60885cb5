"""Dense networks: how big they are for an environment, and the Keras models."""

from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np

from common.options import UserError
from deep.parts.lazy import keras


def observation_size(space: gym.Space[Any], env: str) -> int:
    """How many numbers an observation has. Raises UserError for images and for what is no vector."""
    if isinstance(space, gym.spaces.Box) and len(space.shape) == 1:
        return int(space.shape[0])
    kind = "images" if isinstance(space, gym.spaces.Box) else f"a {type(space).__name__}"
    raise UserError(f"--env {env} has {kind} for observations: the deep chapters read vectors, none of them fits")


def sizes(env: gym.Env[Any, Any]) -> tuple[int, int]:
    """How many numbers an observation has, and how many discrete actions there are.

    Raises UserError for images and other observations, and for continuous actions, naming the chapter for them.
    """
    name = env.spec.id if env.spec is not None else type(env).__name__
    inputs, action = observation_size(env.observation_space, name), env.action_space
    if isinstance(action, gym.spaces.Box):
        raise UserError(f"--env {name} has continuous actions: use deep/a2c.py, which can learn them")
    if not isinstance(action, gym.spaces.Discrete):
        raise UserError(f"--env {name} has actions of the kind {type(action).__name__}: no chapter here fits")
    return inputs, int(action.n)


def layer_shapes(inputs: int, *outputs: int, hidden: Sequence[int]) -> list[tuple[int, ...]]:
    """Shapes of kernels and biases: inputs -> hidden layers -> one output layer, or several side by side."""
    shapes: list[tuple[int, ...]] = []
    for size in hidden:
        shapes += [(inputs, size), (size,)]
        inputs = size
    for size in outputs:
        shapes += [(inputs, size), (size,)]
    return shapes


def dense(
    size: int, generator: np.random.Generator, activation: str | None = None, initializer: str = "he_uniform"
) -> Any:
    """A dense layer whose first weights come from this generator."""
    first_weights = type(keras.initializers.get(initializer))(seed=int(generator.integers(2**31)))
    return keras.layers.Dense(size, activation=activation, kernel_initializer=first_weights)


def dense_network(
    inputs: int, hidden: Sequence[int], outputs: int, generator: np.random.Generator, initializer: str = "he_uniform"
) -> Any:
    """inputs -> hidden ReLU layers -> outputs, linear: a keras.Sequential. he_uniform is He et al. (2015)."""
    layers = [dense(size, generator, "relu", initializer) for size in hidden]
    return keras.Sequential([keras.Input((inputs,)), *layers, dense(outputs, generator, None, initializer)])

"""What an environment's observations and actions are, in numbers."""

from typing import Any

from common.errors import UserError
from deep.parts.lazy import keras

import gymnasium as gym
import numpy as np

Array = np.ndarray


class ContinuousActions:
    """Actions that are vectors [size] between two bounds; half: half the way from one to the other [size]."""

    def __init__(self, low: Array, high: Array) -> None:
        self.low, self.high = low, high
        self.size, self.half = len(low), (high - low) / 2

    def random(self, generator: np.random.Generator) -> Array:
        """Any action, each as likely as the others."""
        return generator.uniform(self.low, self.high).astype(np.float32)

    def within(self, action: Array) -> Array:
        """The action, or the nearest one within the bounds."""
        return np.clip(action, self.low, self.high).astype(np.float32)

    def layers(self) -> list[Any]:
        """The last layers of a network whose outputs are actions: tanh, stretched to the bounds.

        First weights this small put all actions near the middle, where tanh has a slope (Lillicrap et al. 2016)."""
        small = keras.initializers.RandomUniform(-3e-3, 3e-3)
        return [keras.layers.Dense(self.size, "tanh", kernel_initializer=small), self.stretch()]

    def stretch(self) -> Any:
        """A layer that takes -1 to the lower bound and 1 to the upper one."""
        return keras.layers.Rescaling(self.half.tolist(), (self.low + self.half).tolist())

    def stretched(self, part: Any) -> Any:
        """What the layer `stretch` makes of arrays or tensors [..., size]."""
        return self.half * part + (self.low + self.half)


def sizes(env: Any, name: str, continuous: bool | None = False) -> tuple[int, Any]:
    """How many numbers an observation has, and how many discrete actions there are; env may be a vector of them.

    continuous: for an agent of continuous actions, which asks for their bounds in place of their number; None for one
    that takes either kind.
    Raises UserError for images and other observations, and for actions that the agent cannot take.
    """
    vector = isinstance(env, gym.vector.VectorEnv)
    seen = env.single_observation_space if vector else env.observation_space
    action = env.single_action_space if vector else env.action_space
    if not (isinstance(seen, gym.spaces.Box) and len(seen.shape) == 1):
        kind = "images" if isinstance(seen, gym.spaces.Box) else f"a {type(seen).__name__}"
        raise UserError(
            "--env {name} has {kind} for observations: the deep chapters read vectors, none of them fits",
            name=name,
            kind=kind,
        )
    if isinstance(action, gym.spaces.Box):
        if continuous is False:
            raise UserError(
                "--env {name} has continuous actions, and this chapter chooses among n: take deep/ddpg.py", name=name
            )
        if len(action.shape) != 1 or not np.isfinite([action.low, action.high]).all():
            raise UserError(
                "--env {name} has actions that are no vector between two bounds: no chapter here fits", name=name
            )
        return int(seen.shape[0]), ContinuousActions(action.low, action.high)
    if not isinstance(action, gym.spaces.Discrete):
        raise UserError(
            "--env {name} has actions of the kind {kind}: no chapter here fits",
            name=name,
            kind=type(action).__name__,
        )
    if continuous:
        raise UserError(
            "--env {name} has discrete actions, and this chapter's are continuous: take deep/dqn.py", name=name
        )
    return int(seen.shape[0]), int(action.n)

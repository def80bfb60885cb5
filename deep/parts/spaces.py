"""What an environment's observations and actions are, in numbers."""

from typing import Any

import gymnasium as gym

from common.errors import UserError


def sizes(env: Any, name: str) -> tuple[int, int]:
    """How many numbers an observation has, and how many discrete actions there are; env may be a vector of them.

    Raises UserError for images and other observations, and for actions that are not discrete.
    """
    vector = isinstance(env, gym.vector.VectorEnv)
    seen = env.single_observation_space if vector else env.observation_space
    action = env.single_action_space if vector else env.action_space
    if not (isinstance(seen, gym.spaces.Box) and len(seen.shape) == 1):
        kind = "images" if isinstance(seen, gym.spaces.Box) else f"a {type(seen).__name__}"
        raise UserError(f"--env {name} has {kind} for observations: the deep chapters read vectors, none of them fits")
    if isinstance(action, gym.spaces.Box):
        raise UserError(
            f"--env {name} has continuous actions: these chapters choose among n actions, none of them fits"
        )
    if not isinstance(action, gym.spaces.Discrete):
        raise UserError(f"--env {name} has actions of the kind {type(action).__name__}: no chapter here fits")
    return int(seen.shape[0]), int(action.n)

"""What the actions of an environment are called, for the bars of a demo."""

from typing import Any

from common.language import N_, _

import gymnasium as gym
import numpy as np

_GYMNASIUM = N_(
    {
        "CartPole": ("left", "right"),
        "Acrobot": ("torque -1", "no torque", "torque +1"),
        "MountainCar": ("left", "coast", "right"),
        "LunarLander": ("nothing", "left engine", "main engine", "right engine"),
        "Pendulum": ("torque",),
    }
)
"""By the environment's id without its version; an environment of our own says its names itself, as `action_names`."""


def action_names(env: gym.Env[Any, Any]) -> list[str]:
    """A name for each action, or for each part of a continuous one: numbers where the environment has none."""
    known = getattr(env.unwrapped, "action_names", None)
    if known is None and env.spec is not None:
        known = _GYMNASIUM.get(env.spec.name)
    space = env.action_space
    if isinstance(space, gym.spaces.Discrete):
        count, unnamed = int(space.n), "{}"
    else:
        count, unnamed = int(np.prod(space.shape or (1,))), _("part {} of the action")
    if known is not None and len(known) == count:
        return list(known)
    return [unnamed.format(index) for index in range(count)]

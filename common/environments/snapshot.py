"""What is inside an environment, as a state: for those that hold nothing but numbers, arrays and a generator."""

from typing import Any

from common.runs.checkpoint import State, generator_state, set_generator_state, with_prefix, without_prefix
from common.runs.remember import recalled, remembered

import gymnasium as gym
import numpy as np
from gymnasium.envs.registration import EnvSpec

NEVER_CHANGES = (gym.Space, EnvSpec)


def snapshot(env: gym.vector.VectorEnv) -> State | None:
    """All attributes; None where one of them is something else, such as other environments."""
    state: State = {}
    try:
        for name, value in vars(env).items():
            if isinstance(value, np.random.Generator):
                state[f"generator/{name}"] = generator_state(value)
            elif not isinstance(value, NEVER_CHANGES):
                state |= with_prefix(f"attribute/{name}", remembered(value))
    except TypeError:
        return None
    return state


def put_snapshot_back(env: gym.vector.VectorEnv, state: State) -> None:
    """Set the attributes of an environment that has been reset to what `snapshot` found in another of its kind."""
    for name, value in vars(env).items():
        if isinstance(value, np.random.Generator):
            set_generator_state(value, state[f"generator/{name}"])
    for name in {key.split("/")[1] for key in state if key.startswith("attribute/")}:
        attribute: Any = recalled(without_prefix(f"attribute/{name}", state))
        setattr(env, name, attribute)

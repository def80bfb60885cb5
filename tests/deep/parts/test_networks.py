"""Which environments the networks fit, and what is said of the others."""

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from common.options import UserError
from deep.parts.networks import layer_shapes, sizes

VECTOR, TWO = gym.spaces.Box(-1.0, 1.0, (4,), np.float32), gym.spaces.Discrete(2)
IMAGE = gym.spaces.Box(0, 255, (8, 8, 3), np.uint8)


class World(gym.Env[Any, Any]):
    """Has spaces, and nothing else."""

    def __init__(self, observation_space: gym.Space[Any], action_space: gym.Space[Any]) -> None:
        self.observation_space, self.action_space = observation_space, action_space


def test_a_vector_and_discrete_actions_fit() -> None:
    assert sizes(World(VECTOR, TWO)) == (4, 2)


@pytest.mark.parametrize(
    ("observations", "actions", "said"),
    [
        (IMAGE, TWO, "has images for observations"),
        (gym.spaces.Discrete(16), TWO, "has a Discrete for observations"),
        (VECTOR, VECTOR, r"has continuous actions: use deep/a2c\.py"),
        (VECTOR, gym.spaces.MultiDiscrete([2, 2]), "MultiDiscrete: no chapter here fits"),
    ],
)
def test_anything_else_is_refused_in_one_line(observations: gym.Space[Any], actions: gym.Space[Any], said: str) -> None:
    with pytest.raises(UserError, match=said) as refused:
        sizes(World(observations, actions))
    assert "\n" not in str(refused.value)


def test_shapes_of_layers() -> None:
    assert layer_shapes(4, 1, 2, hidden=(8, 6)) == [(4, 8), (8,), (8, 6), (6,), (6, 1), (1,), (6, 2), (2,)]

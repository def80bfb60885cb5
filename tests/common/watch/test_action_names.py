"""Every action has a name, and an environment's own come first."""

from common.watch.action_names import action_names

import gymnasium as gym
import numpy as np
import pytest


@pytest.mark.parametrize(
    ("environment", "names"),
    [
        ("CartPole-v1", ["left", "right"]),
        ("gridworld:MovingObstacles-v0", ["up", "down", "left", "right", "stay"]),
        ("gridworld:GridWorld-v0", ["up", "down", "left", "right"]),
        ("FrozenLake-v1", ["0", "1", "2", "3"]),
        ("Pendulum-v1", ["torque"]),
        ("MountainCarContinuous-v0", ["part 0 of the action"]),
    ],
)
def test_each_action_has_a_name(environment: str, names: list[str]) -> None:
    assert action_names(gym.make(environment)) == names


def test_names_that_are_not_of_this_action_space_are_not_used() -> None:
    discrete = gym.make("MountainCar-v0")
    three = gym.wrappers.TransformAction(discrete, lambda action: action, gym.spaces.Discrete(2))
    assert action_names(three) == ["0", "1"]
    two_parts = gym.spaces.Box(-1, 1, (2,), np.float32)
    pendulum = gym.wrappers.TransformAction(gym.make("Pendulum-v1"), lambda action: action[:1], two_parts)
    assert action_names(pendulum) == ["part 0 of the action", "part 1 of the action"]

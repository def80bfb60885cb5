"""rlcode's grid: the same world, read and acted upon in another order."""

import json
from typing import Any

import gridworld
from common.errors import UserError
from common.networks.network import Network
from gridworld.layouts.rlcode import RlcodeObstaclesEnv

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

assert gridworld.ACTION_NAMES


class Theirs:
    """Their rules in their terms: cells are [x, y], a direction of -1 walks right and turns as the next walk begins."""

    def __init__(self) -> None:
        self.x = self.y = self.counter = 0
        self.obstacles = [{"x": x, "y": y, "direction": -1} for x, y in ((0, 1), (1, 2), (2, 3))]

    def step(self, action: int) -> tuple[list[int], int, bool]:
        self.counter += 1
        if self.counter % 2 == 1:
            for each in self.obstacles:
                each["direction"] = {4: 1, 0: -1}.get(each["x"], each["direction"])
                each["x"] -= each["direction"]
        right, down = [(0, -1), (0, 1), (1, 0), (-1, 0), (0, 0)][action]
        self.x, self.y = min(max(self.x + right, 0), 4), min(max(self.y + down, 0), 4)
        met = sum((each["x"], each["y"]) == (self.x, self.y) for each in self.obstacles)
        done = (self.x, self.y) == (4, 4)
        return self.state(), done - met, done

    def state(self) -> list[int]:
        numbers = []
        for each in self.obstacles:
            numbers += [each["x"] - self.x, each["y"] - self.y, -1, each["direction"]]
        return [*numbers, 4 - self.x, 4 - self.y, 1]


@pytest.mark.parametrize("seed", range(10))
def test_observations_rewards_and_ends_are_theirs(seed: int) -> None:
    random = np.random.default_rng(seed)
    ours, theirs = RlcodeObstaclesEnv(), Theirs()
    assert ours.reset()[0].tolist() == theirs.state()
    for _ in range(200):
        action = int(random.choice(5, p=[0.25, 0.2, 0.25, 0.2, 0.1]))
        observation, reward, terminated, _, _ = ours.step(action)
        assert (observation.tolist(), reward, terminated) == theirs.step(action)
        if terminated:
            break


def down_then_right() -> Network:
    """A policy in their layout: down the left edge while rows are left, then right along the lower one."""
    kernel = np.zeros((15, 5), np.float32)
    kernel[13, 1], bias = 10.0, np.array([-9.0, 0.0, 5.0, -9.0, -9.0], np.float32)
    config = {"units": 5, "activation": "linear", "use_bias": True}
    described: dict[str, Any] = {"class_name": "Sequential", "config": {"layers": [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, 15]}}, {"class_name": "Dense", "config": config}
    ]}}  # fmt: skip
    return Network(json.dumps(described), [kernel, bias])


def played(identifier: str) -> tuple[float, int]:
    env, network = gym.make(identifier), down_then_right()
    state, _ = env.reset(seed=0)
    score, ended, steps = 0.0, False, 0
    while not ended:
        state, reward, terminated, truncated, _ = env.step(int(network(state).argmax()))
        score, ended, steps = score + float(reward), terminated or truncated, steps + 1
    return score, steps


def test_a_network_of_theirs_arrives_there_and_not_in_our_layout() -> None:
    assert played("RlcodeObstacles-v0") == (1.0, 8)
    assert played("MovingObstacles-v0")[1] == 200


def test_it_is_an_environment_whose_actions_have_their_names() -> None:
    env = RlcodeObstaclesEnv()
    check_env(env, skip_render_check=True)
    assert env.action_names == ("up", "down", "right", "left", "stay")
    for action in (-1, 5):
        with pytest.raises(UserError, match=r"the actions are 0 to 4"):
            env.step(action)

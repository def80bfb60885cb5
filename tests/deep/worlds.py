"""Worlds whose answer theory gives, and what a chapter's loop asks of a run."""

from typing import Any

import gymnasium as gym
import numpy as np

STATES = np.eye(2, dtype=np.float32)


class Steps:
    """Counts, as a run does: `turns` turns of the loop, a stride of environment steps each."""

    def __init__(self, turns: int) -> None:
        self.turns = turns

    def steps(self, stride: int = 1) -> range:
        return range(stride, self.turns * stride + 1, stride)


class Forever(gym.Env[np.ndarray, int]):
    """One pound a step for ever."""

    observation_space = gym.spaces.Box(0.0, 1.0, (2,), np.float32)
    action_space = gym.spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[np.ndarray, dict[str, Any]]:
        super().reset(seed=seed)
        return STATES[0], {}

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        return STATES[0], 1.0, False, False, {}


class Counter(gym.Env[np.ndarray, Any]):
    """Counts its steps; the observation is (1, count / 10). Reward 1 a step; ends after `length` steps."""

    observation_space = gym.spaces.Box(-1.0, 10.0, (2,), np.float32)
    action_space = gym.spaces.Discrete(2)

    def __init__(self, length: int, terminates: bool) -> None:
        self.length, self.terminates, self.count = length, terminates, 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict]:
        super().reset(seed=seed)
        self.count = 0
        return self.observation(), {}

    def observation(self) -> np.ndarray:
        return np.array([1.0, self.count / 10], np.float32)

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict]:
        self.count += 1
        ended = self.count == self.length
        return self.observation(), 1.0, ended and self.terminates, ended and not self.terminates, {}

"""The probe environments of Andy Jones, Debugging reinforcement learning systems: each asks for one thing more.

An observation is one number. Whoever passes one probe and fails the next has found where to look.
"""

from typing import Any

import gymnasium as gym
import numpy as np


class Probe(gym.Env[np.ndarray, Any]):
    """The observation is -1, 0 or 1; two actions, or any number from 0 to 1; an episode is over after one step."""

    observation_space = gym.spaces.Box(-1.0, 1.0, (1,), np.float32)
    action_space = gym.spaces.Discrete(2)
    length, terminates = 1, True

    def __init__(self) -> None:
        self.generator, self.count, self.observation = np.random.default_rng(0), 0, 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict]:
        self.count, self.observation = 0, self.first()
        return np.float32([self.observation]), {}

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict]:
        reward, self.count = float(self.reward(np.asarray(action).item())), self.count + 1
        self.observation = self.following()
        over = self.count == self.length
        return np.float32([self.observation]), reward, over and self.terminates, over and not self.terminates, {}

    def first(self) -> int:
        return 0

    def following(self) -> int:
        return 0

    def reward(self, action: float) -> float:
        return 1.0


class ConstantReward(Probe):
    """One pound, whatever is seen or done: can a value be learned?"""


class RewardIsObservation(Probe):
    """-1 or 1 is seen, and paid: does the network read what it sees?"""

    def first(self) -> int:
        return int(self.generator.choice([-1, 1]))

    def reward(self, action: float) -> float:
        return self.observation


class TwoSteps(Probe):
    """0 is seen, then 1, then a pound is paid: is a reward discounted on its way back?"""

    length = 2

    def following(self) -> int:
        return self.count

    def reward(self, action: float) -> float:
        return self.observation


class ActionDecides(Probe):
    """Action 1 earns a pound, action 0 costs one: does the policy follow the values?"""

    def reward(self, action: float) -> float:
        return 2 * action - 1


class ActionTimesObservation(RewardIsObservation):
    """Action 1 pays what is seen, action 0 its opposite: does the policy depend on what it sees?"""

    def reward(self, action: float) -> float:
        return (2 * action - 1) * self.observation


class CutOff(Probe):
    """One pound a step for ever; every episode is cut after twenty: is a time limit taken for an end?"""

    length, terminates = 20, False

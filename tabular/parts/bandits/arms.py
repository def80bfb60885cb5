"""The k-armed testbed of Sutton & Barto, section 2.3, as an environment: one state, k actions, no end."""

from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray


class Arms(gym.Env[Any, Any]):
    """Arm a pays a reward from a normal distribution around q*(a) with standard deviation 1.

    means: [k] q*(a), themselves drawn around `mean` with standard deviation `spread` at every reset. drift: standard
    deviation of the step that each of them takes, on its own, after every pull; 0 leaves them where they are.
    """

    def __init__(self, arms: int = 10, mean: float = 0.0, spread: float = 1.0, drift: float = 0.0) -> None:
        self.mean, self.spread, self.drift = mean, spread, drift
        self.observation_space = gym.spaces.Discrete(1)
        self.action_space = gym.spaces.Discrete(arms)
        self.means: NDArray[np.float64] = np.full(arms, mean)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Draw new arms; the state is 0 for ever."""
        super().reset(seed=seed)
        self.means = self.mean + self.spread * self.np_random.standard_normal(len(self.means))
        return 0, {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        """Pull an arm."""
        # reward ~ N(q*(a), 1)
        reward = float(self.means[action] + self.np_random.standard_normal())
        if self.drift:
            self.means = self.means + self.drift * self.np_random.standard_normal(len(self.means))
        return 0, reward, False, False, {}

    @property
    def best(self) -> int:
        """The arm with the largest q*(a)."""
        return int(self.means.argmax())

"""What is added to a continuous action to explore."""

from common.runs.checkpoint import State

import numpy as np


class OrnsteinUhlenbeck:
    """Noise that remembers: each draw is pulled back towards 0 and pushed on at random (Uhlenbeck & Ornstein 1930).

        x  <-  x - theta * x + sigma * N(0, 1)

    Draws that lie close together in time are alike, so a push goes on for about 1 / theta steps. Over time x has the
    mean 0 and the variance sigma^2 / (1 - (1 - theta)^2). With theta = 1 nothing is remembered: Gaussian noise.
    """

    def __init__(self, theta: float, sigma: np.ndarray) -> None:
        """sigma: [size]."""
        self.theta, self.sigma = theta, sigma
        self.x = np.zeros(len(sigma))

    def draw(self, generator: np.random.Generator) -> np.ndarray:
        """[size] the next noise."""
        # x <- x - theta * x + sigma * N(0, 1)
        self.x = self.x - self.theta * self.x + self.sigma * generator.normal(size=len(self.x))
        return self.x

    def reset(self) -> None:
        """Forget what was: an episode begins."""
        self.x = np.zeros(len(self.x))

    def state(self) -> State:
        """What is remembered."""
        return {"x": self.x}

    def restore(self, state: State) -> None:
        """Take over what `state` gave."""
        self.x = state["x"]

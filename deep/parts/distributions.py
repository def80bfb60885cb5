"""What the numbers that a policy network puts out mean: a distribution over the actions of an environment.

Each class says it twice: in NumPy, to act, and in TensorFlow, to learn. `size` is how many outputs an action takes.
"""

from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from common.demo import Thought
from common.options import UserError
from deep.parts import sampling
from deep.parts.lazy import tf
from deep.parts.sampling import Tensor

Array = NDArray[Any]


class Categorical:
    """Discrete actions: one logit an action."""

    action_type, action_shape = np.int64, ()

    def __init__(self, space: gym.spaces.Discrete) -> None:
        self.size = int(space.n)

    def sample(self, outputs: Array, random: np.random.Generator) -> Array:
        """Draw actions [n] from outputs [n, size]."""
        return sampling.sample(sampling.softmax(outputs), random)

    def greedy(self, outputs: Array) -> Array:
        """The likeliest actions [n]."""
        return outputs.argmax(axis=-1)

    def to_environment(self, actions: Array) -> Array:
        """The actions as the environment wants them."""
        return actions

    def log_probability(self, outputs: Tensor, actions: Tensor) -> Tensor:
        """log pi(a|s) [n]."""
        return sampling.log_probability(outputs, actions)

    def entropy(self, outputs: Tensor) -> Tensor:
        """[n] in nats."""
        return sampling.entropy(outputs)

    def thought(self, outputs: Array, value: float) -> Thought:
        """What a demo shows of one state: the likeliest action and the probability of each."""
        return Thought(int(outputs.argmax()), "probabilities", sampling.softmax(outputs), value)


class Gaussian:
    """Continuous actions: for each of their numbers a mean and a log standard deviation, as in Mnih et al. (2016).

    Drawn in a range of -1 to 1, in which the environment's own range lies, and clipped there only for the environment:
    the probability that the gradient sees is that of the number that was drawn. The log standard deviation is squashed
    into its range by tanh; cut off instead, it would have no gradient outside and never find back.
    """

    action_type = np.float32
    log_deviation_range = (-1.0, 0.5)

    def __init__(self, space: gym.spaces.Box) -> None:
        self.action_shape = space.shape
        self.size = 2 * space.shape[0]
        self.middle = (space.high + space.low) / 2
        self.half = (space.high - space.low) / 2

    def sample(self, outputs: Array, random: np.random.Generator) -> Array:
        """Draw actions [n, D] from outputs [n, 2 D]."""
        mean, spread = np.split(outputs, 2, axis=-1)
        return sampling.gaussian_sample(mean, self._log_deviation(np.tanh(spread)), random)

    def greedy(self, outputs: Array) -> Array:
        """The means, as the environment wants them, [n, D]."""
        return self.to_environment(np.split(outputs, 2, axis=-1)[0])

    def to_environment(self, actions: Array) -> Array:
        """From -1 .. 1 to the environment's range, clipped."""
        return (self.middle + self.half * np.clip(actions, -1.0, 1.0)).astype(np.float32)

    def log_probability(self, outputs: Tensor, actions: Tensor) -> Tensor:
        """log of the density pi(a|s) [n]."""
        mean, log_deviation = self._split(outputs)
        return sampling.gaussian_log_probability(mean, log_deviation, actions)

    def entropy(self, outputs: Tensor) -> Tensor:
        """[n] in nats."""
        return sampling.gaussian_entropy(self._split(outputs)[1])

    def _split(self, outputs: Tensor) -> tuple[Tensor, Tensor]:
        mean, spread = tf.split(outputs, 2, axis=-1)
        return mean, self._log_deviation(tf.tanh(spread))

    def _log_deviation(self, squashed: Any) -> Any:
        """From -1 .. 1 to the range of the log standard deviation."""
        low, high = self.log_deviation_range
        return low + (high - low) * (squashed + 1.0) / 2.0

    def thought(self, outputs: Array, value: float) -> Thought:
        """What a demo shows of one state: the mean action, which is also the one taken."""
        action = self.greedy(outputs)
        return Thought(action, "mean of the policy", action, value)


def action_distribution(space: gym.Space[Any], env: str) -> Categorical | Gaussian:
    """The distribution for an action space. Raises UserError where there is none: a vector or one of n actions fits."""
    if isinstance(space, gym.spaces.Discrete):
        return Categorical(space)
    if isinstance(space, gym.spaces.Box) and len(space.shape) == 1 and space.is_bounded():
        return Gaussian(space)
    raise UserError(f"--env {env} has actions of the kind {space}: no chapter here fits")

"""Observations and rewards brought to a common scale, by statistics of everything that was seen so far."""

from typing import Any

from common.runs.checkpoint import State, with_prefix, without_prefix
from common.runs.remember import recalled, remembered
from deep.parts.lazy import keras

import numpy as np

Array = np.ndarray


class RunningMoments:
    """Mean [size] and variance [size] of a stream of vectors, of which nothing is kept."""

    def __init__(self, size: int) -> None:
        self.count, self.mean, self.squares = 0, np.zeros(size), np.zeros(size)

    def add(self, batch: Array) -> None:
        """Take in vectors [n, size]. Chan, Golub & LeVeque (1979): as if all had been there at once."""
        count, mean = len(batch), batch.mean(axis=0, dtype=np.float64)
        away, total = mean - self.mean, self.count + count
        # S = S_a + S_b + (mean_b - mean_a)^2 n_a n_b / n, the sum of squared distances from the mean of both
        self.squares = self.squares + ((batch - mean) ** 2).sum(axis=0) + away**2 * self.count * count / total
        self.mean = self.mean + away * count / total
        self.count = total

    @property
    def deviation(self) -> Array:
        """[size] the standard deviation; 1 where nothing has varied."""
        deviation = np.sqrt(self.squares / max(self.count, 1))
        return np.where(deviation > 1e-8, deviation, 1.0)


class Normalisation:
    """Layers that no gradient moves, in front of actor and critic and behind the critic, and what they are set to.

        actor and critic read   (s - mean) / deviation          of all states s seen so far
        the critic puts out     V(s) = deviation * v(s)         of all returns G <- R + discount * G seen so far

    v learns as it would from rewards divided by that deviation, and V stays in the units of the rewards. The layers are
    weights like others: saved, loaded and played with them. Those in front are set between two rollouts alone, for they
    are a part of the policy; the one behind as soon as a rollout is there.
    """

    def __init__(self, inputs: int, discount: float) -> None:
        self.discount, self.states, self.returns = discount, RunningMoments(inputs), RunningMoments(1)
        self.sums: Array | None = None
        self._layers: list[Any] = []
        self._scale: Any = None

    def before(self, model: Any) -> Any:
        """The network behind a layer that normalises what it reads."""
        return keras.Sequential(self._front(model))

    def around(self, model: Any) -> Any:
        """The critic behind such a layer, and before one that brings what it says to the scale of the returns."""
        self._scale = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones", trainable=False)
        return keras.Sequential([*self._front(model), self._scale])

    def _front(self, model: Any) -> list[Any]:
        size = model.inputs[0].shape[1]
        self._layers.append(keras.layers.Dense(size, kernel_initializer="identity", trainable=False))
        return [keras.Input((size,)), self._layers[-1], model]

    def see(self, states: Array, rewards: Array, played: Array) -> None:
        """Take in a rollout: states [T, N, inputs], rewards [T, N], and which steps [T, N] are no restart."""
        sums = np.zeros(rewards.shape[1]) if self.sums is None else self.sums
        seen = []
        for reward, counts in zip(rewards, played, strict=True):
            # G <- R + discount * G, and 0 between two episodes
            sums = np.where(counts, reward + self.discount * sums, 0.0)
            seen.append(sums[counts])
        self.sums = sums
        self.states.add(states[played])
        self.returns.add(np.concatenate(seen)[:, None])
        self._scale.set_weights([self.returns.deviation[:, None]])

    def set_front(self) -> None:
        """Set the layers in front to what was seen so far."""
        deviation = self.states.deviation
        for layer in self._layers:
            layer.set_weights([np.diag(1 / deviation), -self.states.mean / deviation])

    def state(self) -> State:
        """The statistics; the layers are the networks' own."""
        moments = {"states": vars(self.states), "returns": vars(self.returns), "sums": self.sums}
        return with_prefix("all", remembered(moments))

    def restore(self, state: State) -> None:
        """Take over what `state` gave."""
        found = recalled(without_prefix("all", state))
        vars(self.states).update(found["states"])
        vars(self.returns).update(found["returns"])
        self.sums = found["sums"]

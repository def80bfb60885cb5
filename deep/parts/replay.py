"""Replay memories: what was experienced, to learn from more than once and out of order (Lin 1992; Mnih et al. 2015)."""

from typing import Any

from common.errors import UserError
from common.runs.checkpoint import State, packed, unpacked

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class ReplayMemory:
    """The last `capacity` transitions, sampled uniformly with replacement.

    A transition is what `add` is given, any numbers and arrays: usually state, action, reward, next state, terminated.
    The first one fixes their shapes and types; all storage is allocated then, and what is stored is a copy.
    Raises UserError for a capacity below 1 or beyond the machine's memory.
    """

    def __init__(self, capacity: int) -> None:
        if capacity < 1:
            raise UserError("a replay memory needs a capacity of at least 1, not {capacity}", capacity=capacity)
        self.capacity = capacity
        self.size = 0
        self.position = 0
        self.columns: list[Array] = []

    def __len__(self) -> int:
        return self.size

    def add(self, *transition: Any) -> None:
        """Store a transition in place of the oldest one."""
        if not self.columns:
            self._allocate([np.asarray(part) for part in transition])
        for column, part in zip(self.columns, transition, strict=True):
            column[self.position] = part
        self.position = (self.position + 1) % self.capacity
        self.size = min(self.size + 1, self.capacity)

    def _allocate(self, parts: list[Array]) -> None:
        """Floating-point numbers are kept as float32, whole numbers and truth values as they are."""
        try:
            self.columns = [
                np.zeros((self.capacity, *part.shape), np.float32 if part.dtype.kind == "f" else part.dtype)
                for part in parts
            ]
        except (MemoryError, ValueError) as error:
            raise UserError(
                "--memory {capacity} transitions do not fit into this machine: {error}",
                capacity=self.capacity,
                error=error,
            ) from error

    def sample(self, count: int, size: int, generator: np.random.Generator) -> tuple[Array, ...]:
        """`count` batches of `size` transitions: for each part of a transition an array [count, size, ...]."""
        return self._batches(generator.integers(self.size, size=(count, size)))

    def _batches(self, chosen: Array) -> tuple[Array, ...]:
        return tuple(column[chosen] for column in self.columns)

    def state(self) -> State:
        """Everything in the memory."""
        state = {str(index): column[: self.size] for index, column in enumerate(self.columns)}
        return state | {"position": packed(self.position)}

    def restore(self, state: State) -> None:
        """Take over what `state` gave. Raises UserError if it does not fit."""
        stored = [state[str(index)] for index in range(len([name for name in state if name.isdigit()]))]
        self.size = len(stored[0]) if stored else 0
        if self.size > self.capacity:
            raise UserError(
                "the stored replay memory ({size} transitions) does not fit --memory {capacity}",
                size=self.size,
                capacity=self.capacity,
            )
        self._allocate([np.zeros(column.shape[1:], column.dtype) for column in stored])
        for column, part in zip(self.columns, stored, strict=True):
            column[: self.size] = part
        self.position = unpacked(state["position"])


class PrioritisedReplayMemory(ReplayMemory):
    """Samples what was learned from with a large error more often (Schaul et al. 2016, proportional variant).

        P(i) = p_i^alpha / sum_k p_k^alpha          p_i = |TD error| + a little
        w_i  = (N P(i))^-beta / max_j w_j           corrects the loss for the changed frequencies

    A new transition gets the highest priority so far. Priorities are cumulated once a call of `sample`: for memories of
    this size that costs less than keeping a sum tree.
    """

    def __init__(self, capacity: int, alpha: float) -> None:
        super().__init__(capacity)
        self.alpha = alpha
        self.priority = np.zeros(capacity)
        self._chosen = np.zeros((0, 0), np.int64)

    def add(self, *transition: Any) -> None:
        """Store a transition with the highest priority so far."""
        self.priority[self.position] = self.priority[: self.size].max(initial=1e-3)
        super().add(*transition)

    def probabilities(self) -> Array:
        """[size] how likely each transition is drawn."""
        # P(i) = p_i^alpha / sum_k p_k^alpha
        scaled = self.priority[: self.size] ** self.alpha
        return scaled / scaled.sum()

    def sample_by_priority(
        self, count: int, size: int, generator: np.random.Generator, beta: float
    ) -> tuple[Array, ...]:
        """`count` batches of `size` transitions as `sample` gives them, and [count, size] weights w_i behind them."""
        probability = self.probabilities()
        bounds = np.cumsum(probability)
        draws = generator.random((count, size)) * bounds[-1]
        self._chosen = np.minimum(np.searchsorted(bounds, draws, side="right"), self.size - 1)
        # w_i = (N P(i))^-beta / max_j w_j
        weight = (self.size * probability[self._chosen]) ** -beta
        return (*self._batches(self._chosen), (weight / weight.max()).astype(np.float32))

    def set_priorities(self, errors: Array) -> None:
        """The TD errors [count, size] of what was sampled last; of a transition drawn twice, the last one counts."""
        self.priority[self._chosen.ravel()] = np.abs(errors).ravel() + 1e-3

    def state(self) -> State:
        """Everything in the memory."""
        return super().state() | {"priority": self.priority[: self.size]}

    def restore(self, state: State) -> None:
        """Take over what `state` gave."""
        super().restore(state)
        self.priority[: self.size] = state["priority"]

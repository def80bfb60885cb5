"""The replay buffer: what was experienced, to learn from more than once and out of order (Lin 1992; Mnih et al. 2015).

Everything is allocated once. A transition spans up to n steps (n = 1 is the usual one):

    state_t, action_t, R = r_1 + discount r_2 + ... + discount^(k-1) r_k, state_{t+k}, discount^k

with k = n, or fewer where the episode ended before. The last number is 0 where the episode terminated, so a target is
R + factor * value(next state) in every case; a truncated episode keeps its factor, because it would have gone on.
"""

from collections import deque
from typing import NamedTuple

import numpy as np

from common.checkpoint import State, packed, unpacked
from common.options import UserError


class Batches(NamedTuple):
    """`count` batches of `size` transitions, for as many gradient steps in one compiled call."""

    state: np.ndarray  # [count, size, inputs] float32
    action: np.ndarray  # [count, size] int32
    reward: np.ndarray  # [count, size] float32, the discounted sum over the transition's steps
    next_state: np.ndarray  # [count, size, inputs] float32
    factor: np.ndarray  # [count, size] float32, what the next state's value is multiplied with
    weight: np.ndarray  # [count, size] float32, of each transition in the loss: 1, or the correction of priorities


class ReplayBuffer:
    """The last `capacity` transitions, sampled uniformly with replacement.

    Raises UserError for a capacity, a number of steps or a discount out of range.
    """

    def __init__(self, capacity: int, inputs: int, steps: int = 1, discount: float = 0.99) -> None:
        if capacity < 1 or steps < 1 or not 0 <= discount <= 1:
            raise UserError(
                f"a replay buffer needs a capacity and steps of at least 1 and a discount in [0, 1], "
                f"not {capacity}, {steps} and {discount}"
            )
        self.capacity, self.steps, self.discount = capacity, steps, discount
        self.size = 0
        self.position = 0
        self._state = np.zeros((capacity, inputs), np.float32)
        self._action = np.zeros(capacity, np.int32)
        self._reward = np.zeros(capacity, np.float32)
        self._next_state = np.zeros((capacity, inputs), np.float32)
        self._factor = np.zeros(capacity, np.float32)
        self._pending: deque[tuple[np.ndarray, int, float]] = deque()

    def __len__(self) -> int:
        return self.size

    def add(
        self, state: np.ndarray, action: int, reward: float, next_state: np.ndarray, terminated: bool, truncated: bool
    ) -> None:
        """Store a step. It becomes a transition once n steps have followed, or the episode has ended."""
        self._pending.append((state, action, reward))
        if terminated or truncated:
            while self._pending:
                self._store_oldest(next_state, terminated)
        elif len(self._pending) == self.steps:
            self._store_oldest(next_state, terminated)

    def _store_oldest(self, next_state: np.ndarray, terminated: bool) -> None:
        """The oldest pending step, with everything that followed it so far, becomes a transition."""
        total = 0.0
        for _, _, reward in reversed(self._pending):
            total = reward + self.discount * total
        steps = len(self._pending)
        state, action, _ = self._pending.popleft()
        slot = self.position
        self._state[slot] = state
        self._action[slot] = action
        self._reward[slot] = total
        self._next_state[slot] = next_state
        self._factor[slot] = 0.0 if terminated else self.discount**steps
        self.position = (slot + 1) % self.capacity
        self.size = min(self.size + 1, self.capacity)

    def sample(self, count: int, size: int, generator: np.random.Generator) -> Batches:
        """Draw `count` batches of `size` transitions."""
        chosen = generator.integers(self.size, size=(count, size))
        return self._batches(chosen, np.ones(chosen.shape, np.float32))

    def _batches(self, chosen: np.ndarray, weight: np.ndarray) -> Batches:
        return Batches(
            self._state[chosen],
            self._action[chosen],
            self._reward[chosen],
            self._next_state[chosen],
            self._factor[chosen],
            weight,
        )

    def learned(self, errors: np.ndarray) -> None:
        """Told the TD errors [count, size] of the batches sampled last; a uniform buffer has no use for them."""

    def state(self) -> State:
        """Everything in the buffer."""
        pending = list(self._pending)
        inputs = self._state.shape[1]
        return {
            "state": self._state[: self.size],
            "action": self._action[: self.size],
            "reward": self._reward[: self.size],
            "next_state": self._next_state[: self.size],
            "factor": self._factor[: self.size],
            "position": packed(self.position),
            "pending_state": np.array([state for state, _, _ in pending], np.float32).reshape(len(pending), inputs),
            "pending": packed([(int(action), float(reward)) for _, action, reward in pending]),
        }

    def restore(self, state: State) -> None:
        """Take over what `state` gave. Raises UserError if it does not fit this buffer."""
        self.size = len(state["action"])
        if self.size > self.capacity or state["state"].shape[1:] != self._state.shape[1:]:
            raise UserError(f"the stored replay buffer ({self.size} transitions) does not fit --memory {self.capacity}")
        for name in ("state", "action", "reward", "next_state", "factor"):
            getattr(self, f"_{name}")[: self.size] = state[name]
        self.position = unpacked(state["position"])
        pairs = zip(state["pending_state"], unpacked(state["pending"]), strict=True)
        self._pending = deque((seen, action, reward) for seen, (action, reward) in pairs)


class PrioritisedReplayBuffer(ReplayBuffer):
    """Samples what was learned from with a large error more often (Schaul et al. 2016, proportional variant).

        P(i) = p_i^alpha / sum_k p_k^alpha          p_i = |TD error| + a little
        w_i  = (N P(i))^-beta / max_j w_j           corrects the loss for the changed frequencies

    A new transition gets the highest priority so far. Priorities are cumulated once a burst: for buffers of this size
    that costs less than keeping a sum tree.
    """

    def __init__(
        self, capacity: int, inputs: int, steps: int = 1, discount: float = 0.99, alpha: float = 0.6, beta: float = 0.4
    ) -> None:
        super().__init__(capacity, inputs, steps, discount)
        self.alpha, self.beta = alpha, beta
        self.priority = np.zeros(capacity)
        self._chosen = np.zeros((0, 0), np.int64)

    def _store_oldest(self, next_state: np.ndarray, terminated: bool) -> None:
        self.priority[self.position] = self.priority[: self.size].max(initial=1e-3)
        super()._store_oldest(next_state, terminated)

    def probabilities(self) -> np.ndarray:
        """[size] how likely each transition is drawn."""
        scaled = self.priority[: self.size] ** self.alpha
        return scaled / scaled.sum()

    def sample(self, count: int, size: int, generator: np.random.Generator) -> Batches:
        """Draw `count` batches of `size` transitions by priority, with the weights that correct for it."""
        probability = self.probabilities()
        bounds = np.cumsum(probability)
        draws = generator.random((count, size)) * bounds[-1]
        self._chosen = np.minimum(np.searchsorted(bounds, draws, side="right"), self.size - 1)
        weight = (self.size * probability[self._chosen]) ** -self.beta
        return self._batches(self._chosen, (weight / weight.max()).astype(np.float32))

    def learned(self, errors: np.ndarray) -> None:
        """Set the priorities of what was sampled last by its TD errors [count, size]; the last batch counts."""
        self.priority[self._chosen.ravel()] = np.abs(errors).ravel() + 1e-3

    def state(self) -> State:
        """Everything in the buffer."""
        return super().state() | {"priority": self.priority[: self.size]}

    def restore(self, state: State) -> None:
        """Take over what `state` gave."""
        super().restore(state)
        self.priority[: self.size] = state["priority"]

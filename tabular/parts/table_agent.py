"""The table that a learner fills, and the epsilon-greedy choice from it.

The chapters derive their learners from these two classes and add the one thing in which they differ: the target.
"""

import random
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Schedule:
    """The numbers a learner learns by; `ActionTable` and `StateTable` copy them and then change their own.

    step_size, step_size_decay: the n-th update of an entry moves it by step_size / n ** step_size_decay of the way.
    epsilon, epsilon_decay, epsilon_final: epsilon is multiplied by epsilon_decay after every environment step, down to
    epsilon_final. discount: of the return. initial_value: of every entry.
    """

    step_size: float = 0.1
    step_size_decay: float = 0.0
    epsilon: float = 0.1
    epsilon_decay: float = 1.0
    epsilon_final: float = 0.0
    discount: float = 0.9
    initial_value: float = 0.0


class Update(NamedTuple):
    """One entry's last update: new = old + step_size * (target - old). action is None in a table of state values."""

    state: int
    action: int | None
    old: float
    target: float
    step_size: float
    new: float


class ActionTable:
    """Action values q(s, a) and the epsilon-greedy policy on them.

    table, visits: lists [S][A]; best: [S], the largest value of each row, kept beside it because finding it is the
    costliest part of a step. last: the parts of an `Update`, the most recent one.
    Lists, because reading one number out of an array costs as much as a whole learning step on lists.
    """

    def __init__(self, n_states: int, n_actions: int, schedule: Schedule, seed: int) -> None:
        self.n_actions = n_actions
        self.random = random.Random(seed).random
        self.step_size, self.step_size_decay = schedule.step_size, schedule.step_size_decay
        self.epsilon, self.epsilon_final = schedule.epsilon, schedule.epsilon_final
        self.epsilon_decay, self.discount = schedule.epsilon_decay, schedule.discount
        self.scheduled = self.epsilon_decay < 1.0 or self.step_size_decay > 0.0
        self.table = [[schedule.initial_value] * n_actions for _ in range(n_states)]
        self.best = [schedule.initial_value] * n_states
        self.visits = [[0] * n_actions for _ in range(n_states)]
        self.last: tuple[int, int | None, float, float, float, float] | None = None

    def act(self, state: int) -> int:
        """An action for the state: any with probability epsilon, else a best one; ties are drawn evenly."""
        if self.random() < self.epsilon:
            return int(self.random() * self.n_actions)
        values = self.table[state]
        best = self.best[state]
        if values.count(best) > 1:
            ties = [action for action, value in enumerate(values) if value == best]
            return ties[int(self.random() * len(ties))]
        return values.index(best)

    def start(self, state: int) -> int:
        """The first action of an episode."""
        return self.act(state)

    def update(self, state: int, action: int, target: float, steps: int = 1) -> None:
        """Move q(s, a) towards the target and count the visit. steps: environment steps since the update before."""
        self.visits[state][action] += 1
        step_size = self.scheduled_step_size(state, action, steps) if self.scheduled else self.step_size
        values = self.table[state]
        old = values[action]
        # q(s, a) <- q(s, a) + step_size * [ target - q(s, a) ]
        values[action] = new = old + step_size * (target - old)
        if new >= self.best[state]:
            self.best[state] = new
        elif old == self.best[state]:
            self.best[state] = max(values)
        self.last = (state, action, old, target, step_size, new)

    def write(self, state: int, action: int, value: float) -> None:
        """Set an entry, without counting a visit."""
        self.table[state][action] = value
        self.best[state] = max(self.table[state])

    def scheduled_step_size(self, state: int, action: int, steps: int) -> float:
        """The step size of this visit of the pair, after letting epsilon decay over the steps."""
        self.epsilon = max(min(self.epsilon, self.epsilon_final), self.epsilon * self.epsilon_decay**steps)
        return self.step_size / self.visits[state][action] ** self.step_size_decay

    def expected_value(self, state: int) -> float:
        """sum_a pi(a | s) q(s, a) under the epsilon-greedy policy of now."""
        return (1 - self.epsilon) * self.best[state] + self.epsilon * sum(self.table[state]) / self.n_actions

    @property
    def action_values(self) -> NDArray[np.float64]:
        """[S, A], a copy."""
        return np.array(self.table, dtype=np.float64)

    def fill(self, values: NDArray[np.float64]) -> None:
        """Begin with these action values [S, A]."""
        self.table = values.tolist()
        self.best = values.max(axis=1).tolist()

    @property
    def last_update(self) -> Update | None:
        """The most recent update in words; None before the first."""
        return None if self.last is None else Update(*self.last)


class StateTable:
    """State values v(s) of a policy that is given, and actions drawn from it.

    policy: [S, A] probabilities. table, visits: lists [S]. last: the parts of the most recent `Update`.
    """

    def __init__(self, policy: NDArray[np.float64], schedule: Schedule, seed: int) -> None:
        self.random = random.Random(seed).random
        self.step_size, self.step_size_decay = schedule.step_size, schedule.step_size_decay
        self.discount = schedule.discount
        self.policy = policy
        self._cumulative = [_cumulative(row) for row in policy.tolist()]
        self.table = [schedule.initial_value] * len(policy)
        self.visits = [0] * len(policy)
        self.last: tuple[int, int | None, float, float, float, float] | None = None

    def act(self, state: int) -> int:
        """An action drawn from pi(. | s)."""
        draw = self.random()
        ladder = self._cumulative[state]
        for action, cumulative in ladder:
            if draw < cumulative:
                return action
        return ladder[-1][0]  # probabilities that sum to a hair less than 1

    def update(self, state: int, target: float) -> None:
        """Move v(s) towards the target and count the visit."""
        self.visits[state] += 1
        step_size = self.step_size
        if self.step_size_decay:
            step_size /= self.visits[state] ** self.step_size_decay
        self.move(state, target, step_size)

    def move(self, state: int, target: float, step_size: float) -> None:
        """Move v(s) towards the target by this step size, without counting a visit."""
        old = self.table[state]
        # v(s) <- v(s) + step_size * [ target - v(s) ]
        self.table[state] = new = old + step_size * (target - old)
        self.last = (state, None, old, target, step_size, new)

    @property
    def values(self) -> NDArray[np.float64]:
        """[S], a copy."""
        return np.array(self.table, dtype=np.float64)

    def fill(self, values: NDArray[np.float64]) -> None:
        """Begin with these values [S]."""
        self.table = values.tolist()

    @property
    def last_update(self) -> Update | None:
        """The most recent update in words; None before the first."""
        return None if self.last is None else Update(*self.last)


def _cumulative(probabilities: list[float]) -> list[tuple[int, float]]:
    """(action, cumulative probability) of the actions that can happen."""
    total = 0.0
    ladder = []
    for action, probability in enumerate(probabilities):
        if probability > 0:
            total += probability
            ladder.append((action, total))
    return ladder


def epsilon_soft(policy: NDArray[np.float64], epsilon: float) -> NDArray[np.float64]:
    """[S, A] the policy with probability 1 - epsilon, any action with probability epsilon."""
    return (1 - epsilon) * policy + epsilon / policy.shape[1]

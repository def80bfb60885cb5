"""The table that a learner fills, and the choice from it: epsilon-greedy on its own action values, or a given policy.

A chapter's loop says what an entry moves towards, its target; the two classes here move it.
"""

import random
from typing import NamedTuple

from gridworld.discrete import DiscreteEnv, table_sizes
from tabular.parts.learning_options import ControlOptions, LearningOptions

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


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

    env: says how many states and actions there are. table, visits: lists [S][A], of values and of updates counted;
    best: [S], the largest value of each row, kept beside it because finding it is the costliest part of a choice.
    last: the parts of the most recent `Update`.
    Lists, because reading one number out of an array costs as much as a whole learning step on lists.
    """

    def __init__(self, env: DiscreteEnv, options: ControlOptions) -> None:
        self.n_states, self.n_actions = table_sizes(env)
        self.dice = random.Random(options.seed)
        self.random = self.dice.random
        self.step_size, self.step_size_decay = options.step_size, options.step_size_decay
        self.epsilon, self.epsilon_final = options.epsilon, options.epsilon_final
        self.epsilon_decay, self.discount = options.epsilon_decay, options.discount
        self.table = [[options.initial_value] * self.n_actions for _ in range(self.n_states)]
        self.best = [options.initial_value] * self.n_states
        self.visits = [[0] * self.n_actions for _ in range(self.n_states)]
        self.last: tuple[int, int, float, float, float, float] | None = None

    def act(self, state: int) -> int:
        """An action for the state: any with probability epsilon, else argmax_a q(s, a); ties are drawn evenly."""
        if self.random() < self.epsilon:
            return int(self.random() * self.n_actions)
        values = self.table[state]
        best = self.best[state]
        if values.count(best) > 1:
            ties = [action for action, value in enumerate(values) if value == best]
            return ties[int(self.random() * len(ties))]
        return values.index(best)

    def decay_epsilon(self) -> None:
        """Called after every environment step: the first action is drawn with the epsilon that the options name."""
        if self.epsilon_decay < 1.0:
            self.epsilon = max(min(self.epsilon, self.epsilon_final), self.epsilon * self.epsilon_decay)

    def update(self, state: int, action: int, target: float, step_size: float | None = None) -> float:
        """Count a visit to the pair and move q(s, a) towards the target; by which step size: the options' if None."""
        visits, values = self.visits[state], self.table[state]
        visits[action] += 1
        if step_size is None:
            step_size = self.step_size
            if self.step_size_decay:
                step_size /= visits[action] ** self.step_size_decay
        old = values[action]
        # q(s, a) <- q(s, a) + step_size * [ target - q(s, a) ]
        values[action] = new = old + step_size * (target - old)
        if new >= self.best[state]:
            self.best[state] = new
        elif old == self.best[state]:
            self.best[state] = max(values)
        self.last = (state, action, old, target, step_size, new)
        return step_size

    def move(self, state: int, action: int, error: float) -> None:
        """Move q(s, a) by an error, by the step size that the pair's visits so far have left it."""
        step_size = self.step_size
        if self.step_size_decay:
            step_size /= max(1, self.visits[state][action]) ** self.step_size_decay
        self.write(state, action, self.table[state][action] + step_size * error)

    def write(self, state: int, action: int, value: float) -> None:
        """Set an entry."""
        self.table[state][action] = value
        self.best[state] = max(self.table[state])

    def expected_value(self, state: int) -> float:
        """sum_a pi(a | s) q(s, a) under the epsilon-greedy policy of now."""
        return (1 - self.epsilon) * self.best[state] + self.epsilon * sum(self.table[state]) / self.n_actions

    @property
    def action_values(self) -> Floats:
        """[S, A], a copy."""
        return np.array(self.table, dtype=np.float64)

    def fill(self, values: Floats) -> None:
        """Begin with these action values [S, A]."""
        self.table = values.tolist()
        self.best = values.max(axis=1).tolist()

    @property
    def last_update(self) -> Update | None:
        """The most recent update of a visited pair; None before the first."""
        return None if self.last is None else Update(*self.last)


class StateTable:
    """State values v(s) of a policy that is given, and actions drawn from it.

    policy: [S, A] probabilities. table, visits: lists [S]. last: the parts of the most recent `Update`.
    """

    def __init__(self, policy: Floats, options: LearningOptions) -> None:
        self.random = random.Random(options.seed).random
        self.step_size, self.step_size_decay = options.step_size, options.step_size_decay
        self.discount = options.discount
        self.policy = policy
        self._cumulative = [_cumulative(row) for row in policy.tolist()]
        self.table = [options.initial_value] * len(policy)
        self.visits = [0] * len(policy)
        self.last: tuple[int, None, float, float, float, float] | None = None

    def act(self, state: int) -> int:
        """An action drawn from pi(. | s)."""
        draw = self.random()
        ladder = self._cumulative[state]
        for action, cumulative in ladder:
            if draw < cumulative:
                return action
        return ladder[-1][0]  # probabilities that sum to a hair less than 1

    def update(self, state: int, target: float) -> None:
        """Count a visit to the state and move v(s) towards the target."""
        self.move(state, target, self.visit(state))

    def visit(self, state: int) -> float:
        """Count a visit to the state; the step size that it has now."""
        self.visits[state] += 1
        return self.rate(state)

    def rate(self, state: int) -> float:
        """The step size that the state's visits so far have left it."""
        if self.step_size_decay:
            return self.step_size / max(1, self.visits[state]) ** self.step_size_decay
        return self.step_size

    def move(self, state: int, target: float, step_size: float) -> None:
        """Move v(s) towards the target by this step size, without counting a visit."""
        old = self.table[state]
        # v(s) <- v(s) + step_size * [ target - v(s) ]
        self.table[state] = new = old + step_size * (target - old)
        self.last = (state, None, old, target, step_size, new)

    @property
    def values(self) -> Floats:
        """[S], a copy."""
        return np.array(self.table, dtype=np.float64)

    def fill(self, values: Floats) -> None:
        """Begin with these values [S]."""
        self.table = values.tolist()

    @property
    def last_update(self) -> Update | None:
        """The most recent update; None before the first."""
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

"""SARSA: on-policy temporal-difference control.

    q(s, a) <- q(s, a) + step_size * [ r + discount * q(s', a') - q(s, a) ]

a' is the action that will be taken next, exploration included: SARSA learns what its own behaviour is worth, and near
a cliff that is little. --expected averages over all a' instead of drawing one; --trace carries every error back along
the way that led to it.

Rummery & Niranjan (1994). Sutton & Barto (2018), sections 6.4, 6.6 and 12.7; equation 6.7.
    python tabular/sarsa.py                                    watch it
    python tabular/sarsa.py --versus q_learning --map cliff    side by side with another
    python tabular/sarsa.py --map cliff --discount 1 --seeds 1000
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from common.options import UserError, check_between, launch
from gridworld.discrete import DiscreteEnv
from gridworld.mdp import MDP
from gridworld.task import Task
from tabular.parts.experiment import Experiment, Method
from tabular.parts.learning_options import ControlOptions
from tabular.parts.table_agent import ActionTable, Schedule
from tabular.parts.vector import Floats, Places, VectorLearner
from tabular.parts.versus import rival


@dataclass(frozen=True)
class Options(ControlOptions):
    expected: bool = False
    """Expected SARSA: the target averages over the next action instead of taking the one drawn"""
    trace: float | None = None
    """SARSA(lambda) with this lambda in [0, 1]: 0 is one-step SARSA, 1 nearly Monte Carlo"""


VARIANTS: dict[str, dict[str, object]] = {
    "sarsa": {},
    "expected_sarsa": {"expected": True},
    "sarsa_lambda": {"trace": 0.9},
}


class Sarsa(ActionTable):
    """One-step SARSA."""

    def learn(
        self, state: int, action: int, reward: float, next_state: int, next_action: int, terminated: bool
    ) -> None:
        """One update from (s, a, r, s', a'); the value of what follows a terminal state is 0."""
        # target = r + discount * q(s', a')
        target = reward if terminated else reward + self.discount * self.table[next_state][next_action]
        self.update(state, action, target)


class ExpectedSarsa(Sarsa):
    """SARSA without the luck of the draw: a' enters by its probability under the epsilon-greedy policy."""

    def learn(
        self, state: int, action: int, reward: float, next_state: int, next_action: int, terminated: bool
    ) -> None:
        # target = r + discount * sum_a' pi(a' | s') q(s', a')
        target = reward if terminated else reward + self.discount * self.expected_value(next_state)
        self.update(state, action, target)


class SarsaLambda(Sarsa):
    """SARSA(lambda) with replacing traces: each pair visited lately shares in every error that follows."""

    def __init__(self, n_states: int, n_actions: int, schedule: Schedule, seed: int, trace: float) -> None:
        super().__init__(n_states, n_actions, schedule, seed)
        self.trace = trace
        self.traces: dict[tuple[int, int], float] = {}

    def start(self, state: int) -> int:
        self.traces.clear()
        return self.act(state)

    def learn(
        self, state: int, action: int, reward: float, next_state: int, next_action: int, terminated: bool
    ) -> None:
        target = reward if terminated else reward + self.discount * self.table[next_state][next_action]
        error = target - self.table[state][action]
        self.traces.pop((state, action), None)
        for (s, a), eligibility in self.traces.items():
            # q(s, a) <- q(s, a) + step_size * error * e(s, a)     for every pair
            self.write(s, a, self.table[s][a] + self.step_size * error * eligibility)
        self.update(state, action, target)
        # e(s, a) <- 1 for the pair just visited, then e <- discount * lambda * e for all
        self.traces[state, action] = 1.0
        decay = self.discount * self.trace
        self.traces = {pair: e * decay for pair, e in self.traces.items() if e * decay > 1e-12}


def train(env: DiscreteEnv, agent: Sarsa) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    while True:
        state, _ = env.reset()
        action = agent.start(state)
        ended = False
        while not ended:
            next_state, reward, terminated, truncated, _ = env.step(action)
            next_action = agent.act(next_state)  # the action of the target is the one that will be taken
            agent.learn(state, action, reward, next_state, next_action, terminated)
            state, action, ended = next_state, next_action, terminated or truncated
            yield reward, ended


def next_value(rows: Floats, next_action: Places, epsilon: float) -> Floats:
    """SARSA's q(s', a') for many learners at once: rows [A, N]."""
    return rows.reshape(-1).take(next_action * rows.shape[1] + np.arange(rows.shape[1]))


def expected_value(rows: Floats, next_action: Places, epsilon: float) -> Floats:
    """Expected SARSA's sum_a' pi(a' | s') q(s', a') for many learners at once."""
    return (1 - epsilon) * rows.max(axis=0) + epsilon * rows.mean(axis=0)


def make_method(options: Options) -> Method:
    """The learner that the options describe."""
    if options.trace is not None:
        check_between("--trace", options.trace, 0, 1)
        if options.expected:
            raise UserError(f"--trace {options.trace:g} and --expected do not go together: choose one of them")

    def agent(task: Task, schedule: Schedule, seed: int) -> Sarsa:
        if options.trace is not None:
            return SarsaLambda(task.n_states, task.n_actions, schedule, seed, options.trace)
        return (ExpectedSarsa if options.expected else Sarsa)(task.n_states, task.n_actions, schedule, seed)

    def vector(mdp: MDP, schedule: Schedule, learners: int, seed: int, max_steps: int) -> VectorLearner:
        bootstrap = expected_value if options.expected else next_value
        return VectorLearner(mdp, bootstrap, schedule, learners, seed, choose_before=True, max_steps=max_steps)

    if options.trace is not None:
        return Method(f"SARSA({options.trace:g})", agent, train, "epsilon-soft")
    return Method("Expected SARSA" if options.expected else "SARSA", agent, train, "epsilon-soft", vector)


def main(options: Options) -> int:
    return Experiment("sarsa", options).run(make_method(options), *rival(options))


if __name__ == "__main__":
    launch(main, Options)

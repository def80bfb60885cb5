"""Q-learning: off-policy temporal-difference control.

    q(s, a) <- q(s, a) + step_size * [ r + discount * max_a' q(s', a') - q(s, a) ]

The target asks for the best next action, whichever is taken: Q-learning learns the greedy policy's values while it
behaves otherwise. --double keeps two tables, because the maximum of noisy estimates is too high. --planning n repeats n
remembered steps after each real one (Dyna-Q).

Watkins & Dayan (1992); van Hasselt (2010); Sutton (1990). Sutton & Barto (2018), sections 6.5, 6.7 and 8.2.
    python tabular/q_learning.py                              watch it
    python tabular/q_learning.py --map maze --planning 20 --discount 0.95
    python tabular/q_learning.py --env FrozenLake-v1 --episodes 20000 --headless
"""

from collections.abc import Iterator
from dataclasses import dataclass

from common.options import UserError, check_at_least, launch
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
    double: bool = False
    """Double Q-learning: two tables, each choosing for the other"""
    planning: int = 0
    """Dyna-Q: updates from remembered steps after each real one"""


VARIANTS: dict[str, dict[str, object]] = {
    "q_learning": {},
    "double_q_learning": {"double": True},
    "dyna_q": {"planning": 10},
}


class QLearning(ActionTable):
    """One-step Q-learning; `best` holds the largest value of each row."""

    def learn(self, state: int, action: int, reward: float, next_state: int, terminated: bool) -> None:
        """One update from (s, a, r, s'); the value of what follows a terminal state is 0."""
        # target = r + discount * max_a' q(s', a')
        target = reward if terminated else reward + self.discount * self.best[next_state]
        self.update(state, action, target)


class DoubleQLearning(QLearning):
    """Two tables of the same action values; `table`, from which it acts, holds their mean."""

    def __init__(self, n_states: int, n_actions: int, schedule: Schedule, seed: int) -> None:
        super().__init__(n_states, n_actions, schedule, seed)
        self.fill(self.action_values)

    def fill(self, values: Floats) -> None:
        super().fill(values)
        self.tables = (values.tolist(), values.tolist())

    def learn(self, state: int, action: int, reward: float, next_state: int, terminated: bool) -> None:
        """Update one table, drawn by a coin: it chooses the next action, the other says what that one is worth."""
        first, second = self.tables if self.random() < 0.5 else self.tables[::-1]
        target = reward
        if not terminated:
            values = first[next_state]
            # target = r + discount * q2(s', argmax_a' q1(s', a'))
            target += self.discount * second[next_state][values.index(max(values))]
        self.visits[state][action] += 1
        step_size = self.scheduled_step_size(state, action, 1)
        old = first[state][action]
        # q1(s, a) <- q1(s, a) + step_size * [ target - q1(s, a) ]
        first[state][action] = new = old + step_size * (target - old)
        self.write(state, action, (new + second[state][action]) / 2)
        self.last = (state, action, old, target, step_size, new)


class DynaQ(QLearning):
    """Q-learning that also learns from a model: what each pair led to the last time."""

    def __init__(self, n_states: int, n_actions: int, schedule: Schedule, seed: int, planning: int) -> None:
        super().__init__(n_states, n_actions, schedule, seed)
        self.planning = planning
        self.model: dict[tuple[int, int], tuple[float, int, bool]] = {}
        self.seen: list[tuple[int, int]] = []

    def learn(self, state: int, action: int, reward: float, next_state: int, terminated: bool) -> None:
        super().learn(state, action, reward, next_state, terminated)
        real = self.last
        if (state, action) not in self.model:
            self.seen.append((state, action))
        self.model[state, action] = (reward, next_state, terminated)
        for _ in range(self.planning):
            s, a = self.seen[int(self.random() * len(self.seen))]
            imagined, following, ended = self.model[s, a]
            target = imagined if ended else imagined + self.discount * self.best[following]
            self.write(s, a, self.table[s][a] + self.step_size * (target - self.table[s][a]))
        self.last = real


def train(env: DiscreteEnv, agent: QLearning) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    while True:
        state, _ = env.reset()
        ended = False
        while not ended:
            action = agent.act(state)
            next_state, reward, terminated, truncated, _ = env.step(action)
            agent.learn(state, action, reward, next_state, terminated)
            state, ended = next_state, terminated or truncated
            yield reward, ended


def best_value(rows: Floats, next_action: Places, epsilon: float) -> Floats:
    """max_a' q(s', a') for many learners at once: rows [A, N]."""
    return rows.max(axis=0)


def make_method(options: Options) -> Method:
    """The learner that the options describe."""
    check_at_least("--planning", options.planning, 0)
    if options.double and options.planning:
        raise UserError(f"--double and --planning {options.planning} do not go together: choose one of them")

    def agent(task: Task, schedule: Schedule, seed: int) -> QLearning:
        if options.planning:
            return DynaQ(task.n_states, task.n_actions, schedule, seed, options.planning)
        return (DoubleQLearning if options.double else QLearning)(task.n_states, task.n_actions, schedule, seed)

    def vector(mdp: MDP, schedule: Schedule, learners: int, seed: int, max_steps: int) -> VectorLearner:
        return VectorLearner(mdp, best_value, schedule, learners, seed, choose_before=False, max_steps=max_steps)

    if options.planning:
        return Method(f"Dyna-Q, {options.planning} planned", agent, train, "optimal")
    if options.double:
        return Method("Double Q-learning", agent, train, "optimal")
    return Method("Q-learning", agent, train, "optimal", vector)


def main(options: Options) -> int:
    return Experiment("q_learning", options).run(make_method(options), *rival(options))


if __name__ == "__main__":
    launch(main, Options)

"""Double Q-learning: two tables, one of which chooses the next action and the other says what it is worth.

    q1(s, a) <- q1(s, a) + step_size * [ r + discount * q2(s', argmax_a' q1(s', a')) - q1(s, a) ]

and as often the other way round. The largest of several noisy estimates is too large on average, and q_learning.py
takes it; here the noise that makes an action look best is not the noise that says what the action is worth.

van Hasselt (2010). Sutton & Barto (2018), section 6.7; equation 6.10.
    python tabular/double_q_learning.py                        watch it
    python tabular/double_q_learning.py --bias 10              where it matters: Example 6.7, ten actions in B
    python tabular/double_q_learning.py --figure 6.5
    python tabular/double_q_learning.py --versus q_learning --map slippery
    python tabular/double_q_learning.py --env FrozenLake-v1 --episodes 20000 --headless
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from common.figures import run_figure
from common.options import Bounds, launch
from gridworld.discrete import DiscreteEnv
from tabular.parts.experiment import Experiment
from tabular.parts.learning_options import ControlOptions
from tabular.parts.method import Method
from tabular.parts.rivals import rival
from tabular.parts.table_agent import ActionTable, Floats
from tabular.parts.textbook.bias import figure_6_5
from tabular.parts.watch.bias_lesson import run_bias

import tyro


@dataclass(frozen=True)
class Options(ControlOptions):
    """What every learner has, and the world where the second table matters."""

    bias: Annotated[int, Bounds(2, 100), tyro.conf.arg(metavar="2,3,...,100")] | None = None
    """watch Q-learning and Double Q-learning in Example 6.7 of the book, with so many actions in its state B"""


class DoubleTable(ActionTable):
    """Two tables of the same action values, each with its own count of visits; it acts on their mean."""

    def __init__(self, env: DiscreteEnv, options: ControlOptions) -> None:
        super().__init__(env, options)
        self.halves = ActionTable(env, options), ActionTable(env, options)
        for half in self.halves:
            half.random, half.epsilon = self.random, 0.0

    def draw(self) -> tuple[ActionTable, ActionTable]:
        """The table to update and the one that judges, by a coin."""
        first, second = self.halves
        return (first, second) if self.random() < 0.5 else (second, first)

    def update_half(self, half: ActionTable, state: int, action: int, target: float) -> None:
        """Move one table's q(s, a) towards the target, and their mean with it."""
        half.step_size = self.step_size  # the window has a slider for it
        half.update(state, action, target)
        self.visits[state][action] += 1
        self.write(state, action, sum(table.table[state][action] for table in self.halves) / 2)
        self.last = half.last

    def fill(self, values: Floats) -> None:
        for table in self.halves:
            table.fill(values)
        super().fill(values)


def train(env: DiscreteEnv, agent: DoubleTable, episodes: int) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    for _ in range(episodes):
        state, _ = env.reset()
        action = agent.act(state)
        ended = False
        while not ended:
            next_state, reward, terminated, truncated, _ = env.step(action)
            agent.decay_epsilon()
            q1, q2 = agent.draw()
            best = q1.act(next_state)
            # target = r + discount * q2(s', argmax_a' q1(s', a'))          r alone where the episode terminated
            target = reward + agent.discount * (1 - terminated) * q2.table[next_state][best]
            agent.update_half(q1, state, action, target)
            next_action = agent.act(next_state)
            state, action, ended = next_state, next_action, terminated or truncated
            yield reward, ended


def method(options: ControlOptions) -> Method:
    """Double Q-learning, for the experiments."""
    return Method("Double Q-learning", DoubleTable, train, options, "optimal", target="judged")


FIGURES = [figure_6_5]


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "double_q_learning", options)
    if options.bias is not None:
        return run_bias(options.bias, options)
    return Experiment("double_q_learning", options).run(method(options), *rival(options))


if __name__ == "__main__":
    launch(main, Options)

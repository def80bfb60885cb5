"""Batch TD: all steps that were ever seen, gone through again and again until no value moves; beside batch Monte Carlo.

    v(s) <- v(s) + step_size * mean of [ target - v(s) ] over the visits to s, all states at once, until nothing changes
    batch TD: target = r + discount * v(s')          batch Monte Carlo: target = G

Monte Carlo ends with the mean return that was seen, TD with the values of the world that is likeliest, given the data.

Sutton & Barto (2018), section 6.3; Examples 6.3 and 6.4.
    python tabular/batch_td.py --map random-walk --policy left-right --discount 1 --initial-value 0.5      watch both
    python tabular/batch_td.py --figure 6.2             or 6.4
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from common.errors import UserError
from common.figures import run_figure
from common.options import Count, Rate, launch
from gridworld.discrete import DiscreteEnv
from tabular.parts.experiment import Experiment
from tabular.parts.given_policy import Policy, given_policy
from tabular.parts.learning_options import PredictionOptions
from tabular.parts.method import Method
from tabular.parts.table_agent import StateTable
from tabular.parts.textbook.batches import example_6_4, figure_6_2

SETTLED, MOST_GOES = 1e-6, 100_000
"""The values have settled once none moves further than this; where episodes were cut off they may grow for ever."""


@dataclass(frozen=True)
class Options(PredictionOptions):
    episodes: Count = 100
    """episodes to learn from"""
    step_size: Rate = 1.0
    """how far a value moves towards the mean of its targets in one go through all steps"""


class BatchTable(StateTable):
    """State values, and how often each step was seen: (state, reward, next state, 0 if it ended the episode, or 1)."""

    def __init__(self, policy: Policy, options: Options) -> None:
        super().__init__(policy, options)
        self.steps: Counter[tuple[int, float, int, int]] = Counter()

    def remember(self, episode: list[tuple[int, float, int, int]]) -> None:
        """Add the steps of an episode that is over, and count their visits."""
        self.steps.update(episode)
        for state, _, _, _ in episode:
            self.visits[state] += 1

    def settle(self) -> None:
        """Go through all steps until the values have settled."""
        if not any(self.go_through() <= SETTLED for _ in range(MOST_GOES)):
            raise UserError("the values have not settled after {n:,} goes: --discount below 1 lets them", n=MOST_GOES)

    def go_through(self) -> float:
        """Move every value once towards the mean of its targets; the furthest that any moved."""
        errors = [0.0] * len(self.table)
        for (state, reward, next_state, onward), times in self.steps.items():
            # target = r + discount * v(s')          r alone where the episode terminated
            target = reward + self.discount * onward * self.table[next_state]
            errors[state] += times * (target - self.table[state])
        moves = [self.step_size * error / max(1, visits) for error, visits in zip(errors, self.visits, strict=True)]
        # v(s) <- v(s) + step_size * mean of [ target - v(s) ]
        self.table = [value + move for value, move in zip(self.table, moves, strict=True)]
        return max(map(abs, moves))


class BatchMonteCarlo(BatchTable):
    """The same with the returns that followed: they do not change, so once through is enough for a step size of 1."""

    def remember(self, episode: list[tuple[int, float, int, int]]) -> None:
        """Add (state, return, state, 0): a target that asks for no other value."""
        _, _, last, onward = episode[-1]
        g, steps = onward * self.table[last], []
        for state, reward, _, _ in reversed(episode):
            # G_t = R_{t+1} + discount * G_{t+1}
            g = reward + self.discount * g
            steps.append((state, g, state, 0))
        super().remember(steps)


def train(env: DiscreteEnv, agent: BatchTable, episodes: int) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    for _ in range(episodes):
        state, _ = env.reset()
        episode: list[tuple[int, float, int, int]] = []
        ended = False
        while not ended:
            action = agent.act(state)
            next_state, reward, terminated, truncated, _ = env.step(action)
            episode.append((state, reward, next_state, 1 - terminated))
            state, ended = next_state, terminated or truncated
            if ended:
                agent.remember(episode)
                agent.settle()
            yield reward, ended


def method(kind: type[BatchTable], title: str, options: Options, policy: Policy) -> Method:
    """Batch TD or batch Monte Carlo, for the experiments."""
    return Method(title, lambda env, options: kind(policy, options), train, options, "policy", measured=True)


FIGURES = [figure_6_2, example_6_4(BatchTable, BatchMonteCarlo, Options(discount=1.0, step_size=1.0))]


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "batch_td", options)
    experiment = Experiment("batch_td", options)
    policy = given_policy(experiment.task, options)
    kinds = ((BatchTable, "Batch TD"), (BatchMonteCarlo, "Batch Monte Carlo"))
    return experiment.run(*(method(kind, title, options, policy) for kind, title in kinds))


if __name__ == "__main__":
    launch(main, Options)

"""SARSA(lambda): every error is carried back along the way that led to it.

    error = r + discount * q(s', a') - q(s, a)                  of the pair just visited, whose trace is
        replacing       e(s, a) <- 1                            and 0 for the state's other actions
        accumulating    e(s, a) <- e(s, a) + 1
        dutch           e(s, a) <- e(s, a) + 1 - step_size * e(s, a)
    q(s, a) <- q(s, a) + step_size * error * e(s, a)            for every pair
    e(s, a) <- discount * lambda * e(s, a)

e is the eligibility trace of a pair: how much it has to do with what happens now. With lambda 0 only the last pair
learns, which is sarsa.py; with lambda 1 an episode is learned nearly as by Monte Carlo. Dutch traces, with a small
correction, make it the true online SARSA(lambda).

Singh & Sutton (1996), replacing traces; van Seijen et al. (2016). Sutton & Barto (2018), section 12.7.
    python tabular/sarsa_lambda.py                             watch it
    python tabular/sarsa_lambda.py --versus sarsa --map maze --discount 0.95
    python tabular/sarsa_lambda.py --trace-decay 0.5 --traces dutch
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from common.figures import run_figure
from common.options import Fraction, launch
from gridworld.discrete import DiscreteEnv
from tabular.parts.experiment import Experiment
from tabular.parts.learning_options import ControlOptions
from tabular.parts.method import Method
from tabular.parts.rivals import rival
from tabular.parts.table_agent import ActionTable
from tabular.parts.textbook.first_episode import example_12_1

FORGOTTEN = 1e-12
"""Traces below this are dropped."""


@dataclass(frozen=True)
class Options(ControlOptions):
    trace_decay: Fraction = 0.9
    """lambda: 0 is one-step SARSA, 1 nearly Monte Carlo"""
    traces: Literal["accumulating", "replacing", "dutch"] = "replacing"
    """what a visit does to a pair's trace"""


class TracedTable(ActionTable):
    """Action values with the eligibility traces of the pairs that were visited lately."""

    def __init__(self, env: DiscreteEnv, options: Options) -> None:
        super().__init__(env, options)
        self.trace_decay, self.kind = options.trace_decay, options.traces
        self.begin_episode()

    def begin_episode(self) -> None:
        """What is to come owes nothing to what was. expected: q(s', a') as the last target took it."""
        self.traces: dict[tuple[int, int], float] = {}
        self.expected: float | None = None

    def update_traced(self, state: int, action: int, target: float, following: tuple[int, int]) -> None:
        """Move the pair towards the target, which took q(following), and every pair with a trace by its share of it."""
        old = self.table[state][action]
        # By how much q(s, a) has moved since the last target took it: true online SARSA(lambda) makes up for that.
        moved = old - self.expected if self.kind == "dutch" and self.expected is not None else 0.0
        self.expected = self.table[following[0]][following[1]]
        error, step_size = target - old, self.update(state, action, target)
        for other in range(self.n_actions) if self.kind == "replacing" else ():
            self.traces.pop((state, other), None)
        if self.kind == "dutch" and (state, action) in self.traces:
            self.traces[state, action] *= 1 - step_size
        for (s, a), trace in self.traces.items():
            # q(s, a) <- q(s, a) + step_size * error * e(s, a)
            self.move(s, a, (error + moved) * trace)
        # e(s, a) <- e(s, a) + 1          replacing: from 0
        self.traces[state, action] = self.traces.get((state, action), 0.0) + 1.0
        # e(s, a) <- discount * lambda * e(s, a)
        decay = self.discount * self.trace_decay
        self.traces = {pair: decay * trace for pair, trace in self.traces.items() if decay * trace > FORGOTTEN}
        self.last = (state, action, old, target, step_size, self.table[state][action])


def train(env: DiscreteEnv, agent: TracedTable, episodes: int) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    for _ in range(episodes):
        state, _ = env.reset()
        agent.begin_episode()
        action = agent.act(state)
        ended = False
        while not ended:
            next_state, reward, terminated, truncated, _ = env.step(action)
            agent.decay_epsilon()
            next_action = agent.act(next_state)
            # target = r + discount * q(s', a')          r alone where the episode terminated
            target = reward + agent.discount * (1 - terminated) * agent.table[next_state][next_action]
            agent.update_traced(state, action, target, (next_state, next_action))
            state, action, ended = next_state, next_action, terminated or truncated
            yield reward, ended


def method(options: Options) -> Method:
    """SARSA(lambda), for the experiments."""
    title = f"SARSA({options.trace_decay:g})" + (f", {options.traces} traces" if options.traces != "replacing" else "")
    return Method(title, TracedTable, train, options, "epsilon-soft", target="drawn")


FIGURES = [example_12_1([method(Options(trace_decay=decay)) for decay in (0.0, 0.9)])]


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "sarsa_lambda", options)
    return Experiment("sarsa_lambda", options).run(method(options), *rival(options))


if __name__ == "__main__":
    launch(main, Options)

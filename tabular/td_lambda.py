"""TD(lambda): a prediction in which every error goes back to all states that led to it, each by its trace.

    error = r + discount * v(s') - v(s)
    e(s) <- discount * lambda * e(s), for every state, and then for the state just left
        accumulating    e(s) <- e(s) + 1
        replacing       e(s) <- 1
        dutch           e(s) <- e(s) + 1 - step_size * e(s)
    v(s) <- v(s) + step_size * error * e(s)                     for every state

td_prediction.py, which lambda 0 is, with traces; n_step_td.py waits for what is to come, a trace remembers what has
been. Dutch traces with a small correction make it the true online TD(lambda): exactly what the lambda-return would have
made of the table, were it computed anew at every step.

Sutton (1988); van Seijen et al. (2016). Sutton & Barto (2018), sections 12.2 and 12.5; equations 12.5 to 12.7.
    python tabular/td_lambda.py --map random-walk-19 --policy left-right --discount 1         watch it
    python tabular/td_lambda.py --map random-walk-19 --policy left-right --discount 1 --traces dutch
    python tabular/td_lambda.py --figure 12.6
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from common.figures import run_figure
from common.options import Fraction, launch
from gridworld.discrete import DiscreteEnv
from tabular.parts.experiment import Experiment
from tabular.parts.given_policy import Policy, given_policy
from tabular.parts.learning_options import PredictionOptions
from tabular.parts.method import Method
from tabular.parts.table_agent import StateTable
from tabular.parts.textbook.random_walk import LAMBDA_FIGURES as FIGURES

FORGOTTEN = 1e-12
"""Traces below this are dropped."""


@dataclass(frozen=True)
class Options(PredictionOptions):
    trace_decay: Fraction = 0.8
    """lambda: 0 is TD(0), 1 nearly Monte Carlo"""
    traces: Literal["accumulating", "replacing", "dutch"] = "accumulating"
    """what a visit does to a state's trace"""


class TracedTable(StateTable):
    """State values with the eligibility traces of the states that were visited lately."""

    def __init__(self, policy: Policy, options: Options) -> None:
        super().__init__(policy, options)
        self.trace_decay, self.kind = options.trace_decay, options.traces
        self.begin_episode()

    def begin_episode(self) -> None:
        """What is to come owes nothing to what was. expected: v(s') as the last target took it."""
        self.traces: dict[int, float] = {}
        self.expected: float | None = None

    def update_traced(self, state: int, target: float, next_state: int) -> None:
        """Move every state with a trace by its share of the visited state's error."""
        old, step_size = self.table[state], self.visit(state)
        error, decay = target - old, self.discount * self.trace_decay
        # e(s) <- discount * lambda * e(s)
        self.traces = {s: decay * trace for s, trace in self.traces.items() if decay * trace > FORGOTTEN}
        trace = self.traces.get(state, 0.0)
        # e(s) <- e(s) + 1          accumulating; replacing: 1; dutch: e(s) + 1 - step_size * e(s)
        self.traces[state] = {"accumulating": trace + 1, "replacing": 1, "dutch": trace + 1 - step_size * trace}[
            self.kind
        ]
        # By how much v(s) has moved since the last target took it: true online TD(lambda) makes up for that.
        moved = old - self.expected if self.kind == "dutch" and self.expected is not None else 0.0
        self.expected = self.table[next_state]
        for s, trace in self.traces.items():
            # v(s) <- v(s) + step_size * error * e(s)
            self.table[s] += self.rate(s) * (error + moved) * trace
        self.table[state] -= step_size * moved
        self.last = (state, None, old, target, step_size, self.table[state])


def train(env: DiscreteEnv, agent: TracedTable, episodes: int) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    for _ in range(episodes):
        state, _ = env.reset()
        agent.begin_episode()
        ended = False
        while not ended:
            action = agent.act(state)
            next_state, reward, terminated, truncated, _ = env.step(action)
            # target = r + discount * v(s')          r alone where the episode terminated
            target = reward + agent.discount * (1 - terminated) * agent.table[next_state]
            agent.update_traced(state, target, next_state)
            state, ended = next_state, terminated or truncated
            yield reward, ended


def method(options: Options, policy: Policy) -> Method:
    """TD(lambda), for the experiments."""

    def make(env: DiscreteEnv, options: Options) -> TracedTable:
        return TracedTable(policy, options)

    title = f"TD({options.trace_decay:g}), {options.traces} traces"
    return Method(title, make, train, options, "policy", measured=True, target="value")


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "td_lambda", options)
    experiment = Experiment("td_lambda", options)
    return experiment.run(method(options, given_policy(experiment.task, options)))


if __name__ == "__main__":
    launch(main, Options)

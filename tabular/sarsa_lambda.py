"""SARSA(lambda): every error is carried back along the way that led to it.

    error = r + discount * q(s', a') - q(s, a)                  of the pair just visited, whose trace is 1
    q(s, a) <- q(s, a) + step_size * error * e(s, a)            for every pair
    e <- discount * lambda * e

e is the eligibility trace of a pair: how much it has to do with what happens now. With lambda 0 only the last pair
learns, which is sarsa.py; with lambda 1 an episode is learned nearly as Monte Carlo would learn it. Traces replace:
a visit sets the pair's to 1, and those of the state's other actions to 0.

Singh & Sutton (1996), replacing traces. Sutton & Barto (2018), section 12.7.
    python tabular/sarsa_lambda.py                             watch it
    python tabular/sarsa_lambda.py --versus sarsa --map maze --discount 0.95
    python tabular/sarsa_lambda.py --trace-decay 0.5
"""

from collections.abc import Iterator
from dataclasses import dataclass

from common.figures import run_figure
from common.options import Fraction, launch
from gridworld.discrete import DiscreteEnv
from tabular.parts.experiment import Experiment
from tabular.parts.learning_options import ControlOptions
from tabular.parts.method import Method
from tabular.parts.rivals import rival
from tabular.parts.table_agent import ActionTable
from tabular.parts.textbook.first_episode import first_episode

FORGOTTEN = 1e-12
"""Traces below this are dropped."""


@dataclass(frozen=True)
class Options(ControlOptions):
    trace_decay: Fraction = 0.9
    """lambda: 0 is one-step SARSA, 1 nearly Monte Carlo"""


class TracedTable(ActionTable):
    """Action values with the eligibility traces of the pairs that were visited lately."""

    def __init__(self, env: DiscreteEnv, options: Options) -> None:
        super().__init__(env, options)
        self.trace_decay = options.trace_decay
        self.traces: dict[tuple[int, int], float] = {}

    def update_traced(self, state: int, action: int, target: float) -> None:
        """Move the visited pair towards the target, and every pair with a trace by its share of the same error."""
        error = target - self.table[state][action]
        self.update(state, action, target)
        for other in range(self.n_actions):
            self.traces.pop((state, other), None)
        for (s, a), trace in self.traces.items():
            # q(s, a) <- q(s, a) + step_size * error * e(s, a)
            self.move(s, a, error * trace)
        self.traces[state, action] = 1.0
        # e(s, a) <- discount * lambda * e(s, a)
        decay = self.discount * self.trace_decay
        self.traces = {pair: decay * trace for pair, trace in self.traces.items() if decay * trace > FORGOTTEN}


def train(env: DiscreteEnv, agent: TracedTable, episodes: int) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    for _ in range(episodes):
        state, _ = env.reset()
        agent.traces.clear()
        action = agent.act(state)
        ended = False
        while not ended:
            next_state, reward, terminated, truncated, _ = env.step(action)
            agent.decay_epsilon()
            next_action = agent.act(next_state)
            # target = r + discount * q(s', a')          r alone where the episode terminated
            target = reward + agent.discount * (1 - terminated) * agent.table[next_state][next_action]
            agent.update_traced(state, action, target)
            state, action, ended = next_state, next_action, terminated or truncated
            yield reward, ended


def method(options: Options) -> Method:
    """SARSA(lambda), for the experiments."""
    return Method(f"SARSA({options.trace_decay:g})", TracedTable, train, options, "epsilon-soft", target="drawn")


FIGURES = [
    first_episode(
        "Example 12.1",
        "what the first way to the goal has taught, without and with traces",
        [method(Options(trace_decay=0.0)), method(Options(trace_decay=0.9))],
        ["1, the last", "many, the less the further back"],
    )
]


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "sarsa_lambda", options)
    return Experiment("sarsa_lambda", options).run(method(options), *rival(options))


if __name__ == "__main__":
    launch(main, Options)

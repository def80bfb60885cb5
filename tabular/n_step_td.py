"""n-step TD: prediction that waits n steps before it bootstraps. TD(0) is n = 1, Monte Carlo an n without end.

    G = r_1 + discount * r_2 + ... + discount^(n-1) * r_n + discount^n * v(s_n)         n steps on from s
    v(s) <- v(s) + step_size * [ G - v(s) ]

td_prediction.py with n rewards in the target instead of one. Where the episode is over before n steps are, G is the
return. A larger n carries news further back at once, and more luck with it; in between lies the best.

Sutton & Barto (2018), section 7.1; equation 7.1.
    python tabular/n_step_td.py --map random-walk-19 --policy left-right --discount 1          watch it
    python tabular/n_step_td.py --map random-walk-19 --policy left-right --discount 1 --n 1
    python tabular/n_step_td.py --figure 7.2
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from common.figures import run_figure
from common.options import Several, launch
from gridworld.discrete import DiscreteEnv
from tabular.parts.experiment import Experiment
from tabular.parts.given_policy import Policy, given_policy
from tabular.parts.learning_options import PredictionOptions
from tabular.parts.method import Method
from tabular.parts.table_agent import StateTable
from tabular.parts.textbook.random_walk import figure_7_2


@dataclass(frozen=True)
class Options(PredictionOptions):
    n: Several = 4
    """steps whose rewards are in the target: 1 is TD(0), more than an episode has Monte Carlo"""


class NStepTable(StateTable):
    """State values that learn n steps late."""

    def __init__(self, policy: Policy, options: Options) -> None:
        super().__init__(policy, options)
        self.n = options.n

    def learn(self, steps: deque[tuple[int, float]], g: float) -> None:
        """Learn the value of the first of these steps, (state, reward) each. g: what the last of them led to."""
        for _, reward in reversed(steps):
            # G = r + discount * G          from the last reward back to the first
            g = reward + self.discount * g
        self.update(steps[0][0], g)


def train(env: DiscreteEnv, agent: NStepTable, episodes: int) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    for _ in range(episodes):
        state, _ = env.reset()
        steps: deque[tuple[int, float]] = deque()
        ended = False
        while not ended:
            action = agent.act(state)
            next_state, reward, terminated, truncated, _ = env.step(action)
            steps.append((state, reward))
            state, ended = next_state, terminated or truncated
            while len(steps) == agent.n or (ended and steps):
                agent.learn(steps, (1 - terminated) * agent.table[state])
                steps.popleft()
            yield reward, ended


def method(options: Options, policy: Policy) -> Method:
    """n-step TD, for the experiments."""

    def make(env: DiscreteEnv, options: Options) -> NStepTable:
        return NStepTable(policy, options)

    return Method(f"{options.n}-step TD", make, train, options, "policy", measured=True, target="value")


FIGURES = [figure_7_2]


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "n_step_td", options)
    experiment = Experiment("n_step_td", options)
    return experiment.run(method(options, given_policy(experiment.task, options)))


if __name__ == "__main__":
    launch(main, Options)

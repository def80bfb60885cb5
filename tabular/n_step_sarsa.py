"""n-step SARSA: control that waits n steps before it bootstraps.

    G = r_1 + discount * r_2 + ... + discount^(n-1) * r_n + discount^n * q(s_n, a_n)    n steps on from (s, a)
    q(s, a) <- q(s, a) + step_size * [ G - q(s, a) ]

n_step_td.py with action values, as sarsa.py is td_prediction.py with them. The first time that the goal is found, the
last n actions on the way learn of it, not the last one alone.

Sutton & Barto (2018), section 7.2; equation 7.4.
    python tabular/n_step_sarsa.py                              watch it
    python tabular/n_step_sarsa.py --versus sarsa --map maze --discount 0.95
    python tabular/n_step_sarsa.py --n 1                        which is sarsa.py
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from common.figures import run_figure
from common.options import Several, launch
from gridworld.discrete import DiscreteEnv
from tabular.parts.experiment import Experiment
from tabular.parts.learning_options import ControlOptions
from tabular.parts.method import Method
from tabular.parts.rivals import rival
from tabular.parts.table_agent import ActionTable
from tabular.parts.textbook.first_episode import first_episode


@dataclass(frozen=True)
class Options(ControlOptions):
    n: Several = 4
    """steps whose rewards are in the target: 1 is SARSA, more than an episode has Monte Carlo"""


class NStepTable(ActionTable):
    """Action values that learn n steps late."""

    def __init__(self, env: DiscreteEnv, options: Options) -> None:
        super().__init__(env, options)
        self.n = options.n

    def learn(self, steps: deque[tuple[int, int, float]], g: float) -> None:
        """Learn the value of the first of these steps, (state, action, reward). g: what the last of them led to."""
        for _, _, reward in reversed(steps):
            # G = r + discount * G          from the last reward back to the first
            g = reward + self.discount * g
        state, action, _ = steps[0]
        self.update(state, action, g)


def train(env: DiscreteEnv, agent: NStepTable, episodes: int) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    for _ in range(episodes):
        state, _ = env.reset()
        action = agent.act(state)
        steps: deque[tuple[int, int, float]] = deque()
        ended = False
        while not ended:
            next_state, reward, terminated, truncated, _ = env.step(action)
            agent.decay_epsilon()
            next_action = agent.act(next_state)
            steps.append((state, action, reward))
            state, action, ended = next_state, next_action, terminated or truncated
            while len(steps) == agent.n or (ended and steps):
                agent.learn(steps, (1 - terminated) * agent.table[state][action])
                steps.popleft()
            yield reward, ended


def method(options: Options) -> Method:
    """n-step SARSA, for the experiments."""
    return Method(f"{options.n}-step SARSA", NStepTable, train, options, "epsilon-soft", target="drawn")


FIGURES = [
    first_episode(
        "Figure 7.4",
        "what the first way to the goal has taught, one step and ten steps at a time",
        [method(Options(n=1)), method(Options(n=10))],
        ["1, the last", "10, the last ten"],
    )
]


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "n_step_sarsa", options)
    return Experiment("n_step_sarsa", options).run(method(options), *rival(options))


if __name__ == "__main__":
    launch(main, Options)

"""Expected SARSA: the target averages over the next action instead of drawing it.

    q(s, a) <- q(s, a) + step_size * [ r + discount * sum_a' pi(a' | s') q(s', a') - q(s, a) ]

Every a' enters by its probability under the epsilon-greedy policy pi, so the luck of the draw is gone from the target
and large step sizes do well. One line differs from q_learning.py; with epsilon 0 not even that one does.

van Seijen et al. (2009). Sutton & Barto (2018), section 6.6; equation 6.9.
    python tabular/expected_sarsa.py                           watch it
    python tabular/expected_sarsa.py --figure 6.3
    python tabular/expected_sarsa.py --versus sarsa --map cliff --discount 1 --step-size 1
    python tabular/expected_sarsa.py --map cliff --discount 1 --step-size 1 --seeds 1000
"""

from collections.abc import Iterator

from common.figures import run_figure
from common.options import launch
from gridworld.discrete import DiscreteEnv
from tabular import q_learning, sarsa
from tabular.parts.experiment import Experiment
from tabular.parts.learning_options import ControlOptions as Options
from tabular.parts.method import Method
from tabular.parts.rivals import rival
from tabular.parts.table_agent import ActionTable
from tabular.parts.textbook.control import step_sizes_on_the_cliff
from tabular.parts.vector import expected_value


def train(env: DiscreteEnv, agent: ActionTable, episodes: int) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    for _ in range(episodes):
        state, _ = env.reset()
        action = agent.act(state)
        ended = False
        while not ended:
            next_state, reward, terminated, truncated, _ = env.step(action)
            agent.decay_epsilon()
            # target = r + discount * sum_a' pi(a' | s') q(s', a')          r alone where the episode terminated
            target = reward + agent.discount * (1 - terminated) * agent.expected_value(next_state)
            agent.update(state, action, target)
            next_action = agent.act(next_state)
            state, action, ended = next_state, next_action, terminated or truncated
            yield reward, ended


def method(options: Options) -> Method:
    """Expected SARSA, for the experiments."""
    return Method("Expected SARSA", ActionTable, train, options, "epsilon-soft", expected_value, target="expected")


FIGURES = [
    step_sizes_on_the_cliff([chapter.method(Options()) for chapter in (sarsa, q_learning)] + [method(Options())])
]


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "expected_sarsa", options)
    return Experiment("expected_sarsa", options).run(method(options), *rival(options))


if __name__ == "__main__":
    launch(main, Options)

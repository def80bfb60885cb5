"""SARSA: on-policy temporal-difference control.

    q(s, a) <- q(s, a) + step_size * [ r + discount * q(s', a') - q(s, a) ]

a' is the action that will be taken next, exploration included: SARSA learns what its own behaviour is worth, and near
a cliff that is little. This is td_prediction.py with action values, which say by themselves how to act.

Rummery & Niranjan (1994). Sutton & Barto (2018), section 6.4; equation 6.7.
    python tabular/sarsa.py                                    watch it
    python tabular/sarsa.py --versus q_learning --map cliff    side by side with another chapter's learner
    python tabular/sarsa.py --map cliff --discount 1 --seeds 1000
    python tabular/sarsa.py --figure 6.5                       the windy gridworld of Example 6.5
"""

from collections.abc import Iterator

from common.figures import run_figure
from common.options import launch
from gridworld.discrete import DiscreteEnv
from tabular.parts.experiment import Experiment
from tabular.parts.learning_options import ControlOptions as Options
from tabular.parts.method import Method
from tabular.parts.rivals import rival
from tabular.parts.table_agent import ActionTable
from tabular.parts.textbook.control import windy_gridworld
from tabular.parts.vector import next_value


def train(env: DiscreteEnv, agent: ActionTable, episodes: int) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    for _ in range(episodes):
        state, _ = env.reset()
        action = agent.act(state)
        ended = False
        while not ended:
            next_state, reward, terminated, truncated, _ = env.step(action)
            agent.decay_epsilon()
            next_action = agent.act(next_state)
            # target = r + discount * q(s', a')          r alone where the episode terminated
            target = reward + agent.discount * (1 - terminated) * agent.table[next_state][next_action]
            agent.update(state, action, target)
            state, action, ended = next_state, next_action, terminated or truncated
            yield reward, ended


def method(options: Options) -> Method:
    """SARSA, for the experiments."""
    return Method("SARSA", ActionTable, train, options, "epsilon-soft", next_value, target="drawn")


FIGURES = [windy_gridworld(method(Options()))]


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "sarsa", options)
    return Experiment("sarsa", options).run(method(options), *rival(options))


if __name__ == "__main__":
    launch(main, Options)

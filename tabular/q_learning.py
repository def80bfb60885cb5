"""Q-learning: off-policy temporal-difference control.

    q(s, a) <- q(s, a) + step_size * [ r + discount * max_a' q(s', a') - q(s, a) ]

The target asks for the best next action, whichever is taken: Q-learning learns the greedy policy's values while it
behaves otherwise. Two lines differ from sarsa.py: the target, and a', which is chosen once the update is made.

Watkins & Dayan (1992). Sutton & Barto (2018), section 6.5; equation 6.8.
    python tabular/q_learning.py                                    watch it
    python tabular/q_learning.py --versus dyna_q --map maze         side by side with another chapter's learner
    python tabular/q_learning.py --env FrozenLake-v1 --episodes 20000 --headless
"""

from collections.abc import Iterator

from common.options import launch
from gridworld.discrete import DiscreteEnv
from tabular.parts.experiment import Experiment
from tabular.parts.learning_options import ControlOptions as Options
from tabular.parts.method import Method
from tabular.parts.rivals import rival
from tabular.parts.table_agent import ActionTable
from tabular.parts.vector import best_value


def train(env: DiscreteEnv, agent: ActionTable, episodes: int) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    for _ in range(episodes):
        state, _ = env.reset()
        action = agent.act(state)
        ended = False
        while not ended:
            next_state, reward, terminated, truncated, _ = env.step(action)
            agent.decay_epsilon()
            # target = r + discount * max_a' q(s', a')          r alone where the episode terminated
            target = reward + agent.discount * (1 - terminated) * max(agent.table[next_state])
            agent.update(state, action, target)
            next_action = agent.act(next_state)
            state, action, ended = next_state, next_action, terminated or truncated
            yield reward, ended


def method(options: Options) -> Method:
    """Q-learning, for the experiments."""
    return Method("Q-learning", ActionTable, train, options, "optimal", best_value, target="best")


def main(options: Options) -> int:
    return Experiment("q_learning", options).run(method(options), *rival(options))


if __name__ == "__main__":
    launch(main, Options)

"""Off-policy Monte Carlo control: the greedy policy's returns, from the episodes of one that explores.

    C(s, a) <- C(s, a) + W                                    W: how much likelier pi was to go on like this than b
    q(s, a) <- q(s, a) + W / C(s, a) * [ G_t - q(s, a) ]
    W <- W * 1 / b(A_t | S_t)                                 0, and so the end, where A_t is not the greedy action

monte_carlo_control.py, but for what it learns: not what its own behaviour b is worth, exploration included, but what
pi, greedy and without a slip, would be worth. pi(A_t | S_t) is 1 or 0, so a return counts from the last action on that
was not greedy: long episodes teach their ends alone.

Sutton & Barto (2018), section 5.7.
    python tabular/monte_carlo_off_policy_control.py                                  watch it
    python tabular/monte_carlo_off_policy_control.py --versus monte_carlo_control     side by side
    python tabular/monte_carlo_off_policy_control.py --env gridworld:Racetrack-v0 --discount 1 --initial-value -8
        --max-steps 30 --episodes 100000
    python tabular/monte_carlo_off_policy_control.py --figure 5.5                     the racetrack
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
from tabular.parts.textbook.racetrack import racetrack

Episode = list[tuple[int, int, float, float]]
"""(state, action, reward, probability) of each step: the last is b(a | s), how likely the action was to be taken."""

HEAVIEST = 1e100
"""A return of this weight is never outweighed, and heavier ones would soon be infinite."""


class OffPolicyTable(ActionTable):
    """Action values of the policy that is greedy on them, from the episodes of the epsilon-greedy one."""

    def __init__(self, env: DiscreteEnv, options: Options) -> None:
        super().__init__(env, options)
        self.weights = [[0.0] * self.n_actions for _ in range(self.n_states)]

    def probability(self, state: int, action: int) -> float:
        """b(a | s): epsilon over all actions, the rest over the best ones."""
        values, best = self.table[state], self.best[state]
        greedy = (1 - self.epsilon) / values.count(best) if values[action] == best else 0.0
        return greedy + self.epsilon / self.n_actions

    def expected_value(self, state: int) -> float:
        """What the greedy policy expects of a state."""
        return self.best[state]

    def learn(self, episode: Episode, g: float) -> None:
        """Learn from an episode that is over. g: what its last step was followed by, 0 where it terminated."""
        weight = 1.0
        for state, action, reward, probability in reversed(episode):
            # G_t = R_{t+1} + discount * G_{t+1}
            g = reward + self.discount * g
            # C(s, a) <- C(s, a) + W
            self.weights[state][action] += weight
            # q(s, a) <- q(s, a) + W / C(s, a) * [ G_t - q(s, a) ]
            self.update(state, action, g, weight / self.weights[state][action])
            # W becomes 0, and so it ends, where the greedy policy would not have taken A_t
            if action != self.table[state].index(self.best[state]) or not probability or weight > HEAVIEST:
                break
            # W <- W * 1 / b(A_t | S_t)
            weight *= 1 / probability


def train(env: DiscreteEnv, agent: OffPolicyTable, episodes: int) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    for _ in range(episodes):
        state, _ = env.reset()
        episode: Episode = []
        ended = False
        while not ended:
            action = agent.act(state)
            probability = agent.probability(state, action)
            next_state, reward, terminated, truncated, _ = env.step(action)
            agent.decay_epsilon()
            episode.append((state, action, reward, probability))
            state, ended = next_state, terminated or truncated
            if ended:  # a truncated episode would have gone on from here
                agent.learn(episode, (1 - terminated) * agent.expected_value(state))
            yield reward, ended


def method(options: Options) -> Method:
    """Off-policy Monte Carlo control, for the experiments."""
    title = "Off-policy Monte Carlo control"
    return Method(title, OffPolicyTable, train, options, "optimal", target="return", own_step_size=True)


FIGURES = [racetrack(method, Options)]


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "monte_carlo_off_policy_control", options)
    return Experiment("monte_carlo_off_policy_control", options).run(method(options), *rival(options))


if __name__ == "__main__":
    launch(main, Options)

"""Off-policy Monte Carlo prediction: what one policy is worth, from the episodes of another.

    rho_t = pi(A_t | S_t) / b(A_t | S_t) * rho_{t+1}          how much likelier pi was to go on like this than b
    v(s) <- v(s) + w / C(s) * [ target - v(s) ]               C(s): the sum of the weights w so far

pi is the policy to predict, b takes every action with the same probability. Importance sampling weighs each return by
its ratio: ordinary, w = 1 and the target rho * G, is right on average and varies wildly; weighted, w = rho and the
target G, is biased and far closer. monte_carlo_prediction.py is the case in which both policies are the same.

Sutton & Barto (2018), sections 5.5 and 5.6; equations 5.3 to 5.8.
    python tabular/monte_carlo_off_policy.py                                  watch it
    python tabular/monte_carlo_off_policy.py --importance ordinary
    python tabular/monte_carlo_off_policy.py --seeds 20 --episodes 1000
    python tabular/monte_carlo_off_policy.py --figure 5.4                     a variance without a bound
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from common.figures import run_figure
from common.options import launch
from gridworld.discrete import DiscreteEnv
from tabular.parts.experiment import Experiment
from tabular.parts.given_policy import Policy, given_policy, uniform_policy
from tabular.parts.learning_options import PredictionOptions
from tabular.parts.method import Method
from tabular.parts.table_agent import StateTable
from tabular.parts.textbook.blackjack import infinite_variance, one_hand_off_policy

Episode = list[tuple[int, int, float]]
"""(state, action, reward) of each step, the reward being the one that the action brought."""


@dataclass(frozen=True)
class Options(PredictionOptions):
    policy: str = "optimal"
    """the policy to predict: optimal, uniform, left-right, or a table.npz to be greedy on"""
    importance: Literal["weighted", "ordinary"] = "weighted"
    """divide by the sum of the ratios, or by the number of returns; either takes the place of --step-size"""


class OffPolicyTable(StateTable):
    """The values of a target policy, from first visits in the episodes of the behaviour policy."""

    def __init__(self, target: Policy, behaviour: Policy, options: Options) -> None:
        super().__init__(behaviour, options)
        self.policy = target
        self.ratios = (target / behaviour).tolist()
        self.weighted = options.importance == "weighted"
        self.weights = [0.0] * len(target)

    def learn(self, episode: Episode, g: float) -> None:
        """Learn from an episode that is over. g: what its last step was followed by, 0 where it terminated."""
        backwards = list(reversed(list(enumerate(episode))))
        first = {state: t for t, (state, _, _) in backwards}
        rho = 1.0
        for t, (state, action, reward) in backwards:
            # G_t = R_{t+1} + discount * G_{t+1}
            g = reward + self.discount * g
            # rho_t = pi(A_t | S_t) / b(A_t | S_t) * rho_{t+1}
            rho *= self.ratios[state][action]
            if first[state] == t:
                self.visits[state] += 1
                weight, target = (rho, g) if self.weighted else (1.0, rho * g)
                self.weights[state] += weight
                if weight:
                    # v(s) <- v(s) + w / C(s) * [ target - v(s) ]          C(s): the sum of the weights w so far
                    self.move(state, target, weight / self.weights[state])


def train(env: DiscreteEnv, agent: OffPolicyTable, episodes: int) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    for _ in range(episodes):
        state, _ = env.reset()
        episode: Episode = []
        ended = False
        while not ended:
            action = agent.act(state)
            next_state, reward, terminated, truncated, _ = env.step(action)
            episode.append((state, action, reward))
            state, ended = next_state, terminated or truncated
            if ended:  # a truncated episode would have gone on from here
                agent.learn(episode, (1 - terminated) * agent.table[state])
            yield reward, ended


def method(options: Options, target: Policy, behaviour: Policy) -> Method:
    """Off-policy Monte Carlo prediction, for the experiments."""

    def make(env: DiscreteEnv, options: Options) -> OffPolicyTable:
        return OffPolicyTable(target, behaviour, options)

    title = f"Monte Carlo, {options.importance} importance sampling"
    return Method(title, make, train, options, "policy", measured=True, target="return", own_step_size=True)


FIGURES = [one_hand_off_policy(), infinite_variance()]


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "monte_carlo_off_policy", options)
    experiment = Experiment("monte_carlo_off_policy", options)
    policies = given_policy(experiment.task, options), uniform_policy(experiment.task)
    return experiment.run(method(options, *policies))


if __name__ == "__main__":
    launch(main, Options)

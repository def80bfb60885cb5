"""Monte Carlo prediction: a state is worth the mean of the returns that came after it.

    G_t = R_{t+1} + discount * G_{t+1}                   summed up from the end of the episode
    v(s) <- v(s) + step_size * [ G_t - v(s) ]            with step size 1 / n the mean of the n returns so far

Nothing is learned before an episode ends, and a return carries the luck of every step in it. Model-free: what a state
is worth is learned, never looked up in the map.

Sutton & Barto (2018), section 5.1.
    python tabular/monte_carlo_prediction.py                                       watch it
    python tabular/monte_carlo_prediction.py --policy optimal --epsilon 0.1        a policy that knows the way
    python tabular/monte_carlo_prediction.py --every-visit --headless
    python tabular/monte_carlo_prediction.py --figure 5.1                          blackjack
"""

from collections.abc import Iterator
from dataclasses import dataclass

from common.figures import run_figure
from common.options import Fraction, Rate, launch
from gridworld.discrete import DiscreteEnv
from tabular.parts.experiment import Experiment
from tabular.parts.given_policy import Policy, given_policy
from tabular.parts.learning_options import PredictionOptions
from tabular.parts.method import Method
from tabular.parts.table_agent import StateTable
from tabular.parts.textbook.blackjack_values import stick_on_20

Episode = list[tuple[int, int, float]]
"""(state, action, reward) of each step, the reward being the one that the action brought."""


@dataclass(frozen=True)
class Options(PredictionOptions):
    step_size: Rate = 1.0
    """how far an update moves an entry towards its target"""
    step_size_decay: Fraction = 1.0
    """at its n-th visit an entry moves by step_size / n ** this; 0 is constant, 1 with step size 1 is the mean"""
    every_visit: bool = False
    """count every visit to a state instead of an episode's first"""


class MonteCarloTable(StateTable):
    """State values that learn from whole episodes."""

    def __init__(self, policy: Policy, options: Options) -> None:
        super().__init__(policy, options)
        self.every_visit = options.every_visit

    def learn(self, episode: Episode, g: float) -> None:
        """Learn from an episode that is over. g: what its last step was followed by, 0 where it terminated."""
        backwards = list(reversed(list(enumerate(episode))))
        # first(s) = min { t : S_t = s }
        first = {state: t for t, (state, _, _) in backwards}
        for t, (state, _, reward) in backwards:
            # G_t = R_{t+1} + discount * G_{t+1}
            g = reward + self.discount * g
            if self.every_visit or first[state] == t:
                # v(s) <- v(s) + step_size * [ G_t - v(s) ]
                self.update(state, g)


def train(env: DiscreteEnv, agent: MonteCarloTable, episodes: int) -> Iterator[tuple[float, bool]]:
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


def method(options: Options, policy: Policy) -> Method:
    """Monte Carlo prediction of a policy, for the experiments."""

    def make(env: DiscreteEnv, options: Options) -> MonteCarloTable:
        return MonteCarloTable(policy, options)

    visit = "every-visit" if options.every_visit else "first-visit"
    return Method(f"Monte Carlo prediction, {visit}", make, train, options, "policy", measured=True, target="return")


FIGURES = [stick_on_20(method, Options)]


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "monte_carlo_prediction", options)
    experiment = Experiment("monte_carlo_prediction", options)
    return experiment.run(method(options, given_policy(experiment.task, options)))


if __name__ == "__main__":
    launch(main, Options)

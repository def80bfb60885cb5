"""Monte Carlo control: epsilon-greedy on the returns of state-action pairs.

    G_t = R_{t+1} + discount * G_{t+1}                        summed up from the end of the episode
    q(s, a) <- q(s, a) + step_size * [ G_t - q(s, a) ]

monte_carlo_prediction.py with action values, because state values alone would need the map to say which action leads
where; and the policy that is followed is greedy on them, but for epsilon, so it improves as they do.

An action that a greedy policy never takes is never judged. Epsilon takes it now and then; with exploring starts every
episode begins in any state and with any action instead, and what follows may be greedy.

Sutton & Barto (2018), sections 5.3 and 5.4.
    python tabular/monte_carlo_control.py                                  watch it
    python tabular/monte_carlo_control.py --versus q_learning --map maze   side by side with another chapter's learner
    python tabular/monte_carlo_control.py --every-visit --headless
    python tabular/monte_carlo_control.py --figure 5.2                     blackjack by exploring starts; by hand it is
    python tabular/monte_carlo_control.py --env gridworld:SuttonBlackjack-v0 --exploring-starts --episodes 300000
        --discount 1 --epsilon 0 --step-size 1 --step-size-decay 1
"""

from collections.abc import Iterator
from dataclasses import dataclass

from common.figures import run_figure
from common.options import launch
from gridworld.discrete import DiscreteEnv
from tabular.parts.experiment import Experiment
from tabular.parts.learning_options import ControlOptions
from tabular.parts.method import Method
from tabular.parts.rivals import rival
from tabular.parts.table_agent import ActionTable
from tabular.parts.textbook.blackjack import exploring_starts

Episode = list[tuple[int, int, float]]
"""(state, action, reward) of each step, the reward being the one that the action brought."""


@dataclass(frozen=True)
class Options(ControlOptions):
    every_visit: bool = False
    """count every visit to a pair instead of an episode's first"""
    exploring_starts: bool = False
    """begin every episode in any state and with any action, each as likely, where the environment's model is known"""


class MonteCarloTable(ActionTable):
    """Action values that learn from whole episodes."""

    def __init__(self, env: DiscreteEnv, options: Options) -> None:
        super().__init__(env, options)
        self.every_visit = options.every_visit
        self.exploring_starts = options.exploring_starts

    def begin(self, state: int) -> int:
        """The first action of an episode: with exploring starts any, else the policy's."""
        return int(self.random() * self.n_actions) if self.exploring_starts else self.act(state)

    def learn(self, episode: Episode, g: float) -> None:
        """Learn from an episode that is over. g: what its last step was followed by, 0 where it terminated."""
        backwards = list(reversed(list(enumerate(episode))))
        first = {(state, action): t for t, (state, action, _) in backwards}
        for t, (state, action, reward) in backwards:
            # G_t = R_{t+1} + discount * G_{t+1}
            g = reward + self.discount * g
            if self.every_visit or first[state, action] == t:
                # q(s, a) <- q(s, a) + step_size * [ G_t - q(s, a) ]
                self.update(state, action, g)


def train(env: DiscreteEnv, agent: MonteCarloTable, episodes: int) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    for _ in range(episodes):
        state, _ = env.reset(options={"anywhere": True} if agent.exploring_starts else None)
        episode: Episode = []
        ended = False
        while not ended:
            action = agent.act(state) if episode else agent.begin(state)
            next_state, reward, terminated, truncated, _ = env.step(action)
            agent.decay_epsilon()
            episode.append((state, action, reward))
            state, ended = next_state, terminated or truncated
            if ended:  # a truncated episode would have gone on from here
                agent.learn(episode, (1 - terminated) * agent.expected_value(state))
            yield reward, ended


def method(options: Options) -> Method:
    """Monte Carlo control, for the experiments."""
    visit = "every-visit" if options.every_visit else "first-visit"
    return Method(f"Monte Carlo control, {visit}", MonteCarloTable, train, options, "epsilon-soft", target="return")


FIGURES = [exploring_starts(method, Options)]


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "monte_carlo_control", options)
    return Experiment("monte_carlo_control", options).run(method(options), *rival(options))


if __name__ == "__main__":
    launch(main, Options)

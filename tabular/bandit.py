"""The bandit: one state and ten arms, no next state yet. What is an arm worth, and how long to go on finding out?

    q(a) <- q(a) + step_size * [ reward - q(a) ]                             the arm that was pulled; 1 / n is the mean
    epsilon-greedy    argmax_a q(a), any arm with probability epsilon
    UCB               argmax_a [ q(a) + confidence * sqrt(ln t / n(a)) ]     what is uncertain might be good
    gradient          pi(a) = softmax(h)(a)                                  preferences instead of values
                      h(b) <- h(b) + step_size * (reward - baseline) * ([b = a] - pi(b))

Sutton & Barto (2018), chapter 2; equations 2.3, 2.10 and 2.12.
    python tabular/bandit.py                       watch them, and pull arms yourself against them
    python tabular/bandit.py --headless            2,000 runs of each, all at once
    python tabular/bandit.py --headless --epsilon 0 --initial-value 5 --step-size 0.1      optimism instead of chance
    python tabular/bandit.py --figure 2.2
"""

import math
import random
from collections.abc import Iterator

from common.figures import run_figure
from common.options import launch
from tabular.parts.bandits.arms import Arms
from tabular.parts.bandits.bandit_options import BanditOptions as Options
from tabular.parts.bandits.contest import contest
from tabular.parts.textbook.bandits import FIGURES


class EpsilonGreedy:
    """What each arm has paid, and mostly the arm that has paid best. values: q [k]; pulls: n [k]."""

    def __init__(self, options: Options) -> None:
        self.options, self.dice = options, random.Random(options.seed)
        self.values, self.pulls = [options.initial_value] * options.arms, [0] * options.arms

    def act(self) -> int:
        """The arm to pull next."""
        if self.dice.random() < self.options.epsilon:
            return self.dice.randrange(len(self.values))
        return self.best(self.values)

    def best(self, values: list[float]) -> int:
        """The arm with the largest value; ties are drawn evenly."""
        return self.dice.choice([arm for arm, value in enumerate(values) if value == max(values)])

    def learn(self, arm: int, reward: float) -> None:
        """Move the arm's value towards what it paid."""
        self.pulls[arm] += 1
        step_size = self.options.step_size or 1 / self.pulls[arm]
        # q(a) <- q(a) + step_size * [ reward - q(a) ]
        self.values[arm] += step_size * (reward - self.values[arm])


class UpperConfidence(EpsilonGreedy):
    """The same values; the arm that could be the best, as far as its few pulls can tell."""

    def act(self) -> int:
        return self.best([value + bonus for value, bonus in zip(self.values, self.bonuses(), strict=True)])

    def bonuses(self) -> list[float]:
        """[k] how much better each arm might be; an arm that was never pulled might be anything."""
        t = sum(self.pulls) + 1
        # bonus(a) = confidence * sqrt(ln t / n(a))
        return [self.options.confidence * math.sqrt(math.log(t) / n) if n else math.inf for n in self.pulls]


class Gradient(EpsilonGreedy):
    """Preferences h in place of values: how much more each arm is to be pulled than the others."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.values, self.baseline = [0.0] * options.arms, 0.0

    def act(self) -> int:
        return self.dice.choices(range(len(self.values)), self.policy())[0]

    def policy(self) -> list[float]:
        """[k] the probability of each arm."""
        # pi(a) = exp(h(a)) / sum_b exp(h(b))
        raised = [math.exp(value - max(self.values)) for value in self.values]
        return [each / sum(raised) for each in raised]

    def learn(self, arm: int, reward: float) -> None:
        """Prefer the arm more if it paid more than arms usually do, and the others less."""
        self.pulls[arm] += 1
        usual = reward if sum(self.pulls) == 1 else self.baseline
        better = reward - usual if self.options.baseline else reward
        for other, probability in enumerate(self.policy()):
            # h(b) <- h(b) + step_size * (reward - baseline) * ([b = a] - pi(b))
            self.values[other] += self.options.gradient_step_size * better * ((other == arm) - probability)
        self.baseline = usual + (reward - usual) / sum(self.pulls)


def train(env: Arms, agent: EpsilonGreedy, pulls: int) -> Iterator[tuple[int, float]]:
    """The loop, a pull at a time: yields the arm and what it paid."""
    for _ in range(pulls):
        arm = agent.act()
        _, reward, _, _, _ = env.step(arm)
        agent.learn(arm, reward)
        yield arm, reward


LEARNERS = {"Epsilon-greedy": EpsilonGreedy, "UCB": UpperConfidence, "Gradient": Gradient}


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "bandit", options)
    return contest(LEARNERS, train, options)


if __name__ == "__main__":
    launch(main, Options)

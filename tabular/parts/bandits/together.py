"""Many bandit learners at once: each has its own arms, its own table and its own luck, and all pull at the same time.

The rules are those of tabular/bandit.py, an array program each: 2,000 learners cost little more than one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Rule:
    """A learner's numbers. Each kind reads its own.

    epsilon: of "epsilon-greedy". step_size: of both kinds of table; 0 stands for 1 / n, the mean of the rewards.
    confidence: of "UCB". baseline: whether "gradient" subtracts the mean reward.
    """

    title: str
    kind: str = "epsilon-greedy"
    epsilon: float = 0.0
    step_size: float = 0.0
    initial_value: float = 0.0
    confidence: float = 2.0
    baseline: bool = True


@dataclass(frozen=True)
class Curves:
    """Of N learners: the mean reward and the share that pulled the best arm, at each step [steps]; and each learner's
    own means over all steps, rewards [N], optimal [N]."""

    reward: Floats
    optimal: Floats
    rewards: Floats
    optimals: Floats


class Learners:
    """N learners by one rule: the values or preferences q [N, k], how often each arm was pulled n [N, k]."""

    def __init__(self, rule: Rule, runs: int, arms: int, random: np.random.Generator) -> None:
        self.rule, self.random = rule, random
        self.q = np.full((runs, arms), float(rule.initial_value))
        self.n = np.zeros((runs, arms))
        self.baseline = np.zeros(runs)
        self.pulls = 0
        self._rows = np.arange(runs)
        self._policy = np.full((runs, arms), 1.0 / arms)

    def act(self) -> Places:
        """[N] arms."""
        if self.rule.kind == "gradient":
            return self._drawn()
        if self.rule.kind == "UCB":
            with np.errstate(divide="ignore", invalid="ignore"):
                # argmax_a [ q(a) + confidence * sqrt(ln t / n(a)) ]
                bonus = self.rule.confidence * np.sqrt(np.log(self.pulls + 1) / self.n)
            return self._greedy(np.where(self.n == 0, np.inf, self.q + bonus))
        arm = self._greedy(self.q)
        if self.rule.epsilon > 0:
            explores = np.flatnonzero(self.random.random(len(arm)) < self.rule.epsilon)
            arm[explores] = self.random.integers(self.q.shape[1], size=len(explores))
        return arm

    def learn(self, arm: Places, reward: Floats) -> None:
        """Every learner's update from its own arm and reward, both [N]."""
        self.pulls += 1
        pulled = (self._rows, arm)
        if self.rule.kind == "gradient":
            self._climb(pulled, reward)
            return
        self.n[pulled] += 1
        step_size = self.rule.step_size or 1 / self.n[pulled]
        # q(a) <- q(a) + step_size * [ reward - q(a) ]
        self.q[pulled] += step_size * (reward - self.q[pulled])

    def _greedy(self, values: Floats) -> Places:
        """[N] the arm with the largest value; ties are drawn evenly."""
        arm = values.argmax(axis=1)
        tied = values == values[self._rows, arm][:, None]
        open_rows = np.flatnonzero(tied.sum(axis=1) > 1)
        if len(open_rows):
            lots = self.random.random((len(open_rows), values.shape[1]))
            arm[open_rows] = np.where(tied[open_rows], lots, -1.0).argmax(axis=1)
        return arm

    def _drawn(self) -> Places:
        """[N] arms drawn from softmax(q)."""
        raised = np.exp(self.q - self.q.max(axis=1, keepdims=True))
        self._policy = raised / raised.sum(axis=1, keepdims=True)
        ladder = self._policy[:, :-1].cumsum(axis=1)
        return (ladder <= self.random.random((len(ladder), 1))).sum(axis=1)

    def _climb(self, pulled: tuple[Places, Places], reward: Floats) -> None:
        if self.pulls == 1:
            self.baseline[:] = reward
        better = reward - self.baseline if self.rule.baseline else reward
        # h(b) <- h(b) + step_size * (reward - baseline) * ([b = a] - pi(b))
        self.q -= self.rule.step_size * better[:, None] * self._policy
        self.q[pulled] += self.rule.step_size * better
        self.baseline += (reward - self.baseline) / self.pulls


def play(
    rule: Rule,
    runs: int = 2000,
    steps: int = 1000,
    seed: int = 0,
    *,
    arms: int = 10,
    mean: float = 0.0,
    spread: float = 1.0,
    drift: float = 0.0,
    first_counted: int = 0,
) -> Curves:
    """Let N learners pull so many times, each on arms of its own; the same seed gives every rule the same arms.

    first_counted: the learners' own means leave out the steps before it.
    """
    testbed, luck = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    learners = Learners(rule, runs, arms, np.random.default_rng([seed, 2]))
    rows = np.arange(runs)
    means = mean + spread * testbed.standard_normal((runs, arms))
    best = means.max(axis=1)
    reward, optimal = np.empty(steps), np.empty(steps)
    rewards, optimals = np.zeros(runs), np.zeros(runs)
    for step in range(steps):
        arm = learners.act()
        expected = means[rows, arm]
        paid = expected + luck.standard_normal(runs)
        learners.learn(arm, paid)
        is_best = expected == best
        reward[step], optimal[step] = paid.mean(), is_best.mean()
        if step >= first_counted:
            rewards += paid
            optimals += is_best
        if drift:
            means += drift * testbed.standard_normal(means.shape)
            best = means.max(axis=1)
    counted = steps - first_counted
    return Curves(reward, optimal, rewards / counted, optimals / counted)

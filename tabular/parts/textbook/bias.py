"""Example 6.7 of the book: two states with different numbers of actions, where the largest of several guesses misleads.

From A, right ends the episode and pays 0, left leads to B and pays 0. From B, each of many actions ends it and pays a
draw from the normal distribution with mean -0.1 and deviation 1. So left is the worse way; but of many noisy values the
largest is too large, and makes it look the better one.
"""

from dataclasses import dataclass

from common.figures import Drawn, Figure, Number, Panel
from common.runs.curves import Line

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

RUNS, EPISODES, ACTIONS_OF_B = 10_000, 300, 10
STEP_SIZE, EPSILON, MEAN = 0.1, 0.1, -0.1
LEFT = 0


@dataclass
class Learners:
    """N learners; one table each (Q-learning) or two (Double Q-learning).

    a [tables, N, 2], b [tables, N, actions of B]: their action values in the two states.
    """

    a: Floats
    b: Floats
    random: np.random.Generator
    step_size: float = STEP_SIZE
    epsilon: float = EPSILON

    def choose(self, values: Floats) -> Places:
        """[N] epsilon-greedy on the sum over the tables [tables, N, actions], ties drawn evenly."""
        summed = values.sum(axis=0)
        lots = self.random.random(summed.shape)
        action: Places = np.where(summed == summed.max(axis=1, keepdims=True), lots, -1.0).argmax(axis=1)
        explores = self.random.random(len(action)) < self.epsilon
        action[explores] = self.random.integers(summed.shape[1], size=int(explores.sum()))
        return action

    def episode(self) -> NDArray[np.bool_]:
        """Every learner's next episode; [N] who went left in it."""
        action = self.choose(self.a)
        went_left = action == LEFT
        first, second = self._coins()
        rows = np.arange(len(action))
        # target = max_b q(B, b), by Double Q-learning q2(B, argmax_b q1(B, b)); to the right 0, for there it ends
        best = self.b[first, rows].argmax(axis=1)
        target = np.where(went_left, self.b[second, rows, best], 0.0)
        self.a[first, rows, action] += self.step_size * (target - self.a[first, rows, action])
        choice = self.choose(self.b)[went_left]
        first, _ = self._coins()
        at = first[went_left], rows[went_left], choice
        reward = MEAN + self.random.standard_normal(len(choice))
        self.b[at] += self.step_size * (reward - self.b[at])
        return went_left

    def _coins(self) -> tuple[Places, Places]:
        """[N] the table that each learner updates now, and the one that judges for it: the same where there is one."""
        tables = len(self.a)
        first: Places = self.random.integers(tables, size=(self.a.shape[1],), dtype=np.intp)
        second: Places = (first + tables - 1) % tables
        return first, second


def learners(tables: int, seed: int, runs: int = RUNS, actions: int = ACTIONS_OF_B) -> Learners:
    """Learners that know nothing yet: 1 table for Q-learning, 2 for Double Q-learning."""
    return Learners(
        np.zeros((tables, runs, 2)), np.zeros((tables, runs, actions)), np.random.default_rng([seed, tables])
    )


def share_left(tables: int, seed: int, runs: int = RUNS, actions: int = ACTIONS_OF_B) -> Floats:
    """[episodes] the share of the learners that went left in each."""
    together = learners(tables, seed, runs, actions)
    return np.array([together.episode().mean() for _ in range(EPISODES)])


def _make(seed: int) -> Drawn:
    x = np.arange(1, EPISODES + 1)
    plain, double = share_left(1, seed), share_left(2, seed)
    lines = [Line("Q-learning", x, 100 * plain), Line("Double Q-learning", x, 100 * double)]
    lines.append(Line("the least with epsilon 0.1", x, np.full(EPISODES, 50 * EPSILON), dashed=True))
    most, last, other = plain.max(), plain[-20:].mean(), double[-20:].mean()

    def number(what: str, share: float, book: str, episodes: int = 20) -> Number:
        # The same runs in a row of episodes are no independent draws: the error is that of the runs.
        return Number(what, 100 * share, book, 100 * float(share * (1 - share) / RUNS) ** 0.5, 1, " %")

    numbers = [
        number(f"Q-learning: left at the most, in episode {plain.argmax() + 1}", most, "much more often than right"),
        number("Q-learning: left in the last 20 of 300 episodes", last, "significantly more than 5 %"),
        number("Double Q-learning: left at the most", double.max(), ""),
        number("Double Q-learning: left in the last 20", other, "essentially unaffected"),
    ]
    for actions in (2, 100):
        share = share_left(1, seed, 2000, actions)
        what = f"Q-learning, {actions} actions in B: left at the most"
        numbers.append(Number(what, 100 * share.max(), "", digits=0, unit=" %"))
    return Drawn([Panel("", "episodes", "% left from A", lines, limits=(0, 100))], numbers)


figure_6_5 = Figure("Figure 6.5", "the maximisation bias of Example 6.7, ten actions in B, 10,000 runs", _make)

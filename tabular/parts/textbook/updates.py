"""Chapter 8 of the book: what an update is best spent on, all outcomes or one, all states or those that are visited."""

from collections.abc import Callable

from common.figures import Drawn, Figure, Number, Panel
from common.runs.curves import Line

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BRANCHING = (2, 10, 100, 1000)
"""Of Figure 8.7: how many states may follow, all equally likely."""
DRAWS = 1000
"""Cases of Figure 8.7 that are averaged."""
TASKS = 40
"""Random tasks of Figure 8.8 that are averaged; the book has 200."""
CASES = ((1000, 1), (1000, 3), (1000, 10), (10_000, 1))
"""Of Figure 8.8: states, and states that may follow a pair."""
SWEEPS, LOOKS = 10, 40
"""Expected updates of each pair in all, and how often the policy is looked at meanwhile."""
CONTINUES, EPSILON = 0.9, 0.1
"""A step ends the episode one time in ten; who follows the policy explores one time in ten."""


def expected_and_sample_updates() -> Figure:
    """Figure 8.7: the error that is left of an estimate while b sample updates take the time of one expected update.

    The values of the b next states are right, and drawn from a normal distribution, so the first error is 1.
    """

    def make(seed: int) -> Drawn:
        random, lines, numbers = np.random.default_rng(seed), [], []
        for b in BRANCHING:
            values = random.normal(size=(DRAWS, b))
            drawn = np.take_along_axis(values, random.integers(b, size=(DRAWS, 2 * b)), axis=1)
            # With step size 1 / t sample updates make the mean of what was drawn.
            means = drawn.cumsum(axis=1) / np.arange(1, 2 * b + 1)
            errors = np.sqrt(((means - values.mean(axis=1, keepdims=True)) ** 2).mean(axis=0))
            lines.append(Line(f"sample updates, b = {b}", np.arange(2 * b + 1) / b, [1.0, *errors]))
            numbers.append(
                Number(f"b = {b}: error after as many sample updates as an expected one costs", errors[b - 1])
            )
        lines.append(Line("expected updates", [0, 1, 1, 2], [1, 1, 0, 0], dashed=True))
        return Drawn([Panel("", "computations of max q(s', a'), in b", "RMS error", lines)], numbers)

    return Figure("Figure 8.7", "expected and sample updates", make)


class Tasks:
    """Random undiscounted tasks, all planned for at once: two actions, b states that may follow, normal rewards.

    q: [tasks, states, 2] the values so far. Every array begins with the axis of the tasks.
    """

    def __init__(self, states: int, b: int, tasks: int, random: np.random.Generator) -> None:
        self.random, self.states, self.b, self.all = random, states, b, np.arange(tasks)
        self.following = random.integers(states, size=(tasks, states, 2, b))
        self.reward = random.normal(size=(tasks, states, 2, b))
        self.begin()

    def begin(self) -> None:
        """Nothing is known, every task is at its start, and no update was made. here: [tasks] the states of now."""
        self.q = np.zeros((len(self.all), self.states, 2))
        self.here, self.done = np.zeros(len(self.all), dtype=np.intp), 0

    def update(self, state: NDArray[np.intp], action: NDArray[np.intp]) -> None:
        """An expected update of one pair of each task: state, action [tasks]."""
        after = self.following[self.all, state, action]
        best = self.q[self.all[:, None], after].max(axis=2)
        # q(s, a) <- sum_{s'} p(s' | s, a) [ r + max_a' q(s', a') ], where one step in ten ends it for nothing
        self.q[self.all, state, action] = CONTINUES * (self.reward[self.all, state, action] + best).mean(axis=1)

    def everywhere(self, updates: int) -> None:
        """So many updates, all pairs one after the other."""
        for number in range(updates):
            pair = (self.done + number) % (2 * self.states)
            self.update(np.full(len(self.all), pair // 2), np.full(len(self.all), pair % 2))
        self.done += updates

    def along_the_way(self, updates: int) -> None:
        """So many updates, of the pairs that an epsilon-greedy agent comes by from the start, state 0."""
        for _ in range(updates):
            explores = self.random.random(len(self.all)) < EPSILON
            greedy = self.q[self.all, self.here].argmax(axis=1)
            action = np.where(explores, self.random.integers(2, size=len(self.all)), greedy)
            self.update(self.here, action)
            after = self.following[self.all, self.here, action, self.random.integers(self.b, size=len(self.all))]
            self.here = np.where(self.random.random(len(self.all)) < CONTINUES, after, 0)

    def worth(self) -> float:
        """What the greedy policy is worth at the start, the mean of the tasks: by sweeps until nothing is left."""
        action = self.q.argmax(axis=2)[:, :, None, None]
        after = np.take_along_axis(self.following, action, axis=2)[:, :, 0]
        reward = np.take_along_axis(self.reward, action, axis=2)[:, :, 0].mean(axis=2)
        values = np.zeros(reward.shape)
        for _ in range(80):
            values = CONTINUES * (reward + values[self.all[:, None, None], after].mean(axis=2))
        return float(values[:, 0].mean())

    def curve(self, plan: Callable[["Tasks", int], None]) -> Floats:
        """The worth after each of LOOKS parts of the updates, from no values on."""
        self.begin()
        found = []
        for _ in range(LOOKS):
            plan(self, SWEEPS * 2 * self.states // LOOKS)
            found.append(self.worth())
        return np.array(found)


def where_updates_go() -> Figure:
    """Figure 8.8: the start's value over updates of all pairs in turn, and of those along simulated episodes."""

    def make(seed: int) -> Drawn:
        panels, numbers = [], []
        for states, b in CASES:
            tasks = Tasks(states, b, TASKS if states <= 1000 else TASKS // 4, np.random.default_rng(seed))
            updates = SWEEPS * 2 * states // LOOKS * np.arange(1, LOOKS + 1)
            on_policy, uniform = tasks.curve(Tasks.along_the_way), tasks.curve(Tasks.everywhere)
            lines = [Line("on-policy", updates, on_policy), Line("uniform", updates, uniform)]
            panels.append(Panel(f"{states:,} states, b = {b}", "expected updates", "value of the start", lines))
            case = f"{states:,} states, b = {b}"
            early, late = (on_policy - uniform)[[0, -1]]
            numbers += [
                Number(f"{case}: on-policy ahead by, after a quarter of a sweep", early),
                Number(f"{case}: on-policy ahead by, after ten", late),
            ]
        return Drawn(panels, numbers)

    return Figure("Figure 8.8", "updates along episodes and everywhere, the mean of random tasks", make)


FIGURES = [expected_and_sample_updates(), where_updates_go()]

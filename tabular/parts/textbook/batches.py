"""Chapter 6 of the book, prediction: the walk over five states, one episode at a time and in batches."""

from typing import Any

from common.figures import Drawn, Figure, Number, Panel
from common.runs.curves import Line
from tabular.parts.textbook.random_walk import Walks, n_step, walks

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STATES, RUNS, EPISODES = 5, 100, 100
TRUE_VALUES = np.arange(1, 6) / 6
FIRST_VALUE = 0.5
WHOLE = 10**6
"""Steps that no walk has: n-step TD with so many is Monte Carlo."""


def _walks(seed: int) -> list[Walks]:
    random = np.random.default_rng(seed)
    return [walks(random, RUNS, STATES, left=0.0) for _ in range(EPISODES)]


def _error(values: Floats) -> Floats:
    """[..., runs] the RMS error over the states of values [..., runs, states]."""
    error: Floats = np.sqrt(((values - TRUE_VALUES) ** 2).mean(axis=-1))
    return error


def _one_by_one(seed: int) -> Drawn:
    """Example 6.2: TD(0) and Monte Carlo with constant step sizes."""
    episodes, x = _walks(seed), np.arange(EPISODES + 1)
    kinds = {"TD(0)": (1, np.array([0.05, 0.1, 0.15])), "Monte Carlo": (WHOLE, np.array([0.01, 0.02, 0.03, 0.04]))}
    lines, numbers = [], []
    for title, (n, sizes) in kinds.items():
        values = np.full((len(sizes), RUNS, STATES), FIRST_VALUE)
        errors = [_error(values)]
        for walk in episodes:
            n_step(values, walk, sizes[:, None], n)
            errors.append(_error(values))
        for at, size in enumerate(sizes):
            name = f"{title}, step size {size:g}"
            lines.append(Line(name, x, [float(error[at].mean()) for error in errors], dashed=n == WHOLE))
            last = errors[-1][at]
            numbers.append(Number(f"{name}: RMS error after 100 episodes", last.mean(), "", last.std() / RUNS**0.5, 3))
    return Drawn([Panel("", "episodes", "RMS error over the states", lines)], numbers)


def batch_values(episodes: list[Walks]) -> tuple[Floats, Floats]:
    """[runs, states] where batch TD and batch Monte Carlo settle on these walks.

    Batch TD: the values of the chain whose probabilities are those counted; batch Monte Carlo: the mean return. A
    state that no walk came to keeps its first value.
    """
    runs = len(episodes[0].lengths)
    moves, ends = np.zeros((runs, STATES, STATES)), np.zeros((runs, STATES))
    returns, visits = np.zeros((runs, STATES)), np.zeros((runs, STATES))
    every = np.arange(runs)
    for walk in episodes:
        for t in range(walk.lengths.max()):
            alive, last = t < walk.lengths, t + 1 == walk.lengths
            here, onward = walk.states[:, t], walk.states[:, t + 1]
            visits[every, here] += alive
            returns[every, here] += alive * walk.ends
            ends[every, here] += last * walk.ends
            moves[every, here, onward] += alive & ~last
    seen = visits > 0
    counted = np.maximum(visits, 1)
    known = np.where(seen, ends / counted, FIRST_VALUE)
    system = np.eye(STATES) - np.where(seen[:, :, None], moves / counted[:, :, None], 0.0)
    solved = np.linalg.solve(system, known[:, :, None])[:, :, 0].astype(np.float64)
    return solved, np.where(seen, returns / counted, FIRST_VALUE)


def _in_batches(seed: int) -> Drawn:
    """Figure 6.2: after every episode, what all episodes so far say."""
    episodes, x = _walks(seed), np.arange(1, EPISODES + 1)
    settled = [batch_values(episodes[:count]) for count in range(1, EPISODES + 1)]
    td, monte_carlo = (np.array([_error(pair[kind]) for pair in settled]) for kind in (0, 1))
    lines = [Line("batch TD", x, td.mean(axis=1)), Line("batch Monte Carlo", x, monte_carlo.mean(axis=1))]
    better = float((td.mean(axis=1) < monte_carlo.mean(axis=1))[2:].mean())
    numbers = [
        Number("batch TD: RMS error after 100 episodes", td[-1].mean(), "", td[-1].std() / RUNS**0.5, 3),
        Number(
            "batch Monte Carlo: RMS error after 100 episodes",
            monte_carlo[-1].mean(),
            "",
            monte_carlo[-1].std() / RUNS**0.5,
            3,
        ),
        Number(
            "episodes, from the third on, after which TD is better", 100 * better, "consistently", digits=0, unit=" %"
        ),
    ]
    return Drawn([Panel("", "episodes", "RMS error over the states", lines)], numbers)


def example_6_4(td: Any, monte_carlo: Any, options: Any) -> Figure:
    """Eight episodes of two states, given to the two kinds of table of the chapter."""

    def make(seed: int) -> Drawn:
        a, b, end = 0, 1, 2
        data = [[(a, 0.0, b, 1), (b, 0.0, end, 0)], *[[(b, 1.0, end, 0)]] * 6, [(b, 0.0, end, 0)]]
        numbers, lines = [], []
        for title, kind, book in (("batch TD", td, "3/4"), ("batch Monte Carlo", monte_carlo, "0")):
            agent = kind(np.ones((3, 1)), options)
            for episode in data:
                agent.remember(list(episode))
            agent.settle()
            numbers.append(Number(f"{title}: v(A)", agent.table[a], book))
            numbers.append(Number(f"{title}: v(B)", agent.table[b], "3/4"))
            lines.append(Line(title, ["A", "B"], agent.table[:2]))
        return Drawn(
            [Panel(line.label, "state", "value", [line], kind="bars", limits=(0, 1)) for line in lines], numbers
        )

    return Figure("Example 6.4", "what eight episodes of two states say", make)


example_6_2 = Figure("Example 6.2", "TD(0) and Monte Carlo on the walk over five states, 100 runs", _one_by_one)
figure_6_2 = Figure("Figure 6.2", "batch TD and batch Monte Carlo on the walk over five states, 100 runs", _in_batches)

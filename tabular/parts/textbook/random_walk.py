"""Chapters 7 and 12 of the book: nineteen states in a row, RMS error over step size, n and lambda.

All step sizes learn side by side from the same hundred sets of ten walks, as the book's figures do. Discount 1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from common.figures import Drawn, Figure, Number, Panel
from common.runs.curves import Line

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STATES, RUNS, EPISODES = 19, 100, 10
TRUE_VALUES = np.arange(-9, 10) / 10
N_STEPS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
LAMBDAS = (0.0, 0.4, 0.8, 0.9, 0.95, 0.975, 0.99, 1.0)
STEP_SIZES = np.concatenate([np.arange(0, 0.1, 0.01), np.arange(0.1, 1.001, 0.05)])
MOST_SHOWN = 0.55
"""The top of the book's axis; errors above it are not drawn."""


@dataclass(frozen=True)
class Walks:
    """One episode of each run. states [runs, longest + 1]: 0 to 18, where each walk is at each time, its last state
    repeated; lengths [runs]: steps until it leaves; ends [runs]: what leaving pays."""

    states: NDArray[np.intp]
    lengths: NDArray[np.intp]
    ends: Floats


def walks(random: np.random.Generator, runs: int = RUNS, states: int = STATES, left: float = -1.0) -> Walks:
    """A walk from the middle for each run, until all have left; left: what leaving there pays, 1 being the right's."""
    at = np.full(runs, states // 2)
    places, lengths = [at], np.zeros(runs, np.intp)
    while (lengths == 0).any():
        going = lengths == 0
        at = np.where(going, at + random.choice([-1, 1], runs), at)
        out = going & ((at < 0) | (at >= states))
        lengths[out] = len(places)
        places.append(at)
    been = np.array(places).T
    return Walks(np.clip(been, 0, states - 1), lengths, np.where(been[:, -1] < 0, left, 1.0))


def n_step(values: Floats, walk: Walks, step_size: Floats, n: int) -> None:
    """n-step TD on the values [step sizes, runs, states], in place; step_size [step sizes, 1]."""
    runs = np.arange(len(walk.lengths))
    for t in range(walk.lengths.max()):
        later = np.minimum(t + n, walk.states.shape[1] - 1)
        target = np.where(t + n < walk.lengths, values[:, runs, walk.states[:, later]], walk.ends)
        here = walk.states[:, t]
        old = values[:, runs, here]
        values[:, runs, here] = old + step_size * (t < walk.lengths) * (target - old)


def off_line(values: Floats, walk: Walks, step_size: Floats, decay: float) -> None:
    """The off-line lambda-return algorithm: all targets from the values at the episode's beginning, equation 12.4."""
    runs = np.arange(len(walk.lengths))
    longest = walk.lengths.max()
    targets = np.empty((longest, *values.shape[:2]))
    g = np.broadcast_to(walk.ends, values.shape[:2])
    for t in range(longest - 1, -1, -1):
        # G_t = r + (1 - lambda) * v(s') + lambda * G_{t+1}      at the last step what leaving pays, before it unused
        mixed = (1 - decay) * values[:, runs, walk.states[:, t + 1]] + decay * g
        g = np.where(t + 1 < walk.lengths, mixed, walk.ends)
        targets[t] = g
    for t in range(longest):
        here = walk.states[:, t]
        old = values[:, runs, here]
        values[:, runs, here] = old + step_size * (t < walk.lengths) * (targets[t] - old)


def traced(values: Floats, walk: Walks, step_size: Floats, decay: float, kind: str) -> None:
    """TD(lambda) with accumulating, replacing or dutch traces, the last as true online TD(lambda), section 12.5."""
    runs = np.arange(len(walk.lengths))
    traces = np.zeros_like(values)
    expected: Floats | None = None
    for t in range(walk.lengths.max()):
        alive = t < walk.lengths
        here, onward = walk.states[:, t], walk.states[:, t + 1]
        old = values[:, runs, here]
        after = np.where(t + 1 < walk.lengths, values[:, runs, onward], walk.ends)
        traces *= decay
        trace = traces[:, runs, here]
        new = {"accumulating": trace + 1, "replacing": np.ones_like(trace), "dutch": trace + 1 - step_size * trace}
        traces[:, runs, here] = new[kind]
        moved = old - expected if kind == "dutch" and expected is not None else np.zeros_like(old)
        values += (step_size * alive * (after - old + moved))[:, :, None] * traces
        values[:, runs, here] -= step_size * alive * moved
        expected = after


Algorithm = Callable[[Floats, Walks, Floats], None]


def errors(algorithm: Algorithm, episodes: Sequence[Walks], step_sizes: Floats = STEP_SIZES) -> Floats:
    """[step sizes, runs] the RMS error over the states, the mean of what it is after each episode."""
    runs = len(episodes[0].lengths)
    values = np.zeros((len(step_sizes), runs, STATES))
    total = np.zeros((len(step_sizes), runs))
    with np.errstate(over="ignore", invalid="ignore"):
        for walk in episodes:
            algorithm(values, walk, step_sizes[:, None])
            total += np.sqrt(np.mean((values - TRUE_VALUES) ** 2, axis=2))
    # Large step sizes with large traces leave all bounds; what is beyond the book's axis is not told apart.
    return np.minimum(np.nan_to_num(total / len(episodes), nan=np.inf), 10.0)


def _sets(seed: int) -> list[Walks]:
    random = np.random.default_rng(seed)
    return [walks(random) for _ in range(EPISODES)]


def _study(
    seed: int, named: Sequence[tuple[str, Algorithm]], title: str = ""
) -> tuple[Panel, dict[str, tuple[float, float, float]]]:
    """The curves, and of each the best (step size, error, its standard error)."""
    episodes = _sets(seed)
    lines, best = [], {}
    for name, algorithm in named:
        found = errors(algorithm, episodes)
        mean = found.mean(axis=1)
        at = int(mean.argmin())
        best[name] = (float(STEP_SIZES[at]), float(mean[at]), float(found[at].std() / RUNS**0.5))
        shown = mean <= MOST_SHOWN
        lines.append(Line(name, STEP_SIZES[shown], mean[shown]))
    label = "RMS error over the states, mean of 10 episodes"
    return Panel(title, "step size", label, lines, limits=(0.25, MOST_SHOWN)), best


def _number(label: str, found: tuple[float, float, float], book: str = "") -> Number:
    size, error, spread = found
    return Number(f"{label}, step size {size:.2g}: RMS error", error, book, spread, 3)


def _n_steps() -> list[tuple[str, Algorithm]]:
    def of(n: int) -> Algorithm:
        return lambda values, walk, step_size: n_step(values, walk, step_size, n)

    return [(f"n = {n}", of(n)) for n in N_STEPS]


def _off_line() -> list[tuple[str, Algorithm]]:
    def of(decay: float) -> Algorithm:
        return lambda values, walk, step_size: off_line(values, walk, step_size, decay)

    return [(f"lambda = {decay:g}", of(decay)) for decay in LAMBDAS]


def _traced(kind: str) -> list[tuple[str, Algorithm]]:
    def of(decay: float) -> Algorithm:
        return lambda values, walk, step_size: traced(values, walk, step_size, decay, kind)

    return [(f"lambda = {decay:g}", of(decay)) for decay in LAMBDAS]


def _lowest(best: dict[str, tuple[float, float, float]]) -> str:
    return min(best, key=lambda name: best[name][1])


def _figure_7_2(seed: int) -> Drawn:
    panel, best = _study(seed, _n_steps())
    name = _lowest(best)
    ends = [_number(each, best[each]) for each in ("n = 1", "n = 512")]
    return Drawn([panel], [_number(f"best: {name}", best[name], "n = 4"), *ends])


def _beside_off_line(seed: int, title: str, named: Sequence[tuple[str, Algorithm]]) -> Drawn:
    """An algorithm beside the off-line lambda-return algorithm."""
    panel, best = _study(seed, named, title)
    off, best_off = _study(seed, _off_line(), "off-line lambda-return")
    name, other = _lowest(best), _lowest(best_off)
    last = list(best)[-1]
    numbers = [
        _number(f"{title}, best: {name}", best[name]),
        _number(f"off-line lambda-return, best: {other}", best_off[other]),
        _number(f"{title}: {last}", best[last]),
        _number("off-line lambda-return: lambda = 1", best_off["lambda = 1"]),
    ]
    return Drawn([panel, off], numbers)


figure_7_2 = Figure("Figure 7.2", "n-step TD on the walk over 19 states, 100 runs", _figure_7_2)
LAMBDA_FIGURES = [
    Figure(
        "Figure 12.3",
        "the off-line lambda-return algorithm beside n-step TD, 100 runs",
        lambda seed: _beside_off_line(seed, "n-step TD", _n_steps()),
    ),
    Figure(
        "Figure 12.6",
        "TD(lambda), accumulating traces, beside the off-line lambda-return algorithm, 100 runs",
        lambda seed: _beside_off_line(seed, "TD(lambda)", _traced("accumulating")),
    ),
    Figure(
        "Figure 12.8",
        "true online TD(lambda), dutch traces, beside the off-line lambda-return algorithm, 100 runs",
        lambda seed: _beside_off_line(seed, "true online TD(lambda)", _traced("dutch")),
    ),
]

"""A trust region in pictures: a step too long, on a policy of two weights; and TRPO's KL divergence, update by update.

    python benchmarks/solve.py trpo               ten seeds, whose runs the second picture is of
    python benchmarks/trust_region.py             writes deep/images/trust-region.png and deep/images/trpo-kl.png

The world of the first picture is small enough to compute everything: a corridor of three cells, -1 a step, the goal on
the right (after Sutton and Barto 2018, example 13.1). In the middle cell the actions are exchanged, and the policy
cannot tell the middle from the last cell: pi(right) = sigmoid(w1) in the first cell, sigmoid(w1 + w2) in the other two.
The second is of benchmarks/results/trpo-kl.csv, which is written anew where the runs of solve.py are.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import deep.trpo
from benchmarks.parts.chapter_process import ROOT
from common.files import atomic_write
from common.options import CheckedOptions, Positive, launch
from common.runs.curves import COLOURS, Line, save_csv, save_curve

import numpy as np

Array = np.ndarray
FEATURES = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 1.0]])
NEXT = np.array([[0, 1], [2, 0], [1, 3]])
"""[cell, action] where left and right lead; 3 is the goal"""
DISCOUNT = 0.95
START = np.array([0.0, -1.5])
LONG = 4.0
"""length of the step that is too long"""


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Draw the trust region."""

    delta: Positive = 0.05
    """the KL divergence that bounds the region of the first picture"""
    runs: Path = Path("results") / "solve" / "trpo"
    """folder of solve.py's runs"""
    table: Path = ROOT / "benchmarks" / "results" / "trpo-kl.csv"
    """the KL divergences, a row an update"""
    pictures: Path = ROOT / "deep" / "images"
    """where the pictures go"""


def policy(w: Array) -> Array:
    """[cell, action] the probabilities of left and right."""
    right = 1 / (1 + np.exp(-FEATURES @ w))
    return np.stack([1 - right, right], axis=1)


@dataclass(frozen=True)
class Judged:
    """A policy, its value in the first cell, how often it is in each cell (discounted), and its advantages."""

    pi: Array
    value: float
    visits: Array
    advantages: Array


def judged(w: Array) -> Judged:
    """Solve the Bellman equation of the policy with these weights."""
    pi = policy(w)
    moves = np.zeros((3, 4))
    for cell in range(3):
        np.add.at(moves[cell], NEXT[cell], pi[cell])
    inside = np.eye(3) - DISCOUNT * moves[:, :3]
    values = np.linalg.solve(inside, -np.ones(3))
    visits = np.linalg.solve(inside.T, np.eye(3)[0])
    advantages = -1 + DISCOUNT * np.append(values, 0.0)[NEXT] - values[:, None]
    return Judged(pi, float(values[0]), visits, advantages)


def surrogate(old: Judged, w: Array) -> float:
    """L + J(old): what a policy seems to be worth where the old one has been."""
    return old.value + float((old.visits[:, None] * policy(w) * old.advantages).sum())


def divergence(old: Judged, w: Array) -> float:
    """The mean KL divergence from the old policy, over the cells as the old one visits them."""
    weight = old.visits / old.visits.sum()
    return float((weight[:, None] * old.pi * np.log(old.pi / policy(w))).sum())


def gradient(old: Judged) -> Array:
    """Of J and of L, at the old weights."""
    left, right = old.pi.T
    return np.asarray((old.visits * left * right * (old.advantages[:, 1] - old.advantages[:, 0])) @ FEATURES)


def fisher(old: Judged) -> Array:
    """[2, 2] the curvature of the KL divergence at the old weights."""
    left, right = old.pi.T
    return np.asarray((FEATURES.T * (old.visits / old.visits.sum() * left * right)) @ FEATURES)


def natural_step(old: Judged, delta: float) -> Array:
    """As far along F^-1 g as the quadratic model of the KL divergence allows."""
    natural = np.linalg.solve(fisher(old), gradient(old))
    return np.asarray(np.sqrt(2 * delta / (natural @ fisher(old) @ natural)) * natural)


def draw_corridor(path: Path, delta: float) -> None:
    """Left: J over both weights, with the region and three steps. Right: J and L along the gradient."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    old = judged(START)
    along = gradient(old) / np.linalg.norm(gradient(old))
    figure = Figure(figsize=(11, 4.8), layout="constrained")
    FigureCanvasAgg(figure)
    plane, side = figure.subplots(1, 2)

    first, second = np.linspace(-2.2, 4.2, 90), np.linspace(-4.0, 2.2, 90)
    grid = np.array([[[x, y] for x in first] for y in second])
    heights = np.array([[judged(w).value for w in row] for row in grid])
    apart = np.array([[divergence(old, w) for w in row] for row in grid])
    shades = plane.contourf(first, second, heights, levels=14, cmap="cividis", alpha=0.85)
    figure.colorbar(shades, ax=plane, label="J")
    plane.contour(first, second, apart, levels=[delta], colors="white", linewidths=2)
    circle = np.stack([np.cos(turn := np.linspace(0, 2 * np.pi, 200)), np.sin(turn)])
    bowl = START[:, None] + np.sqrt(2 * delta) * np.linalg.solve(np.linalg.cholesky(fisher(old)).T, circle)
    plane.plot(*bowl, "--", color="white", linewidth=1.2)
    for step, colour in ((LONG * along, COLOURS[1]), (natural_step(old, delta), "black")):
        plane.annotate("", START + step, START, arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 2.2})
    plane.plot(*START, "o", color="white", markersize=7)
    box = {"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
    for x, y, text in ((3.3, 1.1, "g"), (-0.5, -1.2, "F⁻¹g"), (-1.5, -2.6, f"KL = {delta:g}")):
        plane.text(x, y, text, fontsize=12, ha="center", bbox=box)
    plane.set(xlabel="w₁", ylabel="w₂", xlim=(first[0], first[-1]), ylim=(second[0], second[-1]))

    lengths = np.linspace(0, LONG + 0.5, 200)
    steps = START + lengths[:, None] * along
    inside = lengths[np.array([divergence(old, w) for w in steps]) <= delta]
    side.axvspan(0, inside.max(), color=COLOURS[2], alpha=0.25, label=f"KL ≤ {delta:g}")
    side.plot(lengths, [judged(w).value for w in steps], color=COLOURS[0], linewidth=2.2, label="J")
    side.plot(lengths, [surrogate(old, w) for w in steps], "--", color=COLOURS[1], linewidth=2.2, label="J(old) + L")
    side.set(xlabel="|Δw|  (g)", xlim=(0, lengths[-1]))
    side.grid(alpha=0.25)
    side.spines[["top", "right"]].set_visible(False)
    side.legend(frameon=False, loc="upper left")
    with atomic_write(path) as temporary:
        figure.savefig(temporary, dpi=120)


def divergences_of(runs: Path) -> dict[str, list[Any]]:
    """A row an evaluation of every run, which with the default options is one an update."""
    names = ("steps", "kl", "largest_kl", "length", "entropy", "score")
    table: dict[str, list[Any]] = {name: [] for name in ("seed", *names)}
    for folder in sorted(runs.glob("seed-*"), key=lambda path: int(path.name.removeprefix("seed-"))):
        with (folder / "progress.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                table["seed"].append(folder.name.removeprefix("seed-"))
                for name in names:
                    table[name].append(row[name])
    return table


def draw_divergences(path: Path, table: Path) -> None:
    """The KL divergence of every update, a line a seed, and the bound."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines: list[Line] = []
    for seed in dict.fromkeys(row["seed"] for row in rows):
        steps, kl = zip(*((int(row["steps"]), float(row["kl"])) for row in rows if row["seed"] == seed), strict=True)
        lines.append(Line("" if lines else "KL", steps, kl))
    delta = deep.trpo.Options().delta
    limits, bound = (0.0, 1.2 * delta), ("delta", delta)
    save_curve(path, "trpo on CartPole-v1", "environment steps", "KL", lines, y_limits=limits, target=bound)


def main(options: Options) -> int:
    """Draw both."""
    draw_corridor(options.pictures / "trust-region.png", options.delta)
    if options.runs.is_dir():
        save_csv(options.table, divergences_of(options.runs))
    draw_divergences(options.pictures / "trpo-kl.png", options.table)
    old = judged(START)
    along = gradient(old) / np.linalg.norm(gradient(old))
    for name, step in (("0", 0 * along), ("1 along g", along), (f"{LONG:g} along g", LONG * along),
                       ("the natural step", natural_step(old, options.delta))):  # fmt: skip
        value, promised, kl = judged(START + step).value, surrogate(old, START + step), divergence(old, START + step)
        print(f"{name}: J {value:.1f}, J(old) + L {promised:.1f}, KL {kl:.3f}")
    return 0


if __name__ == "__main__":
    launch(main, Options)

"""The chapters that play Pendulum-v1 side by side: a row each, and their learning curves in one figure.

    python benchmarks/parts/pendulum.py

Reads the raw tables that `solve.py` wrote to benchmarks/results/, NAME.csv and NAME-curve.csv, of those of the names
below that have them; prints the rows and draws deep/images/pendulum.png.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from benchmarks.parts.chapter_process import ROOT
from benchmarks.parts.result_rows import row
from common.options import launch
from common.runs.curves import Line, save_curve
from common.runs.evaluation import TARGETS

ON_POLICY = ("a2c-pendulum", "trpo-pendulum", "ppo-pendulum")
OFF_POLICY = ("ddpg", "td3", "sac")


@dataclass(frozen=True)
class Options:
    """Print the rows and draw the figure."""

    picture: Path = ROOT / "deep" / "images" / "pendulum.png"
    """where the figure goes"""


def measured() -> list[str]:
    """The names that have a raw table: first those that forget a rollout once they have learned from it."""
    return [name for name in (*ON_POLICY, *OFF_POLICY) if row(name) is not None]


def curve(name: str) -> Line:
    """The greedy return over steps, median and quartiles; dashed on-policy; says of how many seeds if not of ten."""
    with (ROOT / "benchmarks" / "results" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        seeds = sum(1 for _ in csv.DictReader(file))
    title = name.removesuffix("-pendulum") + (f" ({seeds} seeds)" if seeds != 10 else "")
    with (ROOT / "benchmarks" / "results" / f"{name}-curve.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    steps, median, low, high = ([float(each[column]) for each in rows] for column in ("steps", "median", "low", "high"))
    return Line(title, steps, median, low, high, dashed=name in ON_POLICY)


def main(options: Options) -> int:
    """Print a row a name, draw the figure."""
    names = measured()
    print("| | solved | steps, median | worst | seconds, median | worst | mean return |")
    print("|---|---|---|---|---|---|---|")
    for name in names:
        print(row(name))
    save_curve(
        options.picture,
        "Pendulum-v1: median and quartiles over ten seeds, dashed on-policy",
        "environment steps",
        "greedy return",
        [curve(name) for name in names],
        log_x=True,
        target=("solved", TARGETS["Pendulum-v1"]),
    )
    return 0


if __name__ == "__main__":
    launch(main, Options)

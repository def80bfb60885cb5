"""Runs a deep chapter with its default options over several seeds: a table, a curve and a row for the pages.

    python benchmarks/solve.py dqn --seeds 10

Every seed is a process of its own with one thread; seconds are right only while the machine has a core for each of the
--processes that run side by side. Writes benchmarks/results/NAME.csv (a row a seed),
benchmarks/results/NAME-curve.csv (greedy return over steps: median and quartiles over the seeds) and
deep/images/NAME.png, and prints the row. NAME is the chapter, or the --label given to a variant:

    python benchmarks/solve.py dqn --label dqn-every-step --arguments="--learn-every 1"
"""

import csv
import shlex
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from benchmarks.parts.chapter_process import ROOT, train_chapter
from benchmarks.parts.result_rows import row
from common.options import CheckedOptions, Count, launch
from common.runs.curves import Line, quartiles_over_seeds, save_csv, save_curve

import numpy as np
import tyro
from tqdm import tqdm

TABLES = ROOT / "benchmarks" / "results"
PICTURES = ROOT / "deep" / "images"


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Train a deep chapter over several seeds."""

    chapter: Annotated[str, tyro.conf.Positional]
    """the chapter's name: dqn, a2c, ..."""
    seeds: Count = 10
    """how many seeds, from --first on"""
    first: int = 0
    """the first seed"""
    label: str = ""
    """name of the results instead of the chapter's"""
    arguments: str = ""
    """more options for the chapter, in one string"""
    processes: Count = 1
    """seeds that run side by side"""
    runs: Path = Path("results") / "solve"
    """folder for the runs themselves"""


def greedy_curve(folder: Path, grid: np.ndarray) -> np.ndarray:
    """The greedy return at each step of the grid; a run that has stopped keeps its last one."""
    with (folder / "progress.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    steps = [float(row["steps"]) for row in rows]
    return np.interp(grid, steps, [float(row["evaluation"]) for row in rows])


def main(options: Options) -> int:
    """Run all seeds, write the table and the curve, print the row."""
    name = options.label or options.chapter
    seeds = range(options.first, options.first + options.seeds)
    folders = [options.runs / name / f"seed-{seed}" for seed in seeds]
    arguments = shlex.split(options.arguments)
    with ThreadPoolExecutor(options.processes) as side_by_side:
        runs = side_by_side.map(lambda seed, to: train_chapter(options.chapter, seed, to, arguments), seeds, folders)
        summaries = list(tqdm(runs, total=options.seeds, desc=name, unit="seed", disable=None))
    columns = ["seed", "solved", "steps", "episodes", "seconds", "startup_seconds"]
    table = {column: [summary[column] for summary in summaries] for column in columns}
    table |= {
        f"return_{what}": [summary["evaluation"][what] for summary in summaries] for what in ("mean", "std", "min")
    }
    save_csv(TABLES / f"{name}.csv", table)

    every = summaries[0]["evaluate_every"]
    grid = np.arange(every, max(table["steps"]) + every, every)
    median, low, high = quartiles_over_seeds(np.array([greedy_curve(folder, grid) for folder in folders]))
    save_csv(
        TABLES / f"{name}-curve.csv",
        {"steps": list(grid), "median": list(median), "low": list(low), "high": list(high)},
    )
    target = summaries[0]["target"]
    save_curve(
        PICTURES / f"{name}.png",
        f"{name} on {summaries[0]['env']}: {options.seeds} seeds",
        "environment steps",
        "greedy return",
        [Line("median and quartiles", grid, median, low, high)],
        target=None if target is None else ("solved", target),
    )
    print("| | solved | steps, median | worst | seconds, median | worst | mean return |")
    print("|---|---|---|---|---|---|---|")
    print(row(name))
    return 0


if __name__ == "__main__":
    launch(main, Options)

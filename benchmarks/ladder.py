"""What each idea after DQN is worth: the chapters of the ladder against DQN, seed for seed.

    for chapter in dqn double_dqn dueling_dqn prioritised_dqn n_step_dqn; do python benchmarks/solve.py $chapter; done
    python benchmarks/ladder.py

Reads the raw tables of solve.py, which must be of the same seeds; prints the table, writes it to
benchmarks/results/ladder.csv and draws how many seeds were solved after how many steps. A seed that was not solved
counts in the table with the steps at which its run gave up, and not at all in the picture.
"""

import csv
import statistics
from dataclasses import dataclass
from pathlib import Path

from benchmarks.parts.chapter_process import ROOT
from benchmarks.parts.result_rows import row
from common.errors import UserError
from common.options import launch
from common.runs.curves import Line, save_csv, save_curve

import numpy as np
from scipy.stats import mannwhitneyu

HEAD = "| | solved | steps, median | worst | seconds, median | worst | mean return | sooner than {} | steps ratio | p |"


@dataclass(frozen=True)
class Options:
    """Compare the chapters of a ladder with its first."""

    names: tuple[str, ...] = ("dqn", "double_dqn", "dueling_dqn", "prioritised_dqn", "n_step_dqn")
    """names of the results in benchmarks/results/, the one to compare with first"""
    table: Path = ROOT / "benchmarks" / "results" / "ladder.csv"
    """where the table goes"""
    picture: Path = ROOT / "deep" / "images" / "ladder.png"
    """where the picture goes"""


def steps_of(name: str) -> dict[int, tuple[bool, int]]:
    """Of each seed, whether it was solved and in how many steps. Raises UserError without a raw table."""
    path = ROOT / "benchmarks" / "results" / f"{name}.csv"
    if not path.is_file():
        raise UserError(f"there is no {path}: run  python benchmarks/solve.py {name}  first")
    with path.open(encoding="utf-8", newline="") as file:
        return {int(each["seed"]): (each["solved"] == "True", int(each["steps"])) for each in csv.DictReader(file)}


def against(one: dict[int, tuple[bool, int]], other: dict[int, tuple[bool, int]]) -> tuple[int, float, float]:
    """On how many seeds `one` was solved sooner, and the median over the seeds of its steps as a multiple of other's.

    The third number is the p of a rank test (Mann-Whitney, two-sided): how often steps would differ as much as this if
    the two were equally fast. Raises UserError where the seeds are not the same.
    """
    if one.keys() != other.keys():
        raise UserError(f"seeds {sorted(one)} and {sorted(other)} cannot be compared: run solve.py with the same ones")
    sooner = sum(one[seed][0] and (not other[seed][0] or one[seed][1] < other[seed][1]) for seed in one)
    steps, other_steps = ([count for _, count in each.values()] for each in (one, other))
    chance = float(mannwhitneyu(steps, other_steps).pvalue)
    return sooner, statistics.median(one[seed][1] / other[seed][1] for seed in one), chance


def solved_so_far(name: str, seeds: dict[int, tuple[bool, int]]) -> Line:
    """A staircase: how many of the seeds were solved after so many steps."""
    steps = sorted(count for solved, count in seeds.values() if solved)
    return Line(name, np.repeat([0, *steps], 2)[1:], np.repeat(np.arange(len(steps) + 1), 2)[:-1])


def main(options: Options) -> int:
    """Print and write the table, draw the picture."""
    first, *rest = options.names
    steps = {name: steps_of(name) for name in options.names}
    compared = {name: against(steps[name], steps[first]) for name in rest}
    print(HEAD.format(first))
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    print(f"{row(first)} | | |")
    for name, (sooner, ratio, chance) in compared.items():
        print(f"{row(name)} {sooner}/{len(steps[name])} | {ratio:.2f} | {chance:.2f} |")
    save_csv(
        options.table,
        {
            "name": list(options.names),
            "seeds": [len(steps[name]) for name in options.names],
            "solved": [sum(solved for solved, _ in steps[name].values()) for name in options.names],
            "median_steps": [statistics.median(count for _, count in steps[name].values()) for name in options.names],
            "worst_steps": [max(count for _, count in steps[name].values()) for name in options.names],
            "sooner": ["", *(sooner for sooner, _, _ in compared.values())],
            "median_ratio": ["", *(round(ratio, 4) for _, ratio, _ in compared.values())],
            "p": ["", *(round(chance, 4) for *_, chance in compared.values())],
        },
    )
    lines = [solved_so_far(name, steps[name]) for name in options.names]
    save_curve(options.picture, "CartPole-v1: seeds solved so far", "environment steps", "seeds", lines)
    print(f"\nwritten: {options.table} and {options.picture}")
    return 0


if __name__ == "__main__":
    launch(main, Options)

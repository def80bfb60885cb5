"""What each idea after DQN is worth: the chapters of the ladder against DQN, seed for seed.

    for chapter in dqn double_dqn dueling_dqn prioritised_dqn n_step_dqn; do python benchmarks/solve.py $chapter; done
    python benchmarks/ladder.py

Reads the raw tables of solve.py, which must be of the same seeds; prints the table, writes it to
benchmarks/results/ladder.csv and draws the curves together. A seed that was not solved counts with the steps at which
its run gave up.
"""

import csv
import statistics
from dataclasses import dataclass
from pathlib import Path

from benchmarks.compare import line
from benchmarks.parts.chapter_process import ROOT
from benchmarks.parts.result_rows import row
from common.environments.make import make_environment
from common.errors import UserError
from common.options import launch
from common.runs.curves import save_csv, save_curve

HEAD = "| | solved | steps, median | worst | seconds, median | worst | mean return | sooner than {} | steps of {}'s |"


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


def against(one: dict[int, tuple[bool, int]], other: dict[int, tuple[bool, int]]) -> tuple[int, float]:
    """On how many seeds `one` was solved sooner, and the median over the seeds of its steps as a multiple of other's.

    Raises UserError where the seeds are not the same."""
    if one.keys() != other.keys():
        raise UserError(f"seeds {sorted(one)} and {sorted(other)} cannot be compared: run solve.py with the same ones")
    sooner = sum(one[seed][0] and (not other[seed][0] or one[seed][1] < other[seed][1]) for seed in one)
    return sooner, statistics.median(one[seed][1] / other[seed][1] for seed in one)


def main(options: Options) -> int:
    """Print and write the table, draw the picture."""
    first, *rest = options.names
    steps = {name: steps_of(name) for name in options.names}
    compared = {name: against(steps[name], steps[first]) for name in rest}
    print(HEAD.format(first, first))
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    print(f"{row(first)} | |")
    for name, (sooner, ratio) in compared.items():
        print(f"{row(name)} {sooner}/{len(steps[name])} | {ratio:.2f} |")
    save_csv(
        options.table,
        {
            "name": list(options.names),
            "seeds": [len(steps[name]) for name in options.names],
            "solved": [sum(solved for solved, _ in steps[name].values()) for name in options.names],
            "median_steps": [statistics.median(count for _, count in steps[name].values()) for name in options.names],
            "worst_steps": [max(count for _, count in steps[name].values()) for name in options.names],
            "sooner": ["", *(sooner for sooner, _ in compared.values())],
            "median_ratio": ["", *(round(ratio, 4) for _, ratio in compared.values())],
        },
    )
    lines = [line(name) for name in options.names]
    threshold = make_environment("CartPole-v1").spec.reward_threshold  # type: ignore[union-attr]  # it is registered
    title = "CartPole-v1: median and quartiles over seeds"
    save_curve(options.picture, title, "environment steps", "greedy return", lines, target=("solved", threshold or 0.0))
    print(f"\nwritten: {options.table} and {options.picture}")
    return 0


if __name__ == "__main__":
    launch(main, Options)

"""What several learners bring, and what gradients of older weights cost: A3C beside A2C.

    python benchmarks/learners/asynchronous.py             A2C, then A3C with 1, 2 and 4 learners, seed after seed
    python benchmarks/learners/asynchronous.py --in-turn   1 to 16 learners that take turns: gradients grow older

Prints a row for each, medians over the seeds, and writes benchmarks/results/asynchronous.csv or
asynchronous-in-turn.csv with a row a run. Seconds are right while the machine does little else; they are from the first
step on, and what it takes to start stands apart. Steps in turn are the same again on the same machine.
"""

import csv
import os
import statistics
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.parts.chapter_process import ROOT, train_chapter
from common.options import CheckedOptions, Count, Sizes, launch, parse
from common.runs.curves import save_csv
from common.runs.results import read_json
from deep.a3c import A3C, train
from deep.a3c import Options as Chapter
from deep.parts.launch import start

from tqdm import tqdm

TABLES = ROOT / "benchmarks" / "results"


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Compare numbers of learners."""

    in_turn: bool = False
    """the learners take turns in this process, so that only the age of the gradients differs"""
    learners: Sizes = ()
    """numbers of learners; without them 1 2 4, in turn 1 2 4 8 16"""
    seeds: Count = 10
    """how many seeds, from 0 on"""
    runs: Path = Path("results") / "asynchronous"
    """folder for the runs themselves"""


def runs(options: Options) -> Iterator[tuple[str, int, Path]]:
    """Name, seed and folder of every run, one after the other; what is compared alternates."""
    counts = options.learners or ((1, 2, 4, 8, 16) if options.in_turn else (1, 2, 4))
    names = [str(count) for count in counts]
    todo = [(name, seed) for seed in range(options.seeds) for name in (names if options.in_turn else ["a2c", *names])]
    for name, seed in tqdm(todo, unit="run", disable=None):
        yield name, seed, options.runs / ("in-turn" if options.in_turn else "processes") / name / f"seed-{seed}"


def summary(name: str, seed: int, folder: Path, in_turn: bool) -> dict[str, Any]:
    """Train one seed; returns what the run says at its end."""
    if name == "a2c":
        return train_chapter("a2c", seed, folder)
    if not in_turn:
        return train_chapter("a3c", seed, folder, ["--learners", name])
    command = ["--in-turn", "--learners", name, "--seed", str(seed), "--headless", "--out", str(folder)]
    with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):  # noqa: PTH123  # a device
        start("a3c", parse(Chapter, command), A3C, train)
    return read_json(folder / "summary.json")


def age(folder: Path) -> float:
    """The mean age of the last hundred gradients; 0 for A2C, which has none."""
    with (folder / "progress.csv").open(encoding="utf-8", newline="") as file:
        *_, last = csv.DictReader(file)
    return float(last.get("age", 0.0))


def main(options: Options) -> int:
    """Run everything, write the raw table as it grows, print the rows."""
    rows: list[dict[str, Any]] = []
    for name, seed, folder in runs(options):
        found = summary(name, seed, folder, options.in_turn)
        kept = {column: found[column] for column in ("solved", "steps", "seconds", "startup_seconds")}
        rows.append({"learners": name, "seed": seed} | kept | {"age": round(age(folder), 2)})
        table = {column: [row[column] for row in rows] for column in rows[0]}
        save_csv(TABLES / f"asynchronous{'-in-turn' if options.in_turn else ''}.csv", table)
    print(HEAD[options.in_turn])
    print("|---" * HEAD[options.in_turn].count(" |") + "|")
    for name in dict.fromkeys(row["learners"] for row in rows):
        print(printed(name, [row for row in rows if row["learners"] == name], options.in_turn))
    return 0


TURNS = "| learners | solved | steps, median | worst | age, median |"
HEAD = {True: TURNS, False: TURNS + " seconds, median | steps a second | start, seconds |"}


def printed(name: str, rows: list[dict[str, Any]], in_turn: bool) -> str:
    """A row of the page, from the rows of the raw table that are of one number of learners."""
    numbers = {
        column: [float(row[column]) for row in rows] for column in ("steps", "age", "seconds", "startup_seconds")
    }
    median = {column: statistics.median(values) for column, values in numbers.items()}
    speed = statistics.median(
        steps / seconds for steps, seconds in zip(numbers["steps"], numbers["seconds"], strict=True)
    )
    solved = sum(str(row["solved"]) == "True" for row in rows)
    label = name if in_turn else "a2c.py" if name == "a2c" else f"a3c.py, {name}"
    text = f"| {label} | {solved}/{len(rows)} | {median['steps']:,.0f} | {max(numbers['steps']):,.0f} "
    text += f"| {median['age']:.1f} |"
    if in_turn:
        return text
    return f"{text} {median['seconds']:.1f} | {speed:,.0f} | {median['startup_seconds']:.1f} |"


if __name__ == "__main__":
    launch(main, Options)

"""Runs a deep chapter with its default options over several seeds: a table, a curve and a row for the pages.

    python benchmarks/solve.py dqn --seeds 10

Every seed is a process of its own with one thread; seconds are right only while the machine has a core for each of the
--processes that run side by side. Writes benchmarks/results/NAME.csv (a row a seed),
benchmarks/results/NAME-curve.csv (greedy return over steps: median and quartiles over the seeds) and
deep/images/NAME.png, and prints the row. NAME is the chapter, or the --label given to a variant:

    python benchmarks/solve.py dqn --label dqn-every-step --arguments="--learn-every 1"

A grid runs all combinations, each with a table, a curve and a row of its own:

    python benchmarks/solve.py a2c --grid learning_rate=1e-3,3e-3 --grid discount=0.98,0.99

With --on the seeds run on a cluster of Ray, each on a processor, with the same steps and returns as here. A run whose
process or machine dies is done again. The tables are written as results come in; a sweep that is stopped goes on where
it was when the same command is given again, as long as nothing in the code has changed.
"""

import csv
import io
import itertools
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from benchmarks.parts.chapter_process import ROOT, deep_chapters
from benchmarks.parts.result_rows import row
from benchmarks.parts.sweep import Job, Result, Unfinished, run_here, run_on_ray
from common.errors import UserError
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
    grid: Annotated[tuple[str, ...], tyro.conf.UseAppendAction] = ()
    """an option and its values, such as learning_rate=1e-3,3e-3; may be given several times"""
    processes: Count = 1
    """seeds that run side by side on this machine"""
    on: str | None = None
    """where else the seeds run: address of a cluster as Ray takes it, or `ray` for the one that Ray finds or starts"""
    runs: Path = Path("results") / "solve"
    """folder for the runs themselves"""


def jobs(options: Options) -> list[Job]:
    """All runs, name by name. Raises UserError for a grid that is none."""
    if options.chapter not in deep_chapters():
        raise UserError(f"there is no chapter {options.chapter}: the deep chapters are {', '.join(deep_chapters())}")
    axes = []
    for axis in options.grid:
        option, _, values = axis.partition("=")
        if not option or not all(values.split(",")):
            raise UserError(f"--grid {axis} is not an option and its values: say  --grid learning_rate=1e-3,3e-3")
        axes.append([(option.replace("_", "-"), value) for value in values.split(",")])
    made = []
    for point in itertools.product(*axes):
        name = "-".join([options.label or options.chapter, *(f"{option}-{value}" for option, value in point)])
        more = [word for option, value in point for word in (f"--{option}", value)]
        arguments = (*shlex.split(options.arguments), *more)
        seeds = range(options.first, options.first + options.seeds)
        made += [Job(name, options.chapter, arguments, seed) for seed in seeds]
    return made


def table(results: dict[Job, Result]) -> dict[str, list[Any]]:
    """The columns of a raw table, a row a seed in their order."""
    summaries = [results[job]["summary"] for job in sorted(results, key=lambda job: job.seed)]
    columns = ["seed", "solved", "steps", "episodes", "seconds", "startup_seconds"]
    return {column: [summary[column] for summary in summaries] for column in columns} | {
        f"return_{what}": [summary["evaluation"][what] for summary in summaries] for what in ("mean", "std", "min")
    }


def greedy_curve(progress: str, grid: np.ndarray) -> np.ndarray:
    """The greedy return at each step of the grid; a run that has stopped keeps its last one."""
    rows = list(csv.DictReader(io.StringIO(progress)))
    steps = [float(row["steps"]) for row in rows]
    return np.interp(grid, steps, [float(row["evaluation"]) for row in rows])


def draw(name: str, results: dict[Job, Result]) -> None:
    """The curve of all seeds of a name, as a table and as a picture."""
    summaries = [result["summary"] for result in results.values()]
    every = summaries[0]["evaluate_every"]
    grid = np.arange(every, max(summary["steps"] for summary in summaries) + every, every)
    curves = np.array([greedy_curve(results[job]["progress"], grid) for job in results])
    median, low, high = quartiles_over_seeds(curves)
    save_csv(
        TABLES / f"{name}-curve.csv",
        {"steps": list(grid), "median": list(median), "low": list(low), "high": list(high)},
    )
    target = summaries[0]["target"]
    save_curve(
        PICTURES / f"{name}.png",
        f"{name} on {summaries[0]['env']}: {len(results)} seeds",
        "environment steps",
        "greedy return",
        [Line("median and quartiles", grid, median, low, high)],
        target=None if target is None else ("solved", target),
    )


def main(options: Options) -> int:
    """Run what is not done yet, write the tables as results come in, then draw the curves and print the rows."""
    todo = jobs(options)
    unfinished = Unfinished(options.runs, todo)
    done = unfinished.take(todo)
    left = [job for job in todo if job not in done]
    if done:
        print(f"{len(done)} of {len(todo)} runs were done before this sweep was stopped")
    place = run_on_ray(left, options.on) if options.on else run_here(left, options.processes, options.runs)
    with tqdm(
        total=len(todo), initial=len(done), desc=options.label or options.chapter, unit="run", disable=None
    ) as bar:
        for job, result in place if left else ():
            done[job] = result
            unfinished.add(job, result)
            save_csv(TABLES / f"{job.name}.csv", table({each: done[each] for each in done if each.name == job.name}))
            bar.update()
    print("| | solved | steps, median | worst | seconds, median | worst | mean return |")
    print("|---|---|---|---|---|---|---|")
    for name in dict.fromkeys(job.name for job in todo):
        results = {job: done[job] for job in todo if job.name == name}
        save_csv(TABLES / f"{name}.csv", table(results))
        draw(name, results)
        print(row(name))
        unfinished.forget(name)
    return 0


if __name__ == "__main__":
    launch(main, Options)

"""What breeding a policy costs beside planning one: policies evaluated and seconds, over seeds.

    python benchmarks/learners/genetic.py     a row a world, and benchmarks/results/genetic.csv with a row a run

The genetic algorithm breeds until its best policy is within 1 % of the optimum, which value iteration finds to its own
tolerance. Seconds are of processor time: of the breeding alone, without the look at how good the best policy is, and of
value iteration from the first sweep to the last, the fastest of some runs.
"""

import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.parts.chapter_process import ROOT
from common.options import CheckedOptions, launch
from common.runs.curves import save_csv
from dp.genetic_algorithm import GeneticAlgorithm
from dp.genetic_algorithm import Options as GeneticOptions
from dp.parts.exact import optimal_values
from dp.parts.genetic.report import evaluations_until_nearly, standing
from dp.parts.model import load_model
from dp.parts.planning_options import ValueIterationOptions
from dp.value_iteration import ValueIteration

from tqdm import tqdm

SEEDS = (*range(10), *range(300, 305))
WORLDS: dict[str, dict[str, Any]] = {
    "course": {},
    "FrozenLake8x8-v1": {"env": "FrozenLake8x8-v1", "discount": 0.99, "fitness": "start"},
}
REPEATS = 20


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Measure the genetic algorithm beside value iteration."""

    table: Path = ROOT / "benchmarks" / "results" / "genetic.csv"
    """where the raw table goes"""


def bred(seed: int, settings: dict[str, Any]) -> tuple[int | None, float]:
    """(policies evaluated, seconds) until the best one is nearly optimal; None where none was in all generations."""
    options = GeneticOptions(seed=seed, **settings)
    model = load_model(options).mdp
    best = float(optimal_values(model, options.discount) @ GeneticAlgorithm(model, options).weights)
    begin = time.process_time()
    agent = GeneticAlgorithm(model, options)
    seconds = time.process_time() - begin
    history = [standing(agent)]
    while (found := evaluations_until_nearly(history, best)) is None and agent.generation < options.generations:
        begin = time.process_time()
        agent.select()
        agent.cross()
        agent.mutate()
        seconds += time.process_time() - begin
        history.append(standing(agent))
    return found, seconds


def planned(settings: dict[str, Any]) -> tuple[int, float]:
    """(sweeps, seconds) of value iteration."""
    options = GeneticOptions(**settings)
    model, fastest, sweeps = load_model(options).mdp, float("inf"), 0
    for _ in range(REPEATS):
        begin = time.process_time()
        planner = ValueIteration(model, ValueIterationOptions(discount=options.discount))
        planner.solve()
        fastest, sweeps = min(fastest, time.process_time() - begin), planner.sweeps
    return sweeps, fastest


def row(rows: list[list[Any]], world: str) -> str:
    """A line of the page: medians of the genetic algorithm, value iteration, how many times as long the first takes."""
    mine = [each for each in rows if each[0] == world]
    [(sweeps, seconds)] = [(int(each[3]), float(each[4])) for each in mine if each[1] == "value iteration"]
    bred = [each for each in mine if each[1] != "value iteration"]
    evaluations = statistics.median(int(each[3]) for each in bred if each[3])
    middle = statistics.median(float(each[4]) for each in bred)
    return f"| {world} | {evaluations:,.0f} | {middle:.3f} | {sweeps} | {seconds:.4f} | {middle / seconds:.0f} |"


def main(options: Options) -> None:
    """All seeds of all worlds."""
    rows: list[list[Any]] = []
    print("| | policies evaluated | seconds | value iteration: sweeps | seconds | times as long |")
    print("|---|---|---|---|---|---|")
    for world, settings in WORLDS.items():
        sweeps, seconds = planned(settings)
        rows.append([world, "value iteration", "", sweeps, f"{seconds:.6f}"])
        for seed in tqdm(SEEDS, desc=world, disable=None):
            number, spent = bred(seed, settings)
            rows.append([world, "genetic algorithm", seed, number or "", f"{spent:.4f}"])
        print(row(rows, world))
    names = ("world", "method", "seed", "evaluations or sweeps", "seconds")
    save_csv(options.table, {name: [each[at] for each in rows] for at, name in enumerate(names)})


if __name__ == "__main__":
    launch(main, Options)

"""Runs the experiments of the deep pages over several seeds, so that what a page says of them can be checked.

    python -m benchmarks.parts.experiments --seeds 5

An experiment is a command of a page that trains a chapter of deep/ with other options than its own. What it came to is
written to benchmarks/results/experiments.csv, a row an experiment and seed, as soon as it has ended; rows that are
there already are kept and not made again, and those of commands that no page has any more are dropped.
"""

import csv
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.parts.chapter_process import ROOT, train_chapter
from common.files import atomic_write
from common.options import CheckedOptions, Count, launch

from tqdm import tqdm

TABLE = ROOT / "benchmarks" / "results" / "experiments.csv"
COLUMNS = ("command", "seed", "solved", "steps", "mean_return", "score", "entropy")
COMMAND = re.compile(r"python deep/(\w+\.py --[^`#\n]*)")
NO_EXPERIMENT = ("--demo", "--help", "--ray")
ELSEWHERE = {
    "q_actor_critic.py --advantage": "q-advantage",
    "q_actor_critic.py --learning-rate 0.001 --steps 100000": "q-fast",
    "rollout_actor_critic.py --learning-rate 2e-4 --hidden 256 --rollout 10 --discount 0.98 --reward-scale 0.01": (
        "notebook-actor-critic"
    ),
    "reinforce.py --discount-states": "reinforce-discount-states",
    "reinforce.py --env gridworld:MovingObstacles-v0 --discount 0.99 --learning-rate 0.0005"
    " --episodes-per-update 16 --hidden 256 --steps 200000": "reinforce-obstacles",
    "ppo.py --env Pendulum-v1": "ppo-pendulum",
    "trpo.py --env Pendulum-v1": "trpo-pendulum",
    "ppo.py --env LunarLander-v3 --steps 600000 --evaluate-every 16384 --environments 16 --rollout 128 --minibatch 256"
    " --hidden 64 64 --learning-rate 1e-3 --critic-learning-rate 3e-3 --discount 0.995 --trace-decay 0.98"
    " --entropy-bonus 0.01 --normalise": "ppo-lander",
    "sac.py --env LunarLander-v3 --env-arg continuous=True --discount 0.99 --learning-starts 1000 --memory 150000"
    " --evaluate-every 2500": "sac-lander",
}
"""Experiments that have a raw table of solve.py to themselves."""
PLANTED = "reinforce.py --steps 10000"
"""The command that a page gives for a mistake that the reader is to plant: tests/claims/test_not_learning.py does."""


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Run the experiments of the deep pages."""

    seeds: Count = 5
    """how many seeds, from 0 on"""
    only: str = ""
    """the experiments whose command holds this text"""
    runs: Path = Path("results") / "experiments"
    """folder for the runs themselves"""


def commands() -> list[str]:
    """`CHAPTER.py OPTIONS` of every experiment, in the order of the pages."""
    pages = (path for path in sorted((ROOT / "deep").glob("*.md")) if not path.name.endswith(".ko.md"))
    found = [" ".join(each.split()) for page in pages for each in COMMAND.findall(page.read_text(encoding="utf-8"))]
    found = [each for each in found if not any(flag in each for flag in NO_EXPERIMENT)]
    return [each for each in dict.fromkeys(found) if each not in ELSEWHERE and each != PLANTED]


def table() -> list[dict[str, str]]:
    """The rows that were measured."""
    if not TABLE.exists():
        return []
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def row(command: str) -> str | None:
    """The line of a page on an experiment: solved seeds, median steps and mean return; None if it was not measured."""
    seeds = [each for each in table() if each["command"] == command]
    if not seeds:
        return None
    solved = sum(each["solved"] == "True" for each in seeds)
    steps, returns = (median(float(each[column]) for each in seeds) for column in ("steps", "mean_return"))
    return f"| `{command}` | {solved}/{len(seeds)} | {steps:,.0f} | {returns:.2f} |"


def write(rows: list[dict[str, str]]) -> None:
    """The rows in the order of the pages."""
    order = {command: number for number, command in enumerate(commands())}
    kept = sorted((row for row in rows if row["command"] in order), key=lambda r: (order[r["command"]], int(r["seed"])))
    with atomic_write(TABLE) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)


def measured(command: str, seed: int, folder: Path) -> dict[str, str]:
    """One seed of one experiment."""
    chapter, *arguments = shlex.split(command)
    summary = train_chapter(chapter.removesuffix(".py"), seed, folder, arguments)
    with (folder / "progress.csv").open(encoding="utf-8", newline="") as file:
        last = list(csv.DictReader(file))[-1]
    return {
        "command": command,
        "seed": str(seed),
        "solved": str(summary["solved"]),
        "steps": str(summary["steps"]),
        "mean_return": f"{summary['evaluation']['mean']:.2f}",
        "score": last["score"] and f"{float(last['score']):.2f}",
        "entropy": (last.get("entropy") and f"{float(last['entropy']):.3f}") or "",
    }


def main(options: Options) -> int:
    """Run what is missing, seed by seed."""
    wanted = [(command, seed) for seed in range(options.seeds) for command in commands() if options.only in command]
    rows = table()
    there = {(row["command"], int(row["seed"])) for row in rows}
    for command, seed in tqdm([each for each in wanted if each not in there], unit="run", disable=None):
        name = re.sub(r"[^\w.=-]+", "-", command)[:100]
        rows.append(measured(command, seed, options.runs / name / f"seed-{seed}"))
        write(rows)
    write(rows)
    return 0


if __name__ == "__main__":
    launch(main, Options)

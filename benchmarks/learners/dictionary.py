"""A table on the world of the first deep chapter: how many steps and seconds it needs where Deep SARSA has a network.

    python benchmarks/learners/dictionary.py          seed after seed, the table and then the network

Q-learning with a dictionary, on RandomObstacles-v0. Every 10,000 steps its greedy policy plays 100 episodes; once their
mean is at least 0.98, which is what the network has to reach as well, it has solved the world, and 100 further episodes
say what it is worth. Seconds are of processor time, from the first step to the verdict. Prints a row for each, medians
over the seeds, and writes benchmarks/results/dictionary.csv.
"""

import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.parts.chapter_process import ROOT, train_chapter
from common.options import CheckedOptions, Count, launch
from common.runs.curves import save_csv
from gridworld.obstacles import N_ACTIONS, MovingObstaclesEnv, Scene, follow

import gymnasium as gym
import numpy as np
from tqdm import tqdm

WORLD = "RandomObstacles-v0"
TIME_LIMIT = 200
EVERY, EPISODES, AT_MOST = 10_000, 100, 1_000_000
EARLY = 100_000
"""After so many steps the raw table has what the table of values is worth."""


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Compare a table with a network."""

    seeds: Count = 10
    """how many seeds, from 0 on"""
    runs: Path = Path("results") / "dictionary"
    """folder for the network's runs"""
    table: Path = ROOT / "benchmarks" / "results" / "dictionary.csv"
    """where the raw table goes"""


class Dictionary:
    """Q-learning with a dictionary in place of the network: step size 1 (the world has no chance in it), epsilon 0.1,
    and first values of 1, more than anything is worth, so that what was not tried yet is tried."""

    def __init__(self, seed: int) -> None:
        self.values: dict[Scene, list[float]] = {}
        self.generator = np.random.default_rng(seed)
        self.env = MovingObstaclesEnv(randomise=True)
        self.env.reset(seed=seed)

    def start(self) -> Scene:
        """Where an episode begins."""
        self.env.reset()
        return self.env.scene

    def row(self, scene: Scene) -> list[float]:
        """The scene's action values."""
        return self.values.setdefault(scene, [1.0] * N_ACTIONS)

    def learn(self, steps: int) -> None:
        """Play and learn, from a new start."""
        scene, age = self.start(), 0
        for _ in range(steps):
            row = self.row(scene)
            explores = self.generator.random() < 0.1
            action = int(self.generator.integers(N_ACTIONS)) if explores else row.index(max(row))
            after, reward, terminated = follow(scene, action)
            row[action] = reward if terminated else reward + 0.99 * max(self.row(after))
            scene, age = after, age + 1
            if terminated or age == TIME_LIMIT:
                scene, age = self.start(), 0

    def mean_return(self, episodes: int = EPISODES) -> float:
        """Of greedy episodes."""
        total = 0.0
        for _ in range(episodes):
            scene = self.start()
            for _ in range(TIME_LIMIT):
                row = self.row(scene)
                scene, reward, terminated = follow(scene, row.index(max(row)))
                total += reward
                if terminated:
                    break
        return total / episodes


def of_the_table(seed: int) -> dict[str, Any]:
    """One seed of the table, until it has solved the world."""
    table, steps, early = Dictionary(seed), 0, 0.0
    target = gym.spec(WORLD).reward_threshold or 1.0
    begin, mean = time.process_time(), 0.0
    while mean < target and steps < AT_MOST:
        table.learn(EVERY)
        steps += EVERY
        mean = table.mean_return()
        early = mean if steps == EARLY else early
    worth = table.mean_return()
    seconds = time.process_time() - begin
    return {
        "learner": "table",
        "seed": seed,
        "solved": mean >= target,
        "steps": steps,
        "seconds": round(seconds, 2),
        "return_mean": round(worth, 3),
        f"after_{EARLY}": round(early, 3),
    }


def of_the_network(seed: int, folder: Path) -> dict[str, Any]:
    """One seed of Deep SARSA with its defaults."""
    summary = train_chapter("deep_sarsa", seed, folder, clock="processor")
    return {
        "learner": "network",
        "seed": seed,
        **{name: summary[name] for name in ("solved", "steps")},
        "seconds": round(summary["seconds"], 2),
        "return_mean": round(summary["evaluation"]["mean"], 3),
        f"after_{EARLY}": "",
    }


def row(rows: list[dict[str, Any]], learner: str) -> str:
    """What a line of the page says of a learner: solved seeds, medians of steps and seconds, mean of the returns."""
    mine = [each for each in rows if each["learner"] == learner]
    steps, seconds = (statistics.median(float(each[name]) for each in mine) for name in ("steps", "seconds"))
    solved = sum(str(each["solved"]) == "True" for each in mine)
    worth = statistics.fmean(float(each["return_mean"]) for each in mine)
    return f"{solved}/{len(mine)} | {steps:,.0f} | {seconds:.1f} | {worth:.2f} |"


def main(options: Options) -> None:
    """Seed after seed; the table is written as results come in."""
    rows: list[dict[str, Any]] = []
    for seed in tqdm(range(options.seeds), unit="seed", disable=None):
        rows += [of_the_table(seed), of_the_network(seed, options.runs / f"seed-{seed}")]
        save_csv(options.table, {name: [each[name] for each in rows] for name in rows[0]})
    print("| | solved | steps | seconds | mean return |")
    print("|---|---|---|---|---|")
    for learner in ("table", "network"):
        print(f"| {learner} | {row(rows, learner)}")


if __name__ == "__main__":
    launch(main, Options)

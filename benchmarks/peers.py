"""Side by side with Stable-Baselines3, and sb3-contrib for TRPO: how long until CartPole-v1 is solved, in this run.

    pip install -r benchmarks/requirements.txt
    python benchmarks/peers.py                    DQN, A2C, PPO and TRPO, five seeds, alternating with ours

The problem is one: CartPole-v1 with its own reward, one-step targets in DQN on both sides, at most as many steps as our
chapter allows, the same evaluation (10 greedy episodes as often as ours, 100 where those look solved, mean of at least
475), which stops the run, one thread, a process a seed, and the same clock: from the first environment step to the
verdict, imports apart. Theirs has RL Zoo's settings for CartPole-v1; each side plays evaluations with its own way of
acting, and the printed table says how long theirs take. A second table says in what the two algorithms differ.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.parts.chapter_process import ROOT, one_thread, train_chapter
from benchmarks.parts.peer_settings import our_settings, their_model, their_settings
from common.errors import UserError
from common.options import CheckedOptions, Count, launch
from common.runs.curves import save_csv
from common.runs.evaluation import SEED_OFFSET, Evaluation
from common.runs.results import read_json

import numpy as np


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Compare the times to solve CartPole-v1."""

    algorithms: tuple[Literal["dqn", "a2c", "ppo", "trpo"], ...] = ("dqn", "a2c", "ppo", "trpo")
    """which to compare"""
    seeds: Count = 5
    """how many seeds"""
    first: int = 0
    """the first seed"""
    runs: Path = Path("results") / "peers"
    """folder for our runs"""
    tables: Path = ROOT / "benchmarks" / "results"
    """folder for the raw tables"""
    worker: str = ""
    """internal: run their side for one seed and print the result as JSON"""
    every: int = 0
    """internal: environment steps between the worker's evaluations"""
    limit: int = 0
    """internal: environment steps after which the worker gives up"""


def run_theirs(algorithm: str, seed: int, every: int, limit: int) -> dict[str, Any]:
    """Train one seed until it is solved or out of steps."""
    import torch
    from stable_baselines3.common.callbacks import BaseCallback

    torch.set_num_threads(1)
    evaluation = Evaluation("CartPole-v1")

    class UntilSolved(BaseCallback):
        """Our evaluation and our stopping rule."""

        solved = False
        steps = 0
        seconds = 0.0
        """spent on evaluation"""

        def _on_step(self) -> bool:
            """Called before the model learns from a step: the steps that it has learned from are those before it."""
            self.steps = self.num_timesteps - self.model.n_envs
            if self.steps > 0 and self.steps % every < self.model.n_envs:
                began = time.perf_counter()
                self.solved = self._evaluate(10) and self._evaluate(evaluation.episodes)
                self.seconds += time.perf_counter() - began
            return not self.solved

        def _evaluate(self, episodes: int) -> bool:
            seeds = np.random.SeedSequence([SEED_OFFSET, seed, self.steps, episodes])
            return evaluation.solves(evaluation.returns(self._act, episodes, int(seeds.generate_state(1)[0])))

        def _act(self, observations: np.ndarray) -> np.ndarray:
            return np.asarray(self.model.predict(observations, deterministic=True)[0])

    model = their_model(algorithm, seed, limit)
    watch = UntilSolved()
    began = time.perf_counter()
    model.learn(limit, callback=watch)
    seconds = time.perf_counter() - began
    return {
        "solved": watch.solved,
        "steps": watch.steps,
        "seconds": round(seconds, 3),
        "evaluation_seconds": round(watch.seconds, 3),
        "settings": their_settings(algorithm, model),
    }


def their_process(algorithm: str, seed: int, every: int, limit: int) -> dict[str, Any]:
    """`run_theirs` as a process of its own."""
    command = [sys.executable, __file__, "--worker", algorithm, "--first", str(seed)]
    command += ["--every", str(every), "--limit", str(limit)]
    done = subprocess.run(command, env=one_thread(), capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        raise UserError(f"Stable-Baselines3's {algorithm} failed: {done.stderr.strip()[-300:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def compare(algorithm: str, options: Options) -> None:
    """Alternate ours and theirs over the seeds; write the table, print the ratio and what differs."""
    rows: list[dict[str, Any]] = []
    for seed in range(options.first, options.first + options.seeds):
        folder = options.runs / algorithm / f"seed-{seed}"
        ours = train_chapter(algorithm, seed, folder)
        ran = read_json(folder / "options.json")["options"]
        theirs = their_process(algorithm, seed, int(ours["evaluate_every"]), int(ran["steps"]))
        rows.append(
            {"seed": seed}
            | {f"our_{name}": ours[name] for name in ("solved", "steps", "seconds")}
            | {f"their_{name}": theirs[name] for name in ("solved", "steps", "seconds", "evaluation_seconds")}
        )
        print(
            f"{algorithm} seed {seed}: ours {ours['seconds']:.1f} s, {ours['steps']:,} steps"
            f"{'' if ours['solved'] else ', not solved'}; theirs {theirs['seconds']:.1f} s "
            f"({theirs['evaluation_seconds']:.1f} s of them evaluation), {theirs['steps']:,} steps"
            f"{'' if theirs['solved'] else ', not solved'}",
            flush=True,
        )
        table = {name: [row[name] for row in rows] for name in rows[0]}  # as it comes: a comparison takes its time
        save_csv(options.tables / f"peers-{algorithm}{f'-from-{options.first}' if options.first else ''}.csv", table)
    our_seconds, their_seconds = np.median(table["our_seconds"]), np.median(table["their_seconds"])
    print("| | ours: solved | seconds, median | steps, median | Stable-Baselines3: solved | seconds | steps | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    print(
        f"| {algorithm} | {sum(table['our_solved'])}/{len(rows)} | {our_seconds:.1f} "
        f"| {np.median(table['our_steps']):,.0f} | {sum(table['their_solved'])}/{len(rows)} | {their_seconds:.1f} "
        f"| {np.median(table['their_steps']):,.0f} | {their_seconds / our_seconds:.1f} |"
    )
    learning = np.median(np.subtract(table["their_seconds"], table["their_evaluation_seconds"]))
    print(f"With none of their evaluations but all of ours on the clock, the ratio is {learning / our_seconds:.1f}.")
    print(f"\nThe same on both sides: CartPole-v1, its own reward, {ran['steps']:,} steps at most. What differs:")
    print("| | ours | Stable-Baselines3 |\n|---|---|---|")
    for name, our_value in our_settings(algorithm, ran).items():
        their_value = theirs["settings"][name]
        if our_value.lower() != their_value.lower():
            print(f"| {name} | {our_value} | {their_value} |")


def main(options: Options) -> int:
    """Run the comparison, or the worker's part of it."""
    if options.worker:
        print(json.dumps(run_theirs(options.worker, options.first, options.every, options.limit)))
        return 0
    for algorithm in options.algorithms:
        compare(algorithm, options)
    return 0


if __name__ == "__main__":
    launch(main, Options)

"""Side by side with Stable-Baselines3, and sb3-contrib for TRPO: how long until the problem is solved, in this run.

    pip install -r benchmarks/requirements.txt
    python benchmarks/peers.py                    CartPole-v1: DQN, A2C, PPO and TRPO; Pendulum-v1: DDPG, TD3 and SAC

The problem is one: the environment with its own reward, one-step targets in DQN on both sides, at most as many steps as
our chapter allows (on Pendulum the 20,000 of RL Zoo), the same evaluation (10 greedy episodes as often as ours, 100
where those look solved, mean of at least 475, on Pendulum -200), which stops the run, one thread, a process a seed, and
the same clock: from the first environment step to the verdict, imports apart; on a machine that does much else, of
processor time (--clock processor). Theirs has RL Zoo's settings; DDPG and
TD3 play 10,000 random steps first with them, so in a second row they learn early, after 500 as ours do. Each side plays
evaluations with its own way of acting, and the printed table says how long theirs take. A second table says in what the
two algorithms differ.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.parts.chapter_process import ROOT, one_thread, train_chapter
from benchmarks.parts.peer_settings import OFF_POLICY, our_settings, problem, their_model, their_settings, variants
from common.errors import UserError
from common.options import CheckedOptions, Count, Natural, launch
from common.runs.curves import save_csv
from common.runs.evaluation import SEED_OFFSET, Evaluation
from common.runs.results import read_json

import numpy as np


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Compare the times to solve CartPole-v1, or Pendulum-v1."""

    algorithms: tuple[Literal["dqn", "a2c", "ppo", "trpo", "ddpg", "td3", "sac"], ...] = (
        *("dqn", "a2c", "ppo", "trpo"),
        *("ddpg", "td3", "sac"),
    )
    """which to compare"""
    seeds: Count = 5
    """how many seeds"""
    first: int = 0
    """the first seed"""
    runs: Path = Path("results") / "peers"
    """folder for our runs"""
    tables: Path = ROOT / "benchmarks" / "results"
    """folder for the raw tables"""
    steps: Natural = 0
    """at most so many environment steps; 0 for as many as our chapter allows, on Pendulum 20,000"""
    clock: Literal["wall", "processor"] = "wall"
    """what the seconds are of; the processor's are the same however much else the machine does"""
    worker: str = ""
    """internal: run their side for one seed and print the result as JSON"""
    every: int = 0
    """internal: environment steps between the worker's evaluations"""
    limit: int = 0
    """internal: environment steps after which the worker gives up"""


def run_theirs(options: Options) -> dict[str, Any]:
    """Train one seed until it is solved or out of steps."""
    import torch
    from stable_baselines3.common.callbacks import BaseCallback

    variant, seed, every, limit = options.worker, options.first, options.every, options.limit
    clock = time.process_time if options.clock == "processor" else time.perf_counter
    torch.set_num_threads(1)
    evaluation = Evaluation(problem(variant))

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
                began = clock()
                self.solved = self._evaluate(10) and self._evaluate(evaluation.episodes)
                self.seconds += clock() - began
            return not self.solved

        def _evaluate(self, episodes: int) -> bool:
            seeds = np.random.SeedSequence([SEED_OFFSET, seed, self.steps, episodes])
            return evaluation.solves(evaluation.returns(self._act, episodes, int(seeds.generate_state(1)[0])))

        def _act(self, observations: np.ndarray) -> np.ndarray:
            return np.asarray(self.model.predict(observations, deterministic=True)[0])

    model = their_model(variant, seed, limit)
    settings, watch = their_settings(variant, model), UntilSolved()
    began = clock()
    model.learn(limit, callback=watch)
    seconds = clock() - began
    return {
        "solved": watch.solved,
        "steps": watch.steps,
        "seconds": round(seconds, 3),
        "evaluation_seconds": round(watch.seconds, 3),
        "settings": settings,
    }


def their_process(variant: str, seed: int, every: int, limit: int, clock: str) -> dict[str, Any]:
    """`run_theirs` as a process of its own."""
    command = [sys.executable, __file__, "--worker", variant, "--first", str(seed)]
    command += ["--every", str(every), "--limit", str(limit), "--clock", clock]
    done = subprocess.run(command, env=one_thread(), capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        raise UserError(f"Stable-Baselines3's {variant} failed: {done.stderr.strip()[-300:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def compare(algorithm: str, options: Options) -> None:
    """Alternate ours and theirs over the seeds; write the tables, print the ratios and what differs."""
    tables: dict[str, list[dict[str, Any]]] = {variant: [] for variant in variants(algorithm)}
    settings: dict[str, dict[str, str]] = {}
    limit = options.steps or (20_000 if algorithm in OFF_POLICY else 0)
    for seed in range(options.first, options.first + options.seeds):
        folder = options.runs / algorithm / f"seed-{seed}"
        ours = train_chapter(algorithm, seed, folder, ("--steps", str(limit)) if limit else (), options.clock)
        ran = read_json(folder / "options.json")["options"]
        for variant, rows in tables.items():
            theirs = their_process(variant, seed, int(ours["evaluate_every"]), int(ran["steps"]), options.clock)
            settings[variant] = theirs["settings"]
            rows.append(
                {"seed": seed}
                | {f"our_{name}": ours[name] for name in ("solved", "steps", "seconds")}
                | {f"their_{name}": theirs[name] for name in ("solved", "steps", "seconds", "evaluation_seconds")}
            )
            print(
                f"{variant} seed {seed}: ours {ours['seconds']:.1f} s, {ours['steps']:,} steps"
                f"{'' if ours['solved'] else ', not solved'}; theirs {theirs['seconds']:.1f} s "
                f"({theirs['evaluation_seconds']:.1f} s of them evaluation), {theirs['steps']:,} steps"
                f"{'' if theirs['solved'] else ', not solved'}",
                flush=True,
            )
            name = f"peers-{variant}{f'-from-{options.first}' if options.first else ''}.csv"
            save_csv(options.tables / name, columns(rows))  # as it comes: a comparison takes its time
    print("| | ours: solved | seconds, median | steps, median | Stable-Baselines3: solved | seconds | steps | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    for variant, rows in tables.items():
        print(row(variant, columns(rows)))
    print("With none of their evaluations but all of ours on the clock, the ratios are:")
    for variant, rows in tables.items():
        print(f"{variant} {without(columns(rows)):.1f}")
    print(f"\nThe same on both sides: {ran['env']}, its own reward, {ran['steps']:,} steps at most. What differs:")
    print("| | ours | " + " | ".join(f"Stable-Baselines3: {variant}" for variant in settings) + " |")
    print("|---|---|" + "---|" * len(settings))
    for name, our_value in our_settings(algorithm, ran).items():
        said = [each[name] for each in settings.values()]
        if any(each.lower() != our_value.lower() for each in said):
            print(f"| {name} | {our_value} | " + " | ".join(said) + " |")


def columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """The same table, a list a column."""
    return {name: [row[name] for row in rows] for name in rows[0]}


def row(variant: str, table: dict[str, list[Any]]) -> str:
    """What the deep pages show of a comparison."""
    seeds, ours, theirs = len(table["seed"]), np.median(table["our_seconds"]), np.median(table["their_seconds"])
    return (
        f"| {variant} | {sum(table['our_solved'])}/{seeds} | {ours:.1f} | {np.median(table['our_steps']):,.0f} "
        f"| {sum(table['their_solved'])}/{seeds} | {theirs:.1f} | {np.median(table['their_steps']):,.0f} "
        f"| {theirs / ours:.1f} |"
    )


def without(table: dict[str, list[Any]]) -> float:
    """The ratio with none of their evaluations on the clock, but all of ours."""
    learning = np.subtract(table["their_seconds"], table["their_evaluation_seconds"])
    return float(np.median(learning) / np.median(table["our_seconds"]))


def main(options: Options) -> int:
    """Run the comparison, or the worker's part of it."""
    if options.worker:
        print(json.dumps(run_theirs(options)))
        return 0
    for algorithm in options.algorithms:
        compare(algorithm, options)
    return 0


if __name__ == "__main__":
    launch(main, Options)

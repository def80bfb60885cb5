"""Side by side with Stable-Baselines3: how long until CartPole-v1 is solved, on this machine, in this run.

    pip install -r benchmarks/requirements.txt
    python benchmarks/peers.py                    DQN and A2C, five seeds, alternating with ours

Theirs runs with RL Zoo's settings for CartPole-v1. Both sides have one thread and a process a seed, the same evaluation
(10 greedy episodes as often as ours, 100 where those look solved, mean of at least 475) and the same clock: from the
first environment step to the verdict, imports apart.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from common.chapter_process import ROOT, one_thread, train_chapter
from common.curves import save_csv
from common.evaluation import SEED_OFFSET, Evaluation
from common.options import UserError, check_at_least, launch


@dataclass(frozen=True)
class Options:
    """Compare the times to solve CartPole-v1."""

    algorithms: tuple[Literal["dqn", "a2c"], ...] = ("dqn", "a2c")
    """which to compare"""
    seeds: int = 5
    """how many seeds"""
    first: int = 0
    """the first seed"""
    runs: Path = Path("results") / "peers"
    """folder for our runs"""
    worker: str = ""
    """internal: run their side for one seed and print the result as JSON"""
    every: int = 0
    """internal: environment steps between the worker's evaluations"""


def their_model(algorithm: str, seed: int) -> tuple[Any, int]:
    """Stable-Baselines3's model with RL Zoo's settings for CartPole-v1, and its step limit."""
    from stable_baselines3 import A2C, DQN
    from stable_baselines3.common.env_util import make_vec_env

    if algorithm == "a2c":
        return A2C("MlpPolicy", make_vec_env("CartPole-v1", n_envs=8, seed=seed), seed=seed, device="cpu"), 500_000
    return DQN(
        "MlpPolicy",
        "CartPole-v1",
        learning_rate=2.3e-3,
        batch_size=64,
        buffer_size=100_000,
        learning_starts=1000,
        gamma=0.99,
        target_update_interval=10,
        train_freq=256,
        gradient_steps=128,
        exploration_fraction=0.16,
        exploration_final_eps=0.04,
        policy_kwargs={"net_arch": [256, 256]},
        seed=seed,
        device="cpu",
    ), 50_000


def run_theirs(algorithm: str, seed: int, every: int) -> dict[str, Any]:
    """Train one seed until it is solved or out of steps."""
    import torch
    from stable_baselines3.common.callbacks import BaseCallback

    torch.set_num_threads(1)
    evaluation = Evaluation("CartPole-v1")

    class UntilSolved(BaseCallback):
        """Our evaluation and our stopping rule."""

        solved = False
        mean = float("nan")

        def _on_step(self) -> bool:
            if self.num_timesteps % every < self.model.n_envs:
                for episodes in (10, evaluation.episodes):
                    seeds = np.random.SeedSequence([SEED_OFFSET, seed, self.num_timesteps, episodes])
                    scores = evaluation.returns(self._act, episodes, int(seeds.generate_state(1)[0]))
                    self.mean = float(scores.mean())
                    if not evaluation.solves(scores):
                        return True
                self.solved = True
            return not self.solved

        def _act(self, observations: np.ndarray) -> np.ndarray:
            return np.asarray(self.model.predict(observations, deterministic=True)[0])

    model, limit = their_model(algorithm, seed)
    watch = UntilSolved()
    began = time.perf_counter()
    model.learn(limit, callback=watch)
    seconds = time.perf_counter() - began
    return {"solved": watch.solved, "steps": model.num_timesteps, "seconds": round(seconds, 3), "mean": watch.mean}


def their_process(algorithm: str, seed: int, every: int) -> dict[str, Any]:
    """`run_theirs` as a process of its own."""
    command = [sys.executable, __file__, "--worker", algorithm, "--first", str(seed), "--every", str(every)]
    done = subprocess.run(command, env=one_thread(), capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        raise UserError(f"Stable-Baselines3's {algorithm} failed: {done.stderr.strip()[-300:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def compare(algorithm: str, options: Options) -> None:
    """Alternate ours and theirs over the seeds; write the table, print the ratio."""
    rows: list[dict[str, Any]] = []
    for seed in range(options.first, options.first + options.seeds):
        ours = train_chapter(algorithm, seed, options.runs / algorithm / f"seed-{seed}")
        theirs = their_process(algorithm, seed, int(ours["evaluate_every"]))
        rows.append(
            {"seed": seed}
            | {f"our_{name}": ours[name] for name in ("solved", "steps", "seconds")}
            | {f"their_{name}": theirs[name] for name in ("solved", "steps", "seconds")}
        )
        print(
            f"{algorithm} seed {seed}: ours {ours['seconds']:.1f} s, {ours['steps']:,} steps; "
            f"theirs {theirs['seconds']:.1f} s, {theirs['steps']:,} steps{'' if theirs['solved'] else ', not solved'}",
            flush=True,
        )
    table = {name: [row[name] for row in rows] for name in rows[0]}
    name = f"peers-{algorithm}" + (f"-from-{options.first}" if options.first else "")
    save_csv(ROOT / "benchmarks" / "results" / f"{name}.csv", table)
    ours, theirs = np.median(table["our_seconds"]), np.median(table["their_seconds"])
    print("| | ours: solved | seconds, median | steps, median | Stable-Baselines3: solved | seconds | steps | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    print(
        f"| {algorithm} | {sum(table['our_solved'])}/{len(rows)} | {ours:.1f} | {np.median(table['our_steps']):,.0f} "
        f"| {sum(table['their_solved'])}/{len(rows)} | {theirs:.1f} | {np.median(table['their_steps']):,.0f} "
        f"| {theirs / ours:.1f} |"
    )


def main(options: Options) -> int:
    """Run the comparison, or the worker's part of it."""
    if options.worker:
        print(json.dumps(run_theirs(options.worker, options.first, options.every)))
        return 0
    check_at_least("--seeds", options.seeds, 1)
    for algorithm in options.algorithms:
        compare(algorithm, options)
    return 0


if __name__ == "__main__":
    launch(main, Options)

"""Side by side with Stable-Baselines3: how long until CartPole-v1 is solved, on this machine, in this run.

    pip install -r benchmarks/requirements.txt
    python benchmarks/peers.py                    DQN, A2C and PPO, five seeds, alternating with ours

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
from common.errors import UserError
from common.options import CheckedOptions, Count, launch
from common.runs.curves import save_csv
from common.runs.evaluation import SEED_OFFSET, Evaluation
from common.runs.results import read_json

import numpy as np

ON_POLICY = ("a2c", "ppo")


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Compare the times to solve CartPole-v1."""

    algorithms: tuple[Literal["dqn", "a2c", "ppo"], ...] = ("dqn", "a2c", "ppo")
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


def their_model(algorithm: str, seed: int, limit: int) -> Any:
    """Stable-Baselines3's model with RL Zoo's settings for CartPole-v1, to be trained for at most `limit` steps."""
    from stable_baselines3 import A2C, DQN, PPO
    from stable_baselines3.common.env_util import make_vec_env

    if algorithm == "a2c":
        return A2C("MlpPolicy", make_vec_env("CartPole-v1", n_envs=8, seed=seed), ent_coef=0.0, seed=seed, device="cpu")
    if algorithm == "ppo":

        def falling(first: float) -> Any:  # to 0 over RL Zoo's 100,000 steps; SB3 gives the share of `limit` still left
            return lambda left: first * max(0.0, 1 - (1 - left) * limit / 100_000)

        return PPO(
            "MlpPolicy",
            make_vec_env("CartPole-v1", n_envs=8, seed=seed),
            learning_rate=falling(1e-3),
            clip_range=falling(0.2),
            n_steps=32,
            batch_size=256,
            n_epochs=20,
            gamma=0.98,
            gae_lambda=0.8,
            ent_coef=0.0,
            seed=seed,
            device="cpu",
        )
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
        exploration_fraction=0.16 * 50_000 / limit,  # RL Zoo: 0.16 of its 50,000 steps
        exploration_final_eps=0.04,
        policy_kwargs={"net_arch": [256, 256]},
        seed=seed,
        device="cpu",
    )


def their_settings(algorithm: str, model: Any) -> dict[str, str]:
    """What the second table says about their side."""
    layers = model.policy.net_arch
    sizes = layers["pi"] if isinstance(layers, dict) else layers
    falls = ", linear to 0 over 100,000 steps" if algorithm == "ppo" else ""
    shared = {
        "network": f"{' x '.join(map(str, sizes))} {model.policy.activation_fn.__name__}",
        "optimiser": f"{type(model.policy.optimizer).__name__}, {model.lr_schedule(1.0):g}{falls}",
        "discount": f"{model.gamma:g}",
        "longest gradient": f"{model.max_grad_norm:g}",
    }
    if algorithm in ON_POLICY:
        shared |= {
            "value learns": f"with the policy's optimiser, its error times {model.vf_coef:g}",
            "environments x steps an update": f"{model.n_envs} x {model.n_steps}",
            "lambda": f"{model.gae_lambda:g}",
            "advantages normalised": f"{model.normalize_advantage}",
            "entropy bonus": f"{model.ent_coef:g}",
        }
    if algorithm == "a2c":
        return shared
    if algorithm == "ppo":
        return shared | {
            "advantages normalised": "over the minibatch",
            "clip": f"{model.clip_range(1.0):g}{falls}",
            "epochs x minibatch": f"{model.n_epochs} x {model.batch_size}",
        }
    return shared | {
        "loss": "huber",
        "n-step": "1",
        "batch": str(model.batch_size),
        "memory": f"{model.buffer_size:,}",
        "learning starts": f"{model.learning_starts:,}",
        "gradient steps / steps": f"{model.gradient_steps} / {model.train_freq.frequency}",
        "target network every": f"{max(model.target_update_interval, model.train_freq.frequency)} steps",
        "epsilon": f"{model.exploration_initial_eps:g} to {model.exploration_final_eps:g}, linear over 8,000 steps",
    }


def our_settings(algorithm: str, options: dict[str, Any]) -> dict[str, str]:
    """What the second table says about ours, from the options of a run."""
    shared = {
        "network": f"{' x '.join(map(str, options['hidden']))} {'Tanh' if algorithm in ON_POLICY else 'ReLU'}",
        "optimiser": f"Adam, {options['learning_rate']:g}",
        "discount": f"{options['discount']:g}",
        "longest gradient": "0.5" if algorithm in ON_POLICY else "inf",
    }
    if algorithm in ON_POLICY:
        shared |= {
            "value learns": f"with an optimiser of its own, Adam, {options['critic_learning_rate']:g}",
            "environments x steps an update": f"{options['environments']} x {options['rollout']}",
            "lambda": f"{options['trace_decay']:g}",
            "advantages normalised": "True",
            "entropy bonus": f"{options['entropy_bonus']:g}",
        }
    if algorithm == "a2c":
        return shared
    if algorithm == "ppo":
        return shared | {
            "advantages normalised": "over the rollout",
            "clip": f"{options['clip']:g}",
            "epochs x minibatch": f"{options['epochs']} x {options['minibatch']}",
        }
    return shared | {
        "loss": options["loss"],
        "n-step": "1",
        "batch": str(options["batch"]),
        "memory": f"{options['memory']:,}",
        "learning starts": f"{options['learning_starts']:,}",
        "gradient steps / steps": f"{options['learn_every']} / {options['learn_every']}",
        "target network every": f"{options['target_every']} steps",
        "epsilon": f"{options['epsilon_start']:g} to {options['epsilon_end']:g}, x {options['epsilon_decay']:g} a step",
    }


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
    table = {name: [row[name] for row in rows] for name in rows[0]}
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

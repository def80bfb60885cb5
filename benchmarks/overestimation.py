"""Does the critic promise more than the actor gets? DDPG beside TD3, over seeds, on Pendulum-v1.

    python benchmarks/overestimation.py

Each agent learns for --steps steps with its default options, solved or not. Every --every steps its greedy policy plays
some episodes; in each state of their first half the critic's Q(s, mu(s)) stands beside the discounted return that was
really got from there on, both in the scaled reward that the critic learns from. An episode's second half, in which the
return is cut off by the time limit, is left out: at its middle a hundred rewards are still to come, and what is missing
behind them is worth 0.95^100, less than a hundredth. Writes benchmarks/results/overestimation.csv and
deep/images/overestimation.png, and prints a table: the median over the seeds of the mean difference.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from benchmarks.parts.chapter_process import ROOT
from common.options import CheckedOptions, Count, Natural, launch
from common.runs.curves import Line, quartiles_over_seeds, save_csv, save_curve
from common.runs.evaluation import SEED_OFFSET, seeds
from common.runs.run import Run
from deep import ddpg, td3
from deep.parts.lazy import keras
from deep.parts.returns import discounted_returns
from deep.parts.spaces import sizes

import gymnasium as gym
import numpy as np
from tqdm import tqdm

CHAPTERS: dict[str, Any] = {"ddpg": (ddpg, ddpg.DDPG), "td3": (td3, td3.TD3)}
EPISODES, LENGTH = 10, 200


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Compare what critics say with what is got."""

    seeds: Count = 10
    """how many seeds"""
    first: Natural = 0
    """the first seed"""
    steps: Count = 6_000
    """environment steps of each run"""
    every: Count = 500
    """steps between two comparisons"""


class Comparing:
    """Stands for a run in a chapter's loop: counts its steps and compares now and then."""

    def __init__(self, agent: Any, seed: int, options: Options) -> None:
        self.agent, self.seed, self.options = agent, seed, options
        self.env = gym.make("Pendulum-v1")
        self.rows: list[dict[str, float]] = []

    def steps(self) -> Iterator[int]:
        """The environment steps, the first one 1."""
        for step in range(1, self.options.steps + 1):
            yield step
            if step % self.options.every == 0:
                self.rows.append({"steps": step} | self.compare())

    def compare(self) -> dict[str, float]:
        """Means over the first halves of some greedy episodes: what the critic says, what is got, the difference."""
        agent, said, got = self.agent, [], []
        for seed in seeds(self.seed + SEED_OFFSET, EPISODES):
            state, _ = self.env.reset(seed=seed)
            pairs, rewards = [], []
            for _ in range(LENGTH):
                action = agent.greedy(state[None])[0]
                pairs.append(np.concatenate([state, action]))
                state, reward, *_ = self.env.step(action)
                rewards.append(agent.options.reward_scale * float(reward))
            # G_t = R_t+1 + discount * G_t+1
            returns = discounted_returns(np.array(rewards), agent.options.discount)
            said += list(agent.predict(agent.critic, np.array(pairs, np.float32))[: LENGTH // 2, 0])
            got += list(returns[: LENGTH // 2])
        value, received = float(np.mean(said)), float(np.mean(got))
        return {"value": value, "return": received, "difference": value - received}


def learn(chapter: str, seed: int, options: Options) -> list[dict[str, float]]:
    """Train one seed; returns what was compared on the way."""
    module, kind = CHAPTERS[chapter]
    env = gym.make("Pendulum-v1")
    inputs, actions = sizes(env, "Pendulum-v1", continuous=True)
    keras.utils.set_random_seed(seed)
    agent = kind(inputs, actions, module.Options(), np.random.default_rng(seed))
    comparing = Comparing(agent, seed, options)
    env.reset(seed=seed)
    module.train(env, agent, cast(Run, comparing))
    return comparing.rows


def main(options: Options) -> int:
    """Run all seeds, write table and picture, print the medians."""
    rows: list[dict[str, Any]] = []
    chosen = range(options.first, options.first + options.seeds)
    for seed in tqdm(chosen, unit="seed", disable=None):
        for chapter in CHAPTERS:
            rows += [{"chapter": chapter, "seed": seed} | row for row in learn(chapter, seed, options)]
    table = {name: [row[name] for row in rows] for name in rows[0]}
    save_csv(ROOT / "benchmarks" / "results" / "overestimation.csv", table)
    lines = []
    print("| steps | " + " | ".join(CHAPTERS) + " |\n|---|" + "---|" * len(CHAPTERS))
    grid = np.arange(options.every, options.steps + 1, options.every)
    for chapter in CHAPTERS:
        differences = [row["difference"] for row in rows if row["chapter"] == chapter]
        lines.append(Line(chapter, grid, *quartiles_over_seeds(np.reshape(differences, (options.seeds, -1)))))
    for index, steps in enumerate(grid):
        print(f"| {steps:,} | " + " | ".join(f"{line.y[index]:+.2f}" for line in lines) + " |")
    save_curve(
        ROOT / "deep" / "images" / "overestimation.png",
        f"What the critic says, less what is got: {options.seeds} seeds",
        "environment steps",
        "Q(s, mu(s)) - return",
        lines,
        target=("as it is", 0.0),
    )
    return 0


if __name__ == "__main__":
    launch(main, Options)

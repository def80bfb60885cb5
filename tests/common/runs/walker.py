"""An agent that is a small table, and a run of it: no TensorFlow."""

import json
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from common.networks.acting import Greedy
from common.networks.weights import Saved, Weights
from common.options import Count, Rate
from common.runs.checkpoint import State, generator_state, set_generator_state
from common.runs.run import Run
from common.runs.run_options import RunOptions

import gymnasium as gym
import numpy as np

GOOD = np.array([0.1, 0.5, 1.0, 1.0], np.float32)


@dataclass(frozen=True)
class Options(RunOptions):
    """Options of a chapter."""

    steps: Count = 400
    evaluate_every: Count = 50
    learning_rate: Rate = 0.1


class Walker:
    """Acts at random and changes its weights by chance; from `solves_at` on they balance the pole."""

    bounded: ClassVar[dict[str, str]] = {"epsilon": "learning_rate"}

    def __init__(self, run: Run, solves_at: int = 10**9) -> None:
        self.generator, self.solves_at, self.learned = run.generator, solves_at, 0
        self.kernel = np.zeros((4, 2), np.float32)

    def act(self, state: np.ndarray) -> int:
        return int(self.generator.integers(2))

    def learn(self, step: int) -> None:
        self.kernel += self.generator.standard_normal((4, 2)).astype(np.float32)
        if step >= self.solves_at:
            self.kernel = np.stack([-GOOD, GOOD], axis=1)

    def weights(self) -> Weights:
        return [self.kernel, np.zeros(2, np.float32)]

    def begin(self) -> None:
        pass

    @property
    def greedy(self) -> Greedy:
        return Greedy({"q": lambda states: states @ self.kernel})

    def set_weights(self, weights: Sequence[np.ndarray]) -> None:
        self.kernel = weights[0].copy()

    def networks(self, weights: Sequence[np.ndarray]) -> dict[str, Saved]:
        return {"q": Saved("", list(weights), ("layers/dense/vars/0", "layers/dense/vars/1"))}

    def status(self) -> dict[str, float]:
        return {"epsilon": 0.5}

    def state(self) -> State:
        return {"kernel": self.kernel.copy(), "generator": generator_state(self.generator)}

    def restore(self, state: State) -> None:
        self.kernel = state["kernel"]
        set_generator_state(self.generator, state["generator"])


def train(
    run: Run, agent: Any, env: gym.Env[Any, Any], interrupt_at: int = 0, number: int = signal.SIGINT
) -> list[np.ndarray]:
    seen = []
    state, _ = env.reset()
    for step in run.steps():
        state, _, terminated, truncated, _ = env.step(agent.act(state))
        agent.learn(step)
        seen.append(state)
        if step == interrupt_at:
            os.kill(os.getpid(), number)
        if terminated or truncated:
            state, _ = env.reset()
    return seen


def complete(
    options: Options, *, solves_at: int = 10**9, interrupt_at: int = 0, number: int = signal.SIGINT
) -> tuple[int, Run, list[np.ndarray]]:
    run = Run("walker", options)
    env = run.environment()
    agent = Walker(run, solves_at)
    run.begin(agent)
    seen = train(run, agent, env, interrupt_at, number)
    return run.finish(), run, seen


def summary(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "summary.json").read_text(encoding="utf-8"))

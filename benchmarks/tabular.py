"""How fast do tabular learners learn? Side by side in one run, environment and progress bar included.

    python benchmarks/tabular.py            some minutes; prints the table and writes benchmarks/results/tabular.csv
    python benchmarks/tabular.py --rounds 9

- a bare loop: SARSA on a hard-coded 5 x 5 grid, list tables, Python's random, nothing else
- FrozenLake-v1 as gymnasium.make gives it, a NumPy table, a NumPy generator
- one learner of each chapter on the same 5 x 5 grid, as `--headless` runs it; SARSA on FrozenLake-v1 as well
- 1,000 learners at once, as `--seeds 1000` runs them, on the cliff, beside one SARSA learner there
- one SARSA learner on maps of 5 x 5 to 300 x 300 cells

Every round measures all of them in turn; of each the fastest round counts, in seconds of this process (CPU time), so
that other work on the machine disturbs the comparison little.
"""

import contextlib
import functools
import importlib
import io
import itertools
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.parts.chapter_process import ROOT
from common.options import CheckedOptions, Count, launch
from common.runs.curves import save_csv
from gridworld import GridWorld
from gridworld.env import GridWorldEnv

import gymnasium as gym
import numpy as np

# Run as a script, this file stands where Python looks first, and would itself be taken for the package tabular.
sys.path = [folder for folder in sys.path if Path(folder).resolve() != Path(__file__).resolve().parent]

from tabular import sarsa  # noqa: E402 - found only after the line above
from tabular.parts.experiment import Experiment  # noqa: E402
from tabular.parts.given_policy import given_policy  # noqa: E402
from tabular.parts.learning_options import PredictionOptions  # noqa: E402
from tabular.parts.method import Method  # noqa: E402
from tabular.parts.table_agent import ActionTable  # noqa: E402

TABLE = ROOT / "benchmarks" / "results" / "tabular.csv"
ONE_AT_A_TIME = (
    *("monte_carlo_prediction", "td_prediction", "n_step_td", "td_lambda"),
    *("monte_carlo_control", "sarsa", "q_learning", "expected_sarsa", "double_q_learning"),
    *("n_step_sarsa", "sarsa_lambda", "dyna_q", "dyna_q_plus", "prioritised_sweeping"),
)
"""The chapters with one learner that steps through a world; those that predict first."""
TOGETHER = ("sarsa", "q_learning", "expected_sarsa")


@dataclass(frozen=True)
class Options(CheckedOptions):
    rounds: Count = 5
    """how often each side is measured; the fastest counts"""
    steps: Count = 200_000
    """learning steps of one measurement"""
    seeds: Count = 1000
    """learners that are stepped together"""
    table: Path = TABLE
    """where the raw table goes"""


def bare_loop(steps: int) -> float:
    """Seconds of SARSA on the course's 5 x 5 map, written out by hand."""
    table = [[0.0] * 4 for _ in range(25)]
    uniform, whole = random.random, random.randrange

    def act(state: int) -> int:
        if uniform() < 0.1:
            return whole(4)
        values = table[state]
        best = max(values)
        ties = [action for action in range(4) if values[action] == best]
        return ties[0] if len(ties) == 1 else ties[whole(len(ties))]

    def move(state: int, action: int) -> tuple[int, float, bool]:
        row, column = divmod(state, 5)
        if action == 0:
            row = max(row - 1, 0)
        elif action == 1:
            row = min(row + 1, 4)
        elif action == 2:
            column = max(column - 1, 0)
        else:
            column = min(column + 1, 4)
        next_state = row * 5 + column
        if next_state == 12:
            return next_state, 1.0, True
        return next_state, -1.0 if next_state in (7, 11) and next_state != state else 0.0, False

    begin = time.process_time()
    state, action = 0, act(0)
    for _ in range(steps):
        next_state, reward, ended = move(state, action)
        next_action = act(next_state)
        target = reward if ended else reward + 0.9 * table[next_state][next_action]
        table[state][action] += 0.1 * (target - table[state][action])
        if ended:
            state, action = 0, act(0)
        else:
            state, action = next_state, next_action
    return time.process_time() - begin


def frozen_lake_loop(steps: int) -> float:
    """Seconds of SARSA on FrozenLake-v1 with gymnasium's default wrappers and a NumPy table."""
    env = gym.make("FrozenLake-v1")
    table = np.zeros((16, 4))
    generator = np.random.default_rng(0)

    def act(state: int) -> int:
        if generator.random() < 0.1:
            return int(generator.integers(4))
        return int(np.argmax(table[state]))

    begin = time.process_time()
    state, _ = env.reset(seed=0)
    action = act(state)
    for _ in range(steps):
        next_state, reward, terminated, truncated, _ = env.step(action)
        next_action = act(next_state)
        target = float(reward) + 0.9 * table[next_state, next_action] * (not terminated)
        table[state, action] += 0.1 * (target - table[state, action])
        state, action = next_state, next_action
        if terminated or truncated:
            state, _ = env.reset()
            action = act(state)
    return time.process_time() - begin


def prepared(chapter: str, **settings: Any) -> tuple[Experiment, Method]:
    """A chapter's experiment and its learner, with these options; who predicts is given the chapter's policy."""
    module: Any = importlib.import_module(f"tabular.{chapter}")
    options = module.Options(headless=True, **settings)
    experiment = Experiment(chapter, options)
    if isinstance(options, PredictionOptions):
        return experiment, module.method(options, given_policy(experiment.task, options))
    return experiment, module.method(options)


def one_learner(chapter: str, steps: int, **settings: Any) -> tuple[float, int]:
    """(seconds, steps) of `python tabular/CHAPTER.py --headless`, progress bar included, without its start and end."""
    experiment, method = prepared(chapter, **settings)
    trial = experiment.trial(method, seed=0)
    begin = time.process_time()
    while trial.total_steps < steps:
        with contextlib.redirect_stderr(io.StringIO()):
            experiment.learn(method, trial)
    return time.process_time() - begin, trial.total_steps


def many_learners(chapter: str, **settings: Any) -> tuple[float, int]:
    """(seconds, steps) of `--seeds N`."""
    experiment, method = prepared(chapter, **settings)
    begin = time.process_time()
    with contextlib.redirect_stderr(io.StringIO()):
        runs, _ = experiment.learn_together(method)
    assert runs is not None
    return time.process_time() - begin, int(runs.lengths.sum())


def wanderer(size: int, steps: int) -> Callable[[], tuple[float, int]]:
    """One learner at work on a size x size map without an end in reach, already past its first steps."""
    world = GridWorld.random(size, seed=0)
    env = GridWorldEnv(world, max_steps=10_000)
    loop = sarsa.train(env, ActionTable(env, sarsa.Options(epsilon=0.3)), episodes=sys.maxsize)

    def measure() -> tuple[float, int]:
        begin = time.process_time()
        for _ in itertools.islice(loop, steps):
            pass
        return time.process_time() - begin, steps

    measure()
    return measure


def thousands(speeds: dict[str, float], what: str) -> str:
    """Thousand steps a second as the page writes them; nothing for what was not measured."""
    return f"{speeds[what] / 1000:,.0f}" if what in speeds else ""


def page_rows(speeds: dict[str, float]) -> list[str]:
    """The lines of the page's table: one learner of a chapter, and 1,000 of those that can be stepped together."""
    return [
        f"| `{chapter}.py` | {thousands(speeds, f'{chapter}, 5 x 5')} "
        f"| {thousands(speeds, f'{chapter}, cliff, 1,000 at once')} |"
        for chapter in ONE_AT_A_TIME
    ]


def main(options: Options) -> None:
    steps = options.steps
    cliff: dict[str, Any] = {"map": "cliff", "discount": 1.0, "step_size": 0.5}
    measures: dict[str, Callable[[], tuple[float, int]]] = {
        "bare loop, 5 x 5": lambda: (bare_loop(steps), steps),
        "FrozenLake-v1, default wrappers, NumPy table": lambda: (frozen_lake_loop(steps // 4), steps // 4),
        "sarsa, FrozenLake-v1": lambda: one_learner("sarsa", steps, env="FrozenLake-v1", episodes=5000),
    }
    for chapter in ONE_AT_A_TIME:
        measures[f"{chapter}, 5 x 5"] = functools.partial(one_learner, chapter, steps, episodes=1000)
    measures["sarsa, cliff"] = lambda: one_learner("sarsa", steps, episodes=5000, **cliff)
    for chapter in TOGETHER:
        name = f"{chapter}, cliff, {options.seeds:,} at once"
        measures[name] = functools.partial(many_learners, chapter, episodes=100, seeds=options.seeds, **cliff)
    for size in (5, 20, 100, 300):
        measures[f"sarsa, random {size} x {size}"] = wanderer(size, steps)
    best = dict.fromkeys(measures, float("inf"))
    for _ in range(options.rounds):
        for name, measure in measures.items():
            seconds, taken = measure()
            best[name] = min(best[name], seconds / taken)
    print(f"{'':48} µs a step   steps a second")
    for name, each in best.items():
        print(f"{name:48} {each * 1e6:9.3f}   {1 / each:14,.0f}")
    for what, first, second in (
        ("SARSA against the bare loop, as fast", "bare loop, 5 x 5", "sarsa, 5 x 5"),
        (
            "SARSA against FrozenLake's loop, as fast",
            "FrozenLake-v1, default wrappers, NumPy table",
            "sarsa, FrozenLake-v1",
        ),
        (f"{options.seeds:,} at once against one, steps", "sarsa, cliff", f"sarsa, cliff, {options.seeds:,} at once"),
        ("300 x 300 cells against 5 x 5, time a step", "sarsa, random 300 x 300", "sarsa, random 5 x 5"),
    ):
        print(f"{what:48} {best[first] / best[second]:9.2f} times")
    save_csv(options.table, {"what": list(best), "steps a second": [round(1 / each) for each in best.values()]})
    print(f"{options.table} holds the table")


if __name__ == "__main__":
    launch(main, Options)

"""How fast do tabular learners learn? Side by side in one run, environment and progress bar included.

    python benchmarks/tabular.py            a minute; prints the table and writes results/benchmarks/tabular.csv
    python benchmarks/tabular.py --rounds 9

- a bare loop: SARSA on a hard-coded 5 x 5 grid, list tables, Python's random, nothing else
- FrozenLake-v1 as gymnasium.make gives it, a NumPy table, a NumPy generator
- one SARSA learner of this course on the same 5 x 5 grid and on FrozenLake-v1, as `--headless` runs it
- many SARSA learners at once, as `--seeds N` runs them, on the cliff
- one SARSA learner on maps of 5 x 5 to 300 x 300 cells

Every round measures all of them in turn; of each the fastest round counts, in seconds of this process (CPU time), so
that other work on the machine disturbs the comparison little.
"""

import contextlib
import io
import itertools
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

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
from tabular.parts.table_agent import ActionTable  # noqa: E402


@dataclass(frozen=True)
class Options(CheckedOptions):
    rounds: Count = 5
    """how often each side is measured; the fastest counts"""
    steps: Count = 200_000
    """learning steps of one measurement"""
    seeds: Count = 4000
    """learners that are stepped together"""


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


def one_learner(options: sarsa.Options, steps: int) -> tuple[float, int]:
    """(seconds, steps) of `python tabular/sarsa.py --headless`, progress bar included, without its start and end."""
    experiment = Experiment("sarsa", options)
    method = sarsa.method(options)
    trial = experiment.trial(method, seed=0)
    begin = time.process_time()
    while trial.total_steps < steps:
        with contextlib.redirect_stderr(io.StringIO()):
            experiment.learn(method, trial)
    return time.process_time() - begin, trial.total_steps


def many_learners(options: sarsa.Options) -> tuple[float, int]:
    """(seconds, steps) of `--seeds N`."""
    experiment = Experiment("sarsa", options)
    begin = time.process_time()
    with contextlib.redirect_stderr(io.StringIO()):
        runs, _ = experiment.learn_together(sarsa.method(options))
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


def main(options: Options) -> None:
    steps = options.steps
    on_course = sarsa.Options(headless=True, episodes=5000)
    on_lake = sarsa.Options(headless=True, episodes=5000, env="FrozenLake-v1")
    on_cliff = sarsa.Options(headless=True, map="cliff", discount=1.0, step_size=0.5, episodes=5000)
    together = sarsa.Options(headless=True, map="cliff", discount=1.0, step_size=0.5, episodes=100, seeds=options.seeds)
    measures: dict[str, Callable[[], tuple[float, int]]] = {
        "bare loop, 5 x 5": lambda: (bare_loop(steps), steps),
        "FrozenLake-v1, default wrappers, NumPy table": lambda: (frozen_lake_loop(steps // 4), steps // 4),
        "one learner, 5 x 5": lambda: one_learner(on_course, steps),
        "one learner, FrozenLake-v1": lambda: one_learner(on_lake, steps),
        "one learner, cliff": lambda: one_learner(on_cliff, steps),
        f"{options.seeds:,} learners at once, cliff": lambda: many_learners(together),
    }
    for size in (5, 20, 100, 300):
        measures[f"one learner, random {size} x {size}"] = wanderer(size, steps)
    best = dict.fromkeys(measures, float("inf"))
    for _ in range(options.rounds):
        for name, measure in measures.items():
            seconds, taken = measure()
            best[name] = min(best[name], seconds / taken)
    print(f"{'':48} µs a step   million steps a second")
    for name, seconds in best.items():
        print(f"{name:48} {seconds * 1e6:9.3f}   {1e-6 / seconds:8.2f}")
    names = list(best)
    print(f"one learner against the bare loop:     {best[names[0]] / best[names[2]]:6.2f} times as fast (asked: 1)")
    print(f"one learner against FrozenLake's loop: {best[names[1]] / best[names[2]]:6.2f} times as fast (asked: 2)")
    print(f"  both on FrozenLake:                  {best[names[1]] / best[names[3]]:6.2f} times as fast")
    print(f"many learners against one:             {best[names[4]] / best[names[5]]:6.2f} times the steps (asked: 10)")
    print(f"300 x 300 against 5 x 5 cells:         {best[names[-1]] / best[names[-4]]:6.2f} times the time a step")
    file = Path("results") / "benchmarks" / "tabular.csv"
    save_csv(file, {"what": names, "microseconds a step": [round(best[name] * 1e6, 4) for name in names]})
    print(f"{file} holds the table")


if __name__ == "__main__":
    launch(main, Options)

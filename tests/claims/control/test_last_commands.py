"""Commands of deep/control.md that say little: a reward that has to be found, and gradients that are old and large."""

from statistics import median

from benchmarks.parts.experiments import table

import gymnasium as gym
import numpy as np


def rows(command: str) -> list[dict[str, str]]:
    found = [row for row in table() if row["command"] == command]
    assert len(found) >= 4, command
    return found


def test_a_reward_that_is_never_found_without_exploring() -> None:
    """One and the same push, whatever it is, does not carry the car out of the valley; DDPG's noise does."""
    env = gym.make("MountainCarContinuous-v0")
    for push in np.linspace(-1, 1, 9):
        env.reset(seed=0)
        ended = False
        while not ended:
            _, reward, terminated, truncated, _ = env.step(np.float32([push]))
            assert not terminated and reward <= 0
            ended = truncated
    found = rows("ddpg.py --env MountainCarContinuous-v0 --steps 50000")
    by_solved = {
        solved: [float(row["mean_return"]) for row in found if row["solved"] == solved] for solved in ("True", "False")
    }
    assert len(by_solved["True"]) == 9 and min(by_solved["True"]) > 90
    [still] = by_solved["False"]
    # A push of a costs 0.1 a^2 a step: who pays so little for 999 steps hardly pushes.
    assert -0.5 < still < 0


def test_old_gradients_and_long_steps() -> None:
    """Eight learners in turn solve it all the same; with long steps too, but after more of them."""
    short, long = (rows(f"a3c.py --learners 8 --in-turn{more}") for more in ("", " --learning-rate 0.02"))
    assert all(row["solved"] == "True" for row in short)
    assert median(int(row["steps"]) for row in long) > 2 * median(int(row["steps"]) for row in short)

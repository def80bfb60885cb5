"""Chapter 6 of the book, control: the windy gridworld."""

from dataclasses import replace

from common.figures import Drawn, Figure, Number, Panel
from common.runs.curves import Line
from dp.parts import exact
from gridworld.task import Task
from tabular.parts.learning_options import ControlOptions
from tabular.parts.method import Method
from tabular.parts.trial import start_value
from tabular.parts.vector import Runs, VectorLearner

import numpy as np

UNLIMITED = 10**9
"""Steps after which an episode of the book's would be truncated: none is."""


def run_together(method: Method, map_name: str, episodes: int, runs: int, seed: int, **settings: float) -> Runs:
    """So many learners of a method on a map, stepped together, undiscounted and with epsilon 0.1 unless told."""
    assert isinstance(method.options, ControlOptions) and method.bootstrap is not None
    task = Task(map_name, None, UNLIMITED)
    assert task.mdp is not None
    book = {"discount": 1.0, "epsilon": 0.1} | settings
    options = replace(method.options, seeds=runs, seed=seed, **book)  # type: ignore[arg-type]
    return VectorLearner(task.mdp, method.bootstrap, options, UNLIMITED).run(episodes)


def windy_gridworld(method: Method) -> Figure:
    """Example 6.5: how many episodes SARSA has finished after how many steps."""

    def make(seed: int) -> Drawn:
        runs = run_together(method, "windy", 170, 1000, seed, step_size=0.5)
        steps = runs.lengths.cumsum(axis=1)
        x, episodes = steps.mean(axis=0), np.arange(1, 171)
        spread = steps[:, -1].std(ddof=1)
        last = runs.lengths[:, -20:].mean(axis=1)
        model = Task("windy", None, UNLIMITED).mdp
        assert model is not None
        best = -start_value(model, exact.optimal_action_values(model, 1.0, 0.1).max(axis=1))
        numbers = [
            Number("steps for 170 episodes, mean of 1,000 learners", x[-1], "about 8,000", spread / 1000**0.5, 0),
            Number("the same, standard deviation from learner to learner", spread, digits=0),
            Number("steps of an episode with epsilon 0.1, at the least (exact)", best, "about 17", digits=1),
            Number("steps of one of the last 20 episodes", last.mean(), "", last.std() / 1000**0.5, 1),
        ]
        curve = Line(f"{method.title}, mean of 1,000 learners", x, episodes)
        return Drawn([Panel("", "time steps", "episodes", [curve])], numbers)

    return Figure("Example 6.5", "SARSA on the windy gridworld, epsilon 0.1, step size 0.5", make)

"""Chapter 6 of the book, control: the windy gridworld, the cliff, and three targets over the step size."""

from collections.abc import Sequence
from dataclasses import replace

from common.figures import Drawn, Figure, Number, Panel
from common.runs.curves import Line
from dp.parts import exact
from gridworld.task import Task
from gridworld.world import GridWorld
from tabular.parts.learning_options import ControlOptions
from tabular.parts.method import Method
from tabular.parts.paths import greedy_path, most_common_path
from tabular.parts.trial import start_value
from tabular.parts.vector import Runs, VectorLearner

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
INTERIM_RUNS, LONG_RUNS = 200, 100
BOOK_ON_STEP_SIZES = {
    ("SARSA", "in the long run"): "only a small step size does well",
    ("Expected SARSA", "in the long run"): "step size 1 does as well as any",
}

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


class _ManyStepSizes(VectorLearner):
    """Learners of whom equally many have each of these step sizes."""

    def __init__(self, method: Method, step_sizes: Floats, runs: int, seed: int) -> None:
        assert isinstance(method.options, ControlOptions) and method.bootstrap is not None
        task = Task("cliff", None, UNLIMITED)
        assert task.mdp is not None
        options = replace(method.options, discount=1.0, epsilon=0.1, seeds=runs * len(step_sizes), seed=seed)
        super().__init__(task.mdp, method.bootstrap, options, UNLIMITED)
        self._each = np.repeat(step_sizes, runs)

    def _step_size(self, at: NDArray[np.intp]) -> Floats:
        sizes: Floats = self._each[at // (self.n_states * self.n_actions)]
        return sizes


def _returns(method: Method, step_sizes: Floats, runs: int, episodes: int, last: int, seed: int) -> Floats:
    """[step sizes, runs] each learner's mean return over its last episodes."""
    found = _ManyStepSizes(method, step_sizes, runs, seed).run(episodes).returns[:, -last:].mean(axis=1)
    return found.reshape(len(step_sizes), runs)


def step_sizes_on_the_cliff(methods: Sequence[Method]) -> Figure:
    """Figure 6.3: reward an episode on the cliff over the step size, at first and in the long run."""

    def make(seed: int) -> Drawn:
        many, few = np.linspace(0.1, 1, 19), np.linspace(0.1, 1, 10)
        lines, numbers = [], []
        for method in methods:
            interim = _returns(method, many, INTERIM_RUNS, 100, 100, seed)
            long_run = _returns(method, few, LONG_RUNS, 1000, 500, seed)
            lines.append(Line(f"{method.title}, first 100 episodes", many, interim.mean(axis=1), dashed=True))
            lines.append(Line(f"{method.title}, episodes 501 to 1,000", few, long_run.mean(axis=1)))
            for what, found, sizes in (("first 100", interim, many), ("in the long run", long_run, few)):
                at = int(found.mean(axis=1).argmax())
                best, spread = found[at].mean(), found[at].std() / found.shape[1] ** 0.5
                book = BOOK_ON_STEP_SIZES.get((method.title, what), "")
                numbers.append(
                    Number(f"{method.title}, {what}, best at step size {sizes[at]:.2g}", best, book, spread, 1)
                )
            at_one = long_run[-1]
            spread = at_one.std() / len(at_one) ** 0.5
            numbers.append(Number(f"{method.title}, in the long run, step size 1", at_one.mean(), "", spread, 1))
        return Drawn([Panel("", "step size", "reward an episode", lines, limits=(-160, 0))], numbers)

    return Figure("Figure 6.3", "SARSA, Q-learning and Expected SARSA on the cliff over the step size", make)


def cliff_walking(methods: Sequence[Method]) -> Figure:
    """Example 6.6: the reward of each episode, and the paths that the greedy policies take in the end."""

    def make(seed: int) -> Drawn:
        world = GridWorld.load("cliff")
        lines, paths, numbers = [], [], []
        for method in methods:
            runs = run_together(method, "cliff", 500, 1000, seed, step_size=0.5)
            last = runs.returns[:, -100:].mean(axis=1)
            lines.append(Line(method.title, np.arange(1, 501), runs.returns.mean(axis=0)))
            ways = [greedy_path(world, table) for table in runs.action_values]
            lost = sum(not world.is_terminal(way[-1]) for way in ways) / len(ways)
            path, share = most_common_path(world, runs.action_values)
            row, column = np.divmod(path, world.width)
            paths.append(Line(f"{method.title}, {share:.0%} of the learners", column, row))
            numbers += [
                Number(f"{method.title}: reward of an episode, last 100", last.mean(), "", last.std() / 1000**0.5, 1),
                Number(f"{method.title}: moves of the commonest greedy path", len(path) - 1, digits=0),
                Number(f"{method.title}: learners that have it", 100 * share, digits=0, unit=" %"),
                Number(f"{method.title}: greedy policies that never arrive", 100 * lost, digits=0, unit=" %"),
            ]
        bold = run_together(methods[0], "cliff", 500, 1000, seed, step_size=0.5, epsilon=0.3)
        lost = sum(not world.is_terminal(greedy_path(world, table)[-1]) for table in bold.action_values) / 1000
        what = f"{methods[0].title} with epsilon 0.3: greedy policies that never arrive"
        numbers.append(Number(what, 100 * lost, digits=0, unit=" %"))
        panels = [Panel("reward", "episodes", "reward of an episode, mean of 1,000", lines, limits=(-100, 0))]
        panels.append(Panel("greedy paths", "column", "row", paths, limits=(3.5, -0.5)))
        return Drawn(panels, numbers)

    return Figure("Example 6.6", "SARSA and Q-learning on the cliff, epsilon 0.1, step size 0.5", make)


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

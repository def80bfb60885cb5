"""What a learner leaves behind: its policy as text, its true worth, curves, numbers, and one line."""

import re
from collections.abc import Sequence
from pathlib import Path

from common.errors import UserError
from common.figures import save_panels
from common.files import check_writable
from common.language import N_, _, titled
from common.runs.curves import Line, band_over_seeds, running_mean, save_csv, save_curve
from dp.parts import exact
from gridworld.mdp import MDP
from gridworld.task import Task
from tabular.parts.learning_options import LearningOptions
from tabular.parts.table_agent import ActionTable
from tabular.parts.table_panels import table_panels
from tabular.parts.table_text import table_text
from tabular.parts.trial import Trial, Truth, greedy_value, start_value
from tabular.parts.vector import Runs

import numpy as np
from numpy.typing import NDArray

_LARGEST_EXACT = 200_000
"""States up to which the exact values are computed for the report."""


class Report:
    """Raises UserError, before any work is done, where the results cannot be written."""

    def __init__(self, chapter: str, task: Task, options: LearningOptions) -> None:
        self.task, self.options, self.chapter = task, options, chapter
        name = f"seed-{options.seed}" if options.seeds == 1 else f"{options.seeds}-seeds-from-{options.seed}"
        # A map may be a path, an environment's name may hold what no file name can.
        world = Path(task.name).stem if task.env is None else re.sub(r"[^\w.=-]+", "-", task.name)
        self.folder = options.out or Path("results") / chapter / world / name
        if self.folder.exists() and not self.folder.is_dir():
            raise UserError("--out {folder} is a file: give a folder", folder=self.folder)
        check_writable(self.folder / "curve.png")
        self.y_limits: tuple[float, float] | None = None

    # One learner

    def print_result(self, title: str, trial: Trial, truth: str, seconds: float) -> None:
        """The policy or values as a grid, their true worth, and the summary."""
        agent, mdp = trial.agent, self._model(trial.total_steps)
        print(table_text(self.task, agent))
        if mdp is not None and mdp.n_states <= _LARGEST_EXACT:
            if isinstance(agent, ActionTable):
                worth = greedy_value(mdp, agent.action_values, agent.discount)
                print(
                    _(
                        "value of the start, exact: {worth:.4f} under this greedy policy, {best} at best",
                        worth=worth,
                        best=_best(mdp, agent),
                    )
                )
            error = Truth(mdp, truth).error(agent)
            if np.isfinite(error):
                print(
                    _(
                        "RMS distance of the table from the {truth} values of the model: {error:.4f}",
                        truth=_(truth),
                        error=error,
                    )
                )
        steps = sum(trial.lengths)
        recent = trial.returns[-100:]
        mean = f"{np.mean(recent):.4g}" if recent else _("unknown")
        self._say_limit(trial.lengths)
        print(
            _(
                "{title} on {name}: {episodes:,} episodes, {steps:,} steps in {seconds:.2f} s; mean "
                "return of the last {recent} episodes {mean}",
                title=titled(title),
                name=self.task.name,
                episodes=len(trial.returns),
                steps=steps,
                seconds=seconds,
                recent=len(recent),
                mean=mean,
            )
        )

    def _say_limit(self, lengths: Sequence[int]) -> None:
        cut = sum(length >= self.task.max_steps for length in lengths)
        if cut and self.task.unlimited:
            limit = _("{count:,} steps (--max-steps sets another limit)", count=self.task.max_steps)
            print(
                _(
                    "{name} has no time limit: {cut:,} of {episodes:,} episodes were cut off after {limit}",
                    name=self.task.name,
                    cut=cut,
                    episodes=len(lengths),
                    limit=limit,
                )
            )

    def _model(self, steps: int) -> MDP | None:
        """What a learner is judged by after so many steps: the map that it ended on."""
        then = self.task.then
        return self.task.mdp if then is None or steps < self.task.after else then.mdp()

    def save_learning(self, trials: list[tuple[str, Trial, list[float]]]) -> None:
        """curve.png and curve.csv: the return of each episode, or the error after it where that was measured."""
        if not trials[0][1].returns:
            return
        measured = bool(trials[0][2])
        length = min(len(trial.returns) for _, trial, _ in trials)
        episodes = np.arange(1, length + 1)
        columns: dict[str, Sequence[float]] = {"episode": episodes.tolist()}
        lines = []
        for title, trial, errors in trials:
            curve = np.array(errors if measured else trial.returns)[:length]
            columns[f"{title}: return"] = trial.returns[:length]
            columns[f"{title}: steps"] = [float(steps) for steps in trial.lengths[:length]]
            if measured:
                columns[f"{title}: RMS error"] = curve.tolist()
            lines.append(Line(title, episodes, curve if measured else running_mean(curve.tolist(), 20)))
        self._save(columns, lines, N_("RMS error") if measured else N_("return, mean of 20 episodes"))
        agent = trials[0][1].agent
        panels = table_panels(self.task, agent) if isinstance(agent, ActionTable) else []
        if panels:
            save_panels(self.folder / "policy.png", f"{self.chapter} on {self.task.name}", panels)
            print(_("policy.png is in {folder}", folder=self.folder))

    def _save(self, columns: dict[str, Sequence[float]], lines: list[Line], y_label: str) -> None:
        save_csv(self.folder / "curve.csv", columns)
        title = f"{self.chapter} on {self.task.name}"
        save_curve(self.folder / "curve.png", title, "episode", y_label, lines, y_limits=self.y_limits)
        print(_("curve.png and curve.csv are in {folder}", folder=self.folder))

    # Many learners

    def print_many(self, title: str, runs: Runs, seconds: float) -> None:
        """The mean over the learners with its 95 % interval."""
        last = runs.returns[:, -100:].mean(axis=1)
        low, high = interval(last)
        steps = int(runs.lengths.sum())
        self._say_limit(runs.lengths.ravel().tolist())
        if self.task.mdp is not None and runs.action_values.ndim == 3 and self.task.n_states <= 2000:
            mdp, some = self._model(int(runs.lengths.sum(axis=1).min())), runs.action_values[:100]
            assert mdp is not None
            worths = np.array([greedy_value(mdp, table, self.options.discount) for table in some])
            settled = np.isfinite(worths)
            print(
                _(
                    "value of the start, exact, under the greedy policies of {count} of them: median "
                    "{median:.4f}; {share:.0%} never arrive",
                    count=len(some),
                    median=np.median(worths),
                    share=np.mean(~settled),
                )
            )
        print(
            _(
                "{title} on {name}: {learners:,} learners, {episodes:,} episodes each, {steps:,} steps in "
                "{seconds:.1f} s; mean return of the last {last} episodes {mean:.4g} (95 % interval "
                "{low:.4g} to {high:.4g})",
                title=titled(title),
                name=self.task.name,
                learners=len(runs.returns),
                episodes=runs.returns.shape[1],
                steps=steps,
                seconds=seconds,
                last=min(100, runs.returns.shape[1]),
                mean=last.mean(),
                low=low,
                high=high,
            )
        )
        if runs.errors is not None:
            low, high = interval(runs.errors[:, -1])
            error = runs.errors[:, -1].mean()
            print(
                _(
                    "  RMS error at the end {error:.4f} (95 % interval {low:.4f} to {high:.4f})",
                    error=error,
                    low=low,
                    high=high,
                )
            )

    def save_many(self, results: list[tuple[str, Runs]]) -> None:
        """curve.png and curve.csv: mean and interval over the learners, and their mean steps, an episode a row."""
        measured = results[0][1].errors is not None
        length = min(runs.returns.shape[1] for _, runs in results)
        episodes = np.arange(1, length + 1)
        columns: dict[str, Sequence[float]] = {"episode": episodes.tolist()}
        lines = []
        for title, runs in results:
            curves = runs.errors if measured and runs.errors is not None else runs.returns
            mean, low, high = band_over_seeds(curves[:, :length])
            columns |= {f"{title}: mean": mean.tolist(), f"{title}: low": low.tolist(), f"{title}: high": high.tolist()}
            columns[f"{title}: steps"] = runs.lengths[:, :length].mean(axis=0).tolist()
            lines.append(Line(title, episodes, mean, low, high))
        self._save(columns, lines, "RMS error" if measured else "return")


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """The normal 95 % interval of the mean."""
    half = 1.96 * values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return float(values.mean() - half), float(values.mean() + half)


def _best(mdp: MDP, agent: ActionTable) -> str:
    try:
        return f"{start_value(mdp, exact.optimal_values(mdp, agent.discount)):.4f}"
    except UserError:
        return "unbounded"

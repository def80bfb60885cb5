"""Everything around a chapter's loop that is not the lecture: the window, progress, many seeds, files, Ctrl-C."""

import time
from functools import partial

from common.errors import UserError
from common.figures import find
from common.interrupt import Interrupt
from common.language import N_, _, titled
from common.tables import load_table, save_table
from common.watch.display import has_display
from gridworld.discrete import DiscreteEnv
from gridworld.env import GridWorldEnv
from gridworld.task import Task, fingerprint
from gridworld.world import GridWorld
from tabular.parts.greedy_demo import run_demo
from tabular.parts.learner_lesson import LearnerLesson
from tabular.parts.learning_options import ControlOptions, LearningOptions
from tabular.parts.method import Agent, Method
from tabular.parts.report import Report
from tabular.parts.rivals import all_methods
from tabular.parts.table_agent import ActionTable
from tabular.parts.trial import Trial, Truth
from tabular.parts.vector import Runs, VectorLearner
from tabular.parts.watch.boards import Board, board
from tabular.parts.watch.environment_lesson import EnvironmentLesson

import numpy as np
from tqdm import tqdm

_REFRESH_SECONDS = 0.1
_RECENT = 100
_FEWEST_TOGETHER = 30
"""Learners from which on stepping them together is quicker than one after the other."""
_LARGEST_TABLES = 40_000_000
"""Entries that the tables of learners stepped together may have in all; larger ones go one by one."""


class Experiment:
    """Methods on one task. Raises UserError for options, files and environments that will not do, before it starts.

    A chapter that draws figures of the book does so before it makes an experiment; here --figure is refused.
    task: what is learned; report: where its results go; results: (title, runs) of each method once many seeds are done.
    """

    def __init__(self, chapter: str, options: LearningOptions) -> None:
        if options.figure is not None:
            find([], options.figure)
        for flag, given in (("--save", options.save), ("--record", options.record), ("--load", options.load)):
            if given is not None and options.seeds > 1:
                raise UserError(
                    "{flag} {given} is for one learner: leave out --seeds {seeds}",
                    flag=flag,
                    given=given,
                    seeds=options.seeds,
                )
        self.options = options
        change = (options.then, options.after or 1000) if isinstance(options, ControlOptions) else ()
        self.task = Task(options.map, options.env, options.max_steps, options.env_arg, *change)
        if getattr(options, "exploring_starts", False) and self.task.mdp is None:
            raise UserError(
                "--exploring-starts begins anywhere, which {env} has no way to: leave it out", env=options.env
            )
        self.report = Report(chapter, self.task, options)
        self.results: list[tuple[str, Runs]] = []

    def run(self, *methods: Method) -> int:
        """Do what the options ask for; returns the exit status. The first method's table is loaded and saved."""
        options = self.options
        start = self._loaded(methods[0])
        if isinstance(options, ControlOptions) and options.demo:
            assert start is not None
            return run_demo(self.task, start, options)
        if options.seeds > 1:
            return self._many(methods)
        if self.task.world is not None and opens_window(options):
            return self._watch(self.task.world, methods, start)
        if self.task.world is None and opens_window(options):
            environment = self.task.gymnasium_environment()
            if isinstance(environment.unwrapped, GridWorldEnv):
                return self._watch(environment.unwrapped.world, methods, start)
            drawn = board(environment)
            if drawn is not None:
                return self._watch(drawn.world, methods, start, drawn)
            print(_("there is no picture of {env} to learn in, so no window is opened", env=self.task.env))
        return self._learn(methods, start)

    def trial(
        self, method: Method, seed: int, start: np.ndarray | None = None, env: DiscreteEnv | None = None
    ) -> Trial:
        """A learner before its first step. start: its first table; env: where it learns (default: a new one)."""
        if env is None:
            env = self.task.environment()
        agent = method.agent(env, seed)
        if start is not None:
            agent.fill(start)
        return Trial(agent, env, method.train, seed)

    # One learner of each method

    def _learn(self, methods: tuple[Method, ...], start: np.ndarray | None) -> int:
        trials = []
        interrupted = False
        for method in methods:
            trial = self.trial(method, self.options.seed, start if method is methods[0] else None)
            seconds, errors, interrupted = self.learn(method, trial)
            trials.append((method.title, trial, errors))
            self.report.print_result(method.title, trial, method.tends_to, seconds)
            if interrupted:
                break
        self.report.save_learning(trials)
        self._save(trials[0][1].agent)
        if self.options.record is not None and self.task.world is not None:
            self._film(self.task.world, methods, start)
        elif self.options.record is not None:
            run_demo(self.task, trials[0][1].agent.action_values, self.options)  # type: ignore[union-attr]
        return 130 if interrupted else 0

    def learn(self, method: Method, trial: Trial) -> tuple[float, list[float], bool]:
        """Learn all episodes behind a progress bar; (seconds, error after each episode, whether Ctrl-C was pressed)."""
        errors: list[float] = []
        truth = Truth(self.task.mdp, method.tends_to) if method.measured and self.task.mdp is not None else None
        begin = refresh = time.perf_counter()
        title = method.title
        with (
            Interrupt() as ctrl_c,
            tqdm(total=self.options.episodes, unit="episode", desc=titled(title), dynamic_ncols=True) as bar,
        ):
            for number in range(1, self.options.episodes + 1):
                trial.episode()
                if truth is not None:
                    errors.append(truth.error(trial.agent))
                now = time.perf_counter()
                if now >= refresh or number == self.options.episodes:
                    refresh = now + _REFRESH_SECONDS
                    recent = np.mean(trial.returns[-_RECENT:])
                    bar.set_postfix_str(
                        _("return {recent:.3g} (mean of {count})", recent=recent, count=_RECENT), refresh=False
                    )
                    bar.update(number - bar.n)
                if ctrl_c.pressed:
                    break
        if ctrl_c.pressed:
            print(_("stopped after {returns} episodes; what was learned so far:", returns=len(trial.returns)))
        return time.perf_counter() - begin, errors, ctrl_c.pressed

    # Many learners of each method

    def _many(self, methods: tuple[Method, ...]) -> int:
        """Learn with every seed and report the mean; Ctrl-C keeps the seeds that are done."""
        interrupted = False
        for method in methods:
            begin = time.perf_counter()
            runs, interrupted = self.learn_together(method) if self._fits(method) else self._one_by_one(method)
            if runs is not None:
                self.report.print_many(method.title, runs, time.perf_counter() - begin)
                self.results.append((method.title, runs))
            if interrupted:
                break
        if self.results:
            self.report.save_many(self.results)
        return 130 if interrupted else 0

    def _fits(self, method: Method) -> bool:
        seeds = self.options.seeds
        size = seeds * self.task.n_states * self.task.n_actions
        quicker = seeds >= _FEWEST_TOGETHER and size <= _LARGEST_TABLES
        # Learners that are stepped together share a model, and it stays what it is.
        return method.bootstrap is not None and self.task.mdp is not None and self.task.then is None and quicker

    def learn_together(self, method: Method) -> tuple[Runs | None, bool]:
        options = self.options
        assert method.bootstrap is not None and self.task.mdp is not None
        assert isinstance(method.options, ControlOptions)
        learners = VectorLearner(self.task.mdp, method.bootstrap, method.options, self.task.max_steps)
        runs = learners.empty_runs(options.episodes)
        refresh = 0.0
        with tqdm(
            total=options.episodes * options.seeds, unit="episode", desc=titled(method.title), dynamic_ncols=True
        ) as bar:
            try:
                for over in learners.steps(options.episodes, runs):
                    if time.perf_counter() >= refresh:
                        refresh = time.perf_counter() + _REFRESH_SECONDS
                        bar.update(over - bar.n)
                bar.update(bar.total - bar.n)
            except KeyboardInterrupt:
                finished = int((runs.lengths > 0).sum(axis=1).min())
                print(_("stopped after {finished} episodes of every learner", finished=finished))
                return (runs.first(finished) if finished else None), True
        return runs, False

    def _one_by_one(self, method: Method) -> tuple[Runs | None, bool]:
        options = self.options
        trials: list[Trial] = []
        errors: list[float] = []
        interrupted = False
        truth = Truth(self.task.mdp, method.tends_to) if method.measured and self.task.mdp is not None else None
        try:
            for seed in tqdm(range(options.seed, options.seed + options.seeds), unit="seed", desc=titled(method.title)):
                trial = self.trial(method, seed)
                errors_of_trial = []
                for _episode in range(options.episodes):
                    trial.episode()
                    if truth is not None:
                        errors_of_trial.append(truth.error(trial.agent))
                trials.append(trial)
                errors.append(errors_of_trial)  # type: ignore[arg-type]
        except KeyboardInterrupt:
            print(_("stopped after {done} of {seeds} seeds", done=len(trials), seeds=options.seeds))
            interrupted = True
        if not trials:
            return None, True
        tables = np.array([_table(trial.agent) for trial in trials])
        returns, lengths = np.array([trial.returns for trial in trials]), np.array([trial.lengths for trial in trials])
        return Runs(tables, returns, lengths, np.array(errors) if truth is not None else None), interrupted

    # The window

    def _watch(
        self, world: GridWorld, methods: tuple[Method, ...], start: np.ndarray | None, drawn: Board | None = None
    ) -> int:
        from gridworld.window.show import show

        lessons = self._lessons(world, methods, start, drawn)
        show(*lessons, record=self.options.record)
        self._save(lessons[0].agent, lessons[0].world if drawn is None else None)
        return 0

    def _film(self, world: GridWorld, methods: tuple[Method, ...], start: np.ndarray | None) -> None:
        from gridworld.window.show import show

        lessons = self._lessons(world, methods, start)
        for lesson in lessons:
            lesson.playing = True
        show(*lessons, headless=True, record=self.options.record, steps=20 * self.options.episodes)
        print(_("the film is in {record}", record=self.options.record))

    def _lessons(
        self, world: GridWorld, methods: tuple[Method, ...], start: np.ndarray | None, drawn: Board | None = None
    ) -> list[LearnerLesson]:
        def lesson(method: Method) -> LearnerLesson:
            def make(method: Method, env: DiscreteEnv) -> Trial:
                return self.trial(method, self.options.seed, start if method is methods[0] else None, env)

            kind = partial(LearnerLesson, world) if drawn is None else partial(EnvironmentLesson, self.task, drawn)
            return kind(
                method,
                make,
                episodes=self.options.episodes,
                max_steps=self.task.max_steps,
                then=self.task.then,
                after=self.task.after,
                seed=self.options.seed,
                others=self._others if isinstance(self.options, ControlOptions) else None,
                other_button=("Learner", "l") if method is methods[0] else (N_("Learner 2"), "k"),
            )

        return [lesson(method) for method in methods]

    def _others(self) -> list[Method]:
        """Every method that learns to act, with the numbers of this one where it has them."""
        assert isinstance(self.options, ControlOptions)
        return all_methods(self.options)

    # Tables

    def _loaded(self, method: Method) -> np.ndarray | None:
        if self.options.load is None:
            return None
        shape = _table(method.agent(self.task.environment(), seed=0)).shape
        return load_table(self.options.load, shape, self.task.fingerprint, self.task.name)

    def _save(self, agent: Agent, world: GridWorld | None = None) -> None:
        """world: the map as it was edited, where it was."""
        if self.options.save is None:
            return
        mark = self.task.fingerprint if world is None else fingerprint(world.mdp())
        save_table(self.options.save, _table(agent), mark, self.task.name)
        print(_("the table is in {save}", save=self.options.save))


def opens_window(options: LearningOptions) -> bool:
    """Whether there is to be a window: it was not declined, and there is a display to open it on."""
    return not options.headless and has_display()


def _table(agent: Agent) -> np.ndarray:
    return agent.action_values if isinstance(agent, ActionTable) else agent.values

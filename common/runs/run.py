"""A training run: everything around the loop that is not the lecture.

A chapter shows its algorithm and its loop; the run counts, evaluates, stops, draws, saves and resumes:

    run = Run("dqn", options)                     # checks the options, the folder and the environment
    env = run.environment()                       # a gymnasium environment; every episode gets its own seed
    agent = DQN(..., run.generator)
    run.begin(agent)                              # --resume: puts agent and environment back where they stopped
    train(env, agent, run)
    return run.finish()                           # files, a line on the screen, the exit status

    def train(env, agent, run):
        state, _ = env.reset()
        for step in run.steps():                  # 1, 2, 3, ... until solved, out of steps, or Ctrl-C
            action = agent.act(state)
            next_state, reward, terminated, truncated, _ = env.step(action)
            agent.learn(...)
            state = next_state
            if terminated or truncated:
                state, _ = env.reset()

With several environments: `env = run.environments(8)` and `for step in run.steps(8)`, which counts 8 steps a turn.

What the run asks of an agent is the protocol in common/runs/agent.py. Every `--evaluate-every` steps its greedy policy
plays 10 episodes in an environment of its own; if their mean reaches the target, 100 fresh ones, and if those reach it
too, the run is solved: training stops, and exactly these weights are saved. Another 100 give the mean that is reported.

Stopping. Ctrl-C lets the loop finish its turn; then the best weights so far, the curve, the summary and a checkpoint
are saved, and the script ends with status 130. A second Ctrl-C stops at once. A checkpoint is taken between two turns
of the loop, so a chapter needs no code for it beyond the agent's `state` and `restore`; what the loop keeps in local
variables must come back from `env.reset()`, which returns to the middle of the episode after `begin`.
"""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from common.environments.arguments import make_several_with_settings, make_with_settings
from common.environments.training import TrainingEnvironment, TrainingEnvironments
from common.errors import UserError
from common.interrupt import Interrupt
from common.networks.weights import Weights, save_networks
from common.runs.agent import Agent
from common.runs.checkpoint import State, save_state
from common.runs.evaluation import SEED_OFFSET, Evaluation
from common.runs.results import Progress, ResultsFolder, Scalars, versions, write_json
from common.runs.run_checkpoint import Best, Counters, Resumable, check_resumable, collect, load, put_back
from common.runs.run_options import RunOptions, resumed
from common.runs.verdict import say
from common.screen import typed_here
from common.watch.viewer import Viewer, film

import numpy as np
from tqdm import tqdm

QUICK_EPISODES = 10
FINAL = 1  # the purpose of the episodes that decide nothing
CHECKPOINT_SECONDS = 30.0
_imported = time.perf_counter()


class Run:
    """One training run of a chapter. Raises UserError for options that do not fit.

    target: mean return that counts as solved; None asks the environment.
    options: those of the run; with --resume the stopped run's own, so read them from here.
    scalars: called with the folder of --tensorboard; what it returns is handed the numbers as they come.
    generator: randomness for the agent.
    """

    def __init__(
        self,
        chapter: str,
        options: RunOptions,
        *,
        target: float | None = None,
        scalars: Callable[[Path], Scalars] | None = None,
    ) -> None:
        self.chapter = chapter
        folder = options.out or options.resume or Path("results") / chapter / f"seed-{options.seed}"
        self.folder = ResultsFolder(folder, chapter)
        if folder.exists():
            self.folder.lock()
        self._resumed: tuple[State, Counters] | None = None
        if (source := options.resume) is not None:
            self._resumed = load(source, chapter)
            options = resumed(options, self._resumed[1].options)
            check_resumable(self._resumed[1], source, options.steps, versions())
        self.options: Any = options
        self.evaluation = Evaluation(options.env, options.env_arg, target=target)
        self.generator = np.random.default_rng([options.seed, 1])
        self.progress = Progress()
        self.step = 0
        self.solved = self.interrupted = False
        self.best: Best | None = None
        self.seconds = self._startup = 0.0
        self.env: Resumable | None = None
        self._make_scalars = scalars
        self._tensorboard: Scalars | None = None
        self._viewer: Viewer | None = None

    # -- before the loop

    def environment(self) -> TrainingEnvironment:
        """The environment to train in."""
        env = make_with_settings(self.options.env, self.options.env_arg)
        self.env = training = TrainingEnvironment(env, self._environment_generator(), self.episode_ended)
        return training

    def environments(self, count: int) -> TrainingEnvironments:
        """`count` environments that step together: the native vector version where there is one."""
        env = make_several_with_settings(self.options.env, self.options.env_arg, count)
        self.env = training = TrainingEnvironments(env, self._environment_generator(), self.episode_ended)
        return training

    def _environment_generator(self) -> np.random.Generator:
        return np.random.default_rng([self.options.seed, 2])

    def begin(self, agent: Agent) -> None:
        """Take charge of this agent; with --resume, put it and the environment back."""
        self.agent = agent
        options = self.options
        agent.begin()
        self.folder.lock()
        if self._resumed is not None:
            assert self.env is not None
            state, stopped = self._resumed
            self.best = put_back(state, stopped, options.resume, agent, self.env)
            self.step, self.seconds, self.solved = stopped.step, stopped.seconds, stopped.solved
            self.progress.restore(stopped.progress)
        if options.resume is None or options.resume.resolve() != self.folder.folder.resolve():
            self.folder.set_aside()
        write_json(
            self.folder.options,
            {"chapter": self.chapter, "options": vars(options), "command": typed_here(), "versions": versions()},
        )
        if options.tensorboard is not None and self._make_scalars is not None:
            self._tensorboard = self._make_scalars(options.tensorboard)
        if options.render and not options.headless:
            self._save(self.folder.latest, agent.weights())
            self._viewer = Viewer(self.folder.latest, options, self.evaluation.target)
            self._viewer.tell(self.step, self.progress, agent, new_weights=True)

    # -- the loop

    def steps(self, stride: int = 1) -> Iterator[int]:
        """Count environment steps, `stride` a turn, until the run is solved, stopped or out of steps."""
        began = time.perf_counter() - self.seconds
        self._startup = time.perf_counter() - _imported
        saved = time.perf_counter()
        with (
            Interrupt("stopping after this step (Ctrl-C again: at once)") as ctrl_c,
            tqdm(total=self.options.steps, initial=self.step, unit="step", disable=None, leave=False) as bar,
        ):
            while not (self.step >= self.options.steps or self.solved or self._stop_score_reached() or ctrl_c.pressed):
                self.step += stride
                yield self.step
                due = self.step % self.options.evaluate_every < stride
                if due:
                    self.seconds = time.perf_counter() - began
                    self._evaluate()
                    bar.set_postfix(self._postfix(), refresh=False)
                if self._stop_score_reached():
                    self._evaluate(quick=False)
                if due and time.perf_counter() - saved > CHECKPOINT_SECONDS:
                    self.seconds = time.perf_counter() - began
                    self._save_checkpoint()
                    saved = time.perf_counter()
                if self.step % 64 < stride:
                    bar.update(self.step - bar.n)
                    if self._viewer is not None:
                        self._viewer.tell(self.step, self.progress, self.agent)
            self.seconds = time.perf_counter() - began
            self.interrupted = ctrl_c.pressed

    def episode_ended(self, score: float) -> None:
        """Take down the raw return of an episode that has ended: every environment that is trained in says it."""
        self.progress.episode_steps.append(self.step)
        self.progress.scores.append(score)
        if self._tensorboard is not None:
            self._tensorboard.add(self.step, {"score": score})

    def _stop_score_reached(self) -> bool:
        """The lecture's own rule: enough on average over the last ten training episodes."""
        goal, scores = self.options.stop_score, self.progress.scores
        return goal is not None and len(scores) >= 10 and self.progress.recent_score() >= goal

    def _evaluate(self, quick: bool = True) -> None:
        """Ten greedy episodes, a hundred where those look solved; remember the best weights."""
        weights = self.agent.weights()
        if not all(np.isfinite(array).all() for array in weights):
            raise UserError("the weights are no longer finite numbers: lower --learning-rate")
        scores = self._play(QUICK_EPISODES)
        if not quick or self.evaluation.solves(scores):
            scores = self._play(self.evaluation.episodes)
            self.solved = self.evaluation.solves(scores)
        mean = float(scores.mean())
        if self.best is None or self.solved or mean > self.best[0]:
            self.best = (mean, [array.copy() for array in weights], scores)
            self._save(self.folder.weights, weights)
        row = {
            "steps": self.step,
            "episodes": len(self.progress.scores),
            "seconds": round(self.seconds, 3),
            "score": self.progress.recent_score(),
            "evaluation": mean,
            "evaluated": len(scores),
        } | self.agent.status()
        self.progress.evaluations.append(row)
        if self._tensorboard is not None:
            self._tensorboard.add(self.step, {"evaluation": mean} | self.agent.status())
        if self._viewer is not None:
            self._save(self.folder.latest, weights)
            self._viewer.tell(self.step, self.progress, self.agent, new_weights=True)

    def _save(self, path: Path, weights: Weights) -> None:
        save_networks(path, self.agent.networks(weights), self.chapter)

    def _save_checkpoint(self) -> None:
        assert self.env is not None
        options = json.loads(json.dumps(vars(self.options), default=str))
        progress = self.progress.as_dict()
        counters = Counters(self.chapter, self.step, self.solved, self.seconds, progress, options, versions())
        save_state(self.folder.checkpoint, collect(self.agent, self.env, self.best, counters))

    def _play(self, episodes: int, *purpose: int) -> np.ndarray:
        """Fresh episodes every time: their seeds depend on the run's seed, the step, number and purpose."""
        entropy = np.random.SeedSequence([SEED_OFFSET, self.options.seed, self.step, episodes, *purpose])
        return self.evaluation.returns(self.agent.greedy, episodes, int(entropy.generate_state(1)[0]))

    def _postfix(self) -> dict[str, str]:
        row = self.progress.evaluations[-1]
        shown = {"score": row["score"], "greedy": row["evaluation"]} | self.agent.status()
        return {name: f"{value:.3g}" for name, value in shown.items()}

    # -- after the loop

    def finish(self) -> int:
        """Write everything, say how it went, return the exit status (130 after Ctrl-C)."""
        with Interrupt("saving first (Ctrl-C again: at once)") as ctrl_c:
            self._save_checkpoint()
            if self.best is None or not self.interrupted:
                self._final_evaluation()
            assert self.best is not None
            mean, weights, scores = self.best
            self._save(self.folder.weights, weights)
            title = f"{self.chapter} on {self.options.env}, seed {self.options.seed}"
            self.folder.save_progress(self.progress, self.evaluation.target, title)
            self.folder.save_bounded(self.progress, self.agent.bounded, self.options, title)
            summary = self._summary(mean, scores)
            write_json(self.folder.summary, summary)
            if self._tensorboard is not None:
                self._tensorboard.close()
            if self._viewer is not None:
                self._save(self.folder.latest, weights)
                self._viewer.close()
            self.evaluation.close()
            say(summary, self.options)
            self.folder.unlock()
        interrupted = self.interrupted or ctrl_c.pressed
        if self.options.record is not None and not interrupted:
            film(self.folder.weights, self.options)
        return 130 if interrupted else 0

    def _final_evaluation(self) -> None:
        """The number that is reported: a hundred episodes with the best weights, in which nothing was decided.

        What decided is too good on average: the best of many, or the first that passed a test made again and again.
        Not in the checkpoint: a resumed run must not see what an uninterrupted one does not."""
        best = self.agent.weights() if self.best is None else self.best[1]
        self.agent.set_weights(best)
        scores = self._play(self.evaluation.episodes, FINAL)
        self.best = (float(scores.mean()), best, scores)

    def _summary(self, mean: float, scores: np.ndarray) -> dict[str, Any]:
        return {
            "chapter": self.chapter,
            "env": self.options.env,
            "seed": self.options.seed,
            "solved": self.solved,
            "interrupted": self.interrupted,
            "steps": self.step,
            "episodes": len(self.progress.scores),
            "seconds": round(self.seconds, 3),
            "startup_seconds": round(self._startup, 3),
            "target": self.evaluation.target,
            "marks": self.evaluation.marks,
            "evaluate_every": self.options.evaluate_every,
            "evaluation": {
                "episodes": len(scores),
                "mean": mean,
                "std": float(scores.std()),
                "min": float(scores.min()),
            },
            "weights": str(self.folder.weights),
            "command": typed_here(),
            "versions": versions(),
        }

"""Walking greedily with a table that was learned before."""

from common.language import _
from common.watch.display import has_display
from common.watch.recording import Recorder
from dp.parts.greedy import greedy_policy
from gridworld.task import Task
from gridworld.window.lesson import Button, Lesson
from gridworld.window.snapshot import Snapshot
from gridworld.world import GridWorld
from tabular.parts.learning_options import LearningOptions

import numpy as np
from numpy.typing import NDArray

EPISODES = 5


class GreedyLesson(Lesson):
    """Shows a table and walks along its greedy policy."""

    def __init__(self, world: GridWorld, action_values: NDArray[np.float64], discount: float, seed: int) -> None:
        super().__init__(f"greedy on {world.name}", world, seed)
        self._discount = discount
        self._snapshot = Snapshot(
            values=action_values.max(axis=1), action_values=action_values, policy=greedy_policy(action_values)
        )

    @property
    def discount(self) -> float:
        return self._discount

    @property
    def done(self) -> bool:
        return True

    def snapshot(self) -> Snapshot:
        return self._snapshot

    def buttons(self) -> list[Button]:
        return [Button("Move", self.move, key="m")]


def run_demo(task: Task, action_values: NDArray[np.float64], options: LearningOptions) -> int:
    """Walk greedily: in the window on a map, else in print; --record films either."""
    if task.world is None:
        _play(task, action_values, options)
        return 0
    lesson = GreedyLesson(task.world, action_values, options.discount, options.seed)
    lesson.move()
    assert lesson.walk is not None
    from gridworld.window.show import show

    if options.headless or not has_display():
        while not lesson.walk.over:
            lesson.walk.step()
        print(" ".join(str(task.world.row_column(state)) for state in lesson.walk.trail[:60]))
        print(lesson.walk.message)
        lesson.move()
    show(lesson, headless=options.headless, record=options.record)
    return 0


def _play(task: Task, action_values: NDArray[np.float64], options: LearningOptions) -> None:
    """A few greedy episodes in the gymnasium environment itself."""
    if options.record is None:
        env = task.gymnasium_environment(max_episode_steps=task.max_steps)
    else:
        env = task.watched_environment()
    recorder = None if options.record is None else Recorder(options.record, frames_per_second=4)
    random = np.random.default_rng(options.seed)
    state, _info = env.reset(seed=options.seed)
    for episode in range(EPISODES):
        if episode:
            state, _info = env.reset()
        steps, total, ended = 0, 0.0, False
        while not ended:
            if recorder is not None:
                recorder.add(np.asarray(env.render(), np.uint8))
            best = np.flatnonzero(action_values[state] == action_values[state].max())
            state, reward, terminated, truncated, _info = env.step(int(random.choice(best)))
            steps, total, ended = steps + 1, total + reward, terminated or truncated
        if recorder is not None:
            recorder.add(np.asarray(env.render(), np.uint8))
        how = _("arrived") if terminated else _("no end in sight")
        print(
            _(
                "episode {number}: {how} after {steps} steps, return {total:g}",
                number=episode + 1,
                how=how,
                steps=steps,
                total=total,
            )
        )
    if recorder is not None:
        recorder.close()
    env.close()

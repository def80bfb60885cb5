"""What a window costs: nearly nothing while nothing moves, and a few milliseconds a picture of everything at once."""

import gc
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from common.options import parse
from dp import policy_iteration
from dp.policy_iteration import PolicyIteration
from gridworld.env import GridWorldEnv
from gridworld.window import show as window
from gridworld.window.drawing.layers import Layers
from gridworld.window.drawing.painter import paint
from gridworld.window.episodes.episode_view import EpisodeView
from gridworld.window.lesson import Lesson
from gridworld.window.lesson_view import LessonView
from gridworld.window.show import show
from gridworld.window.snapshot import Snapshot, UpdatedCells
from gridworld.window.walk import Walk
from gridworld.window.walk_by_hand import WalkByHand
from gridworld.world import GridWorld
from tabular import sarsa
from tabular.parts.learner_lesson import LearnerLesson
from tabular.parts.trial import Trial
from tests.gridworld.window.episodes.test_episode_view import Playing

import numpy as np
import pygame
import pytest

SECONDS = 1.0
ALL = Layers(action_values=True, visits=True, path=True)


def planning() -> Lesson:
    return policy_iteration.PolicyIterationLesson(GridWorld.load("course"), PolicyIteration, policy_iteration.Options())


def learning() -> Lesson:
    method = sarsa.method(parse(sarsa.Options, []))

    def make(method: Any, env: GridWorldEnv) -> Trial:
        return Trial(method.agent(env, 0), env, method.train, 0)

    lesson = LearnerLesson(GridWorld.load("course"), method, make, episodes=500, max_steps=1000)
    lesson.advance(200)
    return lesson


LESSONS = {
    "planning": planning,
    "learning": learning,
    "by hand": lambda: WalkByHand(GridWorld.load("course")),
    "episodes": Playing,
}


@pytest.mark.parametrize("make", LESSONS.values(), ids=LESSONS)
def test_an_idle_window_takes_under_3_percent_of_a_core(
    make: Callable[[], Lesson], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The processor's time of this process over a second in which the window is open, paused and left alone."""
    pygame.display.quit()
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setattr(window, "has_display", lambda: True)
    shares = []

    def measure() -> None:
        time.sleep(0.3)
        begin, used = time.perf_counter(), time.process_time()
        time.sleep(SECONDS)
        shares.append((time.process_time() - used) / (time.perf_counter() - begin))
        pygame.event.post(pygame.Event(pygame.QUIT))

    watch = threading.Thread(target=measure)
    watch.start()
    try:
        lesson = make()
        show(lesson, view=EpisodeView if isinstance(lesson, Playing) else LessonView)
    finally:
        watch.join()
        pygame.display.quit()
    assert shares[0] < 0.03, f"{100 * shares[0]:.1f} % of a core"


def everything(world: GridWorld) -> Snapshot:
    """All that a picture can show at once, with long numbers; a walk of sixty moves behind the agent."""
    numbers = np.random.default_rng(0).uniform(-24.4, 24.4, (world.n_states, world.n_actions))
    policy = np.random.default_rng(1).dirichlet(np.ones(world.n_actions), world.n_states)
    walk = Walk(world.mdp(), policy, world.starts[0], np.random.default_rng(0), bound=60)
    while not walk.over:
        walk.step()
    trail, planned = walk.trail, [state for state in range(world.n_states) if not world.is_wall(state)][:20]
    return Snapshot(
        values=numbers.max(axis=1),
        action_values=numbers,
        policy=policy,
        visits=np.arange(world.n_states) * 37,
        agent=trail[-1],
        trail=trail,
        updated=UpdatedCells(trail[-2], 1, trail[-1], (1,)),
        planned=planned,
        traces=np.linspace(0, 1, world.n_states),
        path=trail[:20],
    )


def milliseconds(draw: Callable[[int], object]) -> float:
    """The processor's time of a picture: the median over pictures, of the quietest of twelve rounds.

    Without the collector of garbage, which would go through what all the tests before have left behind.
    """
    rounds = []
    gc.disable()
    try:
        for _ in range(12):
            times = []
            for number in range(5):
                begin = time.thread_time()
                draw(number)
                times.append(time.thread_time() - begin)
            rounds.append(1000 * statistics.median(times))
    finally:
        gc.enable()
    return min(rounds)


def test_a_picture_of_10_x_10_cells_with_every_layer_takes_under_8_ms() -> None:
    """Their numbers all differ from the ones before, as while a learner learns."""
    world = GridWorld.random(10, 0)
    full = everything(world)

    def draw(number: int) -> None:
        table = full.action_values + 0.01 * number  # type: ignore[operator]
        snapshot = replace(full, action_values=table, values=table.max(axis=1))
        paint(world, snapshot, ALL, (900, 660))

    assert milliseconds(draw) < 8


class Full(Lesson):
    """A lesson that shows everything."""

    def __init__(self) -> None:
        super().__init__("Everything", GridWorld.random(10, 0))
        self._snapshot = everything(self.world)

    def snapshot(self) -> Snapshot:
        return self._snapshot


def test_the_whole_window_with_every_layer_of_10_x_10_cells_takes_under_8_ms() -> None:
    view = LessonView([Full()])
    view.commands.layers = ALL
    assert milliseconds(lambda _: view.draw()) < 8

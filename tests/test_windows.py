"""Every chapter's window, at three sizes: each control and key, no words cut off, none over others.

What was drawn is kept to be looked at: results/windows has a picture of each window in both languages once the slow
tests have run (`make slow`), of some of them after `make test`.
"""

import contextlib
import importlib
import re
import runpy
import sys
import warnings
from pathlib import Path
from typing import Any

from common import language
from gridworld.window.drawing import painter
from gridworld.window.drawing.layers import Layers
from gridworld.window.lesson_view import LessonView
from gridworld.window.playback import step_together
from gridworld.window.snapshot import Snapshot, UpdatedCells
from gridworld.world import GridWorld
from tests.drawn_words import ARROWS, SIZES, Drawn, check, check_overlap
from tests.gridworld.window.hands import click, mouse, press

import numpy as np
import pygame
import pytest

ROOT = Path(__file__).parents[1]
FILES = [path for folder in ("dp", "tabular") for path in sorted((ROOT / folder).glob("[a-z]*.py"))]
CHAPTERS = [f"{path.parent.name}.{path.stem}" for path in FILES]
IN_KOREAN = (
    *("dp.policy_iteration", "tabular.cliff_walking", "tabular.bandit"),
    *("tabular.prioritised_sweeping", "tabular.monte_carlo_off_policy"),
)
BESIDES = {
    "Jack's car rental": ("dp.policy_iteration", "--problem", "car-rental"),
    "the gambler": ("dp.value_iteration", "--problem", "gambler", "--discount", "1"),
    "blackjack by the model": ("dp.policy_iteration", "--problem", "blackjack", "--discount", "1"),
    "the maximisation bias": ("tabular.double_q_learning", "--bias", "10"),
    "the cliff, one learner": ("tabular.sarsa", "--map", "cliff"),
    "blackjack by playing": ("tabular.q_learning", "--env", "Blackjack-v1"),
    "a racing car": ("tabular.monte_carlo_off_policy_control", "--env", "gridworld:Racetrack-v0", "--discount", "1"),
    "a taxi": ("tabular.q_learning", "--env", "Taxi-v4"),
}
"""Windows that a chapter opens besides its own, and how."""
WINDOWS: dict[str, tuple[str, ...]] = {**{chapter: (chapter,) for chapter in CHAPTERS}, **BESIDES}
PICTURES = ROOT / "results" / "windows"
WRITES = ("Help", "Save", "Picture", "GIF")
KEYS = [*"nnn34789125665213478+9-][", *ARROWS]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """What a chapter would have opened a window on: its lessons, and the kind of window."""
    calls: list[Any] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "gridworld.window.show.show", lambda *lessons, view=LessonView, **_: calls.append((lessons, view))
    )
    yield calls


def window_of(name: str, shown: list[Any], monkeypatch: pytest.MonkeyPatch) -> tuple[Any, type[LessonView]]:
    chapter, *flags = WINDOWS[name]
    importlib.import_module(chapter)
    for loaded in list(sys.modules.values()):
        if getattr(loaded, "__name__", "").split(".")[0] in ("dp", "tabular") and hasattr(loaded, "has_display"):
            monkeypatch.setattr(loaded, "has_display", lambda: True)
    monkeypatch.setattr(sys, "argv", [chapter, *flags])
    with contextlib.suppress(SystemExit), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the chapter is imported already
        runpy.run_module(chapter, run_name="__main__")
    lessons, kind = shown[-1]
    return lessons, kind


def windows() -> list[Any]:
    """Every window in every size, and some in Korean; most of them only where the slow tests run."""
    always = ("dp.policy_iteration", "tabular.cliff_walking", "tabular.bandit", "blackjack by the model", "the gambler")
    quick = {*((name, "en") for name in always), ("tabular.cliff_walking", "ko")}
    every = [(name, size, "en") for name in WINDOWS for size in SIZES]
    every += [(name, size, "ko") for name in IN_KOREAN for size in SIZES]
    is_quick = [size == (640, 480) and (name, spoken) in quick for name, size, spoken in every]
    return [
        pytest.param(*each, marks=() if now else pytest.mark.slow) for each, now in zip(every, is_quick, strict=True)
    ]


@pytest.mark.parametrize(("chapter", "size", "spoken"), windows())
def test_every_key_and_control_and_nothing_is_cut_or_covered(
    chapter: str, size: tuple[int, int], spoken: str, drawn: Drawn, shown: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    language.choose(spoken)
    lessons, kind = window_of(chapter, shown, monkeypatch)
    view = kind(lessons, size, SIZES[size])
    check(drawn, view, "at first")
    for key in KEYS:
        press(view, ARROWS.get(key, ord(key[0])), key if len(key) == 1 else "")
        if size == (640, 480) or key == KEYS[-1]:
            check(drawn, view, f"after {key}")
    for control in [control for control in view.controls if control.name not in WRITES and size == (640, 480)]:
        click(view, control.rect.center)
        if control.name in ("Step", "Finish", "Move", "Learner", "Action values", "Visits"):
            check(drawn, view, f"after a click on {control.name}")
    mouse(view, pygame.MOUSEMOTION, view.panel.body.center)
    for _ in range(3):
        view.handle(pygame.Event(pygame.MOUSEWHEEL, x=0, y=-4))
        check(drawn, view, "scrolled")
    press(view, pygame.K_h)
    assert view.commands.help_open
    check(drawn, view, "in the help", covered=True)


def portraits() -> list[Any]:
    quick = ("dp.policy_iteration", "the maximisation bias")
    every = [(name, spoken) for name in WINDOWS for spoken in ("en", "ko")]
    return [pytest.param(*each, marks=() if each[0] in quick else pytest.mark.slow) for each in every]


@pytest.mark.parametrize(("name", "spoken"), portraits())
def test_each_window_in_both_languages_is_kept_as_a_picture(
    name: str, spoken: str, drawn: Drawn, shown: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    language.choose(spoken)
    lessons, kind = window_of(name, shown, monkeypatch)
    view = kind(lessons, (1216, 792))
    step_together(view.lessons, 60)
    view.pass_time(0.0)
    spot = view.areas[0][0].move(60, 60).topleft if view.areas else (200, 200)
    mouse(view, pygame.MOUSEMOTION, spot)
    check(drawn, view, "in its picture")
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{re.sub('[^a-z0-9]+', '-', name.lower())}-{spoken}.png"
    pygame.image.save(view.picture, str(path))
    assert path.stat().st_size > 10_000


def crowded(world: GridWorld) -> Snapshot:
    """Everything that a learner can show at once, with long numbers."""
    numbers = np.random.default_rng(0).uniform(-24.4, 24.4, (world.n_states, world.n_actions))
    state = world.starts[0]
    return Snapshot(
        values=numbers.max(axis=1),
        action_values=numbers,
        policy=np.full_like(numbers, 1 / world.n_actions),
        visits=np.arange(world.n_states) * 37,
        agent=state,
        trail=(state, 0, state),
        updated=UpdatedCells(state, 1, 0, (1,)),
        path=(state, 0),
    )


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "gridworld" / "maps").glob("*.toml")))
def test_nothing_in_a_cell_stands_over_another(name: str, drawn: Drawn) -> None:
    world = GridWorld.load(name)
    snapshot = crowded(world)
    for action_values in (True, False):
        for visits in (True, False):
            drawn.words.clear()
            painter.paint(world, snapshot, Layers(action_values=action_values, visits=visits), (1000, 800))
            check_overlap(drawn, f"{name}, {action_values}, {visits}")

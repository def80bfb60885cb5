"""The deep chapters' windows, of a demo and beside a training run: each key, no words cut off, none over others.

What was drawn is kept to be looked at, as in tests/test_windows.py: results/windows.
"""

import io
import json
import re
import runpy
import sys
import time
from pathlib import Path
from typing import Any

from common import language
from gridworld.window.episodes.episode_view import EpisodeView
from tests.drawn_words import ARROWS, SIZES, Drawn, check
from tests.gridworld.window.hands import mouse, press

import pygame
import pytest

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "results" / "windows"
DEMO = {
    "dqn": "action values", "deep_sarsa": "action values of five actions on the grid", "reinforce_baseline":
    "probabilities and a critic", "ddpg": "a torque and a critic", "ppo --env Pendulum-v1": "a torque that is drawn",
}  # fmt: skip
TOLD = {"steps": 300_000, "episodes": 123_456, "target": 475.0}


def training(chapter: str) -> list[str]:
    """What a long run tells its window."""
    torque = chapter == "ddpg" or "Pendulum" in chapter
    status = {"loss": 12345.678, "value": -1234.5} if torque else {"epsilon": 0.0412, "loss": 12345.678}
    if "ppo" in chapter or "reinforce" in chapter:
        status = {"entropy": -0.69314, "value_error": 123456.7, "clipped": 0.123}
    scale = -1600.0 if torque else 500.0
    return [
        json.dumps(TOLD | {"step": step, "weights_step": step, "status": status}
                   | {"scores": [[step, scale * step / 299_999]], "evaluations": [[step, scale * step / 3e5]]})
        for step in range(999, 300_000, 15_000)
    ]  # fmt: skip


def episodes_of(command: str, follow: bool, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The lesson that a deep chapter would have opened a window on."""
    chapter, *arguments = command.split()
    calls: list[Any] = []
    monkeypatch.setattr("deep.parts.watch.demo.has_display", lambda: True)
    monkeypatch.setattr(
        "gridworld.window.episodes.show_episodes.show_episodes", lambda lesson, _: calls.append(lesson) or True
    )
    weights = ROOT / "deep" / "weights" / f"{chapter}{'-pendulum' if 'Pendulum' in command else ''}.weights.h5"
    beside = ["--follow", "--weights", str(weights)] if follow else []
    monkeypatch.setattr(sys, "argv", [f"deep/{chapter}.py", "--demo", *arguments, *beside])
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(training(command)) + "\n"))
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "deep" / f"{chapter}.py"), run_name="__main__")
    assert not ended.value.code
    if follow:
        while not calls[0].news.over:
            time.sleep(0.01)
        calls[0].news.over = False  # the run goes on
    return calls[0]


def deep_windows() -> list[Any]:
    """Every kind of window of a deep chapter in every size and language; most of them only where the slow tests run."""
    quick = {("dqn", False, "en"), ("deep_sarsa", False, "en"), ("reinforce_baseline", True, "en")}
    quick |= {("ppo --env Pendulum-v1", True, "ko")}
    kinds = [(command, follow, spoken) for command in DEMO for follow in (False, True) for spoken in ("en", "ko")]
    return [
        pytest.param(*kind, size, marks=() if kind in quick and size == (640, 480) else pytest.mark.slow)
        for kind in kinds
        for size in SIZES
    ]


@pytest.mark.parametrize(("command", "follow", "spoken", "size"), deep_windows())
def test_a_deep_chapters_window_has_every_key_and_nothing_is_cut_or_covered(
    command: str, follow: bool, spoken: str, size: tuple[int, int], drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    language.choose(spoken)
    view = EpisodeView([episodes_of(command, follow, monkeypatch)], size, SIZES[size])
    check(drawn, view, "at first")
    assert view.lesson.strips(), "what the states are worth, or how the training goes"
    steps = view.lesson.steps
    for key in [*"nn+-e", "right", *"nee"]:
        press(view, ARROWS.get(key, ord(key[0])), key if len(key) == 1 else "")
        check(drawn, view, f"after {key}")
    assert view.lesson.steps == steps + 4
    for _ in range(3):
        view.lesson.advance(7)
        check(drawn, view, "later")
    PICTURES.mkdir(parents=True, exist_ok=True)
    kept = f"{command} {'training' if follow else 'demo'} {size[0]} {spoken}"
    pygame.image.save(view.picture, str(PICTURES / f"{re.sub('[^a-z0-9]+', '-', kept.lower())}.png"))
    view.lesson.explores = True
    for _ in range(2):
        while not view.lesson.ended:
            view.lesson.advance(1)
        check(drawn, view, "at the end")
        view.lesson.advance(1)
    mouse(view, pygame.MOUSEMOTION, view.panel.body.center)
    for _ in range(3):
        view.handle(pygame.Event(pygame.MOUSEWHEEL, x=0, y=-4))
        check(drawn, view, "scrolled")
    press(view, pygame.K_h)
    check(drawn, view, "in the help", covered=True)

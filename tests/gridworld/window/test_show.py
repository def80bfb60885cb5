"""Opening a window, and the file that takes its place where there is none."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from common.errors import UserError
from gridworld.window import show as window
from gridworld.window.lesson_view import LessonView
from gridworld.window.show import show

import numpy as np
import pygame
import pytest

Make = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


# Opening it


@pytest.fixture
def dummy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A window that can be opened and that nobody sees."""
    pygame.display.quit()
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setattr(window, "has_display", lambda: True)
    yield
    pygame.display.quit()


def test_the_loop_runs_plays_records_and_closes(dummy: None, counting: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = counting()
    frames = 0
    flip = pygame.Window.flip

    def counted(self: pygame.Window) -> None:
        nonlocal frames
        frames += 1
        flip(self)
        if frames == 12:
            pygame.event.post(pygame.Event(pygame.QUIT))

    monkeypatch.setattr(window.pygame, "Window", type("Window", (pygame.Window,), {"flip": counted}))
    show(lesson, record=Path("film.png"), play=True)
    assert frames >= 12
    assert Path("film.png").exists()
    assert lesson.steps > 0


def test_a_display_that_is_not_there_is_gone_on_without(
    counting: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unavailable(*_: object, **__: object) -> None:
        raise pygame.error("No available video device")

    monkeypatch.setattr(window, "has_display", lambda: True)
    monkeypatch.setattr(window.pygame, "Window", unavailable)
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    show(counting(last_step=2), record=Path("picture.png"))
    assert Path("picture.png").exists()
    assert "No available video device" in capsys.readouterr().err


# Without a display


def test_headless_writes_what_the_window_would_have_shown(counting: Make) -> None:
    lesson = counting(last_step=3)
    show(lesson, headless=True, record=Path("last.png"))
    assert lesson.calls == [1, 1, 1]
    assert "the policy loops" in LessonView([lesson]).commands.message or lesson.walk.over
    assert pygame.image.load("last.png").get_size() == (1240, 860)


def test_headless_without_a_file_writes_nothing(counting: Make) -> None:
    lesson = counting()
    show(lesson, headless=True)
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("steps", [1, 40, 100_000])
def test_a_long_run_fits_into_one_film_from_its_first_step(steps: int, counting: Make) -> None:
    frames: list[int] = []

    class Counted:
        def __init__(self, *_: object, **__: object) -> None:
            self.frames = 0

        def __enter__(self) -> "Counted":
            return self

        def __exit__(self, *_: object) -> None:
            frames.append(self.frames)

        def add(self, frame: np.ndarray) -> None:
            self.frames += 1

    lesson = counting()
    patch = pytest.MonkeyPatch()
    patch.setattr(window, "Recorder", Counted)
    patch.setattr(window, "to_array", lambda surface: surface)
    patch.setattr(LessonView, "draw", lambda self: pygame.Surface((2, 2)))
    try:
        show(lesson, headless=True, record=Path("long.gif"), steps=steps)
    finally:
        patch.undo()
    assert lesson.steps == steps
    assert lesson.calls[0] == 1
    assert frames[0] < 250


def test_a_file_that_cannot_be_written_is_told_before_anything_is_played(counting: Make) -> None:
    lesson = counting(last_step=3)
    Path("file").touch()
    for path in ("film.avi", "file/film.gif"):
        with pytest.raises(UserError):
            show(lesson, headless=True, record=Path(path))
    assert lesson.steps == 0

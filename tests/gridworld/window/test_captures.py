"""Screenshots and films that a key makes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pygame
import pytest

from gridworld.window.captures import fresh_path
from gridworld.window.lesson_view import LessonView
from tests.gridworld.window.hands import click, place, press

Make = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


def test_screenshots_never_overwrite_and_say_where_they_are(view: LessonView) -> None:
    press(view, pygame.K_s)
    click(view, place(view, "Screenshot"))
    saved = sorted(Path("recordings").glob("*.png"))
    assert [path.name for path in saved] == ["counting-001.png", "counting-002.png"]
    assert str(saved[1]) in view.commands.message
    assert pygame.image.load(saved[0]).get_size() == view.size


def test_a_picture_that_cannot_be_saved_is_a_message(view: LessonView) -> None:
    Path("recordings").write_text("in the way", encoding="utf-8")
    for key in (pygame.K_s, pygame.K_g, pygame.K_w):
        view.commands.message = ""
        press(view, key)
        assert view.commands.message.startswith("could not be saved")
    assert view.commands.film is None


def test_g_begins_and_ends_a_gif(counting: Make) -> None:
    view = LessonView([counting()], size=(640, 480))
    press(view, pygame.K_g)
    press(view, pygame.K_SPACE)
    for _ in range(5):
        view.pass_time(0.1)
    press(view, pygame.K_g)
    saved = Path("recordings/counting-001.gif")
    assert view.commands.message.startswith(f"saved {saved}")
    assert saved.read_bytes()[:3] == b"GIF"


def test_a_gif_stops_by_itself_and_is_no_wider_than_it_must_be(counting: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridworld.window.captures.Film.__init__.__defaults__", (4,))
    view = LessonView([counting()], size=(1200, 800))
    click(view, place(view, "Record GIF"))
    for _ in range(8):
        view.pass_time(0.1)
    assert view.commands.film is None
    assert "(4 frames)" in view.commands.message
    assert pygame.image.load("recordings/counting-001.gif").get_size() == (960, 640)


def test_names_of_recordings_survive_any_title() -> None:
    assert fresh_path("Q(λ): 큐 러닝 / 2", ".gif").name == "q-λ-큐-러닝-2-001.gif"
    assert fresh_path("///", ".gif").name == "gridworld-001.gif"

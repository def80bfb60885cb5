"""Screenshots and films that a key makes."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gridworld.window.captures import FRAMES_PER_SECOND, MOST_WAITING, Film, fresh_path
from gridworld.window.lesson_view import LessonView
from tests.gridworld.window.hands import click, place, press

import imageio.v3 as imageio
import numpy as np
import pygame
import pytest

Make = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


def test_screenshots_never_overwrite_and_say_where_they_are(view: LessonView) -> None:
    press(view, pygame.K_s)
    click(view, place(view, "Picture"))
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
    monkeypatch.setattr("gridworld.window.captures.Film.__init__.__defaults__", (0.4, 10))
    view = LessonView([counting()], size=(1200, 800))
    click(view, place(view, "GIF"))
    for _ in range(8):
        view.pass_time(0.1)
    assert view.commands.film is None
    assert "(4 frames)" in view.commands.message
    assert pygame.image.load("recordings/counting-001.gif").get_size() == (960, 640)


def coloured(red: int) -> pygame.Surface:
    surface = pygame.Surface((8, 6))
    surface.fill((red, 0, 0))
    return surface


def test_a_film_plays_at_the_pace_that_was_seen() -> None:
    """Ten frames a second: what a window that was held up went on showing fills the time, however long."""
    film = Film(Path("paced.gif"))
    for red, seconds in ((40, 5.0), (80, 0.06), (120, 0.34), (160, 0.01), (200, 0.1)):
        film.pass_time(seconds, coloured(red))
    film.close()
    # 0.51 seconds after the first frame, which comes at once: five more, the first three still of the first picture.
    assert film.frames == 6
    shown = imageio.imread("paced.gif", index=None)[:, 3, 4, 0]
    length = sum(imageio.immeta("paced.gif", index=index)["duration"] for index in range(len(shown)))
    assert length == pytest.approx(600)
    assert [round(red / 40) * 40 for red in shown.tolist()] == [40, 120, 200]


def test_the_film_of_a_window_that_is_held_up_is_as_long_as_the_wait(counting: Make) -> None:
    view = LessonView([counting()], size=(640, 480))
    press(view, pygame.K_g)
    view.pass_time(0.1, on_screen=0.1)
    view.pass_time(0.1, on_screen=2.0)
    assert view.commands.film is not None and view.commands.film.frames == pytest.approx(21, abs=1)
    view.commands.end_film()


def test_recording_costs_the_loop_under_2_ms_a_frame_and_its_memory_is_bounded(counting: Make) -> None:
    view = LessonView([counting()])
    film = Film(Path("costs.gif"))
    costs = []
    for _ in range(40):
        view.picture = view.draw()
        begin = time.thread_time()
        film.pass_time(1 / FRAMES_PER_SECOND, view.picture)
        costs.append(time.thread_time() - begin)
        time.sleep(0.02)
    assert film._recorder is not None
    assert film._recorder._waiting.maxsize * view.picture.get_pitch() * view.size[1] <= MOST_WAITING
    film.close()
    assert film.frames == 40 and Path("costs.gif").exists()
    assert statistics.median(costs) < 0.002, f"{1000 * statistics.median(costs):.2f} ms a frame"


def test_what_is_filmed_can_be_shown_meanwhile() -> None:
    """A picture goes to the screen again and again while it is encoded: nothing holds it."""
    screen, picture = pygame.Surface((1400, 900)), pygame.Surface((1400, 900))
    picture.fill((30, 60, 90))
    film = Film(Path("meanwhile.gif"))
    for _ in range(8):
        film.pass_time(1 / FRAMES_PER_SECOND, picture)
        begin = time.perf_counter()
        while time.perf_counter() - begin < 0.03:
            screen.blit(picture, (0, 0))
    picture.fill((200, 0, 0))
    film.close()
    shown = imageio.imread("meanwhile.gif", index=0)
    assert np.abs(shown[10, 10, :3].astype(int) - (30, 60, 90)).max() <= 4, "what was seen, not what came later"


@pytest.mark.parametrize("depth", [24, 32])
def test_the_colours_of_any_surface_are_filmed(depth: int) -> None:
    picture = pygame.Surface((33, 20), depth=depth)
    picture.fill((200, 100, 20))
    film = Film(Path("colours.png"))
    film.pass_time(0.1, picture)
    film.close()
    assert pygame.image.load("colours.png").get_at((5, 5))[:3] == (200, 100, 20)


def test_names_of_recordings_survive_any_title() -> None:
    assert fresh_path("Q(λ): 큐 러닝 / 2", ".gif").name == "q-λ-큐-러닝-2-001.gif"
    assert fresh_path("///", ".gif").name == "gridworld-001.gif"

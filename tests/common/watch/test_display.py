"""Where a window could be opened."""

import os
import shutil
import subprocess
from collections.abc import Iterator

from common.watch import display
from common.watch.display import has_display, video_driver

import pytest


@pytest.fixture(autouse=True)
def no_answer_is_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("SDL_VIDEODRIVER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    video_driver.cache_clear()
    yield
    video_driver.cache_clear()


@pytest.mark.parametrize("driver", ["dummy", "offscreen"])
def test_a_driver_that_shows_nothing_is_no_display(driver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("SDL_VIDEODRIVER", driver)
    assert not has_display()


def test_pygame_is_asked_once_and_only_where_the_system_does_not_say_no(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr("pygame.display.get_driver", lambda: asked.append("driver") or "x11")
    monkeypatch.setattr("pygame.display.init", lambda: None)
    assert not has_display() and asked == []
    monkeypatch.setenv("DISPLAY", ":0")
    assert has_display() and has_display() and asked == ["driver"]
    monkeypatch.delenv("DISPLAY")
    monkeypatch.setattr("sys.platform", "win32")
    assert has_display()


@pytest.mark.usefixtures("dead_display")
def test_a_display_that_does_not_answer_is_none() -> None:
    """SDL falls back to its offscreen driver in silence: what is drawn there nobody sees, and nobody can close."""
    assert not has_display()
    assert video_driver() in display.UNSEEN


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="no Xvfb")
def test_a_display_that_answers_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    with subprocess.Popen(["Xvfb", "-displayfd", str(writer)], pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        try:
            os.close(writer)
            monkeypatch.setenv("DISPLAY", ":" + os.read(reader, 10).decode().strip())
            assert has_display()
        finally:
            os.close(reader)
            server.terminate()

"""What all tests share."""

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from common import language
from common.environments.checked import say_once
from common.watch.display import video_driver

import pygame
import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.drawn_words import Drawn

# The tests read what is said: in English on every system, here and in the scripts that they start.
os.environ["LANGUAGE"] = "en"

# A busy machine must not fail a test that is right: no time limit for a single example.
settings.register_profile("course", deadline=None)
settings.load_profile("course")


@pytest.fixture
def dead_display(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The environment names a screen that does not answer."""
    if sys.platform != "linux":
        pytest.skip("a screen of X11")
    for name in ("SDL_VIDEODRIVER", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":4711")
    pygame.display.quit()  # an earlier test may have opened one that answers
    video_driver.cache_clear()
    yield
    video_driver.cache_clear()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """A test may choose another language for itself."""
    yield
    language.choose("en")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> "Drawn":
    """The words that are drawn during a test."""
    from tests.drawn_words import recorded

    return recorded(monkeypatch)


@pytest.fixture(autouse=True)
def nothing_said_yet() -> None:
    """What a script says once, it says in every test: tests may run in any order."""
    say_once.cache_clear()

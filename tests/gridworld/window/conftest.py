"""A window on one lesson, and a folder of its own for what it writes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gridworld.window.lesson_view import LessonView

import pytest


@pytest.fixture
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def view(counting: Callable[..., Any]) -> LessonView:
    return LessonView([counting()])

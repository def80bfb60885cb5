"""What both chapters do around their algorithm."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dp.parts import planning
from dp.parts.planning_options import ValueIterationOptions
from dp.parts.value_iteration_lesson import ValueIterationLesson
from dp.value_iteration import ValueIteration

import pytest


def test_whatever_may_take_more_than_a_second_is_watched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    watched: list[str] = []

    @contextmanager
    def watching(describe: Callable[[], str]) -> Iterator[None]:
        yield
        watched.append(describe())

    monkeypatch.setattr(planning, "watching", watching)
    options = ValueIterationOptions(headless=True, record=tmp_path / "film.png")
    planning.run(options, ValueIteration, ValueIterationLesson)
    assert watched == ["making the model", "7 sweeps", "filming"]


@pytest.mark.usefixtures("dead_display")
def test_a_dead_display_is_no_display(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The script does what it does where there is no screen, instead of playing where nobody sees it."""
    monkeypatch.setattr(planning, "LARGEST_FILM", 0)
    planning.run(ValueIterationOptions(), ValueIteration, ValueIterationLesson)
    assert "7 sweeps" in capsys.readouterr().out

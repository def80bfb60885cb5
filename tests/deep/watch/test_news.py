"""What a run tells the window beside it arrives whole, once, and never holds the run up."""

import io
import json
import sys
import time
from pathlib import Path
from typing import Any

from common.runs.results import Progress
from common.runs.run_options import RunOptions
from common.watch import viewer
from common.watch.viewer import Viewer
from deep.parts.watch.news import News, course

import numpy as np
import pytest


class Agent:
    """What a viewer asks of an agent."""

    def status(self) -> dict[str, float]:
        return {"epsilon": np.float32(0.5), "loss": float("nan")}


def progress(episodes: int) -> Progress:
    made = Progress()
    made.episode_steps = [10 * (number + 1) for number in range(episodes)]
    made.scores = [float(number) for number in range(episodes)]
    return made


def beside(script: str, monkeypatch: pytest.MonkeyPatch) -> Viewer:
    """A viewer of a run, with this script for a window."""
    monkeypatch.setattr(viewer, "_process", lambda *_: [sys.executable, "-c", script])
    monkeypatch.setattr(viewer, "TELL_EVERY", 0.0)
    return Viewer(Path("latest.weights.h5"), RunOptions(steps=5000), 475.0)


def read(news: News) -> None:
    for _ in range(500):
        if news.over:
            return
        time.sleep(0.01)
    raise AssertionError("the news do not end")


def test_every_episode_and_evaluation_is_told_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "told"
    window = beside(f"import sys; open({str(path)!r}, 'w').write(sys.stdin.read())", monkeypatch)
    agent: Any = Agent()
    for episodes in (0, 3, 3, 7):
        made = progress(episodes)
        made.evaluations = [{"steps": 30, "evaluation": 21.0}] if episodes else []
        window.tell(10 * episodes + 5, made, agent, new_weights=episodes == 3)
    window.close()
    window._process.wait(timeout=20)
    with path.open(encoding="utf-8") as source:
        news = News(source)
        read(news)
    assert (news.step, news.steps, news.episodes, news.target, news.weights_step) == (75, 5000, 7, 475.0, 35)
    assert news.scores == [(10 * (number + 1), float(number)) for number in range(7)]
    assert news.evaluations == [(30, 21.0)] and news.recent_score(2) == 5.5
    assert news.status["epsilon"] == 0.5 and np.isnan(news.status["loss"])
    assert [step for step, _ in news.numbers["epsilon"]] == [5, 35, 35, 75]


def test_it_is_told_a_few_times_a_second_and_at_once_where_the_weights_are_new(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = beside("import sys; sys.stdin.read()", monkeypatch)
    monkeypatch.setattr(viewer, "TELL_EVERY", 1000.0)
    told: list[Any] = []
    monkeypatch.setattr(window._messages, "put", told.append)
    for step in range(5):
        window.tell(step, progress(0), Agent(), new_weights=step == 3)  # type: ignore[arg-type]
    assert [json.loads(message)["step"] for message in told] == [0, 3]
    monkeypatch.undo()
    window.close()


def test_a_window_that_was_closed_is_no_fault_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    window = beside("pass", monkeypatch)
    window._process.wait(timeout=20)
    for step in range(3):
        window.tell(step, progress(step), Agent())  # type: ignore[arg-type]
        window._thread.join(timeout=0.2)
    assert not window._thread.is_alive()
    window.tell(9, progress(9), Agent())  # type: ignore[arg-type]
    window.close()


def test_a_line_that_is_cut_short_is_left_out() -> None:
    line = {"step": 4, "steps": 9, "episodes": 1, "target": None, "weights_step": 0, "status": {}}
    whole = json.dumps(line | {"scores": [[4, 1.5]], "evaluations": []})
    news = News(io.StringIO(f"{whole}\nnot json\n3\n{whole[:20]}"))
    read(news)
    assert news.step == 4 and news.scores == [(4, 1.5)]
    assert news.fresh() and not news.fresh()


def test_the_course_is_a_mean_of_the_last() -> None:
    steps, means = course([(5, 1.0), (9, 3.0), (20, 8.0)], 2)
    assert steps.tolist() == [5, 9, 20] and means.tolist() == [1.0, 2.0, 5.5]
    assert course([])[1].size == 0

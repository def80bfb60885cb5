"""The chapters as they run by default, to the end: slow."""

import subprocess
import sys
from pathlib import Path

from benchmarks.parts.chapter_process import deep_chapters, one_thread, train_chapter
from common.runs.results import read_json

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("chapter", deep_chapters())
def test_the_default_is_solved(chapter: str, tmp_path: Path) -> None:
    summary = train_chapter(chapter, 0, tmp_path)
    target = summary["target"]
    assert summary["solved"] and summary["evaluation"]["mean"] >= target - 0.05 * abs(target)  # by fresh episodes


@pytest.mark.slow
def test_reinforce_learns_to_cross_between_the_obstacles(tmp_path: Path) -> None:
    settings = ["--discount", "0.99", "--learning-rate", "0.0005", "--episodes-per-update", "16", "--hidden", "256"]
    command = ["--env", "gridworld:MovingObstacles-v0", *settings, "--steps", "80000", "--headless", "--out", "run"]
    script = [sys.executable, str(ROOT / "deep" / "reinforce.py"), *command]
    subprocess.run(script, cwd=tmp_path, env=one_thread(), check=True, capture_output=True)
    assert read_json(tmp_path / "run" / "summary.json")["evaluation"]["mean"] >= 0.97

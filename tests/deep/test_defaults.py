"""The chapters as they run by default, to the end: slow. What a chapter that builds on another one changes of it.

One idea a script: tests/tabular/test_lessons.py asserts it of the tables, line by line. Here a chapter inherits from
the one before it: the loop is that one's, and the methods that it defines are those that its page and docstring name.
"""

import dataclasses
import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from benchmarks.parts.chapter_process import deep_chapters, one_thread, train_chapter
from common.runs.results import read_json
from deep.parts.agent import Agent

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


LESSONS: dict[tuple[str, str], tuple[set[str], set[str]]] = {
    ("dqn", "double_dqn"): ({"next_value"}, set()),
    ("dqn", "dueling_dqn"): ({"network"}, set()),
    ("dqn", "n_step_dqn"): ({"__init__", "remember", "update"}, {"n_step"}),
    ("dqn", "prioritised_dqn"): ({"__init__", "learn", "replay", "update"}, {"alpha", "beta", "beta_steps"}),
    ("ddpg", "td3"): (
        {"__init__", "batches", "update", "next_value", "fit", "move"} | {"lower", "worth"},
        {"delay", "target_sigma", "target_clip"},
    ),
    ("a2c", "ppo"): ({"learn", "minibatches", "update"}, {"clip", "epochs", "minibatch"}),
}
"""(before, after): the methods that are replaced or added, and the options that are added."""
ADDED = {"minibatches", "lower", "move", "worth"}
"""Methods that the chapter before does not have."""


def agent_of(module: ModuleType) -> type[Agent]:
    """The agent that the chapter itself defines."""
    [found] = [
        each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Agent) and each.__module__ == module.__name__
    ]
    return found


@pytest.mark.parametrize("pair", LESSONS, ids=" -> ".join)
def test_a_chapter_changes_what_it_says_it_changes(pair: tuple[str, str]) -> None:
    before, after = (importlib.import_module(f"deep.{name}") for name in pair)
    methods, options = LESSONS[pair]
    assert after.train is before.train, "the loop is the same"
    old, new = agent_of(before), agent_of(after)
    assert new.__bases__ == (old,)
    defined = {name for name, value in vars(new).items() if callable(value) or hasattr(value, "function")}
    assert defined == methods
    assert {name for name in methods if not hasattr(old, name)} == methods & ADDED
    first, second = ({field.name for field in dataclasses.fields(module.Options)} for module in (before, after))
    assert second - first == options and first <= second


@pytest.mark.parametrize("pair", [pair for pair in LESSONS if pair[0] != "a2c"], ids=" -> ".join)
def test_the_options_of_both_have_the_same_defaults(pair: tuple[str, str]) -> None:
    before, after = (vars(importlib.import_module(f"deep.{name}").Options()) for name in pair)
    assert {name for name in before if before[name] != after[name]} == set()

"""The command that a run prints to watch what it learned is whole: typed as it is printed, it has the same options."""

import dataclasses
import importlib
import shlex
import typing
from pathlib import Path
from typing import Annotated, Any, Literal

from benchmarks.parts.chapter_process import deep_chapters
from common.errors import UserError
from common.options import parse
from common.runs.evaluation import Evaluation
from common.runs.run_options import ABOUT_THE_SESSION, RunOptions
from common.runs.verdict import say

import pytest

SUMMARY = {
    "target": None, "solved": False, "interrupted": False, "env": "CartPole-v1", "steps": 1, "episodes": 0,
    "seconds": 1.0, "evaluation": {"mean": 1.0, "episodes": 100}, "weights": "-my results/한글's/dqn.weights.h5",
}  # fmt: skip


def another(kind: Any, value: Any) -> Any:
    """A value of the option's type that is not its default."""
    if typing.get_origin(kind) is Annotated:
        kind = typing.get_args(kind)[0]
    if typing.get_origin(kind) is tuple:
        return ("size=3", "name='a b'") if typing.get_args(kind)[0] is str else (3, 5, 7)
    if typing.get_origin(kind) is Literal:
        return next(choice for choice in typing.get_args(kind) if choice != value)
    if isinstance(value, bool):
        return not value
    if value is None:
        return -12.5
    return {int: 3, float: 0.37, str: "module:My Env'-v0"}[type(value)]


def decided(options: RunOptions) -> dict[str, Any]:
    return {name: value for name, value in vars(options).items() if name not in ABOUT_THE_SESSION}


@pytest.mark.parametrize("chapter", deep_chapters())
def test_the_command_can_be_typed_as_it_is_printed(chapter: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = importlib.import_module(f"deep.{chapter}").Options
    kinds = typing.get_type_hints(made, include_extras=True)
    changed = {
        field.name: another(kinds[field.name], field.default)
        for field in dataclasses.fields(made)
        if field.name not in ABOUT_THE_SESSION
    }
    for change in [{}, changed, *({name: value} for name, value in changed.items())]:
        try:
            options = made(**change)
        except UserError:  # options that exclude each other, or that a chapter inherits and refuses
            assert chapter == "a3c", change
            continue
        say(SUMMARY, options)
        python, _, *typed = shlex.split(capsys.readouterr().out.partition("watch: ")[2])
        again = parse(made, typed)
        assert python == "python" and again.demo and again.weights == Path("-my results/한글's/dqn.weights.h5")
        assert decided(again) == decided(options)


def test_a_world_with_marks_has_them_beside_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    marks = Evaluation("gridworld:RandomObstacles-v0").marks
    say(SUMMARY | {"marks": marks}, RunOptions())
    wanted = "greedy episodes (the best policy: 1.00; one that looks at no obstacle: 0.65)\n"
    assert wanted in capsys.readouterr().out
    assert Evaluation("CartPole-v1").marks == {}

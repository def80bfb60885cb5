"""A run is watched with its own options: what was typed is what the demo beside it gets."""

from dataclasses import dataclass, fields
from pathlib import Path

from common.options import parse
from common.runs.run_options import ABOUT_THE_SESSION, RunOptions
from common.watch.viewer import demo_command

import pytest


@dataclass(frozen=True)
class Options(RunOptions):
    """Options of a chapter."""

    hidden: tuple[int, ...] = (8, 8)
    discount: float = 0.9
    target_network: bool = True


@pytest.mark.parametrize(
    "typed",
    [
        [],
        ["--hidden", "3"],
        ["--discount", "0.5", "--no-target-network"],
        ["--env", "Acrobot-v1", "--seed", "7"],
        ["--stop-score=-200.5"],
        ["--out", "my results/한글"],
    ],
    ids=" ".join,
)
def test_the_demo_beside_a_run_gets_the_same_options(typed: list[str], tmp_path: Path) -> None:
    options = parse(Options, typed)
    command = demo_command(tmp_path / "latest.weights.h5", options)
    again = parse(Options, command[2:])
    assert again.demo and again.weights == tmp_path / "latest.weights.h5"
    for field in fields(options):
        if field.name not in ABOUT_THE_SESSION:
            assert getattr(again, field.name) == getattr(options, field.name), field.name

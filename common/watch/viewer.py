"""Watching a training run: the chapter's own demo in a second process, which reads the newest weights every episode."""

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

from common.language import _
from common.runs.run_options import ABOUT_THE_SESSION, RunOptions


class Viewer:
    """A demo window beside the training. Training only writes a file now and then; it never waits for the window."""

    def __init__(self, weights: Path, options: RunOptions) -> None:
        command = [*_process(weights, options), "--follow"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)

    def close(self) -> None:
        """Tell the window that training has ended: it plays one more episode, with the weights as they are now."""
        if self._process.stdin is not None:
            self._process.stdin.close()


def film(weights: Path, options: RunOptions) -> None:
    """Film one episode of these weights to --record."""
    print(_("filming one episode to {file} ...", file=options.record))
    command = [*_process(weights, options), "--headless", "--episodes", "1", "--record", str(options.record)]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)


def demo_command(weights: Path, options: RunOptions) -> list[str]:
    """This chapter's demo of these weights, as it is typed."""
    return ["python", sys.argv[0], "--demo", *_flag("weights", weights), *_given(options)]


def _process(weights: Path, options: RunOptions) -> list[str]:
    """The same, as it is started from here."""
    script = str(Path(sys.argv[0]).absolute())
    return [sys.executable, script, *demo_command(weights.absolute(), options)[2:]]


def _given(options: RunOptions) -> list[str]:
    """The options that decide what is learned and were changed, as they are typed."""
    arguments: list[str] = []
    for field in dataclasses.fields(options):
        value = getattr(options, field.name)
        if field.name in ABOUT_THE_SESSION or value == field.default:
            continue
        flag = field.name.replace("_", "-")
        if isinstance(value, bool):
            arguments.append(f"--{flag}" if value else f"--no-{flag}")
        elif field.name == "env_arg":
            arguments += [word for setting in value for word in (f"--{flag}", setting)]
        else:
            arguments += _flag(flag, *(value if isinstance(value, tuple) else (value,)))
    return arguments


def _flag(flag: str, *values: Any) -> list[str]:
    """A number below 0 or a path that begins with a dash would be taken for a flag of its own."""
    first, *others = map(str, values)
    return [f"--{flag}={first}", *others] if first.startswith("-") else [f"--{flag}", first, *others]

"""Watching a training run: the chapter's own demo in a second process, which reads the newest weights every episode."""

import contextlib
import dataclasses
import json
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from common.language import _
from common.runs.agent import Agent
from common.runs.results import Progress
from common.runs.run_options import ABOUT_THE_SESSION, RunOptions

TELL_EVERY = 0.2
"""Seconds between two messages to a window."""


class Viewer:
    """A demo window beside the training. It reads the weights from their file, and how training goes from its input.

    Training never waits for the window: a thread of its own writes to it.
    """

    def __init__(self, weights: Path, options: RunOptions, target: float | None = None) -> None:
        """target: the mean return that counts as solved."""
        command = [*_process(weights, options), "--follow"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        self._steps, self._target = options.steps, target
        self._messages: queue.Queue[bytes | None] = queue.Queue()
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()
        self._next = 0.0
        self._scores = self._evaluations = self._weights_step = 0

    def _write(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        # The window may have been closed: nobody reads any more.
        with contextlib.suppress(OSError):
            while (message := self._messages.get()) is not None:
                pipe.write(message)
                pipe.flush()
        with contextlib.suppress(OSError):
            pipe.close()

    def tell(self, step: int, progress: Progress, agent: Agent, *, new_weights: bool = False) -> None:
        """Say how training goes, at most a few times a second. new_weights: the file has those of this step."""
        if new_weights:
            self._weights_step = step
        elif time.monotonic() < self._next:
            return
        if not self._thread.is_alive():
            return
        self._next = time.monotonic() + TELL_EVERY
        first, self._scores = self._scores, len(progress.scores)
        seen, self._evaluations = self._evaluations, len(progress.evaluations)
        message = {
            "step": step,
            "steps": self._steps,
            "episodes": len(progress.scores),
            "target": self._target,
            "weights_step": self._weights_step,
            "status": agent.status(),
            "scores": list(zip(progress.episode_steps[first:], progress.scores[first:], strict=True)),
            "evaluations": [(row["steps"], row["evaluation"]) for row in progress.evaluations[seen:]],
        }
        self._messages.put((json.dumps(message, default=float) + "\n").encode())

    def close(self) -> None:
        """Tell the window that training has ended: it goes on with the weights as they are now, until it is closed."""
        self._messages.put(None)
        self._thread.join(timeout=2.0)


def film(weights: Path, options: RunOptions) -> None:
    """Film one episode of these weights to --record."""
    print(_("filming one episode to {file} ...", file=options.record))
    command = [*_process(weights, options), "--headless", "--episodes", "1", "--record", str(options.record)]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)


def demo_command(weights: Path, options: RunOptions) -> list[str]:
    """This chapter's demo of these weights, as it is typed."""
    return ["python", sys.argv[0], "--demo", *_flag("weights", weights), *_given(options)]


def training_command(options: RunOptions) -> list[str]:
    """The command that trains with these options, as it is typed."""
    return ["python", sys.argv[0], *_given(options)]


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

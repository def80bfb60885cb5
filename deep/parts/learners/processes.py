"""Learners in processes of their own on this machine."""

import contextlib
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from typing import Any

from common.errors import UserError, one_line
from common.interrupt import ASKING_TO_END
from common.language import _
from deep.parts.learners.learner import Learner, MakeAgent
from deep.parts.learners.transport import LearnerLost

PATIENCE = 5.0
"""seconds for a process to end by itself"""


class Processes:
    """A process a learner, started new (spawn: a fork of a process with TensorFlow hangs), and a pipe to each.

    They start at once and load TensorFlow while this process still loads its own.
    """

    def __init__(self, make: MakeAgent, options: Any, count: int) -> None:
        start_new = multiprocessing.get_context("spawn")
        self._ready: deque[int] = deque()
        self._pipes: list[Connection] = []
        self._processes = []
        with _ctrl_c_is_not_for_learners():
            for index in range(count):
                ours, theirs = start_new.Pipe()
                process = start_new.Process(target=serve, args=(theirs, make, options, index), daemon=True)
                process.start()
                theirs.close()
                self._pipes.append(ours)
                self._processes.append(process)

    def ask(self, learner: int, method: str, *arguments: Any) -> None:
        """Send the call down the pipe."""
        try:
            self._pipes[learner].send((method, arguments))
        except OSError:
            raise self._lost(learner) from None

    def receive(self) -> tuple[int, Any]:
        """Those who are ready together are heard one after the other, before anybody is heard twice."""
        if not self._ready:
            ready = wait([pipe for pipe in self._pipes if not pipe.closed])
            self._ready.extend(index for index, pipe in enumerate(self._pipes) if pipe in ready)
        learner = self._ready.popleft()
        try:
            answer, failed = self._pipes[learner].recv()
        except (EOFError, OSError):
            raise self._lost(learner) from None
        if failed:
            raise LearnerLost(learner, _("failed: {error}", error=answer))
        return learner, answer

    def _lost(self, learner: int) -> LearnerLost:
        process = self._processes[learner]
        self._pipes[learner].close()
        process.join(PATIENCE)
        code = process.exitcode
        how = _("signal {code}", code=-code) if code is not None and code < 0 else _("status {code}", code=code)
        return LearnerLost(learner, _("(process {pid}) died: {how}", pid=process.pid, how=how))

    def close(self) -> None:
        """A learner ends when its pipe is closed."""
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(PATIENCE)
            if process.is_alive():
                process.kill()


@contextlib.contextmanager
def _ctrl_c_is_not_for_learners() -> Iterator[None]:
    """A terminal sends Ctrl-C to every process of the script. What is ignored when a process starts stays ignored."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def serve(pipe: Connection, make: MakeAgent, options: Any, index: int) -> None:
    """The life of a learner's process: answer calls until the pipe is closed, which happens when the script ends."""
    for number in (signal.SIGINT, *ASKING_TO_END):
        signal.signal(number, signal.SIG_IGN)
    try:
        with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stderr(nowhere):  # noqa: PTH123
            learner = Learner(make, options, index)
        while True:
            method, arguments = pipe.recv()
            pipe.send((getattr(learner, method)(*arguments), False))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except Exception as error:  # whatever it is, the script says it
        kind = "" if isinstance(error, UserError) else f"{type(error).__name__}: "
        with contextlib.suppress(OSError):
            pipe.send((one_line(f"{kind}{error}"), True))

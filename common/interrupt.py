"""Ctrl-C, and the signals that ask a script to end, let the work in hand be finished first."""

import contextlib
import signal
import sys
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any

from common.language import _

ASKING_TO_END = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
"""A scheduler ends a job, a terminal is closed; the last one is Windows' Ctrl-Break."""


@contextlib.contextmanager
def signals_as_ctrl_c() -> Iterator[None]:
    """While this context lasts, what asks to end does what Ctrl-C does; what was ignored (nohup) stays ignored."""
    before = {number: signal.getsignal(number) for number in ASKING_TO_END}
    for number in heeded():
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def heeded() -> list[int]:
    """Those of the signals that are not ignored."""
    return [number for number in ASKING_TO_END if signal.getsignal(number) is not signal.SIG_IGN]


class Interrupt:
    """While this context lasts, the first Ctrl-C only sets `pressed`; a second one interrupts as usual.

    A signal that asks to end sets it, too, however often it comes: a terminal that is closed sends more than one.
    A loop that looks at `pressed` between two episodes never stops in the middle of an update, and no library that
    happens to be running can swallow the exception.

    notice: a line for the screen at the first Ctrl-C; empty where the loop says so itself.
    """

    def __init__(self, notice: str = "") -> None:
        self.pressed = False
        self._notice = notice
        self._before: dict[int, Any] = {}

    def __enter__(self) -> "Interrupt":
        self._before = {number: signal.signal(number, self._on_signal) for number in [signal.SIGINT, *heeded()]}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.pressed and number == signal.SIGINT:
            raise KeyboardInterrupt
        if self._notice and not self.pressed:
            with contextlib.suppress(RuntimeError):  # the signal came while another line was being written
                print(f"\n{_(self._notice)}", file=sys.stderr)
        self.pressed = True

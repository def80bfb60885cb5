"""Ctrl-C that lets the work in hand be finished first."""

import signal
import sys
from types import FrameType, TracebackType
from typing import Any


class Interrupt:
    """While this context lasts, the first Ctrl-C only sets `pressed`; a second one interrupts as usual.

    A loop that looks at `pressed` between two episodes never stops in the middle of an update, and no library that
    happens to be running can swallow the exception.

    notice: a line for the screen at the first Ctrl-C; empty where the loop says so itself.
    """

    def __init__(self, notice: str = "") -> None:
        self.pressed = False
        self._notice = notice
        self._before: Any = None

    def __enter__(self) -> "Interrupt":
        self._before = signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.pressed:
            raise KeyboardInterrupt
        self.pressed = True
        if self._notice:
            print(f"\n{self._notice}", file=sys.stderr)

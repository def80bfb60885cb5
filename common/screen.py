"""Printed text: it survives a terminal of another encoding, a pipe that nobody reads any more, and a full disk."""

import codecs
import errno
import io
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


class Lasting(io.RawIOBase):
    """Bytes on their way to a terminal, pipe or file. What can no longer be written is dropped, so that a script whose
    reader has gone (`| head -1`, a closed terminal) still does its work and saves it.

    failure: why, once that has happened.
    """

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self.failure: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        number: int = self._raw.fileno()
        return number

    def isatty(self) -> bool:
        return bool(self._raw.isatty())

    def write(self, data: Any) -> int | None:
        if self.failure is None:
            try:
                written: int | None = self._raw.write(data)
                return written
            except OSError as error:
                self.failure = error
        return len(data)


def prepare() -> None:
    """Let printed text last, on standard output and standard error; streams that were replaced by others stay.

    Letters that the terminal's encoding lacks (Korean Windows is cp949) are written as their codes; where it has no
    encoding but ASCII (`LANG=C`), text is written as UTF-8.
    """
    codecs.register_error("survive", _survive)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed before the script began (`>&-`), or Windows' pythonw
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # as long as the script
        if not isinstance(stream, io.TextIOWrapper):
            continue
        encoding = "utf-8" if codecs.lookup(stream.encoding).name == "ascii" else stream.encoding
        if stream is getattr(sys, f"__{name}__"):
            setattr(sys, name, _lasting(stream, encoding))
        else:
            stream.reconfigure(encoding=encoding, errors="survive")


def lost() -> str | None:
    """Why standard output could not be written to the end; None if it was, or if its reader did not want more."""
    try:
        sys.stdout.flush()
    except OSError as error:
        return error.strerror
    buffer = getattr(sys.stdout, "buffer", None)
    raw = getattr(buffer, "raw", buffer)  # without a buffer where Python runs with -u
    failure = raw.failure if isinstance(raw, Lasting) else None
    # Windows says "invalid argument" of a pipe that was closed at its other end.
    return None if failure is None or failure.errno in (errno.EPIPE, errno.EINVAL, errno.EIO) else failure.strerror


def typed(words: Sequence[str]) -> str:
    """A command as it is typed into the shell of this system."""
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def typed_here() -> str:
    """The command that runs here, as it can be typed again."""
    return typed(["python", *sys.argv])


def _lasting(stream: io.TextIOWrapper, encoding: str) -> io.TextIOWrapper:
    stream.flush()
    buffered = isinstance(stream.buffer, io.BufferedWriter)
    raw = Lasting(getattr(stream.buffer, "raw", stream.buffer))
    return io.TextIOWrapper(
        io.BufferedWriter(raw) if buffered else raw,  # type: ignore[arg-type]  # as Python itself does with -u
        encoding=encoding,
        errors="survive",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _survive(error: UnicodeError) -> tuple[str | bytes, int]:
    """Bytes of a file name that were no text come back as they were; what else cannot be written, as its code."""
    try:
        return codecs.lookup_error("surrogateescape")(error)
    except UnicodeError:
        return codecs.lookup_error("backslashreplace")(error)

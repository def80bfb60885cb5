"""One run at a time in a folder. The system itself takes the lock from a process that has died, however it died."""

import atexit
import contextlib
import errno
import os
import sys
from pathlib import Path
from typing import IO, Any

from common.errors import UserError

NAME = ".running"
FAR_OFF = 1 << 30  # Windows locks bytes, and what is locked cannot be read: not the number at the beginning
_TAKEN_BY_ANOTHER = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
_held: dict[Path, IO[bytes]] = {}


def lock(folder: Path) -> None:
    """Keep other processes out of the folder until `unlock`, or until this process ends.

    Where this process has locked it already, nothing happens: a run that was given up does not stand in the way.
    Raises UserError where another process has it.
    """
    path = folder.resolve() / NAME
    while path not in _held:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = path.open("a+b")
        except OSError as error:
            raise UserError(
                "cannot write {folder}: {strerror}; choose another place",
                folder=folder,
                strerror=error.strerror or error,
            ) from error
        try:
            _take(file)
        except OSError as error:
            if error.errno in _TAKEN_BY_ANOTHER:
                file.seek(0)
                process = file.read(20).decode(errors="replace")
                file.close()
                raise UserError(
                    "another run is at work in {folder} (process {process}): wait for it, or give --out another folder",
                    folder=folder,
                    process=process,
                ) from None
            # a network drive without locks: there, runs are not kept apart
        if not _is_still(path, file):  # its owner has just removed it
            file.close()
            continue
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        _held[path] = file


def unlock(folder: Path) -> None:
    """Let others in."""
    path = folder.resolve() / NAME
    if path in _held:
        _release(path)


@atexit.register
def unlock_all() -> None:
    """At the end of the process: what was locked leaves no file behind."""
    for path in list(_held):
        _release(path)


def _release(path: Path) -> None:
    file = _held.pop(path)
    if os.name == "nt":  # it does not remove a file that is open
        file.close()
    with contextlib.suppress(OSError):
        path.unlink()
    file.close()


def _take(file: IO[Any]) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(file.fileno(), FAR_OFF, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_still(path: Path, file: IO[Any]) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False

"""Files that are whole or not there: every result and every saved table is written through here."""

import ctypes
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from common.errors import UserError

LONGEST_NAME = 255
"""bytes in a name on Linux and macOS, letters on Windows"""
UNFINISHED = ".unfinished-"


def check_writable(path: Path) -> Path:
    """Return the path if a file can be written there, before any work is done for it.

    Missing folders count as writable where they can be made. Nothing is left there or changed.
    Raises UserError where the path is a folder, or lies under a file or in a folder that takes no file, and where the
    system refuses a name.
    """
    path = Path(path)
    if any(len(os.fsencode(name) if os.name == "posix" else name) > LONGEST_NAME for name in path.parts):
        raise UserError(
            "cannot write {path}: a name in it is longer than {limit} bytes",
            path=path,
            limit=LONGEST_NAME,
        )
    try:
        if path.is_dir():
            raise UserError("cannot write {path}: it is a folder; give a file name", path=path)
        folder = path.absolute().parent
        while not folder.exists():
            folder = folder.parent
        if not folder.is_dir():
            raise UserError("cannot write {path}: {folder} is a file, not a folder", path=path, folder=folder)
        with tempfile.TemporaryFile(dir=folder):  # to ask is not enough: root may do everything, but not in /proc
            pass
        if path.exists() and not os.access(path, os.W_OK):
            raise UserError("cannot write {path}: no permission; choose another place", path=path)
    except OSError as error:
        raise UserError(
            "cannot write {path}: {strerror}; choose another place", path=path, strerror=error.strerror or error
        ) from error
    return path


def open_regular(path: Path) -> BinaryIO:
    """Open a file to read its bytes.

    Raises UserError for a pipe or a device, which might be waited for without end; OSError as `open` does.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise UserError("{path} is a pipe or a device: give a file", path=path)
    return path.open("rb")


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; what was written there takes its place in one step at the end.

    On an error, Ctrl-C or a full disk the temporary file goes and the old file stays whole.
    The temporary name keeps the suffixes, because writers of images and weights choose their format by it.
    Raises UserError for what the operating system refuses.
    """
    path = check_writable(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent)
        suffix = "".join(path.suffixes)[-len(".weights.h5") :]
        handle, name = tempfile.mkstemp(prefix=f"{UNFINISHED}{os.getpid()}-", suffix=suffix, dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise UserError("cannot write {path}: {strerror}", path=path, strerror=error.strerror or error) from error
    temporary = Path(name)
    try:
        yield temporary
        _give_usual_permissions(temporary)
        temporary.replace(path)
    except OSError as error:
        raise UserError("cannot write {path}: {strerror}", path=path, strerror=error.strerror or error) from error
    finally:
        temporary.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove the temporary files that writers have left in a folder which were killed."""
    for leftover in folder.glob(f"{UNFINISHED}*"):
        if not is_running(leftover.name.split("-")[1]):
            with suppress(OSError):
                leftover.unlink()


def is_running(process: str) -> bool:
    """Whether there is a process of this number."""
    if not process.isdecimal():
        return False
    if sys.platform == "win32":
        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, int(process))  # 0x1000: to ask about it
        ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(int(process), 0)
    except PermissionError:  # someone else's
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def _give_usual_permissions(path: Path) -> None:
    """mkstemp makes files only their owner may read; a result is as readable as any other new file."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)

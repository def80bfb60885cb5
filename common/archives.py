"""What an .npz archive claims to hold, from its headers alone: to be compared before any array is unpacked."""

import math
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from common.files import open_regular

import numpy as np


class Claim(NamedTuple):
    """The shape of an array and the bytes that it takes in memory."""

    shape: tuple[int, ...]
    size: int


_READ_HEADER: dict[tuple[int, int], Callable[..., Any]] = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


@contextmanager
def open_arrays(path: Path) -> Iterator[tuple[Any, dict[str, Claim]]]:
    """Open an archive: the arrays, each read when it is asked for, and what each of them claims.

    Raises UserError for a pipe or a device, OSError for a file that cannot be opened, and as damage may surface,
    ValueError and many others.
    """
    with open_regular(path) as raw, np.load(raw, allow_pickle=False) as arrays:
        if not isinstance(arrays, np.lib.npyio.NpzFile):
            raise ValueError("a single array")
        yield arrays, dict(_claims(arrays.zip))


def _claims(archive: zipfile.ZipFile | None) -> Iterator[tuple[str, Claim]]:
    """Raises ValueError where an array's header claims another number of bytes than its entry in the archive."""
    for entry in archive.infolist() if archive is not None else []:
        with archive.open(entry) as file:  # type: ignore[union-attr]  # None has no entries
            shape, _, kind = _READ_HEADER[np.lib.format.read_magic(file)](file)
            size = math.prod(shape) * kind.itemsize
            if kind.hasobject or size != entry.file_size - file.tell():
                raise ValueError(f"{entry.filename} claims {size} bytes")
            yield entry.filename.removesuffix(".npy"), Claim(shape, size)

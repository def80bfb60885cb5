"""Saved tables: what a tabular learner knows, in an .npz file that holds numbers and one line of text, no pickle."""

import zipfile
from pathlib import Path

from common.archives import open_arrays
from common.errors import UserError
from common.files import atomic_write, check_writable
from common.language import _

import numpy as np
from numpy.typing import NDArray

MOST_TEXT = 10_000
"""bytes of the names in a file; a fingerprint has 64 letters of 4 bytes"""


def check_table_path(path: Path) -> Path:
    """Return the path if a table can be saved there; UserError for another suffix or a place that cannot be written."""
    if path.suffix != ".npz":
        raise UserError("cannot save a table to {path}: the name must end in .npz", path=path)
    return check_writable(path)


def save_table(path: Path, table: NDArray[np.float64], world: str, world_name: str) -> None:
    """Write a table [S] or [S, A] and the world it was learned in, whole or not at all.

    world: a fingerprint by which `load_table` knows the world again; world_name: how to name it to a reader.
    """
    with atomic_write(check_table_path(path)) as temporary:
        np.savez_compressed(temporary, table=table, world=np.array(world), world_name=np.array(world_name))


def load_table(path: Path, shape: tuple[int, ...], world: str, world_name: str) -> NDArray[np.float64]:
    """The table that `save_table` wrote to the path.

    Raises UserError where the file is missing or corrupt, where the table has another shape or holds a number that is
    not finite, and where it was learned in another world.
    """
    try:
        with open_arrays(path) as (file, claims):
            found = claims["table"].shape
            if max(claims["world"].size, claims["world_name"].size) > MOST_TEXT:
                raise ValueError("the names are too long")
            origin, origin_name = str(file["world"]), str(file["world_name"])
            table = np.asarray(file["table"]) if found == shape else np.empty(0)
    except FileNotFoundError:
        raise UserError("there is no table {path}; save one with --save {path}", path=path) from None
    except KeyError as error:
        raise UserError(
            "{path} is not a table of this course: it has no entry {error}", path=path, error=error
        ) from None
    except UserError:
        raise
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError) as error:
        reason = _("it is a folder") if path.is_dir() else _("the file is damaged, or no .npz table at all")
        raise UserError("the table {path} cannot be read: {reason}", path=path, reason=reason) from error
    except Exception as error:  # a damaged archive surfaces as zlib.error, struct.error and others
        raise UserError(
            "the table {path} cannot be read: the file is damaged ({error})", path=path, error=error
        ) from error
    if found != shape:
        raise UserError(
            "the table {path} has shape {found} (learned on {origin_name}); {world_name} needs {shape}",
            path=path,
            found=found,
            origin_name=origin_name,
            world_name=world_name,
            shape=shape,
        )
    if origin != world:
        raise UserError(
            "the table {path} was learned on {origin_name}, which is not {world_name} as it is now",
            path=path,
            origin_name=origin_name,
            world_name=world_name,
        )
    if table.dtype.kind not in "fiu" or not np.isfinite(table).all():
        raise UserError("the table {path} holds entries that are not finite numbers; learn it again", path=path)
    return table.astype(np.float64)

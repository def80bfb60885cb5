"""Archives of arrays: what one claims is known before it is unpacked, whoever packed it."""

import os
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common.archives import Claim, open_arrays
from common.errors import UserError
from common.runs.checkpoint import load_state, save_state
from common.runs.results import read_json
from common.tables import load_table, save_table
from gridworld.maps.map_file import read

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    """Where the system can: what is waited for without end fails instead."""
    if not hasattr(signal, "alarm"):
        yield
        return

    def end(*_: Any) -> None:
        raise TimeoutError("it hangs")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(300)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def test_the_claims_are_those_of_the_arrays(tmp_path: Path) -> None:
    arrays = {"a": np.arange(6.0).reshape(2, 3), "text/b": np.array("three"), "none": np.zeros((0, 4), np.float32)}
    np.savez(tmp_path / "file.npz", **arrays)
    with open_arrays(tmp_path / "file.npz") as (file, claims):
        assert claims == {name: Claim(array.shape, array.nbytes) for name, array in arrays.items()}
        assert all(np.array_equal(file[name], array) for name, array in arrays.items())


def bomb(path: Path, name: str, shape: tuple[int, ...], size: int, **others: np.ndarray) -> None:
    """An archive with an array of zeros, packed a thousand times smaller than it claims to be."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(f"{name}.npy", "w") as file:
            header = {"descr": "<f8", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(file, header)
            for _ in range(size // 2**16):
                file.write(bytes(2**16))
        for other, array in others.items():
            with archive.open(f"{other}.npy", "w") as file:
                np.lib.format.write_array(file, np.asarray(array))


def test_no_bomb_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"world": np.array("fingerprint"), "world_name": np.array("course")}
    bomb(tmp_path / "true.npz", "table", (2**20,), 2**23, **names)
    bomb(tmp_path / "false.npz", "table", (2**40, 4), 2**16, **names)
    bomb(tmp_path / "name.npz", "world", (2**21,), 2**24, table=np.zeros((4, 3)), world_name=np.array("course"))
    monkeypatch.setattr(np.lib.format, "read_array", lambda *args, **settings: pytest.fail("an array is unpacked"))
    for name in ("false", "name"):
        with pytest.raises(UserError, match="cannot be read"):
            load_table(tmp_path / f"{name}.npz", (4, 3), "fingerprint", "course")
    for name in ("true", "false", "name"):
        with pytest.raises(UserError, match="not a whole checkpoint"):
            load_state(tmp_path / f"{name}.npz")
    monkeypatch.undo()
    with pytest.raises(UserError, match=r"has shape \(1048576,\)"):
        load_table(tmp_path / "true.npz", (4, 3), "fingerprint", "course")


def test_every_damage_is_one_line(tmp_path: Path) -> None:
    """Headers and directories that NumPy and zipfile answer with TokenError, NotImplementedError, TypeError ..."""
    save_table(tmp_path / "table.npz", np.arange(12.0).reshape(4, 3), "fingerprint", "course")
    save_state(tmp_path / "state.npz", {"numbers": np.arange(40.0), "text": np.array("words")})
    random = np.random.default_rng(0)
    for name in ("table", "state"):
        whole = (tmp_path / f"{name}.npz").read_bytes()
        for _ in range(120):
            first, length = int(random.integers(len(whole) - 40)), int(random.choice([1, 1, 4, 40]))
            changed = bytearray(whole)
            changed[first : first + length] = random.bytes(length)
            path = tmp_path / f"changed-{name}.npz"
            path.write_bytes(changed)
            try:
                if name == "state":
                    assert np.array_equal(load_state(path)["numbers"], np.arange(40.0))
                else:
                    table = load_table(path, (4, 3), "fingerprint", "course")
                    assert np.array_equal(table, np.arange(12.0).reshape(4, 3))
            except UserError as error:
                assert "\n" not in str(error)
            except KeyError:
                assert name == "state"  # an entry under another name: the run says that it does not fit


def test_a_pipe_or_a_device_is_refused_at_once(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with names here")
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path(os.devnull)):
        for load in (load_state, read, read_json, lambda path: load_table(path, (4, 3), "fingerprint", "course")):
            with pytest.raises(UserError, match="pipe or a device"):
                load(path)

"""Saved tables come back as they were, and nothing else is taken for one."""

from pathlib import Path

from common.errors import UserError
from common.tables import load_table, save_table

import numpy as np
import pytest

TABLE = np.arange(12.0).reshape(4, 3) / 7


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "표 하나.npz"
    save_table(path, TABLE, "fingerprint", "course")
    return path


def test_a_table_comes_back_bit_for_bit(saved: Path) -> None:
    np.testing.assert_array_equal(load_table(saved, (4, 3), "fingerprint", "course"), TABLE)


def test_there_is_no_pickle_in_it(saved: Path) -> None:
    with np.load(saved, allow_pickle=False) as file:
        assert set(file) == {"table", "world", "world_name"}
        assert all(file[name].dtype != object for name in file)


@pytest.mark.parametrize(
    ("shape", "world", "words"),
    [((4, 4), "fingerprint", r"shape \(4, 3\)"), ((4, 3), "another", "learned on course, which is not maze")],
)
def test_another_shape_or_world_is_refused(saved: Path, shape: tuple[int, int], world: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        load_table(saved, shape, world, "maze")


def test_missing_corrupt_and_foreign_files_are_refused(saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    cases: dict[str, tuple[bytes | None, str]] = {
        "missing.npz": (None, "there is no table"),
        "empty.npz": (b"", "cannot be read"),
        "text.npz": (b"not a table", "cannot be read"),
        "cut.npz": (whole[: len(whole) // 2], "cannot be read"),
        "flipped.npz": (whole[:60] + bytes([whole[60] ^ 255]) + whole[61:], "cannot be read|not a table"),
    }
    for name, (content, words) in cases.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(UserError, match=words):
            load_table(tmp_path / name, (4, 3), "fingerprint", "course")
    np.savez(tmp_path / "other.npz", weights=TABLE)
    with pytest.raises(UserError, match="no entry"):
        load_table(tmp_path / "other.npz", (4, 3), "fingerprint", "course")
    np.savez(
        tmp_path / "pickled.npz", table=np.array([{"a": 1}], dtype=object), world="fingerprint", world_name="course"
    )
    with pytest.raises(UserError, match="cannot be read"):
        load_table(tmp_path / "pickled.npz", (1,), "fingerprint", "course")
    with pytest.raises(UserError, match="it is a folder"):
        load_table(tmp_path, (4, 3), "fingerprint", "course")


@pytest.mark.parametrize("entry", [np.nan, np.inf])
def test_entries_that_are_no_numbers_are_refused(tmp_path: Path, entry: float) -> None:
    save_table(tmp_path / "bad.npz", np.array([entry, 1.0]), "fingerprint", "course")
    with pytest.raises(UserError, match="not finite"):
        load_table(tmp_path / "bad.npz", (2,), "fingerprint", "course")


def test_a_failed_save_leaves_the_old_table(saved: Path, tmp_path: Path) -> None:
    before = saved.read_bytes()
    with pytest.raises(UserError, match=r"must end in \.npz"):
        save_table(saved.with_suffix(".csv"), TABLE, "fingerprint", "course")
    with pytest.raises(UserError):
        save_table(saved / "below.npz", TABLE, "fingerprint", "course")
    assert saved.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [saved.name]

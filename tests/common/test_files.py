"""A file is whole or not there."""

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from common.errors import UserError
from common.files import atomic_write, check_writable
from common.runs.curves import Line, band_over_seeds, quartiles_over_seeds, running_mean, save_csv, save_curve

import numpy as np
import pytest


def test_written_file_takes_the_old_ones_place(tmp_path: Path) -> None:
    path = tmp_path / "새 폴더" / "table 1.csv"
    for text in ("old", "new"):
        with atomic_write(path) as temporary:
            assert temporary.parent == path.parent
            assert temporary.suffix == ".csv"
            temporary.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == "new"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError("broken"), KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left")])
def test_interrupted_write_keeps_the_old_file(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old", encoding="utf-8")
    expected = UserError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected), atomic_write(path) as temporary:
        temporary.write_text("half of the ne", encoding="utf-8")
        raise error
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_unwritable_places_are_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for path in (tmp_path, tmp_path / "file" / "x.csv", tmp_path / "file" / "deeper" / "x.csv"):
        with pytest.raises(UserError, match="cannot write"):
            check_writable(path)
    assert check_writable(tmp_path / "not" / "yet" / "x.csv")
    assert not (tmp_path / "not").exists()


def test_a_folder_that_takes_no_file_is_told_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a folder of someone else's does, or /proc, where root is refused as well."""

    def refuse(**_: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(UserError, match="Permission denied; choose another place"):
        check_writable(tmp_path / "table.npz")
    monkeypatch.setattr(Path, "is_dir", lambda self: refuse())
    with pytest.raises(UserError, match="Permission denied"):
        check_writable(tmp_path / "table.npz")


@pytest.mark.parametrize("name", ["a" * 252 + ".npz", "가" * 90 + ".npz", "none/" + "a" * 256 + "/x.npz"])
def test_names_that_no_file_can_have_are_told_before_the_work(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="longer than 255 bytes"):
        check_writable(tmp_path / name)


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("a." + "b." * 124 + ".npz")
    with atomic_write(path) as temporary:
        assert temporary.suffix == ".npz"
        temporary.write_text("", encoding="utf-8")
    assert path.exists() and len(path.name) == 255 - 1


def test_what_killed_writers_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for name in (f".unfinished-{ended.pid}-x.csv", ".unfinished-1a2b3c4d.csv", f".unfinished-{os.getpid()}-y", "z.csv"):
        (tmp_path / name).write_text("", encoding="utf-8")
    save_csv(tmp_path / "curve.csv", {"step": [1]})
    assert {file.name for file in tmp_path.iterdir()} == {f".unfinished-{os.getpid()}-y", "z.csv", "curve.csv"}


def test_a_new_file_is_readable_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "usual").write_text("", encoding="utf-8")
    with atomic_write(tmp_path / "ours") as temporary:
        temporary.write_text("", encoding="utf-8")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_csv_and_picture(tmp_path: Path) -> None:
    save_csv(tmp_path / "curve.csv", {"step": [1, 2], "return": [0.5, 1.0]})
    assert (tmp_path / "curve.csv").read_text(encoding="utf-8").split() == ["step,return", "1,0.5", "2,1.0"]
    with pytest.raises(ValueError, match="zip"):
        save_csv(tmp_path / "ragged.csv", {"step": [1, 2], "return": [0.5]})
    assert not (tmp_path / "ragged.csv").exists()
    x = np.arange(5)
    line = Line("SARSA", x, x**2, low=x**2 - 1, high=x**2 + 1)
    save_curve(tmp_path / "curve.png", "Returns", "episode", "return", [line], target=("optimal", 10.0))
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_running_mean_is_the_mean_of_the_last_ones() -> None:
    values = np.random.default_rng(0).normal(size=50)
    expected = [values[max(0, i - 9) : i + 1].mean() for i in range(50)]
    np.testing.assert_allclose(running_mean(values, 10), expected)


def test_bands() -> None:
    curves = np.random.default_rng(0).normal(3.0, 1.0, size=(4000, 3))
    mean, low, high = band_over_seeds(curves)
    assert np.all((low < mean) & (mean < high))
    np.testing.assert_allclose(high - low, 2 * 1.96 / np.sqrt(4000), rtol=0.1)
    one = band_over_seeds(curves[:1])
    assert all(np.array_equal(part, curves[0]) for part in one)
    median, first, third = quartiles_over_seeds(np.array([[1.0], [2.0], [3.0], [4.0], [5.0]]))
    assert (first[0], median[0], third[0]) == (2.0, 3.0, 4.0)

"""The state of a run on disk."""

from pathlib import Path

from common.errors import UserError
from common.runs.checkpoint import (
    generator_state,
    in_order,
    load_state,
    numbered,
    packed,
    save_state,
    set_generator_state,
    unpacked,
    with_prefix,
    without_prefix,
)

import numpy as np
import pytest


def test_a_state_comes_back(tmp_path: Path) -> None:
    arrays = [np.arange(6, dtype=np.float32).reshape(2, 3), np.array(1.5)]
    counters = {"step": 3, "names": ["a", "b"], "nothing": None}
    save_state(tmp_path / "state.npz", with_prefix("net", numbered(arrays)) | {"run": packed(counters)})
    state = load_state(tmp_path / "state.npz")
    back = in_order(without_prefix("net", state))
    assert all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in zip(arrays, back, strict=True))
    assert unpacked(state["run"]) == counters


def test_a_generator_goes_on_where_it_stood(tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    generator.random(5)
    save_state(tmp_path / "state.npz", {"generator": generator_state(generator)})
    expected = generator.random(5)
    other = np.random.default_rng(2)
    set_generator_state(other, load_state(tmp_path / "state.npz")["generator"])
    assert np.array_equal(other.random(5), expected)


def test_a_damaged_checkpoint_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "state.npz"
    save_state(path, {"numbers": np.arange(1000.0)})
    content = path.read_bytes()
    for damaged in (b"", content[:100], content[:500] + bytes([content[500] ^ 1]) + content[501:]):
        path.write_bytes(damaged)
        with pytest.raises(UserError, match="not a whole checkpoint"):
            load_state(path)
    with pytest.raises(UserError, match="--resume needs"):
        load_state(tmp_path / "none.npz")

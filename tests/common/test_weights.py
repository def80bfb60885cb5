"""Weights on disk: what is saved comes back bit for bit, what is damaged never comes back at all."""

import errno
import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from common.options import UserError
from common.weights import Weights, file_digest, load_weights, save_weights

SHAPES = [(4, 8), (8,), (8, 2), (2,)]


@pytest.fixture
def weights() -> Weights:
    generator = np.random.default_rng(0)
    return [generator.standard_normal(shape).astype(np.float32) for shape in SHAPES]


def equal(left: Weights, right: Weights) -> bool:
    return len(left) == len(right) and all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))


def test_what_is_saved_comes_back(tmp_path: Path, weights: Weights) -> None:
    path = tmp_path / "한글 폴더" / "dqn.weights.h5"
    save_weights(path, weights, "dqn")
    assert equal(load_weights(path, SHAPES, "dqn"), weights)
    assert [file.name for file in path.parent.iterdir()] == [path.name], "no temporary file stays"


def test_more_than_ten_layers_keep_their_order(tmp_path: Path) -> None:
    deep = [np.full((1, 1), number, np.float32) for number in range(12)]
    save_weights(tmp_path / "deep.weights.h5", deep, "dqn")
    assert equal(load_weights(tmp_path / "deep.weights.h5", [(1, 1)] * 12), deep)


@pytest.mark.parametrize("kept", [0, 1, 100, 0.3, 0.7, 0.999])
def test_a_file_cut_short_is_refused(tmp_path: Path, weights: Weights, kept: float) -> None:
    path = tmp_path / "dqn.weights.h5"
    save_weights(path, weights, "dqn")
    content = path.read_bytes()
    path.write_bytes(content[: int(kept if kept >= 1 else kept * len(content))])
    with pytest.raises(UserError, match="not a whole weights file"):
        load_weights(path, SHAPES)


def test_no_flipped_byte_changes_a_weight(tmp_path: Path, weights: Weights) -> None:
    """HDF5 checks nothing by itself: a flipped byte is refused, or lies where it means nothing."""
    path = tmp_path / "dqn.weights.h5"
    save_weights(path, weights, "dqn")
    content = path.read_bytes()
    refused = 0
    for position in range(0, len(content), 61):
        path.write_bytes(content[:position] + bytes([content[position] ^ 0x55]) + content[position + 1 :])
        try:
            assert equal(load_weights(path, SHAPES), weights), f"byte {position}"
        except UserError as error:
            assert "\n" not in str(error)
            refused += 1
    assert refused > 0


def test_a_json_beside_the_file_vouches_for_every_byte(tmp_path: Path, weights: Weights) -> None:
    path = tmp_path / "dqn.weights.h5"
    save_weights(path, weights, "dqn")
    (tmp_path / "dqn.json").write_text(json.dumps({"sha256": file_digest(path)}), encoding="utf-8")
    assert equal(load_weights(path, SHAPES), weights)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match="SHA-256"):
        load_weights(path, SHAPES)


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_refused(tmp_path: Path, weights: Weights, number: float) -> None:
    weights[1][3] = number
    save_weights(tmp_path / "dqn.weights.h5", weights, "dqn")
    with pytest.raises(UserError, match="not finite"):
        load_weights(tmp_path / "dqn.weights.h5", SHAPES)


def test_weights_of_something_else_are_refused(tmp_path: Path, weights: Weights) -> None:
    path = tmp_path / "dqn.weights.h5"
    save_weights(path, weights, "dqn")
    with pytest.raises(UserError, match="weights of dqn, not of a2c"):
        load_weights(path, SHAPES, "a2c")
    with pytest.raises(UserError, match="has layers 4x8 8x2; this network needs 4x8 8x8 8x2"):
        load_weights(path, [(4, 8), (8,), (8, 8), (8,), (8, 2), (2,)])
    with pytest.raises(UserError, match="there are no weights"):
        load_weights(tmp_path / "nothing.weights.h5", SHAPES)
    with pytest.raises(UserError, match="is a folder"):
        load_weights(tmp_path, SHAPES)
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file.create_dataset("something", data=np.zeros(3))
    with pytest.raises(UserError, match="not a whole weights file"):
        load_weights(tmp_path / "other.h5", SHAPES)


def test_a_full_disk_leaves_the_old_file_whole(
    tmp_path: Path, weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "dqn.weights.h5"
    save_weights(path, weights, "dqn")
    before = path.read_bytes()

    def full(self: Any, *args: Any, **settings: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(h5py.Group, "create_dataset", full)
    with pytest.raises(UserError, match="No space left on device"):
        save_weights(path, weights, "dqn")
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_keras_reads_ours_and_we_read_keras(tmp_path: Path, weights: Weights) -> None:
    """Keras 3's own layout both ways, and the older file of the whole model."""
    from deep.parts.lazy import keras

    def model() -> Any:
        dense = keras.layers.Dense
        return keras.Sequential([keras.Input((4,)), dense(8, activation="relu"), dense(2)])

    save_weights(tmp_path / "ours.weights.h5", weights, "dqn")
    ours = model()
    ours.load_weights(tmp_path / "ours.weights.h5")
    assert equal(ours.get_weights(), weights)
    ours.save_weights(tmp_path / "keras.weights.h5")
    ours.save(tmp_path / "whole.h5")
    for name in ("keras.weights.h5", "whole.h5"):
        assert equal(load_weights(tmp_path / name, SHAPES, "dqn"), weights), name

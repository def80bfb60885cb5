"""Weights on disk: what is saved comes back bit for bit, what is damaged never comes back at all."""

import errno
import itertools
import json
import os
import zipfile
from pathlib import Path
from typing import Any

from common.errors import UserError
from common.networks.weights import (
    _MARK,
    BLOCK,
    Saved,
    Weights,
    WeightsFile,
    _block,
    file_digest,
    load_networks,
    save_networks,
)

import h5py
import numpy as np
import pytest

DESCRIPTION = json.dumps({"class_name": "Sequential", "config": {"layers": []}})


def saved(seed: int, *sizes: int) -> Saved:
    generator = np.random.default_rng(seed)
    weights: Weights = []
    names: list[str] = []
    for index, (left, right) in enumerate(itertools.pairwise(sizes)):
        layer = f"layers/dense_{index}" if index else "layers/dense"
        weights += [generator.standard_normal(shape).astype(np.float32) for shape in ((left, right), (right,))]
        names += [f"{layer}/vars/0", f"{layer}/vars/1"]
    return Saved(DESCRIPTION, weights, tuple(names))


@pytest.fixture
def networks() -> dict[str, Saved]:
    return {"policy": saved(0, 4, 8, 2), "value": saved(1, 4, 3, 1)}


def equal(left: WeightsFile, right: dict[str, Saved]) -> bool:
    """The same roles in the same order, the same descriptions, bit for bit the same numbers."""
    if list(left.networks) != list(right):
        return False
    pairs = list(zip(left.networks.values(), right.values(), strict=True))
    return all(
        a.description == b.description
        and len(a.weights) == len(b.weights)
        and all(np.array_equal(x, y) for x, y in zip(a.weights, b.weights, strict=True))
        for a, b in pairs
    )


def test_what_is_saved_comes_back(tmp_path: Path, networks: dict[str, Saved]) -> None:
    path = tmp_path / "한글 폴더" / "dqn.weights.h5"
    save_networks(path, networks, "dqn")
    loaded = load_networks(path)
    assert loaded.chapter == "dqn" and equal(loaded, networks)
    assert [file.name for file in path.parent.iterdir()] == [path.name], "no temporary file stays"


def test_more_than_ten_layers_keep_their_order(tmp_path: Path) -> None:
    deep = {"q": saved(3, *range(1, 14))}
    save_networks(tmp_path / "deep.weights.h5", deep, "dqn")
    assert equal(load_networks(tmp_path / "deep.weights.h5"), deep)


@pytest.mark.parametrize("kept", [0, 1, 100, 0.3, 0.7, 0.999])
def test_a_file_cut_short_is_refused(tmp_path: Path, networks: dict[str, Saved], kept: float) -> None:
    path = tmp_path / "dqn.weights.h5"
    save_networks(path, networks, "dqn")
    content = path.read_bytes()
    path.write_bytes(content[: int(kept if kept >= 1 else kept * len(content))])
    with pytest.raises(UserError, match="not a whole weights file"):
        load_networks(path)


@pytest.mark.parametrize("length", [1, 64, 512, 2000])
def test_no_damaged_byte_or_block_is_read(
    tmp_path: Path, networks: dict[str, Saved], length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HDF5 checks nothing by itself and may hang: a file that is not whole is refused before HDF5 reads it."""
    path = tmp_path / "dqn.weights.h5"
    save_networks(path, networks, "dqn")
    content = path.read_bytes()
    for position in range(0, len(content) - length, 305 + 61 * length):
        changed = bytes(byte ^ 0x55 for byte in content[position : position + length])
        path.write_bytes(content[:position] + changed + content[position + length :])
        with monkeypatch.context() as patch, pytest.raises(UserError, match="not a whole weights file") as error:
            if position >= len(_MARK):
                patch.setattr(h5py, "File", lambda *arguments: pytest.fail("HDF5 reads a damaged file"))
            load_networks(path)
        assert "\n" not in str(error.value)


def with_block(path: Path) -> None:
    """Give a file the block that says that it is whole."""
    rest = path.read_bytes()[BLOCK:]
    path.write_bytes(_block(rest) + rest)


def test_a_file_of_ours_without_its_mark_or_its_digest_is_refused(tmp_path: Path, networks: dict[str, Saved]) -> None:
    path = tmp_path / "dqn.weights.h5"

    def elsewhere(content: dict[str, Any]) -> None:
        content["networks"][0]["weights"][0] = "layers"

    changes = [elsewhere, lambda content: content.pop("networks"), lambda content: content["networks"].clear()]
    for change in changes:
        save_networks(path, networks, "dqn")
        with h5py.File(path, "r+") as file:
            content = json.loads(file["course"][()].tobytes())
            change(content)
            del file["course"]
            file.create_dataset("course", data=np.frombuffer(json.dumps(content).encode(), np.uint8))
        with pytest.raises(UserError, match="do not match its checksum"):
            load_networks(path)
        with_block(path)
        with pytest.raises(UserError, match=r"not a whole weights file|holds no weights") as error:
            load_networks(path)
        assert "\n" not in str(error.value)
    save_networks(path, networks, "dqn")
    whole = path.read_bytes()
    for block in (bytes(BLOCK), b"x" + whole[1:BLOCK]):
        path.write_bytes(block + whole[BLOCK:])
        with h5py.File(path) as file:
            assert "course" in file, "HDF5 would read it"
        with pytest.raises(UserError, match="not a whole weights file"):
            load_networks(path)


def test_the_checksum_counts_roles_descriptions_shapes_and_numbers(tmp_path: Path, networks: dict[str, Saved]) -> None:
    policy = networks["policy"]
    turned = [array.T for array in policy.weights]
    others = [
        {"q": policy, "value": networks["value"]},
        networks | {"policy": Saved("{}", policy.weights, policy.names)},
        networks | {"policy": Saved(policy.description, turned, policy.names)},
        networks | {"policy": Saved(policy.description, [array + 1 for array in policy.weights], policy.names)},
    ]
    blocks = set()
    for number, each in enumerate([networks, *others, networks]):
        save_networks(tmp_path / f"{number}.h5", each, "dqn")
        blocks.add((tmp_path / f"{number}.h5").read_bytes()[:BLOCK])
    assert len(blocks) == 5, "and nothing else: the same networks give the same bytes"


def test_a_json_beside_the_file_vouches_for_every_byte(tmp_path: Path, networks: dict[str, Saved]) -> None:
    path = tmp_path / "dqn.weights.h5"
    save_networks(path, networks, "dqn")
    (tmp_path / "dqn.json").write_text(json.dumps({"sha256": file_digest(path)}), encoding="utf-8")
    assert equal(load_networks(path), networks)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match="SHA-256"):
        load_networks(path)


@pytest.mark.parametrize("number", [np.nan, np.inf])
@pytest.mark.parametrize("role", ["policy", "value"])
def test_numbers_that_are_not_finite_are_refused(
    tmp_path: Path, networks: dict[str, Saved], role: str, number: float
) -> None:
    networks[role].weights[1][0] = number
    save_networks(tmp_path / "dqn.weights.h5", networks, "dqn")
    with pytest.raises(UserError, match="not finite"):
        load_networks(tmp_path / "dqn.weights.h5")


def test_files_that_are_something_else_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there are no weights"):
        load_networks(tmp_path / "nothing.weights.h5")
    with pytest.raises(UserError, match="is a folder"):
        load_networks(tmp_path)
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file.create_dataset("something", data=np.zeros(3))
    with pytest.raises(UserError, match="holds no weights"):
        load_networks(tmp_path / "other.h5")
    with h5py.File(tmp_path / "empty.h5", "w") as file:
        file.create_group("layers")
    with pytest.raises(UserError, match="holds no weights"):
        load_networks(tmp_path / "empty.h5")


def test_a_file_that_points_elsewhere_or_claims_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An HDF5 file can name other files of the machine, and promise arrays that no memory holds."""
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file.create_dataset("secret", data=np.zeros((4, 2), np.float32))
    with h5py.File(tmp_path / "link.weights.h5", "w") as file:
        file.require_group("layers/dense/vars")["0"] = h5py.ExternalLink("other.h5", "/secret")
    (tmp_path / "raw").write_bytes(bytes(32))
    with h5py.File(tmp_path / "external.weights.h5", "w") as file:
        file.require_group("layers/dense/vars").create_dataset(
            "0", (4, 2), np.float32, external=[(str(tmp_path / "raw"), 0, 32)]
        )
    with h5py.File(tmp_path / "huge.weights.h5", "w") as file:
        file.require_group("layers/dense/vars").create_dataset("0", (10**6, 10**6), np.float32, chunks=(100, 100))
    with h5py.File(tmp_path / "empty.weights.h5", "w") as file:
        file.require_group("layers/dense/vars").create_dataset("0", (3000, 3000), np.float32, chunks=(100, 100))
    with h5py.File(tmp_path / "packed.weights.h5", "w") as file:
        file.require_group("layers/dense/vars").create_dataset("0", data=np.zeros(10**6), compression="gzip")
    with h5py.File(tmp_path / "many.weights.h5", "w") as file:
        for index in range(60):
            file.require_group(f"layers/dense_{index}/vars").create_dataset("0", (100, 800), np.float32)
    with h5py.File(tmp_path / "soft.weights.h5", "w") as file:
        file.require_group("layers/dense/vars")["0"] = h5py.SoftLink("/layers")
    with h5py.File(tmp_path / "circle.weights.h5", "w") as file:
        file.require_group("layers/dense")["vars"] = file.require_group("layers")
    with h5py.File(tmp_path / "virtual.weights.h5", "w") as file:
        layout = h5py.VirtualLayout((4, 2), np.float32)
        layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "secret", (4, 2))
        file.require_group("layers/dense/vars").create_virtual_dataset("0", layout)
    with h5py.File(tmp_path / "text.weights.h5", "w") as file:
        file.require_group("layers/dense/vars").create_dataset("0", data=["no", "numbers"])
    with zipfile.ZipFile(tmp_path / "bomb.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", bytes(10**7))
    monkeypatch.setattr(h5py.Dataset, "__getitem__", lambda *arguments: pytest.fail("an array is read"))
    names = ("link", "external", "huge", "empty", "packed", "many", "soft", "circle", "virtual", "text")
    for name in (*(f"{name}.weights.h5" for name in names), "bomb.keras"):
        with pytest.raises(UserError) as error:
            load_networks(tmp_path / name)
        assert "\n" not in str(error.value), name


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with names here")
    os.mkfifo(tmp_path / "pipe.weights.h5")
    for path in (tmp_path / "pipe.weights.h5", Path(os.devnull)):
        with pytest.raises(UserError, match="pipe or a device"):
            load_networks(path)


def test_a_full_disk_leaves_the_old_file_whole(
    tmp_path: Path, networks: dict[str, Saved], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "dqn.weights.h5"
    save_networks(path, networks, "dqn")
    before = path.read_bytes()

    def full(self: Any, *args: Any, **settings: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(h5py.Group, "create_dataset", full)
    with pytest.raises(UserError, match="No space left on device"):
        save_networks(path, networks, "dqn")
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_heap_that_hdf5_would_walk_for_ever_is_refused_before_it_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One entry of Keras's attributes, whose texts lie in a heap, without a size: h5py never comes back."""
    path = tmp_path / "whole.h5"
    with h5py.File(path, "w") as file:
        file.attrs["backend"] = "tf"
        file.create_dataset("layers/dense/vars/0", data=np.zeros((4, 2), np.float32))
    assert load_networks(path).networks[""].weights[0].shape == (4, 2)
    changed = bytearray(path.read_bytes())
    left = changed.find(b"GCOL") + 16 + 16 + 8  # after the heap's own header, that of the text, and the text
    assert changed[left : left + 8] == bytes(8) and any(changed[left + 8 : left + 16])
    changed[left + 8 : left + 16] = bytes(8)
    path.write_bytes(changed)
    monkeypatch.setattr(h5py, "File", lambda *arguments: pytest.fail("HDF5 would hang"))
    with pytest.raises(UserError, match="not a whole weights file"):
        load_networks(path)

"""Trained networks on disk: HDF5 in Keras 3's own layout, with the description of every network beside its numbers.

Keras reads the files (`model.load_weights`); what Keras writes is read by `keras_files`. Only numbers and descriptions
are read: no code, no pickle. h5py is enough for that, so a demo plays without TensorFlow.

A file of ours begins with a block of 512 bytes that HDF5 leaves to its user. It holds the SHA-256 of all that follows,
which is compared before HDF5 reads anything: HDF5 has no checksums, and a single damaged byte can change a number in
silence or hang the library. The networks lie there by their role, "q", "policy" or "value": the first one where Keras
looks for a model's layers, any other one in a group with the name of its role; the data set `course` says in JSON what
is where.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import UserError
from common.files import atomic_write, open_regular
from common.language import _
from common.networks.keras_files import MOST_BYTES, arrays_of, read_archive, read_hdf5

import numpy as np

Weights = list[np.ndarray]

BLOCK = 512
_MARK = b"reinforcement learning course, trained networks\nSHA-256 of what follows this block: "


@dataclass(frozen=True)
class Saved:
    """A network as it is saved.

    description: `model.to_json()`, or "" where a file does not say. weights: as `model.get_weights()` lists them.
    names: where Keras keeps each of them in a file, such as "layers/dense/vars/0".
    """

    description: str
    weights: Weights
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class WeightsFile:
    """What a file holds. chapter: whose it is, None if it says nothing. networks: by role; "" where it names none."""

    chapter: str | None
    networks: dict[str, Saved]


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, as hexadecimal digits."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _block(rest: bytes) -> bytes:
    return (_MARK + hashlib.sha256(rest).hexdigest().encode() + b"\n").ljust(BLOCK, b"\0")


def save_networks(path: Path, networks: Mapping[str, Saved], chapter: str) -> None:
    """Write the networks atomically. Raises UserError where the file cannot be written."""
    import h5py

    places = [(role if index else "") for index, role in enumerate(networks)]
    content = {
        "chapter": chapter,
        "networks": [
            {"role": role, "description": network.description, "weights": [_join(place, n) for n in network.names]}
            for place, (role, network) in zip(places, networks.items(), strict=True)
        ],
    }
    with atomic_write(path) as temporary:
        with h5py.File(temporary, "w", userblock_size=BLOCK) as file:
            file.create_dataset("course", data=np.frombuffer(json.dumps(content).encode(), np.uint8))
            for place, network in zip(places, networks.values(), strict=True):
                for name, array in zip(network.names, network.weights, strict=True):
                    file.create_dataset(_join(place, name), data=np.asarray(array, np.float32))
                file.require_group(_join(place, "vars"))
        rest = temporary.read_bytes()[BLOCK:]
        temporary.write_bytes(_block(rest) + rest)


def _join(place: str, name: str) -> str:
    return f"{place}/{name}" if place else name


def load_networks(path: Path) -> WeightsFile:
    """Read a weights file, of ours or of Keras.

    Raises UserError for a file that is missing, a folder, no file at all, empty, cut short or damaged, or that holds a
    NaN or an infinity. A file with a NAME.json beside it must match the JSON's SHA-256.
    """
    path = Path(path)
    damaged = _(
        "{path} is not a whole weights file (empty, cut short or damaged): train again, or take another file", path=path
    )
    try:
        content = _content(path, _read(path), damaged)
    except UserError:
        raise
    except PermissionError as error:
        raise UserError("cannot read {path}: no permission", path=path) from error
    except Exception as error:  # h5py answers damage with OSError, KeyError, RuntimeError, ValueError and others
        raise UserError(damaged) from error
    if not all(network.weights for network in content.networks.values()) or not content.networks:
        raise UserError("{path} holds no weights: train again, or take another file", path=path)
    for network in content.networks.values():
        if not all(np.isfinite(array).all() for array in network.weights):
            raise UserError("{path} holds numbers that are not finite: train again, or take another file", path=path)
    return content


def _read(path: Path) -> bytes:
    if not path.exists():
        raise UserError("there are no weights at {path}: give --weights a file, or train first", path=path)
    if path.is_dir():
        raise UserError("{path} is a folder: give --weights the .weights.h5 file in it", path=path)
    with open_regular(path) as file:
        read = file.read(MOST_BYTES + 1)
    if len(read) > MOST_BYTES:
        raise UserError(
            "{path} is larger than any network here ({limit} MB): it is not read",
            path=path,
            limit=MOST_BYTES // 10**6,
        )
    return read


def _content(path: Path, read: bytes, damaged: str) -> WeightsFile:
    import h5py

    _check_sidecar(path, read, damaged)
    if read.startswith(_MARK):
        if read[:BLOCK] != _block(read[BLOCK:]):
            raise UserError("{damaged} (its bytes do not match its checksum)", damaged=damaged)
        with h5py.File(io.BytesIO(read), "r") as file:
            return _own(arrays_of(file, len(read)))
    network = read_archive(read) if read.startswith(b"PK") else read_hdf5(read)
    return WeightsFile(None, {"": Saved(*network)})


def _check_sidecar(path: Path, read: bytes, damaged: str) -> None:
    """Compare with the SHA-256 in NAME.json, where NAME.weights.h5 has one beside it."""
    sidecar = path.with_name(path.name.removesuffix(".weights.h5") + ".json")
    if path.name.endswith(".weights.h5") and sidecar.is_file():
        expected = json.loads(sidecar.read_text(encoding="utf-8")).get("sha256")
        if expected is not None and expected != hashlib.sha256(read).hexdigest():
            raise UserError(damaged + f" (its SHA-256 is not the one in {sidecar.name})")


def _own(arrays: Mapping[str, Any]) -> WeightsFile:
    """A file that `save_networks` wrote."""
    content = json.loads(np.asarray(arrays["course"][()], np.uint8).tobytes())
    networks = {}
    for network in content["networks"]:
        names = tuple(network["weights"])
        weights = [np.asarray(arrays[name][()], np.float32) for name in names]
        networks[str(network["role"])] = Saved(str(network["description"]), weights, names)
    return WeightsFile(str(content["chapter"]), networks)

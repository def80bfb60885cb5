"""Trained networks on disk: HDF5 in Keras 3's own layout, with the description of every network beside its numbers.

Keras reads the files (`model.load_weights`), and files that Keras wrote are read here: `*.weights.h5`, `model.save`'s
`*.h5` of Keras 2 and 3, and the older `save_weights` files. Only numbers and descriptions are read: no code, no pickle.
h5py is enough for that, so a demo plays without TensorFlow.

A file of ours holds its networks by their role, "q", "policy" or "value". The first one lies where Keras looks for a
model's layers, any other one in a group with the name of its role; the data set `course` says in JSON what is where.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from common.errors import UserError
from common.files import atomic_write

Weights = list[np.ndarray]

MOST_NUMBERS = 50_000_000
"""of one network: 200 MB. A file that claims more is not read."""


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


def digest(networks: Mapping[str, Saved]) -> str:
    """SHA-256 over roles, descriptions, shapes and numbers, as hexadecimal digits."""
    sha = hashlib.sha256()
    for role, network in networks.items():
        sha.update(f"{role} {network.description} ".encode())
        for array in network.weights:
            sha.update(repr(array.shape).encode())
            sha.update(np.ascontiguousarray(array, np.float32).tobytes())
    return sha.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, as hexadecimal digits."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def save_networks(path: Path, networks: Mapping[str, Saved], chapter: str) -> None:
    """Write the networks atomically. Raises UserError where the file cannot be written."""
    import h5py

    places = [(role if index else "") for index, role in enumerate(networks)]
    content = {
        "chapter": chapter,
        "sha256": digest(networks),
        "networks": [
            {"role": role, "description": network.description, "weights": [_join(place, n) for n in network.names]}
            for place, (role, network) in zip(places, networks.items(), strict=True)
        ],
    }
    with atomic_write(path) as temporary, h5py.File(temporary, "w") as file:
        file.create_dataset("course", data=np.frombuffer(json.dumps(content).encode(), np.uint8))
        for place, network in zip(places, networks.values(), strict=True):
            for name, array in zip(network.names, network.weights, strict=True):
                file.create_dataset(_join(place, name), data=np.asarray(array, np.float32))
            file.require_group(_join(place, "vars"))


def _join(place: str, name: str) -> str:
    return f"{place}/{name}" if place else name


def load_networks(path: Path) -> WeightsFile:
    """Read a weights file.

    Raises UserError for a file that is missing, a folder, empty, cut short or damaged, or that holds a NaN or an
    infinity. A file with a NAME.json beside it must match the JSON's SHA-256.
    """
    path = Path(path)
    if not path.exists():
        raise UserError(f"there are no weights at {path}: give --weights a file, or train first")
    if path.is_dir():
        raise UserError(f"{path} is a folder: give --weights the .weights.h5 file in it")
    if not path.is_file():
        raise UserError(f"{path} is not a file: give --weights a .weights.h5 file")
    damaged = f"{path} is not a whole weights file (empty, cut short or damaged): train again, or take another file"
    try:
        _check_sidecar(path, damaged)
        import h5py

        with h5py.File(path, "r") as file:
            content = _own(file, damaged) if "course" in file else _foreign(file)
    except UserError:
        raise
    except PermissionError as error:
        raise UserError(f"cannot read {path}: no permission") from error
    except Exception as error:  # h5py answers damage with OSError, KeyError, RuntimeError, ValueError and others
        raise UserError(damaged) from error
    for network in content.networks.values():
        if not network.weights:
            raise UserError(f"{path} holds no weights: train again, or take another file")
        if not all(np.isfinite(array).all() for array in network.weights):
            raise UserError(f"{path} holds numbers that are not finite: train again, or take another file")
    return content


def _check_sidecar(path: Path, damaged: str) -> None:
    """Compare with the SHA-256 in NAME.json, where NAME.weights.h5 has one beside it."""
    sidecar = path.with_name(path.name.removesuffix(".weights.h5") + ".json")
    if path.name.endswith(".weights.h5") and sidecar.is_file():
        expected = json.loads(sidecar.read_text(encoding="utf-8")).get("sha256")
        if expected is not None and expected != file_digest(path):
            raise UserError(damaged + f" (its SHA-256 is not the one in {sidecar.name})")


def _own(file: Any, damaged: str) -> WeightsFile:
    """A file that `save_networks` wrote."""
    content = json.loads(_array(file, "course", np.uint8).tobytes())
    networks = {}
    for network in content["networks"]:
        names = tuple(network["weights"])
        networks[str(network["role"])] = Saved(
            str(network["description"]), [_array(file, name, np.float32) for name in names], names
        )
    if content["sha256"] != digest(networks):
        raise UserError(f"{damaged} (its numbers do not match its checksum)")
    return WeightsFile(str(content["chapter"]), networks)


def _foreign(file: Any) -> WeightsFile:
    """A file of Keras, with or without its model's description."""
    description = file.attrs.get("model_config", "")
    names = _keras_2_names(file) or sorted(_dataset_names(file), key=_natural_order)
    weights = [_array(file, name, np.float32) for name in names]
    return WeightsFile(None, {"": Saved(_text(description), weights, tuple(names))})


def _array(file: Any, name: str, kind: Any) -> np.ndarray:
    """A data set of the file itself, checked before it is read. Raises ValueError for anything else."""
    import h5py

    found = file[name]
    if not isinstance(found, h5py.Dataset) or found.is_virtual or found.external or found.file.id != file.id:
        raise ValueError(f"{name} is no array of this file")
    if found.size is None or found.size > MOST_NUMBERS or found.dtype.kind not in "fiu":
        raise ValueError(f"{name} is too large, or holds no numbers")
    return np.asarray(found[()], kind)


def _dataset_names(file: Any) -> list[str]:
    """Paths of all arrays below `layers`, as Keras 3 writes them; optimiser variables lie elsewhere."""
    names: list[str] = []
    import h5py

    def collect(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            names.append(f"layers/{name}")

    file["layers"].visititems(collect)
    return names


def _natural_order(name: str) -> list[tuple[str, int]]:
    """dense < dense_1 < dense_2 < dense_10: the order in which Keras numbers the layers of a model."""
    order = []
    for part in name.split("/"):
        stem, _, number = part.rpartition("_")
        order.append(
            (stem, int(number)) if number.isdigit() and stem else ("", int(part)) if part.isdigit() else (part, 0)
        )
    return order


def _text(name: Any) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)


def _keras_2_names(file: Any) -> list[str]:
    """Paths of all arrays in the older layout, which lists its layers in attributes; empty for the newer one."""
    root = file.get("model_weights", file)
    if "layer_names" not in root.attrs:
        return []
    return [
        f"{root.name}/{_text(layer)}/{_text(weight)}".replace("//", "/")
        for layer in root.attrs["layer_names"]
        for weight in root[_text(layer)].attrs["weight_names"]
    ]

"""Trained weights on disk: HDF5 in Keras 3's own layout, written and read whole or not at all.

Weights are a list of arrays in the order of `keras.Model.get_weights()`: a layer's kernel [inputs, outputs], its bias
[outputs], the next layer's kernel, ... Keras reads the files (`model.load_weights`), and files that Keras wrote are
read here: `*.weights.h5`, and the older `*.h5` of `model.save` and `model.save_weights`. Only numbers are read: no
code, no pickle. h5py is enough for that, so a demo plays without TensorFlow.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from common.files import atomic_write
from common.options import UserError

Weights = list[np.ndarray]


def digest(weights: Sequence[np.ndarray]) -> str:
    """SHA-256 over the shapes and the numbers, as hexadecimal digits: equal exactly for weights equal bit for bit."""
    sha = hashlib.sha256()
    for array in weights:
        sha.update(repr(array.shape).encode())
        sha.update(np.ascontiguousarray(array, np.float32).tobytes())
    return sha.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, as hexadecimal digits."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def save_weights(path: Path, weights: Sequence[np.ndarray], chapter: str) -> None:
    """Write the weights atomically, with the chapter's name and their digest as attributes of the file.

    Raises UserError where the file cannot be written.
    """
    import h5py

    with atomic_write(path) as temporary, h5py.File(temporary, "w") as file:
        file.attrs["chapter"] = chapter
        file.attrs["sha256"] = digest(weights)
        for number, layer in enumerate(_layers(weights)):
            name = f"dense_{number}" if number else "dense"
            for index, array in enumerate(layer):
                file.create_dataset(f"layers/{name}/vars/{index}", data=np.asarray(array, np.float32))
        file.create_group("vars")


def _layers(weights: Sequence[np.ndarray]) -> list[list[np.ndarray]]:
    """Split into layers: a matrix begins one, the vector after it is its bias."""
    layers: list[list[np.ndarray]] = []
    for array in weights:
        if array.ndim != 1 or not layers or len(layers[-1]) > 1:
            layers.append([])
        layers[-1].append(array)
    return layers


def load_weights(path: Path, shapes: Sequence[tuple[int, ...]], chapter: str | None = None) -> Weights:
    """Read weights of exactly these shapes, float32.

    chapter: refuse a file that names another one (files of Keras name none).
    Raises UserError for a file that is missing, a folder, empty, cut short or damaged, of another chapter or with
    other layers, or that holds a NaN or an infinity. A file with a NAME.json beside it must match the JSON's SHA-256.
    """
    path = Path(path)
    weights, attributes = _read(path)
    maker = attributes.get("chapter")
    if chapter is not None and maker is not None and maker != chapter:
        raise UserError(f"{path} holds weights of {maker}, not of {chapter}: play them with deep/{maker}.py")
    found = [array.shape for array in weights]
    if found != list(shapes):
        raise UserError(f"{path} has layers {_describe(found)}; this network needs {_describe(shapes)}")
    if not all(np.isfinite(array).all() for array in weights):
        raise UserError(f"{path} holds numbers that are not finite: train again, or take another file")
    stored = attributes.get("sha256")
    if stored is not None and stored != digest(weights):
        raise UserError(f"{path} is damaged: its numbers do not match its checksum; train again, or take another file")
    return weights


def _describe(shapes: Iterable[tuple[int, ...]]) -> str:
    """The kernels' sizes in a short form: 4x24 24x24 24x2."""
    return " ".join("x".join(map(str, shape)) for shape in shapes if len(shape) > 1) or "none"


def _read(path: Path) -> tuple[Weights, dict[str, Any]]:
    """Every array of the file in layer order, and the file's attributes."""
    if not path.exists():
        raise UserError(f"there are no weights at {path}: give --weights a file, or train first")
    if path.is_dir():
        raise UserError(f"{path} is a folder: give --weights the .weights.h5 file in it")
    damaged = f"{path} is not a whole weights file (empty, cut short or damaged): train again, or take another file"
    try:
        _check_sidecar(path, damaged)
        import h5py

        with h5py.File(path, "r") as file:
            attributes = {name: value for name, value in file.attrs.items() if name in ("chapter", "sha256")}
            names = _keras_2_names(file) or sorted(_dataset_names(file), key=_natural_order)
            return [np.asarray(file[name][()], np.float32) for name in names], attributes
    except UserError:
        raise
    except PermissionError as error:
        raise UserError(f"cannot read {path}: no permission") from error
    except Exception as error:  # h5py answers damage with OSError, KeyError, RuntimeError, ValueError and others
        raise UserError(damaged) from error


def _check_sidecar(path: Path, damaged: str) -> None:
    """Compare with the SHA-256 in NAME.json, where NAME.weights.h5 has one beside it."""
    sidecar = path.with_name(path.name.removesuffix(".weights.h5") + ".json")
    if path.name.endswith(".weights.h5") and sidecar.is_file():
        expected = json.loads(sidecar.read_text(encoding="utf-8")).get("sha256")
        if expected is not None and expected != file_digest(path):
            raise UserError(damaged + f" (its SHA-256 is not the one in {sidecar.name})")


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
        stem, number = re.fullmatch(r"(.*?)_?(\d*)", part).groups()  # type: ignore[union-attr]  # it always matches
        order.append((stem, int(number or 0)))
    return order


def _keras_2_names(file: Any) -> list[str]:
    """Paths of all arrays in the older layout, which lists its layers in attributes; empty for the newer one."""
    root = file.get("model_weights", file)
    if "layer_names" not in root.attrs:
        return []

    def text(name: Any) -> str:
        return name.decode() if isinstance(name, bytes) else str(name)

    return [
        f"{root.name}/{text(layer)}/{text(weight)}"
        for layer in root.attrs["layer_names"]
        for weight in root[text(layer)].attrs["weight_names"]
    ]

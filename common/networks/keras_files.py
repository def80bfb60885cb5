"""Files that Keras wrote, read without Keras: `.weights.h5`, `.keras`, and the `.h5` of Keras 2 and 3.

HDF5 can name other files, promise arrays that no memory holds, and hang on a damaged byte. So a file's structure is
walked first: links and arrays that lie elsewhere are refused, sizes are added up, and only then numbers are read.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

Network = tuple[str, list[np.ndarray], tuple[str, ...]]
"""its description, "" where the file does not say; its arrays; where the file keeps each of them"""

MOST_BYTES = 400_000_000
"""of a file, and of what it claims to hold; more is not read"""

MOST_EXPANSION = 100
"""What a file may claim to hold, in units of its own size; Keras packs nothing, and trained numbers do not pack."""

_DEEPEST = 20
_MOST_ENTRIES = 10_000
_LAYERS = ("layers", "_layer_checkpoint_dependencies")
"""The group of a model's layers, in Keras 3 and in what TensorFlow 2.13 to 2.15 had of it."""


def read_hdf5(read: bytes, description: str = "") -> Network:
    """The network of an HDF5 file of Keras; the description is that of the file where it has one.

    Raises ValueError, KeyError and what h5py may raise for damage.
    """
    import h5py

    check_heaps(read)
    with h5py.File(io.BytesIO(read), "r") as file:
        arrays = arrays_of(file, len(read))
        if "course" in arrays:
            raise ValueError("a file of the course without its checksum")
        description = _model(description or _text(file.attrs.get("model_config", "")))
        names = _listed_names(file)
        if not names and description:
            names = list(_described_names(json.loads(description), arrays, ""))
        if not names:
            names = sorted((name for name in arrays if _is_weight(name)), key=natural_order)
        weights = [np.asarray(arrays[name][()], np.float32) for name in names]
    return description, weights, tuple(names)


def read_archive(read: bytes) -> Network:
    """The network of a `.keras` file: config.json is what `model.to_json()` says, the weights are a `.weights.h5`."""
    with zipfile.ZipFile(io.BytesIO(read)) as archive:
        entries = [archive.getinfo(name) for name in ("config.json", "model.weights.h5")]
        _check_size(sum(entry.file_size for entry in entries), len(read))
        description, weights = (archive.read(entry) for entry in entries)
    return read_hdf5(weights, description.decode())


def arrays_of(file: Any, size: int) -> dict[str, Any]:
    """The arrays of numbers of an HDF5 file of that size by their path, none of them read.

    Raises ValueError where one lies elsewhere or where they claim too much.
    """
    arrays = dict(_walk(file, "", 0, [0]))
    _check_size(sum(array.nbytes for array in arrays.values()), size)
    return arrays


def _walk(group: Any, place: str, depth: int, count: list[int]) -> Iterator[tuple[str, Any]]:
    import h5py

    for name in group:
        count[0] += 1
        if depth > _DEEPEST or count[0] > _MOST_ENTRIES:
            raise ValueError("too many groups")
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise ValueError(f"{name} is a link to another place")
        found = group[name]
        if isinstance(found, h5py.Group):
            yield from _walk(found, f"{place}{name}/", depth + 1, count)
        elif isinstance(found, h5py.Dataset):
            if found.is_virtual or found.external:
                raise ValueError(f"{name} lies in another file")
            if found.dtype.kind in "fiu" and found.shape is not None:
                yield place + name, found


def _check_size(claimed: int, size: int) -> None:
    if claimed > min(MOST_BYTES, MOST_EXPANSION * size):
        raise ValueError(f"{claimed} bytes in a file of {size}")


def check_heaps(read: bytes) -> None:
    """Raise ValueError for a heap of texts whose entries do not follow each other: HDF5 would walk it for ever.

    HDF5 file format, III.E: a collection is "GCOL", version, size; an entry its index, references and size.
    """
    for found in re.finditer(b"GCOL", read):
        start = found.start()
        end = start + _number(read, start + 8)
        at = start + 16
        while at + 16 <= end:
            size = _number(read, at + 8)
            free = read[at : at + 2] == b"\0\0"  # what is left, its own header included
            step = size if free else 16 + (size + 7) // 8 * 8
            if step < 16 or at + step > end or end > len(read):
                raise ValueError("a damaged heap")
            at += step


def _number(read: bytes, at: int) -> int:
    return int.from_bytes(read[at : at + 8], "little")


def _model(description: str) -> str:
    """The description, where it is one: that of a subclass names the class and no layers."""
    model = json.loads(description) if description else {}
    return description if not isinstance(model, dict) or "layers" in _config(model) else ""


def _config(model: Mapping[str, Any]) -> dict[str, Any]:
    """A model's settings; the oldest Sequential lists its layers alone."""
    config = model.get("config", {"layers": None})
    return {"layers": config} if isinstance(config, list) else config


def _is_weight(name: str) -> bool:
    return bool(re.search(r"(^|/)vars/\d+$", name)) and not name.startswith("optimizer/")


def _described_names(model: Mapping[str, Any], arrays: Mapping[str, Any], place: str) -> Iterator[str]:
    """Where a `.weights.h5` file keeps the arrays of a model, in the model's own order."""
    counts: dict[str, int] = {}
    for layer in _config(model)["layers"]:
        stem = snake_case(layer["class_name"])
        number = counts[stem] = counts.get(stem, -1) + 1
        for group in _LAYERS:
            path = f"{place}{group}/{stem}_{number}" if number else f"{place}{group}/{stem}"
            if isinstance(layer.get("config"), dict) and "layers" in layer["config"]:
                yield from _described_names(layer, arrays, f"{path}/")
            own = [name for name in arrays if name.startswith(f"{path}/vars/")]
            yield from sorted(own, key=natural_order)


def snake_case(name: str) -> str:
    """LayerNormalization -> layer_normalization, as Keras names what it saves."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def natural_order(name: str) -> list[tuple[str, int]]:
    """dense < dense_1 < dense_2 < dense_10, and fc1 < fc2 < fc10 < fc_out."""
    parts = [re.fullmatch(r"(.*?)_?(\d*)", part) for part in name.split("/")]
    return [(part[1], int(part[2] or -1)) for part in parts if part is not None]


def _listed_names(file: Any) -> list[str]:
    """Paths of all arrays in the older layout, which lists its layers in attributes; empty for the newer one."""
    root = file.get("model_weights", file)
    if "layer_names" not in root.attrs:
        return []
    place = root.name.strip("/")
    return [
        f"{place}/{_text(layer)}/{_text(weight)}".lstrip("/")
        for layer in root.attrs["layer_names"]
        for weight in root[_text(layer)].attrs["weight_names"]
    ]


def _text(name: Any) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)

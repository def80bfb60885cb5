"""Two thousand changed files of ours, and those of Keras: none hangs, no traceback, none of ours plays altered.

They are read by a process of their own, because a read that hangs inside HDF5 cannot be stopped in this one.
"""

import subprocess
import sys
from pathlib import Path

from common.networks.trained import SHIPPED

import pytest

pytestmark = pytest.mark.slow

READER = """
import sys
from pathlib import Path
import numpy as np
from common.errors import UserError
from common.networks.weights import load_networks

source, folder, count, ours = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "ours"
whole, random, path = source.read_bytes(), np.random.default_rng(0), folder / "changed.weights.h5"
names = ["random bytes", "zeros", "0xff", "cut out", "repeated"]
refused = 0
for number in range(count):
    length = 1 if number % 2 else int(random.choice([2, 8, 64, 512, 4096]))
    first = int(random.integers(len(whole) - length))
    block = [random.bytes(length), bytes(length), b"\\xff" * length, b"", whole[first : first + length] * 2][number % 5]
    changed = whole[:first] + block + whole[first + length :]
    if changed == whole:
        continue
    (folder / "now.txt").write_text(f"{names[number % 5]}, {length} bytes at {first}", encoding="utf-8")
    path.write_bytes(changed)
    try:
        load_networks(path)
    except UserError as error:
        assert "\\n" not in str(error)
        refused += 1
    else:
        assert not ours, "read although it is not what was written"
print(refused)
"""


@pytest.mark.parametrize("chapter", ["a2c", "deep_sarsa"])
def test_no_changed_file_of_ours_is_read_or_hangs(chapter: str, tmp_path: Path) -> None:
    assert read_changed(SHIPPED / f"{chapter}.weights.h5", tmp_path, 2000, "ours") > 1700


@pytest.mark.parametrize("form", ["bare.weights.h5", "whole.h5", "model.keras"])
def test_no_changed_file_of_keras_hangs(form: str, tmp_path: Path) -> None:
    from deep.parts.lazy import keras

    layers = [keras.layers.Dense(24, "relu"), keras.layers.Dense(2)]
    model = keras.Sequential([keras.Input((4,)), *layers])
    (model.save_weights if form.startswith("bare") else model.save)(tmp_path / form)
    assert read_changed(tmp_path / form, tmp_path, 700, "keras") > 200


def read_changed(path: Path, folder: Path, count: int, whose: str) -> int:
    """How many of so many changed copies are refused. Fails where one hangs or ends the process."""
    command = [sys.executable, "-c", READER, str(path), str(folder), str(count), whose]
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300)
    except subprocess.TimeoutExpired:
        pytest.fail(f"hangs: {(folder / 'now.txt').read_text(encoding='utf-8')}")
    now = (folder / "now.txt").read_text(encoding="utf-8")
    assert done.returncode == 0, f"{now}: {done.stderr[-2000:]}"
    return int(done.stdout)

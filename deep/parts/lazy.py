"""TensorFlow and Keras, imported at their first use.

Importing TensorFlow takes several seconds. Behind these two names it is imported when a network is first built:
`--help` and a mistyped option answer at once, and a demo, which acts with NumPy, never waits. A line on the screen says
so while it loads, and TensorFlow's own log lines are silenced.

TensorFlow runs on one thread with deterministic operations: the same seed gives the same weights, and networks this
small lose time when they are spread over several cores.
"""

import contextlib
import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from typing import Any

from common.errors import UserError
from common.language import _


class LazyModule:
    """Stands for a module until one of its names is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return getattr(_load(self._name), attribute)


tf: Any = LazyModule("tensorflow")
keras: Any = LazyModule("keras")


def is_model(value: Any) -> bool:
    """Whether the value is a Keras model; asking does not load Keras."""
    return "keras" in sys.modules and isinstance(value, sys.modules["keras"].Model)


def is_optimizer(value: Any) -> bool:
    """Whether the value is a Keras optimiser; asking does not load Keras."""
    return "keras" in sys.modules and isinstance(value, sys.modules["keras"].optimizers.Optimizer)


def is_variable(value: Any) -> bool:
    """Whether the value is a Keras variable, a number that is learned; asking does not load Keras."""
    return "keras" in sys.modules and isinstance(value, sys.modules["keras"].Variable)


def _load(name: str) -> Any:
    if "tensorflow" not in sys.modules:
        if importlib.util.find_spec("tensorflow") is None:
            raise UserError("training needs TensorFlow and Keras: python -m pip install -r requirements.txt")
        print(_("Loading TensorFlow, a few seconds ..."), file=sys.stderr, flush=True)
        os.environ["KERAS_BACKEND"] = "tensorflow"
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
        with _silent_standard_error():
            tensorflow = importlib.import_module("tensorflow")
            tensorflow.config.threading.set_intra_op_parallelism_threads(1)
            tensorflow.config.threading.set_inter_op_parallelism_threads(1)
            tensorflow.config.experimental.enable_op_determinism()
    return importlib.import_module(name)


@contextlib.contextmanager
def _silent_standard_error() -> Iterator[None]:
    """TensorFlow's C++ part writes to the file descriptor before its log level is read."""
    sys.stderr.flush()
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123  # a device, not a path of ours
        saved = os.dup(2)
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)

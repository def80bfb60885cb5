"""TensorFlow, where it is not installed."""

import importlib.util
import sys

from common.errors import UserError
from deep.parts.lazy import LazyModule

import pytest


def test_without_tensorflow_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install -r requirements\.txt"):
        _ = LazyModule("keras").layers

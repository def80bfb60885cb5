"""Chapters run in this process, which is quicker than a process each."""

import contextlib
import importlib
import io
from pathlib import Path

from common.errors import UserError
from common.options import parse

import pytest


def call(chapter: str, *arguments: str) -> str:
    """What the chapter prints when it is run in this process, which is quicker."""
    module = importlib.import_module(f"tabular.{chapter}")
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
        assert not module.main(parse(module.Options, list(arguments)))
    return said.getvalue()


def refuse(chapter: str, *arguments: str) -> str:
    """The line with which the chapter refuses these arguments, having left nothing behind."""
    before = sorted(Path().rglob("*"))
    with pytest.raises(UserError) as error:
        call(chapter, *arguments)
    assert sorted(Path().rglob("*")) == before
    assert len(str(error.value).splitlines()) == 1
    return str(error.value)

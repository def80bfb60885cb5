"""Every option of every chapter that is a number has bounds: what no chapter can do with is one line."""

import importlib
import math
import typing
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

from common.errors import UserError
from common.options import parse

import pytest

ROOT = Path(__file__).parent.parent
CHAPTERS = [
    f"{folder}.{file.stem}"
    for folder in ("dp", "tabular", "deep")
    for file in sorted((ROOT / folder).glob("[a-z]*.py"))
]


def numbers_in(kind: Any) -> set[type]:
    """The types of number that an option of this type holds."""
    if typing.get_origin(kind) is Annotated:
        kind = typing.get_args(kind)[0]
    if kind in (int, float):
        return {kind}
    return set().union(*(numbers_in(each) for each in typing.get_args(kind)))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_number_has_bounds(chapter: str) -> None:
    options = importlib.import_module(chapter).Options
    kinds = typing.get_type_hints(options, include_extras=True)
    for field in fields(options):
        flag = "--" + field.name.replace("_", "-")
        for kind in numbers_in(kinds[field.name]):
            for value in [math.nan, math.inf, -math.inf] if kind is float else [10**18, -(10**18)]:
                with pytest.raises(UserError, match=f"{flag} is {value:g}".replace("+", r"\+")):
                    parse(options, [f"{flag}={value}"])

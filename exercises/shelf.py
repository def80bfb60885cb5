"""Folders of TOML files, one a thing that a student may ask for by its name."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol, TypeVar

from common.errors import UserError


class Shelved(Protocol):
    """What stands on a shelf. order: its place in the course."""

    @property
    def order(self) -> int: ...

    @property
    def name(self) -> str: ...


Thing = TypeVar("Thing", bound=Shelved)


def in_order(folder: Path, read: Callable[[Path], Thing]) -> list[Thing]:
    """Everything in the folder, in the order of the lectures."""
    return sorted(map(read, folder.glob("*.toml")), key=lambda thing: thing.order)


def pick(name: str, things: Iterable[Thing], complaint: str) -> Thing:
    """The thing of this name. Raises UserError with the complaint, `{name}` filled in, where there is none."""
    for thing in things:
        if thing.name == name:
            return thing
    raise UserError(complaint, name=repr(name))

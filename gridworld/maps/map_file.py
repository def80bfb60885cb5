'''Maps as TOML files.

grid = """               one letter a cell; blanks between them are optional
S . . .
. # T G
"""
step_reward = 0.0        added to every move
bump_reward = 0.0        added when the move runs into a wall or the edge
pays_every_step = false  whether cells pay for every step that ends in them, bumps and stays too, not on entering alone
slip = 0.0               probability of going to one of the two sides, half each
wind = [0, 1, 1, 0]      cells that a move is blown up (below 0: down), by the column in which it begins
gusts = false            whether wind blows a cell less, as it says, or a cell more, each a third of the time
stay = false             whether there is an action that does not move
diagonals = false        whether there are four more actions: the king's moves of chess
start = [[0, 0]]         starts besides the letters S
continuing = false       whether the map may do without a terminal cell

[cells.X]                the rules of the letter X; S, . and # are built in
reward = 0.0             paid on entering, on top of step_reward
pays_every_step = false  whether this cell pays for every step that ends in it
terminal = false         whether entering it ends the episode
wall = false             whether it cannot be entered
goes_to = "start"        or [row, column]: where entering it puts the agent
leaves_to = [2, 3]       where any action taken in it leads, paying step_reward + leave_reward
leave_reward = 0.0
exit_reward = 1.0        any action taken in it ends the episode and pays this, and nothing else
shape = "circle"         how it is drawn; see gridworld/cell.py for the shapes and colours
colour = "blue"
'''

import difflib
import io
import json
import re
import tomllib
from dataclasses import fields
from importlib import resources
from pathlib import Path
from typing import Any

from common.errors import UserError
from common.files import atomic_write, open_regular
from common.language import _
from gridworld.cell import BUILT_IN, Cell, place
from gridworld.grid_map import GridMap

_SWITCHES = ("pays_every_step", "gusts", "stay", "diagonals", "continuing")
_NUMBERS_AND_SWITCHES = ("step_reward", "bump_reward", "slip", "wind", *_SWITCHES)
_KEYS = ("grid", *_NUMBERS_AND_SWITCHES, "start", "cells")
_CELL_KEYS = tuple(field.name for field in fields(Cell))


def map_names() -> list[str]:
    """The names of the maps that come with the course."""
    files = resources.files("gridworld.maps").iterdir()
    return sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml"))


def read(name_or_path: str | Path) -> tuple[str, str]:
    """(text, name) of the shipped map of that name or of the file; UserError where there is none or it is no text."""
    if isinstance(name_or_path, str) and name_or_path in map_names():
        shipped = resources.files("gridworld.maps") / f"{name_or_path}.toml"
        return shipped.read_text(encoding="utf-8"), name_or_path
    asked = str(name_or_path)
    shown = repr(asked if len(asked) <= 200 else asked[:200] + "...")
    try:
        path = Path(name_or_path).expanduser()
        # A byte-order mark at the beginning is what Windows editors write.
        with io.TextIOWrapper(open_regular(path), encoding="utf-8-sig") as file:
            return file.read(), path.stem
    except FileNotFoundError:
        raise UserError(
            "there is no map or file {shown}{suggestion}", shown=shown, suggestion=_suggestion(asked, map_names())
        ) from None
    except UnicodeDecodeError as error:
        raise UserError(
            "the map {shown} is not UTF-8 text (byte {byte}); save it as UTF-8", shown=shown, byte=error.start
        ) from None
    except (OSError, ValueError, RuntimeError) as error:
        # Windows calls reading a directory a lack of permission.
        if isinstance(error, IsADirectoryError | PermissionError) and path.is_dir():
            raise UserError("the map {shown} is a directory; name a TOML file in it", shown=shown) from None
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise UserError("the map {shown} cannot be read: {reason}", shown=shown, reason=reason) from None


def parse(text: str) -> dict[str, Any]:
    """The arguments of GridWorld that the TOML text gives; UserError where it is no TOML or has an unknown key."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError("not valid TOML: {error}", error=error) from None
    _check_keys(table, _KEYS, "")
    if not isinstance(table.get("grid"), str):
        wrong = _("is no text") if "grid" in table else _("is missing")
        raise UserError('grid {wrong}; draw the map as grid = """..."""', wrong=wrong)
    cells = table.get("cells", {})
    if not isinstance(cells, dict):
        raise UserError("cells must be tables, one for each letter, such as [cells.G]")
    return {
        "grid": table["grid"],
        "cells": {letter: _cell(letter, rules) for letter, rules in cells.items()},
        "start": _starts(table.get("start", [])),
        **{key: table[key] for key in _NUMBERS_AND_SWITCHES if key in table},
    }


def write(world: GridMap) -> str:
    """The world as a TOML text."""
    rows = [" ".join(_escaped(letter) for letter in row) for row in world.letters.tolist()]
    lines = ['grid = """', *rows, '"""']
    lines += [f"{key} = {_value(getattr(world, key))}" for key in ("step_reward", "bump_reward", "slip")]
    if world.wind is not None:
        lines.append(f"wind = {list(world.wind)}")
    lines += [f"{key} = true" for key in _SWITCHES if getattr(world, key)]
    if world.extra_starts:
        lines.append(f"start = {[list(world.row_column(state)) for state in world.extra_starts]}")
    for letter, cell in world.cells.items():
        if BUILT_IN.get(letter) != cell:
            lines += ["", f"[cells.{_key(letter)}]", *_rules(cell)]
    return "\n".join(lines) + "\n"


def save(world: GridMap, path: Path) -> None:
    """Write the world to the file, whole or not at all; UserError where the file cannot be written."""
    with atomic_write(path) as temporary:
        temporary.write_text(write(world), encoding="utf-8", newline="\n")


def _cell(letter: str, rules: Any) -> Cell:
    if len(letter) != 1 or letter.isspace() or not letter.isprintable():
        raise UserError("cells.{letter!r}: a cell is named by one letter or sign; blanks are no cells", letter=letter)
    if not isinstance(rules, dict):
        raise UserError("cells.{letter} must be a table, [cells.{letter}]", letter=letter)
    _check_keys(rules, _CELL_KEYS, f"cells.{letter}: ")
    try:
        return Cell(**({"wall": True, **rules} if letter == "#" else rules))
    except UserError as error:
        raise UserError("cells.{letter}: {error}", letter=letter, error=error) from None


def _starts(value: Any) -> list[tuple[int, int]]:
    """The places of `start = [row, column]` or `start = [[row, column], ...]`."""
    if isinstance(value, list) and all(isinstance(part, list) for part in value):
        return [place("start", part) for part in value]
    return [place("start", value, _(" or a list of such pairs"))]


def _check_keys(table: dict[str, Any], known: tuple[str, ...], prefix: str) -> None:
    for key in table:
        if key not in known:
            raise UserError(
                "{prefix}the key {key!r} is unknown{suggestion}",
                prefix=prefix,
                key=key,
                suggestion=_suggestion(key, known),
            )


def _suggestion(word: str, known: "list[str] | tuple[str, ...]") -> str:
    close = difflib.get_close_matches(word, known, n=1)
    names = ", ".join(known)
    if close:
        return _("; did you mean {name!r}? Known are {names}", name=close[0], names=names)
    return _("; Known are {names}", names=names)


def _rules(cell: Cell) -> list[str]:
    changed = {key: getattr(cell, key) for key in _CELL_KEYS if getattr(cell, key) != getattr(Cell(), key)}
    return [f"{key} = {_value(value)}" for key, value in changed.items()]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return str(list(value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _key(letter: str) -> str:
    return letter if re.fullmatch("[A-Za-z0-9_-]", letter) else json.dumps(letter, ensure_ascii=False)


def _escaped(letter: str) -> str:
    return "\\" + letter if letter in '"\\' else letter

"""What `--help` shows: the docstrings of the options' fields in the user's language, and `--language` below them."""

import ast
import contextlib
import dataclasses
import inspect
import io
import itertools
import sys
import textwrap
import typing
from typing import Annotated, Any, Literal

from common import language
from common.fonts import columns
from common.language import N_, _

import tyro

TYROS_OWN = N_(("usage:", "options", "positional arguments", "show this help message and exit"))
TYROS_HINTS = N_(("(default:", "(required)", "(repeatable)"))
OF_LANGUAGE = N_("language of windows, messages and this help: en, ko, or auto for the system's")
_SECOND_COLUMN = "\ue000"
"""Stands behind every wide letter while tyro counts letters to set lines, so that it counts columns."""


def one_paragraph(docstring: str) -> str:
    """A docstring as a message of the catalogue: its words in one line."""
    return " ".join(docstring.split())


def field_docstrings(body: list[ast.stmt]) -> dict[str, str]:
    """Field -> the docstring that stands under it, of a class whose statements these are."""
    return {
        field.target.id: one_paragraph(below.value.value)
        for field, below in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str)
    }


class _Shown(io.StringIO):
    """What would have been printed. Tyro asks for the encoding, to know whether it may draw frames."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return str(sys.__stdout__.encoding).lower() if sys.__stdout__ is not None else "utf-8"


def show_help(options: type, arguments: list[str]) -> None:
    """Print what --help among the arguments asks for, and exit with status 0."""
    shown = _Shown()
    try:
        with contextlib.redirect_stdout(shown) if language.current() != "en" else contextlib.nullcontext():
            tyro.cli(_described(options), args=arguments, config=(tyro.conf.OmitArgPrefixes,))
    finally:
        print("\n".join(_translated(line) for line in shown.getvalue().split("\n")), end="")


def _described(options: type) -> type:
    """The options with their docstrings in the user's language, and --language behind them."""
    docstrings: dict[str, str] = {}
    for part in filter(dataclasses.is_dataclass, reversed(options.__mro__)):
        with contextlib.suppress(OSError):  # a class that was typed at a prompt has no source
            (tree,) = ast.parse(textwrap.dedent(inspect.getsource(part))).body
            docstrings |= field_docstrings(typing.cast(ast.ClassDef, tree).body)
    kinds = typing.get_type_hints(options, include_extras=True)
    fields: list[Any] = []
    for field in dataclasses.fields(options):
        about = tyro.conf.arg(help=_spaced(_(docstrings.get(field.name, ""))))
        same = dataclasses.field(default=field.default, default_factory=field.default_factory)
        fields.append((field.name, Annotated[kinds[field.name], about], same))
    spoken = Annotated[Literal["auto", "en", "ko"], tyro.conf.arg(help=_spaced(_(OF_LANGUAGE)))]
    fields.append((language.FLAG.strip("-"), spoken, dataclasses.field(default="auto")))
    described = dataclasses.make_dataclass(options.__name__, fields, bases=(options,), frozen=True)
    has_own = not (options.__doc__ or "").startswith(f"{options.__name__}(")
    described.__doc__ = _spaced(_(one_paragraph((options.__doc__ or "").partition("\n\n")[0]))) if has_own else ""
    return described


def _spaced(words: str) -> str:
    return "".join(letter + _SECOND_COLUMN * (columns(letter) - 1) for letter in words)


def _translated(line: str) -> str:
    """A line that tyro has set, with its own words translated and its frame as wide as it was."""
    line = line.replace(_SECOND_COLUMN, "")
    before = columns(line)
    for words in TYROS_OWN:
        if line.strip("│╭╮─ ").removeprefix("-h, --help").strip() == words or line.startswith(words):
            line = line.replace(words, _(words), 1)
    for words in TYROS_HINTS:
        line = line.replace(words, _(words))
    missing = before - columns(line)
    if missing and line[-1:] in ("│", "╮", " "):
        fill = "─" if line[-1] == "╮" else " "
        line = (line[:-1] + fill * missing if missing > 0 else line[: missing - 1]) + line[-1]
    return line

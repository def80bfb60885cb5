"""What is wrong with a command line: tyro's boxed complaint as one line of our own, in the user's language."""

import re
import types
import typing
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from common.language import _


def said_of(box: str, options: type) -> str:
    """The complaint in one line; in tyro's own words where it is of no kind that is known here."""
    gist = _gist(box)
    if found := re.match(r"Unrecognized options: (.+?)(?= Perhaps you meant: | Arguments similar to |$)", gist):
        near = set(re.findall(r"(?:Perhaps you meant|Arguments similar to \S+): (--[\w-]+)", gist))
        line = _("unrecognized options: {words}", words=found[1])
        return line + (_("; did you mean {near}?", near=", ".join(sorted(near))) if near else "")
    if found := re.match(r"Missing value for argument '(\S+)'\. Expected (\d+) values", gist):
        if found[2] == "1":
            return _("{flag} needs a value", flag=found[1])
        return _("{flag} needs {count} values", flag=found[1], count=found[2])
    if found := re.match(r"invalid choice '(.*)' for argument '(\S+)'\. Expected one of", gist):
        return _misfit(found[2], found[1], options) or gist
    if found := re.match(r"Error parsing (\S+): .*?(?:base 10: |to float: |from \[|arguments:? \[)('[^\]]*')", gist):
        return _misfit(found[1], " ".join(re.findall(r"'([^']*)'", found[2])), options) or gist
    return gist or _("the command line could not be read")


def _gist(box: str) -> str:
    """The words in the box up to the help that it adds."""
    plain = (re.sub(r"\x1b\[[0-9;]*m", "", line) for line in box.splitlines())
    lines = [line.strip("│ ") for line in plain if not line.startswith(("╭", "╰")) and set(line) - set("─│ ")]
    return re.split(r"\s*(?:Argument helptext:|For full helptext, |See )", " ".join(lines))[0]


def _misfit(flag: str, value: str, options: type) -> str:
    """That an option's value does not fit its type; nothing where the type has no words here."""
    kinds = typing.get_type_hints(options, include_extras=True)
    kind = kinds.get(flag.strip("-").replace("-", "_"))
    leaves = list(_leaves(kind))
    choices = [str(choice) for leaf in leaves if typing.get_origin(leaf) is Literal for choice in typing.get_args(leaf)]
    said = {"flag": flag, "value": value or "''"}
    if choices and all(typing.get_origin(leaf) is Literal for leaf in leaves):
        return _("{flag} is {value}; it must be one of {choices}", choices=", ".join(choices), **said)
    several = any(typing.get_origin(part) is tuple for part in _parts(kind))
    if set(leaves) == {int}:
        if several:
            return _("{flag} is {value}; each must be a whole number in digits", **said)
        return _("{flag} is {value}; it must be a whole number in digits", **said)
    if leaves and set(leaves) <= {int, float}:
        if several:
            return _("{flag} is {value}; each must be a number", **said)
        return _("{flag} is {value}; it must be a number", **said)
    return ""


def _parts(kind: Any) -> Iterator[Any]:
    """A type and all that it is made of."""
    yield kind
    if typing.get_origin(kind) is Annotated:
        yield from _parts(typing.get_args(kind)[0])
    elif typing.get_origin(kind) in (tuple, typing.Union, types.UnionType):
        for part in typing.get_args(kind):
            yield from _parts(part)


def _leaves(kind: Any) -> Iterator[Any]:
    """What a type is made of in the end, in declared order, without None."""
    whole = (Annotated, tuple, typing.Union, types.UnionType)
    nothing = (None, types.NoneType, Ellipsis)
    return (part for part in _parts(kind) if part not in nothing and typing.get_origin(part) not in whole)

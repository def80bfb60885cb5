"""What changes from one chapter to the next: the lines that go (-) and the lines that come (+).

python -m common.difference deep/policy_gradient.py deep/reinforce.py
"""

import difflib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from common.errors import UserError
from common.options import CheckedOptions, Natural, launch

import tyro

COLOURS = {"-": "\x1b[31m", "+": "\x1b[32m", "@": "\x1b[36m"}
PLAIN = "\x1b[0m"


@dataclass(frozen=True)
class Options(CheckedOptions):
    """Show what changes from one file to another."""

    before: Annotated[Path, tyro.conf.Positional]
    """the chapter that one knows"""
    after: Annotated[Path, tyro.conf.Positional]
    """the chapter that comes next"""
    context: Natural = 2
    """lines of both around each change"""


def differences(before: Sequence[str], after: Sequence[str], context: int) -> Iterator[str]:
    """The lines of a unified difference, without its two lines of file names."""
    found = difflib.unified_diff(before, after, n=context, lineterm="")
    yield from (line for number, line in enumerate(found) if number >= 2)


def lines_of(path: Path) -> list[str]:
    """The lines of a text file. Raises UserError for one that cannot be read."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UserError("cannot read {path}: {strerror}", path=path, strerror=error.strerror or error) from error
    except UnicodeDecodeError as error:
        raise UserError("{path} is no text file", path=path) from error


def main(options: Options) -> None:
    """Print the difference, in colours where a person reads it."""
    for line in differences(lines_of(options.before), lines_of(options.after), options.context):
        colour = COLOURS.get(line[0]) if sys.stdout.isatty() else None
        print(f"{colour}{line}{PLAIN}" if colour else line)


if __name__ == "__main__":
    launch(main, Options)

"""What changes from one chapter to the next: the lines that go (-) and the lines that come (+).

python -m common.difference deep/policy_gradient.py deep/reinforce.py

Docstrings are left out, so that what is printed is the lesson; --docstrings prints them as well. The numbers after @@
are those of the lines in the two files.
"""

import ast
import difflib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NamedTuple

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
    docstrings: bool = False
    """compare docstrings too, and not the code alone"""


class Line(NamedTuple):
    """A line of a file, and its number there."""

    number: int
    text: str


def differences(before: Sequence[Line], after: Sequence[Line], context: int) -> Iterator[str]:
    """The lines of a unified difference, without its two lines of file names."""
    texts = [line.text for line in before], [line.text for line in after]
    for group in difflib.SequenceMatcher(None, *texts).get_grouped_opcodes(context):
        yield f"@@ -{_place(before, group[0][1])} +{_place(after, group[0][3])} @@"
        for kind, first, last, new_first, new_last in group:
            if kind == "equal":
                yield from (f" {text}" for text in texts[0][first:last])
            else:
                yield from (f"-{text}" for text in texts[0][first:last])
                yield from (f"+{text}" for text in texts[1][new_first:new_last])


def _place(lines: Sequence[Line], index: int) -> int:
    """The number of a line in its file; of what comes after the last one, the next number."""
    return lines[index].number if index < len(lines) else (lines[-1].number if lines else 0) + 1


def lines_of(path: Path, docstrings: bool = True) -> list[Line]:
    """The lines of a text file, those of a Python file without its docstrings if they are not wanted.

    Raises UserError for one that cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError("cannot read {path}: {strerror}", path=path, strerror=error.strerror or error) from error
    except UnicodeDecodeError as error:
        raise UserError("{path} is no text file", path=path) from error
    lines = [Line(number, line) for number, line in enumerate(text.splitlines(), 1)]
    left_out = set() if docstrings or path.suffix != ".py" else lines_of_docstrings(path, text)
    return [line for line in lines if line.number not in left_out]


def lines_of_docstrings(path: Path, code: str) -> set[int]:
    """The numbers of the lines that hold nothing but words: strings that stand alone, below an option as well.

    Raises UserError for what Python cannot read.
    """
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        raise UserError(
            "{path}, line {line}, is no Python: say --docstrings to compare it as text", path=path, line=error.lineno
        ) from error
    strings = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    ]
    return {number for node in strings for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def main(options: Options) -> None:
    """Print the difference, in colours where a person reads it."""
    before, after = (lines_of(path, options.docstrings) for path in (options.before, options.after))
    for line in differences(before, after, options.context):
        colour = COLOURS.get(line[0]) if sys.stdout.isatty() else None
        print(f"{colour}{line}{PLAIN}" if colour else line)


if __name__ == "__main__":
    launch(main, Options)

"""A chapter's script, cut at its top-level definitions."""

import ast
import textwrap
from dataclasses import dataclass
from pathlib import Path

from exercises.exercise import ROOT, Statement

FOLDERS = ("dp", "tabular", "deep")


@dataclass(frozen=True)
class Script:
    """text: its docstring. cells: imports, then a definition each, with what stands between. launch: its last line."""

    text: str
    cells: tuple[str, ...]
    launch: str


def chapters() -> list[Path]:
    """The chapters, relative to the course's folder, by the rule of the house."""
    files = [file for folder in FOLDERS for file in sorted((ROOT / folder).glob("[a-z]*.py"))]
    return [file.relative_to(ROOT) for file in files]


def cut(source: str) -> Script:
    """The parts of a script that ends in `if __name__ == "__main__":`. Raises ValueError for another one."""
    tree, lines = ast.parse(source), source.splitlines()
    first, *body, last = tree.body
    if not (isinstance(last, ast.If) and "__name__" in ast.unparse(last.test) and ast.get_docstring(tree)):
        raise ValueError("a chapter begins with a docstring, and ends with what it does as a script")
    cells, begin = [], (first.end_lineno or 0) + 1
    for node, after in zip(body, [*body[1:], last], strict=True):
        imports = (ast.Import, ast.ImportFrom)
        is_import, next_is_import = isinstance(node, imports), isinstance(after, imports)
        ends = is_import and not next_is_import
        if ends or isinstance(node, ast.FunctionDef | ast.ClassDef) or after is last:
            cells.append("\n".join(lines[begin - 1 : node.end_lineno]).strip("\n"))
            begin = (node.end_lineno or 0) + 1
    launch = "\n".join(lines[last.body[0].lineno - 1 : last.end_lineno])
    return Script(ast.get_docstring(tree) or "", tuple(cells), textwrap.dedent(launch))


def definition(source: str, line: int, inner: bool) -> Statement:
    """The definition at the top level that holds this line of a source; inner: where that is a class, its method."""
    found = _around(ast.parse(source).body, line)
    if inner and isinstance(found, ast.ClassDef):
        found = _around(found.body, line)
    first = min([found.lineno, *(each.lineno for each in found.decorator_list)])
    return Statement(first, found.end_lineno or first, found.col_offset)


def _around(body: list[ast.stmt], line: int) -> ast.FunctionDef | ast.ClassDef:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.lineno <= line <= (node.end_lineno or 0):
            return node
    raise ValueError(f"no definition holds line {line}")

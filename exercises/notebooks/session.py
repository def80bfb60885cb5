"""What a notebook's cells call: the command line of the chapter, the pictures that a run leaves, a check of an answer."""

import contextlib
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from common.errors import UserError
from common.language import choose, current
from exercises.bugs import Bug, find
from exercises.exercise import ROOT, Exercise, Language
from exercises.notebooks.script import definition
from exercises.notebooks.words import WORDS

RESULTS = Path("results")
_begun = [0.0]
"""When the last command began: `pictures` shows what has been drawn since."""


def begin(language: Language) -> None:
    """Make `%%exercise NAME` known to this notebook, and course and language to what runs here or is started here."""
    from IPython import get_ipython

    choose(language)
    os.environ["PYTHONPATH"] = str(ROOT)
    shell: Any = get_ipython()
    shell.register_magic_function(partial(grade_cell, language=language), "cell", "exercise")


@contextlib.contextmanager
def command(script: str, options: str) -> Iterator[None]:
    """While this context lasts, the command line is that of `python SCRIPT OPTIONS`; what ends a script ends it here."""
    before, sys.argv = sys.argv, [str(ROOT / script), *shlex.split(options)]
    _begun[0] = time.time()
    try:
        yield
    except SystemExit as ended:
        if ended.code:
            print(WORDS[current()]["status"].format(status=ended.code), file=sys.stderr)
    finally:
        sys.argv = before


def picture(path: str | Path) -> None:
    """Show a picture or a film, by its place in the course's folder or in full."""
    from IPython.display import Image, display

    display(Image(filename=str(ROOT / path)))


def pictures() -> None:
    """Show what the last command drew: its curve, then its film."""
    drawn = [path for path in RESULTS.rglob("*") if path.suffix in (".png", ".gif")]
    for path in sorted(drawn, key=lambda path: (path.suffix == ".gif", path)):
        if path.stat().st_mtime >= _begun[0]:
            print(path.as_posix())
            picture(path.resolve())


def asked(exercise: Exercise) -> str:
    """The definition that is the student's to write or to mend, as it stands in the notebook's cell."""
    blank = exercise.blank
    return definition(blank, exercise.statement.first, inner=not isinstance(exercise, Bug)).text(blank)


def answered(exercise: Exercise, cell: str) -> str:
    """The chapter with the cell in the definition's place."""
    source = exercise.source
    return definition(source, exercise.statement.first, inner=not isinstance(exercise, Bug)).replaced(source, cell)


def grade_cell(line: str, cell: str, language: Language, folder: Path = ROOT / "my") -> None:
    """Write the cell as an answer to the exercise that the line names, and check it."""
    try:
        exercise = find(line.strip())
        if cell.strip() == asked(exercise).strip():
            print(WORDS[language]["unchanged"].format(name=exercise.name))
            return
        folder.mkdir(parents=True, exist_ok=True)
        (folder / exercise.file).write_text(answered(exercise, cell), encoding="utf-8", newline="\n")
        checking = [sys.executable, "-m", "exercises", "check", exercise.name, "--student", str(folder)]
        settings = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        done = subprocess.run(
            [*checking, "--language", language], env=settings, capture_output=True, encoding="utf-8"
        )
        print(done.stdout + done.stderr, end="")
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)

"""Runs a chapter's tests with other files standing in for the chapter. A process of its own, started by grade.py.

    python -m exercises.grader MODULE ROOT TEST ... -- FILE ...

Prints a line of JSON for each file: null where all tests pass, else a list of [test, what went wrong]. After the first
file it goes on with the others only if the first one failed: they are the mistakes that it is compared with.
"""

import contextlib
import importlib
import importlib.util
import io
import json
import sys
import traceback
from pathlib import Path
from typing import Any

Failure = tuple[str, str]
LONGEST = 2000
"""Characters of a reason that are kept."""


class StandIn:
    """A plugin of pytest: puts the file in the chapter's place, and notes which tests fail, and how."""

    def __init__(self, module: str, file: Path) -> None:
        self.module, self.file = module, file
        self.failures: list[Failure] = []

    def load(self) -> None:
        """Import the file under the chapter's name; whoever imports the chapter from now on gets it."""
        spec = importlib.util.spec_from_file_location(self.module, self.file)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        package, _, name = self.module.rpartition(".")
        sys.modules[self.module] = module
        spec.loader.exec_module(module)
        setattr(importlib.import_module(package), name, module)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.failures.append((report.nodeid, reason(report)))

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.failures.append((report.nodeid, reason(report)))


def reason(report: Any) -> str:
    """What went wrong in a test, without the lines of code."""
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash is not None else report.longrepr).strip()[:LONGEST]


def grade(module: str, root: Path, tests: list[str], file: Path) -> list[Failure]:
    """The tests that fail with this file as the chapter. Raises what the file raises as it is imported."""
    import pytest

    forget(module)
    stand_in = StandIn(module, file)
    quiet = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:warnings", "--rootdir", str(root)]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        stand_in.load()
        status = pytest.main([*quiet, "-m", "", *(str(root / test) for test in tests)], plugins=[stand_in])
    if status not in (0, 1) and not stand_in.failures:
        stand_in.failures.append(("", f"pytest ended with status {int(status)}"))
    return stand_in.failures


def forget(module: str) -> None:
    """Whatever may hold the chapter is imported anew: the tests and every chapter; their parts stay."""
    for name in list(sys.modules):
        parts = name.split(".")
        if parts[0] == "tests" or (parts[0] in ("dp", "tabular", "deep") and len(parts) == 2 and parts[1] != "parts"):
            del sys.modules[name]


def first_line(error: BaseException, file: Path) -> str:
    """An error of a student's file, with its line."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == file]
    line = error.lineno if isinstance(error, SyntaxError) else (lines[-1] if lines else None)
    where = f"line {line}: " if line else ""
    return f"{where}{type(error).__name__}: {getattr(error, 'msg', None) or error}"


def main(arguments: list[str]) -> None:
    """Grade the files one after the other."""
    divide = arguments.index("--")
    module, root, *tests = arguments[:divide]
    out = sys.stdout
    for number, name in enumerate(arguments[divide + 1 :]):
        file = Path(name)
        try:
            failures = grade(module, Path(root), tests, file)
        except BaseException as error:  # whatever a student's file does
            failures = [("", first_line(error, file))]
        print(json.dumps(failures or None), file=out, flush=True)
        if number == 0 and not failures:
            return


if __name__ == "__main__":
    main(sys.argv[1:])

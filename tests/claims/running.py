"""Running a command of a page in this process, which is quicker than a process of its own."""

import io
import runpy
import shlex
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).parents[2]


def run_here(command: str) -> str:
    """What `python -c ...`, `python -m ...` or `python FILE ...` prints, or the line with which it refuses."""
    _, script, *arguments = shlex.split(command)
    said, complaints = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(complaints), suppress(SystemExit), patch("sys.argv", [script]) as argv:
        argv += arguments
        if script == "-c":
            exec(arguments[0], {})
        elif script == "-m":
            del argv[0]
            runpy.run_module(arguments[0], run_name="__main__")
        else:
            runpy.run_path(str(ROOT / script), run_name="__main__")
    return (said.getvalue() or complaints.getvalue()).strip()

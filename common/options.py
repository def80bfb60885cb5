"""Command-line options, and how a script tells its user that something in them is wrong."""

import contextlib
import io
import math
import re
import sys
from collections.abc import Callable
from typing import Any


class UserError(ValueError):
    """Something the user can mend: the message is one line that says what, which value, and what to do."""


def check_between(
    name: str, value: float, low: float, high: float, *, open_low: bool = False, open_high: bool = False
) -> None:
    """Raise UserError unless low <= value <= high (an open end excludes its bound; NaN is never inside)."""
    above = value > low if open_low else value >= low
    below = value < high if open_high else value <= high
    if not (above and below):
        interval = f"{'(' if open_low else '['}{low:g}, {high:g}{')' if open_high else ']'}"
        raise UserError(f"{name} is {value:g}; it must lie in {interval}")


def check_at_least(name: str, value: float, low: float) -> None:
    """Raise UserError unless value is a finite number of at least low."""
    if not (value >= low and math.isfinite(value)):
        raise UserError(f"{name} is {value:g}; it must be at least {low:g}")


def parse(options: type, arguments: list[str] | None = None) -> Any:
    """Read the command line into the options dataclass; field docstrings are the help.

    Raises UserError with one line for an argument that does not fit. `--help` prints and exits with status 0.
    """
    import tyro

    complaint = io.StringIO()
    try:
        with contextlib.redirect_stderr(complaint):
            return tyro.cli(options, args=arguments, config=(tyro.conf.OmitArgPrefixes,))
    except SystemExit as stopped:
        if stopped.code in (0, None):
            raise
        raise UserError(_first_sentence(complaint.getvalue())) from None


def _first_sentence(box: str) -> str:
    """The gist of tyro's boxed, many-line complaint as a single line."""
    plain = (re.sub(r"\x1b\[[0-9;]*m", "", line) for line in box.splitlines())
    lines = [line.strip("│ ") for line in plain if not line.startswith(("╭", "╰")) and set(line) - set("─│ ")]
    gist = " ".join(line for line in lines if not line.startswith("For full help"))
    gist = re.split(r"\s*Argument helptext:|\s*(?:For full help|See) ", gist)[0]
    gist = re.sub(r"Perhaps you meant: (--[\w-]+).*", r"(did you mean \1?)", gist)
    return gist or "the command line could not be read"


def speak_any_encoding() -> None:
    """Let printed text survive a terminal that is not UTF-8 (Korean Windows is cp949): odd letters become '?'."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def launch(main: Callable[[Any], int | None], options: type) -> None:
    """Run a script's main with its parsed options and leave with its exit status.

    0 or main's own result; 2 after a UserError, which is printed as one line; 130 after Ctrl-C.
    """
    speak_any_encoding()
    try:
        status = main(parse(options)) or 0
    except UserError as error:
        print("error: " + " ".join(str(error).split()), file=sys.stderr)
        status = 2
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        status = 130
    sys.exit(status)

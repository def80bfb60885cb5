"""Command-line options, and how a script tells its user that something in them is wrong."""

import contextlib
import dataclasses
import io
import math
import sys
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, ClassVar

from common import language, screen
from common.errors import UserError, check_between, is_ctrl_c, one_line
from common.interrupt import signals_as_ctrl_c
from common.language import _
from common.option_errors import said_of

import tyro

LARGEST_COUNT = 10**9


@dataclasses.dataclass(frozen=True)
class Bounds:
    """What an option may be, declared with its type: `Annotated[float, Bounds(0, 1)]`. An open end is excluded."""

    low: float
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False

    def check(self, name: str, value: float) -> None:
        """Raise UserError unless the value is a finite number within the bounds."""
        if self.high >= LARGEST_COUNT:  # so far off that the lower end alone is worth naming
            if not self.open_low:
                check_at_least(name, value, self.low)
            elif not (value > self.low and math.isfinite(value)):
                raise UserError("{name} is {value:g}; it must be above {low:g}", name=name, value=value, low=self.low)
        if self.high < math.inf:
            check_between(name, value, self.low, self.high, open_low=self.open_low, open_high=self.open_high)


Fraction = Annotated[float, Bounds(0, 1), tyro.conf.arg(metavar="[0,1]")]
"""a probability, a discount, a decay"""
Rate = Annotated[float, Bounds(0, 1, open_low=True), tyro.conf.arg(metavar="(0,1]")]
"""a learning rate or step size: above 0"""
Positive = Annotated[float, Bounds(0, open_low=True), tyro.conf.arg(metavar=">0")]
"""a factor above 0"""
NotNegative = Annotated[float, Bounds(0), tyro.conf.arg(metavar=">=0")]
"""a weight or penalty, 0 for none"""
Count = Annotated[int, Bounds(1, LARGEST_COUNT), tyro.conf.arg(metavar="1,2,...")]
"""how many, at least one"""
Several = Annotated[int, Bounds(1, 10_000), tyro.conf.arg(metavar="1,2,...")]
"""how many that are all there at once"""
Natural = Annotated[int, Bounds(0, LARGEST_COUNT), tyro.conf.arg(metavar="0,1,...")]
"""how many, 0 for none"""
Sizes = Annotated[tuple[Annotated[int, Bounds(1, 100_000)], ...], tyro.conf.arg(metavar="1,2,... ...")]
"""sizes of layers"""


class CheckedOptions:
    """Base of option dataclasses: the bounds that a field's type declares are checked when the options are made.

    renamed: old flag -> what to type today; an old flag gets one line that says so.
    Raises UserError for the first value out of its bounds.
    """

    renamed: ClassVar[Mapping[str, str]] = {}

    def __post_init__(self) -> None:
        for name, kind in typing.get_type_hints(type(self), include_extras=True).items():
            for bounds, value in _bounded(kind, getattr(self, name, None)):
                bounds.check("--" + name.replace("_", "-"), value)


def _bounded(kind: Any, value: Any) -> Iterator[tuple[Bounds, Any]]:
    """Every number in the value of this type, with the bounds that the type gives it."""
    if value is None:
        return
    if typing.get_origin(kind) is Annotated:
        yield from ((bounds, value) for bounds in kind.__metadata__ if isinstance(bounds, Bounds))
        yield from _bounded(typing.get_args(kind)[0], value)
    elif isinstance(value, tuple):
        yield from (found for each in value for found in _bounded(typing.get_args(kind)[0], each))
    else:
        for each in typing.get_args(kind):
            yield from _bounded(each, value)


def check_at_least(name: str, value: float, low: float) -> None:
    """Raise UserError unless value is a finite number of at least low."""
    if not (value >= low and math.isfinite(value)):
        wanted = _("at least {low:g}", low=low) if low > -math.inf else _("a finite number")
        raise UserError("{name} is {value:g}; it must be {wanted}", name=name, value=value, wanted=wanted)


Choose = Callable[[Any], type]
"""the options -> their class, or one with the same options and defaults that fit them better"""


def parse(options: type, arguments: list[str] | None = None, choose: Choose | None = None) -> Any:
    """Read the command line into the options dataclass; field docstrings are the help.

    choose: asked once all is read; where it names another class, the command line is read into that one.
    `--language`, which every script has, is no field of theirs: it changes no result.
    Raises UserError with one line for an argument that does not fit. `--help` prints and exits with status 0.
    """
    given = _without_language(sys.argv[1:] if arguments is None else arguments)
    known = {"--" + field.name.replace("_", "-") for field in dataclasses.fields(options)}
    renamed = {flag: new for flag, new in getattr(options, "renamed", {}).items() if flag not in known}
    for argument in given:
        flag = argument.partition("=")[0].replace("_", "-")
        if flag in renamed:
            raise UserError("{flag} is now {renamed}", flag=flag, renamed=renamed[flag])
    if choose is not None:
        options = choose(parse(options, [argument for argument in given if argument not in ("-h", "--help")]))
    if "-h" in given or "--help" in given:
        from common.option_help import show_help

        show_help(options, given)
    complaint = io.StringIO()
    try:
        with contextlib.redirect_stderr(complaint):
            return tyro.cli(options, args=given, config=(tyro.conf.OmitArgPrefixes,))
    except SystemExit as stopped:
        if stopped.code in (0, None):
            raise
        raise UserError(said_of(complaint.getvalue(), options)) from None


def _without_language(arguments: list[str]) -> list[str]:
    """The arguments but for --language, which is spoken from here on. Raises UserError for one that is not here."""
    kept = list(arguments)
    while at := next((at for at, word in enumerate(kept, 1) if word.partition("=")[0] == language.FLAG), 0):
        _flag, has_value, value = kept.pop(at - 1).partition("=")
        if not has_value:
            value = kept.pop(at - 1) if at <= len(kept) else ""
        if value not in ("auto", *language.LANGUAGES):
            raise UserError("--language is {value}; choose en, ko or auto", value=value or "nothing")
        language.choose(language.from_system() if value == "auto" else value)
    return kept


def launch(main: Callable[[Any], int | None], options: type, choose: Choose | None = None) -> None:
    """Run a script's main with its parsed options and leave with its exit status. choose: as `parse` takes it.

    0 or main's own result; 130 after Ctrl-C, or after a signal that asks the script to end; 2, and one line, after a
    UserError, a file that the system refuses, too little memory, and where the output could not be written.
    """
    screen.prepare()
    with signals_as_ctrl_c():
        status = _status(main, options, choose)
        reason = screen.lost()
    sys.exit(_complain(_("the output could not be written: {reason}", reason=reason)) if reason else status)


def _status(main: Callable[[Any], int | None], options: type, choose: Choose | None) -> Any:
    try:
        return main(parse(options, choose=choose)) or 0
    except SystemExit as stopped:  # --help
        return stopped.code
    except UserError as error:
        return _complain(str(error))
    except BaseException as error:
        if is_ctrl_c(error):
            print(_("stopped"), file=sys.stderr)
            return 130
        if isinstance(error, OSError) and error.filename is not None:
            return _complain(f"{error.filename}: {error.strerror}")
        if _is_about_memory(error):
            reason = str(error).partition("\n")[0][:200]
            said = "there is not enough memory for so large numbers: choose smaller ones ({reason})"
            return _complain(_(said, reason=reason))
        raise


def _complain(message: str) -> int:
    print(_("error: {message}", message=one_line(message)), file=sys.stderr)
    return 2


def _is_about_memory(error: BaseException) -> bool:
    """NumPy has two words of its own for sizes that no memory could hold, TensorFlow an exception."""
    words = ("array is too big", "Maximum allowed dimension exceeded")
    numpy = isinstance(error, ValueError) and any(word in str(error) for word in words)
    return numpy or isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError"

"""The command line: every bad argument is one line and exit status 2."""

import errno
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from common import language
from common.errors import UserError
from common.option_errors import said_of
from common.options import (
    CheckedOptions,
    Count,
    Fraction,
    NotNegative,
    Positive,
    Rate,
    Sizes,
    check_at_least,
    check_between,
    launch,
    parse,
)

import numpy as np
import pytest


@dataclass(frozen=True)
class Options:
    """A script."""

    discount: float = 0.9
    """Weight of the next step's value."""
    map: Path = Path("course")
    """A map."""
    headless: bool = False
    """No window."""
    episodes: int = 10
    """How many."""


def test_defaults_and_flags() -> None:
    assert parse(Options, []) == Options()
    options = parse(Options, ["--discount", "0.5", "--headless", "--map", "지도 1.toml"])
    assert options == Options(discount=0.5, headless=True, map=Path("지도 1.toml"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--discount", "much"], ("discount", "much")),
        (["--episodes", "1.5"], ("episodes", "1.5")),
        (["--disount", "0.5"], ("--disount",)),
        (["stray"], ("stray",)),
        (["--discount"], ("discount",)),
    ],
)
def test_a_bad_argument_is_one_line_and_status_2(
    arguments: list[str], words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["script.py", *arguments])
    with pytest.raises(SystemExit) as stopped:
        launch(lambda options: pytest.fail("main ran"), Options)
    assert stopped.value.code == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert output.err.startswith("error: ")
    assert all(word in output.err for word in words), output.err


def raises(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(
    ("main", "status", "message"),
    [
        (lambda options: None, 0, ""),
        (lambda options: 3, 3, ""),
        (lambda options: raises(UserError("the map\nis ragged")), 2, "error: the map is ragged\n"),
        (lambda options: raises(KeyboardInterrupt()), 130, "stopped\n"),
        (lambda options: raises(ImportError("KeyboardInterrupt: <EMPTY MESSAGE>")), 130, "stopped\n"),
        (lambda options: signal.raise_signal(signal.SIGTERM), 130, "stopped\n"),
        (lambda options: raises(OSError(errno.EACCES, "Permission denied", "x.h5")), 2, "x.h5: Permission denied\n"),
        (lambda options: open("a" * 300), 2, "File name too long\n"),  # noqa: PTH123, SIM115  # it is refused
        (lambda options: np.empty((10**9, 10**9)), 2, "not enough memory"),
        (lambda options: np.empty((10**13, 10**13)), 2, "not enough memory"),
        (lambda options: raises(type("ResourceExhaustedError", (Exception,), {})("OOM")), 2, "not enough memory"),
        (lambda options: raises(UserError("there is no " + "a" * 5000)), 2, "a...(4850 more)...a"),
        (lambda options: raises(UserError("there is no " + "a " * 5000)), 2, " more)..."),
    ],
)
def test_exit_status(main, status, message, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(sys, "argv", ["script.py"])
    with pytest.raises(SystemExit) as stopped:
        launch(main, Options)
    assert stopped.value.code == status
    printed = capsys.readouterr().err
    assert message in printed and printed.count("\n") == (1 if message else 0) and len(printed) < 1100


def test_help_is_the_field_docstrings(monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(sys, "argv", ["script.py", "--help"])
    with pytest.raises(SystemExit) as stopped:
        launch(lambda options: None, Options)
    assert stopped.value.code == 0
    assert "Weight of the next step's value" in capsys.readouterr().out


@pytest.mark.parametrize("value", [float("nan"), -0.1, 1.1, float("inf"), 0.0])
def test_between_refuses_what_is_outside(value: float) -> None:
    with pytest.raises(UserError, match="--slip"):
        check_between("--slip", value, 0, 1, open_low=True)
    check_between("--slip", 1.0, 0, 1, open_low=True)


@pytest.mark.parametrize("value", [float("nan"), 0, float("inf")])
def test_at_least_refuses_less_and_what_is_not_finite(value: float) -> None:
    with pytest.raises(UserError, match="--episodes"):
        check_at_least("--episodes", value, 1)
    check_at_least("--episodes", 1, 1)


@dataclass(frozen=True)
class Bounded(CheckedOptions):
    """Options whose types say what they may be."""

    renamed: ClassVar = {"--trace": "--trace-decay"}

    rate: Rate = 0.1
    """of the optimiser"""
    trace_decay: Fraction = 0.9
    """lambda"""
    hidden: Sizes = (32,)
    """layers"""
    penalty: NotNegative | None = None
    """for falling"""
    batch: Count = 3
    """transitions"""
    scale: Positive = 1.0
    """of rewards"""


OUT_OF_BOUNDS = {
    "--rate 0": "--rate is 0; it must lie in (0, 1]",
    "--rate nan": "--rate is nan; it must lie in (0, 1]",
    "--rate inf": "--rate is inf; it must lie in (0, 1]",
    "--trace-decay 1.01": "--trace-decay is 1.01; it must lie in [0, 1]",
    "--hidden 3 0": "--hidden is 0; it must lie in [1, 100000]",
    "--penalty -1": "--penalty is -1; it must be at least 0",
    "--penalty nan": "--penalty is nan; it must be at least 0",
    "--batch 0": "--batch is 0; it must be at least 1",
    "--batch 1000000000000000000": "--batch is 1e+18; it must lie in [1, 1e+09]",
    "--scale 0": "--scale is 0; it must be above 0",
    "--scale inf": "--scale is inf; it must be above 0",
    "--trace 0.5": "--trace is now --trace-decay",
    "--trace=0.5": "--trace is now --trace-decay",
}


@pytest.mark.parametrize("command", OUT_OF_BOUNDS)
def test_a_bound_is_declared_with_the_option_and_named_when_it_is_crossed(command: str) -> None:
    with pytest.raises(UserError) as error:
        parse(Bounded, command.split())
    assert str(error.value) == OUT_OF_BOUNDS[command]


def test_bounds_hold_for_options_made_in_code_too() -> None:
    with pytest.raises(UserError, match="--hidden is 0"):
        Bounded(hidden=(4, 0))
    assert Bounded(rate=1.0, trace_decay=0.0, penalty=0.0, batch=1).batch == 1


def test_help_shows_the_bounds(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(Bounded, ["--help"])
    assert "--rate (0,1]" in capsys.readouterr().out


@dataclass(frozen=True)
class Traced(Bounded):
    """A chapter that has what another one lost."""

    trace: float = 0.0


def test_a_flag_that_a_chapter_still_has_is_not_called_an_old_one() -> None:
    assert parse(Traced, ["--trace", "0.5"]).trace == 0.5


@dataclass(frozen=True)
class Chosen(CheckedOptions):
    """Options of every kind that can be misread."""

    max_steps: Count = 3
    """of an episode"""
    penalty: NotNegative | None = None
    """for falling"""
    hidden: Sizes = (32,)
    """layers"""
    shape: tuple[float, float] = (1.0, 2.0)
    """of the board"""
    problem: Literal["gambler", "car-rental", "blackjack"] | None = None
    """which one"""


MISREAD = {
    "--nonsense": ("unrecognized options: --nonsense", "없는 옵션입니다: --nonsense"),
    "--steps x": (
        "unrecognized options: --steps, x; did you mean --max-steps?",
        "없는 옵션입니다: --steps, x. 혹시 --max-steps인가요?",
    ),
    "--hiden 3 --penalti 1": (
        "unrecognized options: --hiden, 3, --penalti, 1; did you mean --hidden, --penalty?",
        "없는 옵션입니다: --hiden, 3, --penalti, 1. 혹시 --hidden, --penalty인가요?",
    ),
    "--max-steps abc": (
        "--max-steps is abc; it must be a whole number in digits",
        "--max-steps이(가) abc입니다. 숫자로 쓴 정수여야 합니다",
    ),
    "--max-steps=": (
        "--max-steps is ''; it must be a whole number in digits",
        "--max-steps이(가) ''입니다. 숫자로 쓴 정수여야 합니다",
    ),
    "--penalty abc": ("--penalty is abc; it must be a number", "--penalty이(가) abc입니다. 수여야 합니다"),
    "--hidden 8 b": (
        "--hidden is 8 b; each must be a whole number in digits",
        "--hidden이(가) 8 b입니다. 모두 숫자로 쓴 정수여야 합니다",
    ),
    "--shape 8 b": ("--shape is 8 b; each must be a number", "--shape이(가) 8 b입니다. 모두 수여야 합니다"),
    "--max-steps": ("--max-steps needs a value", "--max-steps에 값이 필요합니다"),
    "--shape 8": ("--shape needs 2 values", "--shape에 값 2개가 필요합니다"),
    "--problem jack": (
        "--problem is jack; it must be one of gambler, car-rental, blackjack",
        "--problem이(가) jack입니다. 다음 가운데 하나여야 합니다: gambler, car-rental, blackjack",
    ),
}


@pytest.mark.parametrize("command", MISREAD)
def test_what_cannot_be_read_is_said_in_both_languages(command: str) -> None:
    for spoken, words in zip(language.LANGUAGES, MISREAD[command], strict=True):
        with pytest.raises(UserError) as error:
            parse(Chosen, [*command.split(), "--language", spoken])
        assert str(error.value) == words


def test_a_complaint_of_another_kind_is_left_as_it_is() -> None:
    box = "╭─ Odd ───╮\n│ It is   │\n│ odd.    │\n│ ─────── │\n│ For full helptext, see x.py --help │\n╰────╯"
    assert said_of(box, Chosen) == "It is odd."
    assert said_of("│ Error parsing --map: it is from ['a'] │", Chosen) == "Error parsing --map: it is from ['a']"
    assert said_of("", Chosen) == "the command line could not be read"

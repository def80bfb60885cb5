"""The command line: every bad argument is one line and exit status 2."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.options import UserError, check_at_least, check_between, launch, parse


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
    ],
)
def test_exit_status(main, status, message, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(sys, "argv", ["script.py"])
    with pytest.raises(SystemExit) as stopped:
        launch(main, Options)
    assert stopped.value.code == status
    assert capsys.readouterr().err == message


def test_help_is_the_field_docstrings(monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(sys, "argv", ["script.py", "--help"])
    with pytest.raises(SystemExit) as stopped:
        launch(lambda options: None, Options)
    assert stopped.value.code == 0
    assert "Weight of the next step's value" in capsys.readouterr().out


def test_text_survives_a_korean_windows_terminal() -> None:
    script = "from common.options import speak_any_encoding; speak_any_encoding(); print('값 ∑ π 😀')"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env={"PYTHONIOENCODING": "cp949"}, check=True
    )
    assert done.stdout.decode("cp949").startswith("값 ∑ π")


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

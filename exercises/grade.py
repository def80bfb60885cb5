"""Grading a file: the chapter's tests on it, in a process with a time limit, and what kind of mistake it makes."""

import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from common.errors import UserError
from common.language import current
from exercises.exercise import ROOT, Exercise, Mistake
from exercises.sentences import SENTENCES

Failures = list[list[str]] | None
"""What the grader says of a file: [test, what went wrong] of each that fails, or None."""


@dataclass(frozen=True)
class Grade:
    """How a file did. test, reason: the first case that fails, and how; mistake: the known one that fails alike."""

    passed: bool
    test: str = ""
    reason: str = ""
    mistake: Mistake | None = None

    def lines(self, exercise: Exercise, language: str) -> list[str]:
        """What the student is told."""
        if self.passed:
            return []
        told = [getattr(case, language) for case in exercise.cases if self.test.startswith(case.test)][:1]
        told += [gist(self.reason, language)]
        return [each for each in [*told, self.mistake and getattr(self.mistake, language)] if each]


NUMBER = r"\[?(?:np\.float64\()?(-?[\d.]+(?:e[-+]\d+)?)\)?\]?"
COMPARED = (
    re.compile(r"^ *Obtained: (\S+)\n *Expected: (\S+)", re.MULTILINE),
    re.compile(rf"^assert {NUMBER} == (?:approx\()?{NUMBER}(?: ± .*)?\)?\]?$", re.MULTILINE),
    re.compile(r"^ *ACTUAL: (.+)\n *DESIRED: (.+)$", re.MULTILINE),
    re.compile(r"^ *\[[\d, ]+\]: (\S+) \(ACTUAL\), (\S+) \(DESIRED\)", re.MULTILINE),
    re.compile(r"^ *x: (.+)\n *y: (.+)$", re.MULTILINE),
)


def gist(reason: str, language: str) -> str:
    """What a failed comparison found and wanted, in words; of anything else the first line that says something."""
    for pattern in COMPARED:
        if found := pattern.search(reason):
            return SENTENCES[language]["compared"].format(got=_short(found[1]), wanted=_short(found[2]))
    lines = [line.strip() for line in reason.splitlines() if line.strip() not in ("", "AssertionError:")]
    return lines[0] if lines else ""


def _short(text: str) -> str:
    """A number with as many digits as one reads; other text as it is."""
    try:
        return f"{float(text):.6g}"
    except ValueError:
        return text


def grade(exercise: Exercise, file: Path) -> Grade:
    """Grade the file as the exercise's chapter; where it fails, find out whether it fails as a known mistake does.

    Raises UserError, with what to install, where the tests cannot run.
    """
    check_installed(exercise)
    if exercise.is_blank(file.read_text(encoding="utf-8")):
        return Grade(False)
    with tempfile.TemporaryDirectory() as folder:
        wrong = [Path(folder) / f"mistake_{number}.py" for number in range(len(exercise.mistakes))]
        for path, mistake in zip(wrong, exercise.mistakes, strict=True):
            path.write_text(exercise.with_code(mistake.code), encoding="utf-8")
        graded, ended = run(exercise, [file, *wrong], exercise.seconds)
    if not graded:
        return Grade(False, reason=ended)
    first, *others = graded
    if first is None:
        return Grade(True)
    pairs = zip(exercise.mistakes, others, strict=False)
    test, reason = first[0]
    alike = next((mistake for mistake, other in pairs if fails_alike(other, first)), None)
    return Grade(False, test, reason, alike)


def check_installed(exercise: Exercise) -> None:
    """Raise UserError where what the exercise's tests need is missing."""
    if exercise.chapter.startswith("deep/") and find_spec("tensorflow") is None:
        raise UserError("this exercise trains with TensorFlow: python -m pip install -r requirements.txt")
    missing = [name for name in ("pytest", "hypothesis") if find_spec(name) is None]
    if missing:
        raise UserError("grading runs the chapter's tests: python -m pip install {missing}", missing=" ".join(missing))


def run(exercise: Exercise, files: list[Path], seconds: float) -> tuple[list[Failures], str]:
    """What the grader says of each file, as far as it came, and why it came no further."""
    command = [sys.executable, "-m", "exercises.grader", exercise.module, str(ROOT)]
    command += [case.test for case in exercise.cases] + ["--", *map(str, files)]
    settings = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "PYTHONUTF8": "1",
        "SDL_VIDEODRIVER": "dummy",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    said = SENTENCES[current()]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=settings, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds
        )
    except subprocess.TimeoutExpired as stopped:
        printed, ended = stopped.stdout or b"", said["endless"].format(seconds=f"{seconds:g}")
    else:
        printed, ended = done.stdout, said["ended"].format(status=done.returncode, why=last_words(done.stderr))
    lines = printed.decode("utf-8", "replace").splitlines()
    return [json.loads(line) for line in lines if line.startswith(("null", "[["))], ended.rstrip(": ")


def last_words(printed: bytes) -> str:
    """Why Python ended, of what it printed as an error: the line that says so where it crashed, else the last one."""
    lines = printed.decode("utf-8", "replace").strip().splitlines() or [""]
    return next((line for line in lines if line.startswith("Fatal Python error")), lines[-1])


def fails_alike(first: Failures, second: Failures) -> bool:
    """Whether the same tests fail with the same numbers; where an object lay in memory does not count."""
    return _signs(first) == _signs(second)


def _signs(failures: Failures) -> list[tuple[str, str]]:
    return [(test, re.sub(r"0x[0-9a-f]+", "", reason)) for test, reason in failures or ()]

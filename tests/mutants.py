"""Mutants: faults that are put into a copy of the course, one at a time. A test must notice each.

    python tests/mutants.py                 all of tests/mutants.toml, two at a time
    python tests/mutants.py sarsa clipping  those whose name holds one of these words

Prints the mutants that survive; the exit status is 1 if there is any, or if one cannot be tried.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "tests" / "mutants.toml"
LEFT_OUT = {"results", "recordings", "figures", "my"}
"""What runs leave in the course's folder."""
AT_ONCE = 2
LONGEST_SECONDS = 300
TESTS_FAILED = 1
"""What pytest ends with then; 0 if all passed, more if it could not run them."""
NOTICED = "noticed"


class Mutant(NamedTuple):
    """In `file` the text `old`, which stands there once, becomes `new`; `test`, a node of pytest, has to fail."""

    name: str
    file: str
    old: str
    new: str
    test: str

    def text(self, root: Path = ROOT) -> str:
        """The file with the fault in it. Raises ValueError where the old text does not stand in it once."""
        text = (root / self.file).read_text(encoding="utf-8")
        if (count := text.count(self.old)) != 1:
            raise ValueError(f"{self.file} has {self.old!r} {count} times, not once")
        return text.replace(self.old, self.new)


def mutants(path: Path = LIST) -> list[Mutant]:
    """The list."""
    return [Mutant(**entry) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]]


def left_out(folder: str, names: list[str]) -> set[str]:
    """The names that a copy of this folder does without: hidden ones, and at the top what runs have left there."""
    made = LEFT_OUT if Path(folder) == ROOT else set()
    return {name for name in names if name in made or name.startswith(".") or name.endswith(".egg-info")}


def run_tests(tests: Iterable[str], mutant: Mutant | None = None) -> tuple[int, str]:
    """Pytest's exit status and what it printed, in a copy of the course with this mutant in it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "course"
        shutil.copytree(ROOT, copy, ignore=left_out)
        if mutant is not None:
            (copy / mutant.file).write_text(mutant.text(), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *tests]
        settings = os.environ | {"PYTHONPATH": str(copy), "OMP_NUM_THREADS": "1", "SDL_VIDEODRIVER": "dummy"}
        done = subprocess.run(
            command, cwd=copy, env=settings, capture_output=True, text=True, encoding="utf-8", timeout=LONGEST_SECONDS
        )
    return done.returncode, done.stdout + done.stderr


def verdict(mutant: Mutant) -> str:
    """How it went."""
    try:
        status, printed = run_tests([mutant.test], mutant)
    except (ValueError, OSError, subprocess.TimeoutExpired) as error:
        return f"cannot be tried: {error}"
    if status == TESTS_FAILED:
        return NOTICED
    return "SURVIVED" if status == 0 else f"cannot be tried: pytest ended with status {status}\n{printed[-2000:]}"


def try_all(chosen: list[Mutant]) -> int:
    """Try these; returns the exit status."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        whole = pool.submit(run_tests, sorted({mutant.test for mutant in chosen}))
        verdicts = dict(zip(chosen, pool.map(verdict, chosen), strict=True))
    status, printed = whole.result()
    if status != 0:
        print(f"the tests fail without a mutant, so they tell nothing:\n{printed[-2000:]}")
    bad = {mutant: said for mutant, said in verdicts.items() if said != NOTICED}
    for mutant, said in bad.items():
        print(f"{mutant.name} ({mutant.file}; {mutant.test}): {said}")
    print(f"{len(chosen) - len(bad)} of {len(chosen)} mutants noticed")
    return int(bool(bad) or status != 0)


def main(words: list[str]) -> int:
    """Try the mutants whose name holds one of the words, or all."""
    return try_all([mutant for mutant in mutants() if not words or any(word in mutant.name for word in words)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

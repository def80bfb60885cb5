"""A deep chapter as a process of its own, as benchmarks and tests run it."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from common.errors import UserError
from common.runs.results import read_json

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


class ChapterKilled(UserError):
    """A chapter's process was killed: nothing is wrong with its options, it may be tried again."""


def deep_chapters() -> list[str]:
    """Names of the deep chapters: every script directly in deep/."""
    return sorted(path.stem for path in (ROOT / "deep").glob("[a-z]*.py"))


def one_thread() -> dict[str, str]:
    """The environment variables of a process that computes on one thread, and whose words are read here: in English."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return os.environ | threads | {"LANGUAGE": "en"}


PROCESSOR = (
    "import runpy, sys, time; time.perf_counter = time.process_time; "
    "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
)
"""Runs a script whose clock is the processor time of its process."""


def train_chapter(
    chapter: str, seed: int, out: Path, arguments: Sequence[str] = (), clock: str = "wall"
) -> dict[str, Any]:
    """Train one seed with results in `out`; returns its summary.

    clock: what its seconds are of, "wall" or "processor".
    Raises UserError if the process fails, ChapterKilled if it was killed.
    """
    if chapter not in deep_chapters():
        raise UserError(f"there is no chapter {chapter}: the deep chapters are {', '.join(deep_chapters())}")
    script = ROOT / "deep" / f"{chapter}.py"
    command = [sys.executable, *(("-c", PROCESSOR) if clock == "processor" else ()), str(script)]
    command += ["--seed", str(seed), "--headless", "--out", str(out), *arguments]
    done = subprocess.run(command, env=one_thread(), capture_output=True, text=True, encoding="utf-8")
    if done.returncode < 0:
        raise ChapterKilled(f"{shlex.join(command)} was killed by signal {-done.returncode}")
    if done.returncode != 0:
        raise UserError(f"{shlex.join(command)} ended with status {done.returncode}: {done.stderr.strip()[-300:]}")
    return read_json(out / "summary.json")


def demo_returns(chapter: str, weights: Path, episodes: int, seed: int, arguments: Sequence[str] = ()) -> np.ndarray:
    """[episodes] the raw returns that the chapter's own demo prints."""
    command = [sys.executable, str(ROOT / "deep" / f"{chapter}.py"), "--demo", "--headless"]
    command += ["--weights", str(weights), "--episodes", str(episodes), "--seed", str(seed), *arguments]
    done = subprocess.run(command, env=one_thread(), capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        raise UserError(f"the demo of {weights} failed: {done.stderr.strip()[-300:]}")
    return np.array([float(number) for number in re.findall(r"^episode \d+: return (\S+)$", done.stdout, re.MULTILINE)])

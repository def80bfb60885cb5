"""Runs of many seeds and settings, here or on Ray: none is lost, and what is done is not done again."""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.parts.chapter_process import ROOT, ChapterKilled, train_chapter
from common.errors import UserError, one_line
from common.runs.results import read_json, versions, write_json
from deep.parts.learners.on_ray import connect

TIMES = 5
"""how often a run is tried whose process is killed, or whose machine is lost"""


@dataclass(frozen=True)
class Job:
    """One run: a chapter with these arguments and this seed; name: of the results that it belongs to."""

    name: str
    chapter: str
    arguments: tuple[str, ...]
    seed: int


Result = dict[str, Any]
"""summary: what the run says at its end; progress: its progress.csv, as text"""


def run(job: Job, folder: Path) -> Result:
    """Train in a process of its own, with its files in the folder."""
    summary = train_chapter(job.chapter, job.seed, folder, job.arguments)
    return {"summary": summary, "progress": (folder / "progress.csv").read_text(encoding="utf-8")}


def run_here(jobs: Sequence[Job], processes: int, runs: Path) -> Iterator[tuple[Job, Result]]:
    """On this machine, that many side by side; each result as soon as it is there.

    Where one fails, those that have begun are waited for before its error is raised."""

    def insist(job: Job) -> Result:
        for _ in range(TIMES - 1):
            try:
                return run(job, runs / job.name / f"seed-{job.seed}")
            except ChapterKilled:
                continue
        return run(job, runs / job.name / f"seed-{job.seed}")

    side_by_side = ThreadPoolExecutor(processes)
    try:
        running = {side_by_side.submit(insist, job): job for job in jobs}
        failed = None
        for done in as_completed(running):
            if done.cancelled():
                continue
            if (error := done.exception()) is None:
                yield running[done], done.result()
            elif failed is None:
                failed = error
                for waiting in running:
                    waiting.cancel()
        if failed is not None:
            raise failed
    finally:
        side_by_side.shutdown(cancel_futures=True)


def run_on_ray(jobs: Sequence[Job], address: str) -> Iterator[tuple[Job, Result]]:
    """On a cluster of Ray, a processor a run; Ray does again what was on a machine that is lost."""
    ray = connect("--on", None if address == "ray" else address)
    try:
        there = ray.remote(num_cpus=1, max_retries=TIMES - 1, retry_exceptions=[ChapterKilled])(run_there)
        running = {there.remote(job): job for job in jobs}
        while running:
            [done], _ = ray.wait(list(running), num_returns=1)
            job = running.pop(done)
            try:
                yield job, ray.get(done)
            except ray.exceptions.RayTaskError as error:
                raise UserError(one_line(str(error.cause))) from None
            except ray.exceptions.RayError as error:
                raise UserError(one_line(f"{job.name}, seed {job.seed}, was lost {TIMES} times: {error}")) from None
    finally:
        ray.shutdown()


def run_there(job: Job) -> Result:
    """On a machine of the cluster, whose files stay there."""
    with tempfile.TemporaryDirectory() as folder:
        return run(job, Path(folder) / "run")


class Unfinished:
    """The results of sweeps that were stopped: a file a run, in a folder a name; what is asked for again is taken.

    The folder belongs to a chapter with its arguments, these versions and this code; with others it begins empty.
    A sweep that ends leaves nothing, so that the next one measures again.
    """

    def __init__(self, runs: Path, jobs: Iterable[Job]) -> None:
        self._runs = runs
        for job in {job.name: job for job in jobs}.values():
            made_with = {"chapter": job.chapter, "arguments": list(job.arguments), "code": code()} | versions()
            about = self._folder(job.name) / "about.json"
            if not (about.is_file() and read_json(about) == made_with):
                self.forget(job.name)
                write_json(about, made_with)

    def _folder(self, name: str) -> Path:
        return self._runs / name / "unfinished"

    def add(self, job: Job, result: Result) -> None:
        """Keep a result."""
        write_json(self._folder(job.name) / f"{job.seed}.json", result)

    def take(self, jobs: Iterable[Job]) -> dict[Job, Result]:
        """Those of the jobs that are done, with their results."""
        files = {job: self._folder(job.name) / f"{job.seed}.json" for job in jobs}
        return {job: json.loads(file.read_text(encoding="utf-8")) for job, file in files.items() if file.is_file()}

    def forget(self, name: str) -> None:
        """Nothing is left of this name."""
        for file in self._folder(name).glob("*.json"):
            file.unlink()


def code() -> str:
    """A digest of all code that decides how a chapter learns."""
    folders = ("common", "gridworld", "deep")
    files = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()

"""What a run leaves behind in results/<chapter>/seed-<n>/: options, progress, curve, weights, summary."""

import contextlib
import dataclasses
import importlib.metadata
import itertools
import json
import platform
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from common.errors import UserError
from common.files import atomic_write, check_writable, open_regular
from common.language import N_, _
from common.runs.curves import Line, running_mean, save_csv, save_curve
from common.runs.folder_lock import lock, unlock

import numpy as np


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write atomically, as UTF-8, readable."""
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2, default=str, ensure_ascii=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """Read what `write_json` wrote. Raises UserError for a file that is missing or not JSON."""
    try:
        with open_regular(path) as file:
            content = json.loads(file.read().decode())
    except OSError as error:
        raise UserError("cannot read {path}: {strerror}", path=path, strerror=error.strerror or error) from error
    except ValueError as error:
        raise UserError("{path} is not JSON: it was cut short or edited", path=path) from error
    if not isinstance(content, dict):
        raise UserError("{path} does not hold an object of names and values", path=path)
    return content


def versions() -> dict[str, str]:
    """The versions that decide whether a run can be repeated bit for bit."""
    packages = ("tensorflow", "keras", "gymnasium", "numpy")
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in packages}


class Progress:
    """The numbers of a run as it goes: every episode's score and every evaluation."""

    def __init__(self) -> None:
        self.episode_steps: list[int] = []
        self.scores: list[float] = []
        self.evaluations: list[dict[str, float]] = []

    def recent_score(self, episodes: int = 10) -> float:
        """Mean raw return of the last training episodes; NaN before the first has ended."""
        return float(np.mean(self.scores[-episodes:])) if self.scores else float("nan")

    def as_dict(self) -> dict[str, Any]:
        """Everything, as JSON can say it."""
        return dataclasses.asdict(_ProgressRecord(self.episode_steps, self.scores, self.evaluations))

    def restore(self, content: dict[str, Any]) -> None:
        """Take over what `as_dict` gave."""
        record = _ProgressRecord(**content)
        self.episode_steps, self.scores, self.evaluations = record.episode_steps, record.scores, record.evaluations


@dataclasses.dataclass(frozen=True)
class _ProgressRecord:
    episode_steps: list[int]
    scores: list[float]
    evaluations: list[dict[str, float]]


class ResultsFolder:
    """One run's folder. Raises UserError before any work is done if it cannot be written."""

    def __init__(self, folder: Path, chapter: str) -> None:
        self.folder = Path(folder)
        self.chapter = chapter
        if self.folder.exists() and not self.folder.is_dir():
            raise UserError("--out {folder} is a file: give a folder", folder=folder)
        check_writable(self.summary)
        self.weights = self.folder / f"{chapter}.weights.h5"
        self.latest = self.folder / "latest.weights.h5"
        self.checkpoint = self.folder / "checkpoint.npz"
        self.options = self.folder / "options.json"

    @property
    def summary(self) -> Path:
        """Where the verdict goes."""
        return self.folder / "summary.json"

    def lock(self) -> None:
        """Keep other runs out. Raises UserError where one is at work."""
        lock(self.folder)

    def unlock(self) -> None:
        """Let others in."""
        unlock(self.folder)

    def set_aside(self) -> None:
        """Begin clean: the files of an earlier run go to a folder beside, and a line says so."""
        found = [path for name in self._files() if (path := self.folder / name).exists()]
        if not found:
            return
        aside = next(name for n in itertools.count(1) if not (name := self.folder / f"earlier-{n}").exists())
        try:
            aside.mkdir()
            for path in found:
                path.replace(aside / path.name)
        except OSError as error:
            raise UserError(
                "cannot set aside the run in {folder}: {strerror}", folder=self.folder, strerror=error.strerror or error
            ) from error
        print(_("{folder} holds an earlier run: its files are now in {aside}", folder=self.folder, aside=aside))

    def _files(self) -> Iterator[str]:
        """The names of all files that a run of this chapter leaves, or of the one that was here before."""
        yield from ("checkpoint.npz", "summary.json", "progress.csv", "episodes.csv", "curve.png", "latest.weights.h5")
        yield from (path.name for path in sorted(self.folder.glob("curve-*.png")))
        yield self.weights.name
        if self.options.exists():
            with contextlib.suppress(UserError):
                earlier = read_json(self.options).get("chapter")
                if earlier != self.chapter:
                    yield f"{earlier}.weights.h5"
            yield self.options.name

    def save_progress(self, progress: Progress, target: float | None, title: str) -> None:
        """progress.csv (a row an evaluation), episodes.csv (a row an episode) and curve.png."""
        names = list(dict.fromkeys(name for row in progress.evaluations for name in row))
        save_csv(
            self.folder / "progress.csv",
            {name: [row.get(name, "") for row in progress.evaluations] for name in names},
        )
        save_csv(self.folder / "episodes.csv", {"steps": progress.episode_steps, "score": progress.scores})
        lines = []
        if progress.scores:
            smooth = running_mean(progress.scores, 10)
            lines.append(Line(N_("training, mean of 10 episodes"), progress.episode_steps, smooth))
        if progress.evaluations:
            steps = [row["steps"] for row in progress.evaluations]
            lines.append(Line(N_("greedy evaluation"), steps, [row["evaluation"] for row in progress.evaluations]))
        if lines:
            goal = None if target is None else ("solved", target)
            save_curve(self.folder / "curve.png", title, "environment steps", "return", lines, target=goal)

    def save_bounded(self, progress: Progress, bounded: Mapping[str, str], options: Any, title: str) -> None:
        """curve-NUMBER.png for each number of progress.csv that an option bounds, with that bound."""
        for number, option in bounded.items():
            rows = [row for row in progress.evaluations if number in row]
            if rows:
                lines = [Line(number, [row["steps"] for row in rows], [row[number] for row in rows])]
                path, bound = self.folder / f"curve-{number}.png", (option, getattr(options, option))
                save_curve(path, title, "environment steps", number, lines, target=bound)


class Scalars(Protocol):
    """Where numbers go that are watched while a run goes on."""

    def add(self, step: int, values: Mapping[str, float]) -> None: ...

    def close(self) -> None: ...

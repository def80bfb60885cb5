"""What a run of a bug left, beside the chapter's own: numbers that are kept, and their curves, drawn anew.

    python -m exercises.runs                all of them, made again by running every planted file and its chapter
    python -m exercises.runs bug-edge       those of one

A run is kept as its tables are written: progress.csv and episodes.csv of a network, curve.csv of a table. Dynamic
programming leaves none.
"""

import csv
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from common.runs.curves import Line, running_mean, save_curve
from exercises.bugs import BUGS, Bug, bugs
from exercises.exercise import ROOT

RUNS = BUGS / "runs"
TABLES = ("progress.csv", "episodes.csv", "curve.csv")
SIDES = ("planted", "chapter")
"""The run of the planted file, and that of the chapter; with the same flags and seed."""
SOLVED = ("solved", 475.0)
"""All networks among the bugs play CartPole-v1."""


def make(bug: Bug, folder: Path) -> None:
    """Run the planted file and the chapter, and keep the tables that they write in a folder for each."""
    if bug.chapter.startswith("dp/"):
        return
    for side, source in zip(SIDES, (bug.blank, bug.source), strict=True):
        with tempfile.TemporaryDirectory() as place:
            file, out = Path(place) / bug.file, Path(place) / "run"
            file.write_text(source, encoding="utf-8", newline="\n")
            flags = [*bug.run.split(), *([] if "--headless" in bug.run else ["--headless"]), "--out", str(out)]
            subprocess.run([sys.executable, str(file), *flags], cwd=ROOT, check=True, capture_output=True)
            for table in TABLES:
                if (out / table).is_file():
                    (folder / side).mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(out / table, folder / side / table)


def hand_out(bug: Bug, folder: Path) -> bool:
    """Put both runs into the folder, each with its curve.png; False where there are none of this bug."""
    kept = RUNS / bug.name.removeprefix("bug-")
    for run in sorted(path for path in kept.glob("*") if path.is_dir()):
        (folder / run.name).mkdir(parents=True, exist_ok=True)
        for table in run.glob("*.csv"):
            shutil.copyfile(table, folder / run.name / table.name)
        draw(folder / run.name, f"{bug.name}: {run.name}")
    return kept.is_dir()


def draw(run: Path, title: str) -> None:
    """curve.png of a run from its tables."""
    if (run / "curve.csv").is_file():
        lines = list(lines_of_a_table(columns(run / "curve.csv")))
        label = "RMS error" if lines[0].label.endswith("RMS error") else "return, mean of 20 episodes"
        save_curve(run / "curve.png", title, "episode", label, lines)
        return
    episodes, progress = columns(run / "episodes.csv"), columns(run / "progress.csv")
    scores = running_mean(episodes["score"], 10)
    lines = [Line("training, mean of 10 episodes", episodes["steps"], scores)]
    lines.append(Line("greedy evaluation", progress["steps"], progress["evaluation"]))
    save_curve(run / "curve.png", title, "environment steps", "return", lines, target=SOLVED)


def lines_of_a_table(found: dict[str, list[float]]) -> Iterator[Line]:
    """The error after each episode where it was measured, else the return of each."""
    errors = [name for name in found if name.endswith("RMS error")]
    for name in errors or [name for name in found if name.endswith("return")]:
        yield Line(name, found["episode"], found[name] if errors else running_mean(found[name], 20))


def columns(table: Path) -> dict[str, list[float]]:
    """The columns of a table; what is empty is NaN."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [float(row[name] or "nan") for row in rows] for name in rows[0]}


def main(names: list[str]) -> None:
    """Make the runs of the bugs of these names, or of all."""
    for bug in bugs():
        if not names or bug.name in names:
            shutil.rmtree(RUNS / bug.name.removeprefix("bug-"), ignore_errors=True)
            make(bug, RUNS / bug.name.removeprefix("bug-"))


if __name__ == "__main__":
    main(sys.argv[1:])

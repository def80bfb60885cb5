"""A folder holds one run: its checkpoint, its options, its verdict, and no other run beside it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import common.runs.run_checkpoint
from common.errors import UserError
from common.networks.weights import load_networks
from common.runs.checkpoint import load_state, packed, save_state, unpacked
from common.runs.results import ResultsFolder
from common.runs.run import Run
from tests.common.runs.test_run import Options, Walker, complete, summary

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes longer than all the rest."""
    monkeypatch.setattr("common.runs.results.save_curve", lambda path, *_, **__: path.write_text("", encoding="utf-8"))


class Killed(BaseException):
    """What a test raises in place of kill -9: nothing that comes after it is done."""


def killed_in_the_verdict(options: Options, monkeypatch: pytest.MonkeyPatch, **settings: int) -> None:
    def die(run: Run) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Run, "_final_evaluation", die)
        complete(options, **settings)


def result(folder: Path) -> dict[str, Any]:
    """All files but what tells of time and place."""
    verdict = {name: value for name, value in summary(folder).items() if "seconds" not in name}
    del verdict["weights"]
    rows = [line.split(",") for line in (folder / "progress.csv").read_text(encoding="utf-8").splitlines()]
    timed = [number for number, name in enumerate(rows[0]) if name == "seconds"]
    table = [[cell for number, cell in enumerate(row) if number not in timed] for row in rows]
    weights = load_networks(folder / "walker.weights.h5").networks["q"].weights
    files = sorted(path.name for path in folder.iterdir())
    episodes = (folder / "episodes.csv").read_text(encoding="utf-8")
    return {"verdict": verdict, "table": table, "files": files, "episodes": episodes, "weights": str(weights)}


@pytest.mark.parametrize("settings", [{}, {"solves_at": 120}, {"stop_score": 5.0}, {"evaluate_every": 10**6}], ids=str)
def test_a_verdict_that_was_killed_is_made_by_resume(
    settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Out of steps, solved, stopped by the lecture's rule, never evaluated."""
    solves_at = {name: settings.pop(name) for name in ("solves_at",) if name in settings}
    complete(Options(out=tmp_path / "whole", **settings), **solves_at)
    killed_in_the_verdict(Options(out=tmp_path / "killed", **settings), monkeypatch, **solves_at)
    assert not (tmp_path / "killed" / "summary.json").exists()
    capsys.readouterr()
    status, _, seen = complete(Options(resume=tmp_path / "killed"), **solves_at)
    assert status == 0 and seen == [] and capsys.readouterr().err == ""
    assert result(tmp_path / "killed") == result(tmp_path / "whole")


def test_a_killed_verdict_after_a_first_one_is_made_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    complete(Options(out=tmp_path / "whole"))
    complete(Options(out=tmp_path / "part"), interrupt_at=400)
    assert summary(tmp_path / "part")["interrupted"]
    complete(Options(resume=tmp_path / "part"))
    assert result(tmp_path / "part") == result(tmp_path / "whole")
    complete(Options(out=tmp_path / "two", steps=200))
    killed_in_the_verdict(Options(resume=tmp_path / "two"), monkeypatch)
    complete(Options(resume=tmp_path / "two"))
    assert result(tmp_path / "two") == result(tmp_path / "whole")


def test_resume_goes_by_the_checkpoints_own_options(tmp_path: Path) -> None:
    complete(Options(out=tmp_path, steps=100, learning_rate=0.3, seed=4))
    (tmp_path / "options.json").write_text(json.dumps({"options": {"learning_rate": 0.9}}), encoding="utf-8")
    run = Run("walker", Options(resume=tmp_path))
    assert (run.options.learning_rate, run.options.seed) == (0.3, 4)
    (tmp_path / "options.json").unlink()
    assert Run("walker", Options(resume=tmp_path)).options.seed == 4


def test_a_run_begins_clean_in_the_folder_of_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    complete(Options(out=tmp_path, steps=100))
    old = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    capsys.readouterr()
    run = Run("walker", Options(out=tmp_path, seed=1))
    assert {path.name for path in tmp_path.iterdir()} == {*old, "notes.txt", ".running"}, "nothing is moved too early"
    run.environment()
    run.begin(Walker(run))
    assert {path.name for path in tmp_path.iterdir()} == {"options.json", "notes.txt", "earlier-1", ".running"}
    assert {path.name: path.read_bytes() for path in (tmp_path / "earlier-1").iterdir()} == old
    assert (
        capsys.readouterr().out == f"{tmp_path} holds an earlier run: its files are now in {tmp_path / 'earlier-1'}\n"
    )
    with pytest.raises(UserError, match="--resume needs"):
        Run("walker", Options(resume=tmp_path))
    complete(Options(out=tmp_path, seed=2, steps=50))
    assert (tmp_path / "earlier-2" / "options.json").exists()


def test_the_weights_of_another_chapter_are_set_aside_too(tmp_path: Path) -> None:
    complete(Options(out=tmp_path, steps=50))
    ResultsFolder(tmp_path, "runner").set_aside()
    assert (tmp_path / "earlier-1" / "walker.weights.h5").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["earlier-1"]


@pytest.fixture
def other_process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """One that has locked the folder."""
    script = "from common.runs import folder_lock; from pathlib import Path; import sys"
    script += "; folder_lock.lock(Path(sys.argv[1])); print('locked', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "locked\n"
        yield process
        process.kill()


def test_one_run_at_a_time_in_a_folder(tmp_path: Path, other_process: subprocess.Popen[str]) -> None:
    with pytest.raises(UserError, match=rf"another run is at work in .* \(process {other_process.pid}\)"):
        Run("walker", Options(out=tmp_path))
    other_process.kill()
    other_process.wait()
    assert (tmp_path / ".running").exists(), "it had no time to clean up"
    assert complete(Options(out=tmp_path, steps=50))[0] == 0
    assert not (tmp_path / ".running").exists()


def test_a_run_that_was_given_up_does_not_stand_in_the_way(tmp_path: Path) -> None:
    """As in a notebook, whose cell was stopped and is run again."""
    run = Run("walker", Options(out=tmp_path))
    env = run.environment()
    run.begin(Walker(run))
    next(run.steps())
    assert complete(Options(out=tmp_path, steps=50))[0] == 0
    assert env is run.env


def test_other_versions_are_said_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    complete(Options(out=tmp_path, steps=50))
    state = load_state(tmp_path / "checkpoint.npz")
    content = unpacked(state["run"])
    content["versions"] |= {"numpy": "1.0", "keras": "2.0"}
    save_state(tmp_path / "checkpoint.npz", state | {"run": packed(content)})
    capsys.readouterr()
    Run("walker", Options(resume=tmp_path))
    said = capsys.readouterr().out
    assert f"numpy 1.0 (here {np.__version__})" in said and "keras 2.0" in said and "python" not in said
    assert said.count("\n") == 1


def test_a_checkpoint_without_options_is_refused(tmp_path: Path) -> None:
    complete(Options(out=tmp_path, steps=50))
    state = load_state(tmp_path / "checkpoint.npz")
    content = unpacked(state["run"])
    del content["options"]
    save_state(tmp_path / "checkpoint.npz", state | {"run": packed(content)})
    with pytest.raises(UserError, match="not one of this version"):
        common.runs.run_checkpoint.load(tmp_path, "walker")

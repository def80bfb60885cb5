"""Sweeps over seeds and grids: nothing is lost, nothing is done twice, and the row is the same wherever they ran."""

import csv
import importlib.util
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import solve
from benchmarks.parts import chapter_process, result_rows, sweep
from benchmarks.parts.chapter_process import ChapterKilled
from common.errors import UserError
from common.options import parse

import pytest

Train = Callable[..., dict[str, Any]]


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, tuple[str, ...]]]:
    """Results go to a folder of the test; a run takes no time, and what was asked for is remembered."""
    (tmp_path / "benchmarks" / "results").mkdir(parents=True)
    monkeypatch.setattr(result_rows, "ROOT", tmp_path)
    monkeypatch.setattr(solve, "TABLES", tmp_path / "benchmarks" / "results")
    monkeypatch.setattr(solve, "PICTURES", tmp_path)
    monkeypatch.chdir(tmp_path)
    done: list[tuple[int, tuple[str, ...]]] = []
    monkeypatch.setattr(sweep, "train_chapter", lambda *given: done.append((given[1], given[3])) or trained(*given))
    return done


def trained(chapter: str, seed: int, folder: Path, arguments: Sequence[str]) -> dict[str, Any]:
    """What a run of some hundred steps would say and leave."""
    steps = 500 * (seed + 1 + len(arguments))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "progress.csv").write_text(f"steps,evaluation\n{steps},480\n", encoding="utf-8")
    evaluation = {"mean": 480.0 + seed, "std": 1.0, "min": 470.0}
    told = {"seed": seed, "solved": seed != 3, "steps": steps, "episodes": 9, "seconds": 0.5, "startup_seconds": 4.0}
    return told | {"evaluate_every": 500, "target": 475.0, "env": "CartPole-v1", "evaluation": evaluation}


def run(*arguments: str) -> int:
    return solve.main(parse(solve.Options, ["a2c", *arguments]))


def table(name: str = "a2c") -> list[list[str]]:
    with Path("benchmarks", "results", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row[:3] for row in csv.reader(file)][1:]


WHOLE = [["0", "True", "500"], ["1", "True", "1000"], ["2", "True", "1500"], ["3", "False", "2000"]]
ROW = "| a2c | 3/4 | 1,250 | 2,000 | 0.5 | 0.5 | 481.50 |"


@pytest.mark.parametrize("processes", ["1", "3"])
def test_a_row_a_seed_in_their_order(processes: str, asked: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--seeds", "4", "--processes", processes) == 0
    assert table() == WHOLE and capsys.readouterr().out.splitlines()[-1] == ROW
    assert Path("a2c.png").stat().st_size > 1000
    with Path("benchmarks", "results", "a2c-curve.csv").open(encoding="utf-8", newline="") as file:
        assert [float(row["median"]) for row in csv.DictReader(file)] == [480.0] * 4


def fails_once(at: int, error: BaseException, train: Train, times: int = 1) -> Train:
    left = [error] * times

    def fake(chapter: str, seed: int, *more: Any) -> dict[str, Any]:
        if seed == at and left:
            raise left.pop()
        return train(chapter, seed, *more)

    return fake


def test_a_stopped_sweep_goes_on_where_it_was(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table holds what had come in; afterwards it is that of a sweep that was never stopped."""
    monkeypatch.setattr(sweep, "train_chapter", fails_once(2, UserError("power cut"), sweep.train_chapter))
    with pytest.raises(UserError, match="power cut"):
        run("--seeds", "4")
    before = [seed for seed, _ in asked]  # whether 3 was begun before 2 had failed is a matter of luck
    assert before[:2] == [0, 1] and table() == [WHOLE[seed] for seed in before]
    assert run("--seeds", "4") == 0
    said = capsys.readouterr().out
    assert f"{len(before)} of 4 runs were done before this sweep was stopped" in said
    assert said.splitlines()[-1] == ROW and table() == WHOLE
    assert sorted(seed for seed, _ in asked) == [0, 1, 2, 3]
    asked.clear()
    assert run("--seeds", "4") == 0
    assert len(asked) == 4, "one that has ended is measured again"


def test_what_was_done_otherwise_is_not_taken(asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    stops = fails_once(1, UserError("power cut"), sweep.train_chapter, times=9)
    monkeypatch.setattr(sweep, "train_chapter", stops)
    for more in ([], ["--arguments=--hidden 8"]):
        with pytest.raises(UserError, match="power cut"):
            run("--seeds", "2", *more)
    monkeypatch.setattr(sweep, "code", lambda: "other code")
    with pytest.raises(UserError, match="power cut"):
        run("--seeds", "2", "--arguments=--hidden 8")
    assert asked == [(0, ()), (0, ("--hidden", "8")), (0, ("--hidden", "8"))]


def test_a_killed_process_is_started_again(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    train = sweep.train_chapter
    monkeypatch.setattr(sweep, "train_chapter", fails_once(1, ChapterKilled("signal 9"), train, times=4))
    assert run("--seeds", "4") == 0 and capsys.readouterr().out.splitlines()[-1] == ROW
    monkeypatch.setattr(sweep, "train_chapter", fails_once(1, ChapterKilled("signal 9"), train, times=5))
    with pytest.raises(UserError, match="signal 9"):
        run("--seeds", "4")


@pytest.mark.parametrize(("status", "error"), [(-9, ChapterKilled), (2, UserError)])
def test_killed_is_not_failed(status: int, error: type[UserError], monkeypatch: pytest.MonkeyPatch) -> None:
    done = subprocess.CompletedProcess([], status, "", "error: no such option")
    monkeypatch.setattr(chapter_process.subprocess, "run", lambda *given, **more: done)
    with pytest.raises(UserError) as raised:
        chapter_process.train_chapter("a2c", 0, Path("nowhere"))
    assert type(raised.value) is error


def test_a_grid_runs_every_combination_under_a_name_of_its_own(
    asked: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    grid = ("--grid", "learning_rate=1e-3,3e-3", "--grid", "discount=0.9")
    assert run("--seeds", "2", "--label", "tried", *grid) == 0
    ends = [("--learning-rate", rate, "--discount", "0.9") for rate in ("1e-3", "3e-3")]
    assert asked == [(seed, end) for end in ends for seed in (0, 1)]
    names = [f"tried-learning-rate-{rate}-discount-0.9" for rate in ("1e-3", "3e-3")]
    assert [line.split(" | ")[0] for line in capsys.readouterr().out.splitlines()[-2:]] == [f"| {n}" for n in names]
    assert [len(table(name)) for name in names] == [2, 2]


@pytest.mark.parametrize("grid", ["learning_rate", "=1", "learning_rate=", "learning_rate=1e-3,,3e-3"])
def test_a_grid_that_is_none_is_one_line(grid: str, asked: list[Any]) -> None:
    with pytest.raises(UserError, match="is not an option and its values"):
        run("--grid", grid)
    assert not asked


HAS_RAY = importlib.util.find_spec("ray") is not None


@pytest.mark.skipif(HAS_RAY, reason="Ray is installed")
def test_without_ray_one_line_says_how_to_get_it(asked: list[Any]) -> None:
    with pytest.raises(UserError, match=r"^--on needs Ray, .* pip install -r requirements-ray\.txt$"):
        run("--on", "ray")


@pytest.mark.slow
@pytest.mark.skipif(not HAS_RAY, reason="needs Ray: pip install -r requirements-ray.txt")
def test_on_a_cluster_that_loses_a_node_the_row_is_the_same_as_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two nodes with a processor each; one is killed when the first result has come in and the next run has begun."""
    from ray.cluster_utils import Cluster

    (tmp_path / "benchmarks" / "results").mkdir(parents=True)
    monkeypatch.setattr(result_rows, "ROOT", tmp_path)
    monkeypatch.setattr(solve, "TABLES", tmp_path / "benchmarks" / "results")
    monkeypatch.setattr(solve, "PICTURES", tmp_path)
    monkeypatch.chdir(tmp_path)
    short = ("--seeds", "4", "--arguments=--steps 200 --evaluate-every 100 --hidden 4")
    assert run(*short, "--processes", "2") == 0
    here, printed = table(), capsys.readouterr().out.splitlines()[-1]
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    lost = cluster.add_node(num_cpus=1)
    add, came = sweep.Unfinished.add, []

    def kill_after_the_first(*given: Any) -> None:
        add(*given)
        came.append(given[1].seed)
        if len(came) == 1:
            cluster.remove_node(lost, allow_graceful=False)

    monkeypatch.setattr(sweep.Unfinished, "add", kill_after_the_first)
    try:
        assert run(*short, "--on", cluster.address) == 0
    finally:
        cluster.shutdown()
    there, again = table(), capsys.readouterr().out.splitlines()[-1]
    assert there == here and sorted(came) == [0, 1, 2, 3]
    steps = [[line.split(" | ")[part] for part in (0, 1, 2, 3, 6)] for line in (printed, again)]
    assert steps[0] == steps[1], "all but the seconds"

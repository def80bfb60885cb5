"""What the benchmarks compute from their raw tables, and that they know the chapters' options."""

import dataclasses
import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import deep.ddpg
import deep.trpo
from benchmarks import backup, ladder, peers
from benchmarks.ladder import against
from benchmarks.parts import pendulum
from benchmarks.parts.chapter_process import PROCESSOR, ROOT
from benchmarks.parts.peer_settings import our_settings
from common.errors import UserError
from gridworld.backup import LARGE

import pytest


def test_a_ladder_counts_seeds_solved_sooner_and_the_median_ratio() -> None:
    dqn = {0: (True, 1000), 1: (True, 2000), 2: (False, 9000), 3: (True, 500)}
    other = {0: (True, 500), 1: (True, 2000), 2: (True, 9000), 3: (False, 400)}
    assert against(other, dqn)[:2] == (2, pytest.approx(0.9))  # sooner: 0, and 2, which dqn did not solve at all
    assert against(dqn, other)[:2] == (1, pytest.approx(1.125))  # of two runs, one that gave up was not sooner


def test_a_ladder_over_different_seeds_is_refused() -> None:
    with pytest.raises(UserError, match="same ones"):
        against({0: (True, 1)}, {1: (True, 1)})


@pytest.mark.parametrize("chapter", ["dqn", "a2c", "ppo", "ddpg", "td3", "sac"])
def test_the_comparison_with_others_knows_our_options(chapter: str) -> None:
    options = importlib.import_module(f"deep.{chapter}").Options(learning_rate=0.125, discount=0.75)
    settings = our_settings(chapter, dataclasses.asdict(options))
    assert settings["optimiser"] == "Adam, 0.125" and settings["discount"] == "0.75"


def test_the_comparison_of_trpo_knows_its_options() -> None:
    settings = our_settings("trpo", dataclasses.asdict(deep.trpo.Options(delta=0.125, critic_learning_rate=0.25)))
    assert settings["KL divergence at most"] == "0.125" and settings["value's optimiser"] == "Adam, 0.25"
    assert "optimiser" not in settings


def test_the_comparison_alternates_and_learns_early_where_10_000_random_steps_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each seed: ours once, theirs as RL Zoo has it, theirs from 500 steps on, all with the same limit and cadence."""
    ran: list[tuple[object, ...]] = []
    options = dataclasses.asdict(deep.ddpg.Options(steps=20_000))

    def train(algorithm: str, seed: int, folder: Path, arguments: tuple[str, ...], clock: str) -> dict[str, object]:
        ran.append((algorithm, seed, *arguments, clock))
        folder.mkdir(parents=True)
        (folder / "options.json").write_text(json.dumps({"options": options}, default=str), encoding="utf-8")
        return {"solved": True, "steps": 2500, "seconds": 2.0 + seed, "evaluate_every": 500}

    def theirs(variant: str, seed: int, every: int, limit: int, clock: str) -> dict[str, object]:
        ran.append((variant, seed, every, limit, clock))
        settings = our_settings("ddpg", options) | {"tau": "0.125", "learning starts": variant}
        seconds = {"seconds": 40.0 + seed, "evaluation_seconds": 10.0}
        return {"solved": seed == 0, "steps": 9000, **seconds, "settings": settings}

    monkeypatch.setattr(peers, "train_chapter", train)
    monkeypatch.setattr(peers, "their_process", theirs)
    peers.main(peers.Options(algorithms=("ddpg",), seeds=2, runs=tmp_path / "runs", tables=tmp_path))
    assert ran == [
        each
        for seed in (0, 1)
        for each in (
            ("ddpg", seed, "--steps", "20000", "wall"),
            ("ddpg", seed, 500, 20_000, "wall"),
            ("ddpg-early", seed, 500, 20_000, "wall"),
        )
    ]
    printed = capsys.readouterr().out
    for variant in ("ddpg", "ddpg-early"):
        assert f"\n| {variant} | 2/2 | 2.5 | 2,500 | 1/2 | 40.5 | 9,000 | 16.2 |\n" in printed
        assert f"\n{variant} 12.2\n" in printed
        assert (tmp_path / f"peers-{variant}.csv").read_text(encoding="utf-8").count("\n") == 3
    assert "Pendulum-v1, its own reward, 20,000 steps at most" in printed
    assert "\n| tau | 0.01 | 0.125 | 0.125 |\n| learning starts | 500 | ddpg | ddpg-early |\n" in printed


def test_on_the_processors_clock_a_script_that_waits_takes_no_time(tmp_path: Path) -> None:
    script = tmp_path / "waits.py"
    script.write_text(
        "import sys, time\nbegan = time.perf_counter()\ntime.sleep(0.5)\n"
        "print(time.perf_counter() - began, *sys.argv[1:])\n"
    )
    done = subprocess.run([sys.executable, "-c", PROCESSOR, str(script), "--seed", "1"], capture_output=True, text=True)
    seconds, *arguments = done.stdout.split()
    assert float(seconds) < 0.4 and arguments == ["--seed", "1"]


def test_solve_writes_a_row_a_seed_in_their_order_when_seeds_run_side_by_side(tmp_path: Path) -> None:
    """In a copy of the course, for it writes beside itself."""
    for folder in ("benchmarks", "common", "deep", "gridworld"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("results", "images"))
    arguments = "--steps 200 --evaluate-every 100 --hidden 4"
    command = [sys.executable, "benchmarks/solve.py", "actor_critic", "--seeds", "3", "--processes", "2"]
    done = subprocess.run(
        [*command, "--label", "quick", f"--arguments={arguments}"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    table = (tmp_path / "benchmarks" / "results" / "quick.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[:3] for line in table[1:]] == [[str(seed), "False", "200"] for seed in range(3)]
    assert "| quick | 0/3 | 200 | 200 |" in done.stdout


def test_the_ladder_prints_a_row_a_chapter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ladder.main(ladder.Options(table=tmp_path / "ladder.csv", picture=tmp_path / "ladder.png"))
    printed = capsys.readouterr().out.splitlines()
    columns = printed[0].count("|")
    assert "sooner than dqn" in printed[0] and all(line.count("|") == columns for line in printed[:7])
    written = (tmp_path / "ladder.csv").read_text(encoding="utf-8")
    assert written == (ROOT / "benchmarks" / "results" / "ladder.csv").read_text(encoding="utf-8")
    assert (tmp_path / "ladder.png").stat().st_size > 10_000


def test_the_backup_of_a_large_map_is_the_quicker_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With slip, at every size at which gridworld/backup.py is used."""
    monkeypatch.setattr(backup, "SECONDS", 0.05)
    backup.main(backup.Options(sizes=(round(LARGE**0.5), 40)))
    first, *rows = capsys.readouterr().out.splitlines()
    assert f"from {LARGE} states on" in first
    assert [row.split(" states")[0].strip() for row in rows] == ["100", "1,600"]
    assert all(float(row.split("ratio")[1]) > 1 for row in rows)


def test_pendulum_prints_a_row_for_each_raw_table_and_draws_them_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `python benchmarks/parts/pendulum.py` does."""
    pendulum.main(pendulum.Options(picture=tmp_path / "pendulum.png"))
    rows = capsys.readouterr().out.splitlines()[2:]
    assert [line.split("|")[1].strip() for line in rows] == pendulum.measured()
    assert {"ppo-pendulum", "ddpg"} <= set(pendulum.measured())
    assert (tmp_path / "pendulum.png").stat().st_size > 10_000

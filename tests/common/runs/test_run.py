"""A run around a loop: counting, the verdict, Ctrl-C, resuming, faults. No TensorFlow: the agent is a small table."""

import csv
import json
import os
import signal
from pathlib import Path
from typing import Any

import tests.common.environments.odd_environments as odd
from common.errors import UserError
from common.interrupt import ASKING_TO_END
from common.networks.weights import load_networks
from common.runs.evaluation import Evaluation
from common.runs.run import Run
from tests.common.runs.walker import GOOD, Options, Walker, complete, summary, train

import numpy as np
import pytest


def test_a_solved_run_stops_and_saves_exactly_the_weights_of_the_verdict(tmp_path: Path) -> None:
    status, _, _ = complete(Options(out=tmp_path), solves_at=120)
    verdict = summary(tmp_path)
    assert status == 0 and verdict["solved"] and verdict["steps"] == 150, "the first evaluation after step 120"
    assert verdict["evaluation"] == {"episodes": 100, "mean": 500.0, "std": 0.0, "min": 500.0}
    weights = load_networks(tmp_path / "walker.weights.h5").networks["q"].weights
    assert np.array_equal(weights[0][:, 1], GOOD)
    expected = {"chapter", "env", "seed", "solved", "steps", "episodes", "seconds", "evaluation", "weights", "command"}
    assert expected <= set(verdict)
    names = {"options.json", "progress.csv", "episodes.csv", "curve.png", "walker.weights.h5", "summary.json"}
    names.add("curve-epsilon.png")  # a number that one of its options bounds
    assert names <= {file.name for file in tmp_path.iterdir()}
    with (tmp_path / "progress.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["steps"] for row in rows] == ["50", "100", "150"] and rows[-1]["epsilon"] == "0.5"


def test_out_of_steps_is_judged_by_the_best_weights(tmp_path: Path) -> None:
    status, _, _ = complete(Options(out=tmp_path))
    verdict = summary(tmp_path)
    assert status == 0 and not verdict["solved"] and verdict["steps"] == 400
    assert verdict["evaluation"]["episodes"] == 100


@pytest.mark.parametrize("solves_at", [120, 10**9])
def test_the_number_that_is_reported_is_of_episodes_that_decided_nothing(
    solves_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every evaluation plays episodes of its own, and the last one nobody has looked at before."""
    played: list[tuple[int, int]] = []

    def returns(evaluation: Evaluation, policy: object, episodes: int, seed: int) -> np.ndarray:
        played.append((episodes, seed))
        return np.full(episodes, 500.0 if solves_at < 400 and len(played) >= 3 else len(played))

    monkeypatch.setattr(Evaluation, "returns", returns)
    complete(Options(out=tmp_path), solves_at=solves_at)
    assert played[-1][0] == 100 and len(set(played)) == len(played)
    assert summary(tmp_path)["evaluation"]["mean"] == (500 if solves_at < 400 else len(played))


@pytest.mark.parametrize("number", [signal.SIGINT, *ASKING_TO_END])
def test_ctrl_c_saves_the_best_and_ends_with_130(number: int, tmp_path: Path) -> None:
    """So do a scheduler that ends the job and a terminal that is closed."""
    before = signal.getsignal(number)
    status, _, _ = complete(Options(out=tmp_path), interrupt_at=130, number=number)
    assert status == 130 and signal.getsignal(number) == before
    verdict = summary(tmp_path)
    assert verdict["interrupted"] and verdict["steps"] == 130
    assert (tmp_path / "walker.weights.h5").exists() and (tmp_path / "curve.png").exists()


def test_ctrl_c_during_the_last_evaluation_still_saves_everything(tmp_path: Path) -> None:
    run = Run("walker", Options(out=tmp_path))
    env = run.environment()
    agent = Walker(run)
    run.begin(agent)
    train(run, agent, env)
    evaluate = run.evaluation.returns
    run.evaluation.returns = lambda *all_of: (os.kill(os.getpid(), signal.SIGINT), evaluate(*all_of))[1]
    assert run.finish() == 130
    assert summary(tmp_path)["evaluation"]["episodes"] == 100


@pytest.mark.parametrize("stop", ["steps", "ctrl-c"])
def test_resumed_equals_uninterrupted(tmp_path: Path, stop: str) -> None:
    """Stopped in the middle of an episode, between two evaluations."""
    _, whole, states = complete(Options(out=tmp_path / "whole"))
    part = tmp_path / "part"
    if stop == "steps":
        _, _, first = complete(Options(out=part, steps=137))
    else:
        _, _, first = complete(Options(out=part), interrupt_at=137)
    _, resumed, second = complete(Options(resume=part))
    assert np.array_equal(states, first + second)
    assert resumed.progress.scores == whole.progress.scores
    assert np.array_equal(resumed.agent.weights()[0], whole.agent.weights()[0])
    files = [load_networks(folder / "walker.weights.h5") for folder in (tmp_path / "whole", part)]
    saved = [file.networks["q"].weights[0] for file in files]
    assert np.array_equal(*saved), "the best weights are those of the evaluations that an unbroken run makes"


def test_what_a_resumed_run_may_not_change(tmp_path: Path) -> None:
    complete(Options(out=tmp_path / "run", steps=100, learning_rate=0.3, seed=4))
    assert Run("walker", Options(resume=tmp_path / "run")).options.learning_rate == 0.3
    assert Run("walker", Options(resume=tmp_path / "run", seed=4)).options.seed == 4
    with pytest.raises(UserError, match=r"--learning-rate is 0\.2, but the run .* has 0\.3"):
        Run("walker", Options(resume=tmp_path / "run", learning_rate=0.2))
    with pytest.raises(UserError, match="give --steps more"):
        complete(Options(resume=tmp_path / "run", steps=100))
    with pytest.raises(UserError, match="--resume needs"):
        Run("walker", Options(resume=tmp_path / "nothing"))
    complete(Options(out=tmp_path / "solved"), solves_at=1)
    with pytest.raises(UserError, match="nothing left to do"):
        complete(Options(resume=tmp_path / "solved"))


def test_the_environments_settings_are_written_down_and_resumed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Five steps an episode, in training and evaluation; one environment or several."""
    settings = ("max_episode_steps=5",)
    _, run, _ = complete(Options(out=tmp_path, steps=100, env_arg=settings))
    assert set(run.progress.scores) == {5.0} and summary(tmp_path)["evaluation"]["mean"] == 5.0
    assert "--env-arg max_episode_steps=5" in capsys.readouterr().out.splitlines()[-1]
    assert json.loads((tmp_path / "options.json").read_text(encoding="utf-8"))["options"]["env_arg"] == list(settings)
    _, resumed, _ = complete(Options(resume=tmp_path, steps=200))
    assert resumed.options.env_arg == settings and set(resumed.progress.scores) == {5.0}
    envs = Run("walker", Options(out=tmp_path / "several", env_arg=settings)).environments(3)
    envs.reset()
    assert [envs.step(np.zeros(3, int))[3].all() for _ in range(5)] == [False] * 4 + [True]
    with pytest.raises(UserError, match=r"--env-arg is .*, but the run in"):
        Run("walker", Options(resume=tmp_path, env_arg=("max_episode_steps=6",)))


def test_without_a_threshold_a_run_is_finished_and_not_unsolved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = odd.registered(odd.Plain)
    complete(Options(out=tmp_path, steps=100, env=name))
    line = capsys.readouterr().out.splitlines()[-2]
    assert line.startswith(f"finished: {name}, 100 steps") and "mean return 3.00 over 100 greedy episodes" in line


def test_the_lectures_rule_stops_on_training_scores(tmp_path: Path) -> None:
    _, run, _ = complete(Options(out=tmp_path, stop_score=5.0))
    assert len(run.progress.scores) == 10 and not run.solved, "ten episodes of chance last longer than five steps"


def test_weights_that_are_not_numbers_end_the_run(tmp_path: Path) -> None:
    class Diverging(Walker):
        def learn(self, step: int) -> None:
            self.kernel[:] = np.nan

    run = Run("walker", Options(out=tmp_path))
    env = run.environment()
    agent = Diverging(run)
    run.begin(agent)
    with pytest.raises(UserError, match="lower --learning-rate"):
        train(run, agent, env)


def test_options_out_of_range_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    bad: list[dict[str, Any]] = [
        {"seed": -1},
        {"steps": 0},
        {"evaluate_every": 0},
        {"episodes": 0},
        {"env": "CartPole-v9"},
        {"out": tmp_path / "file"},
        {"out": tmp_path / "file" / "deeper"},
        {"record": tmp_path / "film.avi"},
        {"tensorboard": tmp_path / "file"},
        {"weights": tmp_path / "file"},
    ]
    for settings in bad:
        with pytest.raises(UserError) as error:
            Run("walker", Options(**settings))
        assert "\n" not in str(error.value)

"""The policy-gradient chapters as scripts: a stopped run resumed, the same seed, demos, bad input."""

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from common.options import UserError, parse
from common.results import read_json
from common.weights import Weights, digest
from deep import a2c, actor_critic, policy_gradient, q_actor_critic, reinforce, reinforce_baseline

CHAPTERS = [policy_gradient, reinforce, reinforce_baseline, actor_critic, q_actor_critic, a2c]
EPISODIC = [policy_gradient, reinforce, reinforce_baseline]


def run(chapter: ModuleType, folder: Path, steps: int, *arguments: str) -> dict[str, Any]:
    """Train for some steps; returns the digest of everything the agent is afterwards, and the summary."""
    command = ["--headless", "--steps", str(steps), "--evaluate-every", "400", *arguments]
    assert chapter.main(parse(chapter.Options, [*command, "--out", str(folder)])) == 0
    with np.load(folder / "checkpoint.npz") as checkpoint:
        parts: Weights = [checkpoint[name] for name in sorted(checkpoint.files) if name.startswith("agent/")]
        numbers = [part for part in parts if part.dtype.kind == "f"]
    return {"digest": digest(numbers)} | read_json(folder / "summary.json")


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.CHAPTER)
def test_the_same_seed_gives_the_same_agent_bit_for_bit_stopped_or_not(chapter: ModuleType, tmp_path: Path) -> None:
    """800 steps at once, or 500 and then 300 more: the same weights, moments and memories."""
    straight = run(chapter, tmp_path / "straight", 800)
    run(chapter, tmp_path / "stopped", 500)
    resumed = run(chapter, tmp_path / "resumed", 800, "--resume", str(tmp_path / "stopped"))
    assert resumed["digest"] == straight["digest"]
    assert (resumed["steps"], resumed["episodes"]) == (straight["steps"], straight["episodes"]) != (0, 0)


def test_another_seed_gives_another_agent(tmp_path: Path) -> None:
    first, second = (run(a2c, tmp_path / str(seed), 200, "--seed", str(seed)) for seed in (0, 1))
    assert first["digest"] != second["digest"]


@pytest.mark.parametrize("arguments", [(), ("--shared", "--environments", "1", "--rollout", "10")])
def test_a_run_leaves_weights_that_its_demo_plays(
    arguments: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = run(a2c, tmp_path, 200, *arguments)
    shared = [part for part in arguments if part == "--shared"]
    demo = ["--demo", "--headless", "--episodes", "2", "--weights", summary["weights"], *shared]
    a2c.main(parse(a2c.Options, demo))
    assert "mean return" in capsys.readouterr().out


def test_continuous_actions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    summary = run(a2c, tmp_path, 400, "--env", "Pendulum-v1")
    assert -2000 < summary["evaluation"]["mean"] < 0
    demo = ["--demo", "--env", "Pendulum-v1", "--headless", "--episodes", "1", "--weights", summary["weights"]]
    a2c.main(parse(a2c.Options, demo))
    assert "episode 1: return -" in capsys.readouterr().out


def test_a_film_shows_probabilities_and_the_value(tmp_path: Path) -> None:
    summary = run(actor_critic, tmp_path, 60)
    film = tmp_path / "film.png"
    demo = ["--demo", "--headless", "--episodes", "1", "--weights", summary["weights"], "--record", str(film)]
    actor_critic.main(parse(actor_critic.Options, demo))
    assert film.stat().st_size > 1000
    thought = actor_critic.Agent.player([np.zeros((4, 2)), np.zeros(2), np.zeros((4, 1)), np.ones(1)]).thought(
        np.zeros(4)
    )
    assert thought.title == "probabilities" and thought.value == 1.0
    np.testing.assert_allclose(thought.numbers, [0.5, 0.5])


BAD = {
    "--learning-rate 0": "--learning-rate is 0",
    "--discount 1.5": "--discount is 1.5",
    "--discount nan": "--discount is nan",
    "--hidden 0": "--hidden is 0",
    "--env CartPole-v7": "CartPole-v1",
    "--resume nothing": "cannot read",
    "--demo --weights none.weights.h5": "there are no weights",
    "--demo --env Acrobot-v1": "this network needs",
}


@pytest.mark.parametrize("command", BAD)
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.CHAPTER)
def test_bad_input_is_one_line(
    chapter: ModuleType, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as error:
        chapter.main(parse(chapter.Options, command.split()))
    assert BAD[command] in str(error.value) and "\n" not in str(error.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("chapter", CHAPTERS[:-1], ids=lambda chapter: chapter.CHAPTER)
def test_continuous_actions_are_for_a2c(chapter: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"continuous actions: use deep/a2c\.py"):
        chapter.main(parse(chapter.Options, ["--env", "Pendulum-v1", "--out", str(tmp_path)]))


@pytest.mark.parametrize("chapter", EPISODIC, ids=lambda chapter: chapter.CHAPTER)
def test_no_episode_an_update_is_refused(chapter: ModuleType) -> None:
    with pytest.raises(UserError, match="--episodes-per-update is 0"):
        chapter.main(parse(chapter.Options, ["--episodes-per-update", "0"]))


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.CHAPTER)
def test_cartpole_is_solved(chapter: ModuleType, tmp_path: Path) -> None:
    assert chapter.main(parse(chapter.Options, ["--headless", "--out", str(tmp_path)])) == 0
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert summary["solved"] and summary["evaluation"]["mean"] >= 475


@pytest.mark.slow
def test_reinforce_learns_to_cross_between_the_obstacles(tmp_path: Path) -> None:
    settings = ["--discount", "0.99", "--learning-rate", "0.0005", "--episodes-per-update", "16", "--hidden", "256"]
    run(reinforce, tmp_path, 80_000, "--env", "gridworld:MovingObstacles-v0", *settings, "--evaluate-every", "1000")
    assert read_json(tmp_path / "summary.json")["evaluation"]["mean"] >= 0.99

"""Learners: who is handed what, those that die, the checkpoint, and the places where they run."""

import functools
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import deep.a3c
from benchmarks.parts.chapter_process import ROOT, one_thread
from common.errors import UserError
from common.networks.weights import load_networks
from common.options import parse
from common.runs.results import read_json
from deep.a3c import A3C, Options
from deep.parts.launch import _make, start
from deep.parts.lazy import keras
from deep.parts.learners import run as learners_run
from deep.parts.learners.learner import Learner, Work
from deep.parts.learners.on_ray import RayActors
from deep.parts.learners.team import Learners
from deep.parts.learners.transport import InTurn, LearnerLost
from tests.deep.asynchronous.team import in_turn
from tests.deep.worlds import Counter, Steps

import gymnasium as gym
import numpy as np
import pytest


class Told:
    """A learner that hands in the weights it was given, and scores."""

    def __init__(self, index: int) -> None:
        self.index, self.begun_with = index, None

    def begin(self, state: Any) -> None:
        self.begun_with = state

    def work(self, weights: list[np.ndarray]) -> Work:
        return Work(weights[0], {"index": float(self.index)}, [10.0 * self.index])

    def state(self) -> dict[str, np.ndarray]:
        return {"index": np.array(self.index)}


class Dying(InTurn):
    """Learner 1 dies at its third call."""

    def receive(self) -> tuple[int, Any]:
        learner, *_ = self._asked[0]
        self.calls = getattr(self, "calls", 0) + (learner == 1)
        if learner == 1 and self.calls > 2:
            self._asked.pop(0)
            raise LearnerLost(1, "died: signal 9")
        return super().receive()


def team(kind: type[InTurn] = InTurn, count: int = 3) -> tuple[Learners, list[float]]:
    scores: list[float] = []
    made = Learners(kind([Told(index) for index in range(count)]), count, scores.append)
    return made, scores


def test_who_hands_in_a_gradient_gets_the_weights_of_that_moment() -> None:
    """The weights are a number that grows with every update: learner 0 works with 0, then with 1, then with 4 ..."""
    learners, scores = team()
    learners.begin()
    worked_with = []
    for turn in range(7):
        learners.hand_out([np.float32([turn])])
        gradient, numbers = learners.first()
        worked_with.append((int(numbers["index"]), int(gradient[0])))
    assert worked_with == [(0, 0), (1, 0), (2, 0), (0, 1), (1, 2), (2, 3), (0, 4)]
    assert scores == [0.0, 10.0, 20.0, 0.0, 10.0, 20.0, 0.0]


class Clock(InTurn):
    """A learner's work takes as many hours as it says here."""

    hours, now = (10, 1, 1), 0

    def ask(self, learner: int, method: str, *arguments: Any) -> None:
        ends = self.now + (self.hours[learner] if method == "work" else 0)
        self._asked.append((ends, learner, method, arguments))  # type: ignore[arg-type]
        self._asked.sort(key=lambda asked: asked[:2])

    def receive(self) -> tuple[int, Any]:
        self.now, *asked = self._asked.pop(0)  # type: ignore[assignment]
        self._asked.insert(0, tuple(asked))  # type: ignore[arg-type]
        return super().receive()


def test_with_a_slow_learner_the_mean_age_is_the_same() -> None:
    """Three learners: 2. In ten hours the slow one hands in once, at the age of 20, the others ten times each."""
    learners, _ = team(Clock)
    learners.begin()
    ages: dict[int, list[int]] = {0: [], 1: [], 2: []}
    for turn in range(21 * 20):
        learners.hand_out([np.float32([turn])])
        gradient, numbers = learners.first()
        ages[int(numbers["index"])].append(turn - int(gradient[0]))
    assert ages[0][1:] == [20] * (len(ages[0]) - 1)
    assert np.mean(ages[1] + ages[2]) == pytest.approx(1.1, abs=0.02)
    assert np.mean(ages[0] + ages[1] + ages[2]) == pytest.approx(2.0, abs=0.02)
    assert numbers["age"] == pytest.approx(2.0, abs=0.1)


def test_what_is_on_its_way_is_in_the_checkpoint_and_the_order_goes_on() -> None:
    """Three gradients are computed, one is applied, two wait: stopped here, they arrive after the resumption."""
    learners, _ = team()
    learners.begin()
    learners.hand_out([np.float32([0])])
    learners.first()
    state = learners.state()
    again, _ = team()
    again.restore(state)
    again.begin()
    begun = [each.begun_with for each in again._transport._learners]  # type: ignore[attr-defined]
    assert [int(each["index"]) for each in begun] == [0, 1, 2]
    for each in (learners, again):
        arrived = []
        for turn in range(1, 5):
            each.hand_out([np.float32([turn])])
            gradient, numbers = each.first()
            arrived.append((int(numbers["index"]), int(gradient[0]), round(numbers["age"], 6)))
        assert arrived == [(1, 0, 0.5), (2, 0, 1.0), (0, 1, 1.25), (1, 2, 1.4)]


def test_one_that_dies_ends_the_work_and_the_others_are_still_in_the_checkpoint() -> None:
    learners, _ = team(Dying)
    learners.begin()
    with pytest.raises(LearnerLost, match="learner 1 died: signal 9"):
        for turn in range(9):
            learners.hand_out([np.float32([turn])])
            learners.first()
    state = learners.state()
    again, _ = team()
    again.restore(state)
    again.begin()
    begun = [each.begun_with for each in again._transport._learners]  # type: ignore[attr-defined]
    assert [int(each["index"]) if each else None for each in begun] == [0, None, 2], "it begins anew"
    again.hand_out([np.float32([9])])
    assert sorted(again._free) == []


def test_learners_are_in_different_parts_of_the_world() -> None:
    """Each draws its episodes and its actions from a generator of its own; the first one as A2C does."""

    class Agent:
        def __init__(self, env: Any, generator: np.random.Generator) -> None:
            self.generator = generator

    draws, states = [], []
    for index in (0, 1, 2, 0):
        learner = Learner(Agent, Options(seed=4), index)
        learner.begin({})
        draws.append(learner._agent.generator.random())
        states.append(learner._states)
    assert len(set(draws)) == 3 and draws[0] == draws[3] == np.random.default_rng([4, 1]).random()
    assert states[0].shape == (4, 4) and np.array_equal(states[0], states[3])
    assert not np.array_equal(states[0], states[1]) and not np.array_equal(states[1], states[2])


def run(folder: Path, *arguments: str) -> int:
    command = ["--headless", "--out", str(folder), *arguments]
    return start("a3c", parse(Options, command), A3C, deep.a3c.train)


def test_what_was_learned_is_saved_when_a_learner_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = learners_run.transport
    monkeypatch.setattr(learners_run, "transport", lambda *given: Dying(made(*given)._learners))  # type: ignore[attr-defined]
    with pytest.raises(UserError, match=r"^learner 1 died: signal 9; what was learned is saved, go on with --resume"):
        run(tmp_path / "run", "--in-turn", "--steps", "2000", "--evaluate-every", "64")
    summary = read_json(tmp_path / "run" / "summary.json")
    assert summary["interrupted"] and 64 <= summary["steps"] < 2000
    assert load_networks(tmp_path / "run" / "a3c.weights.h5").networks.keys() == {"policy", "value"}
    monkeypatch.undo()
    resume = ("--resume", str(tmp_path / "run"), "--steps", str(summary["steps"] + 64))
    assert run(tmp_path / "run", *resume) == 0
    assert read_json(tmp_path / "run" / "summary.json")["steps"] == summary["steps"] + 64


@pytest.mark.skipif(importlib.util.find_spec("ray") is not None, reason="Ray is installed")
def test_without_ray_one_line_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^--ray needs Ray, .* pip install -r requirements-ray\.txt$"):
        run(tmp_path / "run", "--ray", "local")
    assert not (tmp_path / "run").exists()


def test_in_turn_the_same_seed_gives_the_same_weights() -> None:
    learned = []
    for _ in range(2):
        keras.utils.set_random_seed(0)
        agent = A3C(2, 2, Options(hidden=(), learners=2, rollout=4, environments=2), np.random.default_rng(1))
        learners = in_turn(agent, lambda: gym.vector.SyncVectorEnv([lambda: Counter(7, True)] * 2))
        deep.a3c.train(learners, agent, Steps(5))  # type: ignore[arg-type]  # a run in short
        learned.append(agent.weights())
    assert all(np.array_equal(a, b) for a, b in zip(*learned, strict=True))


def begun(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    """The chapter as a script in the folder, with its results in `run`."""
    command = [sys.executable, str(ROOT / "deep" / "a3c.py"), "--headless", "--out", "run", *arguments]
    return subprocess.Popen(
        command, cwd=folder, env=one_thread(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_for(file: Path, process: "subprocess.Popen[str]") -> None:
    while not file.exists() and process.poll() is None:
        time.sleep(0.02)


def children(process: int) -> list[int]:
    """The learners' processes: those that serve, not the one that keeps count of what they share."""
    listed = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    return [int(each) for each in listed if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="asks Linux for the children of a process")
def test_a_learner_that_is_killed_ends_the_script_with_one_line_and_leaves_no_process(tmp_path: Path) -> None:
    process = begun(tmp_path, "--learners", "1", "--evaluate-every", "64", "--steps", "1000000", "--hidden", "2")
    wait_for(tmp_path / "run" / "a3c.weights.h5", process)
    [learner] = children(process.pid)
    os.kill(learner, signal.SIGKILL)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 2
    line = said.splitlines()[-1]
    assert line.startswith(f"error: learner 0 (process {learner}) died: signal 9; what was learned is saved, go on")
    assert said.count("\n") == 2 and said.startswith("Loading TensorFlow"), "once, and not for every learner"
    assert {"summary.json", "checkpoint.npz"} <= {path.name for path in (tmp_path / "run").iterdir()}
    assert not Path(f"/proc/{learner}").exists()


def arrays(folder: Path) -> dict[str, np.ndarray]:
    with np.load(folder / "checkpoint.npz") as file:
        return {name: file[name] for name in file.files if name != "run"}


@pytest.mark.slow
def test_one_process_is_bit_for_bit_the_learner_in_turn_also_when_it_is_stopped(tmp_path: Path) -> None:
    """Ctrl-C goes to every process of the terminal; the learners leave it to the script."""
    steps = ["--steps", "3200", "--evaluate-every", "640"]
    run(tmp_path / "turn", "--in-turn", "--learners", "1", *steps)
    command = [sys.executable, str(ROOT / "deep" / "a3c.py"), "--headless", "--out", "run", "--learners", "1", *steps]
    process = subprocess.Popen(command, cwd=tmp_path, env=one_thread(), start_new_session=True)
    wait_for(tmp_path / "run" / "a3c.weights.h5", process)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=120) == 130
    stopped = read_json(tmp_path / "run" / "summary.json")
    assert stopped["interrupted"] and stopped["steps"] < 3200
    again = begun(tmp_path, "--resume", "run", *steps[:2])
    _, said = again.communicate(timeout=300)
    assert again.returncode == 0, said
    one, other = arrays(tmp_path / "turn"), arrays(tmp_path / "run")
    assert one.keys() == other.keys()
    assert [name for name in one if not np.array_equal(one[name], other[name])] == []
    assert json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))["steps"] == 3200


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs Ray: pip install -r requirements-ray.txt")
def test_actors_of_ray_are_the_same_learners_and_one_that_dies_ends_the_run(tmp_path: Path) -> None:
    """One alone hands in the same gradients as in turn, bit for bit."""
    steps = ["--steps", "640", "--evaluate-every", "320"]
    run(tmp_path / "turn", "--in-turn", "--learners", "1", *steps)
    assert run(tmp_path / "ray", "--ray", "local", "--learners", "1", *steps) == 0
    one, other = (arrays(tmp_path / name) for name in ("turn", "ray"))
    assert [name for name in one if not np.array_equal(one[name], other[name])] == []
    options = parse(Options, ["--learners", "2", "--hidden", "2"])
    actors = RayActors(functools.partial(_make, A3C, options), options, 2, "local")
    with Learners(actors, 2, lambda score: None) as learners:
        learners.begin()
        actors._ray.kill(actors._actors[1])
        weights = [np.zeros(shape, np.float32) for shape in [(4, 2), (2,), (2, 2), (2,), (4, 2), (2,), (2, 1), (1,)]]
        with pytest.raises(LearnerLost, match="learner 1 died"):
            for _ in range(3):
                learners.hand_out(weights)
                learners.first()
        assert [name for name in learners.state() if name.startswith("learner-1")] == []

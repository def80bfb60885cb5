"""Every chapter: resumed bit for bit, its options in bounds, the loop's treatment of ends; a student's own network."""

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.parts.chapter_process import ROOT, deep_chapters, one_thread
from common.errors import UserError
from common.networks.weights import load_networks
from common.options import parse
from common.runs.checkpoint import load_state
from common.runs.evaluation import Evaluation
from common.runs.results import ResultsFolder, read_json
from deep.dqn import DQN
from deep.parts.agent import Agent
from deep.parts.launch import start
from deep.parts.lazy import keras
from deep.reinforce import Reinforce

import numpy as np
import pytest

MODULES = {name: importlib.import_module(f"deep.{name}") for name in deep_chapters()}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the drawing of curves, and with a verdict over 10 episodes: other tests are about those."""
    monkeypatch.setattr(ResultsFolder, "save_progress", lambda self, *arguments: None)
    monkeypatch.setattr(Evaluation.__init__, "__kwdefaults__", {"target": None, "episodes": 10})


def agent_of(module: ModuleType) -> type[Agent]:
    """The agent that the chapter itself defines."""
    [found] = [
        each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__
        and issubclass(each, Agent)
    ]  # fmt: skip
    return found


def run(chapter: str, folder: Path, steps: int, *arguments: str, agent: type[Agent] | None = None) -> dict[str, Any]:
    """Train for some steps; returns the summary."""
    module = MODULES[chapter]
    command = ["--headless", "--steps", str(steps), "--evaluate-every", "150", "--out", str(folder), *arguments]
    known = vars(module.Options())
    command += ["--learning-starts", "64", "--learn-every", "16"] if "learning_starts" in known else []
    command += ["--target-every", "48"] if "target_every" in known else []
    command += ["--in-turn", "--rollout", "5"] if "in_turn" in known else []
    assert start(chapter, parse(module.Options, command), agent or agent_of(module), module.train) == 0
    return read_json(folder / "summary.json")


def same_state(left: Path, right: Path) -> list[str]:
    """The names of the arrays in two checkpoints that differ; the run's own line holds its seconds."""
    first, second = (load_state(folder / "checkpoint.npz") for folder in (left, right))
    names = [name for name in [*first, *(second.keys() - first.keys())] if name != "run"]
    return [name for name in names if not np.array_equal(first.get(name), second.get(name))]


SOON = ["a2c", "prioritised_dqn", "reinforce_baseline"]  # several environments, a replay memory, episodes
LATER = [pytest.param(name, marks=pytest.mark.slow) for name in MODULES if name not in SOON]


@pytest.mark.parametrize("chapter", [*SOON, *LATER])
def test_stopped_and_resumed_is_bit_for_bit_the_same(
    chapter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same weights, moments, memories, generators and episodes; nothing is solved by chance so early."""
    monkeypatch.setattr(Evaluation, "solves", lambda self, scores: False)
    straight = run(chapter, tmp_path / "straight", 304)
    run(chapter, tmp_path / "stopped", 172)
    resumed = run(chapter, tmp_path / "resumed", 304, "--resume", str(tmp_path / "stopped"))
    assert same_state(tmp_path / "straight", tmp_path / "resumed") == []
    assert (resumed["steps"], resumed["episodes"]) == (straight["steps"], straight["episodes"])
    assert same_state(tmp_path / "straight", tmp_path / "stopped"), "it went on learning"


def test_another_seed_gives_another_agent(tmp_path: Path) -> None:
    for seed in (0, 1):
        run("a2c", tmp_path / str(seed), 100, "--seed", str(seed))
    assert "agent/actor/0" in same_state(tmp_path / "0", tmp_path / "1")


OTHERWISE = {"n_step_dqn": "--n-step 7", "deep_sarsa": "--env CartPole-v1 --learn-every 50",
             "ppo": "--env Pendulum-v1 --normalise --rollout 12"}  # fmt: skip


@pytest.mark.parametrize("chapter", [*OTHERWISE, pytest.param("trpo", marks=pytest.mark.slow)])
def test_the_same_with_other_settings(chapter: str, tmp_path: Path) -> None:
    """Stopped in the middle of what is kept between two updates."""
    more = OTHERWISE.get(chapter, OTHERWISE["ppo"]).split()
    run(chapter, tmp_path / "straight", 260, *more)
    run(chapter, tmp_path / "stopped", 131, *more)
    run(chapter, tmp_path / "resumed", 260, "--resume", str(tmp_path / "stopped"), *more)
    assert same_state(tmp_path / "straight", tmp_path / "resumed") == []


def test_a_type_that_cannot_be_resumed_is_named_before_the_run_starts(tmp_path: Path) -> None:
    class Collector(DQN):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            self.seen: set[int] = set()

    with pytest.raises(UserError, match=r"Collector\.seen holds a set"):
        run("dqn", tmp_path / "run", 50, agent=Collector)
    assert not (tmp_path / "run").exists()


BAD = {
    "--learning-rate 0": "--learning-rate",  # it is 0, or there is none
    "--learning-rate nan": "--learning-rate",
    "--discount 1.5": "--discount is 1.5",
    "--discount nan": "--discount is nan",
    "--hidden 0": "--hidden is 0",
    "--steps 0": "--steps is 0",
    "--seed -1": "--seed is -1",
    "--env CartPole-v7": "CartPole-v1",
    "--resume nothing": "--resume needs",
    "--demo --weights none.weights.h5": "there are no weights",
    "--weights some.weights.h5": "add --demo",
    "--record film.avi": "film.avi",
    "--colour red": "colour",
}
OF_ONE: dict[str, list[str]] = {
    "a2c": ["--environments 0", "--rollout 0", "--trace-decay 1.5", "--entropy-bonus -1"],
    "a3c": ["--learners 0", "--rollout -2"], "actor_critic": ["--critic-learning-rate 0"],
    "ddpg": ["--tau 0", "--theta -1", "--sigma nan", "--memory 0", "--learn-every 0", "--reward-scale 0"],
    "deep_sarsa": ["--learn-every 0", "--epsilon-start 2", "--epsilon-end -1", "--epsilon-decay 1.1"],
    "double_dqn": ["--target-every 0"],
    "dqn": ["--memory 0", "--batch 0", "--learning-starts 0", "--fall-penalty -1", "--epsilon-decay nan",
            "--target-every 0", "--learn-every 0"],
    "dueling_dqn": ["--batch -3"],
    "n_step_dqn": ["--n-step 0"], "policy_gradient": ["--episodes-per-update 0"],
    "ppo": ["--clip -1", "--epochs 0", "--minibatch 0", "--rollout -1"],
    "prioritised_dqn": ["--alpha 1.5", "--beta -1", "--beta-steps 0"],
    "q_actor_critic": ["--critic-learning-rate nan"],
    "reinforce": ["--episodes-per-update 0"],
    "reinforce_baseline": ["--critic-learning-rate 2", "--episodes-per-update 0"],
    "sac": ["--temperature 0", "--target-entropy 1", "--target-entropy nan", "--tau 0", "--memory 0"],
    "td3": ["--delay 0", "--target-sigma -1", "--target-clip nan", "--theta 2"],
    "rollout_actor_critic": ["--rollout 0", "--reward-scale 0"],
    "trpo": ["--delta 0", "--iterations 0", "--damping -1", "--shrink 1", "--tries 0", "--critic-steps 0"],
}  # fmt: skip


def test_every_chapter_is_asked() -> None:
    assert set(OF_ONE) == set(MODULES)


@pytest.mark.parametrize("chapter", MODULES)
def test_bad_input_is_one_line(chapter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    module = MODULES[chapter]
    cases = BAD | {command: command.split()[0] + " is " for command in OF_ONE[chapter]}
    continuous = "action" in agent_of(module).roles
    if not agent_of(module).takes_both:
        cases |= (
            {"--env CartPole-v1": "discrete actions"} if continuous else {"--env Pendulum-v1": "continuous actions"}
        )
    for command, expected in cases.items():
        with pytest.raises(UserError) as error:
            start(chapter, parse(module.Options, command.split()), agent_of(module), module.train)
        assert expected in str(error.value) and "\n" not in str(error.value), command
    assert not list(tmp_path.iterdir()), "nothing is written for a command that cannot work"


class Doubled:
    """Makes a student's own layer, once Keras is there."""

    def __new__(cls) -> Any:
        class Scaled(keras.layers.Layer):
            def build(self, input_shape: Any) -> None:
                self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones")

            def call(self, x: Any) -> Any:
                return 2.0 * self.scale * x

        return Scaled()


class Tanh(DQN):
    """tanh in place of relu."""

    def network(self, inputs: int, actions: int) -> Any:
        hidden = [keras.layers.Dense(size, "tanh") for size in (16, 16)]
        return keras.Sequential([keras.Input((inputs,)), *hidden, keras.layers.Dense(actions)])


class OneLayerMore(DQN):
    """A third hidden layer, of another size, without a bias."""

    def network(self, inputs: int, actions: int) -> Any:
        hidden = [keras.layers.Dense(16, "relu"), keras.layers.Dense(12, "elu"), keras.layers.Dense(9, use_bias=False)]
        return keras.Sequential([keras.Input((inputs,)), *hidden, keras.layers.Dense(actions)])


class RMSprop(DQN):
    """Another optimiser."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.optimizer = keras.optimizers.RMSprop(1e-3)


class OwnLayer(DQN):
    """A layer class of the student's own."""

    def network(self, inputs: int, actions: int) -> Any:
        layers = [keras.layers.Dense(16, "relu"), Doubled(), keras.layers.Dense(actions)]
        return keras.Sequential([keras.Input((inputs,)), *layers])


class Relu(Reinforce):
    """relu in place of tanh, and one layer more."""

    def network(self, inputs: int, outputs: int) -> Any:
        hidden = [keras.layers.Dense(size, "relu") for size in (16, 8)]
        return keras.Sequential([keras.Input((inputs,)), *hidden, keras.layers.Dense(outputs)])


class OwnPolicyLayer(Reinforce):
    """A layer class of the student's own, with another optimiser."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.optimizer = keras.optimizers.RMSprop(1e-3)

    def network(self, inputs: int, outputs: int) -> Any:
        layers = [keras.layers.Dense(16, "tanh"), Doubled(), keras.layers.Dense(outputs)]
        return keras.Sequential([keras.Input((inputs,)), *layers])


@pytest.mark.parametrize("agent", [Tanh, OneLayerMore, RMSprop, OwnLayer, Relu, OwnPolicyLayer])
def test_a_students_change_trains_acts_saves_and_plays_as_one_network(
    agent: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chapter = "dqn" if issubclass(agent, DQN) else "reinforce"
    made: list[Any] = []

    def kept(*arguments: Any) -> Any:
        made.append(agent(*arguments))
        kept.first = made[-1].weights()
        return made[-1]

    kept.roles, kept.takes_both = agent.roles, agent.takes_both
    run(chapter, tmp_path / "run", 320, agent=kept)
    learner = made[0]
    model = getattr(learner, next(iter(agent.roles.values())))
    states = np.random.default_rng(0).normal(0, 1, (50, 4)).astype(np.float32)
    assert np.array_equal(learner.greedy(states), model(states).numpy().argmax(axis=1)), "acts as Keras says"
    assert any(not np.array_equal(a, b) for a, b in zip(kept.first, learner.weights(), strict=True)), "learned"
    path = tmp_path / "run" / f"{chapter}.weights.h5"
    [saved] = load_networks(path).networks.values()
    assert all(np.array_equal(a, b) for a, b in zip(saved.weights, model.get_weights(), strict=True))
    assert saved.description == model.to_json()

    own_layer = agent in (OwnLayer, OwnPolicyLayer)
    capsys.readouterr()
    command = ["--demo", "--headless", "--episodes", "2", "--weights", str(path)]
    module = MODULES[chapter]
    assert start(chapter, parse(module.Options, command), agent, module.train) == 0
    played = capsys.readouterr().out
    assert "mean return" in played and ("plays through Keras" in played) == own_layer
    if agent not in (OneLayerMore, Relu):  # one of each chapter in a process of its own
        return
    name = agent_of(module).__name__
    script = (
        f"import sys; from pathlib import Path; from deep.{chapter} import Options, {name}, train\n"
        "from deep.parts.launch import start\n"
        f"options = Options(demo=True, headless=True, episodes=2, weights=Path({str(path)!r}))\n"
        f"start({chapter!r}, options, {name}, train)\n"
        "assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=one_thread(), capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0 and done.stdout == played, done.stderr


def test_dropout_is_refused_before_the_run(tmp_path: Path) -> None:
    class Dropping(DQN):
        def network(self, inputs: int, actions: int) -> Any:
            layers = [keras.layers.Dense(8, "relu"), keras.layers.Dropout(0.5), keras.layers.Dense(actions)]
            return keras.Sequential([keras.Input((inputs,)), *layers])

    with pytest.raises(UserError, match="Dropout"):
        run("dqn", tmp_path / "run", 50, agent=Dropping)
    assert not (tmp_path / "run").exists()


def test_a_film_shows_probabilities_and_the_value(tmp_path: Path) -> None:
    summary = run("actor_critic", tmp_path, 60)
    film, module = tmp_path / "film.png", MODULES["actor_critic"]
    demo = ["--demo", "--headless", "--episodes", "1", "--weights", summary["weights"], "--record", str(film)]
    start("actor_critic", parse(module.Options, demo), agent_of(module), module.train)
    assert film.stat().st_size > 1000

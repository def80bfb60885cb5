"""Files that play: ours, and what Keras 2 and 3 write; networks and environments that do not fit are one line."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import common.networks.trained
from common.errors import UserError
from common.networks.acting import Greedy
from common.networks.activations import softmax
from common.networks.trained import trained
from common.networks.weights import load_networks, save_networks
from deep import a2c, actor_critic, dqn, dueling_dqn, q_actor_critic, reinforce, rollout_actor_critic
from deep.parts.checkpoints import read_checkpoint
from deep.parts.lazy import keras

import gymnasium as gym
import h5py
import numpy as np
import pytest

STATES = np.random.default_rng(1).normal(0, 1, (30, 4)).astype(np.float32)
AGENTS = {
    "dqn": dqn.DQN,
    "dueling_dqn": dueling_dqn.DuelingDQN,
    "reinforce": reinforce.Reinforce,
    "actor_critic": actor_critic.ActorCritic,
    "q_actor_critic": q_actor_critic.QActorCritic,
    "rollout_actor_critic": rollout_actor_critic.RolloutActorCritic,
    "a2c": a2c.A2C,
}


def options(chapter: str, **settings: Any) -> Any:
    return sys.modules[f"deep.{'dqn' if chapter == 'dueling_dqn' else chapter}"].Options(**settings)


def agent(chapter: str, inputs: int = 4, actions: int = 2, **settings: Any) -> Any:
    """The chapter's agent with random weights and biases."""
    made = AGENTS[chapter](inputs, actions, options(chapter, **settings), np.random.default_rng(0))
    generator = np.random.default_rng(2)
    made.set_weights([generator.normal(0, 0.6, array.shape).astype(np.float32) for array in made.weights()])
    return made


@pytest.fixture(autouse=True)
def shipped(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The chapter's own file, by whose layers a file is read that says nothing about its own."""
    folder = tmp_path_factory.mktemp("shipped")
    made = agent("dqn")
    save_networks(folder / "dqn.weights.h5", made.networks(made.weights()), "dqn")
    monkeypatch.setattr(common.networks.trained, "SHIPPED", folder)
    common.networks.trained._template.cache_clear()


def no_agent(*arguments: Any) -> Any:
    pytest.fail("TensorFlow would be loaded")


def play(path: Path, chapter: str = "dqn", env: str = "CartPole-v1", make_agent: Any = no_agent) -> Greedy:
    roles: Mapping[str, str] = AGENTS[chapter].roles
    return trained(path, chapter, roles, gym.make(env), make_agent, read_checkpoint)


def sequential(*sizes: int, activation: str = "relu") -> Any:
    hidden = [keras.layers.Dense(size, activation) for size in sizes[1:-1]]
    model = keras.Sequential([keras.Input((sizes[0],)), *hidden, keras.layers.Dense(sizes[-1])])
    generator = np.random.default_rng(3)
    model.set_weights([generator.normal(0, 0.6, array.shape).astype(np.float32) for array in model.get_weights()])
    return model


def assert_acts_like(policy: Greedy, model: Any) -> None:
    assert np.array_equal(policy(STATES), model(STATES).numpy().argmax(axis=1))
    for state in STATES[:3]:
        decision = policy.decide(state)
        np.testing.assert_allclose(
            decision.numbers,
            model(state[None]).numpy()[0]
            if decision.title == "action values"
            else softmax(model(state[None]).numpy())[0],
            rtol=1e-4,
            atol=1e-5,
        )


@pytest.mark.parametrize("hidden", [(), (5,), (16, 8, 4)], ids=str)
@pytest.mark.parametrize("chapter", AGENTS)
def test_what_an_agent_saves_plays_with_its_numbers(chapter: str, hidden: tuple[int, ...], tmp_path: Path) -> None:
    """Of any size, without --hidden and without TensorFlow; policy, values and state value alike."""
    made = agent(chapter, hidden=hidden)
    path = tmp_path / f"{chapter}.weights.h5"
    save_networks(path, made.networks(made.weights()), chapter)
    assert list(load_networks(path).networks) == list(AGENTS[chapter].roles)
    policy = play(path, chapter)
    assert np.array_equal(policy(STATES), made.greedy(STATES))
    for state in STATES[:5]:
        ours, theirs = policy.decide(state), made.greedy.decide(state)
        assert (ours.action, ours.title) == (theirs.action, theirs.title)
        np.testing.assert_allclose(ours.numbers, theirs.numbers, rtol=1e-6)
        assert (ours.value is None) == ("q" in AGENTS[chapter].roles and len(AGENTS[chapter].roles) == 1) or (
            chapter == "reinforce"
        )
        assert ours.value == theirs.value
    model = getattr(made, next(iter(made.roles.values())))
    assert_acts_like(policy, model)


@pytest.mark.parametrize("chapter", AGENTS)
def test_keras_reads_the_first_role_of_our_file(chapter: str, tmp_path: Path) -> None:
    made = agent(chapter)
    save_networks(tmp_path / "ours.weights.h5", made.networks(made.weights()), chapter)
    other = AGENTS[chapter](4, 2, options(chapter), np.random.default_rng(5))
    name = next(iter(made.roles.values()))
    model = getattr(other, name)
    model.load_weights(tmp_path / "ours.weights.h5")
    wanted = getattr(made, name).get_weights()
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), wanted, strict=True))


def test_a_whole_model_of_keras_3_plays(tmp_path: Path) -> None:
    """With layers and activations of its own, compiled or not, Sequential or functional."""
    model = sequential(4, 7, 6, 2, activation="tanh")
    model.compile("adam", "mse")
    model.save(tmp_path / "whole.h5")
    assert_acts_like(play(tmp_path / "whole.h5"), model)
    dueling = agent("dueling_dqn").online
    dueling.save(tmp_path / "dueling.h5")
    assert_acts_like(play(tmp_path / "dueling.h5"), dueling)


def test_a_whole_model_with_a_policy_and_a_value_plays(tmp_path: Path) -> None:
    made = agent("rollout_actor_critic", hidden=(6,))
    model = made.network
    model.save(tmp_path / "heads.h5")
    policy = play(tmp_path / "heads.h5", "rollout_actor_critic")
    assert_acts_like(policy, made.actor)
    assert policy.decide(STATES[0]).value == pytest.approx(float(made.critic(STATES[:1])[0, 0]), rel=1e-4)


@pytest.mark.parametrize("sizes", [(4, 64, 64, 2), (4, 9, 2), (4, 2)])
def test_weights_of_keras_3_play_with_the_chapters_activation(
    sizes: tuple[int, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = sequential(*sizes)
    model.save_weights(tmp_path / "keras.weights.h5")
    assert_acts_like(play(tmp_path / "keras.weights.h5"), model)
    said = capsys.readouterr().out
    assert "relu" in said and said.count("\n") == 1


def keras_2_file(path: Path, model: Any, functional: bool, whole: bool = True) -> None:
    """As TensorFlow 2.x with Keras 2 wrote it: model_config, model_weights with layer_names and weight_names."""
    layers = [layer for layer in model.layers if layer.weights]
    names = [f"dense_{number}" if number else "dense" for number in range(len(layers))]
    config: dict[str, Any] = {
        "name": "input_1", "batch_input_shape": [None, 4], "dtype": "float32", "sparse": False, "ragged": False
    }  # fmt: skip
    described = [{"class_name": "InputLayer", "config": config, "name": "input_1", "inbound_nodes": []}]
    before = "input_1"
    for name, layer in zip(names, layers, strict=True):
        activation = layer.get_config()["activation"]
        settings = {"name": name, "trainable": True, "dtype": "float32", "units": layer.units, "use_bias": True}
        settings |= {"activation": activation, "kernel_initializer": {"class_name": "GlorotUniform", "config": {}}}
        described.append(
            {"class_name": "Dense", "config": settings, "name": name, "inbound_nodes": [[[before, 0, 0, {}]]]}
        )
        before = name
    if functional:
        ends = {"input_layers": [["input_1", 0, 0]], "output_layers": [[before, 0, 0]]}
        description = {"class_name": "Functional", "config": {"name": "model", "layers": described} | ends}
    else:
        plain = [{"class_name": each["class_name"], "config": each["config"]} for each in described]
        description = {"class_name": "Sequential", "config": {"name": "sequential", "layers": plain}}
    with h5py.File(path, "w") as file:
        if whole:
            file.attrs["model_config"] = json.dumps(description)
            file.attrs["keras_version"] = "2.9.0"
        root = file.create_group("model_weights") if whole else file
        root.attrs["layer_names"] = [name.encode() for name in ["input_1", *names]]
        root.create_group("input_1").attrs["weight_names"] = np.array([], "S1")
        for name, layer in zip(names, layers, strict=True):
            group = root.create_group(name)
            group.attrs["weight_names"] = [f"{name}/{part}:0".encode() for part in ("kernel", "bias")]
            for part, array in zip(("kernel", "bias"), layer.get_weights(), strict=True):
                group.create_dataset(f"{name}/{part}:0", data=array)


@pytest.mark.parametrize("functional", [False, True])
def test_a_whole_model_of_keras_2_plays(functional: bool, tmp_path: Path) -> None:
    model = sequential(4, 24, 24, 2, activation="tanh")
    keras_2_file(tmp_path / "old.h5", model, functional)
    assert_acts_like(play(tmp_path / "old.h5"), model)


def test_weights_of_keras_2_play(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = sequential(4, 24, 24, 2)
    keras_2_file(tmp_path / "old.h5", model, functional=False, whole=False)
    assert_acts_like(play(tmp_path / "old.h5"), model)
    assert "relu" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["ours", "whole", "keras 2", "weights"])
def test_sizes_that_do_not_fit_the_environment_are_one_line(form: str, tmp_path: Path) -> None:
    path = tmp_path / "file.weights.h5"
    model = sequential(4, 8, 2)
    if form == "ours":
        made = agent("dqn", hidden=(8,))
        save_networks(path, made.networks(made.weights()), "dqn")
    elif form == "whole":
        path = tmp_path / "file.h5"
        model.save(path)
    elif form == "weights":
        model.save_weights(path)
    else:
        keras_2_file(path, model, functional=True)
    with pytest.raises(UserError, match=r"reads 4 numbers and chooses among 2 actions, but Acrobot-v1 has 6") as error:
        play(path, env="Acrobot-v1")
    assert "\n" not in str(error.value)
    with pytest.raises(UserError, match="continuous"):
        play(path, env="Pendulum-v1")


def test_weights_of_another_chapter_name_it(tmp_path: Path) -> None:
    made = agent("dqn")
    save_networks(tmp_path / "w.weights.h5", made.networks(made.weights()), "dqn")
    with pytest.raises(UserError, match=r"weights of dqn, not of a2c: play them with deep/dqn\.py"):
        play(tmp_path / "w.weights.h5", "a2c")


def test_descriptions_and_weights_that_do_not_belong_together_are_one_line(tmp_path: Path) -> None:
    path = tmp_path / "whole.h5"
    sequential(4, 8, 2).save(path)
    with h5py.File(path, "r+") as file:
        file.attrs["model_config"] = sequential(4, 9, 2).to_json()
    with pytest.raises(UserError, match="damaged") as error:
        play(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "description",
    [
        "{",
        "[]",
        "[" * 100_000,
        "null",
        "{}",
        '{"class_name": "Sequential"}',
        '{"class_name": "Sequential", "config": {"layers": 3}}',
    ],
)
def test_a_description_that_is_none_is_one_line(description: str, tmp_path: Path) -> None:
    path = tmp_path / "whole.h5"
    sequential(4, 8, 2).save(path)
    with h5py.File(path, "r+") as file:
        file.attrs["model_config"] = description
    with pytest.raises(UserError) as error:
        play(path)
    assert "\n" not in str(error.value)


def test_weights_that_are_no_chain_are_one_line(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "odd.weights.h5", "w") as file:
        file.create_dataset("layers/dense/vars/0", data=np.zeros((4, 3)))
        file.create_dataset("layers/dense_1/vars/0", data=np.zeros((5, 2)))
    with pytest.raises(UserError, match="no chain") as error:
        play(tmp_path / "odd.weights.h5")
    assert "\n" not in str(error.value)


def test_layers_that_numpy_does_not_know_play_through_the_chapters_agent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Normalised(dqn.DQN):
        def network(self, inputs: int, actions: int) -> Any:
            layers = [keras.layers.Dense(8, "relu"), keras.layers.LayerNormalization(), keras.layers.Dense(actions)]
            return keras.Sequential([keras.Input((inputs,)), *layers])

    def make(env: Any, generator: np.random.Generator) -> Any:
        return Normalised(4, 2, dqn.Options(), generator)

    made = make(None, np.random.default_rng(0))
    save_networks(tmp_path / "w.weights.h5", made.networks(made.weights()), "dqn")
    made.online.save(tmp_path / "whole.h5")
    for name in ("w.weights.h5", "whole.h5"):
        capsys.readouterr()
        policy = play(tmp_path / name, make_agent=make)
        assert "LayerNormalization" in capsys.readouterr().out
        assert_acts_like(policy, made.online)

    def make_plain(env: Any, generator: np.random.Generator) -> Any:
        return dqn.DQN(4, 2, dqn.Options(), generator)

    with pytest.raises(UserError, match=r"not those of this chapter's network: add --hidden 8$"):
        play(tmp_path / "w.weights.h5", make_agent=make_plain)

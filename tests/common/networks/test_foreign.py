"""Files of other people's programs: subclassed models, `.keras`, nested models, actors alone, checkpoints."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import common.networks.trained
from common.errors import UserError
from common.networks.acting import Greedy
from common.networks.activations import softmax
from common.networks.trained import trained
from common.networks.weights import Saved, load_networks, save_networks
from deep.parts.checkpoints import read_checkpoint
from deep.parts.copies import keras_names
from deep.parts.lazy import keras, tf

import gymnasium as gym
import h5py
import numpy as np
import pytest

STATES = np.random.default_rng(1).normal(0, 1, (30, 4)).astype(np.float32)
ONE: Mapping[str, str] = {"q": "online"}
TWO: Mapping[str, str] = {"policy": "actor", "value": "critic"}


def dense(units: int, activation: str | None = None) -> Any:
    return keras.layers.Dense(units, activation)


def subclassed(**layers: Any) -> Any:
    """A keras.Model of its own class, whose attributes are the layers; each feeds the next."""

    class Subclassed(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            for name, layer in layers.items():
                setattr(self, name, layer)

        def call(self, x: Any) -> Any:
            for name in layers:
                x = getattr(self, name)(x)
            return x

    return Subclassed()


def actor_and_critic() -> Any:
    """Apart, with different depths, as one model holds them."""

    class ActorAndCritic(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.actor_fc, self.actor_out = dense(24, "tanh"), dense(2, "softmax")
            self.critic_fc1, self.critic_fc2, self.critic_out = dense(24, "tanh"), dense(24, "tanh"), dense(1)

        def call(self, x: Any) -> Any:
            return self.actor_out(self.actor_fc(x)), self.critic_out(self.critic_fc2(self.critic_fc1(x)))

    return ActorAndCritic()


def nested() -> Any:
    inner = keras.Sequential([dense(8, "relu"), dense(6, "relu")])
    return keras.Sequential([keras.Input((4,)), inner, dense(2)])


def with_numbers(model: Any, inputs: int = 4) -> Any:
    model(np.zeros((1, inputs), np.float32))
    generator = np.random.default_rng(3)
    model.set_weights([generator.normal(0, 0.6, array.shape).astype(np.float32) for array in model.get_weights()])
    return model


@pytest.fixture(autouse=True)
def shipped(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The chapters' own files, by which one is read that does not say its activation: relu and tanh."""
    folder = tmp_path_factory.mktemp("shipped")
    for chapter, roles, activation in (("dqn", ONE, "relu"), ("actor_critic", TWO, "tanh")):
        model = keras.Sequential([keras.Input((4,)), dense(5, activation), dense(2)])
        saved = Saved(model.to_json(), model.get_weights(), keras_names(model))
        save_networks(folder / f"{chapter}.weights.h5", dict.fromkeys(roles, saved), chapter)
    monkeypatch.setattr(common.networks.trained, "SHIPPED", folder)
    common.networks.trained._template.cache_clear()


def play(path: Path, roles: Mapping[str, str] = ONE, env: str = "CartPole-v1") -> Greedy:
    def no_agent(*arguments: Any) -> Any:
        pytest.fail("the chapter's own networks would be made")

    return trained(path, "dqn" if roles is ONE else "actor_critic", roles, gym.make(env), no_agent, read_checkpoint)


def assert_acts_like(policy: Greedy, model: Any) -> None:
    wanted = model(STATES).numpy()
    assert np.array_equal(policy(STATES), wanted.argmax(axis=1))
    np.testing.assert_allclose(policy.decide(STATES[0]).numbers, wanted[0], rtol=1e-4, atol=1e-5)


MODELS: dict[str, Callable[[], Any]] = {
    "subclassed": lambda: subclassed(fc1=dense(30, "relu"), fc2=dense(30, "relu"), fc_out=dense(2)),
    "subclassed, other names": lambda: subclassed(input_layer=dense(9, "relu"), hidden=dense(7, "relu"), a=dense(2)),
    "subclassed around a Sequential": lambda: subclassed(body=keras.Sequential([dense(8, "relu")]), a_head=dense(2)),
    "nested": nested,
    "Sequential": lambda: keras.Sequential([keras.Input((4,)), dense(8, "relu"), dense(2)]),
}


@pytest.mark.parametrize("kind", MODELS)
def test_every_file_of_a_model_plays_in_the_right_order(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = with_numbers(MODELS[kind]())
    model.save_weights(tmp_path / "bare.weights.h5")
    model.save(tmp_path / "model.keras")
    tf.train.Checkpoint(model=model).write(str(tmp_path / "model"))
    for name in ("bare.weights.h5", "model.keras", "model", "model.index", "model.data-00000-of-00001"):
        capsys.readouterr()
        assert_acts_like(play(tmp_path / name), model)
        said = capsys.readouterr().out
        assert said.count("\n") == (0 if name == "model.keras" and not kind.startswith("sub") else 1)
        assert not said or ("does not say which layers it has" in said and "with relu as in dqn" in said), said
    model.save(tmp_path / "whole.h5")
    assert_acts_like(play(tmp_path / "whole.h5"), model)


def test_a_files_own_activation_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """tanh in a chapter of relu, and softplus, nested and not."""
    inner = keras.Sequential([dense(8, "softplus"), dense(6, "tanh")])
    model = with_numbers(keras.Sequential([keras.Input((4,)), dense(5, "tanh"), inner, dense(2)]))
    model.save(tmp_path / "model.keras")
    assert_acts_like(play(tmp_path / "model.keras"), model)
    assert capsys.readouterr().out == ""


def test_an_actor_plays_alone_without_a_value(tmp_path: Path) -> None:
    """As deep as actor and critic of the chapter together, so that it must not be taken for both."""
    sizes = (24, 24, 24)
    model = with_numbers(
        keras.Sequential([keras.Input((4,)), *(dense(size, "tanh") for size in sizes), dense(2, "softmax")])
    )
    model.save_weights(tmp_path / "actor.weights.h5")
    model.save(tmp_path / "actor.h5")
    model.save(tmp_path / "actor.keras")
    for name in ("actor.weights.h5", "actor.h5", "actor.keras"):
        policy = play(tmp_path / name, TWO)
        assert_acts_like(policy, model)  # the probabilities, which a softmax gives once
        assert policy.decide(STATES[0]).value is None


def test_actor_and_critic_of_one_model_play(tmp_path: Path) -> None:
    model = with_numbers(actor_and_critic())
    model.save_weights(tmp_path / "both.weights.h5")
    tf.train.Checkpoint(model=model).write(str(tmp_path / "both"))
    for name in ("both.weights.h5", "both.index"):
        policy = play(tmp_path / name, TWO)
        for state in STATES[:5]:
            decision = policy.decide(state)
            probabilities, value = model(state[None])
            np.testing.assert_allclose(decision.numbers, probabilities.numpy()[0], rtol=1e-4)
            assert decision.value == pytest.approx(float(value[0, 0]), rel=1e-4)


def test_a_damaged_checkpoint_is_one_line_or_still_the_same_network(tmp_path: Path) -> None:
    model = with_numbers(nested())
    tf.train.Checkpoint(model=model).write(str(tmp_path / "model"))
    for name in ("model.index", "model.data-00000-of-00001"):
        whole = (tmp_path / name).read_bytes()
        for changed in (whole[: len(whole) // 2], whole[:99] + bytes([whole[99] ^ 1]) + whole[100:], b""):
            (tmp_path / name).write_bytes(changed)
            try:
                assert_acts_like(play(tmp_path / "model.index"), model)
            except UserError as error:
                assert "not a whole checkpoint" in str(error) and "\n" not in str(error)
        (tmp_path / name).write_bytes(whole)
    (tmp_path / "model.data-00000-of-00001").unlink()
    with pytest.raises(UserError, match="not a whole checkpoint"):
        play(tmp_path / "model")


def test_softmax_of_probabilities_is_taken_once(tmp_path: Path) -> None:
    model = with_numbers(keras.Sequential([keras.Input((4,)), dense(8, "tanh"), dense(2), keras.layers.Softmax()]))
    model.save(tmp_path / "policy.keras")
    np.testing.assert_allclose(softmax(np.log([0.2, 0.8])), [0.2, 0.8])
    assert_acts_like(play(tmp_path / "policy.keras", TWO), model)


def test_damaged_files_of_keras_are_one_line_or_still_the_same_network(tmp_path: Path) -> None:
    model = with_numbers(nested())
    model.save(tmp_path / "whole.keras")
    model.save(tmp_path / "whole.h5")
    for path in (tmp_path / "whole.keras", tmp_path / "whole.h5"):
        whole = path.read_bytes()
        for cut in (0, 3, 100, len(whole) // 2, len(whole) - 9):
            path.write_bytes(whole[:cut])
            with pytest.raises(UserError, match="not a whole weights file") as error:
                load_networks(path)
            assert "\n" not in str(error.value)
    with h5py.File(tmp_path / "layers.weights.h5", "w") as file:
        file.create_dataset("layers/conv2d/vars/0", data=np.zeros((3, 3, 1, 8), np.float32))
    with pytest.raises(UserError, match="3x3x1x8, which are no chain"):
        play(tmp_path / "layers.weights.h5")


def test_a_network_of_an_unknown_grid_is_told_how_to_say_which(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """rlcode's course has another order of axes and actions; of the file alone it cannot be known."""
    model = with_numbers(keras.Sequential([keras.Input((15,)), dense(30, "relu"), dense(5)]), inputs=15)
    model.save(tmp_path / "deep_sarsa_trained.h5")
    play(tmp_path / "deep_sarsa_trained.h5", env="RandomObstacles-v0")
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and "add --env gridworld:RlcodeObstacles-v0" in said
    play(tmp_path / "deep_sarsa_trained.h5", env="RlcodeObstacles-v0")
    assert "leave out --env" in capsys.readouterr().out
    saved = Saved(model.to_json(), model.get_weights(), keras_names(model))
    save_networks(tmp_path / "ours.weights.h5", {"q": saved}, "dqn")
    play(tmp_path / "ours.weights.h5", env="RandomObstacles-v0")
    assert capsys.readouterr().out == ""

"""The NumPy copy of a Keras model: the same numbers for every form of network that a student may write, on random
weights and biases; what it does not know it names, and Keras acts instead."""

from collections.abc import Callable
from typing import Any

from common.errors import UserError
from common.networks.activations import ACTIVATIONS, activation
from common.networks.layers import UnknownLayer
from common.networks.network import Network
from deep.parts.copies import KerasCopy, NumPyCopy, check_copy, copy_of, keras_names, refuse_training_layers
from deep.parts.lazy import keras

import numpy as np
import pytest

INPUTS = 5


def dense(units: int, activation: Any = None, **settings: Any) -> Any:
    return keras.layers.Dense(units, activation, **settings)


def sequential(*layers: Any) -> Any:
    return keras.Sequential([keras.Input((INPUTS,)), *layers])


def functional(build: Callable[[Any], Any]) -> Any:
    state = keras.Input((INPUTS,))
    return keras.Model(state, build(state))


def two_streams(merge: Callable[[Any, Any], Any]) -> Any:
    return functional(lambda s: dense(2)(merge(dense(4, "tanh")(s), dense(4, "relu")(s))))


def dueling(state: Any) -> Any:
    features = dense(8, "relu")(state)
    value, advantage = dense(1)(features), dense(3)(features)
    return value + advantage - keras.ops.mean(advantage, axis=1, keepdims=True)


def two_heads(state: Any) -> Any:
    trunk = dense(8, "relu")(state)
    return [dense(3)(trunk), dense(1)(trunk)]


def residual(state: Any) -> Any:
    features = dense(6, "tanh")(state)
    return dense(2)(keras.layers.Add()([features, dense(6, "tanh")(features)]))


def nested_functional(state: Any) -> Any:
    inside = keras.Input((8,))
    block = keras.Model(inside, keras.layers.Add()([dense(8, "tanh")(inside), inside]))
    return dense(2)(block(dense(8)(state)))


def nested_two_heads(state: Any) -> Any:
    inside = keras.Input((8,))
    block = keras.Model(inside, [dense(3)(inside), dense(1, "tanh")(inside)])
    return block(dense(8, "relu")(state))


FORMS: dict[str, Callable[[], Any]] = {
    "no hidden layer": lambda: sequential(dense(2)),
    "one hidden layer": lambda: sequential(dense(8, "relu"), dense(2)),
    "three hidden layers": lambda: sequential(dense(8, "relu"), dense(7, "tanh"), dense(6, "elu"), dense(2)),
    "no bias": lambda: sequential(dense(8, "relu", use_bias=False), dense(2, use_bias=False)),
    "a bias in one layer only": lambda: sequential(dense(8, "relu", use_bias=False), dense(2)),
    "activation of the output": lambda: sequential(dense(8, "tanh"), dense(2, "softmax")),
    "activation layers": lambda: sequential(dense(8), keras.layers.Activation("tanh"), dense(2)),
    "ReLU layer": lambda: sequential(dense(8), keras.layers.ReLU(), dense(2)),
    "LeakyReLU layer": lambda: sequential(dense(8), keras.layers.LeakyReLU(negative_slope=0.2), dense(2)),
    "ELU layer": lambda: sequential(dense(8), keras.layers.ELU(), dense(2)),
    "softmax layer": lambda: sequential(dense(8), dense(2), keras.layers.Softmax()),
    "a function as activation": lambda: sequential(dense(8, keras.activations.selu), dense(2)),
    "an operation as activation": lambda: sequential(dense(8, keras.ops.tanh), dense(2)),
    "scaled states": lambda: sequential(keras.layers.Rescaling(0.1, offset=-1.0), dense(4), dense(2)),
    "states scaled one by one": lambda: sequential(keras.layers.Rescaling([0.1, 1.0, 2.0, 3.0, 4.0]), dense(2)),
    "flattened states": lambda: sequential(keras.layers.Flatten(), dense(4, "relu"), dense(2)),
    "Sequential in Sequential": lambda: sequential(keras.Sequential([dense(8, "relu"), dense(6, "tanh")]), dense(2)),
    "functional": lambda: functional(lambda s: dense(2)(dense(8, "relu")(s))),
    "functional in functional": lambda: functional(nested_functional),
    "two heads in functional": lambda: functional(nested_two_heads),
    "dueling": lambda: functional(dueling),
    "shared trunk, two heads": lambda: functional(two_heads),
    "residual": lambda: functional(residual),
    "concatenate": lambda: two_streams(lambda a, b: keras.layers.Concatenate()([a, b])),
    "concatenate with the state": lambda: functional(
        lambda s: dense(2)(keras.layers.Concatenate()([s, dense(4, "tanh")(s)]))
    ),
    "add": lambda: two_streams(lambda a, b: keras.layers.Add()([a, b])),
    "subtract": lambda: two_streams(lambda a, b: keras.layers.Subtract()([a, b])),
    "multiply": lambda: two_streams(lambda a, b: keras.layers.Multiply()([a, b])),
    "average": lambda: two_streams(lambda a, b: keras.layers.Average()([a, b])),
    "maximum": lambda: two_streams(lambda a, b: keras.layers.Maximum()([a, b])),
    "minimum": lambda: two_streams(lambda a, b: keras.layers.Minimum()([a, b])),
    "plus": lambda: two_streams(lambda a, b: a + b),
    "minus": lambda: two_streams(lambda a, b: a - b),
    "times": lambda: two_streams(lambda a, b: a * b),
    "a number from the right": lambda: functional(lambda s: dense(2)(dense(4)(s) * 0.5 - 2.0)),
    "a number from the left": lambda: functional(lambda s: dense(2)(2.0 - 0.5 * dense(4)(s))),
    "divided by a number": lambda: functional(lambda s: dense(2)(s / 4.0)),
    "keras.ops": lambda: functional(lambda s: dense(2)(keras.ops.tanh(dense(4)(s)))),
    "maximum of the actions": lambda: functional(lambda s: keras.ops.max(dense(4)(s), axis=-1, keepdims=True)),
}

NAMES = sorted({"relu", "relu6", "tanh", "sigmoid", "softmax", "log_softmax", "softplus", "softsign", "elu", "selu"}
               | {"silu", "swish", "gelu", "exponential", "linear"})  # fmt: skip


def with_random_weights(model: Any, seed: int = 0) -> Any:
    generator = np.random.default_rng(seed)
    model.set_weights([generator.normal(0, 0.7, array.shape).astype(np.float32) for array in model.get_weights()])
    return model


def assert_equal(model: Any, copy: Callable[[Any], Any]) -> None:
    """The copy gives Keras's numbers for many states [n, inputs], for one of them [inputs], and for a batch of one."""
    states = np.random.default_rng(1).normal(0, 2, (20, INPUTS)).astype(np.float32)
    wanted = [each.numpy() for each in keras.tree.flatten(model(states))]
    found = keras.tree.flatten(copy(states))
    for ours, theirs in zip(found, wanted, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
    for ours, theirs in zip(keras.tree.flatten(copy(states[3])), wanted, strict=True):
        assert ours.shape == theirs[3].shape
        np.testing.assert_allclose(ours, theirs[3], rtol=1e-4, atol=1e-5)
    for ours, theirs in zip(keras.tree.flatten(copy(states[:1])), wanted, strict=True):
        np.testing.assert_allclose(ours, theirs[:1], rtol=1e-4, atol=1e-5)


def test_many_forms() -> None:
    assert len(FORMS) >= 23


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_numbers_of_keras(form: str) -> None:
    model = with_random_weights(FORMS[form]())
    assert_equal(model, Network(model.to_json(), model.get_weights()))
    copy = copy_of(model, "q")
    assert isinstance(copy, NumPyCopy)
    with_random_weights(model, seed=5)
    copy.refresh()
    assert_equal(model, copy)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("as_layer", [False, True])
def test_every_activation_by_name_and_as_a_layer(name: str, as_layer: bool) -> None:
    hidden = [dense(6), keras.layers.Activation(name)] if as_layer else [dense(6, name)]
    model = with_random_weights(sequential(*hidden, dense(2)))
    assert_equal(model, Network(model.to_json(), model.get_weights()))


def test_activations_survive_large_numbers_and_keep_the_type() -> None:
    large = np.array([-1e4, -50.0, 0.0, 50.0, 1e4], np.float32)
    for name, function in ACTIVATIONS.items():
        if name in ("exp", "exponential", "square"):
            continue
        out = function(large)
        assert np.isfinite(out).all() and out.dtype == np.float32, name
    assert activation("no such thing") is None and activation(None) is ACTIVATIONS["linear"]


def test_sizes_and_shapes_are_those_of_the_model() -> None:
    model = functional(two_heads)
    network = Network(model.to_json(), model.get_weights())
    assert network.inputs == INPUTS and network.outputs == [3, 1]
    assert network.shapes == [array.shape for array in model.get_weights()]
    with pytest.raises(ValueError, match="shapes"):
        Network(model.to_json(), model.get_weights()[:-1])
    with pytest.raises(ValueError, match="shapes"):
        network.set([array.T for array in model.get_weights()])


def own_layer() -> Any:
    class Doubled(keras.layers.Layer):
        """A student's own layer."""

        def build(self, input_shape: Any) -> None:
            self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones")

        def call(self, x: Any) -> Any:
            return 2.0 * self.scale * x

    return sequential(dense(6, "tanh"), Doubled(), dense(2))


def used_twice() -> Any:
    layer = dense(INPUTS, "tanh")
    return functional(lambda s: dense(2)(layer(layer(s))))


UNKNOWN: dict[str, tuple[Callable[[], Any], str]] = {
    "LayerNormalization": (lambda: sequential(dense(6), keras.layers.LayerNormalization(), dense(2)), "LayerNorm"),
    "LSTM": (lambda: sequential(keras.layers.Reshape((INPUTS, 1)), keras.layers.LSTM(3), dense(2)), "Reshape"),
    "Conv1D": (
        lambda: sequential(
            keras.layers.Reshape((INPUTS, 1)), keras.layers.Conv1D(3, 2), keras.layers.Flatten(), dense(2)
        ),
        "Reshape",
    ),
    "a student's own layer": (own_layer, "Doubled"),
    "a Lambda": (lambda: sequential(keras.layers.Lambda(lambda x: x**3), dense(2)), "Lambda"),
    "an unknown activation": (lambda: sequential(dense(4, "hard_silu"), dense(2)), "hard_silu"),
    "ReLU with a ceiling": (lambda: sequential(dense(4), keras.layers.ReLU(max_value=1.0), dense(2)), "ReLU"),
    "ELU with another alpha": (lambda: sequential(dense(4), keras.layers.ELU(alpha=0.3), dense(2)), "ELU"),
    "a layer used twice": (used_twice, "used 2 times"),
    "several calls of one operation": (
        lambda: functional(lambda s: dense(2)(keras.ops.power(dense(4, "sigmoid")(s), 2.0))), "Power"
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", UNKNOWN)
def test_what_is_not_known_is_named_and_keras_acts(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    build, name = UNKNOWN[kind]
    model = with_random_weights(build())
    with pytest.raises(UnknownLayer, match=name):
        Network(model.to_json(), model.get_weights())
    capsys.readouterr()
    copy = copy_of(model, "online")
    said = capsys.readouterr().err
    assert isinstance(copy, KerasCopy) and copy.size == 0
    assert said.startswith("online has no NumPy copy") and name in said and said.count("\n") == 1
    assert_equal(model, copy)
    with_random_weights(model, seed=9)
    assert_equal(model, copy)  # it reads the model itself


def test_a_copy_that_computes_something_else_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    model = sequential(dense(6, "tanh"), dense(2))
    copy = copy_of(model, "online")
    kept = model.get_weights()
    check_copy(copy)
    assert all(np.array_equal(a, b) for a, b in zip(kept, model.get_weights(), strict=True)), "weights as they were"
    monkeypatch.setitem(ACTIVATIONS, "tanh", ACTIVATIONS["softsign"])
    with pytest.raises(UserError, match="the NumPy copy of online computes something else"):
        check_copy(copy_of(model, "online"))


@pytest.mark.parametrize("kind", ["Dropout", "BatchNormalization", "GaussianNoise"])
@pytest.mark.parametrize("nested", [False, True])
def test_layers_that_act_otherwise_than_they_learn_are_refused(kind: str, nested: bool) -> None:
    layer = keras.layers.BatchNormalization() if kind == "BatchNormalization" else getattr(keras.layers, kind)(0.5)
    inner = [keras.Sequential([dense(4), layer])] if nested else [dense(4), layer]
    with pytest.raises(UserError, match=f"online has a {kind} layer") as error:
        refuse_training_layers(sequential(*inner, dense(2)), "online")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("form", [form for form in FORMS if "two heads in" not in form])
def test_a_weight_has_the_name_under_which_keras_keeps_it(form: str, tmp_path: Any) -> None:
    import h5py

    model = with_random_weights(FORMS[form]())
    model.save_weights(tmp_path / "keras.weights.h5")
    with h5py.File(tmp_path / "keras.weights.h5") as file:
        for name, array in zip(keras_names(model), model.get_weights(), strict=True):
            assert np.array_equal(file[name][()], array), name

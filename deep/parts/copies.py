"""The copies of Keras models that act: in NumPy where every layer is known there, else a compiled call of Keras."""

import sys
from typing import Any

from common.errors import UserError
from common.language import _
from common.networks.keras_files import snake_case
from common.networks.layers import UnknownLayer
from common.networks.network import Network
from deep.parts.lazy import keras, tf

import numpy as np

Array = np.ndarray


class Copy:
    """Acts like a Keras model. size: how many numbers it keeps of its own, 0 for one that reads the model itself."""

    def __init__(self, model: Any, name: str) -> None:
        self.model, self.name, self.size = model, name, 0

    def __call__(self, states: Array) -> Any:
        """States [n, inputs] or [inputs] -> outputs [n, outputs] or [outputs]."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Take over the model's weights."""

    def follow(self, numbers: Array) -> None:
        """Take over the model's weights, given one after the other in one vector [size]."""


class NumPyCopy(Copy):
    """All weights lie in one vector, which an update hands over whole; the network's arrays are views of it."""

    def __init__(self, model: Any, name: str) -> None:
        super().__init__(model, name)
        weights = model.get_weights()
        self.size = sum(array.size for array in weights)
        self._vector = np.zeros(self.size, np.float32)
        views, begin = [], 0
        for array in weights:
            views.append(self._vector[begin : begin + array.size].reshape(array.shape))
            begin += array.size
        self._network = Network(model.to_json(), views)
        self.refresh()

    def __call__(self, states: Array) -> Any:
        return self._network(states)

    def refresh(self) -> None:
        self.follow(np.concatenate([array.ravel() for array in self.model.get_weights()]))

    def follow(self, numbers: Array) -> None:
        self._vector[:] = numbers


class KerasCopy(Copy):
    """The model itself, called as one compiled graph: right for every layer, and slower."""

    def __init__(self, model: Any, name: str) -> None:
        super().__init__(model, name)
        self._call = tf.function(lambda states: model(states, training=False), autograph=False, reduce_retracing=True)

    def __call__(self, states: Array) -> Any:
        states = np.asarray(states, np.float32)
        one = states.ndim == len(self.model.input_shape) - 1
        outputs = tf.nest.map_structure(
            lambda each: each.numpy(), self._call(tf.constant(states[None] if one else states))
        )
        return tf.nest.map_structure(lambda each: each[0], outputs) if one else outputs


def copy_of(model: Any, name: str) -> Copy:
    """The copy that acts for a model."""
    try:
        return NumPyCopy(model, name)
    except (UnknownLayer, ValueError, KeyError, TypeError, IndexError) as error:
        reason = error if isinstance(error, UnknownLayer) else _("layers connected in a way that is not known there")
        print(
            _(
                "{name} has no NumPy copy ({reason}): it acts through Keras, about 0.5 ms a state",
                name=name,
                reason=reason,
            ),
            file=sys.stderr,
        )
        return KerasCopy(model, name)


def check_copy(copy: Copy) -> None:
    """Compare a copy with its model, on random weights: with biases of 0 a fault in a bias would not show.

    Raises UserError where they differ.
    """
    model = copy.model
    if not copy.size:
        return
    random = np.random.default_rng(7)
    kept = model.get_weights()
    model.set_weights([random.normal(0, 0.5, array.shape).astype(np.float32) for array in kept])
    copy.refresh()
    states = random.normal(0, 1, (5, *model.input_shape[1:])).astype(np.float32)
    wanted, found = tf.nest.flatten(model(states)), tf.nest.flatten(copy(states))
    model.set_weights(kept)
    copy.refresh()
    for ours, theirs in zip(found, wanted, strict=True):
        if not np.allclose(ours, theirs, rtol=1e-3, atol=1e-4):
            raise UserError(
                "the NumPy copy of {name} computes something else than Keras: please report this", name=copy.name
            )


def refuse_training_layers(model: Any, name: str) -> None:
    """Raises UserError for a layer that computes something else while it learns."""
    for layer in model._flatten_layers(include_self=False):
        if isinstance(layer, keras.layers.Dropout | keras.layers.BatchNormalization | keras.layers.GaussianNoise):
            raise UserError(
                "{name} has a {kind} layer, which acts otherwise than it learns: the chapters are not made for it",
                name=name,
                kind=type(layer).__name__,
            )


def keras_names(model: Any, place: str = "") -> tuple[str, ...]:
    """Where Keras keeps each weight in a .weights.h5 file: layers/dense_1/vars/0 for the second layer's kernel."""
    names: list[str] = []
    counts: dict[str, int] = {}
    for layer in model.layers:
        stem = snake_case(type(layer).__name__)
        number = counts[stem] = counts.get(stem, -1) + 1
        path = f"{place}layers/{stem}_{number}" if number else f"{place}layers/{stem}"
        if isinstance(layer, keras.Model):
            names += keras_names(layer, f"{path}/")
        else:
            names += [f"{path}/vars/{index}" for index in range(len(layer.weights))]
    return tuple(names)

"""Learning steps as one TensorFlow graph, so that a chapter shows nothing but tape, loss and apply."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from deep.parts.agent import Agent
from deep.parts.lazy import is_model, is_optimizer, tf

import numpy as np

Tensor = Any
Numbers = dict[str, Tensor]
"""what a step returns, by name"""


class compiled:  # used as a decorator, like property
    """Turns an agent's method of tensors into one graph, traced at its first call.

        @compiled
        def update(self, states, actions, returns):
            with tf.GradientTape() as tape: ...
            return {"loss": loss}

    agent.update(...) makes one step. agent.update.each(...) takes an array of batches for each argument and makes one
    step a batch, one after the other, in one call: the overhead of a call, which for networks this small is most of a
    step, is paid once.

    Arguments are numbers and arrays; truth values become 0.0 and 1.0, so `1 - terminated` can be said as it is. Where
    an argument has two axes or more, the first one counts the batch and may differ between calls; all other sizes are
    those of the first call. The step returns numbers by name: scalars go to the progress bar too (the mean of `each`).
    After a step the copies that act have the new weights.
    """

    def __init__(self, function: Callable[..., dict[str, Tensor]]) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    def __get__(self, agent: Agent | None, owner: type | None = None) -> Any:
        if agent is None:
            return self
        steps = agent.__dict__.setdefault("_steps", {})
        step = steps.get(self)
        if step is None:
            step = steps[self] = Step(agent, self.function)
        return step


class Step:
    """A compiled method of one agent."""

    def __init__(self, agent: Agent, function: Callable[..., dict[str, Tensor]]) -> None:
        self._agent, self._function = agent, function
        self._one: _Graph | None = None
        self._each: _Graph | None = None

    def __call__(self, *arguments: Any) -> dict[str, Any]:
        """One step."""
        if not tf.executing_eagerly():  # called by another compiled method
            return self._function(self._agent, *arguments)
        if self._one is None:
            self._one = _Graph(self._agent, self._function, arguments, many=False)
        return self._one(arguments)

    def each(self, *arguments: Any) -> dict[str, Any]:
        """One step for each batch: every argument has one axis more."""
        if self._each is None:
            self._each = _Graph(self._agent, self._function, arguments, many=True)
        return self._each(arguments)


class _Graph:
    """One graph, looked up once. A `tf.function` would look at the arguments of each call again, to find the graph that
    fits them, which for a network of a few hundred numbers takes as long as the step itself."""

    def __init__(self, agent: Agent, function: Callable[..., Any], arguments: Any, many: bool) -> None:
        self.agent, self.function, self.many = agent, function, many
        arrays = [_as_array(argument) for argument in arguments]
        self._truth = [np.asarray(argument).dtype == bool for argument in arguments]
        self._types = [tf.as_dtype(array.dtype) for array in arrays]
        self._copies = agent.copied
        first = [array[0] for array in arrays] if many else arrays
        self._outputs = {name: tf.convert_to_tensor(value) for name, value in self._rehearse(first).items()}
        self._scalars = [name for name, value in self._outputs.items() if value.shape.rank == 0]
        free = many + any(array.ndim > 1 + many for array in arrays)
        signature = [
            tf.TensorSpec([None] * min(free, array.ndim) + list(array.shape[free:]), array.dtype) for array in arrays
        ]
        self._call = tf.function(self._step, input_signature=signature, autograph=False).get_concrete_function()

    def _rehearse(self, arrays: list[np.ndarray]) -> dict[str, Any]:
        """Run the step once without learning: it shows what is returned, and the optimisers see their variables.

        An optimiser that meets its variables only inside the graph would have it traced twice."""
        models = [value for value in vars(self.agent).values() if is_model(value)]
        kept = [model.get_weights() for model in models]
        with _only_built(self.agent):
            outputs = self.function(self.agent, *map(tf.constant, arrays))
        for model, weights in zip(models, kept, strict=True):
            model.set_weights(weights)
        return outputs or {}

    def _step(self, *tensors: Tensor) -> Any:
        if self.many:
            kinds = {
                name: tf.TensorSpec([None] * min(1, value.shape.rank) + value.shape[1:].as_list(), value.dtype)
                for name, value in self._outputs.items()
            }
            outputs = tf.map_fn(
                lambda batch: self.function(self.agent, *batch),
                tensors,
                fn_output_signature=kinds,
                parallel_iterations=1,
            )
        else:
            outputs = self.function(self.agent, *tensors) or {}
        scalars = [tf.cast(outputs[name], tf.float32) for name in self._scalars]
        if self.many:
            scalars = [tf.reduce_mean(each) for each in scalars]
        weights = [tf.reshape(variable, [-1]) for copy in self._copies for variable in copy.model.weights]
        arrays = {name: value for name, value in outputs.items() if name not in self._scalars}
        return tf.stack(scalars) if scalars else tf.zeros(0), tf.concat(weights, 0) if weights else tf.zeros(0), arrays

    def __call__(self, arguments: Any) -> dict[str, Any]:
        scalars, weights, arrays = self._call(
            *[
                tf.constant(np.asarray(argument, np.float32) if truth else argument, kind)
                for argument, truth, kind in zip(arguments, self._truth, self._types, strict=True)
            ]
        )
        numbers, begin = weights.numpy(), 0
        for copy in self._copies:
            copy.follow(numbers[begin : begin + copy.size])
            begin += copy.size
        for copy in self.agent.copied[len(self._copies) :]:  # made since
            copy.refresh()
        shown = dict(zip(self._scalars, scalars.numpy().tolist(), strict=True))
        self.agent.numbers.update(shown)
        return shown | {name: value.numpy() for name, value in arrays.items()}


def _as_array(argument: Any) -> np.ndarray:
    """float32 for numbers with a point and for truth values, int64 for whole numbers."""
    array = np.asarray(argument)
    return array.astype(np.int64 if array.dtype.kind in "iu" else np.float32)


@contextmanager
def _only_built(agent: Agent) -> Iterator[None]:
    """While this lasts, the agent's optimisers are built for their variables instead of moving them."""
    optimizers = [value for value in vars(agent).values() if is_optimizer(value)]

    def building(optimizer: Any) -> Callable[..., None]:
        def build(gradients: Any, variables: Any = None) -> None:
            if optimizer.built:
                return
            optimizer.build(list(variables))
            for variable, value in zip(optimizer.variables, agent.waiting.pop(id(optimizer), []), strict=False):
                variable.assign(value)

        return build

    for optimizer in optimizers:
        optimizer.apply = building(optimizer)
    try:
        yield
    finally:
        for optimizer in optimizers:
            del optimizer.apply

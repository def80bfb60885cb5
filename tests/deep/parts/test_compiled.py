"""Compiled steps: the same numbers as the same lines run one by one, traced once, and the copies follow."""

from typing import Any, ClassVar

from common.errors import UserError
from common.runs.run_options import RunOptions
from deep.parts.agent import Agent
from deep.parts.compiled import compiled
from deep.parts.lazy import keras, tf

import numpy as np
import pytest


class Fitter(Agent):
    """Moves a network towards given outputs; says how often TensorFlow read its lines."""

    roles: ClassVar = {"q": "online"}

    def __init__(self, optimizer: Any = None, hidden: Any = None) -> None:
        self.options, self.generator = RunOptions(), np.random.default_rng(0)
        keras.utils.set_random_seed(0)
        layers = [keras.layers.Dense(5, "tanh") if hidden is None else hidden, keras.layers.Dense(2)]
        self.online = keras.Sequential([keras.Input((3,)), *layers])
        self.optimizer = keras.optimizers.Adam(0.01) if optimizer is None else optimizer
        self._traced: list[bool] = []

    def act(self, state: np.ndarray) -> int:
        return int(self.predict(self.online, state).argmax())

    @compiled
    def update(self, states: Any, actions: Any, targets: Any, ended: Any) -> dict[str, Any]:
        """One step."""
        self._traced.append(tf.executing_eagerly())
        with tf.GradientTape() as tape:
            value = tf.gather(self.online(states), actions, axis=1, batch_dims=1)
            error = (1 - ended) * targets - value
            loss = tf.reduce_mean(error**2)
        gradient = tape.gradient(loss, self.online.trainable_variables)
        self.optimizer.apply(gradient, self.online.trainable_variables)
        return {"loss": loss, "error": error}


def batches(count: int, size: int = 7) -> tuple[np.ndarray, ...]:
    generator = np.random.default_rng(1)
    shape = (count, size)
    states = generator.standard_normal((*shape, 3)).astype(np.float32)
    return states, generator.integers(2, size=shape), generator.standard_normal(shape), generator.random(shape) < 0.3


def eagerly(agent: Fitter, data: tuple[np.ndarray, ...]) -> list[dict[str, Any]]:
    kinds = (np.float32, np.int64, np.float32, np.float32)
    return [
        Fitter.update.function(agent, *[tf.constant(part.astype(kind)) for part, kind in zip(one, kinds, strict=True)])
        for one in zip(*data, strict=True)
    ]


def same_weights(left: Fitter, right: Fitter) -> None:
    for a, b in zip(left.online.get_weights(), right.online.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def optimizers() -> dict[str, Any]:
    kinds = keras.optimizers
    return {"Adam": kinds.Adam(0.01), "RMSprop": kinds.RMSprop(0.01), "SGD": kinds.SGD(0.1, momentum=0.9)}


@pytest.mark.parametrize("optimizer", ["Adam", "RMSprop", "SGD"])
@pytest.mark.parametrize("many", [False, True])
def test_the_same_as_the_lines_run_one_by_one(many: bool, optimizer: str) -> None:
    quick, slow = (Fitter(optimizers()[optimizer]) for _ in range(2))
    data = batches(6)
    expected = eagerly(slow, data)
    found = [quick.update.each(*data)] if many else [quick.update(*one) for one in zip(*data, strict=True)]
    same_weights(quick, slow)
    errors = [step["error"].numpy() for step in expected]
    losses = [float(step["loss"]) for step in expected]
    np.testing.assert_allclose(found[0]["error"] if many else [step["error"] for step in found], errors, atol=1e-5)
    assert [step["loss"] for step in found] == pytest.approx([np.mean(losses)] if many else losses, rel=1e-4)


def test_numbers_come_back_as_floats_and_arrays_as_arrays() -> None:
    agent = Fitter()
    shown = agent.update(*(part[0] for part in batches(1)))
    assert type(shown["loss"]) is float and shown["error"].shape == (7,)
    assert agent.status() == {"loss": shown["loss"]}, "for the progress bar"
    shown = agent.update.each(*batches(4))
    assert type(shown["loss"]) is float and shown["error"].shape == (4, 7)


@pytest.mark.parametrize("built", [False, True])
def test_each_form_is_traced_once(built: bool) -> None:
    """Whether or not the optimiser has met its variables; batches may differ in size."""
    agent = Fitter()
    if built:
        agent.optimizer.build(agent.online.trainable_variables)
    for size in (7, 3, 7, 20):
        agent.update(*(part[0] for part in batches(1, size)))
    assert agent._traced.count(False) == 1
    for count, size in ((4, 7), (4, 7), (2, 9)):
        agent.update.each(*batches(count, size))
    assert agent._traced.count(False) == 2


def test_the_first_call_makes_one_step_and_no_more() -> None:
    agent = Fitter()
    agent.update(*(part[0] for part in batches(1)))
    assert int(agent.optimizer.iterations.numpy()) == 1
    agent.update.each(*batches(5))
    assert int(agent.optimizer.iterations.numpy()) == 6


@pytest.mark.parametrize("known", [True, False])
def test_the_copy_that_acts_follows(known: bool) -> None:
    agent = Fitter(hidden=None if known else keras.layers.Dense(5, "hard_silu"))
    states = batches(1)[0][0]
    before = agent.greedy.networks["q"](states)
    for update in (lambda: agent.update(*(part[0] for part in batches(1))), lambda: agent.update.each(*batches(3))):
        update()
        after = agent.predict(agent.online, states)
        assert not np.allclose(before, after, atol=1e-4)
        np.testing.assert_allclose(after, agent.online(states).numpy(), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(agent.greedy.networks["q"](states), after)
        before = np.array(after)


def test_two_agents_do_not_share_a_graph() -> None:
    first, second = Fitter(), Fitter()
    kept = second.weights()
    first.update(*(part[0] for part in batches(1)))
    assert all(np.array_equal(a, b) for a, b in zip(kept, second.weights(), strict=True))
    second.update(*(part[0] for part in batches(1)))
    same_weights(first, second)


@pytest.mark.parametrize("when", ["before the first update", "after some"])
def test_a_restored_agent_goes_on_with_the_moments_of_its_optimiser(when: str) -> None:
    whole, resumed = Fitter(), Fitter()
    data = batches(6)
    for one in list(zip(*data, strict=True))[:3]:
        whole.update(*one)
        if when == "after some":
            resumed.update(*one)
    resumed.restore(whole.state())
    for one in list(zip(*data, strict=True))[3:]:
        for agent in (whole, resumed):
            agent.update(*one)
    for a, b in zip(whole.weights(), resumed.weights(), strict=True):
        assert np.array_equal(a, b), "bit for bit"


def test_a_type_that_could_not_be_resumed_is_named_before_the_run() -> None:
    agent = Fitter()
    agent.begin()
    agent.seen = {1, 2}
    with pytest.raises(UserError, match=r"Fitter\.seen holds a set, which --resume could not bring back") as error:
        agent.begin()
    assert "\n" not in str(error.value)
    del agent.seen
    agent._seen = {1, 2}
    agent.begin()


def test_everything_in_the_attributes_comes_back() -> None:
    from collections import deque

    first, second = Fitter(), Fitter()
    first.count, first.name, first.pair, first.nothing = 3, "a", (1, 2.5), None
    first.recent = deque([(np.float32([1, 2]), 1, 0.5)], maxlen=4)
    first.table = {"a": [np.arange(3)], 7: np.float64(2.5)}
    second.count, second.name, second.pair, second.nothing = 0, "", (), 1
    second.recent, second.table = deque(), {}
    second.restore(first.state())
    assert (second.count, second.name, second.pair, second.nothing) == (3, "a", (1, 2.5), None)
    assert second.recent.maxlen == 4 and second.recent[0][1:] == (1, 0.5)
    assert np.array_equal(second.recent[0][0], [1, 2]) and np.array_equal(second.table["a"][0], [0, 1, 2])
    assert second.table[7] == 2.5

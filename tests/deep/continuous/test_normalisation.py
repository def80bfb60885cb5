"""Running statistics against NumPy over the whole stream, and the layers that carry them."""

from deep.parts.continuous.normalisation import Normalisation, RunningMoments
from deep.parts.lazy import keras

import numpy as np
import pytest


@pytest.mark.parametrize("sizes", [(1000,), (1, 1, 1, 1, 1), (7, 300, 1, 64)])
def test_running_moments_are_those_of_the_whole_stream(sizes: tuple[int, ...]) -> None:
    """Also where the mean is large beside the deviation: sums of squares would have lost it."""
    generator, moments = np.random.default_rng(0), RunningMoments(3)
    batches = [generator.normal([0, 5, 1e6], [1, 0.1, 2], (size, 3)) for size in sizes]
    for count, batch in enumerate(batches, 1):
        moments.add(batch)
        stream = np.concatenate(batches[:count])
        np.testing.assert_allclose(moments.mean, stream.mean(axis=0), rtol=1e-12)
        if len(stream) > 1:
            np.testing.assert_allclose(moments.deviation, stream.std(axis=0), rtol=1e-8)


def test_what_has_not_varied_is_not_divided_by_nothing() -> None:
    moments = RunningMoments(2)
    assert moments.deviation.tolist() == [1.0, 1.0]
    moments.add(np.array([[3.0, 1.0], [3.0, 2.0]]))
    assert moments.deviation.tolist() == [1.0, 0.5]


def rollout(generator: np.random.Generator, steps: int = 40) -> tuple[np.ndarray, ...]:
    """Two environments that end now and then, and begin again in the step after it, which does not count."""
    ended = generator.random((steps, 2)) < 0.2
    played = ~np.concatenate([np.zeros((1, 2), bool), ended[:-1]])
    ended &= played
    played = ~np.concatenate([np.zeros((1, 2), bool), ended[:-1]])
    return generator.normal(3, 2, (steps, 2, 4)).astype(np.float32), generator.normal(-8, 5, (steps, 2)), ended, played


def made() -> tuple[Normalisation, keras.Model, keras.Model]:
    keras.utils.set_random_seed(0)
    normalisation = Normalisation(4, 0.9)
    networks = [keras.Sequential([keras.Input((4,)), keras.layers.Dense(n)]) for n in (2, 1)]
    return normalisation, normalisation.before(networks[0]), normalisation.around(networks[1])


def test_states_are_standardised_and_values_come_at_the_scale_of_the_returns() -> None:
    """Over three rollouts, against the whole stream; returns are summed within an episode, across rollouts."""
    normalisation, actor, critic = made()
    generator = np.random.default_rng(0)
    parts = [rollout(generator) for _ in range(3)]
    for part in parts:
        normalisation.see(part[0], part[1], part[3])
    normalisation.set_front()
    states, rewards, ended, played = (np.concatenate(each) for each in zip(*parts, strict=True))
    returns = []
    for column in range(2):
        total = 0.0
        for reward, end, counts in zip(rewards[:, column], ended[:, column], played[:, column], strict=True):
            if counts:
                total = reward + 0.9 * total
                returns.append(total)
            total = 0.0 if end or not counts else total
    seen = states[played].astype(np.float64)
    standard = (states[0] - seen.mean(axis=0)) / seen.std(axis=0)
    np.testing.assert_allclose(actor(states[0]), actor.layers[1](standard), atol=1e-4)
    np.testing.assert_allclose(critic(states[0]), critic.layers[1](standard) * np.std(returns), atol=1e-3)


def test_no_gradient_moves_the_layers_and_they_begin_as_if_they_were_not_there() -> None:
    _, actor, critic = made()
    state = np.float32([[1, 2, 3, 4]])
    np.testing.assert_array_equal(actor(state), actor.layers[1](state))
    np.testing.assert_array_equal(critic(state), critic.layers[1](state))
    assert len(actor.trainable_variables) == len(critic.trainable_variables) == 2


def test_statistics_that_were_stopped_go_on() -> None:
    generator = np.random.default_rng(0)
    first, second = rollout(generator, 30), rollout(generator, 30)
    straight, stopped, resumed = made()[0], made()[0], made()[0]
    for part in (first, second):
        straight.see(part[0], part[1], part[3])
    stopped.see(first[0], first[1], first[3])
    resumed.restore(stopped.state())
    resumed.see(second[0], second[1], second[3])
    for name in ("states", "returns"):
        ours, theirs = vars(getattr(resumed, name)), vars(getattr(straight, name))
        assert all(np.array_equal(ours[key], theirs[key]) for key in theirs)
    assert np.array_equal(resumed.sums, straight.sums)
    empty = made()[0]
    empty.restore(made()[0].state())
    assert empty.sums is None

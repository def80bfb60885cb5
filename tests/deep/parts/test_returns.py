"""Returns, temporal-difference errors and generalised advantages against their definitions."""

from deep.parts.returns import discounted_returns, generalised_advantages, td_errors

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

numbers = st.floats(-10.0, 10.0)


def test_returns_by_hand() -> None:
    # 1 + 0.5 * (2 + 0.5 * 4) = 3
    np.testing.assert_allclose(discounted_returns([1.0, 2.0, 4.0], 0.5), [3.0, 4.0, 4.0])


def test_a_cut_episode_goes_on_with_the_value_of_its_last_observation() -> None:
    np.testing.assert_allclose(discounted_returns([1.0, 1.0], 0.5, bootstrap=8.0), [3.5, 5.0])


def test_an_episode_without_steps_has_no_returns() -> None:
    assert discounted_returns([], 0.9).shape == (0,)


@given(st.lists(numbers, max_size=30), st.floats(0.0, 1.0), numbers)
def test_returns_are_the_discounted_sum_of_what_follows(rewards: list[float], discount: float, after: float) -> None:
    length = len(rewards)
    by_definition = [
        sum(discount ** (later - step) * rewards[later] for later in range(step, length))
        + discount ** (length - step) * after
        for step in range(length)
    ]
    np.testing.assert_allclose(discounted_returns(rewards, discount, after), by_definition, atol=1e-9)


def test_values_of_a_constant_reward_under_a_time_limit() -> None:
    """With the bootstrap, a reward of 1 a step is worth 1 / (1 - discount) at every step, however short the episode."""
    discount = 0.9
    value = 1.0 / (1.0 - discount)
    np.testing.assert_allclose(discounted_returns(np.ones(7), discount, bootstrap=value), value)


def test_td_errors_by_hand() -> None:
    errors = td_errors([1.0, 1.0], values=[2.0, 3.0], next_values=[3.0, 100.0], terminated=[False, True], discount=0.5)
    np.testing.assert_allclose(errors, [1.0 + 0.5 * 3.0 - 2.0, 1.0 - 3.0])


@st.composite
def rollouts(draw: st.DrawFn) -> dict[str, np.ndarray]:
    """A rollout [T, N] whose episodes end now and then."""
    shape = (draw(st.integers(1, 12)), draw(st.integers(1, 3)))
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    return {
        "rewards": random.normal(size=shape),
        "values": random.normal(size=shape),
        "next_values": random.normal(size=shape),
        "terminated": random.random(shape) < 0.2,
        "truncated": random.random(shape) < 0.2,
    }


def advantage_by_definition(
    rollout: dict[str, np.ndarray], discount: float, trace: float, step: int, env: int
) -> float:
    """Sum of (discount * trace)^l * delta_{t+l}, up to and with the step that ends the episode."""
    total = 0.0
    for later in range(step, len(rollout["rewards"])):
        terminated = rollout["terminated"][later, env]
        bootstrap = 0.0 if terminated else rollout["next_values"][later, env]
        delta = rollout["rewards"][later, env] + discount * bootstrap - rollout["values"][later, env]
        total += (discount * trace) ** (later - step) * delta
        if terminated or rollout["truncated"][later, env]:
            break
    return total


@given(rollouts(), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_advantages_are_the_decaying_sum_of_td_errors(
    rollout: dict[str, np.ndarray], discount: float, trace: float
) -> None:
    advantages = generalised_advantages(**rollout, discount=discount, trace_decay=trace)
    for step, env in np.ndindex(advantages.shape):
        expected = advantage_by_definition(rollout, discount, trace, step, env)
        assert advantages[step, env] == pytest.approx(expected, abs=1e-9)


@given(rollouts(), st.floats(0.0, 1.0))
def test_trace_zero_is_the_td_error(rollout: dict[str, np.ndarray], discount: float) -> None:
    one_step = {name: array for name, array in rollout.items() if name != "truncated"}
    np.testing.assert_allclose(
        generalised_advantages(**rollout, discount=discount, trace_decay=0.0), td_errors(**one_step, discount=discount)
    )


@given(st.lists(numbers, min_size=1, max_size=20), st.floats(0.0, 1.0), numbers)
def test_trace_one_is_the_return_minus_the_value(rewards: list[float], discount: float, after: float) -> None:
    """The values in between cancel: what is left is G_t - V(S_t), G_t closed with the value after the last step."""
    values = np.cos(np.arange(len(rewards) + 1.0))
    values[-1] = after
    never = np.zeros(len(rewards), bool)
    advantages = generalised_advantages(rewards, values[:-1], values[1:], never, never, discount, trace_decay=1.0)
    returns = discounted_returns(rewards, discount, bootstrap=after)
    np.testing.assert_allclose(advantages, returns - values[:-1], atol=1e-8)


def test_truncation_bootstraps_and_termination_does_not() -> None:
    rollout = {"rewards": [1.0], "values": [0.0], "next_values": [10.0], "discount": 0.9, "trace_decay": 0.95}
    assert generalised_advantages(**rollout, terminated=[False], truncated=[True]) == pytest.approx([10.0])
    assert generalised_advantages(**rollout, terminated=[True], truncated=[False]) == pytest.approx([1.0])


@pytest.mark.parametrize("end", ["terminated", "truncated"])
def test_nothing_leaks_from_one_episode_into_the_one_before(end: str) -> None:
    rollout = {"values": np.zeros(3), "next_values": np.zeros(3), "terminated": np.zeros(3), "truncated": np.zeros(3)}
    rollout[end] = np.array([0.0, 1.0, 0.0])
    calm = generalised_advantages(rewards=[1.0, 1.0, 0.0], **rollout, discount=0.9, trace_decay=0.9)
    wild = generalised_advantages(rewards=[1.0, 1.0, 1e6], **rollout, discount=0.9, trace_decay=0.9)
    np.testing.assert_array_equal(calm[:2], wild[:2])

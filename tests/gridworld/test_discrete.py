"""Any discrete environment as one that a table can learn in."""

from typing import Any

from common.errors import UserError
from gridworld.discrete import Numbered, table_sizes

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces


class Odd(gym.Env):
    """Observations 5 and 6 by 0 to 2, actions -1, 0 and 1; pays the action."""

    observation_space = spaces.Tuple((spaces.Discrete(2, start=5), spaces.Discrete(3)))
    action_space = spaces.Discrete(3, start=-1)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return (5, 0), {}

    def step(self, action):
        return (6, 2), float(action), False, False, {}


def test_tuples_become_one_number_and_back() -> None:
    env = Numbered(Odd())
    assert table_sizes(env) == (6, 3)
    assert env.reset(seed=0)[0] == 0
    assert env.step(0)[:4] == (5, -1.0, False, False)
    assert env.step(2)[:4] == (5, 1.0, False, False)
    assert {env.encode(env.decode(number)) for number in range(6)} == set(range(6))
    assert env.decode(5) == (6, 2)


class Plain(gym.Env):
    """Two switches seen as one array, one of three actions; pays numpy's float32."""

    observation_space: Any = spaces.MultiBinary(2)
    action_space: Any = spaces.Discrete(3)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return np.array([1, 0], np.int8), {}

    def step(self, action):
        return np.array([1, 1], np.int8), np.float32(0.1 * action), np.bool_(True), np.bool_(False), {}


def test_arrays_become_one_number_and_rewards_plain_floats() -> None:
    env = Numbered(Plain())
    assert (table_sizes(env), env.reset()[0]) == ((4, 3), 2)
    state, reward, terminated, truncated, _ = env.step(2)
    assert (state, terminated, truncated) == (3, True, False)
    assert type(reward) is float and reward == pytest.approx(0.2)


def test_only_what_is_numbered_from_0_has_the_sizes_of_a_table() -> None:
    assert table_sizes(gym.make("FrozenLake-v1")) == (16, 4)
    for env in (Odd(), Plain()):
        with pytest.raises(UserError, match=r"numbered from 0.*Numbered\(env\)"):
            table_sizes(env)


def test_blackjacks_hands_have_numbers_of_their_own() -> None:
    env = Numbered(gym.make("Blackjack-v1"))
    assert table_sizes(env)[0] == 32 * 11 * 2
    numbers = {env.encode((hand, card, ace)) for hand in range(32) for card in range(11) for ace in range(2)}
    assert numbers == set(range(704))
    state, _ = env.reset(seed=3)
    assert 0 <= state < 704


@pytest.mark.parametrize(
    ("name", "words"),
    [("CartPole-v1", r"discrete states.*deep/dqn\.py"), ("Pendulum-v1", r"discrete actions.*deep/a2c\.py")],
)
def test_continuous_worlds_are_refused_with_the_chapter_that_handles_them(name: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        Numbered(gym.make(name))

"""Experience: the model's probabilities, gymnasium's conventions, encoded observations."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from common.options import UserError
from gridworld import MDP, GridWorld
from gridworld.simulator import Encoded, Simulator


def test_outcomes_come_as_often_as_the_model_says() -> None:
    mdp = GridWorld.load("slippery").mdp()
    simulator = Simulator(mdp, seed=0)
    start = int(np.flatnonzero(mdp.start)[0])
    counts = np.zeros((mdp.n_actions, mdp.n_states))
    for action in range(mdp.n_actions):
        for _ in range(4000):
            simulator.reset()
            next_state, reward, terminated, truncated, _ = simulator.step(action)
            counts[action, next_state] += 1
            assert not truncated
            assert (reward, terminated) in zip(mdp.reward[start, action], mdp.terminated[start, action], strict=True)
    expected = np.zeros_like(counts)
    for action in range(mdp.n_actions):
        np.add.at(expected[action], mdp.next_state[start, action], mdp.probability[start, action])
    assert counts / 4000 == pytest.approx(expected, abs=0.035)


def test_starts_come_as_often_as_the_model_says() -> None:
    mdp = MDP(np.zeros((3, 1, 1), int), np.ones((3, 1, 1)), np.zeros((3, 1, 1)), np.ones((3, 1, 1)), [0.2, 0.0, 0.8])
    simulator = Simulator(mdp, seed=1)
    starts = np.bincount([simulator.reset()[0] for _ in range(5000)], minlength=3) / 5000
    assert starts == pytest.approx([0.2, 0.0, 0.8], abs=0.02)


def test_every_move_is_the_models_on_a_map_of_several_blocks() -> None:
    mdp = GridWorld.random(20, seed=3).mdp()
    simulator = Simulator(mdp, seed=0, max_steps=10**6)
    dice = np.random.default_rng(0)
    state, _ = simulator.reset()
    for action in dice.integers(mdp.n_actions, size=3000).tolist():
        next_state, reward, terminated, _, _ = simulator.step(action)
        assert next_state == mdp.next_state[state, action, 0]
        assert reward == mdp.reward[state, action, 0]
        state = simulator.reset()[0] if terminated else next_state


def test_an_episode_is_truncated_at_its_limit_unless_it_terminates_there() -> None:
    mdp = GridWorld.load("course").mdp()
    simulator = Simulator(mdp, seed=0, max_steps=4)
    simulator.reset()
    assert [simulator.step(0)[3] for _ in range(4)] == [False, False, False, True]
    simulator.reset()
    ways = [simulator.step(action)[2:4] for action in (3, 3, 1, 1)]  # right, right, through the trap, the goal
    assert ways[-1] == (True, False)
    assert (simulator.steps, simulator.episode_return, simulator.total_steps) == (4, 0.0, 8)


def test_the_same_seed_gives_the_same_outcomes() -> None:
    def walk(seed: int) -> list[int]:
        simulator = Simulator(GridWorld.load("slippery").mdp(), seed)
        simulator.reset()
        return [simulator.step(action % 4)[0] for action in range(50)]

    assert walk(5) == walk(5) != walk(6)


def test_after_an_edit_it_goes_on_in_the_new_model() -> None:
    world = GridWorld.load("course")
    simulator = Simulator(world.mdp(), seed=0)
    simulator.reset()
    assert simulator.step(3)[0] == 1
    simulator.use(world.with_cell(1, "#").mdp())
    simulator.reset()
    assert simulator.step(3)[0] == 0


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
    encoded = Encoded(Odd(), seed=0, max_steps=3)
    assert (encoded.n_states, encoded.n_actions) == (6, 3)
    assert encoded.reset()[0] == 0
    assert encoded.step(0)[:4] == (5, -1.0, False, False)
    assert encoded.step(2)[:4] == (5, 1.0, False, False)
    assert encoded.step(1)[3], "truncated at its limit"
    assert {encoded.encode(encoded.decode(number)) for number in range(6)} == set(range(6))
    assert encoded.decode(5) == (6, 2)


def test_blackjacks_hands_have_numbers_of_their_own() -> None:
    encoded = Encoded(gym.make("Blackjack-v1"), seed=3)
    assert encoded.n_states == 32 * 11 * 2
    numbers = {encoded.encode((hand, card, ace)) for hand in range(32) for card in range(11) for ace in range(2)}
    assert numbers == set(range(704))
    state, _ = encoded.reset()
    assert 0 <= state < 704


@pytest.mark.parametrize(
    ("name", "words"),
    [("CartPole-v1", r"discrete states.*deep/dqn\.py"), ("Pendulum-v1", r"discrete actions.*deep/a2c\.py")],
)
def test_continuous_worlds_are_refused_with_the_chapter_that_handles_them(name: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        Encoded(gym.make(name), seed=0)

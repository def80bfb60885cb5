"""Outcomes come as often as the model says, starts too, on every map and in every model."""

import random

from common.errors import UserError
from gridworld import MDP, GridWorld
from gridworld.env import GridWorldEnv, MDPEnv
from gridworld.outcomes import Outcomes

import numpy as np
import pytest


def test_outcomes_come_as_often_as_the_model_says() -> None:
    mdp = GridWorld.load("slippery").mdp()
    outcomes, dice = Outcomes(mdp), random.Random(0).random
    start = int(np.flatnonzero(mdp.start)[0])
    counts = np.zeros((mdp.n_actions, mdp.n_states))
    for action in range(mdp.n_actions):
        listed = list(zip(mdp.reward[start, action], mdp.terminated[start, action], strict=True))
        for _ in range(4000):
            next_state, reward, terminated, _ = outcomes.draw(start, action, dice)
            counts[action, next_state] += 1
            assert (reward, terminated) in listed
    expected = np.zeros_like(counts)
    for action in range(mdp.n_actions):
        np.add.at(expected[action], mdp.next_state[start, action], mdp.probability[start, action])
    assert counts / 4000 == pytest.approx(expected, abs=0.035)


def test_where_nothing_is_left_to_chance_nothing_is_drawn() -> None:
    mdp = GridWorld.random(20, seed=3).mdp()  # several blocks of states
    outcomes = Outcomes(mdp)
    for state in reversed(range(mdp.n_states)):
        for action in range(mdp.n_actions):
            outcome = outcomes.draw(state, action, lambda: pytest.fail("nothing to draw"))
            assert outcome == outcomes.look_up(state)[action]
            at = (state, action, 0)
            assert outcome == (mdp.next_state[at], mdp.reward[at], mdp.terminated[at], 1.0)


def test_probabilities_that_sum_to_a_hair_less_than_1_still_give_an_outcome() -> None:
    mdp = MDP([[[0, 0]]], [[[0.5, 0.5 - 1e-9]]], [[[1.0, 2.0]]], [[[True, True]]], [1.0])
    assert Outcomes(mdp).draw(0, 0, lambda: 1 - 1e-10)[1] == 2.0


def test_starts_come_as_often_as_the_model_says() -> None:
    mdp = MDP(np.zeros((3, 1, 1), int), np.ones((3, 1, 1)), np.zeros((3, 1, 1)), np.ones((3, 1, 1)), [0.2, 0.0, 0.8])
    env = MDPEnv(mdp)
    env.reset(seed=1)
    starts = np.bincount([env.reset()[0] for _ in range(5000)], minlength=3) / 5000
    assert starts == pytest.approx([0.2, 0.0, 0.8], abs=0.02)
    assert env.reset(seed=1)[0] == env.reset(seed=1)[0]


def test_a_model_without_a_start_is_refused() -> None:
    with pytest.raises(UserError, match="where an episode starts"):
        MDPEnv(MDP([[[0]]], [[[1.0]]], [[[1.0]]], [[[False]]]))


def test_an_episode_is_truncated_at_its_limit_unless_it_terminates_there() -> None:
    env = GridWorldEnv("course", max_steps=4)
    for _ in range(2):
        env.reset(seed=0)
        assert [env.step(0)[3] for _ in range(4)] == [False, False, False, True]
    env.reset()
    ways = [env.step(action)[2:4] for action in (3, 3, 1, 1)]  # right, right, through the trap, the goal
    assert ways[-1] == (True, False)


def test_the_same_seed_gives_the_same_outcomes_whatever_came_before() -> None:
    env = GridWorldEnv("slippery")

    def walk(seed: int) -> list[int]:
        return [env.reset(seed=seed)[0], *(env.step(action % 4)[0] for action in range(50))]

    assert walk(5) == walk(5) != walk(6)

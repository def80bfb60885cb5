"""How learners choose, by how much they move, and how their exploration fades."""

from typing import Any

from gridworld import MDP
from gridworld.env import GridWorldEnv, MDPEnv
from tabular import (
    double_q_learning,
    dyna_q,
    expected_sarsa,
    monte_carlo_control,
    monte_carlo_prediction,
    q_learning,
    sarsa,
    sarsa_lambda,
    td_prediction,
)
from tabular.parts.given_policy import epsilon_soft
from tabular.parts.learning_options import ControlOptions, PredictionOptions
from tabular.parts.table_agent import ActionTable, StateTable
from tabular.parts.trial import Trial

import numpy as np
import pytest

TREADMILL = MDP([[[0]]], [[[1.0]]], [[[1.0]]], [[[False]]], [1.0])
"""One state that leads to itself for ever and pays 1 a step."""
CONTROL: dict[str, tuple[Any, Any]] = {
    "SARSA": (sarsa, ActionTable),
    "Expected SARSA": (expected_sarsa, ActionTable),
    "SARSA(lambda)": (sarsa_lambda, sarsa_lambda.TracedTable),
    "Q-learning": (q_learning, ActionTable),
    "Double Q-learning": (double_q_learning, double_q_learning.DoubleTable),
    "Dyna-Q": (dyna_q, dyna_q.DynaTable),
    "Monte Carlo": (monte_carlo_control, monte_carlo_control.MonteCarloTable),
}


def table(states: int, actions: int, **options: Any) -> ActionTable:
    shape = (states, actions, 1)
    mdp = MDP(np.zeros(shape, int), np.ones(shape), np.zeros(shape), np.ones(shape, bool), np.eye(states)[0])
    return ActionTable(MDPEnv(mdp), ControlOptions(**options))


def test_the_choice_is_epsilon_greedy_with_ties_drawn_evenly() -> None:
    agent = table(1, 4, epsilon=0.4)
    agent.fill(np.array([[1.0, 3.0, 3.0, 2.0]]))
    chosen = np.bincount([agent.act(0) for _ in range(20_000)], minlength=4) / 20_000
    assert chosen == pytest.approx([0.1, 0.4, 0.4, 0.1], abs=0.015)


def test_epsilon_0_is_greedy_and_1_is_random() -> None:
    greedy, random = (table(1, 3, epsilon=epsilon) for epsilon in (0.0, 1.0))
    for agent in (greedy, random):
        agent.fill(np.array([[0.0, 5.0, 1.0]]))
    assert {greedy.act(0) for _ in range(200)} == {1}
    assert {random.act(0) for _ in range(200)} == {0, 1, 2}


def test_a_given_policy_is_followed() -> None:
    agent = StateTable(np.array([[0.5, 0.0, 0.2, 0.3]]), PredictionOptions())
    chosen = np.bincount([agent.act(0) for _ in range(20_000)], minlength=4) / 20_000
    assert chosen == pytest.approx([0.5, 0.0, 0.2, 0.3], abs=0.015)


def test_the_step_size_falls_with_the_visits_of_the_entry() -> None:
    agent = table(2, 1, step_size=0.5, step_size_decay=0.7)
    sizes = []
    for _ in range(4):
        agent.update(0, 0, 1.0)
        assert agent.last_update is not None
        sizes.append(agent.last_update.step_size)
    assert sizes == pytest.approx([0.5 / n**0.7 for n in (1, 2, 3, 4)])
    agent.update(1, 0, 1.0)
    assert agent.last_update is not None
    assert agent.last_update.step_size == 0.5


def test_the_largest_value_of_a_row_is_always_known() -> None:
    dice = np.random.default_rng(0)
    agent = table(3, 4, step_size=0.7, initial_value=0.5)
    for _ in range(500):
        agent.update(int(dice.integers(3)), int(dice.integers(4)), float(dice.normal()))
        agent.move(int(dice.integers(3)), int(dice.integers(4)), float(dice.normal()))
        assert agent.best == [max(row) for row in agent.table]


@pytest.mark.parametrize("kind", CONTROL)
def test_epsilon_decays_with_the_environments_steps_and_the_first_action_is_drawn_with_the_one_named(kind: str) -> None:
    """Not with episodes, updates or choices: after n steps it is epsilon * decay ** n, wherever in an episode it is."""
    chapter, make = CONTROL[kind]
    env = GridWorldEnv("course", max_steps=1000)
    agent = make(env, chapter.Options(epsilon=0.8, epsilon_decay=0.999, epsilon_final=0.05))
    drawn_with: list[float] = []
    act = agent.act
    agent.act = lambda state: (drawn_with.append(agent.epsilon), act(state))[1]
    loop = chapter.train(env, agent, 10**6)
    for steps in range(1, 600):
        next(loop)
        assert agent.epsilon == pytest.approx(0.8 * 0.999**steps)
    assert drawn_with[0] == 0.8
    assert drawn_with[1] == pytest.approx(0.8 * 0.999)
    for _ in range(4000):
        next(loop)
    assert agent.epsilon == 0.05


def test_an_epsilon_below_the_final_one_stays() -> None:
    agent = table(1, 2, epsilon=0.05, epsilon_decay=0.5, epsilon_final=0.1)
    agent.decay_epsilon()
    assert agent.epsilon == 0.05


@pytest.mark.parametrize("kind", [*CONTROL, "TD(0)", "Monte Carlo prediction"])
def test_a_time_limit_does_not_change_what_for_ever_is_worth(kind: str) -> None:
    """1 a step for ever is worth 1 / (1 - discount) = 10, in episodes that are cut off after five steps."""
    always, env = np.ones((1, 1)), MDPEnv(TREADMILL, max_steps=5)
    if kind == "TD(0)":
        chapter, agent = td_prediction, StateTable(always, td_prediction.Options(step_size=0.5))
    elif kind == "Monte Carlo prediction":
        chapter = monte_carlo_prediction
        options = monte_carlo_prediction.Options(step_size=0.5, step_size_decay=0.0)
        agent = monte_carlo_prediction.MonteCarloTable(always, options)
    else:
        chapter, make = CONTROL[kind]
        agent = make(env, chapter.Options(step_size=0.5))
    trial = Trial(agent, env, chapter.train, seed=0)
    for _ in range(200):
        trial.episode()
    assert set(trial.lengths) == {5}
    learned = agent.values if isinstance(agent, StateTable) else agent.action_values
    assert learned.ravel() == pytest.approx([10.0])


def test_an_epsilon_soft_policy_takes_every_action() -> None:
    policy = epsilon_soft(np.array([[1.0, 0.0, 0.0, 0.0]]), 0.2)
    assert policy == pytest.approx(np.array([[0.85, 0.05, 0.05, 0.05]]))


def test_the_same_seed_learns_the_same_table_bit_for_bit() -> None:
    def learned(seed: int) -> list[list[float]]:
        env = GridWorldEnv("slippery")
        agent = double_q_learning.DoubleTable(env, double_q_learning.Options(seed=seed))
        trial = Trial(agent, env, double_q_learning.train, seed)
        for _ in range(50):
            trial.episode()
        return agent.table

    assert learned(3) == learned(3) != learned(4)

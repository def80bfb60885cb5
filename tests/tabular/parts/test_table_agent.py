"""How learners choose, and by how much they move."""

import numpy as np
import pytest

from gridworld import MDP
from gridworld.env import GridWorldEnv, MDPEnv
from tabular import monte_carlo, q_learning, sarsa, td_prediction
from tabular.parts.table_agent import ActionTable, Schedule, StateTable, epsilon_soft
from tabular.parts.trial import Trial

TREADMILL = MDP([[[0]]], [[[1.0]]], [[[1.0]]], [[[False]]], [1.0])
"""One state that leads to itself for ever and pays 1 a step."""


def test_the_choice_is_epsilon_greedy_with_ties_drawn_evenly() -> None:
    agent = ActionTable(1, 4, Schedule(epsilon=0.4), seed=0)
    agent.fill(np.array([[1.0, 3.0, 3.0, 2.0]]))
    chosen = np.bincount([agent.act(0) for _ in range(20_000)], minlength=4) / 20_000
    assert chosen == pytest.approx([0.1, 0.4, 0.4, 0.1], abs=0.015)


def test_epsilon_0_is_greedy_and_1_is_random() -> None:
    greedy, random = (ActionTable(1, 3, Schedule(epsilon=epsilon), seed=0) for epsilon in (0.0, 1.0))
    for agent in (greedy, random):
        agent.fill(np.array([[0.0, 5.0, 1.0]]))
    assert {greedy.act(0) for _ in range(200)} == {1}
    assert {random.act(0) for _ in range(200)} == {0, 1, 2}


def test_a_given_policy_is_followed() -> None:
    agent = StateTable(np.array([[0.5, 0.0, 0.2, 0.3]]), Schedule(), seed=0)
    chosen = np.bincount([agent.act(0) for _ in range(20_000)], minlength=4) / 20_000
    assert chosen == pytest.approx([0.5, 0.0, 0.2, 0.3], abs=0.015)


def test_the_step_size_falls_with_the_visits_of_the_entry() -> None:
    agent = ActionTable(2, 1, Schedule(step_size=0.5, step_size_decay=0.7), seed=0)
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
    agent = ActionTable(3, 4, Schedule(step_size=0.7, initial_value=0.5), seed=0)
    for _ in range(500):
        agent.update(int(dice.integers(3)), int(dice.integers(4)), float(dice.normal()))
        agent.write(int(dice.integers(3)), int(dice.integers(4)), float(dice.normal()))
        assert agent.best == [max(row) for row in agent.table]


@pytest.mark.parametrize("kind", ["SARSA", "SARSA(lambda)", "Q-learning", "Double Q-learning", "Dyna-Q", "Monte Carlo"])
def test_epsilon_decays_with_the_environments_steps_not_with_episodes(kind: str) -> None:
    schedule = Schedule(epsilon=0.8, epsilon_decay=0.999, epsilon_final=0.05)
    agent, train = {
        "SARSA": (sarsa.Sarsa(25, 4, schedule, 1), sarsa.train),
        "SARSA(lambda)": (sarsa.SarsaLambda(25, 4, schedule, 1, trace=0.5), sarsa.train),
        "Q-learning": (q_learning.QLearning(25, 4, schedule, 1), q_learning.train),
        "Double Q-learning": (q_learning.DoubleQLearning(25, 4, schedule, 1), q_learning.train),
        "Dyna-Q": (q_learning.DynaQ(25, 4, schedule, 1, planning=3), q_learning.train),
        "Monte Carlo": (monte_carlo.MonteCarloControl(25, 4, schedule, 1), monte_carlo.train),
    }[kind]
    trial = Trial(agent, GridWorldEnv("course"), train, seed=0)
    for _ in range(20):
        trial.episode()
    assert agent.epsilon == pytest.approx(max(0.05, 0.8 * 0.999 ** sum(trial.lengths)))
    for _ in range(1000):
        trial.episode()
    assert agent.epsilon == 0.05


@pytest.mark.parametrize("kind", ["SARSA", "Expected SARSA", "Q-learning", "TD(0)", "Monte Carlo", "MC control"])
def test_a_time_limit_does_not_change_what_for_ever_is_worth(kind: str) -> None:
    """1 a step for ever is worth 1 / (1 - discount) = 10, in episodes that are cut off after five steps."""
    schedule = Schedule(step_size=0.5, discount=0.9)
    always = np.ones((1, 1))
    agent, train = {
        "SARSA": (sarsa.Sarsa(1, 1, schedule, 0), sarsa.train),
        "Expected SARSA": (sarsa.ExpectedSarsa(1, 1, schedule, 0), sarsa.train),
        "Q-learning": (q_learning.QLearning(1, 1, schedule, 0), q_learning.train),
        "TD(0)": (td_prediction.TDPrediction(always, schedule, 0), td_prediction.train),
        "Monte Carlo": (monte_carlo.MonteCarloPrediction(always, schedule, 0), monte_carlo.train),
        "MC control": (monte_carlo.MonteCarloControl(1, 1, schedule, 0), monte_carlo.train),
    }[kind]
    trial = Trial(agent, MDPEnv(TREADMILL, max_steps=5), train, seed=0)
    for _ in range(200):
        trial.episode()
    assert set(trial.lengths) == {5}
    learned = agent.values if isinstance(agent, StateTable) else agent.action_values
    assert learned.ravel() == pytest.approx([10.0])


def test_sarsa_takes_the_action_that_its_target_used() -> None:
    taken, used = [], []

    class Recording(sarsa.Sarsa):
        def learn(self, state, action, reward, next_state, next_action, terminated):  # type: ignore[no-untyped-def]
            taken.append(action)
            used.append((next_action, terminated))
            super().learn(state, action, reward, next_state, next_action, terminated)

    trial = Trial(Recording(25, 4, Schedule(epsilon=0.5), 1), GridWorldEnv("course"), sarsa.train, seed=0)
    for _ in range(10):
        trial.episode()
    assert len(taken) > 50
    assert all(ended or later == now for (now, ended), later in zip(used, taken[1:], strict=False))


def test_an_epsilon_soft_policy_takes_every_action() -> None:
    policy = epsilon_soft(np.array([[1.0, 0.0, 0.0, 0.0]]), 0.2)
    assert policy == pytest.approx(np.array([[0.85, 0.05, 0.05, 0.05]]))


def test_the_same_seed_learns_the_same_table_bit_for_bit() -> None:
    def table(seed: int) -> list[list[float]]:
        agent = q_learning.DoubleQLearning(12, 4, Schedule(), 2 * seed + 1)
        trial = Trial(agent, GridWorldEnv("slippery"), q_learning.train, 2 * seed)
        for _ in range(50):
            trial.episode()
        return agent.table

    assert table(3) == table(3) != table(4)

"""Tables as text: what lies on a grid, what has parts, and what is only numbered."""

from typing import Any

from gridworld.task import Task
from tabular import monte_carlo_prediction, q_learning, td_prediction
from tabular.parts.given_policy import uniform_policy
from tabular.parts.table_agent import ActionTable, StateTable
from tabular.parts.table_text import table_text
from tabular.parts.trial import Trial

import numpy as np


def learned(task: Task, episodes: int) -> ActionTable:
    env = task.environment()
    trial = Trial(ActionTable(env, q_learning.Options(discount=1.0)), env, q_learning.train, 0)
    for _ in range(episodes):
        trial.episode()
    return trial.agent  # type: ignore[return-value]


def shown(task: Task, values: np.ndarray | None = None) -> list[str]:
    agent = ActionTable(task.environment(), q_learning.Options())
    if values is not None:
        agent.fill(values)
        agent.visits = [[1] * task.n_actions for _ in range(task.n_states)]
    return table_text(task, agent).splitlines()


def test_frozen_lakes_goal_does_not_look_like_its_holes() -> None:
    lines = shown(Task("", "FrozenLake-v1"))
    assert lines == ["  .  .  .  .", "  .  H  .  H", "  .  .  .  H", "  H  .  .  G", "(G goal, H hole)"]


def test_the_cliffs_goal_shows_no_arrows() -> None:
    task = Task("", "CliffWalking-v1")
    up = np.tile([1.0, 0, 0, 0], (48, 1))
    assert shown(task, up)[:4] == ["  ^" * 12] * 3 + ["  ^" + "  #" * 10 + "  G"]


def test_a_map_through_gymnasium_is_printed_as_the_map_is() -> None:
    through = Task("", "gridworld:GridWorld-v0", env_args=["map=course"])
    assert shown(through) == shown(Task("course"))
    assert shown(through)[2] == "  .  .  G  .  ."


def test_blackjack_is_the_two_tables_of_the_book() -> None:
    task = Task("", "Blackjack-v1")
    agent = learned(task, 3000)
    lines = table_text(task, agent).splitlines()
    hard = lines.index("no usable ace, your sum by dealer's card")
    soft = lines.index("usable ace, your sum by dealer's card")
    worth = [index for index, line in enumerate(lines) if line == "its value"]
    assert hard < worth[0] < soft < worth[1]
    for start in (hard, soft, *worth):
        assert lines[start + 1].split() == [str(card) for card in range(1, 11)]
    for start, end, lowest in ((hard, worth[0], 4), (worth[0], soft, 4), (soft, worth[1], 12), (worth[1], -1, 12)):
        sums = [line.split()[0] for line in lines[start + 2 : end]]
        assert sums == [str(total) for total in range(21, lowest - 1, -1)], "the highest at the top, as in the book"
    assert set(lines[hard + 2].split()[1:]) <= {"s"}, "at 21 it sticks"
    state = (21 * 11 + 10) * 2
    assert lines[worth[0] + 2].split()[10] == f"{max(agent.action_values[state]):.3f}"
    assert lines[-1] == "(s stick, h hit)"


def test_states_without_a_grid_are_printed_in_their_order_as_far_as_they_fit() -> None:
    task = Task("", "Taxi-v3")
    values: Any = np.zeros((500, 6))
    values[np.arange(500), np.arange(500) % 6] = 1.0
    lines = shown(task, values)
    assert lines[0].split() == ["0:", *("v^><pd" * 5)[:30]]
    assert lines[-1] == "(p pick up, d drop off)"
    assert sum(len(line.split()) - 1 for line in lines[:-1]) == 500
    prediction = StateTable(uniform_policy(task), td_prediction.Options())
    prediction.update(0, -10.0)
    few = table_text(task, prediction).splitlines()
    assert few[0].split() == ["0:", "-1.000", *"." * 9], "a dot where nothing is known"
    assert few[-1] == "... and 250 more states"


def test_prediction_shows_values_and_a_dot_where_nothing_is_known() -> None:
    task = Task("", "Blackjack-v1")
    options = monte_carlo_prediction.Options()
    agent = monte_carlo_prediction.MonteCarloTable(uniform_policy(task), options)
    agent.learn([(task.n_states - 1 - 21, 0, 0.5), (5, 1, 0.25)], 0.0)
    text = table_text(task, agent)
    assert "0.700" not in text and "0.725" in text and "0.250" in text


def test_a_grid_that_is_too_large_says_so(tmp_path: Any) -> None:
    from gridworld import GridWorld

    GridWorld.random(30, seed=0).save(tmp_path / "large.toml")
    assert shown(Task(str(tmp_path / "large.toml"))) == ["(900 cells are too many to print)"]

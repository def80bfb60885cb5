"""What is written down of a step: every target is explained by the numbers that are shown, and nothing is disturbed."""

import importlib
import itertools
from typing import Any

from gridworld import GridWorld
from gridworld.env import GridWorldEnv
from gridworld.task import Task
from tabular import q_learning, sarsa
from tabular.parts.given_policy import given_policy, uniform_policy
from tabular.parts.method import Method
from tabular.parts.table_agent import ActionTable
from tabular.parts.watch.record import Record
from tabular.parts.watch.update_rows import knowledge, update_rows, updated_cells

import numpy as np
import pytest

CONTROL = [
    "sarsa",
    "q_learning",
    "expected_sarsa",
    "double_q_learning",
    "sarsa_lambda",
    "dyna_q",
    "monte_carlo_control",
    "monte_carlo_off_policy_control",
]
PREDICTION = ["td_prediction", "n_step_td", "td_lambda", "monte_carlo_prediction", "monte_carlo_off_policy"]
NAMES = ("up", "down", "left", "right")
SLIPPERY = GridWorld.load("course").with_rules(slip=0.3, step_reward=-0.1)


def method_of(chapter: str, **options: Any) -> Method:
    module = importlib.import_module(f"tabular.{chapter}")
    given = module.Options(**options)
    if chapter in CONTROL:
        return module.method(given)
    policies = [given_policy(Task("course"), given)]
    if chapter == "monte_carlo_off_policy":
        policies.append(uniform_policy(Task("course")))
    return module.method(given, *policies)


def watched(method: Method, steps: int = 400, max_steps: int = 60) -> tuple[Any, list[list[Any]], list[list[Any]]]:
    """(agent, entries of each step, planned pairs of each step)"""
    env = GridWorldEnv(SLIPPERY, max_steps=max_steps)
    agent = method.agent(env, 0)
    record = Record(agent, env, method.target)
    env.reset(seed=0)
    loop = method.train(env, agent, 10**6)
    entries, planned = [], []
    for _ in range(steps):
        record.begin_step()
        next(loop)
        entries.append(record.entries)
        planned.append(record.planned)
    return agent, entries, planned


@pytest.mark.parametrize("chapter", CONTROL + PREDICTION)
def test_every_target_is_what_its_parts_make(chapter: str) -> None:
    method = method_of(chapter, **({"epsilon": 0.4} if chapter == "monte_carlo_off_policy" else {}))
    # Of most episodes off-policy control learns the last few steps alone.
    agent, steps, _ = watched(method, 2000 if chapter == "monte_carlo_off_policy_control" else 400)
    entries = list(itertools.chain(*steps))
    assert len(entries) > 100
    for entry in entries:
        update, step, following, total, ratio, weights, used = entry
        assert step is not None and step.state == update.state
        if chapter != "td_lambda":  # whose entries move by their traces as well
            assert update.new == pytest.approx(update.old + update.step_size * (update.target - update.old))
        if method.target == "return":
            assert total is not None
            if ratio is not None:
                assert update.step_size == pytest.approx(ratio / weights)
            assert update.target == pytest.approx(total)
        else:
            assert following is not None
            rewards = [each.reward for each in used] or [step.reward]
            discounts = agent.discount ** np.arange(len(rewards) + 1)
            assert update.target == pytest.approx(np.dot([*rewards, following.value], discounts))


@pytest.mark.parametrize("chapter", CONTROL + PREDICTION)
def test_who_is_watched_learns_the_same(chapter: str) -> None:
    method = method_of(chapter)
    agent, _, _ = watched(method)
    env = GridWorldEnv(SLIPPERY, max_steps=60)
    alone = method.agent(env, 0)
    env.reset(seed=0)
    for _ in itertools.islice(method.train(env, alone, 10**6), 400):
        pass
    assert np.array_equal(np.array(agent.table), np.array(alone.table))


def test_sarsa_and_q_learning_use_another_action_of_the_same_state() -> None:
    """Both stand in the same state with the same table; the draw is exploratory, and only SARSA's target is its."""
    shown = {}
    for method in (sarsa.method(sarsa.Options(epsilon=1.0)), q_learning.method(q_learning.Options(epsilon=1.0))):
        env = GridWorldEnv(SLIPPERY)
        agent = method.agent(env, 0)
        assert isinstance(agent, ActionTable)
        agent.fill(np.tile([0.0, 0.0, 0.0, 9.0], (25, 1)))
        agent.random = lambda: 0.0  # always explores, always up
        record = Record(agent, env, method.target)
        env.reset(seed=0)
        next(method.train(env, agent, 1))
        entry = record.entries[0]
        assert entry.transition is not None and entry.transition.explored
        rows = dict(update_rows(entry, method.target, agent.discount, str, NAMES))
        shown[method.title] = (rows["a'"], rows["q(s', a')"], updated_cells(entry).next_actions)
        assert rows["a was"] == "exploratory"
    assert shown == {"SARSA": ("up, drawn", "0.000", (0,)), "Q-learning": ("right, the best", "9.000", (3,))}


def test_planned_updates_and_traces_are_told_from_the_real_one() -> None:
    _, entries, planned = watched(method_of("dyna_q", planning_steps=7), 50)
    assert [len(each) for each in entries] == [1] * 50
    assert [len(each) for each in planned] == [7] * 50
    _, entries, planned = watched(method_of("sarsa_lambda"), 3)
    assert [len(each) for each in entries] == [1] * 3
    assert len(planned[0]) == 0 < len(planned[2])


def test_a_learner_says_what_it_knows_and_nothing_of_the_model() -> None:
    """Before it ever fell, a learner at the edge of the cliff knows nothing of -100."""
    env = GridWorldEnv(GridWorld.load("cliff"))
    agent = ActionTable(env, sarsa.Options(step_size=1.0, step_size_decay=1.0))
    assert "-100" not in "".join(knowledge(agent, 25, "row 2, column 1", NAMES, False))
    agent.update(25, 1, -100.0)
    agent.update(25, 1, -100.0)
    lines = knowledge(agent, 25, "row 2, column 1", NAMES, False)
    assert lines[0] == "row 2, column 1"
    assert lines[2] == "down: 2 visits, next step 0.333 = -100.000"
    assert lines[3] == "left: 0 visits, next step 1 = 0.000"
    assert lines[-1] == "greedy: up or left or right"
    before = agent.table[25][1]
    agent.update(25, 1, 0.0)
    assert agent.table[25][1] == pytest.approx(before + 1 / 3 * (0.0 - before)), "the step size that was announced"

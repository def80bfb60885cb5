"""The maximisation bias by its parts, and learners with many step sizes at once."""

from dataclasses import replace

from gridworld.task import Task
from tabular import expected_sarsa, q_learning
from tabular.parts.textbook import bias
from tabular.parts.textbook.control import UNLIMITED, _ManyStepSizes
from tabular.parts.vector import VectorLearner

import numpy as np
import pytest

LEFT, RIGHT = 0, 1


class Scripted:
    """In place of a generator: every learner's coin falls on table 0, nobody explores, rewards are noughts."""

    def integers(self, high: int, size: object, dtype: type = int) -> np.ndarray:
        return np.zeros(size, dtype)  # type: ignore[call-overload, no-any-return]

    def random(self, size: object) -> np.ndarray:
        return np.full(size, 0.5)  # type: ignore[call-overload, no-any-return]

    def standard_normal(self, size: int) -> np.ndarray:
        return np.zeros(size)


def scripted(a: list[list[float]], b: list[list[float]]) -> bias.Learners:
    """One learner with a table for each row of a and of b."""
    return bias.Learners(np.array(a)[:, None, :], np.array(b)[:, None, :], Scripted())  # type: ignore[arg-type]


def test_q_learning_goes_by_the_largest_guess() -> None:
    one = scripted([[0.5, 0.0]], [[0.2, 0.8, 0.1]])
    assert one.episode().tolist() == [True]
    assert one.a[0, 0] == pytest.approx([0.5 + 0.1 * (0.8 - 0.5), 0.0])
    assert one.b[0, 0] == pytest.approx([0.2, 0.8 + 0.1 * (-0.1 - 0.8), 0.1])


def test_double_q_learning_has_the_guess_judged_by_the_other_table() -> None:
    one = scripted([[0.5, 0.0], [0.3, 0.0]], [[0.2, 0.8, 0.1], [0.0, -0.4, 9.0]])
    one.episode()
    assert one.a[0, 0] == pytest.approx([0.5 + 0.1 * (-0.4 - 0.5), 0.0]), "table 0 picks action 1, table 1 says -0.4"
    assert one.a[1, 0].tolist() == [0.3, 0.0]
    assert one.b[0, 0] == pytest.approx([0.2, 0.8, 0.1 + 0.1 * (-0.1 - 0.1)]), "it acts on the sum: action 2"


def test_the_way_to_the_right_pays_nothing_and_b_is_not_seen() -> None:
    one = scripted([[-0.5, 0.2]], [[0.2, 0.8]])
    assert one.episode().tolist() == [False]
    assert one.a[0, 0] == pytest.approx([-0.5, 0.2 - 0.1 * 0.2]) and one.b[0, 0].tolist() == [0.2, 0.8]


def test_the_two_states_have_different_numbers_of_actions_and_ties_are_even() -> None:
    for tables in (1, 2):
        many = bias.learners(tables, 0, 20_000, 4)
        assert np.bincount(many.choose(many.a)) / 20_000 == pytest.approx([1 / 2] * 2, abs=0.015)
        assert np.bincount(many.choose(many.b)) / 20_000 == pytest.approx([1 / 4] * 4, abs=0.015)
        many.a[:, :, LEFT] = -1.0
        assert (many.choose(many.a) == LEFT).mean() == pytest.approx(0.05, abs=0.006), "half of epsilon"


def test_the_bias_is_q_learnings() -> None:
    """Section 6.7: Q-learning goes left much more often than right at first, Double Q-learning does not."""
    plain, double = bias.share_left(1, 0, 1000), bias.share_left(2, 0, 1000)
    assert plain[:60].max() > 0.85 and double.max() < 0.6
    assert plain[-20:].mean() > double[-20:].mean() > 0.05


def test_learners_of_one_step_size_learn_as_without_the_others() -> None:
    method = q_learning.method(q_learning.Options())
    mdp = Task("cliff", None, UNLIMITED).mdp
    assert mdp is not None and method.bootstrap is not None
    options = replace(method.options, discount=1.0, epsilon=0.1, step_size=0.3, seeds=40, seed=7)
    alone = VectorLearner(mdp, method.bootstrap, options, UNLIMITED).run(5)  # type: ignore[arg-type]
    among = _ManyStepSizes(method, np.array([0.3]), 40, 7).run(5)
    assert (alone.returns == among.returns).all() and (alone.action_values == among.action_values).all()


def test_every_learner_has_its_own_step_size() -> None:
    """Thirty learners of each, 48 states and 4 actions."""
    method = expected_sarsa.method(expected_sarsa.Options())
    learners = _ManyStepSizes(method, np.array([0.125, 0.5, 1.0]), 30, 0)
    places = np.array([0, 30 * 192 - 1, 30 * 192, 89 * 192 + 5])
    assert learners._step_size(places).tolist() == [0.125, 0.125, 0.5, 1.0]

"""How an agent acts while it trains, as a window beside the run plays it."""

from types import SimpleNamespace
from typing import Any

from common.networks.acting import Decision
from deep.parts.watch.exploring import Exploring, learning_reward

import numpy as np
import pytest

BOUNDS = np.array([-2.0], np.float32), np.array([2.0], np.float32)
VALUES = Decision(1, "action values", np.array([0.0, 3.0, 1.0]))
MEAN = Decision(np.array([0.5]), "action", np.array([0.5]))


def exploring(bounds: Any = None, **options: Any) -> Exploring:
    return Exploring(SimpleNamespace(**options), bounds, np.random.default_rng(0))


def actions(explorer: Exploring, decision: Decision, times: int, epsilon: float | None = None) -> np.ndarray:
    return np.array([explorer.decide(decision, epsilon, None).action for _ in range(times)])


def test_epsilon_greedy_takes_any_other_action_as_often_as_it_should() -> None:
    """P(the greedy one) = 1 - epsilon + epsilon / A, P(another) = epsilon / A."""
    drawn = actions(exploring(epsilon_end=0.04), VALUES, 20_000, epsilon=0.3)
    assert np.bincount(drawn) / len(drawn) == pytest.approx([0.1, 0.8, 0.1], abs=0.01)
    late = actions(exploring(epsilon_end=0.03), VALUES, 20_000)
    assert np.mean(late != 1) == pytest.approx(0.02, abs=0.004), "after training, the epsilon that it ends with"


def test_what_was_drawn_blindly_is_marked_and_nothing_else() -> None:
    explorer = exploring(epsilon_end=0.0)
    assert explorer.decide(VALUES, 1.0, None).explored
    assert explorer.decide(VALUES, 0.0, None) == VALUES
    assert not explorer.decide(Decision(0, "probabilities", np.array([0.5, 0.5])), None, None).explored


def test_a_policy_is_drawn_from() -> None:
    drawn = actions(exploring(), Decision(2, "probabilities", np.array([0.2, 0.1, 0.7])), 20_000)
    assert np.bincount(drawn) / len(drawn) == pytest.approx([0.2, 0.1, 0.7], abs=0.01)
    gaussian = Decision(np.array([0.5]), "action", np.array([0.5]), None, np.array([0.25]))
    drawn = actions(exploring(BOUNDS), gaussian, 20_000)
    assert (drawn.mean(), drawn.std()) == (pytest.approx(0.5, abs=0.01), pytest.approx(0.25, abs=0.01))


def test_noise_is_that_of_the_options_within_the_bounds() -> None:
    """Ornstein-Uhlenbeck: the variance sigma^2 / (1 - (1 - theta)^2), a step's likeness to the next 1 - theta."""
    noisy = exploring(BOUNDS, theta=0.15, sigma=0.1, learning_starts=0)
    noise = actions(noisy, MEAN, 40_000)[:, 0] - 0.5
    assert noise.std() == pytest.approx(2 * 0.1 / np.sqrt(1 - 0.85**2), rel=0.05), "sigma is in halves of the range"
    assert np.corrcoef(noise[1:], noise[:-1])[0, 1] == pytest.approx(0.85, abs=0.02)
    wild = actions(exploring(BOUNDS, theta=0.15, sigma=9.0, learning_starts=0), MEAN, 100)
    assert wild.min() == -2 and wild.max() == 2
    still = exploring(BOUNDS, theta=0.15, sigma=0.0, learning_starts=0)
    assert actions(still, MEAN, 3).tolist() == [[0.5]] * 3


def test_before_learning_starts_any_action_is_as_likely_as_another() -> None:
    explorer = exploring(BOUNDS, theta=0.15, sigma=0.1, learning_starts=500)
    drawn = np.array([explorer.decide(MEAN, None, 499).action for _ in range(5000)])
    assert (drawn.mean(), drawn.std()) == (pytest.approx(0, abs=0.06), pytest.approx(4 / np.sqrt(12), rel=0.03))
    assert abs(explorer.decide(MEAN, None, 500).action[0] - 0.5) < 1


def test_what_is_not_in_the_file_is_not_made_up() -> None:
    """SAC's file has the middle of its policy, not the deviation."""
    explorer = exploring(BOUNDS, learning_starts=0)
    assert not explorer.knows(MEAN) and explorer.decide(MEAN, None, 9) == MEAN
    assert not exploring().knows(VALUES)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, ""),
        ({"reward_scale": 1.0, "fall_penalty": 0.0, "normalise": False}, ""),
        ({"reward_scale": 0.1}, "0.1 × reward"),
        ({"fall_penalty": 100.0}, "reward, 100 less at a fall"),
        ({"normalise": True}, "reward / deviation of the returns"),
    ],
)
def test_the_reward_that_is_learned_from_is_named_where_it_is_another(options: dict[str, Any], words: str) -> None:
    assert learning_reward(SimpleNamespace(**options)) == words

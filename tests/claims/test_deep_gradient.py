"""The policy gradient of deep/README.md, carried out exactly: the theorem, and what leaving gamma^t out does.

A world of two states, every episode of two steps, a softmax policy without hidden layers.
"""

import csv
import itertools
import re
from pathlib import Path

from deep.parts.episodes import Episode
from deep.reinforce import Options, Reinforce

import numpy as np
import pytest

TO_ONE = np.array([[0.2, 0.9], [0.6, 0.3]])
REWARD = np.array([[1.0, -0.5], [2.0, 0.3]])
LOGITS = np.array([[0.4, -0.6], [0.8, 0.0]])
DISCOUNT = 0.7


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


def values(pi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """q(s, a) with two steps left and with one, [2, S, A]."""
    last = REWARD
    worth = (pi * last).sum(axis=1)
    first = REWARD + DISCOUNT * ((1 - TO_ONE) * worth[0] + TO_ONE * worth[1])
    return first, last


def objective(logits: np.ndarray) -> float:
    pi = softmax(logits)
    return float((pi * values(pi)[0]).sum(axis=1)[0])


def slope() -> np.ndarray:
    """grad J by differences, [S, A]."""
    gradient = np.zeros_like(LOGITS)
    for at in np.ndindex(*LOGITS.shape):
        step = np.zeros_like(LOGITS)
        step[at] = 1e-6
        gradient[at] = (objective(LOGITS + step) - objective(LOGITS - step)) / 2e-6
    return gradient


def by_theorem(discount_of_visits: float) -> np.ndarray:
    """sum_s d(s) sum_a grad pi(a|s) q(s, a), d(s) = sum_t discount_of_visits^t Pr(S_t = s)."""
    pi = softmax(LOGITS)
    visits = np.array([[1.0, 0.0], [0.0, 0.0]])
    visits[1, 1] = (pi[0] * TO_ONE[0]).sum()
    visits[1, 0] = 1 - visits[1, 1]
    gradient = np.zeros_like(LOGITS)
    for time, q in enumerate(values(pi)):
        for state in range(2):
            for action in range(2):
                slope_of_pi = pi[state, action] * (np.eye(2)[action] - pi[state])
                gradient[state] += discount_of_visits**time * visits[time, state] * slope_of_pi * q[state, action]
    return gradient


def test_the_policy_gradient_theorem_with_gamma_to_the_t() -> None:
    np.testing.assert_allclose(by_theorem(DISCOUNT), slope(), atol=1e-8)


def test_without_gamma_to_the_t_it_is_another_direction() -> None:
    without, gradient = by_theorem(1.0).ravel(), slope().ravel()
    assert np.abs(without - gradient).max() > 0.01
    assert without @ gradient / np.linalg.norm(without) / np.linalg.norm(gradient) < 0.9999


def by_playing(discount_states: bool) -> np.ndarray:
    """E[ sum_t weight_t * grad log pi(A_t|S_t) ] with the weights of reinforce.py, over every episode there can be."""
    agent = Reinforce.__new__(Reinforce)  # without its networks
    agent.options = Options(discount=DISCOUNT, discount_states=discount_states)
    pi, gradient = softmax(LOGITS), np.zeros_like(LOGITS)
    for first, state, last in itertools.product(range(2), repeat=3):
        chance = pi[0, first] * (TO_ONE[0, first] if state else 1 - TO_ONE[0, first]) * pi[state, last]
        pairs = [(0, first), (state, last)]
        rewards = np.array([REWARD[pair] for pair in pairs])
        none = np.zeros((0, 0), np.float32)
        weights = agent.returns(Episode(none, np.array([first, last]), rewards, none, True, {}))
        for (at, action), weight in zip(pairs, weights, strict=True):
            gradient[at] += chance * weight * (np.eye(2)[action] - pi[at])
    return gradient


def test_reinforce_follows_the_gradient_where_it_is_asked_to_and_else_the_other_direction() -> None:
    np.testing.assert_allclose(by_playing(discount_states=True), by_theorem(DISCOUNT), atol=1e-12)
    np.testing.assert_allclose(by_playing(discount_states=True), slope(), atol=1e-8)
    np.testing.assert_allclose(by_playing(discount_states=False), by_theorem(1.0), atol=1e-12)


ROOT = Path(__file__).resolve().parents[2]


def variances() -> list[dict[str, tuple[float, float, float]]]:
    """At each of the frozen policies of benchmarks/variance.py: of each weight its variance, and the band's ends."""
    with (ROOT / "benchmarks" / "results" / "variance.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    stops = [rows[at : at + 4] for at in range(0, len(rows), 4)]
    return [
        {row["weight"]: (float(row["variance"]), float(row["low"]), float(row["high"])) for row in stop}
        for stop in stops
    ]


@pytest.mark.parametrize("page", ["README.md", "README.ko.md"])
def test_the_pages_variances_are_those_of_the_last_policy(page: str) -> None:
    text = (ROOT / "deep" / page).read_text(encoding="utf-8")
    last = variances()[-1]
    scripts = ("policy_gradient", "reinforce", "reinforce_baseline", "actor_critic")
    for (variance, _, _), script in zip(last.values(), scripts, strict=True):
        ratio = variance / last["TD error"][0]
        assert re.search(rf"\| `{script}.py` \|.*\| {ratio:.1f}".removesuffix(".0") + r" \| [\d,]+ \|", text)


def test_first_and_last_of_the_four_weights_keep_their_places() -> None:
    stops = variances()
    assert len(stops) == 5
    swapped = 0
    for stop in stops:
        whole, to_go, baseline, td_error = stop.values()
        assert whole[0] > max(to_go[0], baseline[0]) and td_error[0] < min(to_go[0], baseline[0])
        assert to_go[1] < baseline[2] and baseline[1] < to_go[2]  # the bands overlap
        swapped += baseline[0] > to_go[0]
    assert swapped == 1

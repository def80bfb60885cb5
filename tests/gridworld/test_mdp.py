"""The finite MDP: its backup, its checks, and gymnasium's tables."""

import pickle
import subprocess
import sys
from typing import Any

from common.errors import UserError
from gridworld import MDP, GridWorld
from gridworld.backup import LARGE

import gymnasium
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st


def random_mdp(seed: int, n_states: int, n_actions: int, n_outcomes: int) -> MDP:
    random = np.random.default_rng(seed)
    shape = (n_states, n_actions, n_outcomes)
    return MDP(
        next_state=random.integers(n_states, size=shape),
        probability=random.dirichlet(np.ones(n_outcomes), size=shape[:2]),
        reward=random.normal(size=shape),
        terminated=random.random(shape) < 0.3,
    )


def backup_by_the_book(mdp: MDP, values: np.ndarray, discount: float) -> np.ndarray:
    """q(s, a) = sum over outcomes of p [ r + discount * v(s') ], without v(s') where the episode ends."""
    q = np.zeros((mdp.n_states, mdp.n_actions))
    for s, a, k in np.ndindex(mdp.next_state.shape):
        following = 0.0 if mdp.terminated[s, a, k] else values[mdp.next_state[s, a, k]]
        q[s, a] += mdp.probability[s, a, k] * (mdp.reward[s, a, k] + discount * following)
    return q


mdps = st.builds(random_mdp, st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 4), st.integers(1, 4))


def test_backup_of_two_states_by_hand() -> None:
    # In state 0 the only action pays 2 and stays with probability 1/4, and pays 4 and goes to 1 with 3/4.
    mdp = MDP([[[0, 1]], [[1, 1]]], [[[0.25, 0.75]], [[1.0, 0.0]]], [[[2, 4]], [[1, 0]]], np.zeros((2, 1, 2), bool))
    assert mdp.action_values([8, 16], discount=0.5).tolist() == [
        [0.25 * (2 + 0.5 * 8) + 0.75 * (4 + 0.5 * 16)],
        [1 + 0.5 * 16],
    ]
    assert mdp.expected_reward.tolist() == [[3.5], [1.0]]


def test_an_outcome_that_terminates_contributes_its_reward_only() -> None:
    mdp = MDP([[[0]], [[0]]], np.ones((2, 1, 1)), [[[5.0]], [[7.0]]], [[[True]], [[False]]])
    assert mdp.action_values([100.0, 0.0], discount=1.0).tolist() == [[5.0], [107.0]]


@given(mdps, st.floats(0, 1), st.integers(0, 1000))
def test_backup_is_the_bellman_equation(mdp: MDP, discount: float, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=mdp.n_states)
    expected = backup_by_the_book(mdp, values, discount)
    np.testing.assert_allclose(mdp.action_values(values, discount), expected, atol=1e-12)
    np.testing.assert_allclose(mdp.action_values(0 * values, discount), mdp.expected_reward, atol=1e-12)


@given(st.integers(0, 1000), st.floats(0, 1), st.integers(2, 7), st.sampled_from([0.0, 0.25, 1.0]))
def test_backup_of_a_grid_is_the_bellman_equation(seed: int, discount: float, size: int, slip: float) -> None:
    mdp = GridWorld.random(size, seed, slip).mdp()
    values = np.random.default_rng(seed).normal(size=mdp.n_states)
    np.testing.assert_allclose(mdp.action_values(values, discount), backup_by_the_book(mdp, values, discount))


@given(mdps, st.floats(0, 1), st.integers(0, 1000))
def test_greedy_backup_contracts_by_the_discount(mdp: MDP, discount: float, seed: int) -> None:
    first, second = np.random.default_rng(seed).normal(size=(2, mdp.n_states))
    apart = np.abs(mdp.action_values(first, discount).max(1) - mdp.action_values(second, discount).max(1)).max()
    assert apart <= discount * np.abs(first - second).max() + 1e-12


def written_out(mdp: MDP, values: np.ndarray, discount: float) -> np.ndarray:
    following = np.where(mdp.terminated, 0.0, values[mdp.next_state])
    return (mdp.probability * (mdp.reward + discount * following)).sum(axis=2)


@pytest.mark.parametrize("n_states", [LARGE - 1, LARGE, 3 * LARGE])
def test_the_backup_of_a_large_mdp_is_the_same(n_states: int) -> None:
    mdp = random_mdp(n_states, n_states, 3, 4)
    values = np.random.default_rng(0).normal(size=n_states)
    expected = written_out(mdp, values, 0.9)
    np.testing.assert_allclose(mdp.action_values(values, 0.9), expected, atol=1e-12)
    # Some of the states are backed up by the line itself, however many there are.
    np.testing.assert_array_equal(mdp.action_values(values, 0.9, slice(5, 9)), expected[5:9])


def test_a_large_mdp_keeps_apart_what_ends_and_what_never_happens() -> None:
    """Neither the value after an end nor that of a next state of probability 0 counts, be it infinite."""
    mdp = GridWorld.random(12, seed=3, slip=0.2).mdp()
    values = np.where(GridWorld.random(12, seed=3).where("terminal").ravel(), np.inf, 0.0)
    assert mdp.n_states >= LARGE
    assert np.isfinite(mdp.action_values(values, 0.9)).all()


def test_actions_that_mirror_each_other_tie_but_for_rounding() -> None:
    # Left and right of the middle column the world is the same, slips included.
    world = GridWorld(["..S..", ".....", "T...T", "..G.."], GridWorld.load("course").cells, slip=0.3)
    values = np.zeros(world.n_states)
    for _ in range(50):
        q = world.mdp().action_values(values, 0.9)
        values = q.max(axis=1)
    middle = [2, 7, 12]
    np.testing.assert_allclose(q[middle, 2], q[middle, 3], rtol=1e-14)


@given(mdps)
def test_tables_go_there_and_back(mdp: MDP) -> None:
    table = mdp.to_table()
    again = MDP.from_table(table)
    assert again.to_table() == table
    values = np.arange(mdp.n_states, dtype=float)
    np.testing.assert_allclose(again.action_values(values, 0.9), mdp.action_values(values, 0.9), atol=1e-12)


TAXI = max(name for name in gymnasium.registry if name.startswith("Taxi-v"))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("FrozenLake-v1", {}),
        ("FrozenLake-v1", {"map_name": "8x8"}),
        ("FrozenLake-v1", {"is_slippery": False}),
        ("CliffWalking-v1", {}),
        ("CliffWalking-v1", {"is_slippery": True}),
        (TAXI, {}),
    ],
)
def test_gymnasiums_tables_go_there_and_back(name: str, arguments: dict[str, Any]) -> None:
    env: Any = gymnasium.make(name, **arguments).unwrapped
    mdp = MDP.from_table(env.P, start=env.initial_state_distrib)
    assert (mdp.n_states, mdp.n_actions) == (env.observation_space.n, env.action_space.n)
    assert mdp.to_table() == {
        s: {a: [(p, int(following), r, bool(end)) for p, following, r, end in env.P[s][a]] for a in env.P[s]}
        for s in env.P
    }


def test_frozen_lake_by_value_iteration_reaches_the_known_optimum() -> None:
    # Undiscounted, the value of the start is the probability of arriving: 0.8235 on 4 x 4 (14/17).
    env: Any = gymnasium.make("FrozenLake-v1").unwrapped
    mdp = MDP.from_table(env.P)
    values = np.zeros(16)
    for _ in range(5000):
        values = mdp.action_values(values, 1.0).max(axis=1)
    assert values[0] == pytest.approx(14 / 17)


def test_shorter_lists_are_filled_up_with_probability_zero() -> None:
    table = {
        0: {0: [(1.0, 1, 3.0, False)], 1: [(0.5, 0, 1.0, False), (0.5, 1, 2.0, True)]},
        1: {0: [(1.0, 1, 0.0, True)]},
    }
    table[1][1] = [(1.0, 0, -1.0, False)]
    mdp = MDP.from_table(table)
    assert mdp.next_state.shape == (2, 2, 2)
    assert mdp.probability[0, 0].tolist() == [1.0, 0.0]
    assert mdp.to_table() == table


def test_types_and_read_only() -> None:
    mdp = random_mdp(1, 4, 2, 3)
    assert mdp.next_state.dtype == np.int32
    assert mdp.terminated.dtype == bool
    assert (mdp.n_states, mdp.n_actions, mdp.n_outcomes) == (4, 2, 3)
    for array in (mdp.next_state, mdp.probability, mdp.reward, mdp.terminated, mdp.expected_reward):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_pickles() -> None:
    mdp = GridWorld.load("slippery").mdp()
    again = pickle.loads(pickle.dumps(mdp))
    values = np.arange(mdp.n_states, dtype=float)
    np.testing.assert_array_equal(again.action_values(values, 0.9), mdp.action_values(values, 0.9))


GOOD: dict[str, Any] = {
    "next_state": [[[0]], [[1]]],
    "probability": [[[1.0]], [[1.0]]],
    "reward": [[[0.0]], [[0.0]]],
    "terminated": [[[False]], [[True]]],
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"next_state": [[[0]], [[2]]]}, "next state is out of range"),
        ({"next_state": [[[0]], [[-1]]]}, "next state is out of range"),
        ({"next_state": [[[0]], [[2**32]]]}, "next state is out of range"),
        ({"next_state": [[[0.0]], [[1.0]]]}, "whole numbers"),
        ({"next_state": [[0], [1]]}, "shape"),
        ({"next_state": np.zeros((0, 1, 1), int)}, "shape"),
        ({"probability": [[[0.9]], [[1.0]]]}, "sum to 1; one sum is 0.9"),
        ({"probability": [[[1.0]], [[1.1]]]}, "sum to 1; one sum is 1.1"),
        ({"probability": [[[np.nan]], [[1.0]]]}, "negative or NaN"),
        ({"probability": [[[-1.0]], [[1.0]]]}, "negative or NaN"),
        ({"probability": [[[1.0]]]}, "probability has shape"),
        ({"reward": [[[np.inf]], [[0.0]]]}, "finite"),
        ({"reward": [[[0.0]], [[np.nan]]]}, "finite"),
        ({"terminated": [[[False]]]}, "terminated has shape"),
        ({"start": [1.0]}, "start has shape"),
        ({"start": [0.5, 0.6]}, "start probabilities must sum to 1"),
        ({"start": [-0.5, 1.5]}, "negative"),
    ],
)
def test_what_is_no_mdp_is_refused(change: dict[str, Any], says: str) -> None:
    MDP(**GOOD)
    with pytest.raises(UserError, match=says):
        MDP(**{**GOOD, **change})


@pytest.mark.parametrize(
    "table",
    [
        {},
        None,
        {0: {}},
        {1: {0: [(1.0, 0, 0.0, True)]}},
        {0: {1: [(1.0, 0, 0.0, True)]}},
        {0: {0: []}},
        {0: {0: [(1.0, 0, 0.0)]}},
        {0: {0: [(1.0, 0.5, 0.0, True)]}},
        {0: {0: [(1.0, "a", 0.0, True)]}},
        {0: {0: [(0.5, 0, 0.0, True)]}},
        {0: {0: [(1.0, 1, 0.0, True)]}},
        {0: {0: [(1.0, 0, 0.0, True)]}, 1: {}},
    ],
)
def test_what_is_no_table_is_refused_in_one_line(table: Any) -> None:
    with pytest.raises(UserError) as caught:
        MDP.from_table(table)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("discount", [-0.1, 1.1, float("nan")])
def test_discount_outside_its_range_is_refused(discount: float) -> None:
    with pytest.raises(UserError, match="discount"):
        MDP(**GOOD).action_values([0, 0], discount)


def test_values_of_another_shape_are_refused() -> None:
    with pytest.raises(UserError, match="shape"):
        MDP(**GOOD).action_values([0, 0, 0], 0.9)


def test_a_thousand_by_a_thousand_cells_with_slip_fit_into_one_gigabyte() -> None:
    """Map, model and two backups, measured from outside as the peak of a process of its own."""
    pytest.importorskip("resource")
    program = """
import resource, sys, time
from gridworld import GridWorld
begin = time.process_time()
mdp = GridWorld.random(1000, seed=0, slip=0.2).mdp()
built = time.process_time() - begin
values = mdp.action_values(mdp.action_values([0.0] * mdp.n_states, 0.9).max(axis=1), 0.9)
assert mdp.next_state.shape == (1_000_000, 4, 3) and values.shape == (1_000_000, 4)
if sys.platform == "linux":
    # Linux hands ru_maxrss down from the parent; VmHWM is this process's own peak.
    peak = next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(peak, built)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    peak_bytes, seconds = map(float, done.stdout.split())
    assert peak_bytes < 1e9
    assert seconds < 20

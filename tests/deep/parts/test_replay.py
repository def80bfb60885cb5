"""The replay memory never mixes transitions, wraps as a ring, and draws by priority as the paper says."""

from pathlib import Path

from common.errors import UserError
from common.runs.checkpoint import load_state, save_state
from deep.parts.replay import PrioritisedReplayMemory, ReplayMemory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st


def fill(memory: ReplayMemory, count: int, first: int = 0) -> None:
    """Transition i: state (i, -i), action i, reward i / 2, next state (i + 1, -i - 1), terminated every third time."""
    for step in range(first, first + count):
        state, after = np.array([step, -step], float), np.array([step + 1, -step - 1], float)
        memory.add(state, step, step / 2, after, step % 3 == 0)


@given(st.integers(1, 40), st.integers(1, 12))
def test_every_stored_transition_is_whole_and_the_oldest_go_first(count: int, capacity: int) -> None:
    memory = ReplayMemory(capacity)
    fill(memory, count)
    assert len(memory) == min(count, capacity)
    columns = memory.sample(20, 30, np.random.default_rng(0))
    assert [column.shape for column in columns] == [(20, 30, 2), (20, 30), (20, 30), (20, 30, 2), (20, 30)]
    state, action, reward, next_state, terminated = (np.reshape(part, (600, *part.shape[2:])) for part in columns)
    assert (state[:, 0] == action).all() and (state[:, 1] == -action).all() and (reward == action / 2).all()
    assert (next_state[:, 0] == action + 1).all() and (terminated == (action % 3 == 0)).all()
    assert set(np.unique(action)) == set(range(count)[-capacity:]), "600 draws from at most 12 miss none"


def test_actions_of_any_shape_and_type_are_kept_as_they_are() -> None:
    memory = ReplayMemory(3)
    memory.add(np.zeros(2), np.array([0.5, -0.25], np.float32), 1.0)
    _, action, reward = memory.sample(1, 2, np.random.default_rng(0))
    assert action.shape == (1, 2, 2) and action.dtype == np.float32 and reward.dtype == np.float32
    discrete = ReplayMemory(3)
    discrete.add(np.zeros(2), 7, True)
    assert [column.dtype.kind for column in discrete.sample(1, 1, np.random.default_rng(0))] == ["f", "i", "b"]


def test_what_is_stored_is_a_copy() -> None:
    memory, state = ReplayMemory(5), np.zeros(1)
    for step in range(5):
        state[:] = step
        memory.add(state, step)
    assert memory.columns[0].ravel().tolist() == [0, 1, 2, 3, 4]


@given(st.integers(0, 20), st.booleans())
def test_a_restored_memory_samples_the_same(count: int, prioritised: bool) -> None:
    memory, other = (PrioritisedReplayMemory(7, 0.6) if prioritised else ReplayMemory(7) for _ in range(2))
    fill(memory, count)
    other.restore(memory.state())
    for each in (memory, other):
        fill(each, 2, first=count)
    ours, theirs = (each.sample(3, 4, np.random.default_rng(1)) for each in (memory, other))
    assert all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))
    if isinstance(memory, PrioritisedReplayMemory) and isinstance(other, PrioritisedReplayMemory):
        assert np.array_equal(memory.priority, other.priority)


def test_priorities_decide_how_often_and_weights_correct_for_it() -> None:
    memory = PrioritisedReplayMemory(3, alpha=0.5)
    for step in range(3):
        memory.add(np.array([step]), step)
    assert memory.probabilities() == pytest.approx([1 / 3] * 3), "what is new has equal, highest priority"
    memory.priority[:] = [1.0, 4.0, 9.0]
    assert memory.probabilities() == pytest.approx([1 / 6, 2 / 6, 3 / 6]), "p^alpha with alpha 1/2"
    _, action, weight = memory.sample_by_priority(100, 300, np.random.default_rng(0), beta=1.0)
    share = np.bincount(action.ravel(), minlength=3) / action.size
    assert share == pytest.approx([1 / 6, 2 / 6, 3 / 6], abs=0.01)
    # w = (N P)^-1 / max w: the rarest has weight 1, one drawn three times as often a third
    assert [weight[action == each].mean() for each in range(3)] == pytest.approx([1, 1 / 2, 1 / 3])
    # so weighted frequencies are uniform again: the expectation that is learned does not change
    weighted = [weight[action == each].sum() for each in range(3)]
    assert np.array(weighted) / sum(weighted) == pytest.approx([1 / 3] * 3, abs=0.01)
    *_, flat = memory.sample_by_priority(2, 5, np.random.default_rng(0), beta=0.0)
    assert (flat == 1).all(), "beta 0 corrects nothing"


def test_errors_become_priorities_and_the_next_one_gets_the_highest() -> None:
    memory = PrioritisedReplayMemory(3, alpha=0.6)
    for step in range(2):
        memory.add(np.array([step]), step)
    _, action, _ = memory.sample_by_priority(1, 50, np.random.default_rng(0), beta=0.4)
    memory.set_priorities(np.where(action == 1, -3.0, 0.5))
    assert memory.priority[:2] == pytest.approx([0.5, 3.0], abs=0.01)
    memory.add(np.array([2]), 2)
    assert memory.priority[2] == memory.priority[1]


def test_bad_sizes_are_refused() -> None:
    with pytest.raises(UserError, match="at least 1"):
        ReplayMemory(0)
    big, small = ReplayMemory(5), ReplayMemory(2)
    fill(big, 5)
    with pytest.raises(UserError, match="--memory 2"):
        small.restore(big.state())


def test_a_state_survives_the_disk(tmp_path: Path) -> None:
    memory, other = ReplayMemory(5), ReplayMemory(5)
    fill(memory, 8)
    save_state(tmp_path / "memory.npz", memory.state())
    other.restore(load_state(tmp_path / "memory.npz"))
    assert all(np.array_equal(memory.state()[name], other.state()[name]) for name in memory.state())

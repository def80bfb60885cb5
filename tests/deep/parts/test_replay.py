"""The replay buffer never mixes transitions, wraps as a ring, and sums n-step returns as the definition says."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.checkpoint import load_state, save_state
from common.options import UserError
from deep.parts.replay import PrioritisedReplayBuffer, ReplayBuffer

# An episode is its length and how it ends; step t of the run has state [t], action t, reward t.
EPISODES = st.lists(st.tuples(st.integers(1, 6), st.booleans()), min_size=1, max_size=8)


def fill(buffer: ReplayBuffer, episodes: list[tuple[int, bool]]) -> list[tuple[int, float, float, float]]:
    """Play the episodes into the buffer; the transitions that the definition gives, oldest first:
    (first step, reward, next state, factor)."""
    expected = []
    time = 0
    for length, terminates in episodes:
        start, end = time, time + length
        for step in range(start, end):
            last = step == end - 1
            state, next_state = np.array([step, -step], float), np.array([step + 1, -step - 1], float)
            buffer.add(state, step, float(step), next_state, last and terminates, last and not terminates)
        for step in range(start, end):
            stop = min(step + buffer.steps, end)
            reward = sum(buffer.discount ** (later - step) * later for later in range(step, stop))
            factor = 0.0 if stop == end and terminates else buffer.discount ** (stop - step)
            expected.append((step, reward, float(stop), factor))
        time = end
    return expected


@given(EPISODES, st.integers(1, 12), st.integers(1, 4))
def test_every_stored_transition_is_whole_and_the_oldest_go_first(
    episodes: list[tuple[int, bool]], capacity: int, steps: int
) -> None:
    buffer = ReplayBuffer(capacity, inputs=2, steps=steps, discount=0.5)
    expected = fill(buffer, episodes)[-capacity:]
    assert len(buffer) == len(expected)
    batch = buffer.sample(20, 30, np.random.default_rng(0))
    known = {first: rest for first, *rest in expected}
    for state, action, reward, next_state, factor in zip(
        *(np.reshape(part, (600, *part.shape[2:])) for part in batch[:5]), strict=True
    ):
        assert state[0] == -state[1] == action and next_state[0] == -next_state[1]
        assert [reward, next_state[0], factor] == pytest.approx(known[int(action)])
    assert set(np.unique(batch.action)) == set(known), "600 draws from at most 12 miss none"
    assert (batch.weight == 1).all()


def test_a_three_step_return_by_hand() -> None:
    buffer = ReplayBuffer(10, inputs=1, steps=3, discount=0.9)
    for step, reward in enumerate([1.0, 2.0, 4.0, 8.0]):
        buffer.add(np.array([step]), 0, reward, np.array([step + 1]), step == 3, False)
    stored = buffer.state()
    assert stored["reward"] == pytest.approx([1 + 0.9 * 2 + 0.81 * 4, 2 + 0.9 * 4 + 0.81 * 8, 4 + 0.9 * 8, 8])
    assert stored["factor"] == pytest.approx([0.729, 0, 0, 0])
    assert stored["next_state"].ravel().tolist() == [3, 4, 4, 4]


def test_truncation_bootstraps_and_termination_does_not() -> None:
    for terminated, factor in ((True, 0.0), (False, 0.9)):
        buffer = ReplayBuffer(4, inputs=1, discount=0.9)
        buffer.add(np.zeros(1), 0, 1.0, np.ones(1), terminated, not terminated)
        assert buffer.sample(1, 1, np.random.default_rng(0)).factor.item() == pytest.approx(factor)


@given(EPISODES, st.integers(1, 3), st.booleans())
def test_a_restored_buffer_samples_the_same(episodes: list[tuple[int, bool]], steps: int, prioritised: bool) -> None:
    kind = PrioritisedReplayBuffer if prioritised else ReplayBuffer
    buffer, other = (kind(7, inputs=2, steps=steps) for _ in range(2))
    fill(buffer, episodes)
    buffer.add(np.zeros(2), 0, 1.0, np.ones(2), False, False)  # in the middle of an episode
    other.restore(buffer.state())
    for each in (buffer, other):
        each.add(np.ones(2), 1, 2.0, np.zeros(2), False, True)
    ours, theirs = (each.sample(3, 4, np.random.default_rng(1)) for each in (buffer, other))
    assert all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_priorities_decide_how_often_and_weights_correct_for_it() -> None:
    buffer = PrioritisedReplayBuffer(3, inputs=1, alpha=0.5, beta=1.0)
    for step in range(3):
        buffer.add(np.array([step]), step, 0.0, np.zeros(1), False, True)
    assert buffer.probabilities() == pytest.approx([1 / 3] * 3), "what is new has equal, highest priority"
    buffer.priority[:] = [1.0, 4.0, 9.0]
    assert buffer.probabilities() == pytest.approx([1 / 6, 2 / 6, 3 / 6]), "p^alpha with alpha 1/2"
    batch = buffer.sample(100, 300, np.random.default_rng(0))
    share = np.bincount(batch.action.ravel(), minlength=3) / batch.action.size
    assert share == pytest.approx([1 / 6, 2 / 6, 3 / 6], abs=0.01)
    # w = (N P)^-1 / max w: the rarest has weight 1, one drawn three times as often a third
    assert [batch.weight[batch.action == action].mean() for action in range(3)] == pytest.approx([1, 1 / 2, 1 / 3])
    # so weighted frequencies are uniform again: the expectation that is learned does not change
    weighted = [batch.weight[batch.action == action].sum() for action in range(3)]
    assert np.array(weighted) / sum(weighted) == pytest.approx([1 / 3] * 3, abs=0.01)


def test_errors_become_priorities() -> None:
    buffer = PrioritisedReplayBuffer(2, inputs=1)
    for step in range(2):
        buffer.add(np.array([step]), step, 0.0, np.zeros(1), False, True)
    batch = buffer.sample(1, 50, np.random.default_rng(0))
    buffer.learned(np.where(batch.action == 1, -3.0, 0.5))
    assert buffer.priority == pytest.approx([0.5, 3.0], abs=0.01)


def test_bad_sizes_are_refused() -> None:
    for settings in ({"capacity": 0}, {"steps": 0}, {"discount": 1.5}, {"discount": float("nan")}):
        with pytest.raises(UserError):
            ReplayBuffer(**({"capacity": 5, "inputs": 1} | settings))
    big = ReplayBuffer(5, inputs=1)
    fill_two = ReplayBuffer(2, inputs=1)
    for _ in range(5):
        big.add(np.zeros(1), 0, 0.0, np.zeros(1), False, True)
    with pytest.raises(UserError, match="--memory 2"):
        fill_two.restore(big.state())


def test_a_state_survives_the_disk(tmp_path: Path) -> None:
    buffer = ReplayBuffer(5, inputs=2, steps=2)
    fill(buffer, [(3, False), (2, True)])
    save_state(tmp_path / "buffer.npz", buffer.state())
    other = ReplayBuffer(5, inputs=2, steps=2)
    other.restore(load_state(tmp_path / "buffer.npz"))
    assert all(np.array_equal(buffer.state()[name], other.state()[name]) for name in buffer.state())

"""What on-policy agents remember: whole episodes, and rollouts of several environments."""

from deep.parts.episodes import EpisodeMemory
from deep.parts.rollout import Rollout

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

endings = st.lists(st.sampled_from(["goes on", "terminated", "truncated"]), max_size=30)


def remember(memory: EpisodeMemory, kinds: list[str], first: int = 0) -> None:
    """Transitions whose numbers all tell which one they are: state i, action i % 2, reward i, next state i + 1."""
    for number, kind in enumerate(kinds, start=first):
        state, after = np.float32([number, -number]), np.float32([number + 1, -number - 1])
        memory.add(state, number % 2, number, after, kind == "terminated", kind == "truncated")


@given(endings)
def test_episodes_hold_what_was_played_in_order_and_apart(kinds: list[str]) -> None:
    memory = EpisodeMemory()
    remember(memory, kinds)
    ends = [number for number, kind in enumerate(kinds) if kind != "goes on"]
    assert len(memory) == len(ends)
    episodes = memory.take()
    first = 0
    for episode, last in zip(episodes, ends, strict=True):
        numbers = np.arange(first, last + 1)
        np.testing.assert_array_equal(episode.states, np.stack([numbers, -numbers], axis=1))
        np.testing.assert_array_equal(episode.actions, numbers % 2)
        np.testing.assert_array_equal(episode.rewards, numbers)
        np.testing.assert_array_equal(episode.last_state, [last + 1, -last - 1])
        assert episode.terminated == (kinds[last] == "terminated")
        first = last + 1
    assert len(memory) == 0


@given(endings, endings)
def test_a_memory_put_back_goes_on_where_it_stood(before: list[str], after: list[str]) -> None:
    straight, interrupted, resumed = EpisodeMemory(), EpisodeMemory(), EpisodeMemory()
    remember(straight, before + after)
    remember(interrupted, before)
    resumed.restore(interrupted.state())
    remember(resumed, after, first=len(before))
    left, right = straight.take(), resumed.take()
    assert len(left) == len(right)
    for one, other in zip(left, right, strict=True):
        for own, theirs in zip(one[:-1], other[:-1], strict=True):
            np.testing.assert_array_equal(own, theirs)
            assert np.asarray(own).dtype == np.asarray(theirs).dtype


@given(st.integers(0, 12), st.integers(1, 12))
def test_a_rollout_hands_over_its_steps_in_order_and_can_be_put_back(before: int, after: int) -> None:
    straight, interrupted, resumed = Rollout(), Rollout(), Rollout()

    def add(rollout: Rollout, first: int, count: int) -> None:
        for number in range(first, first + count):
            rollout.add(np.full((2, 3), number, np.float32), np.full(2, number), number % 2 == 0)

    add(straight, 0, before + after)
    add(interrupted, 0, before)
    resumed.restore(interrupted.state())
    add(resumed, before, after)
    assert len(straight) == len(resumed) == before + after
    columns, others = straight.take(), resumed.take()
    assert [column.shape for column in columns] == [(before + after, 2, 3), (before + after, 2), (before + after,)]
    np.testing.assert_array_equal(columns[1][:, 0], np.arange(before + after))
    for own, theirs in zip(columns, others, strict=True):
        np.testing.assert_array_equal(own, theirs)
        assert own.dtype == theirs.dtype
    assert len(straight) == 0


def test_what_is_stored_is_a_copy() -> None:
    """Some environments hand out one array and change it in place."""
    state, rollout, episodes = np.zeros(2, np.float32), Rollout(), EpisodeMemory()
    for number in range(3):
        state[:] = number
        rollout.add(state)
        episodes.add(state, 0, 1.0, state, number == 2, False, log_probability=-float(number))
    assert rollout.take()[0][:, 0].tolist() == [0, 1, 2]
    (episode,) = episodes.take()
    assert episode.states[:, 0].tolist() == [0, 1, 2]
    assert episode.more["log_probability"].tolist() == [0, -1, -2], "what a chapter adds by name"

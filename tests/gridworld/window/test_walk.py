"""The walk along a policy ends, whatever the policy; the backup's numbers are those of the Bellman equation."""

from gridworld.window.lesson import Button, Lesson
from gridworld.window.snapshot import Snapshot, UpdatedCells
from gridworld.window.walk import Walk, backup_lines
from gridworld.world import GridWorld

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

UP, DOWN, LEFT, RIGHT = range(4)
COURSE = GridWorld.load("course")


def always(world: GridWorld, action: int) -> np.ndarray:
    policy = np.zeros((world.n_states, world.n_actions))
    policy[:, action] = 1.0
    return policy


def walked(walk: Walk) -> Walk:
    while not walk.over:
        walk.step()
    return walk


def test_a_walk_arrives_and_adds_discounted_rewards() -> None:
    world = GridWorld("S . T G", {"T": COURSE.cells["T"], "G": COURSE.cells["G"]})
    walk = walked(Walk(world.mdp(), always(world, RIGHT), 0, np.random.default_rng(0), discount=0.5))
    assert walk.trail == [0, 1, 2, 3]
    assert walk.total == pytest.approx(0 + 0.5 * -1 + 0.25 * 1)
    assert walk.message == "arrived after 3 moves, return -0.25"


def test_a_certain_policy_that_returns_to_a_state_loops() -> None:
    policy = always(COURSE, RIGHT)
    policy[1] = [0, 0, 1, 0]
    walk = walked(Walk(COURSE.mdp(), policy, 0, np.random.default_rng(0)))
    assert walk.message == "the policy loops: stopped after 2 moves"
    bump = walked(Walk(COURSE.mdp(), always(COURSE, UP), 0, np.random.default_rng(0)))
    assert bump.message == "the policy loops: stopped after 1 move"


def test_a_random_policy_may_come_back_but_not_for_ever() -> None:
    policy = np.zeros((25, 4))
    policy[:, [UP, LEFT]] = 0.5
    walk = walked(Walk(COURSE.mdp(), policy, 0, np.random.default_rng(0)))
    assert walk.moves == 50
    assert walk.message == "no end in sight: stopped after 50 moves"
    walk.step()
    assert walk.moves == 50


@given(seed=st.integers(0, 10_000), slip=st.sampled_from([0.0, 0.3]))
def test_every_walk_ends_within_its_bound_on_connected_cells(seed: int, slip: float) -> None:
    random = np.random.default_rng(seed)
    world = GridWorld.random(4, seed, slip=slip)
    policy = random.dirichlet(np.ones(4) * 0.3, size=world.n_states)
    walk = walked(Walk(world.mdp(), policy, world.starts[0], random))
    assert walk.moves == len(walk.trail) - 1 <= walk.bound
    for before, after in zip(walk.trail, walk.trail[1:], strict=False):
        assert after in world.mdp().next_state[before]
        assert not world.is_wall(after)


def test_move_needs_a_policy_and_says_how_it_ends() -> None:
    class Fixed(Lesson):
        policy: np.ndarray | None = None

        def snapshot(self) -> Snapshot:
            return Snapshot(policy=self.policy, agent=7, trail=(6, 7), updated=UpdatedCells(3))

    lesson = Fixed("Fixed", COURSE)
    lesson.move()
    assert lesson.walk is None
    assert lesson.take_message() == "there is no policy to follow yet"
    assert lesson.take_message() == ""
    assert lesson.shown().agent == 7
    lesson.policy = always(COURSE, RIGHT)
    lesson.move()
    lesson.advance_walk(3)
    assert (lesson.shown().agent, list(lesson.shown().trail)) == (3, [0, 1, 2, 3])
    lesson.advance_walk(99)
    assert "the policy loops" in lesson.take_message()
    lesson.edit(COURSE.with_cell(4, "#"))
    assert lesson.walk is None


def results(lines: list[str]) -> dict[str, float]:
    pairs = [line.split(": ", 1) for line in lines if " = " in line and not line.startswith(" ")]
    return {name: float(rest.rsplit(" = ", 1)[1]) for name, rest in pairs}


@pytest.mark.parametrize("name", ["course", "cliff", "sutton-3-5", "windy", "slippery"])
def test_the_backup_says_what_the_model_says(name: str) -> None:
    world = GridWorld.load(name)
    random = np.random.default_rng(1)
    values = random.normal(size=world.n_states)
    policy = random.dirichlet(np.ones(world.n_actions), size=world.n_states)
    backed_up = world.mdp().action_values(values, 0.9)
    for state in range(world.n_states):
        lines = backup_lines(world, values, 0.9, state, policy)
        if world.is_wall(state) or world.is_terminal(state):
            assert len(lines) == 2
            continue
        said = results(lines)
        names = ("up", "down", "left", "right", "stay")[: world.n_actions]
        assert [said[name] for name in names] == pytest.approx(backed_up[state], abs=0.00501)
        assert said["policy"] == pytest.approx(policy[state] @ backed_up[state], abs=0.00501)
        assert said["best"] == pytest.approx(backed_up[state].max(), abs=0.00501)


def test_the_backup_lists_the_outcomes_of_a_slippery_move() -> None:
    world = GridWorld("S . .\n. . G", {"G": COURSE.cells["G"]}, slip=0.2)
    lines = backup_lines(world, None, 0.9, 1)
    right = lines.index("right: 0.00 + 0.9 × 0.00 = 0.00")
    assert lines[right + 1 : right + 4] == [
        " 80% to (0, 2): reward 0.00, value 0.00",
        " 10% to (0, 1): reward 0.00, value 0.00",
        " 10% to (1, 1): reward 0.00, value 0.00",
    ]


def test_a_button_cannot_take_a_key_of_the_window() -> None:
    with pytest.raises(ValueError, match="keeps for itself"):
        Button("Reset", lambda: None, key="r")

"""The racetrack: its tracks, its car, its model, and what is known of the quickest race."""

from dp.parts.exact import optimal_values
from gridworld.problems.racetrack import ACCELERATIONS, CRASHED, Racetrack, RacetrackEnv, on_the_way
from gridworld.world import GridWorld

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

LEFT, RIGHT = (Racetrack(GridWorld.load(f"racetrack-{name}")) for name in ("left", "right"))
SURE = Racetrack(LEFT.world, noise=0.0)
STRAIGHT = GridWorld(["F.", "..", "..", "SS"], {"F": GridWorld.load("racetrack-left").cells["F"]})


def cell(track: Racetrack, row: int, column: int) -> int:
    return row * track.world.width + column


def test_the_tracks_of_figure_5_5() -> None:
    """Size, starting line and finish of each."""
    for track, size, starts, finish, cells in ((LEFT, (32, 17), 6, 6, 298), (RIGHT, (30, 32), 23, 9, 515)):
        assert track.world.letters.shape == size and len(track.cells) == cells
        assert len(track.starts) == starts and (track.world.letters[-1] == "S").sum() == starts
        assert track.world.where("terminal").sum() == track.world.where("terminal")[:finish, -1].sum() == finish


def test_the_cells_on_the_way() -> None:
    assert list(on_the_way(9, 3, 4, 0)) == [(8, 3), (7, 3), (6, 3), (5, 3)]
    assert list(on_the_way(9, 3, 2, 2)) == [(8, 4), (7, 5)]
    assert list(on_the_way(9, 3, 4, 1)) == [(8, 3), (7, 4), (6, 4), (5, 4)], "half of the way is the farther cell"
    assert list(on_the_way(9, 3, 0, 0)) == []
    for up in range(5):
        for right in range(5):
            way = [(9, 3), *on_the_way(9, 3, up, right)]
            assert way[-1] == (9 - up, 3 + right)
            steps = np.diff(way, axis=0)
            assert (np.abs(steps) <= 1).all(), "no cell is jumped over"


def test_the_velocity_stays_between_0_and_4_and_a_car_under_way_does_not_stop() -> None:
    assert LEFT.accelerated((4, 0), (1, -1), False) == (4, 0)
    assert LEFT.accelerated((1, 2), (-1, 1), False) == (0, 3)
    assert LEFT.accelerated((1, 0), (-1, 0), False) == (1, 0) and LEFT.accelerated((1, 1), (-1, -1), False) == (1, 1)
    assert LEFT.accelerated((1, 0), (-1, 0), True) == (0, 0)


def test_a_car_crosses_the_finish_or_leaves_the_track() -> None:
    over = LEFT.drive(cell(LEFT, 0, 14), 0, 4)
    assert LEFT.is_over(over) and LEFT.parts_of(over) == (cell(LEFT, 0, 16), 0, 0), "the finish is crossed at speed"
    assert LEFT.drive(cell(LEFT, 0, 14), 1, 0) == CRASHED and LEFT.drive(cell(LEFT, 31, 8), 0, 1) == CRASHED
    # Over the corner at (6, 9) / (6, 10), which is off the track, to a cell that is on it again.
    assert LEFT.drive(cell(LEFT, 7, 8), 2, 4) == CRASHED
    assert LEFT.parts_of(LEFT.drive(cell(LEFT, 31, 4), 2, 1)) == (cell(LEFT, 29, 5), 2, 1)


def test_the_models_outcomes() -> None:
    model = LEFT.model()
    start = LEFT.state_of(cell(LEFT, 31, 8), 0, 0)
    table = {action: ACCELERATIONS[action] for action in range(9)}
    up, right = (next(a for a, by in table.items() if by == wanted) for wanted in ((1, 0), (0, 1)))
    row = {int(s): p for s, p in zip(model.next_state[start, up], model.probability[start, up], strict=True) if p > 0}
    assert row == {LEFT.state_of(cell(LEFT, 30, 8), 1, 0): 0.9, start: pytest.approx(0.1)}
    crash = model.probability[start, right]
    chances = np.bincount(model.next_state[start, right], crash, minlength=model.n_states)
    assert chances[LEFT.starts] == pytest.approx([0.15] * 5 + [0.15 + 0.1]), "coasting leaves the car where it is"
    assert (model.reward[start] == -1).all() and not model.terminated[start][model.probability[start] > 0].any()
    over = LEFT.state_of(cell(LEFT, 0, 16), 0, 0)
    assert model.terminated[over].all() and (model.reward[over] == 0).all()
    assert model.start is not None and model.start[LEFT.starts] == pytest.approx(1 / 6)


def test_the_environment_does_what_the_model_says() -> None:
    env = RacetrackEnv("racetrack-left")
    state, _ = env.reset(seed=1)
    dice = np.random.default_rng(1)
    for _ in range(300):
        action = int(dice.integers(9))
        after, reward, over, _, info = env.step(action)
        here = (env.mdp.next_state[state, action] == after) & (env.mdp.probability[state, action] > 0)
        assert here.any() and info["prob"] in env.mdp.probability[state, action][here] and reward == -1
        state = env.reset()[0] if over else after


def test_the_quickest_races() -> None:
    """Without noise by breadth-first search: so many steps from each start; with noise it takes longer."""
    model = SURE.model()
    best = optimal_values(model, 1.0)
    for start in SURE.starts[:5]:
        ring, seen, steps = {start}, {start}, 0
        while not any(SURE.is_over(state) for state in ring):
            reached = {
                int(after)
                for state in ring
                for after, chance in zip(model.next_state[state].ravel(), model.probability[state].ravel(), strict=True)
                if chance == 1
            }
            ring, steps = reached - seen, steps + 1
            seen |= ring
        assert best[start] == pytest.approx(-steps)
        actions = model.action_values(best, 1.0).argmax(axis=1)
        assert len(SURE.run(actions, start)) - 1 == steps and SURE.is_over(SURE.run(actions, start)[-1])
    noisy = optimal_values(LEFT.model(), 1.0)
    assert (noisy[LEFT.starts] < best[SURE.starts]).all()


def test_from_the_last_start_it_is_best_to_crash_at_once() -> None:
    """Being put back costs a step and leads, five times in six, to a start that is nearer by more than that."""
    best = optimal_values(SURE.model(), 1.0)
    last = SURE.starts[-1]
    actions = SURE.model().action_values(best, 1.0).argmax(axis=1)
    assert SURE.run(actions, last) == [last]
    others = best[SURE.starts[:-1]]
    assert best[last] == pytest.approx(-1 + (others.sum() + best[last]) / 6) and best[last] == pytest.approx(-11.4)


def test_a_run_in_circles_ends() -> None:
    idle = np.full(len(LEFT.cells) * 25, ACCELERATIONS.index((0, 0)))
    assert LEFT.run(idle, LEFT.starts[0]) == [LEFT.starts[0]] * 2


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("mode", [None, "ansi", "rgb_array"])
def test_gymnasiums_own_check_finds_nothing(mode: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    env = gymnasium.make("gridworld:Racetrack-v0", map=STRAIGHT, render_mode=mode)
    check_env(env.unwrapped)
    env.reset(seed=0)
    env.step(8)
    if mode == "ansi":
        assert str(env.render()).startswith("(+1, +1)\n") and str(env.render()).count("[") == 1


def test_a_map_without_a_finish_is_no_track() -> None:
    with pytest.raises(Exception, match="no terminal cell: a racetrack needs a finish"):
        Racetrack(GridWorld(["S."], continuing=True))

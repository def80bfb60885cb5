"""The last update on the map."""

from dataclasses import replace

from gridworld.window.drawing.layers import Layers
from gridworld.window.drawing.painter import grid_area, paint, to_array
from gridworld.window.drawing.palette import FLASH, FOLLOWING, PATH
from gridworld.window.snapshot import Snapshot, UpdatedCells
from gridworld.world import GridWorld
from tests.gridworld.window.drawing.test_painter import full_snapshot, picture

import numpy as np
import pytest


@pytest.mark.parametrize("name", ["course", "exits", "windy-king"])
@pytest.mark.parametrize("action_values", [False, True])
def test_every_action_of_an_update_can_be_marked(name: str, action_values: bool) -> None:
    """The entry that moved in yellow, what its target used in turquoise; an exploratory action breaks the line."""
    world = GridWorld.load(name)
    snapshot = full_snapshot(world)
    layers = Layers(action_values=action_values)
    state = world.starts[0]
    for action in range(world.n_actions):
        for explored in (False, True):
            updated = UpdatedCells(state, action, 1, (action,), explored)
            drawn = to_array(paint(world, replace(snapshot, updated=updated), layers, (800, 700)))
            yellow, turquoise = ((drawn == colour).all(axis=2).sum() for colour in (FLASH, FOLLOWING))
            assert yellow > 40 and turquoise > 40


def test_an_exploratory_action_breaks_the_outline() -> None:
    yellow = []
    for explored in (False, True):
        drawn = picture(Snapshot(updated=UpdatedCells(6, explored=explored)), Layers())
        yellow.append((drawn == FLASH).all(axis=2).sum())
    assert 0.4 * yellow[0] < yellow[1] < 0.7 * yellow[0]


def test_planned_entries_flash() -> None:
    drawn = picture(Snapshot(planned=[3, 8]), Layers())
    plain = picture(Snapshot(), Layers())
    changed = np.argwhere((drawn != plain).any(axis=2))
    assert len(changed) > 100 and ((drawn == FLASH).all(axis=2).sum()) == len(changed)


def test_the_greedy_path_is_dotted_where_its_layer_is_on() -> None:
    snapshot = Snapshot(path=(0, 1, 6))
    drawn = (picture(snapshot, Layers(path=True)) == PATH).all(axis=2)
    rows, columns = np.nonzero(drawn)
    assert len(rows) > 60
    area = grid_area(GridWorld.load("course"), snapshot, (drawn.shape[1], drawn.shape[0]))
    assert {area.state_at(x, y) for x, y in zip(columns.tolist(), rows.tolist(), strict=True)} == {0, 1, 6}
    assert not (picture(snapshot, Layers()) == PATH).all(axis=2).any()

"""Where things stand in a cell."""

from gridworld.window.drawing.cell_plan import CellPlan, crossed
from gridworld.window.drawing.layers import Layers
from gridworld.window.drawing.painter import grid_area, paint, to_array
from gridworld.window.snapshot import Snapshot, UpdatedCells
from gridworld.world import GridWorld

import numpy as np
import pytest


def test_numbers_stand_on_a_patch_where_something_passes_behind_them() -> None:
    """The cells of a way, and of the update; a way that jumps passes anywhere."""
    along = Snapshot(trail=(0, 1, 6, 6), path=(6, 12), updated=UpdatedCells(20, 0, 15))
    assert set(crossed(along, Layers(), 5, 25)) == {0, 1, 6, 15, 20}
    assert set(crossed(along, Layers(path=True, agent=False), 5, 25)) == {6, 12, 15, 20}
    assert set(crossed(Snapshot(trail=(0, 7)), Layers(), 5, 25)) == set(range(25))
    assert set(crossed(Snapshot(trail=(4, 5)), Layers(), 5, 25)) == set(range(25)), "no neighbours: a row's end"
    assert not crossed(Snapshot(), Layers(), 5, 25)


@pytest.mark.parametrize("policy", [False, True])
@pytest.mark.parametrize("side", range(40, 220, 12))
def test_a_value_stands_below_the_icon_of_its_cell(side: int, policy: bool) -> None:
    """A triangle reaches 0.73 of its radius below its middle; digits are 0.75 of the font high."""
    snapshot = Snapshot(values=np.array([0.5, -24.4]), policy=np.full((2, 4), 0.25) if policy else None)
    plan = CellPlan(side, Layers(), snapshot, 1.0)
    assert plan.value_digits is not None
    assert plan.icon_y + 0.73 * plan.icon_radius <= plan.icon_value_y - 0.375 * plan.value_font + 1
    assert plan.icon_y - 1.1 * plan.icon_radius >= 0


def test_no_digit_is_drawn_on_a_trap() -> None:
    """Below the last row of its triangle, which is redder than its blue cell, stand the digits in dark ink."""
    world, snapshot, trap = GridWorld.load("course"), Snapshot(values=np.linspace(0, 1, 25)), 7
    picture = to_array(paint(world, snapshot, Layers(), (560, 500))).astype(int)
    cell = grid_area(world, snapshot, (560, 500)).cell_rect(trap)
    inside = picture[cell.top : cell.bottom, cell.left + 25 : cell.right]  # without the reward in the corner
    triangle = np.flatnonzero((inside[:, :, 0] > inside[:, :, 2] + 20).any(axis=1))
    digits = np.flatnonzero((inside.sum(axis=2) < 150).any(axis=1))
    assert triangle.size > 10 and digits.size > 5 and digits.min() > triangle.max()

"""Maps as TOML: what is read, what is refused and how, what is written."""

import math
import os
from pathlib import Path

from common.errors import UserError
from gridworld import Cell, GridWorld, map_names
from gridworld.cell import COLOURS, SHAPES

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

COURSE = '''
grid = """
S . . . .
. . T . .
. T G . .
. . . . .
. . . . .
"""
step_reward = 0.0     # added to every move
bump_reward = 0.0     # added when the move runs into a wall or the edge
slip = 0.0            # probability of going to one of the two sides, half each
[cells.G]
reward = 1.0          # paid on entering, on top of step_reward
terminal = true
[cells.T]
reward = -1.0
'''


def small(rules: str = "", grid: str = "S.G", goal: str = "terminal = true") -> str:
    """A map with some lines at the top; the goal's table is the last."""
    return f'grid = """\n{grid}\n"""\n{rules}\n[cells.G]\n{goal}\n'


def test_the_format_reads_as_it_says() -> None:
    world = GridWorld.from_toml(COURSE, "course")
    assert (world.height, world.width, world.name) == (5, 5, "course")
    assert "".join(world.letters[1]) == "..T.."
    assert world.cells["G"] == Cell(reward=1.0, terminal=True)
    assert world.cells["T"] == Cell(reward=-1.0)
    assert world.starts == (0,)
    assert (world.step_reward, world.bump_reward, world.slip) == (0.0, 0.0, 0.0)
    assert (world.wind, world.stay, world.continuing, world.n_actions) == (None, False, False, 4)


def test_blanks_between_letters_are_optional() -> None:
    spaced, tight = GridWorld.from_toml(COURSE), GridWorld.from_toml(COURSE.replace(" .", ".").replace(". ", "."))
    assert spaced == tight


def test_defaults_and_whole_numbers_as_rewards() -> None:
    world = GridWorld.from_toml(small("step_reward = -1"))
    assert world.step_reward == -1.0 and isinstance(world.step_reward, float)
    assert (world.bump_reward, world.slip) == (0.0, 0.0)


def test_every_key_is_read() -> None:
    world = GridWorld.from_toml(
        small(
            "slip = 0.5\nwind = [0, 1, -2]\nstay = true\nstart = [0, 1]\ncontinuing = true\nbump_reward = -2\n"
            '[cells.A]\nleaves_to = [0, 1]\nleave_reward = 3\nshape = "star"\ncolour = "blue"\n'
            '[cells."*"]\ngoes_to = "start"\ncolour = "#00ff7f"\n[cells.b]\ngoes_to = [0, 0]\n[cells.W]\nwall = true'
        )
    )
    assert (world.slip, world.wind, world.stay, world.continuing) == (0.5, (0, 1, -2), True, True)
    assert world.starts == (0, 1)
    assert world.cells["A"] == Cell(leaves_to=(0, 1), leave_reward=3.0, shape="star", colour="blue")
    assert world.cells["A"].rgb == (0, 114, 178)
    assert world.cells["*"].goes_to == "start" and world.cells["*"].rgb == (0, 255, 127)
    assert world.cells["b"].goes_to == (0, 0)
    assert world.cells["W"].wall
    assert world.cells["G"].rgb is None


def test_the_rules_of_published_maps_are_read_and_written() -> None:
    world = GridWorld.from_toml(
        small(
            "pays_every_step = true\nwind = [0, 1, -2]\ngusts = true\ndiagonals = true\n"
            "[cells.A]\nreward = 2\npays_every_step = true\n[cells.E]\nexit_reward = 0",
            goal="exit_reward = -3",
        )
    )
    assert (world.pays_every_step, world.gusts, world.diagonals, world.n_actions) == (True, True, True, 8)
    assert world.cells["A"] == Cell(reward=2.0, pays_every_step=True)
    assert (world.cells["E"].exit_reward, world.cells["G"].exit_reward, world.cells["A"].exit_reward) == (0, -3, None)
    assert GridWorld.from_toml(world.to_toml()) == world
    assert world.with_rules(gusts=False, wind=None, diagonals=False) != world


def test_several_starts_as_a_list() -> None:
    assert GridWorld.from_toml(small("start = [[0, 1], [0, 0]]", grid="..G")).starts == (0, 1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "grid is missing"),
        ("grid = 3", "grid is no text"),
        ('grid = ""', "grid is empty"),
        (small(grid=" \n\n"), "grid is empty"),
        (small(grid="S..\n.G"), "row 1 of the grid has 2 cells, row 0 has 3"),
        (small(grid="S..\n\n..G"), "row 1 of the grid has 0 cells"),
        (small(grid="S..\n. G"), "row 1 of the grid has 2 cells, row 0 has 3; .* as . because blanks are no cells"),
        (small("gusts = true"), "gusts is true, but there is no wind"),
        (small("gusts = 1\nwind = [1, 1, 1]"), "gusts is 1"),
        (small("diagonals = 1"), "diagonals is 1; it must be true or false"),
        (small("pays_every_step = 1"), "pays_every_step is 1; it must be true or false"),
        (small(goal="terminal = true\npays_every_step = 1"), "cells.G: pays_every_step is 1"),
        (small("[cells.W]\nwall = true\npays_every_step = true"), "no step ends in this cell: a wall"),
        (small('[cells.C]\ngoes_to = "start"\npays_every_step = true'), "no step ends in this cell: goes_to"),
        (small(goal="terminal = true\nexit_reward = 1"), "terminal and exit_reward contradict"),
        (small(goal="exit_reward = nan"), "cells.G: exit_reward is nan"),
        (small(goal="exit_reward = true"), "cells.G: exit_reward is true; it must be a number"),
        (small(grid="SXG"), r"'X' in row 0, column 1 is unknown; add a \[cells.X\]"),
        (small(grid="..G"), "no start"),
        (small(grid="S.."), "no goal"),
        (small(goal="reward = 1"), "no goal"),
        (small("start = [0, 1]", grid=".#G"), r"start \[0, 1\] is a wall"),
        (small("[cells.S]\nwall = true"), r"start \[0, 0\] is a wall"),
        (small("start = [0, 2]"), r"start \[0, 2\] is a terminal cell"),
        (small("start = [0, 3]"), "off the map"),
        (small("start = [-1, 0]"), "off the map"),
        (small("start = [0]"), r"start is \[0\]; it must be \[row, column\]"),
        (small("start = true"), "start is true"),
        (small("start = [[0, 1], [0, 0.5]]"), r"start is \[0, 0.5\]"),
        (small("step_reward = nan"), "step_reward is nan; it must be a finite number"),
        (small("bump_reward = inf"), "bump_reward is inf; it must be a finite number"),
        (small(goal="terminal = true\nreward = -inf"), "cells.G: reward is -inf"),
        (small(f"step_reward = 1{'0' * 400}"), "step_reward is inf"),
        (small("step_reward = true"), "step_reward is true; it must be a number"),
        (small('step_reward = "1"'), "step_reward is '1'; it must be a number"),
        (small("slip = 1.5"), "slip is 1.5; it must lie in"),
        (small("slip = -0.1"), "slip is -0.1; it must lie in"),
        (small("slip = nan"), "slip is nan"),
        (small("slip = true"), "slip is true"),
        (small("stay = 1"), "stay is 1; it must be true or false"),
        (small("continuing = 0"), "continuing is 0; it must be true or false"),
        (small("wind = [1, 2]"), "wind has 2 numbers; the map has 3 columns"),
        (small("wind = [0, 999999999999999999999, 0]"), "wind blows 999999999999999999999 cells"),
        (small("wind = [1, 2, 0.5]"), "wind must be a list of whole numbers"),
        (small("wind = [1, 2, true]"), "wind must be a list of whole numbers"),
        (small("wind = 1"), "wind must be a list of whole numbers"),
        (small('wind = "123"'), "wind must be a list of whole numbers"),
        (small("steps_reward = 1"), "the key 'steps_reward' is unknown; did you mean 'step_reward'"),
        (small("whatever = 1"), "the key 'whatever' is unknown"),
        (small(goal="terminal = true\nrewards = 1"), "cells.G: the key 'rewards' is unknown; did you mean 'reward'"),
        (small(goal="terminal = 1"), "cells.G: terminal is 1; it must be true or false"),
        (small(goal='terminal = "true"'), "cells.G: terminal is 'true'"),
        (small(goal="terminal = true\nreward = true"), "cells.G: reward is true"),
        (small(goal="terminal = true\nwall = true"), "wall and terminal contradict"),
        (small(goal='terminal = true\ngoes_to = "start"'), "terminal and goes_to contradict"),
        (small(goal='terminal = true\nshape = "blob"'), "shape is 'blob'; the shapes are"),
        (small(goal="terminal = true\nshape = 3"), "shape is 3"),
        (small(goal='terminal = true\ncolour = "bluish"'), "colour is 'bluish'"),
        (small(goal='terminal = true\ncolour = "#12345"'), "colour is '#12345'"),
        (small(goal="terminal = true\ncolour = [1]"), "colour is"),
        (small("[cells.C]\ngoes_to = [0, 7]"), "off the map"),
        (small("[cells.C]\ngoes_to = [0, 1]", grid="S#G"), r"cells.C: goes_to is \[0, 1\], which is a wall"),
        (small('[cells.C]\ngoes_to = "home"'), "goes_to is 'home'; it must be .row, column. or \"start\""),
        (small("[cells.C]\nleaves_to = [0, 1]", grid="S#G"), "leaves_to .* is a wall"),
        (small('[cells.C]\nleaves_to = "start"'), "leaves_to is 'start'"),
        (small("[cells.C]\nleave_reward = 1"), "there is no leaves_to"),
        (small("[cells.W]\nwall = true\nreward = 1"), "a wall is never entered"),
        (small('[cells."#"]\nwall = false'), "# is the wall"),
        (small("[cells.GG]\nreward = 1"), "named by one letter"),
        (small('[cells." "]\nreward = 1'), "named by one letter or sign; blanks are no cells"),
        (small("cells.C = 3"), "must be a table"),
        ('cells = 3\ngrid = "SG"', "cells must be tables"),
        ('grid = "SG"\nslip = \n', r"not valid TOML: .*line 2"),
        ('grid = "SG"\nslip = 0\nslip = 1\n', r"not valid TOML: .*line 3"),
        ('grid = """\nS G\n', "not valid TOML"),
        ("a = " + "[" * 5000, "not valid TOML"),
        ("a = " + "1" * 5000, "not valid TOML"),
    ],
)
def test_wrong_maps_are_refused_in_one_line_that_says_what_and_where(text: str, says: str) -> None:
    with pytest.raises(UserError, match=says) as caught:
        GridWorld.from_toml(text, "mine")
    assert str(caught.value).startswith("mine: ")
    assert "\n" not in str(caught.value)


def test_a_task_that_never_ends_needs_no_goal() -> None:
    world = GridWorld.from_toml(small("continuing = true", grid="S.."))
    assert not world.mdp().terminated.any()


# Files


def test_a_map_is_loaded_by_name_or_path(tmp_path: Path) -> None:
    path = tmp_path / "나의 지도.toml"
    path.write_text(COURSE, encoding="utf-8")
    assert GridWorld.load(path) == GridWorld.load(str(path)) == GridWorld.from_toml(COURSE)
    assert GridWorld.load(path).name == "나의 지도"
    assert GridWorld.load("course").name == "course"


def test_windows_line_ends_and_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_bytes(b"\xef\xbb\xbf" + COURSE.replace("\n", "\r\n").encode())
    assert GridWorld.load(path) == GridWorld.from_toml(COURSE)


def test_an_unknown_name_lists_the_maps_and_suggests_one() -> None:
    with pytest.raises(UserError) as caught:
        GridWorld.load("clif")
    assert "did you mean 'cliff'" in str(caught.value)
    assert all(name in str(caught.value) for name in map_names())


@pytest.mark.parametrize("content", [b"grid = \xff\xfe", "grid = '안녕'".encode("cp949")])
def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "map.toml"
    path.write_bytes(content)
    with pytest.raises(UserError, match="not UTF-8"):
        GridWorld.load(path)


@pytest.mark.parametrize("path", ["", "no/such/map.toml", "a\0b", "x" * 5000, "~nobody-of-that-name/map.toml"])
def test_paths_that_lead_nowhere_are_refused(path: str) -> None:
    with pytest.raises(UserError) as caught:
        GridWorld.load(path)
    assert "\n" not in str(caught.value)


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="directory"):
        GridWorld.load(tmp_path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs permissions that hold")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(COURSE)
    path.chmod(0)
    with pytest.raises(UserError, match="cannot be read"):
        GridWorld.load(path)


def test_saving_writes_the_map_whole(tmp_path: Path) -> None:
    path = tmp_path / "새 폴더" / "지도.toml"
    world = GridWorld.random(7, seed=2, slip=0.3)
    world.save(path)
    assert GridWorld.load(path) == world
    assert b"\r" not in path.read_bytes()
    with pytest.raises(UserError, match="folder"):
        world.save(tmp_path)


# Round trip

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
LETTERS = st.characters(codec="utf-8", exclude_characters="S.#").filter(lambda x: x.isprintable() and not x.isspace())


@st.composite
def worlds(draw: st.DrawFn) -> GridWorld:
    """Worlds with every kind of cell, awkward letters and awkward numbers."""
    height, width = draw(st.integers(1, 5)), draw(st.integers(3, 5))
    # The corner (0, 0) is floor that other cells may lead to, (0, 1) a start, and (0, 2) a goal.
    places = st.one_of(st.just((0, 0)), st.just((0, 1)))
    looks = {"shape": st.sampled_from(["", *SHAPES]), "colour": st.sampled_from(["", "#0a1B2c", *COLOURS])}
    cell = st.one_of(
        st.builds(Cell, reward=NUMBERS, **looks),
        st.builds(Cell, reward=NUMBERS, terminal=st.just(True), **looks),
        st.builds(Cell, reward=NUMBERS, goes_to=st.one_of(st.just("start"), places), **looks),
        st.builds(Cell, leaves_to=places, leave_reward=NUMBERS, **looks),
        st.builds(Cell, wall=st.just(True), **looks),
    )
    cells = draw(st.dictionaries(LETTERS, cell, max_size=6))
    cells["G"] = Cell(terminal=True)
    letters = st.sampled_from(["S", ".", "#", *cells])
    rows = [draw(st.lists(letters, min_size=width, max_size=width)) for _ in range(height)]
    rows[0][:3] = [".", "S", "G"]
    return GridWorld(
        ["".join(row) for row in rows],
        cells,
        step_reward=draw(NUMBERS),
        bump_reward=draw(NUMBERS),
        slip=draw(st.floats(0, 1)),
        wind=draw(st.none() | st.lists(st.integers(-9, 9), min_size=width, max_size=width)),
        stay=draw(st.booleans()),
        start=draw(st.just([]) | st.just([(0, 0)])),
        continuing=draw(st.booleans()),
    )


@settings(max_examples=30)
@given(worlds())
def test_what_is_written_reads_back_as_the_same_world(world: GridWorld) -> None:
    again = GridWorld.from_toml(world.to_toml())
    assert again == world
    assert again.to_toml() == world.to_toml()
    assert math.copysign(1, again.step_reward) == math.copysign(1, world.step_reward)

"""How environments without a map of ours are drawn: which state stands in which cell, which action is which move."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

from common.language import N_, _
from gridworld.actions import DIRECTIONS
from gridworld.cell import Cell
from gridworld.discrete import Numbered
from gridworld.problems.blackjack import state_of
from gridworld.problems.racetrack import ACCELERATIONS, Racetrack
from gridworld.window.snapshot import Sides
from gridworld.world import GridWorld

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Board:
    """world: what is drawn. actions: the environment's, by name. moves: for each of the world's moves the action that
    it stands for, -1 for none. states: given the present state, [cells] the state that each cell shows, -1 for none.
    place: what to call a state. note: what the picture shows, in a line. cell_of: the cell of a state that is not among
    those on show, None where it has none; path: the cells through which the best actions of a table lead, if that is
    known; put_back: whether a state is one that the way so far does not lead to. sides: what stands around the cells.
    """

    world: GridWorld
    actions: tuple[str, ...]
    moves: tuple[int, ...]
    states: Callable[[int], NDArray[np.int64]]
    place: Callable[[int], str]
    note: str
    cell_of: Callable[[int], int | None] = lambda state: None
    path: Callable[[NDArray[np.float64], int], list[int]] | None = None
    put_back: Callable[[int], bool] = lambda state: False
    sides: Sides | None = None


def board(environment: Numbered) -> Board | None:
    """The board of an environment, None where it has none."""
    name = environment.spec.name if environment.spec else ""
    return _BOARDS[name](environment) if name in _BOARDS else None


def _description(environment: Numbered) -> list[str]:
    unwrapped: Any = environment.unwrapped
    return ["".join(letter.decode() for letter in row) for row in unwrapped.desc]


def _on(world: GridWorld) -> Callable[[int], str]:
    return lambda state: "({}, {})".format(*world.row_column(state))


def _frozen_lake(environment: Numbered) -> Board:
    rows = [row.replace("F", ".") for row in _description(environment)]
    cells = {"H": Cell(terminal=True, colour="sky"), "G": Cell(reward=1.0, terminal=True)}
    world = GridWorld(rows, cells, name="FrozenLake")
    note = N_("blue cells are holes")
    return Board(world, ("left", "down", "right", "up"), (3, 1, 0, 2), _all(world), _on(world), note)


def _cliff_walking(environment: Numbered) -> Board:
    world = GridWorld.load("cliff")
    note = N_("the cliff sends back to the start")
    return Board(world, ("up", "right", "down", "left"), (0, 2, 3, 1), _all(world), _on(world), note)


def _all(world: GridWorld) -> Callable[[int], NDArray[np.int64]]:
    cells = np.arange(world.n_states)
    return lambda state: cells


_DEALER = 10
_LOWEST, _HIGHEST = 12, 21


def _blackjack(environment: Numbered) -> Board:
    """The board of gymnasium's game, whose states are also the sums below 12."""

    def place(state: int) -> str:
        total, card, ace = environment.decode(state)
        return _hand(total, card, ace)

    return _two_tables("Blackjack", lambda *hand: environment.encode(hand), place)


def _sutton_blackjack(environment: Numbered) -> Board:
    """The board of the book's game."""
    hands = {
        state_of(total, card, bool(ace)): (total, card, ace)
        for total, card, ace in product(range(_LOWEST, _HIGHEST + 1), range(1, _DEALER + 1), (0, 1))
    }

    def place(state: int) -> str:
        return _hand(*hands[state]) if state in hands else _("the hand is over")

    return _two_tables("Blackjack", lambda total, card, ace: state_of(total, card, bool(ace)), place)


def _hand(total: int, card: int, ace: int) -> str:
    said = N_("{total} against {card}, ace") if ace else N_("{total} against {card}")
    return _(said, total=total, card=card)


def _two_tables(name: str, number: Callable[[int, int, int], int], place: Callable[[int], str]) -> Board:
    """Two tables with a gap between: your sum from 21 down to 12, the dealer's card from the ace to ten.

    number: the state of (sum, dealer's card, usable ace).
    """
    rows = ["." * _DEALER + "#" + "." * _DEALER] * (_HIGHEST - _LOWEST + 1)
    everywhere = [(row, column) for row in range(len(rows)) for column in range(2 * _DEALER + 1) if column != _DEALER]
    world = GridWorld(rows, name=name, stay=True, start=everywhere, continuing=True)
    shown = np.full(world.letters.shape, -1)
    for row, total in enumerate(range(_HIGHEST, _LOWEST - 1, -1)):
        for card in range(1, _DEALER + 1):
            for ace in (0, 1):
                shown[row, card - 1 + ace * (_DEALER + 1)] = number(total, card, ace)
    flat = shown.ravel()
    note = N_(
        "rows: your sum, 21 to 12; columns: the dealer's card, ace to 10; left without, right with a usable ace; "
        "arrow: hit, disc: stick"
    )
    cards = ["A", *map(str, range(2, _DEALER + 1))]
    sides = Sides(
        [str(total) for total in range(_HIGHEST, _LOWEST - 1, -1)],
        [*cards, "", *cards],
        N_("dealer's card"),
        N_("your sum"),
        [(0, _DEALER, N_("no usable ace")), (_DEALER + 1, _DEALER, N_("a usable ace"))],
    )
    return Board(world, N_(("stick", "hit")), (1, -1, -1, -1, 0), lambda state: flat, place, note, sides=sides)


def _taxi(environment: Numbered) -> Board:
    """The city with the passenger where it is: the states that differ from the present one in the taxi's place only."""
    inside = [row[1:-1] for row in _description(environment)[1:-1]]
    rows = [row.replace(":", ",").replace("|", "#").replace(" ", ".") for row in inside]
    cells = {",": Cell(wall=True, colour="white")}
    cells |= {letter: Cell(shape="square", colour=colour) for letter, colour in _DEPOTS.items()}
    places = [(row, 2 * column) for row in range(5) for column in range(5)]
    world = GridWorld(rows, cells, name="Taxi", start=places, continuing=True)

    def states(state: int) -> NDArray[np.int64]:
        shown = np.full(world.letters.shape, -1)
        shown[:, ::2] = (np.arange(25) * 20 + state % 20).reshape(5, 5)
        return shown.ravel()

    def place(state: int) -> str:
        return f"({state // 100}, {state // 20 % 5})"

    note = N_("the passenger and the destination are as they are now; a dot without an arrow picks up or drops off")
    names = N_(("down", "up", "right", "left", "pick up", "drop off"))
    return Board(world, names, (1, 0, 3, 2), states, place, note)


def _racetrack(environment: Numbered) -> Board:
    """The track with the car's velocity of now: each cell shows the state in which the car would be there."""
    unwrapped: Any = environment.unwrapped
    track: Racetrack = unwrapped.track
    world = track.world
    moves = tuple(ACCELERATIONS.index((-down, right)) for down, right in DIRECTIONS)

    def states(state: int) -> NDArray[np.int64]:
        up, right = track.parts_of(state)[1:]
        shown = np.full(world.n_states, -1)
        shown[track.cells] = [track.state_of(cell, up, right) for cell in track.cells.tolist()]
        return shown

    def place(state: int) -> str:
        cell, up, right = track.parts_of(state)
        row, column = world.row_column(cell)
        return _("({row}, {column}) going ({up}, {right})", row=row, column=column, up=up, right=right)

    def cell_of(state: int) -> int:
        return track.parts_of(state)[0]

    def path(table: NDArray[np.float64], state: int) -> list[int]:
        return [cell_of(each) for each in track.run(table.argmax(axis=1), state)]

    note = N_("every cell shows the car as fast as it is now; arrow: accelerate, disc: coast; dotted: the greedy way")
    starts = set(track.starts)
    return Board(world, unwrapped.action_names, moves, states, place, note, cell_of, path, starts.__contains__)


_DEPOTS = {"R": "red", "G": "green", "Y": "yellow", "B": "blue"}

_BOARDS: dict[str, Callable[[Any], Board]] = {
    "FrozenLake": _frozen_lake,
    "CliffWalking": _cliff_walking,
    "Blackjack": _blackjack,
    "SuttonBlackjack": _sutton_blackjack,
    "Racetrack": _racetrack,
    "Taxi": _taxi,
}

"""What a learner's table says, as text: the greedy policy or the values, as much of them as a terminal has room for."""

import itertools
from collections.abc import Iterable

from common.language import _
from dp.parts.greedy import greedy_policy
from gridworld import text
from gridworld.problems.racetrack import Racetrack
from gridworld.task import Part, Task
from tabular.parts.method import Agent
from tabular.parts.table_agent import ActionTable, StateTable

import numpy as np
from numpy.typing import NDArray

MOST_ROWS = 25
"""Lines that are printed of states without a grid."""
MOST_TABLES = 4
"""Tables that are printed of states with more than two parts."""
UNKNOWN = "."


def table_text(task: Task, agent: Agent) -> str:
    """The policy, a dot where nothing is known, or the values: a grid, tables, or rows of states.

    Tables show a policy and below it what it is worth, as the book's figures 5.1 and 5.2 do."""
    if task.track is not None and isinstance(agent, ActionTable):
        return _drives(task.track, agent)
    words = _words(task, agent)
    if task.grid_shape is not None:
        if not text.fits(task.grid_shape):
            return _("({count:,} cells are too many to print)", count=task.n_states)
        shown = _table(words.reshape(task.grid_shape))
    else:
        worth = None if isinstance(agent, StateTable) else _numbers(agent.action_values.max(axis=1))
        shown = _tables(task, words, worth) if task.parts else _rows(words)
    return f"{shown}\n({_(task.legend)})" if task.legend and not isinstance(agent, StateTable) else shown


def _drives(track: Racetrack, agent: ActionTable) -> str:
    """The track with the cells on which a car stands that takes the best actions from each start, without noise."""
    drives = [track.run(agent.action_values.argmax(axis=1), start) for start in track.starts]
    letters = track.world.letters.copy()
    for cell in {track.parts_of(state)[0] for drive in drives for state in drive}:
        letters[track.world.row_column(cell)] = "o"
    steps = [str(len(drive) - 1) if track.is_over(drive[-1]) else UNKNOWN for drive in drives]
    lines = [" ".join(row).replace("#", " ").rstrip() for row in letters.tolist()]
    arrive = sum(step != UNKNOWN for step in steps)
    told = {"arrive": arrive, "starts": len(steps), "steps": " ".join(steps)}
    lines.append(_("{arrive} of {starts} starts arrive without noise, in steps: {steps}", **told))
    return "\n".join(lines)


def _words(task: Task, agent: Agent) -> NDArray[np.str_]:
    """[S] what is printed of each state."""
    if isinstance(agent, StateTable):
        words = _numbers(agent.values)
    else:
        policy = greedy_policy(agent.action_values)
        words = np.array([text.arrows(row, task.signs) for row in policy.tolist()], dtype=object)
        words[(policy > 0).all(axis=1)] = UNKNOWN
    if task.grid_shape is not None:
        words[task.letters != ""] = task.letters[task.letters != ""]
    else:
        words[np.array(agent.visits).reshape(task.n_states, -1).sum(axis=1) == 0] = UNKNOWN
    return words.astype(str)


def _numbers(values: Iterable[float]) -> NDArray[np.object_]:
    return np.array([text.number(value) for value in values], dtype=object)


def _table(words: NDArray[np.str_], rows: list[str] | None = None, columns: list[str] | None = None) -> str:
    """Words [rows, columns], with the names of both where they have some."""
    width = max(len(word) for word in [*words.ravel(), *(columns or [])]) + 2
    lines = ["".join(word.rjust(width) for word in line) for line in words]
    if rows and columns:
        margin = max(map(len, rows))
        lines = [name.rjust(margin) + line for name, line in zip(rows, lines, strict=True)]
        lines.insert(0, " " * margin + "".join(name.rjust(width) for name in columns))
    return "\n".join(lines)


def _tables(task: Task, words: NDArray[np.str_], worth: NDArray[np.object_] | None) -> str:
    """A table over the first two parts for each value of the others, the largest at the top; lines and columns that
    were never seen are left out. worth: [S] what stands in a second table, None for no second one."""
    rows, columns, *others = task.parts
    cube = words[task.order].reshape(rows.size, columns.size, -1)
    second = None
    if worth is not None:
        second = np.where(words == UNKNOWN, UNKNOWN, worth).astype(str)[task.order].reshape(cube.shape)
    pieces = []
    for number, values in enumerate(itertools.product(*(range(part.size) for part in others))):
        table = cube[:, :, number]
        seen = table != UNKNOWN
        down, across = np.flatnonzero(seen.any(axis=1))[::-1], np.flatnonzero(seen.any(axis=0))
        if len(down):
            where = [place_of(part, value) for part, value in zip(others, values, strict=True)]
            title = ", ".join([*where, _("{down} by {across}", down=_(rows.name), across=_(columns.name))])
            names = [str(rows.first + row) for row in down], [str(columns.first + column) for column in across]
            pieces.append(f"{title}\n{_table(table[np.ix_(down, across)], *names)}")
            if second is not None:
                worths = _table(second[:, :, number][np.ix_(down, across)], *names)
                pieces[-1] += f"\n{_('its value')}\n{worths}"
    left = len(pieces) - MOST_TABLES
    return "\n".join(pieces[:MOST_TABLES] + ([_("... and {left} more such tables", left=left)] if left > 0 else []))


def place_of(part: Part, value: int) -> str:
    """In words: "usable ace", "no usable ace", "part 2 7"."""
    if part.is_a_fact:
        return _(part.name) if value else _("no {name}", name=_(part.name))
    return f"{part.name} {part.first + value}"


def _rows(words: NDArray[np.str_]) -> str:
    """States in their order, as many in a line as there is room for, each line with the number of its first."""
    width = max(map(len, words)) + 1
    across = 10 * max(1, 6 // width)
    shown = words[: across * MOST_ROWS]
    margin = len(str(len(shown))) + 1
    lines = []
    for first in range(0, len(shown), across):
        line = "".join(word.rjust(width) for word in shown[first : first + across])
        lines.append(f"{f'{first}:'.rjust(margin)}{line}")
    left = len(words) - len(shown)
    return "\n".join(lines + ([_("... and {left:,} more states", left=left)] if left else []))

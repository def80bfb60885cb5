"""What a learner's table says, as text: the greedy policy or the values, as much of them as a terminal has room for."""

import itertools

import numpy as np
from numpy.typing import NDArray

from dp.parts.greedy import greedy_policy
from gridworld import text
from gridworld.task import Task
from tabular.parts.method import Agent
from tabular.parts.table_agent import StateTable

MOST_ROWS = 25
"""Lines that are printed of states without a grid."""
MOST_TABLES = 4
"""Tables that are printed of states with more than two parts."""
UNKNOWN = "."


def table_text(task: Task, agent: Agent) -> str:
    """The policy, a dot where nothing is known, or the values: a grid, tables, or rows of states."""
    words = _words(task, agent)
    if task.grid_shape is not None:
        if not text.fits(task.grid_shape):
            return f"({task.n_states:,} cells are too many to print)"
        shown = _table(words.reshape(task.grid_shape))
    else:
        shown = _tables(task, words) if task.parts else _rows(words)
    return f"{shown}\n({task.legend})" if task.legend and not isinstance(agent, StateTable) else shown


def _words(task: Task, agent: Agent) -> NDArray[np.str_]:
    """[S] what is printed of each state."""
    if isinstance(agent, StateTable):
        words = np.array([text.number(value) for value in agent.values], dtype=object)
    else:
        policy = greedy_policy(agent.action_values)
        words = np.array([text.arrows(row, task.signs) for row in policy.tolist()], dtype=object)
        words[(policy > 0).all(axis=1)] = UNKNOWN
    if task.grid_shape is not None:
        words[task.letters != ""] = task.letters[task.letters != ""]
    else:
        words[np.array(agent.visits).reshape(task.n_states, -1).sum(axis=1) == 0] = UNKNOWN
    return words.astype(str)


def _table(words: NDArray[np.str_], rows: list[str] | None = None, columns: list[str] | None = None) -> str:
    """Words [rows, columns], with the names of both where they have some."""
    width = max(len(word) for word in [*words.ravel(), *(columns or [])]) + 2
    lines = ["".join(word.rjust(width) for word in line) for line in words]
    if rows and columns:
        margin = max(map(len, rows))
        lines = [name.rjust(margin) + line for name, line in zip(rows, lines, strict=True)]
        lines.insert(0, " " * margin + "".join(name.rjust(width) for name in columns))
    return "\n".join(lines)


def _tables(task: Task, words: NDArray[np.str_]) -> str:
    """A table over the first two parts for each value of the others; lines and columns that were never seen are left
    out."""
    rows, columns, *others = task.parts
    cube = words.reshape(rows.size, columns.size, -1)
    pieces = []
    for number, values in enumerate(itertools.product(*(range(part.size) for part in others))):
        table = cube[:, :, number]
        seen = table != UNKNOWN
        down, across = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        if len(down):
            where = [f"{part.name} {part.first + value}" for part, value in zip(others, values, strict=True)]
            title = ", ".join([*where, f"{rows.name} by {columns.name}"])
            names = [str(rows.first + row) for row in down], [str(columns.first + column) for column in across]
            pieces.append(f"{title}\n{_table(table[np.ix_(down, across)], *names)}")
    left = len(pieces) - MOST_TABLES
    return "\n".join(pieces[:MOST_TABLES] + ([f"... and {left} more such tables"] if left > 0 else []))


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
    return "\n".join(lines + ([f"... and {left:,} more states"] if left else []))

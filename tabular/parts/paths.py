"""The greedy paths of many learners: which one is the most common, in letters and as a picture."""

from collections import Counter
from pathlib import Path

from common.fonts import columns
from common.language import _, titled
from common.watch.recording import Recorder
from gridworld.window.snapshot import Snapshot
from gridworld.world import GridWorld
from tabular.parts.vector import Runs

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def compare_paths(world: GridWorld, results: list[tuple[str, Runs]], folder: Path) -> None:
    """Print the greedy path that most learners of each kind have, and draw them as paths.png in the folder."""
    drawings, tables, paths = [], [], []
    for title, runs in results:
        path, share = most_common_path(world, runs.action_values)
        moves = len(path) - 1
        head = _("{learner}: {moves} moves, {share:.0%}", learner=titled(title), moves=moves, share=share)
        head += " " * (2 * world.width - 1 - columns(head))
        drawings.append([head, *draw_path(world, path)])
        tables.append(runs.action_values.mean(axis=0))
        paths.append(path)
    print(_("the greedy path that most learners have, and how many have it"))
    print(side_by_side(*drawings))
    save_picture(folder / "paths.png", world, tables, paths)
    print(_("paths.png is in {folder}", folder=folder))


def greedy_path(world: GridWorld, action_values: Floats) -> list[int]:
    """The states from the first start along the first best action [S, A], the likeliest outcome each time.

    Ends at a terminal state or an exit; a path that comes back to a state it has been in ends there, without having
    arrived.
    """
    mdp = world.mdp()
    state = world.starts[0]
    path = [state]
    while not world.is_terminal(state):
        action = int(action_values[state].argmax())
        outcome = int(mdp.probability[state, action].argmax())
        if world.cell(state).exits:
            break
        state = int(mdp.next_state[state, action, outcome])
        path.append(state)
        if state in path[:-1]:
            break
    return path


def most_common_path(world: GridWorld, tables: Floats) -> tuple[list[int], float]:
    """(path, share of the learners that have it) of the greedy paths on tables [N, S, A]."""
    paths = Counter(tuple(greedy_path(world, table)) for table in tables)
    path, count = paths.most_common(1)[0]
    return list(path), count / len(tables)


def draw_path(world: GridWorld, path: list[int]) -> list[str]:
    """The map's rows with the path's cells marked."""
    letters = world.letters.copy()
    for state in path[1:]:
        row, column = world.row_column(state)
        if letters[row, column] == ".":
            letters[row, column] = "o"
    return [" ".join(row) for row in letters.tolist()]


def side_by_side(*drawings: list[str]) -> str:
    """Drawings of the same height beside each other."""
    return "\n".join("     ".join(rows) for rows in zip(*drawings, strict=True))


def save_picture(file: Path, world: GridWorld, tables: list[Floats], paths: list[list[int]]) -> None:
    """A picture of the paths side by side over the tables' state values, .png."""
    from gridworld.window.drawing.layers import Layers
    from gridworld.window.drawing.painter import paint, to_array

    size = (46 * world.width + 80, 46 * world.height + 24)
    limit = float(max(np.abs(table.max(axis=1)).max() for table in tables))
    pictures = []
    for table, path in zip(tables, paths, strict=True):
        snapshot = Snapshot(values=table.max(axis=1), agent=path[-1], trail=path)
        pictures.append(to_array(paint(world, snapshot, Layers(policy=False), size, limit=limit)))
    with Recorder(file) as recorder:
        recorder.add(np.concatenate(pictures, axis=1))

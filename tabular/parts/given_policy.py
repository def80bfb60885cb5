"""The policies whose values the prediction chapters learn."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.options import UserError, check_between
from common.tables import load_table
from gridworld import exact
from gridworld.greedy import greedy_policy
from gridworld.task import Task
from tabular.parts.table_agent import epsilon_soft


def policy_named(name: str, epsilon: float, task: Task, discount: float) -> NDArray[np.float64]:
    """[S, A] the policy "uniform", "left-right", "optimal" (by dynamic programming), or greedy on the table of a file.

    epsilon: probability with which the last two take any action instead. left-right goes either way with probability
    one half and is for maps, whose actions 2 and 3 these are. Raises UserError for another name, for a
    table that does not fit the task, and for "optimal" where there is no model.
    """
    check_between("--epsilon", epsilon, 0, 1)
    shape = (task.n_states, task.n_actions)
    if name == "uniform":
        return np.full(shape, 1 / task.n_actions)
    if name == "left-right" and task.world is not None:
        return np.tile([0.0, 0.0, 0.5, 0.5] + [0.0] * (task.n_actions - 4), (task.n_states, 1))
    if name == "optimal":
        if task.mdp is None:
            raise UserError(f"--policy optimal needs a model, which {task.name} does not show: use uniform or a table")
        action_values = exact.optimal_action_values(task.mdp, discount)
    elif name.endswith(".npz"):
        action_values = load_table(Path(name), shape, task.fingerprint, task.name)
    else:
        raise UserError(f"--policy {name} is not known: choose uniform, left-right on a map, optimal, or a table.npz")
    return epsilon_soft(greedy_policy(action_values), epsilon)

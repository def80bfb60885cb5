"""The policies whose values the prediction chapters learn."""

from pathlib import Path

from common.errors import UserError
from common.tables import load_table
from dp.parts import exact
from dp.parts.greedy import greedy_policy
from gridworld.task import Task
from tabular.parts.learning_options import PredictionOptions

import numpy as np
from numpy.typing import NDArray

Policy = NDArray[np.float64]
"""[S, A] probabilities"""


def given_policy(task: Task, options: PredictionOptions) -> Policy:
    """The policy --policy: uniform, left-right, optimal (by dynamic programming), or greedy on the table of a file.

    --epsilon: probability with which the last two take any action instead. left-right goes either way with probability
    one half and is for maps, whose actions 2 and 3 these are. Raises UserError for another name, for a table that does
    not fit the task, and for "optimal" where there is no model.
    """
    name = options.policy
    if name == "uniform":
        return uniform_policy(task)
    if name == "left-right" and task.world is not None:
        return np.tile([0.0, 0.0, 0.5, 0.5] + [0.0] * (task.n_actions - 4), (task.n_states, 1))
    if name == "optimal":
        if task.mdp is None:
            raise UserError(
                "--policy optimal needs a model, which {name} does not show: use uniform or a table", name=task.name
            )
        action_values = exact.optimal_action_values(task.mdp, options.discount)
    elif name.endswith(".npz"):
        action_values = load_table(Path(name), (task.n_states, task.n_actions), task.fingerprint, task.name)
    else:
        raise UserError(
            "--policy {name} is not known: choose uniform, left-right on a map, optimal, or a table.npz", name=name
        )
    return epsilon_soft(greedy_policy(action_values), options.epsilon)


def uniform_policy(task: Task) -> Policy:
    """Every action equally likely."""
    return np.full((task.n_states, task.n_actions), 1 / task.n_actions)


def epsilon_soft(policy: Policy, epsilon: float) -> Policy:
    """The policy with probability 1 - epsilon, any action with probability epsilon."""
    return (1 - epsilon) * policy + epsilon / policy.shape[1]

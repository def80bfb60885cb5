"""Policy iteration that does not wait: the fast way to the optimal values of a large MDP."""

import numpy as np
from numpy.typing import NDArray

from dp.parts.chain import Chain
from dp.parts.convergence import check_sweeps, is_settled
from gridworld.greedy import greedy_actions
from gridworld.mdp import MDP

Floats = NDArray[np.float64]

SWEEPS_BETWEEN = 20
"""Evaluation sweeps between two improvements: each costs a quarter of an improvement, which is a sweep as well."""


def modified_policy_iteration(mdp: MDP, discount: float, values: Floats, tolerance: float) -> tuple[Floats, int]:
    """([S] values within the tolerance of the optimal ones, number of sweeps), starting from these values [S].

    Policy iteration spends nearly all of its time on evaluating policies that the next improvement throws away. A
    policy need not be evaluated to the end to be improved: a few sweeps of every evaluation, and improvement where
    values are backed up anyway, lead to the same fixed point (Puterman & Shin 1978, "Modified policy iteration
    algorithms for discounted Markov decision problems").

    Undiscounted, evaluating a policy that never ends would not settle, so there are no sweeps between improvements, and
    the values begin at 0, from where they cannot get stuck at a loop that pays nothing.
    Raises UserError where undiscounted values do not converge.
    """
    action_values = np.empty((mdp.n_actions, mdp.n_states)).T
    chain = Chain(mdp, discount) if discount < 1 else None
    if chain is None:
        values = np.zeros(mdp.n_states)
    sweeps = 0
    while True:
        mdp.action_values(values, discount, out=action_values)
        best = action_values.max(axis=1)
        change = float(np.abs(best - values).max())
        values = best
        sweeps += 1
        if is_settled(change, values, discount, tolerance):
            return values, sweeps
        check_sweeps(sweeps, change, discount)
        if chain is not None:
            chain.follow(greedy_actions(action_values, best))
            values = chain.sweep(values, SWEEPS_BETWEEN)
            sweeps += SWEEPS_BETWEEN

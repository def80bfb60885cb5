"""Values without sweeps: linear equations, solved. They are the truth that learners are held against.

    v(s)    = sum_a pi(a | s) q(s, a)                        a policy's values   (Sutton & Barto, equation 4.4)
    v*(s)   = max_a q(s, a)                                  the optimal values  (equation 4.1)
    v_e(s)  = (1 - e) max_a q(s, a) + e / A sum_a q(s, a)    the best values of any epsilon-soft policy (equation 5.2)

with q(s, a) = sum_{s', r} p(s', r | s, a) [ r + discount * v(s') ] throughout.
"""

from common.errors import UserError
from dp.parts.greedy import expected, greedy_policy, is_better, uniform_policy
from gridworld.mdp import MDP

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.integer]

MOST_DENSE = 150
"""States up to which a full matrix is solved sooner than a sparse one, and without loading scipy."""
_SWEEPS_FIRST = 1000
_LARGEST_FINITE = 1e12


def policy_values(mdp: MDP, policy: Floats, discount: float) -> Floats:
    """[S] the values of a policy [S, A], from the linear system v = r_pi + discount P_pi v.

    Undiscounted, a state from which the policy may wander for ever and be paid for it has the value -inf or inf.
    """
    weights = policy[:, :, None] * np.where(mdp.terminated, 0.0, mdp.probability)
    rewards: Floats = (policy * mdp.expected_reward).sum(axis=1)
    used = weights > 0
    origin = np.nonzero(used)[0]
    target, probability = mdp.next_state[used], weights[used]
    values, unknown = np.zeros(mdp.n_states), np.ones(mdp.n_states, dtype=np.bool_)
    if discount == 1:
        values, unknown = _wandering(rewards, origin, target, probability)
    place = np.cumsum(unknown) - 1
    inside = unknown[origin] & unknown[target]
    values[unknown] = _solve(
        place[origin[inside]], place[target[inside]], discount * probability[inside], rewards[unknown]
    )
    return values


def _solve(rows: Places, columns: Places, weights: Floats, rewards: Floats) -> Floats:
    """The v of v = rewards + W v, where W has these weights in these rows and columns."""
    size = len(rewards)
    if size <= MOST_DENSE:
        matrix = np.eye(size)
        np.subtract.at(matrix, (rows, columns), weights)
        return np.asarray(np.linalg.solve(matrix, rewards), np.float64)
    from scipy.sparse import csc_array, eye_array
    from scipy.sparse.linalg import splu

    system = eye_array(size, format="csc") - csc_array((weights, (rows, columns)), shape=(size, size))
    return np.asarray(splu(system).solve(rewards), np.float64)


def _wandering(rewards: Floats, origin: Places, target: Places, probability: Floats) -> tuple[Floats, Flags]:
    """([S] undiscounted values where they are known, [S] where they are not): 0 where a policy wanders for ever unpaid.

    And inf or -inf wherever it may come to wander for ever and be paid.
    """
    n_states = len(rewards)
    leaves = 1.0 - np.bincount(origin, probability, n_states) > 1e-9
    ends = _can_reach(leaves, origin, target)
    values, unknown = np.zeros(n_states), ends.copy()
    for sign in (1.0, -1.0):
        paid = ~ends & (rewards * sign > 0)
        if paid.any():
            endless = _can_reach(paid, origin, target)
            values[endless], unknown[endless] = sign * np.inf, False
    return values, unknown


def _can_reach(goal: Flags, origin: Places, target: Places) -> Flags:
    """[S] from which states one of the goals can be reached, the goals included."""
    reached = goal.copy()
    while True:
        grown = reached.copy()
        grown[origin[reached[target]]] = True
        if (grown == reached).all():
            return reached
        reached = grown


def optimal_values(mdp: MDP, discount: float, epsilon: float = 0.0) -> Floats:
    """[S] the optimal values, or with epsilon those of the best epsilon-soft policy.

    Raises UserError where the values grow without bound, which only a discount of 1 (or very near) allows.
    """
    values, uniform = np.zeros(mdp.n_states), uniform_policy(mdp.available)
    # Undiscounted, values that settle at all do so about as soon as the ends have been felt everywhere.
    for _ in range(_SWEEPS_FIRST if discount < 1 else 5_000 + 4 * mdp.n_states):
        action_values = mdp.action_values(values, discount)
        backed_up = (1 - epsilon) * action_values.max(axis=1) + epsilon * expected(uniform, action_values)
        change, scale = np.abs(backed_up - values).max(), np.abs(backed_up).max()
        values = backed_up
        if change <= 1e-8 * scale:
            return improved(mdp, discount, values, epsilon)
        if scale > _LARGEST_FINITE:
            break
    if discount < 1:
        return improved(mdp, discount, values, epsilon)
    raise UserError(
        "the values grow without bound under the discount {discount:g}; choose one below 1", discount=discount
    )


def optimal_action_values(mdp: MDP, discount: float, epsilon: float = 0.0) -> Floats:
    """[S, A] the action values that belong to `optimal_values`."""
    return mdp.action_values(optimal_values(mdp, discount, epsilon), discount)


def improved(mdp: MDP, discount: float, values: Floats, epsilon: float = 0.0) -> Floats:
    """[S] the optimal values, by policy iteration that solves for the values of every policy.

    It begins with the policy that is greedy in these values [S], and takes another action only where it is better; so
    from values that are nearly right a step or two are enough. epsilon: of the epsilon-soft policies to choose among.
    """
    soft = epsilon * uniform_policy(mdp.available)
    policy, total = (1 - epsilon) * greedy_policy(mdp.action_values(values, discount)) + soft, -np.inf
    while True:
        values = policy_values(mdp, policy, discount)
        action_values = mdp.action_values(values, discount)
        greedy = (1 - epsilon) * greedy_policy(action_values) + soft
        better = is_better(greedy, policy, action_values)
        # Every improvement raises the sum of the values, unless it was rounding that made it look like one.
        if not better.any() or values.sum() <= total:
            return values
        policy, total = np.where(better[:, None], greedy, policy), values.sum()

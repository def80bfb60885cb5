"""The truth that learners are held against, computed from the model.

    v(s)    = sum_a pi(a | s) q(s, a)                        a policy's values   (Sutton & Barto, equation 4.4)
    v*(s)   = max_a q(s, a)                                  the optimal values  (equation 4.1)
    v_e(s)  = (1 - e) max_a q(s, a) + e / A sum_a q(s, a)    the best values of any epsilon-soft policy (equation 5.2)

with q(s, a) = sum_{s', r} p(s', r | s, a) [ r + discount * v(s') ] throughout.
"""

import numpy as np
from numpy.typing import NDArray

from common.errors import UserError
from gridworld.mdp import MDP

Floats = NDArray[np.float64]
Places = NDArray[np.integer]

_MOST_SWEEPS = 300_000


def optimal_values(mdp: MDP, discount: float, epsilon: float = 0.0, tolerance: float = 1e-10) -> Floats:
    """[S] the optimal values, or with epsilon those of the best epsilon-soft policy.

    Sweeps until no value is further than the tolerance from the fixed point. Raises UserError where the values do not
    settle, which only a discount of 1 (or very near) allows.
    """
    values = np.zeros(mdp.n_states)
    action_values = np.empty((mdp.n_actions, mdp.n_states)).T
    # Undiscounted, values that settle at all do so about as soon as the ends have been felt everywhere.
    for _ in range(_MOST_SWEEPS if discount < 1 else 5_000 + 4 * mdp.n_states):
        mdp.action_values(values, discount, out=action_values)
        backed_up = action_values.max(axis=1)
        if epsilon:
            backed_up = (1 - epsilon) * backed_up + epsilon * action_values.mean(axis=1)
        change = np.abs(backed_up - values).max()
        values = backed_up
        scale = np.abs(values).max()
        # The fixed point is at most change / (1 - discount) away; floating point cannot tell changes below the second.
        if change <= max(tolerance * (1 - discount), 1e-14 * scale):
            return values
        if scale > 1e12:
            break
    raise UserError(f"the values grow without bound under the discount {discount:g}; choose one below 1")


def optimal_action_values(mdp: MDP, discount: float, epsilon: float = 0.0) -> Floats:
    """[S, A] the action values that belong to `optimal_values`."""
    return mdp.action_values(optimal_values(mdp, discount, epsilon), discount)


def policy_values(mdp: MDP, policy: Floats, discount: float) -> Floats:
    """[S] the values of a policy [S, A], from the linear system v = r_pi + discount P_pi v.

    Undiscounted, a state from which the policy may wander for ever and be paid for it has the value -inf or inf.
    """
    weights = policy[:, :, None] * mdp.probability
    rewards = (weights * mdp.reward).sum(axis=(1, 2))
    onward = np.where(mdp.terminated, 0.0, weights)
    origin = np.broadcast_to(np.arange(mdp.n_states)[:, None, None], onward.shape)
    used = onward > 0
    arrows = (origin[used], mdp.next_state[used], onward[used])
    endless = _endless(mdp.n_states, rewards, *arrows) if discount == 1.0 else np.zeros(mdp.n_states)
    values = np.copysign(np.inf, endless)
    values[endless == 0] = _solve(np.flatnonzero(endless == 0), rewards, discount, *arrows)
    return values


def _solve(
    states: Places, rewards: Floats, discount: float, origin: Places, target: Places, probability: Floats
) -> Floats:
    """The values of these states, which lead only to each other or to the end."""
    place = np.full(len(rewards), -1)
    place[states] = np.arange(len(states))
    inside = place[origin] >= 0
    rows, columns, chance = place[origin[inside]], place[target[inside]], probability[inside]
    reward = rewards[states]
    if len(states) <= 1500:
        matrix = np.eye(len(states))
        np.subtract.at(matrix, (rows, columns), discount * chance)
        # Undiscounted and paid nothing for ever, a state's equation reads 0 = 0; the least solution is the value 0.
        solution = np.linalg.solve(matrix, reward) if discount < 1 else np.linalg.lstsq(matrix, reward, rcond=None)[0]
        return np.asarray(solution, np.float64)
    values = np.zeros(len(states))
    for _ in range(_MOST_SWEEPS):
        backed_up = reward + discount * np.bincount(rows, chance * values[columns], len(states))
        change = np.abs(backed_up - values).max()
        values = backed_up
        if change <= 1e-10 * max(1.0, np.abs(values).max()):
            break
    return values


def _endless(n_states: int, rewards: Floats, origin: Places, target: Places, probability: Floats) -> Floats:
    """[S] for each state the reward a step of the paid endless wandering it can fall into; 0 where there is none."""
    leaves = 1.0 - np.bincount(origin, probability, n_states) > 1e-9
    ends = _can_reach(leaves, origin, target)
    trapped_rewards = np.where(ends, 0.0, rewards)
    endless = np.zeros(n_states)
    for sign in (1.0, -1.0):
        paid = trapped_rewards * sign > 0
        if paid.any():
            endless[_can_reach(paid, origin, target)] = sign
    return endless


def _can_reach(goal: NDArray[np.bool_], origin: Places, target: Places) -> NDArray[np.bool_]:
    """[S] from which states one of the goals can be reached, the goals included."""
    reached = goal.copy()
    while True:
        grown = reached.copy()
        grown[origin[reached[target]]] = True
        if (grown == reached).all():
            return reached
        reached = grown

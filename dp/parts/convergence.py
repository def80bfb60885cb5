"""When sweeping has come close enough, and whether it ever will."""

from common.errors import UserError, check_between
from gridworld.mdp import MDP

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ROUNDING = 4 * float(np.finfo(np.float64).eps)
"""What a sweep cannot change for the better, in proportion to the largest value."""


def is_settled(change: float, values: Floats, discount: float, tolerance: float) -> bool:
    """Whether values [S] are within the tolerance of where sweeping leads, given the last sweep's largest change.

    A sweep is a contraction by the discount, so what is left to go is at most change * discount / (1 - discount)
    (Puterman 1994, theorem 6.3.1). Undiscounted there is no such bound, and the change itself must be within the
    tolerance. Changes that floating-point numbers of this size cannot express count as none.
    """
    allowed = tolerance * (1 - discount) if discount < 1 else tolerance
    return change * discount <= allowed or change <= ROUNDING * largest(values)


def largest(values: Floats) -> float:
    """The largest of the absolute values; 0 where there are none."""
    return float(np.abs(values).max(initial=0.0))


def error_bound(mdp: MDP, values: Floats, discount: float) -> float:
    """How far the values [S] are from the optimal ones at most: what one more backup moves, over 1 - discount.

    Infinite for a discount of 1, which promises nothing.
    """
    change = largest(mdp.action_values(values, discount).max(axis=1) - values)
    return change / (1 - discount) if discount < 1 else float("inf")


def check_discount(mdp: MDP, discount: float, every_policy: bool = False) -> None:
    """Raise UserError for a discount outside [0, 1], and for 1 where undiscounted values need not be finite.

    Undiscounted, two things can go wrong (Bertsekas & Tsitsiklis 1991, "An analysis of stochastic shortest path
    problems"). Rewards above 0 are collected for ever: refused where some policy can avoid the end of the episode
    with probability 1 and meets a reward above 0 on its way. Rewards below 0 are paid for ever: refused where a state
    has no way to the end and no way to stay for reward 0.

    every_policy: asks for more, finite values of the policy that picks its actions at random. It gets to the end from
    wherever there is a way, so where there is none, no action may pay anything.
    """
    check_between("--discount", discount, 0, 1)
    if discount < 1:
        return
    # An outcome leads on to its next state, unless it ends the episode or cannot happen.
    happens: Flags = np.greater(mdp.probability, 0)
    leads_on = happens & ~mdp.terminated
    goes_on = _any(leads_on, 2) & ~_any(happens & mdp.terminated, 2)
    pays = _any(happens & (mdp.reward != 0), 2)
    endless = goes_on & _inside(mdp, leads_on, _can_stay(mdp, leads_on, goes_on))
    if (endless[:, :, None] & leads_on & (mdp.reward > 0)).any():
        raise UserError("discount 1 does not converge: a reward above 0 can be collected for ever; choose one below 1")
    stuck = ~_reaches_end(mdp, leads_on)
    loses = _any(pays, 1) if every_policy else ~_can_stay(mdp, leads_on, goes_on & ~pays)
    if (stuck & loses).any():
        raise UserError("discount 1 does not converge: from some state the end cannot be reached; choose one below 1")


def _any(flags: Flags, *axes: int) -> Flags:
    return np.asarray(flags.any(axis=axes))


def _can_stay(mdp: MDP, leads_on: Flags, allowed: Flags) -> Flags:
    """[S] the states from which some policy uses allowed actions [S, A] only, for ever."""
    staying = np.ones(mdp.n_states, dtype=np.bool_)
    while True:
        fewer = _any(allowed & _inside(mdp, leads_on, staying), 1)
        if (fewer == staying).all():
            return staying
        staying = fewer


def _inside(mdp: MDP, leads_on: Flags, states: Flags) -> Flags:
    """[S, A] the actions taken in these states [S] that cannot leave them."""
    return states[:, None] & ~_any(leads_on & ~states[mdp.next_state], 2)


def _reaches_end(mdp: MDP, leads_on: Flags) -> Flags:
    """[S] the states from which some policy gets to the end of the episode with a probability above 0."""
    reached = _any(np.greater(mdp.probability, 0) & mdp.terminated, 1, 2)
    waiting = np.flatnonzero(~reached)
    while True:
        now = _any(leads_on[waiting] & reached[mdp.next_state[waiting]], 1, 2)
        if not now.any():
            return reached
        reached[waiting[now]] = True
        waiting = waiting[~now]

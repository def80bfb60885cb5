"""What the steps of an episode are worth: returns, temporal-difference errors and generalised advantages.

Everything here is NumPy and runs outside any gradient tape, so what it returns is a constant to the gradient.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def discounted_returns(rewards: ArrayLike, discount: float, bootstrap: float = 0.0) -> Floats:
    """The return from each step of one episode on.

        G_t = R_{t+1} + discount * G_{t+1}

    rewards: [T], R_1 .. R_T. bootstrap: what comes after the last step, 0 when the episode terminated and the value
    of the last observation when it was only cut off. Returns [T], G_0 .. G_{T-1}.
    Sutton & Barto (2018), equation 3.9.
    """
    returns = np.empty(np.shape(rewards))
    following = bootstrap
    for step in reversed(range(len(returns))):
        following = np.asarray(rewards)[step] + discount * following
        returns[step] = following
    return returns


def td_errors(
    rewards: ArrayLike, values: ArrayLike, next_values: ArrayLike, terminated: ArrayLike, discount: float
) -> Floats:
    """The temporal-difference error of each step, an estimate of the advantage of the action that was taken.

        delta_t = R_{t+1} + discount * V(S_{t+1}) - V(S_t)        V of a terminal state is 0

    All arrays have one shape. next_values belong to the true next observation, which after a truncation is the last
    one of the old episode and not the first of the new. Sutton & Barto (2018), equation 6.5.
    """
    goes_on = 1.0 - np.asarray(terminated, np.float64)
    return np.asarray(rewards) + discount * goes_on * np.asarray(next_values) - np.asarray(values)


def generalised_advantages(
    rewards: ArrayLike,
    values: ArrayLike,
    next_values: ArrayLike,
    terminated: ArrayLike,
    truncated: ArrayLike,
    discount: float,
    trace_decay: float,
) -> Floats:
    """Generalised advantage estimates of a rollout: TD errors, summed ahead with a decay, within one episode.

        A_t = delta_t + discount * trace_decay * A_{t+1}                A_{t+1} counts as 0 past the end of an episode

    Time is the first axis of every array, [T] or [T, N] for N environments side by side. `terminated` stops the
    bootstrapping inside delta, `terminated` or `truncated` stops the sum. trace_decay (lambda) = 0 gives the TD error,
    1 gives the rest of the rollout's discounted rewards plus the value after it, minus V(S_t).
    Schulman et al. (2016), equation 16.
    """
    errors = td_errors(rewards, values, next_values, terminated, discount)
    decay = discount * trace_decay * (1.0 - np.logical_or(terminated, truncated))
    advantages = np.empty_like(errors)
    following = np.zeros_like(errors[0])
    for step in reversed(range(len(errors))):
        following = errors[step] + decay[step] * following
        advantages[step] = following
    return advantages

"""The gambler's problem: stake some of the capital on a coin, and win or lose as much, until there is 0 or 100.

Sutton & Barto (2018), Example 4.3. Reward 1 for coming to 100, undiscounted: a value is the chance of getting there.

    state   the capital, 0 to 100
    action  the stake: 1 up to the capital, and no more than is missing to 100

The book also allows the stake 0. It changes nothing, so it is worth what the state is worth, whatever that is: it would
tie with the best stake everywhere, and it is left out.
"""

from gridworld.mdp import MDP

import numpy as np

GOAL = 100


def gambler(heads: float = 0.4) -> MDP:
    """The model. heads: the probability of winning the stake. An action's number is its stake; 0 and 100 are ends."""
    shape = (GOAL + 1, GOAL // 2 + 1, 2)
    probability, reward = np.zeros(shape), np.zeros(shape)
    next_state = np.zeros(shape, dtype=np.int32)
    terminated = np.zeros(shape, dtype=np.bool_)
    for capital in range(1, GOAL):
        for stake in range(1, min(capital, GOAL - capital) + 1):
            won, lost = capital + stake, capital - stake
            next_state[capital, stake] = won, lost
            probability[capital, stake] = heads, 1 - heads
            reward[capital, stake] = won == GOAL, 0
            terminated[capital, stake] = won == GOAL, lost == 0
    for end in (0, GOAL):
        next_state[end, 0], probability[end, 0], terminated[end, 0] = end, (1, 0), True
    return MDP(next_state, probability, reward, terminated)

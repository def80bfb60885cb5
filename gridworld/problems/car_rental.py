"""Jack's car rental: two places that rent cars out, and a van that moves some overnight.

Sutton & Barto (2018), Example 4.2. A rented car brings 10, a moved one costs 2. Requests and returned cars are Poisson
numbers; a car that comes back can be rented from the next day on, and one that finds no room is lost to Jack.

    state   (cars at the first place, cars at the second) in the evening: first * (most + 1) + second
    action  cars moved from the first place to the second, -5 to 5, numbered from 0: no more than there are
"""

from gridworld.mdp import MDP, Floats

import numpy as np

MOST_CARS = 20
MOST_MOVED = 5
RENT, MOVING_COSTS = 10.0, 2.0
REQUESTS, RETURNS = (3.0, 4.0), (3.0, 2.0)
MOVES = tuple(range(-MOST_MOVED, MOST_MOVED + 1))
"""Cars moved by each action."""


def car_rental() -> MDP:
    """The model: 21 x 21 states, 11 actions of which a state has those that it has the cars for."""
    size = MOST_CARS + 1
    (rented_1, after_1), (rented_2, after_2) = (_day(*rates) for rates in zip(REQUESTS, RETURNS, strict=True))
    states = np.arange(size * size)
    shape = (size * size, len(MOVES), size * size)
    probability, reward = np.zeros(shape), np.zeros(shape)
    for action, moved in enumerate(MOVES):
        possible = states[(states // size >= moved) & (states % size >= -moved)]
        # What no longer fits into a place overnight is gone.
        first = np.minimum(possible // size - moved, MOST_CARS)
        second = np.minimum(possible % size + moved, MOST_CARS)
        evening = after_1[first][:, :, None] * after_2[second][:, None, :]
        probability[possible, action] = evening.reshape(len(possible), -1)
        income = RENT * (rented_1[first] + rented_2[second]) - MOVING_COSTS * abs(moved)
        reward[possible, action] = income[:, None]
    next_state = np.broadcast_to(states.astype(np.int32), shape)
    return MDP(next_state, probability, reward, np.broadcast_to(np.zeros(1, np.bool_), shape))


def _day(requests: float, returns: float) -> tuple[Floats, Floats]:
    """([cars] mean number rented out, [cars, cars] how likely so many are there in the evening), by those in the
    morning."""
    size = MOST_CARS + 1
    demand, back = _poisson(requests), _poisson(returns)
    rented, evening = np.zeros(size), np.zeros((size, size))
    for morning in range(size):
        for wanted, chance in enumerate(demand):
            out = min(wanted, morning)
            rented[morning] += chance * out
            there = np.minimum(morning - out + np.arange(len(back)), MOST_CARS)
            np.add.at(evening[morning], there, chance * back)
    return rented, evening


def _poisson(mean: float, most: int = 60) -> Floats:
    """[most + 1] the probabilities of 0, 1, 2 ... events, and in the last one of all beyond it: nothing is cut off."""
    chances = [np.exp(-mean)]
    for number in range(1, most):
        chances.append(chances[-1] * mean / number)
    return np.array([*chances, max(0.0, 1.0 - sum(chances))])

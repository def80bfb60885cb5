"""Blackjack as the book plays it: cards drawn from an endless deck, dealer and rules without a choice of their own.

Sutton & Barto (2018), Example 5.1. The dealer sticks on 17 or more. Winning pays 1, losing costs 1, a draw nothing.
Undiscounted.

    state   (player's sum 12 to 21, the dealer's card 1 to 10, whether the player has a usable ace);
            below 12 one can only hit, so there is nothing to decide
    action  0 stick, 1 hit
"""

from functools import cache

from gridworld.env import MDPEnv
from gridworld.mdp import MDP

import numpy as np

LOWEST, HIGHEST = 12, 21
SUMS, CARDS = HIGHEST - LOWEST + 1, 10
STICK, HIT = 0, 1
PARTS = ((SUMS, CARDS, 2), (LOWEST, 1, 0))
"""How many values a state's parts have, and the first of them: the player's sum, the dealer's card, a usable ace."""
CHANCES = {card: (4 if card == 10 else 1) / 13 for card in range(1, CARDS + 1)}
"""Of each card; ten, jack, queen and king count 10, an ace 1 or 11."""


def state_of(total: int, dealer: int, usable: bool) -> int:
    """The number of a state."""
    return (usable * CARDS + dealer - 1) * SUMS + total - LOWEST


IN_ORDER = np.array(
    [
        state_of(total, dealer, usable)
        for total in range(LOWEST, HIGHEST + 1)
        for dealer in range(1, CARDS + 1)
        for usable in (False, True)
    ]
)
"""The 200 states, the last part varying fastest."""


def drawn(total: int, usable: bool, card: int) -> tuple[int, bool]:
    """(sum, usable ace) after a card; an ace counts 11 as long as that is no bust."""
    total += card
    if card == 1 and total + 10 <= HIGHEST:
        total, usable = total + 10, True
    if total > HIGHEST and usable:
        total, usable = total - 10, False
    return total, usable


@cache
def dealer_ends(total: int, usable: bool) -> tuple[float, ...]:
    """How likely the dealer ends on 17, 18, 19, 20, 21 and above that, with this in his hand."""
    if total >= 17:
        return tuple(float(min(total, 22) == end) for end in range(17, 23))
    hands = ((chance, dealer_ends(*drawn(total, usable, card))) for card, chance in CHANCES.items())
    return tuple(sum(column) for column in zip(*([p * end for end in ends] for p, ends in hands), strict=True))


def compared(total: int, dealer: int) -> float:
    """What the player's sum pays against the dealer's."""
    return float((total > dealer or dealer > HIGHEST) - (total < dealer <= HIGHEST))


def blackjack() -> MDP:
    """The model: 200 states and one in which a hand is over; it begins in any of the 200 alike."""
    over = 2 * CARDS * SUMS
    nothing = [(1.0, over, 0.0, True)]
    table: dict[int, dict[int, list[tuple[float, int, float, bool]]]] = {over: {STICK: nothing, HIT: nothing}}
    for usable in (False, True):
        for dealer in range(1, CARDS + 1):
            ends = dealer_ends(11 if dealer == 1 else dealer, dealer == 1)
            for total in range(LOWEST, HIGHEST + 1):
                pays = [(p, compared(total, end)) for p, end in zip(ends, range(17, 23), strict=True)]
                hits = []
                for card, chance in CHANCES.items():
                    after, ace = drawn(total, usable, card)
                    bust = after > HIGHEST
                    hits.append((chance, over if bust else state_of(after, dealer, ace), -float(bust), bust))
                sticks = [(p, over, reward, True) for p, reward in pays]
                table[state_of(total, dealer, usable)] = {STICK: sticks, HIT: hits}
    start = np.full(over + 1, 1 / over)
    start[over] = 0
    return MDP.from_table(table, start)


class BlackjackEnv(MDPEnv):
    """The model as an environment: every hand begins in any of the 200 states alike.

    Observation: the state's number, see `state_of`; 200 where the hand is over.
    """

    def __init__(self, max_steps: int | None = None) -> None:
        super().__init__(blackjack(), max_steps)

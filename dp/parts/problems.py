"""The textbook's problems that are no grid: each by its name, how its solution is printed and drawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from common.figures import Panel
from common.language import N_, _
from common.runs.curves import Line
from dp.parts.problem_pictures import BLACKJACK, CAR_RENTAL, GAMBLER, Face
from gridworld.mdp import MDP, Floats
from gridworld.problems import blackjack as cards
from gridworld.problems import car_rental as cars
from gridworld.problems.gambler import GOAL, gambler

import numpy as np

PLACES = cars.MOST_CARS + 1
"""Numbers of cars that a place can have."""
TICKS = tuple(str(number) if number % 5 == 0 else "" for number in range(PLACES))
STAKES_PRINTED = 25
"""Lines on which the gambler's stakes are printed, side by side."""


@dataclass(frozen=True)
class Problem:
    """make: its model; text, panels: what it prints of values [S] and policy [S, A], and draws of them; face: how the
    window shows it; first_policy: with which policy iteration begins, None for the one that takes all actions alike."""

    make: Callable[[], MDP]
    text: Callable[[Floats, Floats], str]
    panels: Callable[[Floats, Floats], Sequence[Panel]]
    face: Face
    first_policy: Callable[[], Floats] | None = None


def cars_moved(policy: Floats) -> Floats:
    """[first, second] cars that the policy [S, A] moves from the first place to the second; ties give their mean."""
    return (policy @ np.array(cars.MOVES)).reshape(PLACES, PLACES)


def car_rental_text(values: Floats, policy: Floats) -> str:
    """The policy as the book draws it, the first place's cars upwards, and the least and the most a state is worth."""
    lines = [_("cars to move to the second place, by the cars at the first (upwards) and at the second (to the right)")]
    lines += [
        f"{first:4d} |" + "".join(f"{moved:3g}" for moved in row)
        for first, row in reversed(list(enumerate(cars_moved(policy).tolist())))
    ]
    lines.append("      " + "".join(f"{second:3d}" for second in range(PLACES)))
    lines.append(
        _(
            "values from {lowest:.2f} without a car to {highest:.2f} with all of them",
            lowest=values[0],
            highest=values[-1],
        )
    )
    return "\n".join(lines)


def car_rental_panel(title: str, numbers: Floats, limits: tuple[float, float] | None = None) -> Panel:
    """A picture of one number [first, second] for each state, the first place's cars upwards."""
    x_label, y_label = N_(("cars at the second", "cars at the first"))
    return Panel(title, x_label, y_label, (), numbers[::-1], TICKS, TICKS[::-1], limits=limits)


def moved_panel(title: str, policy: Floats) -> Panel:
    """How many cars the policy moves to the second place."""
    return car_rental_panel(title, cars_moved(policy), (-cars.MOST_MOVED, cars.MOST_MOVED))


def car_rental_panels(values: Floats, policy: Floats) -> list[Panel]:
    """Policy and values."""
    return [
        moved_panel(N_("cars moved to the second place"), policy),
        car_rental_panel("value", values.reshape(PLACES, PLACES)),
    ]


def gambler_text(values: Floats, policy: Floats) -> str:
    """The value of each capital and every stake that is best there."""
    words = [_("capital, chance to win, best stakes")]
    words += [
        f"{capital:4d} {values[capital]:7.4f}  " + "/".join(map(str, np.flatnonzero(policy[capital])))
        for capital in range(1, GOAL)
    ]
    columns = [words[1:][first : first + STAKES_PRINTED] for first in range(0, GOAL - 1, STAKES_PRINTED)]
    rows = ["".join(c[row].ljust(26) for c in columns if row < len(c)).rstrip() for row in range(STAKES_PRINTED)]
    return "\n".join([words[0], *rows])


def stakes_panel(policy: Floats) -> Panel:
    """Every stake that is best: where several are, all of them."""
    capital, stake = np.nonzero(policy[1:GOAL])
    return Panel("best stakes, all that tie", "capital", "stake", [Line("", capital + 1, stake)], kind="dots")


def gambler_panels(values: Floats, policy: Floats) -> list[Panel]:
    """Values and policy."""
    capital = np.arange(1, GOAL)
    chances = Line("", capital, values[1:GOAL])
    return [Panel("chance to win", "capital", "value", [chances]), stakes_panel(policy)]


def blackjack_text(values: Floats, policy: Floats) -> str:
    """Hit or stick, and what the hand is worth, for each sum (downwards) and dealer's card (to the right)."""
    lines = []
    for ace in (False, True):
        lines.append(
            _("with a usable ace: H hits, S sticks, = is both; then the values")
            if ace
            else _("without a usable ace: H hits, S sticks, = is both; then the values")
        )
        for total in range(cards.HIGHEST, cards.LOWEST - 1, -1):
            states = [cards.state_of(total, dealer, ace) for dealer in range(1, cards.CARDS + 1)]
            more = [policy[state, cards.HIT] - policy[state, cards.STICK] for state in states]
            choices = "".join("H" if each > 0.01 else "S" if each < -0.01 else "=" for each in more)
            lines.append(f"{total:4d} |  {choices}  " + "".join(f"{values[state]:7.3f}" for state in states))
    return "\n".join(lines)


def hands_panel(title: str, numbers: Floats, ace: int) -> Panel:
    """A picture of one number for each hand with or without a usable ace."""
    rows = [str(total) for total in range(cards.HIGHEST, cards.LOWEST - 1, -1)]
    columns = ["A", *map(str, range(2, cards.CARDS + 1))]
    square = numbers[:-1].reshape(2, cards.CARDS, cards.SUMS)[ace].T[::-1]
    return Panel(title, "dealer's card", "your sum", (), square, columns, rows, limits=(-1, 1))


def blackjack_panels(values: Floats, policy: Floats) -> list[Panel]:
    """Policy and values, without and with a usable ace."""
    hits = policy[:, cards.HIT] - policy[:, cards.STICK]
    aces = ((0, N_("no usable ace")), (1, N_("a usable ace")))
    panels = [hands_panel(f"1 hits, -1 sticks, {words}", hits, ace) for ace, words in aces]
    return [*panels, *(hands_panel(f"value, {words}", values, ace) for ace, words in aces)]


def nothing_moved() -> Floats:
    """The policy that moves no car, with which the book's picture begins."""
    return np.tile(np.eye(len(cars.MOVES))[cars.MOVES.index(0)], (PLACES**2, 1))


PROBLEMS = {
    "car-rental": Problem(cars.car_rental, car_rental_text, car_rental_panels, CAR_RENTAL, nothing_moved),
    "gambler": Problem(gambler, gambler_text, gambler_panels, GAMBLER),
    "blackjack": Problem(cards.blackjack, blackjack_text, blackjack_panels, BLACKJACK),
}

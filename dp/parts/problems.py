"""The textbook's problems that are no grid: each by its name, how its solution is printed and drawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from common.figures import Panel
from common.language import _
from common.runs.curves import Line
from gridworld.mdp import MDP, Floats
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
    """make: its model; text, panels: what it prints of values [S] and policy [S, A], and draws of them."""

    make: Callable[[], MDP]
    text: Callable[[Floats, Floats], str]
    panels: Callable[[Floats, Floats], Sequence[Panel]]


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
    x_label, y_label = "cars at the second", "cars at the first"
    return Panel(title, x_label, y_label, (), numbers[::-1], TICKS, TICKS[::-1], limits=limits)


def moved_panel(title: str, policy: Floats) -> Panel:
    """How many cars the policy moves to the second place."""
    return car_rental_panel(title, cars_moved(policy), (-cars.MOST_MOVED, cars.MOST_MOVED))


def car_rental_panels(values: Floats, policy: Floats) -> list[Panel]:
    """Policy and values."""
    return [
        moved_panel("cars moved to the second place", policy),
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


PROBLEMS = {
    "car-rental": Problem(cars.car_rental, car_rental_text, car_rental_panels),
    "gambler": Problem(gambler, gambler_text, gambler_panels),
}

"""How the window shows the textbook's problems that are no grid: their states as tables and charts, and in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from common.language import N_, _
from gridworld.mdp import MDP, Floats
from gridworld.problems import blackjack as cards
from gridworld.problems import car_rental as cars
from gridworld.problems.gambler import GOAL
from gridworld.window.pictures.picture import Chart, Picture, Table

import numpy as np

MOST_LISTED = 6
"""Actions of which the backup is written out, the best ones."""
_EVERY_FIFTH = tuple(str(number) if number % 5 == 0 else "" for number in range(cars.MOST_CARS + 1))


@dataclass(frozen=True)
class Shown:
    """What a planner has: values [S], a policy [S, A] if there is one to show, after what, and some earlier values.

    discount: the values' own.
    """

    values: Floats
    policy: Floats | None
    after: str
    early: Sequence[Floats] = ()
    discount: float = 1.0


@dataclass(frozen=True)
class Face:
    """How a problem looks. state, action: what one is called; starts, most_moves: of a walk; pictures: to draw."""

    pictures: Callable[[Shown], list[Picture]]
    state: Callable[[int], str]
    action: Callable[[int], str]
    starts: Sequence[int]
    most_moves: int


def backup_rows(face: Face, mdp: MDP, values: Floats, discount: float, state: int, policy: Floats | None) -> list[str]:
    """The backup of a state, a line for each of its best actions: "name: reward + discount * next value = sum"."""
    lines, here = [face.state(state)], slice(state, state + 1)
    if mdp.terminated[state, 0, 0] and mdp.probability[state, 0, 0] == 1:
        return [*lines, _("the end: nothing follows")]
    backed_up = mdp.action_values(values, discount, here)[0]
    following = mdp.action_values(values, 1.0, here)[0] - mdp.expected_reward[state]
    order = np.argsort(-backed_up, kind="stable")[: int(mdp.available[state].sum())].tolist()
    for action in order[:MOST_LISTED]:
        sums = f"{_number(mdp.expected_reward[state, action])} + {discount:.3g} × {_number(following[action])}"
        lines.append(f"{face.action(action)}: {sums} = {_number(backed_up[action])}")
    if len(order) > MOST_LISTED:
        lines.append(_("and {count} more, which are worth no more", count=len(order) - MOST_LISTED))
    if policy is not None:
        shares = policy[state][order]
        average = float(shares @ backed_up[order])
        taken = np.flatnonzero(shares)
        what = _("the average of all") if len(taken) > 1 else face.action(order[int(taken[0])])
        lines.append(f"{_('policy')}: {what} = {_number(average)}")
    return [*lines, f"{_('best')}: {_('the largest of all')} = {_number(backed_up[order[0]])}"]


def _number(value: float) -> str:
    return f"{round(float(value), 6):z.5g}"


# Jack's car rental


def _cars_table(title: str, numbers: Floats, words: str, limits: tuple[float, float] | None = None) -> Table:
    """A number for each evening, the first place's cars upwards, as the book draws them."""
    size = cars.MOST_CARS + 1
    square = numbers.reshape(size, size)[::-1]
    states = np.arange(size * size).reshape(size, size)[::-1]
    written = [[format(number, words) for number in row] for row in square.tolist()]
    ticks = _EVERY_FIFTH
    return Table(
        title, square, states, N_("cars at the second"), N_("cars at the first"), ticks, ticks[::-1], limits, written
    )


def car_rental_pictures(shown: Shown) -> list[Picture]:
    """How many cars the policy moves, ties as their mean, and what an evening is worth."""
    pictures: list[Picture] = []
    if shown.policy is not None:
        limits = (-cars.MOST_MOVED, cars.MOST_MOVED)
        moved = shown.policy @ np.array(cars.MOVES)
        pictures.append(_cars_table(N_("cars moved to the second place"), moved, ".2g", limits))
    return [*pictures, _cars_table(N_("value"), shown.values, ".0f")]


def _evening(state: int) -> str:
    first, second = divmod(state, cars.MOST_CARS + 1)
    return _("{first} at the first, {second} at the second", first=first, second=second)


def _cars_moved(action: int) -> str:
    moved = cars.MOVES[action]
    return f"{moved:+d}" if moved else "0"


CAR_RENTAL = Face(car_rental_pictures, _evening, _cars_moved, [10 * (cars.MOST_CARS + 1) + 10], 30)


# The gambler


def gambler_pictures(shown: Shown) -> list[Picture]:
    """What each capital is worth after the first sweeps and now, and every stake that the policy shares in."""
    capital = np.arange(1, GOAL)
    rows = {_("sweep {number}", number=number): values for number, values in enumerate(shown.early, 1)}
    if all(values is not shown.values for values in shown.early):
        rows[shown.after] = shown.values
    lines = {name: (capital, values[1:GOAL]) for name, values in rows.items()}
    ends = (0.0, float(GOAL))
    # Discounted, the chance counts less the more throws it takes.
    title = N_("chance to win") if shown.discount == 1 else N_("value")
    pictures: list[Picture] = [Chart(title, N_("capital"), N_("value"), lines, ends, (0.0, 1.0))]
    if shown.policy is not None:
        at, stake = np.nonzero(shown.policy[1:GOAL])
        title = N_("stakes of the policy, all that tie")
        dots = {"": (at + 1, stake)}
        pictures.append(Chart(title, N_("capital"), N_("stake"), dots, ends, (0.0, GOAL / 2 + 1), kind="dots"))
    return pictures


def _capital(state: int) -> str:
    return _("capital {number}", number=state)


def _stake(action: int) -> str:
    return _("stake {number}", number=action)


GAMBLER = Face(gambler_pictures, _capital, _stake, range(1, GOAL), 200)


# Blackjack


def blackjack_pictures(shown: Shown) -> list[Picture]:
    """Hit or stick, and what a hand is worth: without a usable ace on the left, with one on the right."""
    shape = (2, cards.CARDS, cards.SUMS)
    states = np.arange(2 * cards.CARDS * cards.SUMS).reshape(shape)
    pictures: list[Picture] = []

    def table(title: str, numbers: Floats, ace: int, words: list[list[str]], bar: bool = True) -> Table:
        columns = ["A", *map(str, range(2, cards.CARDS + 1))]
        rows = [str(total) for total in range(cards.HIGHEST, cards.LOWEST - 1, -1)]
        return Table(
            _("{title}, usable ace", title=title) if ace else _("{title}, no usable ace", title=title),
            numbers[ace].T[::-1],
            states[ace].T[::-1],
            N_("dealer's card"),
            N_("your sum"),
            columns,
            rows,
            (-1.0, 1.0),
            words,
            bar,
        )

    if shown.policy is not None:
        hits = (shown.policy[:-1, cards.HIT] - shown.policy[:-1, cards.STICK]).reshape(shape)
        for ace in (0, 1):
            words = [[_choice(each) for each in row] for row in hits[ace].T[::-1].tolist()]
            pictures.append(table(_("H hits, S sticks"), hits, ace, words, bar=False))
    values = shown.values[:-1].reshape(shape)
    for ace in (0, 1):
        words = [[f"{each:z.2f}" for each in row] for row in values[ace].T[::-1].tolist()]
        pictures.append(table(_("value"), values, ace, words))
    return pictures


_CHOICES = N_(("stick", "hit"))


def _choice(more_hits: float) -> str:
    return "H" if more_hits > 0.99 else "S" if more_hits < -0.99 else ""


def _hand(state: int) -> str:
    if state == 2 * cards.CARDS * cards.SUMS:
        return _("the hand is over")
    rest, total = divmod(state, cards.SUMS)
    ace, dealer = divmod(rest, cards.CARDS)
    total, card = total + cards.LOWEST, _("an ace") if dealer == 0 else str(dealer + 1)
    if ace:
        return _("{total} against {card}, usable ace", total=total, card=card)
    return _("{total} against {card}", total=total, card=card)


BLACKJACK = Face(blackjack_pictures, _hand, lambda action: _(_CHOICES[action]), range(2 * cards.CARDS * cards.SUMS), 20)

"""States with different numbers of actions, and the textbook's problems that have them."""

from collections.abc import Callable
from pathlib import Path

from common.errors import UserError
from common.options import parse
from dp import policy_iteration, value_iteration
from dp.parts.exact import optimal_values, policy_values
from dp.parts.genetic.options import GeneticOptions
from dp.parts.greedy import uniform_policy
from dp.parts.problems import PROBLEMS, cars_moved
from dp.parts.quick import Quick
from dp.policy_iteration import Options, PolicyIteration
from dp.value_iteration import Options as Sweeping
from dp.value_iteration import ValueIteration
from gridworld.env import MDPEnv
from gridworld.mdp import MDP
from gridworld.problems.car_rental import MOVES, car_rental
from gridworld.problems.gambler import gambler

import numpy as np
import pytest

Result = tuple[int, str, str]
UNEVEN = MDP.from_table(
    {
        0: {0: [(1.0, 1, 1.0, False)]},
        1: {0: [(1.0, 0, -5.0, False)], 1: [(0.5, 1, 2.0, False), (0.5, 2, 0.0, True)]},
        2: {0: [(1.0, 2, 0.0, True)]},
    },
    start=[1, 0, 0],
)
"""One action in states 0 and 2, two in state 1."""


@pytest.fixture(scope="module", name="jack")
def jack_fixture() -> MDP:
    return car_rental()


def test_an_action_that_a_state_does_not_have_is_worth_nothing_at_all() -> None:
    assert UNEVEN.available.tolist() == [[True, False], [True, True], [True, False]]
    assert UNEVEN.action_values([1, 2, 0], 0.5).tolist() == [[2, -np.inf], [-4.5, 1.5], [0, -np.inf]]
    table = UNEVEN.to_table()
    assert [len(table[state]) for state in range(3)] == [1, 2, 1]
    assert (MDP.from_table(table).probability == UNEVEN.probability).all()


def test_every_solver_uses_the_actions_that_there_are() -> None:
    # v(1) = 1 + 0.9 / 2 v(1) and v(0) = 1 + 0.9 v(1) by staying; the random policy takes either action of state 1.
    best = [1 + 0.9 / 0.55, 1 / 0.55, 0]
    found = [PolicyIteration(UNEVEN, Options(discount=0.9)), PolicyIteration(UNEVEN, Options(discount=0.9, exact=True))]
    found += [ValueIteration(UNEVEN, Sweeping(discount=0.9)), Quick(UNEVEN, Sweeping(discount=0.9))]
    found += [ValueIteration(UNEVEN, Sweeping(discount=0.9, in_place=True))]
    for agent in found:
        agent.solve()
        assert agent.values == pytest.approx(best, abs=1e-7)
        assert agent.policy.tolist() == [[1, 0], [0, 1], [1, 0]]
    assert optimal_values(UNEVEN, 0.9) == pytest.approx(best)
    uniform = uniform_policy(UNEVEN.available)
    assert uniform.tolist() == [[1, 0], [0.5, 0.5], [1, 0]]
    random = policy_values(UNEVEN, uniform, 0.9)
    agent = PolicyIteration(UNEVEN, Options(discount=0.9))
    while not agent.evaluated:
        agent.evaluate()
    assert agent.values == pytest.approx(random, abs=1e-7)
    assert random[1] == pytest.approx(0.5 * (-5 + 0.9 * random[0]) + 0.5 * (1 + 0.45 * random[1]))
    assert optimal_values(UNEVEN, 0.9, epsilon=1.0) == pytest.approx(random)


def test_a_state_needs_an_action_and_a_learner_the_same_ones_everywhere() -> None:
    with pytest.raises(UserError, match="state 1 has no action"):
        MDP([[[0]], [[0]]], [[[1.0]], [[0.0]]], [[[0.0]], [[0.0]]], [[[True]], [[True]]])
    with pytest.raises(UserError, match="some states of this model lack actions"):
        MDPEnv(UNEVEN)


def test_jack_moves_no_car_that_he_does_not_have(jack: MDP) -> None:
    for first, second in ((0, 0), (2, 0), (0, 20), (20, 20), (7, 3)):
        moves = [move for move, has in zip(MOVES, jack.available[first * 21 + second], strict=True) if has]
        assert moves == [move for move in MOVES if move <= first and -move <= second]
    assert jack.probability.sum(axis=2)[jack.available] == pytest.approx(1.0)


def test_a_day_at_jacks(jack: MDP) -> None:
    """From a morning with n cars the mean number rented is sum_k P(requests > k), k from 0 to n - 1."""
    poisson_3, poisson_4 = (np.cumsum(np.exp(-r) * np.array([1, r, r**2 / 2, r**3 / 6])) for r in (3.0, 4.0))
    state, action = 5 * 21 + 2, MOVES.index(2)  # three and four cars in the morning
    rented = (1 - poisson_3[:3]).sum() + (1 - poisson_4[:4]).sum()
    assert jack.expected_reward[state, action] == pytest.approx(10 * rented - 2 * 2)
    # No car anywhere: none is rented, and how many come back is Poisson with means 3 and 2.
    assert jack.expected_reward[0, MOVES.index(0)] == 0
    evening = jack.probability[0, MOVES.index(0)].reshape(21, 21)
    assert evening[0, 0] == pytest.approx(np.exp(-5))
    assert evening[2, 1] == pytest.approx(np.exp(-5) * 9 / 2 * 2)


def test_figure_4_2(jack: MDP) -> None:
    *_, figure = policy_iteration.FIGURES
    drawn = figure.make(0)
    assert [panel.title for panel in drawn.panels] == [
        *(f"policy {number}" for number in range(5)),
        "values of policy 4",
    ]
    improvements, lowest, highest = (number.ours for number in drawn.numbers)
    # Others find values from 421 to 636.
    assert (improvements, lowest, highest) == (4, pytest.approx(421.41, abs=0.005), pytest.approx(636.99, abs=0.005))
    values = drawn.panels[-1].matrix[::-1]
    assert (values.argmin(), values.argmax()) == (0, 440)
    moved = drawn.panels[4].matrix[::-1]
    # Read off the book's picture: five cars move where the first place is full and the second empty, none the other way
    # round from five cars at the first on; four move back to an empty first place from a full second one.
    assert (moved[20, 0], moved[0, 20], moved[10, 10], moved[5, 20], moved[0, 0]) == (5, -4, 0, 0, 0)
    assert optimal_values(jack, 0.9)[0] == pytest.approx(lowest)


def test_figure_4_3() -> None:
    *_, figure = value_iteration.FIGURES
    drawn = figure.make(0)
    by_name = {number.what: number.ours for number in drawn.numbers}
    # All on one throw from 50; from 25 two throws, and from 75 one or, after losing, the one from 50.
    chances = [by_name[f"chance to win from {start}"] for start in (25, 50, 75)]
    assert chances == pytest.approx([0.4**2, 0.4, 0.4 + 0.6 * 0.4])
    assert [line.label for line in drawn.panels[0].lines] == ["sweep 1", "sweep 2", "sweep 3", "in the end"]
    best = set(zip(*(axis.tolist() for axis in (drawn.panels[1].lines[0].x, drawn.panels[1].lines[0].y)), strict=True))
    assert {(50, 50), (25, 25), (51, 1), (51, 49), (26, 1), (26, 24), (26, 26)} <= best
    # Staking as much as one may, the bold play of the theory, is a best stake everywhere.
    assert all((capital, min(capital, 100 - capital)) in best for capital in range(1, 100))
    assert [stake for capital, stake in best if capital == 50] == [50]


@pytest.mark.parametrize("heads", [0.25, 0.55])
def test_exercise_4_9_bold_play_below_one_half_and_the_smallest_stake_above(heads: float) -> None:
    agent = PolicyIteration(gambler(heads), Options(discount=1.0, exact=True))
    agent.solve()
    capital = np.arange(1, 100)
    if heads < 0.5:
        assert (agent.policy[capital, np.minimum(capital, 100 - capital)] > 0).all()
    else:
        assert agent.policy[capital, 1] == pytest.approx(1.0)
        # The gambler's ruin, stake 1: (1 - r^c) / (1 - r^100) with r = (1 - p) / p.
        ratio = (1 - heads) / heads
        assert agent.values[capital] == pytest.approx((1 - ratio**capital) / (1 - ratio**100))


def test_a_problem_is_printed_and_drawn(call: Callable[..., Result], tmp_path: Path) -> None:
    flags = "--problem gambler --discount 1 --out pictures --headless --record window.png"
    status, said, _ = call("value_iteration", *flags.split())
    assert status == 0 and (tmp_path / "window.png").read_bytes().startswith(b"\x89PNG")
    assert "  51  0.4031  1/49" in said and "gambler.png is in pictures" in said
    assert (tmp_path / "pictures" / "gambler.png").read_bytes().startswith(b"\x89PNG")
    nobody = np.tile(np.eye(11)[5], (441, 1))
    lines = PROBLEMS["car-rental"].text(np.zeros(441), nobody).splitlines()
    assert len(lines) == 24 and lines[1] == "  20 |" + 21 * "  0"
    assert (cars_moved(nobody) == 0).all()
    both = np.full((201, 2), 0.5)
    hands = PROBLEMS["blackjack"].text(np.zeros(201), both).splitlines()
    assert len(hands) == 22 and hands[1].startswith("  21 |  ==========    0.000")
    assert [panel.matrix.shape for panel in PROBLEMS["blackjack"].panels(np.zeros(201), both)] == [(10, 10)] * 4


def test_the_genetic_algorithm_has_no_window_for_a_problem() -> None:
    with pytest.raises(UserError, match=r"--record a\.png is for maps"):
        parse(GeneticOptions, ["--problem", "gambler", "--record", "a.png"])


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--problem", "gambler", "--size", "5"], "--size 5 is for maps"),
        (["--problem", "gambler", "--env", "Taxi-v3"], "--env and --problem exclude each other"),
        (["--out", "here"], "--out here is for the pictures of --problem and --figure"),
        (["--env", "FrozenLake-v1", "--record", "a.png"], "--record a.png is for maps"),
    ],
)
def test_what_a_problem_cannot_have_is_refused(flags: list[str], says: str) -> None:
    with pytest.raises(UserError, match=says):
        parse(Options, flags)

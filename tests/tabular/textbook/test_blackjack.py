"""Blackjack's model and the figures of chapter 5: what the rules say, what is known of the answers."""

from dp.parts.exact import optimal_action_values, policy_values
from gridworld.problems.blackjack import HIT, STICK, blackjack, compared, dealer_ends, drawn, state_of
from tabular import monte_carlo_control, monte_carlo_off_policy, monte_carlo_prediction
from tabular.parts.textbook import blackjack as of_chapter_5
from tabular.parts.textbook import blackjack_values
from tabular.parts.textbook.blackjack import BOOKS_VALUE, HAND, grids, played, sticks_on_20
from tabular.parts.textbook.blackjack_values import dealt
from tests.claims.kept_figures import KEPT, kept

import numpy as np
import pytest

MODEL = blackjack()


def test_cards_and_aces() -> None:
    assert drawn(14, False, 5) == (19, False) and drawn(14, False, 8) == (22, False)
    assert drawn(14, True, 8) == (12, False), "an ace that would bust counts 1"
    assert drawn(18, True, 1) == (19, True) and drawn(12, False, 1) == (13, False)
    assert drawn(10, False, 1) == (21, True) and drawn(20, True, 10) == (20, False)
    assert [compared(18, 17), compared(18, 18), compared(18, 20), compared(13, 22)] == [1, 0, -1, 1]


def test_the_dealer_has_no_choice() -> None:
    assert dealer_ends(19, False) == (0, 0, 1, 0, 0, 0)
    # From a hard 16 every card but ace to five busts: 8 of 13.
    assert dealer_ends(16, False) == pytest.approx((1 / 13, 1 / 13, 1 / 13, 1 / 13, 1 / 13, 8 / 13))
    for card in range(1, 11):
        assert sum(dealer_ends(11 if card == 1 else card, card == 1)) == pytest.approx(1)


def test_sticking_and_hitting_in_the_model() -> None:
    table = MODEL.to_table()
    lost = sum(p for p, _, reward, _ in table[state_of(20, 10, False)][HIT] if reward == -1)
    assert lost == pytest.approx(12 / 13)
    assert (0.0, False) in {(reward, over) for _, _, reward, over in table[state_of(20, 10, False)][HIT]}
    against_six = MODEL.expected_reward[state_of(12, 6, False), STICK]
    bust = dealer_ends(6, False)[-1]
    assert against_six == pytest.approx(bust - (1 - bust))


def test_the_hand_of_example_5_4() -> None:
    """The book's mean of 100 million returns, each between -1 and 1: its standard error is at most 1e-4."""
    value = policy_values(MODEL, sticks_on_20(MODEL), 1.0)[HAND]
    assert value == pytest.approx(BOOKS_VALUE, abs=1e-4)
    returns, ratios = played(MODEL, sticks_on_20(MODEL), np.random.default_rng(0), 200_000)
    assert (ratios * returns).mean() == pytest.approx(value, abs=5 * (ratios * returns).std() / 200_000**0.5)
    assert ratios.mean() == pytest.approx(1, abs=0.02)
    assert set(np.unique(returns)) == {-1.0, 0.0, 1.0} and np.log2(ratios[ratios > 0]).max() % 1 == 0


def test_the_optimal_policy_is_figure_5_2s() -> None:
    """The highest sum on which one hits, against an ace, 2, 3, ... 10."""
    hits = optimal_action_values(MODEL, 1.0).argmax(axis=1) == HIT
    highest = [
        [max((s for s in range(12, 22) if hits[state_of(s, card, usable)]), default=11) for card in range(1, 11)]
        for usable in (True, False)
    ]
    assert highest == [[18, 17, 17, 17, 17, 17, 17, 17, 18, 18], [16, 12, 12, 11, 11, 11, 16, 16, 16, 16]]


def test_hands_are_dealt_as_cards_fall() -> None:
    """With two cards: 21 by an ace and a ten either way round, or with more; a usable ace is the rarer hand."""
    start = dealt()
    assert start.sum() == pytest.approx(1) and start[-1] == 0
    usable = start[:200].reshape(2, 10, 10)[1]
    assert 0.1 < usable.sum() < 0.2 and usable[:, 0].sum() == pytest.approx(1 / 13**2)  # 12: two aces alone
    assert start[state_of(21, 10, True)] > 2 * 1 / 13 * 4 / 13 * 4 / 13
    assert start[state_of(20, 1, False)] > (4 / 13) ** 2 / 13  # two tens, and from 11 or less with more cards


def test_figure_5_1_as_it_was_kept() -> None:
    """A usable ace is dealt less often, so its values are less certain; with more hands all of them are better."""
    assert [figure.name for figure in monte_carlo_prediction.FIGURES] == ["Figure 5.1"]
    rare, common = (
        [kept("Figure 5.1", f"{ace}, after {hands} hands")[0] for hands in ("10,000", "500,000")]
        for ace in ("usable ace", "no usable ace")
    )
    assert rare[0] > 2 * common[0] and rare[1] > 2 * common[1] and rare[1] < rare[0] / 4 and common[1] < common[0] / 4


def test_figure_5_1_with_fewer_hands_comes_as_near_as_chance_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    """An estimate from n hands errs by the deviation of a return, at most 1, by the square root of n."""
    monkeypatch.setattr(blackjack_values, "HANDS", (1_000, 20_000))
    drawn_again = monte_carlo_prediction.FIGURES[0].make(1)
    policy = sticks_on_20(MODEL)
    true = policy_values(MODEL, policy, 1.0)
    for panel, (which, values) in zip(drawn_again.panels[2:], grids(true).items(), strict=True):
        hands = 20_000 * grids(dealt())[which]
        assert panel.title.startswith(which)
        assert (abs(panel.matrix - values) < 5 / np.sqrt(np.maximum(hands, 1))).all()


def test_figures_5_2_to_5_4_as_they_were_kept() -> None:
    assert [figure.name for figure in monte_carlo_control.FIGURES] == ["Figure 5.2"]
    assert [figure.name for figure in monte_carlo_off_policy.FIGURES] == ["Figure 5.3", "Figure 5.4"]
    assert kept("Figure 5.2", "of 200 states")[0] >= 190 and kept("Figure 5.2", "costs")[0] < 0.05
    for row in KEPT:
        if row[:1] == ["Figure 5.3"] and "true value" in row[2]:
            assert float(row[3]) == pytest.approx(BOOKS_VALUE, abs=1e-4)
    weighted, ordinary = (kept("Figure 5.3", f"{each}: squared error")[0] for each in ("weighted", "ordinary"))
    assert weighted < ordinary
    # A million episodes, and the ordinary estimates still differ by a tenth and more; the weighted ones are exact.
    assert kept("Figure 5.4", "lowest")[0] < 0.9 and kept("Figure 5.4", "highest")[0] > 1.1
    assert kept("Figure 5.4", "weighted")[0] == 1


def test_the_variance_of_example_5_5_has_no_bound() -> None:
    """E[rho G] is 1, but the k-th term of E[(rho G)^2] is 0.05 * 0.45^(k - 1) * 4^k, which grows."""
    chances = 0.05 * 0.45 ** np.arange(400)
    ratios = 2.0 ** np.arange(1, 401)
    assert (chances * ratios).sum() == pytest.approx(1)
    assert (np.diff(chances * ratios**2) > 0).all()
    drawn = monte_carlo_off_policy.FIGURES[1].make(1)
    assert drawn.numbers[-1].ours == 1


# Drawn again, with fewer hands and other luck


@pytest.mark.slow
def test_figure_5_2_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is still wrong costs little: the two actions of such a state differ by less than the estimates' error."""
    monkeypatch.setattr(of_chapter_5, "HANDS", 100_000)
    optimal, costs = (number.ours for number in monte_carlo_control.FIGURES[0].make(1).numbers)
    # 250 hands begin with each state and action; a return's deviation is at most 1, of a difference 2 ** 0.5.
    assert optimal >= 180 and costs < 4 * 2**0.5 / 250**0.5


@pytest.mark.slow
def test_figure_5_3_drawn_again() -> None:
    """The means of 100 squared errors of other runs; such a mean's own spread is the error's by the root of 100."""
    by_name = {number.what: number.ours for number in monte_carlo_off_policy.FIGURES[0].make(1).numbers}
    returns, ratios = played(MODEL, sticks_on_20(MODEL), np.random.default_rng(2), 200_000)
    for hands, what in ((100, "squared error after 100 episodes"), (10_000, "after 10,000")):
        theory = (
            ratios * returns
        ).var() / hands  # of the ordinary estimate, whose squared error has twice its square as variance
        assert by_name[f"ordinary: {what}"] == pytest.approx(theory, rel=4 * (2 / 100) ** 0.5)
        assert by_name[f"weighted: {what}"] == pytest.approx(
            kept("Figure 5.3", f"weighted: {what}")[0], rel=4 * (4 / 100) ** 0.5
        )

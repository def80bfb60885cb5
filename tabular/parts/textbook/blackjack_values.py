"""Figure 5.1 of the book: what sticking on 20 is worth at blackjack, by Monte Carlo prediction."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from common.figures import Drawn, Figure, Number, Panel
from dp.parts import exact
from gridworld.env import MDPEnv
from gridworld.mdp import MDP
from gridworld.problems.blackjack import CARDS, CHANCES, LOWEST, SUMS, blackjack, drawn, state_of
from tabular.parts.method import Method
from tabular.parts.textbook.blackjack import CARD_NAMES, SUM_NAMES, grids, sticks_on_20

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HANDS = (10_000, 500_000)


def dealt() -> Floats:
    """[S] how likely a dealt hand begins in each state; below 12 the player hits without a decision."""
    start = np.zeros(blackjack().n_states)

    def deal(total: int, usable: bool, chance: float) -> None:
        if total >= LOWEST:
            for dealer, of_card in CHANCES.items():
                start[state_of(total, dealer, usable)] += chance * of_card
            return
        for card, of_card in CHANCES.items():
            deal(*drawn(total, usable, card), chance * of_card)

    deal(0, False, 1.0)
    return start


def stick_on_20(method: Callable[[Any, Floats], Method], options: Callable[..., Any]) -> Figure:
    """Figure 5.1: the estimates after 10,000 and 500,000 hands, with a usable ace and without."""

    def make(seed: int) -> Drawn:
        rules = blackjack()
        model = MDP(rules.next_state, rules.probability, rules.reward, rules.terminated, dealt())
        policy = sticks_on_20(model)
        true = exact.policy_values(model, policy, 1.0)
        learner = method(options(discount=1.0), policy)
        env = MDPEnv(model)
        env.reset(seed=seed)
        agent: Any = learner.agent(env, seed)
        panels, numbers, played = [], [], 0
        ended = (over for _, over in learner.train(env, agent, HANDS[-1]) if over)
        for hands in HANDS:
            for _ in islice(ended, hands - played):
                pass
            played = hands
            errors = grids((agent.values - true) ** 2)
            for which, values in grids(agent.values).items():
                title = f"{which}, after {hands:,} hands"
                axes: dict[str, Any] = {"x_ticks": CARD_NAMES, "y_ticks": SUM_NAMES}
                panels.append(Panel(title, "dealer's card", "player's sum", matrix=values, limits=(-1, 1), **axes))
                numbers.append(Number(f"{title}: RMS error", float(np.sqrt(errors[which].mean())), digits=3))
        with_an_ace = dealt()[CARDS * SUMS : 2 * CARDS * SUMS].sum()
        numbers.append(
            Number("hands that begin with a usable ace", 100 * with_an_ace, "less common", digits=1, unit=" %")
        )
        return Drawn(panels, numbers)

    return Figure("Figure 5.1", "blackjack, sticking on 20 and 21, by Monte Carlo prediction", make)

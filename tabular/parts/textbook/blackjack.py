"""Chapter 5 of the book: blackjack by exploring starts, one of its hands off-policy, and a variance without a bound."""

from collections import deque
from collections.abc import Callable
from typing import Any

from common.figures import Drawn, Figure, Number, Panel
from common.runs.curves import Line
from dp.parts import exact
from gridworld.env import MDPEnv
from gridworld.mdp import MDP
from gridworld.problems.blackjack import CARDS, HIGHEST, HIT, LOWEST, STICK, SUMS, blackjack, state_of
from tabular.parts.method import Method

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HANDS = 300_000
"""Episodes of Figure 5.2."""
HAND = state_of(13, 2, True)
"""Of Example 5.4: 13 with a usable ace, against a deuce."""
BOOKS_VALUE = -0.27726
"""What the book measured for it, over 100 million episodes."""
RUNS, EPISODES = 100, 10_000
LOOPS, LONG = 10, 1_000_000
CARD_NAMES = ("A", *(str(card) for card in range(2, CARDS + 1)))
SUM_NAMES = tuple(str(total) for total in range(HIGHEST, LOWEST - 1, -1))


def sticks_on_20(model: MDP) -> Floats:
    """[S, A] the policy of Example 5.1: stick on 20 and 21, hit otherwise."""
    policy = np.tile(np.eye(2)[HIT], (model.n_states, 1))
    for dealer in range(1, CARDS + 1):
        for total in (20, 21):
            for usable in (False, True):
                policy[state_of(total, dealer, usable)] = np.eye(2)[STICK]
    return policy


def grids(of_states: Any) -> dict[str, Any]:
    """[sum, dealer's card] with the highest sum on top, for hands with a usable ace and without."""
    usable = np.asarray(of_states)[: 2 * CARDS * SUMS].reshape(2, CARDS, SUMS)
    return {"usable ace": usable[1].T[::-1], "no usable ace": usable[0].T[::-1]}


def exploring_starts(method: Callable[[Any], Method], options: Callable[..., Any]) -> Figure:
    """Figure 5.2: every hand begins in any state and with any action, and goes on greedily."""

    def make(seed: int) -> Drawn:
        model = blackjack()
        env = MDPEnv(model)
        settings = {"discount": 1.0, "epsilon": 0.0, "step_size": 1.0, "step_size_decay": 1.0}
        learner = method(options(**settings, exploring_starts=True))
        agent: Any = learner.agent(env, seed)
        env.reset(seed=seed)
        deque(learner.train(env, agent, HANDS), maxlen=0)
        values = agent.action_values
        best = exact.optimal_action_values(model, 1.0)
        chosen = values.argmax(axis=1)
        worse = (best.max(axis=1) - best[np.arange(len(best)), chosen])[: 2 * CARDS * SUMS]
        panels: list[Panel] = []
        axes: dict[str, Any] = {"x_ticks": CARD_NAMES, "y_ticks": SUM_NAMES}
        shown = grids(values.max(axis=1))
        for title, hits in grids(chosen == HIT).items():
            words, colours = np.where(hits, "hit", "stick").tolist(), np.where(hits, 1.0, 0.75)
            labels = "dealer's card", "player's sum"
            panels.append(Panel(title, *labels, matrix=colours, texts=words, limits=(0, 1), **axes))
            panels.append(Panel(f"values, {title}", *labels, matrix=shown[title], **axes))
        numbers = [
            Number("of 200 states, those in which the policy is the optimal one", (worse == 0).sum(), digits=0),
            Number("the most that the policy's action costs in any state", worse.max(), digits=3),
        ]
        return Drawn(panels, numbers)

    return Figure("Figure 5.2", f"blackjack by exploring starts, {HANDS:,} hands", make)


def played(model: MDP, target: Floats, random: np.random.Generator, hands: int) -> tuple[Floats, Floats]:
    """([hands] returns, [hands] ratios) of hands that begin in Example 5.4's state, either action as likely."""
    state, returns, ratios = np.full(hands, HAND), np.zeros(hands), np.ones(hands)
    ladders = np.cumsum(model.probability, axis=2)
    going = np.arange(hands)
    while len(going):
        here = state[going]
        action = random.integers(2, size=len(going))
        ratios[going] *= target[here, action] / 0.5
        rungs = ladders[here, action]
        outcome = (random.random(len(going))[:, None] >= rungs[:, :-1]).sum(axis=1)
        returns[going] += model.reward[here, action, outcome]
        state[going] = model.next_state[here, action, outcome]
        going = going[~model.terminated[here, action, outcome]]
    return returns, ratios


def one_hand_off_policy() -> Figure:
    """Example 5.4 and Figure 5.3: the squared error of both kinds of importance sampling."""

    def make(seed: int) -> Drawn:
        model = blackjack()
        target = sticks_on_20(model)
        true = float(exact.policy_values(model, target, 1.0)[HAND])
        dealt = played(model, target, np.random.default_rng(seed), RUNS * EPISODES)
        returns, ratios = (each.reshape(RUNS, EPISODES) for each in dealt)
        episodes = np.arange(1, EPISODES + 1)
        total, weights = (ratios * returns).cumsum(axis=1), ratios.cumsum(axis=1)
        weighted = np.divide(total, weights, out=np.zeros_like(total), where=weights > 0)
        estimates = {"ordinary": total / episodes, "weighted": weighted}
        errors = {name: ((estimate - true) ** 2).mean(axis=0) for name, estimate in estimates.items()}
        lines = [Line(f"{name} importance sampling", episodes, error) for name, error in errors.items()]
        numbers = [
            Number("true value of the hand, by the model", true, f"{BOOKS_VALUE} (100 million episodes)", digits=5),
            *(Number(f"{name}: squared error after 100 episodes", each[99], digits=3) for name, each in errors.items()),
            *(Number(f"{name}: after 10,000", each[-1], digits=5) for name, each in errors.items()),
        ]
        panel = Panel("", "episodes", "mean squared error", lines, log_x=True, limits=(0, 5))
        return Drawn([panel], numbers)

    return Figure("Figure 5.3", f"one hand of blackjack off-policy, mean of {RUNS} runs", make)


def infinite_variance() -> Figure:
    """Example 5.5 and Figure 5.4: one state; left ends one time in ten and pays 1, right ends for nothing.

    The target policy goes left, the other one either way. An episode of k steps to the left has the ratio 2^k.
    """

    def make(seed: int) -> Drawn:
        random = np.random.default_rng(seed)
        lines, last, weighted = [], [], []
        shown = np.unique(np.logspace(0, 6, 300).astype(int))
        for run in range(LOOPS):
            # Each step goes right with 1/2, and left ends with 1/20: the first end comes after so many steps.
            steps = random.geometric(0.55, size=LONG)
            paid = random.random(LONG) < 0.05 / 0.55
            returns, ratios = paid.astype(float), np.where(paid, 2.0**steps, 0.0)
            estimates = (ratios * returns).cumsum() / np.arange(1, LONG + 1)
            lines.append(Line("" if run else "ordinary, ten runs", shown, estimates[shown - 1]))
            last.append(estimates[-1])
            weighted.append((ratios * returns).sum() / ratios.sum())
        lines.append(Line("the true value", [1, LONG], [1, 1], dashed=True))
        numbers = [
            Number("true value", 1.0, "1", digits=0),
            Number("ordinary: lowest of ten estimates after a million episodes", min(last), digits=2),
            Number("ordinary: highest", max(last), digits=2),
            Number("weighted: mean of ten estimates", float(np.mean(weighted)), "1", digits=0),
        ]
        return Drawn([Panel("", "episodes", "estimate", lines, log_x=True, limits=(0, 3))], numbers)

    return Figure("Figure 5.4", "ordinary importance sampling with a variance without a bound", make)

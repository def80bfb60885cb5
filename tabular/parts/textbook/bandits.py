"""Chapter 2 of the book: the ten-armed testbed, Figures 2.1 to 2.6 and Exercise 2.5."""

from collections.abc import Sequence

from common.figures import Drawn, Figure, Number, Panel
from common.runs.curves import Line
from tabular.parts.bandits.together import Curves, Rule, play

import numpy as np

RUNS = 2000
LAST = 100
"""Steps at the end over which a share is taken."""
GREEDY = Rule("greedy")
EPSILON_GREEDY = Rule("epsilon 0.1", epsilon=0.1)


def _curves(results: Sequence[tuple[Rule, Curves]], *, rewards: bool = True) -> list[Panel]:
    """Average reward and share of the best arm over the steps, a line a rule."""
    steps = np.arange(1, len(results[0][1].reward) + 1)
    optimal = [Line(rule.title, steps, 100 * curves.optimal) for rule, curves in results]
    panels = [Panel("best arm", "steps", "% best arm", optimal, limits=(0, 100))]
    reward = [Line(rule.title, steps, curves.reward) for rule, curves in results]
    return [Panel("reward", "steps", "average reward", reward), *panels] if rewards else panels


def _percent(what: str, curve: np.ndarray, book: str = "") -> Number:
    """A share at the end, in percent, with the error of that many runs."""
    share = float(curve[-LAST:].mean())
    return Number(what, 100 * share, book, 100 * (share * (1 - share) / RUNS) ** 0.5, 0, " %")


def testbed(seed: int) -> Drawn:
    """Figure 2.1: the arms of one bandit problem."""
    random = np.random.default_rng(seed)
    means = random.standard_normal(10)
    paid = means + random.standard_normal((200, 10))
    dots = Line("rewards", np.repeat(np.arange(1, 11), 200), paid.T.ravel())
    panel = Panel("", "arm", "reward", [dots, Line("q*(a)", np.arange(1, 11), means)], kind="dots")
    best = np.random.default_rng(seed).standard_normal((100_000, 10)).max(axis=1)
    return Drawn([panel], [Number("the best of ten arms pays on average", best.mean(), "about 1.54", best.std() / 316)])


def exploration(seed: int) -> Drawn:
    """Figure 2.2: greedy against epsilon-greedy, sample averages."""
    rules = GREEDY, Rule("epsilon 0.01", epsilon=0.01), EPSILON_GREEDY
    results = [(rule, play(rule, RUNS, 1000, seed)) for rule in rules]
    shown = [results[2], results[1], results[0]]
    greedy = results[0][1]
    never = float(max(curves.optimal.max() for _, curves in results[2:]))
    numbers = [
        Number(
            "greedy: reward a step at the end",
            greedy.reward[-LAST:].mean(),
            "about 1",
            greedy.rewards.std() / RUNS**0.5,
        ),
        _percent("greedy: tasks in which it has the best arm", greedy.optimal, "about a third"),
        Number("epsilon 0.1: its best share of the best arm", 100 * never, "never more than 91 %", digits=0, unit=" %"),
        _percent("epsilon 0.1: best arm in the last 100 steps", results[2][1].optimal),
        _percent("epsilon 0.01: best arm in the last 100 steps", results[1][1].optimal),
    ]
    return Drawn(_curves(shown), numbers)


def optimism(seed: int) -> Drawn:
    """Figure 2.3: optimistic, greedy against realistic, epsilon-greedy; step size 0.1."""
    rules = Rule("optimistic, greedy", initial_value=5, step_size=0.1), Rule("realistic", epsilon=0.1, step_size=0.1)
    results = [(rule, play(rule, RUNS, 1000, seed)) for rule in rules]
    first = results[0][1].optimal
    numbers = [
        _percent("optimistic, first value 5: best arm at the end", first),
        _percent("realistic, epsilon 0.1: best arm at the end", results[1][1].optimal),
        Number("optimistic: best arm in step 11", 100 * first[10], digits=0, unit=" %"),
        Number("optimistic: best arm in step 12", 100 * first[11], digits=0, unit=" %"),
    ]
    return Drawn(_curves(results, rewards=False), numbers)


def confidence(seed: int) -> Drawn:
    """Figure 2.4: UCB against epsilon-greedy."""
    rules = Rule("UCB, confidence 2", "UCB", confidence=2), EPSILON_GREEDY
    results = [(rule, play(rule, RUNS, 1000, seed)) for rule in rules]
    first = results[0][1].reward
    numbers = [
        Number("UCB: reward a step at the end", first[-LAST:].mean(), "", results[0][1].rewards.std() / RUNS**0.5),
        Number("epsilon 0.1: reward a step at the end", results[1][1].reward[-LAST:].mean()),
        Number("UCB: reward in step 11", first[10]),
        Number("UCB: reward in step 12", first[11]),
    ]
    return Drawn(_curves(results)[:1], numbers)


def baseline(seed: int) -> Drawn:
    """Figure 2.5: the gradient bandit with and without a baseline, where arms pay about 4."""
    rules = [
        Rule(f"step size {size}, {'with' if base else 'without'} baseline", "gradient", step_size=size, baseline=base)
        for base in (True, False)
        for size in (0.1, 0.4)
    ]
    results = [(rule, play(rule, RUNS, 1000, seed, mean=4.0)) for rule in rules]
    return Drawn(
        _curves(results, rewards=False), [_percent(f"{rule.title}: best arm", c.optimal) for rule, c in results]
    )


def study(seed: int) -> Drawn:
    """Figure 2.6: the mean reward of 1,000 steps over each rule's own parameter."""
    sweeps = {
        "epsilon-greedy, epsilon": [(size, Rule("", epsilon=size)) for size in _powers(-7, -2)],
        "gradient, step size": [(size, Rule("", "gradient", step_size=size)) for size in _powers(-5, 2)],
        "UCB, confidence": [(size, Rule("", "UCB", confidence=size)) for size in _powers(-4, 2)],
        "greedy, step size 0.1, first value": [
            (size, Rule("", initial_value=size, step_size=0.1)) for size in _powers(-2, 2)
        ],
    }
    lines, numbers = [], []
    for title, rules in sweeps.items():
        played = [play(rule, RUNS, 1000, seed).rewards for _, rule in rules]
        means = [rewards.mean() for rewards in played]
        at = int(np.argmax(means))
        lines.append(Line(title, [size for size, _ in rules], means))
        numbers.append(Number(f"{title} {rules[at][0]:g}: reward", means[at], "", played[at].std() / RUNS**0.5))
    return Drawn([Panel("", "parameter", "average reward of the first 1,000 steps", lines, log_x=True)], numbers)


def _powers(low: int, high: int) -> list[float]:
    return [2.0**power for power in range(low, high + 1)]


def drifting(seed: int) -> Drawn:
    """Exercise 2.5: arms that begin equal and wander by 0.01 a step; 10,000 steps, epsilon 0.1."""
    rules = Rule("mean of all rewards", epsilon=0.1), Rule("step size 0.1", epsilon=0.1, step_size=0.1)
    results = [(rule, play(rule, RUNS, 10_000, seed, spread=0.0, drift=0.01)) for rule in rules]
    return Drawn(_curves(results), [_percent(f"{rule.title}: best arm at the end", c.optimal) for rule, c in results])


FIGURES = [
    Figure("Figure 2.1", "ten arms and what they pay", testbed),
    Figure("Figure 2.2", "greedy and epsilon-greedy on the ten-armed testbed, 2,000 runs", exploration),
    Figure("Figure 2.3", "optimistic first values, 2,000 runs", optimism),
    Figure("Figure 2.4", "upper confidence bounds, 2,000 runs", confidence),
    Figure("Figure 2.5", "gradient bandits with and without a baseline, 2,000 runs", baseline),
    Figure("Figure 2.6", "each rule over its own parameter, 2,000 runs", study),
    Figure("Exercise 2.5", "arms that wander, 2,000 runs of 10,000 steps", drifting),
]

"""TD(0): predicting what a policy is worth, one step at a time, beside Monte Carlo on the same episodes.

    v(s) <- v(s) + step_size * [ r + discount * v(s') - v(s) ]          TD(0): the target bootstraps from v(s')
    v(s) <- v(s) + step_size * [ G_t - v(s) ]                           Monte Carlo: the target is the whole return

TD learns while the episode runs and its targets vary little, but they are only as good as v(s'): biased until that is
right. --random-walk is Example 6.2: five states in a row, a reward of 1 for leaving on the right.

Sutton (1988). Sutton & Barto (2018), sections 6.1 and 6.2; equations 6.1 and 6.2.
    python tabular/td_prediction.py                             watch both, side by side
    python tabular/td_prediction.py --random-walk --headless    the figure of Example 6.2, 100 runs
    python tabular/td_prediction.py --policy optimal --epsilon 0.1 --seeds 20
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from common.figures import run_figure
from common.options import launch
from gridworld.discrete import DiscreteEnv
from tabular import monte_carlo_prediction
from tabular.parts.experiment import Experiment
from tabular.parts.given_policy import Policy, given_policy
from tabular.parts.learning_options import PredictionOptions
from tabular.parts.method import Method
from tabular.parts.table_agent import StateTable
from tabular.parts.textbook.batches import example_6_2 as walk
from tabular.parts.textbook.driving import figure_6_1 as drive


@dataclass(frozen=True)
class Options(PredictionOptions):
    random_walk: bool = False
    """Example 6.2: RMS error of both at several step sizes over 100 episodes, the mean of 100 runs"""


def train(env: DiscreteEnv, agent: StateTable, episodes: int) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    for _ in range(episodes):
        state, _ = env.reset()
        ended = False
        while not ended:
            action = agent.act(state)
            next_state, reward, terminated, truncated, _ = env.step(action)
            # target = r + discount * v(s')          r alone where the episode terminated
            target = reward + agent.discount * (1 - terminated) * agent.table[next_state]
            agent.update(state, target)
            state, ended = next_state, terminated or truncated
            yield reward, ended


def method(options: Options, policy: Policy) -> Method:
    """TD(0), for the experiments."""

    def make(env: DiscreteEnv, options: Options) -> StateTable:
        return StateTable(policy, options)

    title = f"TD(0), step size {options.step_size:g}"
    return Method(title, make, train, options, "policy", measured=True, target="value")


def monte_carlo(options: Options, policy: Policy) -> Method:
    """Every-visit Monte Carlo. The same seed draws the same actions and outcomes: both learn from the same episodes."""
    shared = {field.name: getattr(options, field.name) for field in fields(PredictionOptions)}
    every_visit = monte_carlo_prediction.Options(**shared, every_visit=True)
    title = f"Monte Carlo, step size {options.step_size:g}"
    return replace(monte_carlo_prediction.method(every_visit, policy), title=title)


def example_6_2(options: Options) -> Options:
    """The options with the example's world in place of their own."""
    walk = replace(options, map="random-walk", env=None, policy="left-right", discount=1.0, initial_value=0.5)
    return replace(walk, episodes=100, seeds=100 if options.headless else 1, max_steps=100_000)


FIGURES = [drive, walk]


def main(options: Options) -> int:
    if options.figure is not None:
        return run_figure(FIGURES, "td_prediction", options)
    td_step_sizes, monte_carlo_step_sizes = [options.step_size], [options.step_size]
    if options.random_walk:
        options = example_6_2(options)
        if options.headless:  # the figure's
            td_step_sizes, monte_carlo_step_sizes = [0.05, 0.1, 0.15], [0.01, 0.02, 0.03, 0.04]
    experiment = Experiment("td_prediction", options)
    policy = given_policy(experiment.task, options)
    methods = [method(replace(options, step_size=size), policy) for size in td_step_sizes]
    methods += [monte_carlo(replace(options, step_size=size), policy) for size in monte_carlo_step_sizes]
    return experiment.run(*methods)


if __name__ == "__main__":
    launch(main, Options)

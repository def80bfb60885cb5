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
from dataclasses import dataclass, replace

from common.options import launch
from gridworld.discrete import DiscreteEnv
from gridworld.task import Task
from tabular import monte_carlo
from tabular.parts.experiment import Experiment, Method
from tabular.parts.given_policy import policy_named
from tabular.parts.learning_options import LearningOptions
from tabular.parts.table_agent import Schedule, StateTable

# The step sizes of the figure of Example 6.2.
TD_STEP_SIZES = (0.05, 0.1, 0.15)
MONTE_CARLO_STEP_SIZES = (0.01, 0.02, 0.03, 0.04)


@dataclass(frozen=True)
class Options(LearningOptions):
    policy: str = "uniform"
    """the policy to predict: uniform, left-right, optimal, or a table.npz to be greedy on"""
    epsilon: float = 0.0
    """probability with which an optimal or greedy policy takes any action instead"""
    random_walk: bool = False
    """Example 6.2: RMS error of both at several step sizes over 100 episodes, the mean of 100 runs"""


class TDPrediction(StateTable):
    """TD(0) of the policy that it follows."""

    def learn(self, state: int, reward: float, next_state: int, terminated: bool) -> None:
        """One update from (s, r, s'); the value of what follows a terminal state is 0."""
        # target = r + discount * v(s')
        target = reward if terminated else reward + self.discount * self.table[next_state]
        self.update(state, target)


def train(env: DiscreteEnv, agent: TDPrediction) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    while True:
        state, _ = env.reset()
        ended = False
        while not ended:
            action = agent.act(state)
            next_state, reward, terminated, truncated, _ = env.step(action)
            agent.learn(state, reward, next_state, terminated)
            state, ended = next_state, terminated or truncated
            yield reward, ended


def td(options: Options, step_size: float) -> Method:
    """TD(0). The same seed draws the same actions and outcomes for both methods: they see the same episodes."""

    def agent(task: Task, schedule: Schedule, seed: int) -> TDPrediction:
        policy = policy_named(options.policy, options.epsilon, task, options.discount)
        return TDPrediction(policy, replace(schedule, step_size=step_size), seed)

    return Method(f"TD(0), step size {step_size:g}", agent, train, "policy", measured=True)


def every_visit_monte_carlo(options: Options, step_size: float) -> Method:
    """Constant-step-size, every-visit Monte Carlo, from the chapter before this one."""

    def agent(task: Task, schedule: Schedule, seed: int) -> monte_carlo.MonteCarloPrediction:
        policy = policy_named(options.policy, options.epsilon, task, options.discount)
        return monte_carlo.MonteCarloPrediction(policy, replace(schedule, step_size=step_size), seed, every_visit=True)

    return Method(f"Monte Carlo, step size {step_size:g}", agent, monte_carlo.train, "policy", measured=True)


def example_6_2(options: Options) -> Options:
    """The options with the example's world in place of their own."""
    walk = replace(options, map="random-walk", env=None, policy="left-right", discount=1.0, initial_value=0.5)
    return replace(walk, episodes=100, seeds=100 if options.headless else 1, max_steps=100_000)


def main(options: Options) -> int:
    td_step_sizes, monte_carlo_step_sizes = [options.step_size], [options.step_size]
    if options.random_walk:
        options = example_6_2(options)
        if options.headless:
            td_step_sizes, monte_carlo_step_sizes = list(TD_STEP_SIZES), list(MONTE_CARLO_STEP_SIZES)
    methods = [td(options, step_size) for step_size in td_step_sizes]
    methods += [every_visit_monte_carlo(options, step_size) for step_size in monte_carlo_step_sizes]
    return Experiment("td_prediction", options).run(*methods)


if __name__ == "__main__":
    launch(main, Options)

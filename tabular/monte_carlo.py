"""Monte Carlo: learning from the returns of whole episodes.

    G_t = r_{t+1} + discount * G_{t+1}                        summed up from the end of the episode
    v(s) <- v(s) + step_size * [ G_t - v(s) ]                 --task prediction: what --policy is worth
    q(s, a) <- q(s, a) + step_size * [ G_t - q(s, a) ]        --task control: epsilon-greedy on its own q
    rho_t = pi(a_t | s_t) / b(a_t | s_t) * rho_{t+1}          --task off-policy: pi's values from b's episodes

Nothing is learned before an episode ends, and a return carries the luck of every step in it. Model-free: what an
action is worth is learned, never looked up in the map.

Sutton & Barto (2018), sections 5.1 to 5.6; equations 5.3 to 5.6.
    python tabular/monte_carlo.py                                          watch control
    python tabular/monte_carlo.py --task prediction --average --headless
    python tabular/monte_carlo.py --task off-policy --policy optimal --importance ordinary
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from common.options import UserError, launch
from gridworld.discrete import DiscreteEnv
from gridworld.task import Task
from tabular.parts.experiment import Experiment, Method
from tabular.parts.given_policy import policy_named
from tabular.parts.learning_options import ControlOptions
from tabular.parts.table_agent import ActionTable, Schedule, StateTable
from tabular.parts.vector import Floats
from tabular.parts.versus import rival

Episode = list[tuple[int, int, float]]
"""(state, action, reward) of each step, the reward being the one that the action brought."""


@dataclass(frozen=True)
class Options(ControlOptions):
    task: Literal["control", "prediction", "off-policy"] = "control"
    """learn how to act; the values of --policy; or its values from the episodes of a random policy"""
    every_visit: bool = False
    """count every visit to a state instead of an episode's first"""
    average: bool = False
    """the mean of all returns: the n-th counts 1 / n"""
    policy: str = "uniform"
    """the policy to predict: uniform, optimal, or a table.npz to be greedy on; the last two explore by --epsilon"""
    importance: Literal["weighted", "ordinary"] = "weighted"
    """off-policy: divide by the sum of the ratios, or by the number of returns"""


VARIANTS: dict[str, dict[str, object]] = {"monte_carlo": {}}


def returns(episode: Episode, discount: float, rest: float) -> list[float]:
    """G_t of every step. rest: what follows the last one, 0 where the episode terminated."""
    g = rest
    backwards = []
    for _, _, reward in reversed(episode):
        # G_t = r_{t+1} + discount * G_{t+1}
        g = reward + discount * g
        backwards.append(g)
    return backwards[::-1]


class MonteCarloControl(ActionTable):
    """On-policy control: epsilon-greedy on the returns of state-action pairs."""

    def __init__(self, n_states: int, n_actions: int, schedule: Schedule, seed: int, every_visit: bool = False) -> None:
        super().__init__(n_states, n_actions, schedule, seed)
        self.every_visit = every_visit

    def learn(self, episode: Episode, next_state: int, terminated: bool) -> None:
        """Learn from an episode that is over; a truncated one would have gone on from next_state."""
        rest = 0.0 if terminated else self.expected_value(next_state)
        seen: set[tuple[int, int]] = set()
        steps = len(episode)
        for (state, action, _), g in zip(episode, returns(episode, self.discount, rest), strict=True):
            if self.every_visit or (state, action) not in seen:
                seen.add((state, action))
                # q(s, a) <- q(s, a) + step_size * [ G_t - q(s, a) ]
                self.update(state, action, g, steps)
                steps = 0  # epsilon has decayed by the whole episode


class MonteCarloPrediction(StateTable):
    """The values of the policy that it follows."""

    def __init__(self, policy: Floats, schedule: Schedule, seed: int, every_visit: bool = False) -> None:
        super().__init__(policy, schedule, seed)
        self.every_visit = every_visit

    def learn(self, episode: Episode, next_state: int, terminated: bool) -> None:
        """Learn from an episode that is over; a truncated one would have gone on from next_state."""
        rest = 0.0 if terminated else self.table[next_state]
        seen: set[int] = set()
        for (state, _, _), g in zip(episode, returns(episode, self.discount, rest), strict=True):
            if self.every_visit or state not in seen:
                seen.add(state)
                # v(s) <- v(s) + step_size * [ G_t - v(s) ]
                self.update(state, g)


class OffPolicyPrediction(StateTable):
    """The values of a target policy from first visits in the episodes of another, by importance sampling."""

    def __init__(self, target: Floats, behaviour: Floats, weighted: bool, schedule: Schedule, seed: int) -> None:
        super().__init__(behaviour, schedule, seed)
        self.policy = target
        self.ratios = (target / behaviour).tolist()
        self.weighted = weighted
        self.weights = [0.0] * len(target)

    def learn(self, episode: Episode, next_state: int, terminated: bool) -> None:
        """Learn from an episode that is over, backwards, because the ratio of a step covers all that follow."""
        rest = 0.0 if terminated else self.table[next_state]
        first = {state: t for t, (state, _, _) in reversed(list(enumerate(episode)))}
        g = returns(episode, self.discount, rest)
        rho = 1.0
        for t, (state, action, _) in reversed(list(enumerate(episode))):
            # rho_t = pi(a_t | s_t) / b(a_t | s_t) * rho_{t+1}
            rho *= self.ratios[state][action]
            if first[state] == t:
                self.visits[state] += 1
                weight, target = (rho, g[t]) if self.weighted else (1.0, rho * g[t])
                self.weights[state] += weight
                if weight:
                    # v(s) <- v(s) + w / C(s) * [ target - v(s) ]          C(s): the sum of the weights w so far
                    self.move(state, target, weight / self.weights[state])


Learner = MonteCarloControl | MonteCarloPrediction | OffPolicyPrediction


def train(env: DiscreteEnv, agent: Learner) -> Iterator[tuple[float, bool]]:
    """The loop, an environment step at a time: yields its reward and whether it ended an episode."""
    while True:
        state, _ = env.reset()
        episode: Episode = []
        ended = False
        while not ended:
            action = agent.act(state)
            next_state, reward, terminated, truncated, _ = env.step(action)
            episode.append((state, action, reward))
            state, ended = next_state, terminated or truncated
            if ended:
                agent.learn(episode, next_state, terminated)
            yield reward, ended


def make_method(options: Options) -> Method:
    """The learner that the options describe."""
    if options.task != "control" and (options.demo or options.versus is not None):
        raise UserError(
            f"--task {options.task} learns no actions: leave out {'--demo' if options.demo else '--versus'}"
        )

    def agent(task: Task, schedule: Schedule, seed: int) -> Learner:
        if options.average:
            schedule = replace(schedule, step_size=1.0, step_size_decay=1.0)
        if options.task == "control":
            return MonteCarloControl(task.n_states, task.n_actions, schedule, seed, options.every_visit)
        policy = policy_named(options.policy, options.epsilon, task, options.discount)
        if options.task == "prediction":
            return MonteCarloPrediction(policy, schedule, seed, options.every_visit)
        behaviour = policy_named("uniform", 0.0, task, options.discount)
        return OffPolicyPrediction(policy, behaviour, options.importance == "weighted", schedule, seed)

    visit = "every-visit" if options.every_visit else "first-visit"
    if options.task == "control":
        return Method(f"Monte Carlo control, {visit}", agent, train, "epsilon-soft")
    if options.task == "off-policy":
        return Method(f"Monte Carlo, {options.importance} importance sampling", agent, train, "policy", measured=True)
    return Method(f"Monte Carlo prediction, {visit}", agent, train, "policy", measured=True)


def main(options: Options) -> int:
    return Experiment("monte_carlo", options).run(make_method(options), *rival(options))


if __name__ == "__main__":
    launch(main, Options)

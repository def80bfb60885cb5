"""Following a policy on a map's model, and the one-step backup of a state written out in numbers."""

from __future__ import annotations

from common.language import N_, _, plural
from gridworld.mdp import MDP
from gridworld.outcomes import Outcomes
from gridworld.world import GridWorld

import numpy as np


class Walk:
    """A walk along a policy that always ends: at a terminal state, when it provably loops, or at a bound.

    state, trail: where it is, and the states so far with the present one last. moves: how many.
    total: the discounted return so far. over, message: whether it has ended, and one line that says how.
    """

    def __init__(
        self,
        mdp: MDP,
        policy: np.ndarray,
        start: int,
        random: np.random.Generator,
        discount: float = 1.0,
        bound: int | None = None,
    ) -> None:
        """policy: [S, A]. bound: the most moves; by default 50, or one a state on a larger map."""
        self._outcomes = Outcomes(mdp)
        self._policy = policy
        self._random = random
        self._discount = discount
        self._weight = 1.0
        self._certain = True
        self._visited = {start}
        self.bound = max(50, mdp.n_states) if bound is None else bound
        self.state = start
        self.trail = [start]
        self.moves = 0
        self.total = 0.0
        self.over = False
        self.message = ""

    def step(self) -> None:
        """Take one action of the policy and one of its outcomes; nothing once the walk is over."""
        if self.over:
            return
        action, likelihood = self._choose(self._policy[self.state])
        self.state, reward, terminated, probability = self._outcomes.draw(self.state, action, self._random.random)
        self.total += self._weight * reward
        self._weight *= self._discount
        self.trail.append(self.state)
        self.moves += 1
        self._certain = self._certain and min(likelihood, probability) >= 1.0 - 1e-12
        moves = plural("{n} move", "{n} moves", self.moves)
        if terminated:
            self._end(_("arrived after {moves}, return {total:.3g}", moves=moves, total=self.total))
        elif self._certain and self.state in self._visited:
            # Nothing so far was left to chance, so what follows can only repeat.
            self._end(_("the policy loops: stopped after {moves}", moves=moves))
        elif self.moves >= self.bound:
            self._end(_("no end in sight: stopped after {moves}", moves=moves))
        self._visited.add(self.state)

    def _end(self, message: str) -> None:
        self.over = True
        self.message = message

    def _choose(self, probabilities: np.ndarray) -> tuple[int, float]:
        """An action drawn from the policy, and how likely it was."""
        action = int(self._random.choice(len(probabilities), p=probabilities / probabilities.sum()))
        return action, float(probabilities[action])


def backup_lines(
    world: GridWorld, values: np.ndarray | None, discount: float, state: int, policy: np.ndarray | None = None
) -> list[str]:
    """The backup of one state: a line for each action, and below it its outcomes where there are several.

    values: [S] (None: zeros); policy: [S, A] adds the average that policy evaluation writes.
    """
    row, column = divmod(state, world.width)
    lines = [_("row {row}, column {column}", row=row, column=column)]
    names = (N_("exit"),) if world.cell(state).exits else world.action_names
    if world.is_wall(state):
        return [*lines, _("a wall: never entered")]
    if world.is_terminal(state):
        return [*lines, _("terminal: the episode ends here")]
    mdp = world.mdp()
    results = []
    for action, name in enumerate(names):
        parts = _outcomes(mdp, state, action)
        reward = sum(p * r for p, r, _, _ in parts)
        following = sum(
            0.0 if ends or values is None else p * float(values[next_state]) for p, _, next_state, ends in parts
        )
        results.append(reward + discount * following)
        expression = f"{reward:z.2f} + {discount:.3g} × {following:z.2f}"
        lines.append(f"{_(name)}: {expression} = {results[-1]:z.2f}")
        if len(parts) > 1:
            lines += [f" {_outcome(world, values, *part)}" for part in parts]
    if policy is not None:
        average = float(np.dot(policy[state], np.broadcast_to(results, policy[state].shape)))
        lines.append(f"{_('policy')}: {_('the average of these')} = {average:z.2f}")
    lines.append(f"{_('best')}: {_('the largest of these')} = {max(results):z.2f}")
    return lines


def _outcomes(mdp: MDP, state: int, action: int) -> list[tuple[float, float, int, bool]]:
    """(probability, reward, next state, terminated) of each outcome that can happen, equal ones added up."""
    merged: dict[tuple[float, int, bool], float] = {}
    for outcome in range(mdp.n_outcomes):
        probability = float(mdp.probability[state, action, outcome])
        if probability > 0.0:
            key = (
                float(mdp.reward[state, action, outcome]),
                int(mdp.next_state[state, action, outcome]),
                bool(mdp.terminated[state, action, outcome]),
            )
            merged[key] = merged.get(key, 0.0) + probability
    return [(probability, *key) for key, probability in merged.items()]


def _outcome(
    world: GridWorld, values: np.ndarray | None, probability: float, reward: float, next_state: int, ends: bool
) -> str:
    row, column = divmod(next_state, world.width)
    value = 0.0 if ends or values is None else float(values[next_state])
    return _(
        "{probability:.0%} to ({row}, {column}): reward {reward:z.2f}, value {value:z.2f}",
        probability=probability,
        row=row,
        column=column,
        reward=reward,
        value=value,
    )

"""Many learners at once: the same algorithm with other random numbers, all stepped together as arrays.

A step costs a few dozen NumPy calls however many learners take it, so a thousand of them learn at a rate that no loop
over learners reaches. Each has its own table and its own episodes; nothing is shared but the model and the clock.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from common.errors import UserError
from gridworld.mdp import MDP
from tabular.parts.learning_options import ControlOptions

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Bootstrap:
    """What N learners take the state that they come to for: the one thing in which their algorithms differ.

    value: of (its action values [A, N], the next actions [N], epsilon) -> [N]. next_first: whether a' is chosen before
    the update, because its value is part of the target; otherwise it is chosen from the table as just updated.
    """

    value: Callable[[Floats, Places, float], Floats]
    next_first: bool


def _next_value(rows: Floats, next_action: Places, epsilon: float) -> Floats:
    return rows.reshape(-1).take(next_action * rows.shape[1] + np.arange(rows.shape[1]))


def _best_value(rows: Floats, next_action: Places, epsilon: float) -> Floats:
    return rows.max(axis=0)


def _expected_value(rows: Floats, next_action: Places, epsilon: float) -> Floats:
    return (1 - epsilon) * rows.max(axis=0) + epsilon * rows.mean(axis=0)


next_value = Bootstrap(_next_value, next_first=True)
"""SARSA's q(s', a')"""
best_value = Bootstrap(_best_value, next_first=False)
"""Q-learning's max_a' q(s', a')"""
expected_value = Bootstrap(_expected_value, next_first=False)
"""Expected SARSA's sum_a' pi(a' | s') q(s', a')"""

_BLOCK = 64
_MOST_LISTED = 6


@dataclass
class Runs:
    """What came of N learners: action_values [N, S, A] (state values [N, S] of a prediction); returns, lengths and,
    where they were measured, errors [N, episodes]."""

    action_values: Floats
    returns: Floats
    lengths: NDArray[np.int64]
    errors: Floats | None = None

    def first(self, episodes: int) -> "Runs":
        """The first episodes alone."""
        return Runs(self.action_values, self.returns[:, :episodes], self.lengths[:, :episodes])


class VectorLearner:
    """N learners that move q(s, a) towards r + discount * bootstrap: as many as the options have seeds.

    max_steps: an episode is truncated after so many. epsilon counts the steps of a learner, as in `ActionTable`.
    The same seed gives the same N tables.
    """

    def __init__(self, mdp: MDP, bootstrap: Bootstrap, options: ControlOptions, max_steps: int = 1000) -> None:
        if mdp.start is None:
            raise UserError("this model does not say where an episode starts")
        self.bootstrap, self.options, self.max_steps = bootstrap, options, max_steps
        self.n_states, self.n_actions = mdp.n_states, mdp.n_actions
        self._model = _Model(mdp, options.discount)
        self._random = np.random.default_rng(options.seed)
        self._choice = _Choice(mdp.n_actions, self._random)
        self._starts = np.cumsum(mdp.start)
        self._only_start = int(mdp.start.argmax()) if mdp.start.max() == 1.0 else None
        self._table = np.full((options.seeds * mdp.n_states, mdp.n_actions), options.initial_value)
        self._visits = np.zeros(self._table.size) if options.step_size_decay else None

    @property
    def action_values(self) -> Floats:
        """[N, S, A]."""
        return self._table.reshape(self.options.seeds, self.n_states, self.n_actions)

    def run(self, episodes: int) -> Runs:
        """Let every learner finish so many episodes."""
        runs = self.empty_runs(episodes)
        for _ in self.steps(episodes, runs):
            pass
        return runs

    def empty_runs(self, episodes: int) -> Runs:
        """What `steps` fills; its action values are the learners' own."""
        shape = (self.options.seeds, episodes)
        return Runs(self.action_values, np.zeros(shape), np.zeros(shape, np.int64))

    def steps(self, episodes: int, runs: Runs) -> Iterator[int]:
        """Step all learners together, writing into `runs`; yields how many episodes are over in all, every step."""
        flat = self._table.reshape(-1)
        records = _Records(runs, episodes)
        value, next_first = self.bootstrap.value, self.bootstrap.next_first
        base: Places = np.arange(self.options.seeds) * self.n_states
        state: Places = np.zeros_like(base) + self._draw_starts(len(base))
        epsilon, now, first_limit = self.options.epsilon, 0, self.max_steps
        place = base + state
        action = self._choice(self._rows(place), epsilon)
        while len(base):
            now += 1
            landed, reward, onward, terminated = self._model.step(state, action, self._random)
            epsilon = self._decayed(epsilon)
            records.total += reward
            done: Places = terminated.nonzero()[0]
            # Who has arrived begins again at once; what it looks up there is not used in its target.
            landed[done] = self._draw_starts(len(done))
            next_place = base + landed
            rows = self._rows(next_place)
            next_action = self._choice(rows, epsilon) if next_first else action
            # target = r + discount * bootstrap      (r alone where s' is terminal)
            target = value(rows, next_action, epsilon)
            target *= onward
            target += reward
            # q(s, a) <- q(s, a) + step_size * [ target - q(s, a) ]
            at = place * self.n_actions
            at += action
            old = flat.take(at)
            target -= old
            target *= self._step_size(at)
            target += old
            flat[at] = target
            if next_first:
                # A start that was updated just now is looked up again: its first action is chosen after learning.
                anew = done[place[done] == next_place[done]]
            else:
                # Where a move led back to its own state, the row holds the value from before the update.
                stayed = (place == next_place).nonzero()[0]
                rows[action[stayed], stayed] = target[stayed]
                next_action = self._choice(rows, epsilon)
                anew = done[:0]
            if now >= first_limit:
                late = records.late(now - self.max_steps, done)
                landed[late] = self._draw_starts(len(late))
                next_place[late] = base[late] + landed[late]
                done, anew = np.concatenate([done, late]), np.concatenate([anew, late])
            if len(anew):
                next_action[anew] = self._choice(self._rows(next_place[anew]), epsilon)
            state, place, action = landed, next_place, next_action
            if len(done) and records.close(done, now):
                left = records.drop_finished()
                base, state, place, action = base[left], state[left], place[left], action[left]
            if now >= first_limit and len(base):
                first_limit = int(records.begun.min()) + self.max_steps
            yield records.over

    def _decayed(self, epsilon: float) -> float:
        """Epsilon after one more environment step of every learner."""
        if self.options.epsilon_decay == 1.0:
            return epsilon
        return max(min(epsilon, self.options.epsilon_final), epsilon * self.options.epsilon_decay)

    def _rows(self, at: NDArray[np.intp]) -> Floats:
        """[A, N] the action values at these places."""
        # Whole rows are gathered fastest, but what follows is fastest action by action.
        return np.ascontiguousarray(self._table.take(at, axis=0).T)

    def _step_size(self, at: NDArray[np.intp]) -> Floats | float:
        if self._visits is None:
            return self.options.step_size
        self._visits[at] += 1
        return self.options.step_size / self._visits[at] ** self.options.step_size_decay

    def _draw_starts(self, number: int) -> Places | int:
        if self._only_start is not None:
            return self._only_start
        drawn = np.searchsorted(self._starts, self._random.random(number) * self._starts[-1], side="right")
        return np.minimum(drawn, self.n_states - 1)


class _Records:
    """The present episode of each learner that has not finished: when it began and what it has paid so far."""

    def __init__(self, runs: Runs, episodes: int) -> None:
        self.returns, self.lengths = runs.returns.reshape(-1), runs.lengths.reshape(-1)
        self.at: Places = np.arange(len(runs.returns)) * episodes
        self.end = self.at + episodes
        self.begun = np.zeros_like(self.at)
        self.total: Floats = np.zeros(len(self.at))
        self.over = 0

    def late(self, limit: int, done: Places) -> Places:
        """Who began at the limit or earlier and is not done."""
        overdue = self.begun <= limit
        overdue[done] = False
        return overdue.nonzero()[0]

    def close(self, done: Places, now: int) -> bool:
        """Write down the episodes that are done; whether any of them was its learner's last."""
        where = self.at[done]
        self.returns[where] = self.total[done]
        self.lengths[where] = now - self.begun[done]
        self.total[done], self.begun[done], self.at[done] = 0.0, now, where + 1
        self.over += len(done)
        return bool((self.at[done] == self.end[done]).any())

    def drop_finished(self) -> Truths:
        """Let go of the learners that have finished; [N] which are left."""
        left = self.at < self.end
        self.at, self.end, self.begun, self.total = self.at[left], self.end[left], self.begun[left], self.total[left]
        return left


class _Model:
    """The MDP's outcomes, flat, so that a step looks each of its parts up once."""

    def __init__(self, mdp: MDP, discount: float) -> None:
        self.n_actions, self.n_outcomes = mdp.n_actions, mdp.n_outcomes
        self.next_state = np.ascontiguousarray(mdp.next_state, dtype=np.intp).reshape(-1)
        self.reward = np.ascontiguousarray(mdp.reward).reshape(-1)
        self.terminated = np.ascontiguousarray(mdp.terminated).reshape(-1)
        self.onward = np.where(self.terminated, 0.0, discount)
        ladder = np.cumsum(mdp.probability, axis=2).reshape(-1, self.n_outcomes)
        # How many rungs lie below a draw is the outcome's number; the last rung that can happen is out of reach.
        last = self.n_outcomes - 1 - (mdp.probability[:, :, ::-1] > 0).argmax(axis=2).reshape(-1)
        ladder[np.arange(self.n_outcomes) >= last[:, None]] = 2.0
        self.rungs = [np.ascontiguousarray(rung) for rung in ladder.T[:-1]]

    def step(self, state: Places, action: Places, random: np.random.Generator) -> tuple[Places, Floats, Floats, Truths]:
        """(next states, rewards, discount or 0 where it terminated, terminated), each [N]."""
        at = state * self.n_actions
        at += action
        if self.n_outcomes > 1:
            pair = at
            at = pair * self.n_outcomes
            draw = random.random(len(pair))
            for rung in self.rungs:
                at += draw >= rung.take(pair)
        return self.next_state.take(at), self.reward.take(at), self.onward.take(at), self.terminated.take(at)


class _Choice:
    """The epsilon-greedy choice for N learners at once, ties drawn evenly.

    Which actions are best makes a number of A bits; a list of all such numbers says which action a die then picks. The
    die has lcm(1 .. A) sides, so that it shares evenly between any number of tied actions; as many sides again stand
    for exploring, which picks among all of them.
    """

    def __init__(self, n_actions: int, random: np.random.Generator) -> None:
        self.random = random
        self.listed = n_actions <= _MOST_LISTED
        self.sides = math.lcm(*range(1, n_actions + 1)) if self.listed else 0
        self.bits = np.array([[1 << action] for action in range(min(n_actions, 8))], np.uint8)
        self.supply = np.empty(0, np.intp)
        self.used, self.epsilon = 0, -1.0
        if self.listed:
            every = list(range(n_actions))
            masks = [[action for action in every if mask >> action & 1] or every for mask in range(1 << n_actions)]
            sides = range(self.sides)
            self.picks = np.array([[t[s % len(t)] for t in (tied, every) for s in sides] for tied in masks]).reshape(-1)

    def __call__(self, rows: Floats, epsilon: float) -> Places:
        """[N] actions for the action values [A, N]."""
        tied = rows == np.maximum.reduce(rows, axis=0)
        if not self.listed:
            explore = self.random.random(rows.shape[1]) < epsilon
            return np.where(tied | explore, self.random.random(rows.shape), -1.0).argmax(axis=0)
        bits = tied.view(np.uint8)
        bits *= self.bits
        pick = np.bitwise_or.reduce(bits, axis=0).astype(np.intp)
        pick *= 2 * self.sides
        pick += self._dice(rows.shape[1], epsilon)
        return self.picks.take(pick)

    def _dice(self, number: int, epsilon: float) -> Places:
        """[N] throws, taken from a supply that is made for many steps at a time while epsilon stays what it is."""
        if epsilon != self.epsilon or self.used + number > len(self.supply):
            size = max(_BLOCK * number, len(self.supply)) if epsilon == self.epsilon else number
            # Of a number of 32 bits, the highest decide whether to explore and the lowest which side comes up.
            draws = self.random.integers(1 << 32, size=size, dtype=np.uint32)
            self.supply = (draws % np.uint32(self.sides)).astype(np.intp)
            self.supply += (draws < epsilon * 2.0**32) * np.intp(self.sides)
            self.used, self.epsilon = 0, epsilon
        self.used += number
        return self.supply[self.used - number : self.used]

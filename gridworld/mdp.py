"""A finite Markov decision process as NumPy arrays.

The model p(s', r | s, a) of Sutton & Barto (2018), chapter 3: for every state and action a short list of outcomes,
each with its probability, next state, reward and whether it ends the episode.
"""

import operator
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Self

from common.errors import UserError, check_between
from common.language import N_
from gridworld.backup import LARGE, SparseBackup

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
ALL_STATES = slice(None)
Table = Mapping[int, Mapping[int, Sequence[tuple[float, int, float, bool]]]]


class MDP:
    """S states, A actions and at most K outcomes of each action.

    next_state: [S, A, K] int32; probability: [S, A, K]; reward: [S, A, K]; terminated: [S, A, K] bool;
    start: [S] probabilities of the first state, or None where it is not known. The arrays are read-only.

    A state may have fewer actions than A: one whose outcomes all have probability 0 is not available there. available:
    [S, A] which are.

    Raises UserError where the arrays are no MDP: shapes that differ, probabilities that are negative or do not sum
    to 1, a state without an action, rewards that are not finite, next states out of range.
    """

    next_state: NDArray[np.int32]
    probability: Floats
    reward: Floats
    terminated: NDArray[np.bool_]
    start: Floats | None

    def __init__(
        self,
        next_state: ArrayLike,
        probability: ArrayLike,
        reward: ArrayLike,
        terminated: ArrayLike,
        start: ArrayLike | None = None,
    ) -> None:
        self.next_state = _read_only(_states(next_state))
        self.probability = _read_only(np.asarray(probability, dtype=np.float64))
        self.reward = _read_only(np.asarray(reward, dtype=np.float64))
        self.terminated = _read_only(np.asarray(terminated, dtype=np.bool_))
        self.start = None if start is None else _read_only(np.asarray(start, dtype=np.float64))
        self._check()

    @property
    def n_states(self) -> int:
        """S."""
        return self.next_state.shape[0]

    @property
    def n_actions(self) -> int:
        """A."""
        return self.next_state.shape[1]

    @property
    def n_outcomes(self) -> int:
        """K, the largest number of outcomes of one action; shorter lists are filled with probability 0."""
        return self.next_state.shape[2]

    @cached_property
    def available(self) -> NDArray[np.bool_]:
        """[S, A] which actions a state has."""
        return _read_only(np.asarray((self.probability > 0).any(axis=2)))

    @cached_property
    def has_all_actions(self) -> bool:
        """Whether every action is available in every state."""
        return bool(self.available.all())

    @cached_property
    def expected_reward(self) -> Floats:
        """[S, A] r(s, a) = sum_{s', r} p(s', r | s, a) r. Sutton & Barto, equation 3.5."""
        return _read_only(np.einsum("sak,sak->sa", self.probability, self.reward))

    def action_values(self, values: ArrayLike, discount: float, states: slice = ALL_STATES) -> Floats:
        """[n, A] one-step backup of the values [S], for all states or for a slice of n of them.

        An outcome that terminates contributes its reward only. An action that a state does not have is worth -inf.
        All states of a large MDP are backed up by `SparseBackup`, which computes the same sums sooner.
        Raises UserError for a discount outside [0, 1] or values of another shape. Sutton & Barto, equation 4.6.
        """
        check_between("discount", discount, 0, 1)
        v = np.asarray(values, dtype=np.float64)
        if v.shape != (self.n_states,):
            raise UserError(
                "the values have shape {shape}; this MDP needs one for each of its {n_states} states",
                shape=v.shape,
                n_states=self.n_states,
            )
        if self.n_states >= LARGE and states == ALL_STATES:
            return self._of_available(self._sparse_backup.action_values(v, discount), states)
        p, r = self.probability[states], self.reward[states]
        following = np.where(self.terminated[states], 0.0, v[self.next_state[states]])
        # q(s, a) = sum_{s', r} p(s', r | s, a) [ r + discount * v(s') ]
        q: Floats = (p * (r + discount * following)).sum(axis=2)
        return self._of_available(q, states)

    def _of_available(self, action_values: Floats, states: slice) -> Floats:
        return action_values if self.has_all_actions else np.where(self.available[states], action_values, -np.inf)

    @cached_property
    def _sparse_backup(self) -> SparseBackup:
        return SparseBackup(self.next_state, self.probability, self.terminated, self.expected_reward)

    @cached_property
    def reachable(self) -> NDArray[np.bool_]:
        """[S] the states in which an agent may come to act: those that a start leads to, but for the ends of episodes.

        Raises UserError where the model does not say where an episode starts.
        """
        if self.start is None:
            raise UserError("this model does not say where an episode starts")
        goes_on = (self.probability > 0) & ~self.terminated
        reached = self.start > 0
        ring: NDArray[np.integer] = np.flatnonzero(reached)
        while ring.size:
            found = np.unique(self.next_state[ring][goes_on[ring]])
            ring = found[~reached[found]]
            reached[ring] = True
        return _read_only(reached)

    @classmethod
    def from_moves(
        cls,
        next_state: ArrayLike,
        reward: ArrayLike,
        terminated: ArrayLike,
        mixture: ArrayLike,
        start: ArrayLike | None = None,
    ) -> Self:
        """An MDP whose every action picks at random among the same M deterministic moves.

        next_state, reward, terminated: [S, M], where each move leads; mixture: [A, M], how likely an action makes each
        move. A gridworld with slip is one: "up" makes the move up, and sometimes the move left or right.
        """
        chance = np.asarray(mixture, dtype=np.float64)
        n_outcomes = max(1, int((chance > 0).sum(axis=1).max()))
        likeliest = np.argsort(-chance, axis=1, kind="stable")[:, :n_outcomes]
        moves, rewards, ends = _states(next_state), np.asarray(reward, dtype=np.float64), np.asarray(terminated)
        shape = (len(moves), *likeliest.shape)
        probability = np.broadcast_to(np.take_along_axis(chance, likeliest, axis=1), shape)
        following, paid, ended = (np.take(array, likeliest, axis=1) for array in (moves, rewards, ends))
        return cls(following, probability, paid, ended, start)

    @classmethod
    def from_table(cls, table: Table, start: ArrayLike | None = None) -> Self:
        """The MDP of gymnasium's `env.unwrapped.P`: table[state][action] lists (probability, next, reward, terminated).

        Lists of different lengths are filled up with outcomes of probability 0, and so are the actions of a state that
        has fewer than another. Raises UserError where the table is not of that form or the MDP is not valid.
        """
        lists = _outcome_lists(table)
        n_outcomes = max(len(outcomes) for actions in lists for outcomes in actions)
        shape = (len(lists), max(map(len, lists)), n_outcomes)
        next_state, probability = np.zeros(shape, dtype=np.int64), np.zeros(shape)
        reward, terminated = np.zeros(shape), np.zeros(shape, dtype=np.bool_)
        try:
            for state, actions in enumerate(lists):
                next_state[state] = state
                for action, outcomes in enumerate(actions):
                    for k, outcome in enumerate(outcomes):
                        at = (state, action, k)
                        probability[at], following, reward[at], terminated[at] = outcome
                        next_state[at] = operator.index(following)
        except (TypeError, ValueError, OverflowError):
            raise UserError(
                "P[{state}][{action}] holds {outcome!r}; an outcome is (probability, next state, reward, terminated)",
                state=state,
                action=action,
                outcome=outcome,
            ) from None
        return cls(next_state, probability, reward, terminated, start)

    def to_table(self) -> dict[int, dict[int, list[tuple[float, int, float, bool]]]]:
        """The MDP as gymnasium's toy-text P; outcomes of probability 0 and actions without any other are left out."""
        columns = (self.probability, self.next_state, self.reward, self.terminated)
        listed = zip(*(column.tolist() for column in columns), strict=True)
        return {
            state: {
                action: [outcome for outcome in zip(*outcomes, strict=True) if outcome[0] > 0]
                for action, outcomes in enumerate(zip(*actions, strict=True))
                if self.available[state, action]
            }
            for state, actions in enumerate(listed)
        }

    def _check(self) -> None:
        shape = self.next_state.shape
        if len(shape) != 3 or 0 in shape:
            raise UserError(
                "next_state has shape {shape}; an MDP needs [states, actions, outcomes], none of them 0", shape=shape
            )
        for name in ("probability", "reward", "terminated"):
            other = getattr(self, name).shape
            if other != shape:
                raise UserError(
                    "{name} has shape {other}; next_state has {shape}, and they must be the same",
                    name=name,
                    other=other,
                    shape=shape,
                )
        if self.next_state.min() < 0 or self.next_state.max() >= shape[0]:
            raise UserError("a next state is out of range; states are numbered from 0 to {last}", last=shape[0] - 1)
        if not np.isfinite(self.reward).all():
            raise UserError("a reward is NaN or infinite; rewards must be finite numbers")
        _check_distribution(N_("the outcome probabilities of each state and action"), self.probability, self.available)
        if not self.available.any(axis=1).all():
            raise UserError(
                "state {state} has no action; it needs at least one", state=int(self.available.any(axis=1).argmin())
            )
        if self.start is not None:
            if self.start.shape != (shape[0],):
                raise UserError(
                    "start has shape {shape}; it needs one probability for each state", shape=self.start.shape
                )
            _check_distribution(N_("the start probabilities"), self.start)


def _states(numbers: ArrayLike) -> NDArray[np.int32]:
    array = np.asarray(numbers)
    if array.dtype == np.int32:
        return array
    if not np.issubdtype(array.dtype, np.integer):
        raise UserError("next_state holds {dtype} numbers; states are whole numbers", dtype=array.dtype)
    # Clipping keeps a number that int32 cannot hold out of range, for the check that follows.
    return np.clip(array, -1, np.iinfo(np.int32).max).astype(np.int32)


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view


def _check_distribution(name: str, probability: Floats, where: NDArray[np.bool_] | None = None) -> None:
    """where: of the distributions, those that have to sum to 1; the others are all 0."""
    if not (probability.min() >= 0):  # also refuses NaN
        raise UserError(
            "{name} must not be negative or NaN; the smallest is {least:g}", name=name, least=probability.min()
        )
    totals = probability.sum(axis=-1)
    if where is not None and not where.all():
        totals = totals[where] if where.any() else np.zeros(1)
    worst = totals.max() if totals.max() - 1.0 > 1.0 - totals.min() else totals.min()
    if not abs(worst - 1.0) <= 1e-8:
        raise UserError("{name} must sum to 1; one sum is {worst:.9g}", name=name, worst=worst)


def _outcome_lists(table: Table) -> list[list[Sequence[tuple[float, int, float, bool]]]]:
    """table[state][action] as lists; UserError unless states and actions are numbered 0, 1, 2 ... without a gap."""
    try:
        lists = [[table[state][action] for action in range(len(table[state]))] for state in range(len(table))]
        if not lists or any(len(actions) == 0 for actions in lists):
            raise UserError("P needs at least one action in every state")
        if any(len(outcomes) == 0 for actions in lists for outcomes in actions):
            raise UserError("P has a state and action without any outcome")
    except (TypeError, KeyError, IndexError):
        raise UserError("P must be P[state][action] = [(probability, next state, reward, terminated), ...]") from None
    return lists

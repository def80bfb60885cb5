"""The learners of a run as its chapter sees them: weights go out, gradients come in."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from common.runs.checkpoint import State, with_prefix, without_prefix
from common.runs.remember import recalled, remembered
from deep.parts.learners.learner import Work
from deep.parts.learners.transport import LearnerLost, Transport

import numpy as np

Array = np.ndarray


class Arrival(NamedTuple):
    """A gradient [weights] that was handed in, and the numbers that came with it.

    numbers holds `age`, too: the mean, over the last hundred gradients, of how many updates the shared network made
    while the learner worked with the weights that it had taken home.
    """

    gradient: Array
    numbers: dict[str, float]


class Learners:
    """Several learners. They begin when the run does, and end with this context.

    on_episode: called with the raw return of every episode that ended in one of their environments.
    """

    def __init__(self, transport: Transport, count: int, on_episode: Callable[[float], None]) -> None:
        self._transport, self._count, self._on_episode = transport, count, on_episode
        self._free = list(range(count))
        self._lost: dict[int, LearnerLost] = {}
        self._arrived: deque[tuple[int, Work]] = deque()
        self._updates = 0
        self._taken = [0] * count  # by learner: the updates that its weights have seen
        self._ages: deque[int] = deque(maxlen=100)
        self._states: dict[int, State] = {}

    def __enter__(self) -> "Learners":
        return self

    def __exit__(self, *error: object) -> None:
        self._transport.close()

    def begin(self) -> None:
        """Wait until all are ready to work. Raises LearnerLost."""
        everybody = range(self._count)
        for learner in everybody:
            self._ask(learner, "begin", self._states.get(learner, {}))
        self._answers(everybody)
        self._raise_lost()

    def hand_out(self, weights: Sequence[Array]) -> None:
        """Those who have handed in a gradient take these weights, and set to work."""
        for learner in self._free:
            self._taken[learner] = self._updates
            self._ask(learner, "work", weights)
        self._free = []

    def first(self) -> Arrival:
        """Wait for the first who is ready. Raises LearnerLost once one of them has died."""
        self._raise_lost()
        if not self._arrived:
            self._arrived.extend(self._next_answer())
            self._raise_lost()
        learner, work = self._arrived.popleft()
        self._free.append(learner)
        self._ages.append(self._updates - self._taken[learner])
        self._updates += 1
        for score in work.scores:
            self._on_episode(score)
        return Arrival(work.gradient, work.numbers | {"age": float(np.mean(self._ages))})

    def _ask(self, learner: int, method: str, *arguments: object) -> None:
        """A learner that turns out to have died is remembered."""
        try:
            self._transport.ask(learner, method, *arguments)
        except LearnerLost as lost:
            self._lost[learner] = lost

    def _answers(self, learners: Iterable[int]) -> list[tuple[int, Any]]:
        """Wait for these; of those who die there is none."""
        answers: list[tuple[int, Any]] = []
        waiting = set(learners) - set(self._lost)
        while waiting:
            answers += self._next_answer()
            waiting -= {who for who, _ in answers} | set(self._lost)
        return answers

    def _next_answer(self) -> list[tuple[int, Any]]:
        """Wait for one; there is none where, in its place, somebody has died."""
        try:
            return [self._transport.receive()]
        except LearnerLost as lost:
            self._lost[lost.learner] = lost
            return []

    def _raise_lost(self) -> None:
        for lost in self._lost.values():
            raise lost

    # -- stopping and going on

    def state(self) -> State:
        """Where all of them stand, with the gradients that are on their way: these are waited for."""
        everybody = set(range(self._count))
        self._arrived.extend(self._answers(everybody - set(self._free) - {who for who, _ in self._arrived}))
        for learner in everybody - set(self._lost):
            self._ask(learner, "state")
        states = self._answers(everybody)
        arrived = [(who, self._updates - self._taken[who], *vars(work).values()) for who, work in self._arrived]
        free = list(dict.fromkeys([*self._free, *self._lost]))
        state = with_prefix("team", remembered([arrived, free, self._ages]))
        for learner, its in states:
            state |= with_prefix(f"learner-{learner}", its)
        return state

    def restore(self, state: State) -> None:
        """Take over what `state` gave; a learner that had died begins anew."""
        arrived, free, ages = recalled(without_prefix("team", state))
        self._ages = ages
        for learner, age, *work in arrived:
            self._taken[learner] = -age
            self._arrived.append((learner, Work(*work)))
        self._free = free
        self._states = {learner: without_prefix(f"learner-{learner}", state) for learner in range(self._count)}

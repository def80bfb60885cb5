"""How learners are reached: every place where they can run answers to the same four calls."""

from typing import Any, Protocol

from common.errors import UserError
from common.language import N_


class LearnerLost(UserError):
    """A learner that has died or failed: which one, and how."""

    def __init__(self, learner: int, how: str) -> None:
        super().__init__(N_("learner {learner} {how}"), learner=learner, how=how)
        self.learner = learner


class Transport(Protocol):
    """Learners, numbered from 0. Each has one call at a time: what it was asked is received before it is asked again.

    Raises LearnerLost for a learner that is asked, or waited for, and has died.
    """

    def ask(self, learner: int, method: str, *arguments: Any) -> None:
        """Have a learner begin with this call; does not wait for it."""

    def receive(self) -> tuple[int, Any]:
        """Wait for the first who has an answer: which learner, and what the call returned."""

    def close(self) -> None:
        """End all learners."""


class InTurn:
    """Learners in this very process, one after the other in the order in which they were asked: bit for bit the same
    every time, whatever their number."""

    def __init__(self, learners: list[Any]) -> None:
        self._learners = learners
        self._asked: list[tuple[int, str, tuple[Any, ...]]] = []

    def ask(self, learner: int, method: str, *arguments: Any) -> None:
        """It is called when its turn comes."""
        self._asked.append((learner, method, arguments))

    def receive(self) -> tuple[int, Any]:
        """What was asked first is answered first."""
        learner, method, arguments = self._asked.pop(0)
        return learner, getattr(self._learners[learner], method)(*arguments)

    def close(self) -> None:
        """There is nothing to end."""

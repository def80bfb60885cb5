"""What a bandit chapter hands to the window: arms instead of a map. Nothing here touches pygame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from gridworld.window.lesson import Lesson
from gridworld.world import GridWorld

import numpy as np


@dataclass(frozen=True)
class ArmsPicture:
    """What is known of k arms.

    values [k]: what each is thought to pay, NaN where nothing is known; low, high [k]: the ends of its interval, which
    may be infinite. pulls [k]: counts. last: the arm of the last pull (from 0) and its reward. means [k]: what the arms
    truly pay, None while that is hidden. probabilities [k]: of pulling each, where the learner has them. note: what the
    interval is.
    """

    values: np.ndarray
    low: np.ndarray
    high: np.ndarray
    pulls: np.ndarray
    last: tuple[int, float] | None = None
    means: np.ndarray | None = None
    probabilities: np.ndarray | None = None
    note: str = ""

    def with_(self, **changes: Any) -> ArmsPicture:
        """The same with some parts changed."""
        return replace(self, **changes)


class ArmsLesson(Lesson):
    """A lesson without a map: one state, in which an action is an arm.

    by_hand: whether it waits for the user, whose every pull lets the other lessons make one step.
    """

    on_map = False
    by_hand = False

    def __init__(self, title: str, subtitle: str) -> None:
        super().__init__(title, GridWorld(["S"], name="bandit", continuing=True))
        self._subtitle = subtitle

    @property
    def subtitle(self) -> str:
        return self._subtitle

    def arms_picture(self) -> ArmsPicture:
        """What to draw now."""
        raise NotImplementedError

    def pull(self, arm: int) -> None:
        """Pull an arm (from 0) by hand; nothing, unless the lesson is by hand."""

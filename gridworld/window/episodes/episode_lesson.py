"""What plays episodes hands this to the window: the environment's picture and what the agent makes of its state.

Nothing here touches pygame.
"""

from __future__ import annotations

from collections.abc import Sequence

from common.language import _
from common.networks.acting import Decision
from gridworld.window.lesson import Lesson
from gridworld.world import GridWorld

import numpy as np


class EpisodeLesson(Lesson):
    """A lesson without a map, whose step is one of an environment.

    names: of the actions, or of the parts of a continuous one. bounds: low and high [parts] of a continuous action,
    None where actions are counted. frames_per_second: the pace at which the environment is looked at.
    frames_drawn: how many pictures a second are drawn at most. episode, steps: which episode this is and how many steps
    it has so far: a picture is theirs. ended: whether the episode has; over: whether the last one has, and the window
    may close.
    """

    on_map = False
    own_map = False

    def __init__(
        self,
        title: str,
        names: Sequence[str],
        bounds: tuple[np.ndarray, np.ndarray] | None = None,
        frames_per_second: float = 30.0,
    ) -> None:
        super().__init__(title, GridWorld(["S"], name="episodes", continuing=True))
        self.names, self.bounds, self.frames_per_second = list(names), bounds, frames_per_second
        self.frames_drawn = 60.0
        self.episode, self.steps = 0, 0
        self.ended = self.over = False

    @property
    def done(self) -> bool:
        return self.over

    @property
    def hint(self) -> str:
        """The line below while nothing is said."""
        return _("Space pauses, N makes one step, H helps.")

    @property
    def decision(self) -> Decision:
        """What the agent does in this state, and why."""
        raise NotImplementedError

    @property
    def notes(self) -> tuple[str, ...]:
        """Lines below the numbers of the decision."""
        return ()

    def picture(self) -> np.ndarray | None:
        """The environment as it is now, uint8 [height, width, 3]; None where it draws no picture."""
        raise NotImplementedError

    def take_news(self) -> bool:
        """Whether something besides the episode is new since this was asked before, such as how training goes."""
        return False

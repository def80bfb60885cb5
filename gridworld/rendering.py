"""What both environments share: pictures of their grid in gymnasium's render modes."""

from collections import deque
from typing import Any, TypeVar

from common.errors import UserError
from gridworld.world import GridWorld

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

Observation = TypeVar("Observation")

LONGEST_SIDE = 640
"""Pixels of a picture's longer side."""


class GridEnv(gym.Env[Observation, Any]):
    """An environment on a grid that can be drawn.

    render_mode: None, "human" (a window), "rgb_array" (uint8 [H, W, 3]) or "ansi" (text, the agent in brackets).
    Raises UserError for any other. pygame is imported with the first picture, not before.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  gymnasium.Env declares it as an instance's
        "render_modes": ["human", "rgb_array", "ansi"],
        "render_fps": 8,
    }

    def __init__(self, world: GridWorld, render_mode: str | None = None) -> None:
        if render_mode is not None and render_mode not in self.metadata["render_modes"]:
            known = ", ".join(self.metadata["render_modes"])
            raise UserError(
                "render_mode is {render_mode!r}; it must be None or one of {known}",
                render_mode=render_mode,
                known=known,
            )
        self.render_mode = render_mode
        self.world = world
        self._trail: deque[int] = deque(maxlen=24)
        self._last_action: int | None = None
        self._window: Any = None  # a PictureWindow from the first picture of "human" on

    @property
    def action_names(self) -> tuple[str, ...]:
        """What each action is called."""
        return self.world.action_names

    def render(self) -> Any:
        """A picture of now, as the render mode says: an array, a text, or None and a window."""
        if self.render_mode is None:
            gym.logger.warn("render() was called without a render_mode; pass render_mode='rgb_array' to gymnasium.make")
            return None
        if self.render_mode == "ansi":
            return self._text()
        from gridworld.window.drawing.painter import to_array
        from gridworld.window.picture_window import PictureWindow, picture

        state = self._trail[-1] if self._trail else None
        drawn = picture(self.world, state, self._trail, self._obstacles(), self._size())
        if self.render_mode == "rgb_array":
            return to_array(drawn)
        if self._window is None:
            self._window = PictureWindow(self.world.name, self.metadata["render_fps"])
        self._window.show(drawn)
        return None

    def close(self) -> None:
        """Close the window, if there is one."""
        if self._window is not None:
            self._window.close()
            self._window = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_window": None}

    def _moved(self, state: int, action: int | None) -> None:
        """Remember the agent's way for the pictures; action is None at the beginning of an episode."""
        self._last_action = action
        if action is None:
            self._trail.clear()
        self._trail.append(state)
        if self.render_mode == "human":
            self.render()

    def _obstacles(self) -> list[tuple[int, int]]:
        """(row, column) of what moves about besides the agent."""
        return []

    def _letters(self) -> NDArray[np.str_]:
        """[height, width] the letters that the text shows."""
        return self.world.letters

    def _text(self) -> str:
        """The action that was taken, and the map with the agent's cell in brackets."""
        here = self._trail[-1] if self._trail else -1
        lines = ["" if self._last_action is None else self.action_names[self._last_action]]
        for row, letters in enumerate(self._letters().tolist()):
            states = range(row * self.world.width, (row + 1) * self.world.width)
            cells = (f"[{x}]" if at == here else f" {x} " for at, x in zip(states, letters, strict=True))
            lines.append("".join(cells).rstrip())
        return "\n".join(lines) + "\n"

    def _size(self) -> tuple[int, int]:
        """(width, height) of a picture in pixels."""
        cell = max(1, LONGEST_SIDE // max(self.world.height, self.world.width))
        return cell * self.world.width, cell * self.world.height

"""The pictures of an environment, and a plain window that shows one after another: gymnasium's "human" mode.

Gymnasium's own environments ignore the window's close button; here it closes the window, and the agent goes on unseen.
"""

from collections.abc import Sequence

from common.errors import UserError
from gridworld.window.drawing.layers import Layers
from gridworld.window.drawing.painter import paint
from gridworld.window.drawing.palette import pygame
from gridworld.window.snapshot import Snapshot
from gridworld.world import GridWorld


def picture(
    world: GridWorld,
    agent: int | None,
    trail: Sequence[int],
    obstacles: Sequence[tuple[int, int]],
    size: tuple[int, int],
) -> pygame.Surface:
    """The map with the agent, the states it came through and the (row, column) of obstacles; size in pixels."""
    return paint(world, Snapshot(agent=agent, trail=tuple(trail), obstacles=obstacles), Layers(), size)


class PictureWindow:
    """A window with a title that shows at most this many pictures a second.

    Raises UserError where there is no display.
    """

    def __init__(self, title: str, frames_per_second: float) -> None:
        self.is_open = False
        self._screen: pygame.Surface | None = None
        self._was_closed = False
        self._title = title
        self._frames_per_second = frames_per_second
        self._clock = pygame.time.Clock()

    def show(self, picture: pygame.Surface) -> None:
        """Show the picture, in a new window if it is the first; do nothing once the user has closed the window."""
        # pygame has one window for the whole process: another environment may have closed it or taken it over.
        self.is_open = self.is_open and pygame.display.get_surface() is self._screen
        if self.is_open and any(event.type == pygame.QUIT for event in pygame.event.get()):
            self.close()
        if self._was_closed:
            return
        screen = self._screen if self.is_open and self._screen else self._open(picture.get_size())
        screen.blit(picture, (0, 0))
        pygame.display.flip()
        self._clock.tick(self._frames_per_second)

    def close(self) -> None:
        """Close the window for good."""
        if self.is_open and pygame.display.get_surface() is self._screen:
            pygame.display.quit()
        self.is_open = False
        self._was_closed = True

    def _open(self, size: tuple[int, int]) -> pygame.Surface:
        try:
            pygame.display.init()
            self._screen = pygame.display.set_mode(size)
        except pygame.error as error:
            raise UserError("no window can be opened ({error}); use render_mode='rgb_array'", error=error) from None
        pygame.display.set_caption(self._title)
        self.is_open = True
        return self._screen

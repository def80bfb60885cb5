"""Whether there is a screen to open a window on. pygame is asked only where the system does not say no by itself."""

import os
import sys
from functools import cache

# SDL reads these when the display is first initialised: without them Windows enlarges a small picture, which blurs it.
os.environ.setdefault("SDL_WINDOWS_DPI_AWARENESS", "permonitorv2")
os.environ.setdefault("SDL_WINDOWS_DPI_SCALING", "1")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

UNSEEN = ("dummy", "offscreen")
"""SDL's drivers that show nothing."""


def has_display() -> bool:
    """Whether a window could be opened here, where somebody sees it."""
    if os.environ.get("SDL_VIDEODRIVER", "") in UNSEEN:
        return False
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    return video_driver() not in UNSEEN


@cache
def video_driver() -> str:
    """SDL's driver, asked of pygame once.

    On Linux only the two that somebody sees are asked: where neither answers, SDL would fall back to an unseen one in
    silence, and a process that has tried that one may crash when it opens a window later.
    """
    import pygame

    asked = sys.platform.startswith("linux") and "SDL_VIDEODRIVER" not in os.environ
    if asked:
        os.environ["SDL_VIDEODRIVER"] = "x11,wayland"
    try:
        pygame.display.init()
        return pygame.display.get_driver()
    except pygame.error:
        return "dummy"
    finally:
        pygame.display.quit()
        if asked:
            del os.environ["SDL_VIDEODRIVER"]

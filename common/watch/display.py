"""Whether there is a screen to open a window on; asked before pygame is imported."""

import os
import sys


def has_display() -> bool:
    """Whether a window could be opened here; SDL's dummy and offscreen drivers show nothing and do not count."""
    if os.environ.get("SDL_VIDEODRIVER", "") in ("dummy", "offscreen"):
        return False
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True

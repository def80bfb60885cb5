"""Which key does what."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from gridworld.actions import ACTION_NAMES
from gridworld.window.commands import LAYERS, Commands
from gridworld.window.drawing.palette import pygame

_NAMES = {
    pygame.K_SPACE: "space",
    pygame.K_ESCAPE: "escape",
    pygame.K_TAB: "tab",
    pygame.K_RETURN: "return",
    pygame.K_PLUS: "+",
    pygame.K_EQUALS: "+",
    pygame.K_KP_PLUS: "+",
    pygame.K_KP_MINUS: "-",
    pygame.K_UP: "up",
    pygame.K_DOWN: "down",
    pygame.K_LEFT: "left",
    pygame.K_RIGHT: "right",
    **{getattr(pygame, f"K_KP{digit}"): str(digit) for digit in range(10)},
}


def key_name(event: pygame.Event) -> str:
    """The key's name as in `gridworld.window.lesson.Button`, or empty.

    Letters go by their key, whatever input method is on; + - [ ] by what they type, wherever a keyboard has them.
    """
    typed = getattr(event, "unicode", "")
    if typed in ("+", "-", "[", "]"):
        return str(typed)
    if event.key in _NAMES:
        return _NAMES[event.key]
    return chr(event.key) if 32 < event.key < 127 else ""


def shift_is_down() -> bool:
    """Whether a Shift key is held; never without a display, which is what has a keyboard."""
    return pygame.display.get_init() and bool(pygame.key.get_mods() & pygame.KMOD_SHIFT)


def press_key(commands: Commands, key: str) -> None:
    """Do what the key stands for; while the help is open, any key closes it."""
    if commands.help_open:
        commands.toggle_help()
        return
    actions: dict[str, Callable[[], None]] = {
        "space": commands.toggle_play,
        "n": commands.step,
        "-": commands.playback.slower,
        "+": commands.playback.faster,
        "r": commands.reset,
        "h": commands.toggle_help,
        "s": commands.request_screenshot,
        "g": commands.toggle_film,
        "w": commands.save_map,
        "escape": commands.quit,
        "tab": commands.select_next,
        "[": partial(commands.nudge, -1),
        "]": partial(commands.nudge, 1),
    }
    actions |= {switch.key: partial(commands.toggle_layer, switch) for switch in LAYERS}
    if key in actions:
        actions[key]()
        return
    for button in commands.buttons():
        if button.key is not None and button.key == key:
            commands.press(button)
            return
    if key in ACTION_NAMES:  # the arrow keys have the names of the moves
        commands.steer(key)

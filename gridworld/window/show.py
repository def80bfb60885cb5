"""The window: opens, runs and closes what `LessonView` draws, or writes it to a file where there is no display.

Text and shapes are drawn at the display's real resolution: the window asks for a surface in pixels, and everything is
sized by how many of them make a point. On Windows and macOS the system says how many; on Linux, where SDL does
not know, GDK_SCALE does. GRIDWORLD_SCALE overrides it everywhere, and Ctrl + and Ctrl - change the text alone.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from common.language import _, titled
from common.watch.display import has_display
from common.watch.recording import Recorder, check_recordable
from gridworld.window.captures import FRAMES_PER_SECOND
from gridworld.window.commands import record_to
from gridworld.window.drawing.painter import to_array
from gridworld.window.drawing.palette import pygame
from gridworld.window.lesson import Lesson
from gridworld.window.lesson_view import DEFAULT_SIZE, DEFAULT_SIZE_OF_TWO, SMALLEST_SIZE, LessonView
from gridworld.window.panels.surroundings import draw_recording_sign
from gridworld.window.playback import step_together

# What a recording without a window shows: so many pictures one step apart, the first of them for several frames.
MOST_PICTURES = 110
SINGLE_STEPS = 25
SLOW_PICTURES = 10
SLOW_FRAMES = 3
LONGEST_FINALE = 50
HELD_FRAMES = 15


def show(
    *lessons: Lesson,
    headless: bool = False,
    record: Path | None = None,
    play: bool = False,
    steps: int | None = None,
    view: type[LessonView] = LessonView,
) -> None:
    """Show one lesson, or two side by side, until the window is closed.

    headless, or where there is no display: plays the lessons without a window, `steps` steps or until they are done,
    and writes what the window would have shown to `record` (.gif, .mp4 or .png). With a display, `record` films
    the window while it is open. play: start playing at once. view: the kind of window.
    Raises UserError where the recording cannot be written, before anything is played.
    """
    if record is not None:
        check_recordable(record)
    if not headless and has_display():
        try:
            run_window(lessons, record, play, view)
            return
        except NoDisplayError as error:
            print(_("no window could be opened ({error}); going on without one", error=error), file=sys.stderr)
    if record is not None:
        play_to_file(lessons, record, steps, view)


class NoDisplayError(Exception):
    """The display that the environment promised is not there."""


def run_window(lessons: Sequence[Lesson], record: Path | None, play: bool, kind: type[LessonView]) -> None:
    """Show the lessons until the window is closed. Raises NoDisplayError where none can be opened."""
    window = _open(lessons)
    view = kind(lessons, window.get_surface().get_size(), _scale_of(window))
    if record is not None:
        view.commands.film = record_to(record, view.commands.film_rate)
    if play or record is not None:
        view.commands.toggle_play()
    try:
        _loop(window, view)
    finally:
        view.commands.end_film()
        window.destroy()
        pygame.display.quit()
    if record is not None:
        print(view.commands.message)


def _open(lessons: Sequence[Lesson]) -> pygame.Window:
    try:
        pygame.display.init()
        factor = _environment_scale()
        width, height = DEFAULT_SIZE if len(lessons) == 1 else DEFAULT_SIZE_OF_TWO
        desktop = pygame.display.get_desktop_sizes()[0]
        size = (
            min(round(width * factor), round(desktop[0] * 0.95)),
            min(round(height * factor), round(desktop[1] * 0.88)),
        )
        names = _(" and ").join(titled(lesson.title) for lesson in lessons)
        window = pygame.Window(names, size, resizable=True, allow_high_dpi=True)
        window.minimum_size = (
            min(size[0], round(SMALLEST_SIZE[0] * factor)),
            min(size[1], round(SMALLEST_SIZE[1] * factor)),
        )
        window.get_surface()
    except pygame.error as error:
        raise NoDisplayError(str(error)) from None
    # Otherwise a Korean or Chinese input method would take the letters for itself.
    pygame.key.stop_text_input()
    return window


def _environment_scale() -> float:
    """Pixels to a point that the user or the desktop asks for, where SDL's own units are pixels."""
    names = ("GRIDWORLD_SCALE", "GDK_SCALE") if sys.platform.startswith("linux") else ("GRIDWORLD_SCALE",)
    for name in names:
        try:
            factor = float(os.environ.get(name, ""))
        except ValueError:
            continue
        if 0.5 <= factor <= 4.0:
            return factor
    return 1.0


def _scale_of(window: pygame.Window) -> float:
    """Pixels to a point: those of SDL's surface to its window, times what the environment asks for."""
    return window.get_surface().get_width() / window.size[0] * _environment_scale()


def _loop(window: pygame.Window, view: LessonView) -> None:
    clock = pygame.time.Clock()
    last = time.perf_counter()
    first = True
    while view.commands.running:
        ratio = window.get_surface().get_width() / window.size[0]
        # With nothing to do the loop sleeps until something happens.
        waited = [] if view.busy or first else [pygame.event.wait(250)]
        exposed = first
        for event in [*waited, *pygame.event.get()]:
            if event.type == pygame.NOEVENT:
                continue
            exposed = exposed or event.type == pygame.WINDOWEXPOSED
            view.handle(in_pixels(event, ratio))
        surface = window.get_surface()
        view.resize(surface.get_size(), _scale_of(window))
        now = time.perf_counter()
        # A pause in which nothing played is not caught up with; a film shows it.
        on_screen, last = now - last, now
        if view.pass_time(min(on_screen, 0.1), on_screen) or exposed or view.commands.film is not None:
            surface.blit(view.picture, (0, 0))
            if view.commands.film is not None:
                draw_recording_sign(surface, view.scale)
            window.flip()
        first = False
        clock.tick(view.frames_a_second)


def in_pixels(event: pygame.Event, ratio: float) -> pygame.Event:
    """The event with its position in pixels; SDL tells it in the window's own units, `ratio` pixels each."""
    if ratio == 1.0 or not hasattr(event, "pos"):
        return event
    x, y = event.pos
    return pygame.Event(event.type, {**event.dict, "pos": (x * ratio, y * ratio)})


def play_to_file(
    lessons: Sequence[Lesson], record: Path, steps: int | None = None, kind: type[LessonView] = LessonView
) -> None:
    """Play the lessons through and write what the window would have shown, without opening one.

    steps: how many at most; None until they are done. The first pictures are one step apart and stay for a while, later
    ones are ever more steps apart, so that a long run fits into one film; then the lesson's finale, and the last
    picture held.
    """
    view = kind(lessons)
    is_film = record.suffix.lower() != ".png"
    with Recorder(record, frames_per_second=FRAMES_PER_SECOND) as recorder:

        def show_picture(times: int = 1) -> None:
            if is_film:
                view.commands.listen()
                view.picture = view.draw()
                for _ in range(times):
                    recorder.add(to_array(view.picture))

        for lesson in lessons:
            lesson.playing = not lesson.done
        show_picture(SLOW_FRAMES)
        made, chunk = 0, 1.0
        for picture in range(MOST_PICTURES):
            wanted = int(chunk) if steps is None else min(int(chunk), steps - made)
            if wanted < 1 or all(lesson.done for lesson in lessons):
                break
            step_together(lessons, wanted)
            made += wanted
            if picture > SINGLE_STEPS:
                chunk *= _growth(steps)
            show_picture(SLOW_FRAMES if picture < SLOW_PICTURES else 1)
        _walk_on(lessons, show_picture)
        is_film = True
        show_picture(HELD_FRAMES)


def _growth(steps: int | None) -> float:
    """How much larger each picture's share becomes, so that all steps fit into the film."""
    pictures = MOST_PICTURES - SINGLE_STEPS
    growth = 1.02
    while steps is not None and (growth**pictures - 1) / (growth - 1) < steps:
        growth += 0.01
    return growth if steps is not None else 1.1


def _walk_on(lessons: Sequence[Lesson], show_picture: Callable[[], None]) -> None:
    """The lessons' finales: a walk is shown in fifty pictures at most."""
    for lesson in lessons:
        lesson.playing = False
        lesson.finale()
    for _picture in range(LONGEST_FINALE):
        walks = [lesson.walk for lesson in lessons if lesson.walk is not None and not lesson.walk.over]
        if not walks:
            break
        moves = -(-max(walk.bound for walk in walks) // LONGEST_FINALE)
        for lesson in lessons:
            lesson.advance_walk(moves)
        show_picture()

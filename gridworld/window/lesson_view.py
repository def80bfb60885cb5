"""The whole window as a picture that answers to events: grids, strips, message line, panel and help.

It draws on a plain surface and is told about events, time and size, so it runs the same with a display, without one,
and in tests. Every position and size is in real pixels; `scale` says how many of them make a point of text.
"""

from __future__ import annotations

from collections.abc import Sequence

from common.errors import UserError
from common.language import N_, _
from gridworld.window.commands import Commands
from gridworld.window.drawing.grid_area import GridArea
from gridworld.window.drawing.palette import BACKGROUND, INK, PAPER, pygame
from gridworld.window.editing import Pencil, turn_wheel
from gridworld.window.keyboard import key_name, press_key, shift_is_down
from gridworld.window.lesson import Lesson
from gridworld.window.panels.controls import Control, Easel
from gridworld.window.panels.grid_pictures import draw_grids
from gridworld.window.panels.help import Section, draw_help, general_sections
from gridworld.window.panels.pen import Pen
from gridworld.window.panels.side_panel import (
    backup_size,
    draw_backup,
    draw_panel,
    panel_width,
    without_outcomes,
)
from gridworld.window.panels.surroundings import draw_message, draw_strips
from gridworld.window.playback import Playback

SMALLEST_SIZE = (640, 480)
"""Points below which the window does not shrink."""
DEFAULT_SIZE = (1240, 860)
FRAMES_A_SECOND = 60
DEFAULT_SIZE_OF_TWO = (1500, 860)
_NOTCH = 48
"""Points that a notch of the wheel moves the panel."""
_HANDS = (pygame.KEYDOWN, pygame.MOUSEMOTION, pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP, pygame.MOUSEWHEEL)


class LessonView:
    """One or two lessons and all their controls.

    commands: what can be done to them. picture: the last one drawn. controls: what can be pressed on it.
    areas: each lesson's place on it, and its cells within that place. hint: the line below while nothing is said.
    panel: how the side panel was drawn. frames_a_second: how often it looks for what is new.
    """

    help_section: Section | None = None
    """What the help says of pictures that are no map."""
    hint = N_("Space plays, H helps.   Point at a cell to read {it}, click it to change the map.")
    frames_a_second: float = FRAMES_A_SECOND

    def __init__(
        self,
        lessons: Sequence[Lesson],
        size: tuple[int, int] | None = None,
        scale: float = 1.0,
        playback: Playback | None = None,
    ) -> None:
        """size: in pixels; by default what suits the number of lessons."""
        self.commands = Commands(lessons, playback)
        self.scale = scale
        default = DEFAULT_SIZE if len(lessons) == 1 else DEFAULT_SIZE_OF_TWO
        self.size = size or (round(default[0] * scale), round(default[1] * scale))
        self.zoom = 1.0
        self.pointer: tuple[float, float] | None = None
        self.controls: list[Control] = []
        self.areas: list[tuple[pygame.Rect, GridArea]] = []
        self._scroll = 0
        self._held: Control | None = None
        self._pencil: Pencil | None = None
        self._stale = True
        self.picture = self.draw()

    @property
    def lessons(self) -> list[Lesson]:
        """The lessons on show."""
        return self.commands.lessons

    @property
    def busy(self) -> bool:
        """Whether the picture may change without an event."""
        walking = any(lesson.walk is not None and not lesson.walk.over for lesson in self.lessons)
        return walking or self.commands.playing or self.commands.film is not None

    def resize(self, size: tuple[int, int], scale: float) -> None:
        """Fill another size in pixels from now on."""
        if (size, scale) != (self.size, self.scale):
            self.size = size
            self.scale = scale
            self._stale = True

    # Time

    def pass_time(self, seconds: float, on_screen: float | None = None) -> bool:
        """Let the lessons go on for so long and draw what changed; whether the picture is a new one.

        on_screen: seconds for which the picture was to be seen until now, which a film shows; the same, if None.
        """
        commands = self.commands
        try:
            moved = commands.playback.play(self.lessons, seconds)
            moved = commands.playback.walk(self.lessons, seconds) or moved
        except UserError as error:
            commands.stop(str(error))
            moved = True
        said = commands.listen()
        drawn = moved or said or self._stale
        if drawn:
            self.picture = self.draw()
        film = commands.film
        if film is not None:
            film.pass_time(seconds if on_screen is None else on_screen, self.picture)
            if film.over:
                commands.end_film()
                self._stale = True
        if commands.wants_screenshot:
            commands.screenshot(self.picture)
            self._stale = True
        return drawn

    # Events

    def handle(self, event: pygame.Event) -> None:
        """React to one event, positions in pixels of the picture."""
        if event.type in (pygame.QUIT, pygame.WINDOWCLOSE):
            self.commands.quit()
        elif event.type in _HANDS:
            try:
                self._obey(event)
            except UserError as error:
                self.commands.stop(str(error))
        elif event.type == pygame.WINDOWLEAVE:
            self.pointer = None
        elif event.type not in (pygame.WINDOWEXPOSED, pygame.WINDOWFOCUSGAINED, pygame.WINDOWFOCUSLOST):
            return
        self._stale = True

    def _obey(self, event: pygame.Event) -> None:
        if event.type == pygame.KEYDOWN:
            self._key(event)
        elif event.type == pygame.MOUSEMOTION:
            self._move(event.pos)
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button in (1, 3):
            self._move(event.pos)
            self._press(event.pos, event.button == 3)
        elif event.type == pygame.MOUSEBUTTONUP and event.button in (1, 3):
            self._release()
        elif event.type == pygame.MOUSEWHEEL and (event.y or event.x):
            # Where Shift turns the wheel sideways, it is x that moves.
            self._turn_wheel(1 if (event.y or event.x) > 0 else -1)

    def _key(self, event: pygame.Event) -> None:
        key = key_name(event)
        if not self.commands.help_open and getattr(event, "mod", 0) & (pygame.KMOD_CTRL | pygame.KMOD_META):
            self._zoom(key)
        else:
            press_key(self.commands, key)

    def _zoom(self, key: str) -> None:
        steps = {"+": 1.1, "-": 1 / 1.1}
        if key == "0":
            self.zoom = 1.0
        elif key in steps:
            self.zoom = min(max(self.zoom * steps[key], 0.7), 2.5)

    def _move(self, position: tuple[float, float]) -> None:
        self.pointer = position
        if self._held is not None and self._held.drag is not None:
            self._held.drag(self._held.share(position[0]))
        elif self._pencil is not None:
            found = self._cell_at(position)
            if found is not None and self._pencil.drag(found[1]):
                self.commands.message = self._pencil.message

    def _press(self, position: tuple[float, float], right: bool) -> None:
        if self.commands.help_open:
            self.commands.toggle_help()
            return
        for control in self.controls:
            if control.rect.collidepoint(position):
                if control.enabled and not right:
                    self._held = control
                    control.press()
                    if control.drag is not None:
                        control.drag(control.share(position[0]))
                return
        found = self._cell_at(position)
        if found is not None:
            self._pencil = Pencil(self._edited_with(found[0]), found[1], backwards=right)
            self.commands.message = self._pencil.message

    def _release(self) -> None:
        self._held = None
        if self._pencil is not None:
            self._pencil.lift()
            self.commands.message = self._pencil.message or self.commands.message
            self._pencil = None

    def _turn_wheel(self, direction: int) -> None:
        if self.pointer is not None and self.panel.body.collidepoint(self.pointer):
            self._scroll = min(max(0, self._scroll - direction * round(_NOTCH * self.scale)), self.panel.hidden)
            return
        found = self._cell_at(self.pointer)
        if found is not None and not self.commands.help_open:
            self.commands.message = turn_wheel(self._edited_with(found[0]), found[1], direction, alike=shift_is_down())

    def _edited_with(self, lesson: Lesson) -> list[Lesson]:
        """All lessons where their maps are of one size, this one first; otherwise this one alone."""
        shape = lesson.world.letters.shape
        others = [other for other in self.lessons if other is not lesson]
        return [lesson, *others] if all(other.world.letters.shape == shape for other in others) else [lesson]

    def _pointed(self, position: tuple[float, float] | None) -> tuple[Lesson, int] | None:
        """The lesson and the state that the pointer asks about."""
        return self._cell_at(position)

    def _cell_at(self, position: tuple[float, float] | None) -> tuple[Lesson, int] | None:
        if position is None:
            return None
        for lesson, (rect, area) in zip(self.lessons, self.areas, strict=True):
            state = area.state_at(position[0] - rect.left, position[1] - rect.top)
            if state is not None and rect.collidepoint(position):
                return lesson, state
        return None

    # Drawing

    def draw(self) -> pygame.Surface:
        """Draw everything; remembers where the controls and grids are."""
        self._stale = False
        self.commands.look()
        surface = pygame.Surface(self.size)
        surface.fill(BACKGROUND)
        easel = Easel(surface, self._text_scale(), None if self.commands.help_open else self.pointer)
        panel = pygame.Rect(0, 0, self._panel_width(easel), self.size[1])
        panel.right = self.size[0]
        left = pygame.Rect(0, 0, panel.left, self.size[1])
        draw_message(easel, left, self.commands.message, self._hint())
        draw_strips(easel, left, self.lessons)
        self._pictures(easel, left)
        hovered = self._pointed(easel.pointer)
        backup = hovered[0].backup(hovered[1]) if hovered is not None else []
        if hovered is not None:
            self._outline(easel, *hovered)
        self.panel = draw_panel(easel, panel, self.commands, backup, self._scroll, self._in_panel)
        if self._scroll > self.panel.hidden:
            self._scroll = self.panel.hidden
            self._stale = True
        if not self.panel.fits:
            self._float(easel, backup)
        if self.commands.help_open:
            draw_help(easel, self.commands.buttons(), self._help())
        self.controls = easel.controls
        return surface

    def _pictures(self, easel: Easel, room: pygame.Rect) -> None:
        """Draw the lessons themselves and remember where they are."""
        self.areas = draw_grids(easel, room, self.commands)

    def _hint(self) -> str:
        """The line below, in the language of now."""
        return _(self.hint, it=self.lessons[0].reads)

    def _help(self) -> Sequence[Section]:
        """What the help says besides the lesson's own keys."""
        return general_sections(self.help_section)

    def _in_panel(self, pen: Pen) -> None:
        """Draw what stands in the panel before the numbers: nothing here."""

    def _panel_width(self, easel: Easel) -> int:
        return min(easel.px(panel_width(self.commands)), self.size[0] // 2)

    def _text_scale(self) -> float:
        """Pixels to a point; a window too low for the panel gets smaller text rather than a cut panel."""
        scale = self.scale * self.zoom
        needed = 400 + 41 * (len(self.commands.buttons()) // 3)
        return max(0.72 * self.scale, min(scale, scale * self.size[1] / (needed * scale)))

    def _outline(self, easel: Easel, lesson: Lesson, state: int) -> None:
        rect, area = self.areas[self.lessons.index(lesson)]
        cell = area.cell_rect(state).move(rect.topleft)
        pygame.draw.rect(easel.surface, PAPER, cell.inflate(easel.px(4), easel.px(4)), easel.px(4))
        pygame.draw.rect(easel.surface, INK, cell.inflate(easel.px(3), easel.px(3)), max(1, easel.px(2)))

    def _float(self, easel: Easel, backup: list[str]) -> None:
        """The backup over the grid, on the side where the pointer is not."""
        if not backup or self.pointer is None:
            return
        backup = without_outcomes(backup)
        size = backup_size(backup, easel.scale)
        margin = easel.px(12)
        left_width = self.size[0] - self._panel_width(easel)
        x = margin if self.pointer[0] > left_width / 2 else left_width - size[0] - margin
        draw_backup(easel, pygame.Rect((max(margin, x), margin), size), backup)

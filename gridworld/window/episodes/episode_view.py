"""The window around an agent that plays: the environment's picture, the numbers behind each action, plots below."""

from __future__ import annotations

from collections.abc import Sequence

from common.language import N_, _
from common.watch.recording import film_rate
from gridworld.window.drawing.palette import LINES, MUTED, PAPER, pygame, wrap
from gridworld.window.episodes.decision_card import Bars, draw_gauges
from gridworld.window.episodes.episode_lesson import EpisodeLesson
from gridworld.window.keyboard import key_name
from gridworld.window.lesson import Lesson
from gridworld.window.lesson_view import LessonView
from gridworld.window.panels.controls import BODY, Easel
from gridworld.window.panels.help import Section, general_sections
from gridworld.window.panels.pen import Pen
from gridworld.window.playback import Playback

import numpy as np

_MARGIN = 14


class EpisodeView(LessonView):
    """One lesson that plays episodes, at the environment's own pace to begin with."""

    help_section = N_(("Episodes", (("R", "begin again, with the first one"), ("right", "one step as well"))))

    def __init__(
        self,
        lessons: Sequence[Lesson],
        size: tuple[int, int] | None = None,
        scale: float = 1.0,
        playback: Playback | None = None,
    ) -> None:
        (lesson,) = lessons
        assert isinstance(lesson, EpisodeLesson)
        self.lesson, self.frames_a_second = lesson, lesson.frames_drawn
        self._bars = Bars()
        self._picture: tuple[tuple[int, int], np.ndarray | None] | None = None
        self._scaled: tuple[np.ndarray, pygame.Surface] | None = None
        super().__init__(lessons, size, scale, playback or Playback(natural=lesson.frames_per_second))
        self.commands.film_rate = film_rate(lesson.frames_per_second)

    def _hint(self) -> str:
        return self.lesson.hint

    def _help(self) -> Sequence[Section]:
        return general_sections(self.help_section, ("R", "arrows", "Tab, [ ]"))

    def pass_time(self, seconds: float, on_screen: float | None = None) -> bool:
        """As for every lesson; news of training are drawn too, and the last episode's end closes the window."""
        self._stale = self.lesson.take_news() or self._stale
        drawn = super().pass_time(seconds, on_screen)
        if self.lesson.over:
            self.commands.quit()
        return drawn

    def _key(self, event: pygame.Event) -> None:
        if key_name(event) == "right" and not self.commands.help_open:
            self.commands.step()
        else:
            super()._key(event)

    def _cell_at(self, position: tuple[float, float] | None) -> None:
        return None

    # Drawing

    def _pictures(self, easel: Easel, room: pygame.Rect) -> None:
        margin = easel.px(_MARGIN)
        area = room.inflate(-2 * margin, -2 * margin)
        frame = self._frame()
        if frame is None:
            line = easel.px(1.3 * BODY)
            for number, words in enumerate(wrap(_("This environment draws no picture."), easel.px(BODY), area.width)):
                easel.write(words, (area.centerx, area.centery + number * line), BODY, MUTED, anchor="center")
            return
        share = min(area.width / frame.shape[1], area.height / frame.shape[0])
        size = max(1, round(frame.shape[1] * share)), max(1, round(frame.shape[0] * share))
        place = pygame.Rect((0, 0), size)
        place.center = area.center
        pygame.draw.rect(easel.surface, PAPER, place)
        easel.surface.blit(self._fitted(frame, size), place)
        line = max(1, easel.px(1))
        pygame.draw.rect(easel.surface, LINES, place.inflate(2 * line, 2 * line), line)

    def _frame(self) -> np.ndarray | None:
        """The environment's picture, asked for once a step."""
        now = self.lesson.episode, self.lesson.steps
        if self._picture is None or self._picture[0] != now:
            self._picture = now, self.lesson.picture()
        return self._picture[1]

    def _fitted(self, frame: np.ndarray, size: tuple[int, int]) -> pygame.Surface:
        """The picture in that size, made once."""
        if self._scaled is None or self._scaled[0] is not frame or self._scaled[1].get_size() != size:
            surface = pygame.surfarray.make_surface(np.transpose(frame, (1, 0, 2)))
            if surface.get_size() != size:
                surface = pygame.transform.smoothscale(surface, size)
            self._scaled = frame, surface
        return self._scaled[1]

    def _in_panel(self, pen: Pen) -> None:
        lesson, decision = self.lesson, self.lesson.decision
        if lesson.bounds is not None:
            draw_gauges(pen, lesson.names, lesson.bounds, decision, lesson.notes)
        else:
            self._bars.draw(pen, lesson.names, decision, lesson.notes)

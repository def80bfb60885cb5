"""The strips under the grid."""

from common import language
from gridworld.window.drawing.painter import to_array
from gridworld.window.lesson import Strip
from gridworld.window.panels.controls import Easel
from gridworld.window.panels.plots import (
    LINE_COLOURS,
    axis,
    draw_strip,
    merged_strips,
    recent_means,
    thinned,
    tick_text,
)
from gridworld.window.panels.ruler import Ruler

import numpy as np
import pygame
import pytest


def test_thinning_keeps_the_first_and_the_last_point_and_the_order() -> None:
    places, values = thinned(range(10_007), 100)
    assert len(values) <= 100
    assert places[0] == 0 and places[-1] == values[-1] == 10_006
    assert np.array_equal(places, values)
    assert thinned([5.0], 100)[1].tolist() == [5.0]
    assert thinned([], 100)[1].size == 0


def test_a_recent_mean_is_that_of_the_last_values() -> None:
    assert recent_means(np.array([1.0, 3.0, 5.0, 7.0]), 2).tolist() == [1.0, 2.0, 4.0, 6.0]
    assert recent_means(np.full(300, 3.0), 100) == pytest.approx(np.full(300, 3.0))
    assert recent_means(np.arange(300.0), 100)[-1] == np.arange(200.0, 300.0).mean()


def ticks_of(ys: list[float], strip: Strip, most: int = 4) -> list[str]:
    _, _, ticks = axis([np.array(ys)], strip, most)
    return [tick_text(tick, ticks, strip.logarithmic) for tick in ticks]


@pytest.mark.parametrize("ys", [[0.42], [0.42, 0.42], [0.0], [-27.0, -50.0], [1e-9, 3e-9], [5e7, 6e7], [0.1, 0.30001]])
@pytest.mark.parametrize("logarithmic", [False, True])
def test_an_axis_holds_its_values_between_numbers_that_differ(ys: list[float], logarithmic: bool) -> None:
    if logarithmic:
        ys = [float(np.log10(abs(y) + 1e-12)) for y in ys]
    strip = Strip("", {}, logarithmic)
    low, high, ticks = axis([np.array(ys)], strip, 4)
    assert low <= min(ys) and max(ys) <= high and low < high
    words = ticks_of(ys, strip)
    assert 2 <= len(words) == len(set(words)) <= 7, words
    assert logarithmic or max(ys) < 1e-6 or not any("e-" in word for word in words)
    assert ticks[0] == pytest.approx(low) and ticks[-1] <= high + 1e-9


def test_a_distance_is_never_below_zero_and_27_is_told_from_50() -> None:
    assert axis([np.array([0.0])], Strip("RMS", {}, floor=0.0), 4)[0] == 0.0
    assert ticks_of([-27.0, -50.0], Strip("return", {}), 4) == ["-50", "-40", "-30", "-20"]


def test_an_early_catastrophe_does_not_flatten_the_rest() -> None:
    means = np.concatenate([np.linspace(-2000, -60, 100), np.linspace(-60, -27, 300)])
    low, high, _ = axis([means], Strip("return", {}, recent=100), 4)
    assert low >= -100 and high <= 0
    assert axis([means], Strip("return", {}), 4)[0] == -2000


def test_what_lies_beyond_the_axis_is_drawn_in_a_band_and_its_end_is_named() -> None:
    """Nothing is left out: the first mean, -2,000, stands at the plot's edge; -27 and -50 are told apart above it."""
    returns = [*[-2000.0] * 10, *[-27.0] * 490], [*[-900.0] * 10, *[-50.0] * 490]
    strip = Strip("return", dict(zip(("SARSA", "Q-learning"), returns, strict=True)), x="episode", recent=100)
    for height in (110, 180):
        easel = Written(pygame.Surface((420, height)))
        draw_strip(easel, easel.surface.get_rect(), strip)
        assert "-2,000" in easel.words and "the first, on another scale" in easel.words
        rects = list(easel.words.values())
        assert not any(rect.colliderect(other) for index, rect in enumerate(rects) for other in rects[index + 1 :])
        bottom, picture = easel.words["-2,000"].centery, to_array(easel.surface)
        ends = []
        for colour in LINE_COLOURS[:2]:
            near = np.abs(picture.astype(int) - colour).sum(axis=2) < 90
            rows, columns = np.nonzero(near & (np.arange(height) > 22)[:, None])
            assert rows.max() <= bottom and columns.min() < 70, "each line is there from its first value on"
            ends.append(rows[columns > 380].mean())
        assert ends[1] - ends[0] > 0.15 * height, "-50 is seen to be less than -27"
    low = Written(pygame.Surface((420, 70)))
    draw_strip(low, low.surface.get_rect(), strip)
    assert "the first, on another scale" not in low.words, "a low plot has one scale, for everything"


def test_a_ruler_is_one_scale_where_nothing_is_beyond_it() -> None:
    plot = pygame.Rect(0, 10, 100, 100)
    plain = Ruler(plot, 0.0, 10.0, 0.0, 10.0, 20)
    assert plain.heights(np.array([0.0, 2.5, 10.0])).tolist() == [110.0, 85.0, 10.0] and not plain.bands()
    broken = Ruler(plot, 0.0, 10.0, -1000.0, 30.0, 20)
    assert broken.heights(np.array([-1000.0, 0.0, 5.0, 10.0, 30.0])).tolist() == [108.0, 90.0, 60.0, 30.0, 12.0]
    assert [(value, rect.top, rect.bottom) for value, rect in broken.bands()] == [(-1000.0, 90, 110), (30.0, 10, 30)]


def test_lessons_side_by_side_share_a_plot() -> None:
    own = [Strip("return", {"return": [1.0]}), Strip("error", {"a": [1.0], "b": [2.0]}, logarithmic=True)]
    merged = merged_strips([("SARSA", own), ("Q-learning", own[:1])])
    assert [strip.title for strip in merged] == ["return", "error"]
    assert list(merged[0].lines) == ["SARSA", "Q-learning"]
    assert list(merged[1].lines) == ["SARSA: a", "SARSA: b"]
    assert merged[1].logarithmic
    alone = merged_strips([("SARSA", own[:1])])
    assert list(alone[0].lines) == ["return"]


def test_curves_are_named_with_the_truth_that_they_are_compared_with() -> None:
    first, second = (Strip("RMS distance", {"": [1.0]}, truth=truth) for truth in ("q of the best policy", "q*"))
    (merged,) = merged_strips([("SARSA", [first]), ("Q-learning", [second])])
    assert list(merged.lines) == ["SARSA, from q of the best policy", "Q-learning, from q*"]
    assert [strip.title for strip in merged_strips([("SARSA", [second])])] == ["RMS distance from q*"]


class Written(Easel):
    """Remembers what is written and where."""

    def __init__(self, surface: pygame.Surface) -> None:
        super().__init__(surface, 1.0, None)
        self.words: dict[str, pygame.Rect] = {}

    def write(self, words: str, *arguments: object, **named: object) -> pygame.Rect:
        rect = super().write(words, *arguments, **named)  # type: ignore[arg-type]
        self.words[words] = rect
        return rect


@pytest.mark.parametrize("width", [230, 320, 520, 900])
def test_a_legend_names_every_line_and_an_axis_what_it_counts(width: int) -> None:
    names = ["TD(0), step size 0.1", "Monte Carlo, step size 0.1", "a third"]
    strip = Strip("RMS distance", dict.fromkeys(names, [0.3] * 501), x="episode", first=0, floor=0.0)
    easel = Written(pygame.Surface((width, 180)))
    draw_strip(easel, easel.surface.get_rect(), strip)
    assert {*names, "RMS distance", "episode", "0", "500"} <= set(easel.words)
    rects = list(easel.words.values())
    assert all(easel.surface.get_rect().contains(rect) for rect in rects)
    assert not any(rect.colliderect(other) for index, rect in enumerate(rects) for other in rects[index + 1 :])


def test_a_logarithmic_axis_says_so() -> None:
    easel = Written(pygame.Surface((400, 180)))
    draw_strip(easel, easel.surface.get_rect(), Strip("change", {"": [1.0, 0.01, 0.0001]}, True, x="sweep"))
    assert "change, logarithmic" in easel.words
    assert {"1", "0.01", "0.0001"} <= set(easel.words)


def test_a_level_is_a_dashed_line_that_the_title_names_and_the_axis_holds() -> None:
    strip = Strip("% left", {"": [90.0, 40.0]}, level=("the least, 5 %", 5.0), floor=0.0)
    low, high, _ = axis([np.array([90.0, 40.0])], strip, 4)
    assert low <= 5 and high >= 90
    easel = Written(pygame.Surface((400, 160)))
    draw_strip(easel, easel.surface.get_rect(), strip)
    assert "% left; dashed: the least, 5 %" in easel.words


def drawn(strip: Strip) -> np.ndarray:
    surface = pygame.Surface((400, 140))
    draw_strip(Easel(surface, 1.0, None), surface.get_rect(), strip)
    return to_array(surface)


def heights(picture: np.ndarray) -> tuple[float, float]:
    """The mean row of the line in the left and in the right third of the plot."""
    rows, columns = np.nonzero((picture == LINE_COLOURS[0]).all(axis=2))
    return rows[columns < 180].mean(), rows[columns > 280].mean()


def test_a_line_that_grows_goes_up() -> None:
    left, right = heights(drawn(Strip("return", {"return": [float(n) for n in range(20)]})))
    assert right < left


def test_a_logarithmic_strip_draws_geometric_decay_as_a_straight_line() -> None:
    rows, columns = np.nonzero(
        (drawn(Strip("change", {"": [0.5**n for n in range(30)]}, True)) == LINE_COLOURS[0]).all(2)
    )
    slope, start = np.polyfit(columns, rows, 1)
    assert np.abs(rows - (slope * columns + start)).max() < 3


@pytest.mark.parametrize("ys", [[], [1.0], [2.0, 2.0], [np.nan, np.inf], [1.0, np.nan, 3.0], [0.0, -1.0]])
@pytest.mark.parametrize("logarithmic", [False, True])
def test_any_line_can_be_drawn(ys: list[float], logarithmic: bool) -> None:
    drawn(Strip("anything", {"a": ys, "b": []}, logarithmic))


def test_values_keep_their_places_whatever_their_line_is_called() -> None:
    """A line is renamed by its language or its lesson: it still lies where it lay."""
    strip = Strip("loss", {"loss": [3.0, 1.0]}, x="step", first=0, at={"loss": [200.0, 900.0]})
    language.choose("ko")
    (merged,) = merged_strips([("one", [strip])])
    assert list(merged.at) == list(merged.lines) == ["손실"] and merged.at["손실"] == [200.0, 900.0]
    language.choose("en")
    (both,) = merged_strips([("one", [strip]), ("two", [strip])])
    assert both.at == {"one": [200.0, 900.0], "two": [200.0, 900.0]}


def test_a_line_begins_where_its_first_value_lies() -> None:
    easel = Easel(pygame.Surface((500, 200)), 1.0, None)
    strip = Strip("loss", {"loss": [3.0, 1.0]}, x="step", first=0, at={"loss": [500.0, 1000.0]})
    draw_strip(easel, pygame.Rect(0, 0, 500, 200), strip)
    blue = (to_array(easel.surface).astype(int) @ [-1, 0, 1] > 60).any(axis=0)
    first, last = np.flatnonzero(blue)[[0, -1]]
    left, right = 10 + 48, 490 - 4
    assert first == pytest.approx((left + right) / 2, abs=4) and last == pytest.approx(right, abs=3)

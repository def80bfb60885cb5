"""The strips under the grid."""

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

import numpy as np
import pygame
import pytest


def test_thinning_keeps_the_last_point_and_the_order() -> None:
    places, values = thinned(range(10_007), 100)
    assert len(values) <= 100
    assert places[-1] == values[-1] == 10_006
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

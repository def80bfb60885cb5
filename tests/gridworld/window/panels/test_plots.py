"""The strips under the grid."""

from gridworld.window.drawing.painter import to_array
from gridworld.window.lesson import Strip
from gridworld.window.panels.controls import Easel
from gridworld.window.panels.plots import LINE_COLOURS, draw_strip, merged_strips, smoothed, thinned

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


def test_smoothing_keeps_a_constant_and_takes_out_noise() -> None:
    assert smoothed(np.full(100, 3.0)) == pytest.approx(np.full(100, 3.0))
    noise = np.random.default_rng(0).normal(size=1000)
    assert smoothed(noise).std() < 0.3 * noise.std()


def test_lessons_side_by_side_share_a_plot() -> None:
    own = [Strip("return", {"return": [1.0]}), Strip("error", {"a": [1.0], "b": [2.0]}, logarithmic=True)]
    merged = merged_strips([("SARSA", own), ("Q-learning", own[:1])])
    assert [strip.title for strip in merged] == ["return", "error"]
    assert list(merged[0].lines) == ["SARSA", "Q-learning"]
    assert list(merged[1].lines) == ["SARSA: a", "SARSA: b"]
    assert merged[1].logarithmic
    alone = merged_strips([("SARSA", own[:1])])
    assert list(alone[0].lines) == ["return"]


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

"""Colours that everyone can tell apart, and numbers in few letters."""

from gridworld.window.drawing.cell_plan import count_text, number_text
from gridworld.window.drawing.painter import legend_number
from gridworld.window.drawing.palette import INK, NEGATIVE, POSITIVE, ValueScale, pygame, text

import numpy as np
import pytest


def test_the_scale_is_monotone_and_its_ends_can_be_told_apart_by_anyone() -> None:
    scale = ValueScale(np.array([-3.0, 3.0]))
    colours = scale.colour_array(np.linspace(-3, 3, 101)).astype(int)
    blueness = colours[:, 2] - colours[:, 0]
    assert (np.diff(blueness) >= 0).all()
    # Deuteranopes and protanopes keep the difference of blue to yellow.
    assert blueness[-1] - blueness[0] > 300
    # The ink stays readable: WCAG's contrast of at least 4.5 to 1 at both ends.
    for colour in (POSITIVE, NEGATIVE):
        assert contrast(colour, INK) > 4.5


def contrast(first: tuple[int, ...], second: tuple[int, ...]) -> float:
    def luminance(colour: tuple[int, ...]) -> float:
        parts = [c / 255 for c in colour]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return float(np.dot([0.2126, 0.7152, 0.0722], linear))

    light, shade = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (shade + 0.05)


def test_numbers_in_words() -> None:
    assert [number_text(value, 2) for value in (-0.001, 0.0, -0.126, 3.14159)] == ["0.00", "0.00", "-0.13", "3.14"]
    assert [count_text(count) for count in (0, 950, 1234, 34_567, 5_000_000)] == ["0", "950", "1.2k", "35k", "5.0M"]
    assert [legend_number(value) for value in (0, 0.5, -12.34, 345.6, 1e-6)] == [
        "0.00",
        "0.50",
        "-12.3",
        "346",
        "1e-06",
    ]


@pytest.mark.parametrize("strong", [False, True])
def test_no_letter_beside_hangul_is_cut_off(strong: bool) -> None:
    for pixels in range(9, 48, 3):
        opaque = pygame.surfarray.array_alpha(text("CartPole의 gjpqy|", pixels, strong=strong))
        assert not opaque[:, 0].any() and not opaque[:, -1].any(), pixels

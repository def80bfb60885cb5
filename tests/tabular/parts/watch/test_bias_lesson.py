"""Example 6.7 in the window: what is drawn is what a learner has, and the curve is how many went left."""

from common.errors import UserError
from common.options import parse
from gridworld.window.pictures.picture import Chart, Diagram
from gridworld.window.pictures.view import DiagramView
from gridworld.window.playback import step_together
from tabular.double_q_learning import Options, main
from tabular.parts.textbook.bias import share_left
from tabular.parts.watch.bias_lesson import RUNS, BiasLesson, bias_lessons
from tests.gridworld.window.hands import press

import numpy as np
import pygame
import pytest


def lessons(*flags: str) -> list[BiasLesson]:
    options = parse(Options, ["--bias", "10", "--episodes", "300", *flags])
    return bias_lessons(options.bias, options)


def test_the_curve_is_that_of_figure_6_5() -> None:
    plain, double = lessons()
    step_together([plain, double], 300)
    assert plain.done and double.done and len(plain.left) == 300
    for lesson, tables in ((plain, 1), (double, 2)):
        assert lesson.left == pytest.approx(100 * share_left(tables, 0, RUNS))
    (strip,) = plain.strips()
    assert strip.level == ("the least with epsilon 0.1, 5 %", pytest.approx(5.0)) and strip.lines[""] is plain.left
    assert max(plain.left) > 90 and max(double.left) < 60


def test_the_pictures_show_one_learner_in_its_parts() -> None:
    _, double = lessons()
    step_together([double], 40)
    double.show_another()
    diagram, bars = double.pictures()
    assert isinstance(diagram, Diagram) and isinstance(bars, Chart) and diagram.title.startswith("learner 2")
    a, b = double.agent.a[:, 1], double.agent.b[:, 1]
    assert [arrow.value for arrow in diagram.arrows] == pytest.approx([*a.mean(axis=0), *b.mean(axis=0)])
    assert [node.name for node in diagram.nodes] == ["A", "B", ""] and len(diagram.arrows) == 2 + 10
    for (places, values), table in zip(bars.lines.values(), b, strict=True):
        assert places.tolist() == list(range(1, 11)) and values == pytest.approx(table)
    assert bars.level == ("the truth, -0.1", -0.1)
    rows = np.arange(RUNS)
    judged = double.agent.b[1, rows, double.agent.b[0].argmax(axis=1)].mean()
    assert dict(double.status())["B is taken for"] == f"{judged:z.3f}"


def test_the_number_of_actions_is_a_slider_and_more_of_them_mislead_more() -> None:
    """Of one noisy value the largest is no larger than it should be; of a hundred it is."""
    most = {}
    for actions in (2, 100):
        both = lessons()
        view = DiagramView(both)
        view.commands.change(view.commands.settings()[0], actions)
        assert [lesson.agent.b.shape[2] for lesson in both] == [actions, actions] and f"{actions} actions" in (
            view.commands.message or both[0].take_message()
        )
        step_together(both, 60)
        most[actions] = max(both[0].left)
    assert most[2] < 75 < 90 < most[100]


def test_sliders_change_the_learners_and_reset_puts_them_back() -> None:
    both = lessons("--epsilon", "0.2")
    view = DiagramView(both)
    _, step_size, epsilon = view.commands.settings()
    view.commands.change(step_size, 0.5)
    view.commands.change(epsilon, 0.0)
    assert both[0].agent.step_size == both[1].agent.step_size == 0.5 and both[1].agent.epsilon == 0
    press(view, pygame.K_r)
    assert (both[1].agent.step_size, both[1].agent.epsilon) == (0.1, 0.2) and not both[0].left


def test_without_a_window_it_prints_and_what_means_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(parse(Options, ["--bias", "5", "--episodes", "20", "--headless"])) == 0
    assert "Double Q-learning, 5 actions in B, 1,000 learners, 20 episodes" in capsys.readouterr().out
    for flags, says in (
        (["--map", "maze"], "--map maze is not for --bias"),
        (["--discount", "1"], "--discount 1.0 is"),
    ):
        with pytest.raises(UserError, match=says):
            main(parse(Options, ["--bias", "5", "--headless", *flags]))

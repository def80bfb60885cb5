"""The textbook's problems that are no grid in the window: what is drawn is what the planner has."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from common.options import parse
from dp import policy_iteration, value_iteration
from dp.parts.exact import optimal_values
from dp.parts.model import load_model
from dp.parts.planning import beginning_on, make_lesson
from dp.parts.problem_pictures import MOST_LISTED
from gridworld.problems.blackjack import HIT, STICK, state_of
from gridworld.window.pictures.picture import Chart, Table
from gridworld.window.pictures.view import PictureView, places
from gridworld.window.playback import step_together
from tests.gridworld.window.hands import click, mouse, place, press

import numpy as np
import pygame
import pytest

ROOT = Path(__file__).parents[2]
CHAPTERS = {"policy": policy_iteration, "value": value_iteration}
PLANNERS = {"policy": policy_iteration.PolicyIteration, "value": value_iteration.ValueIteration}
LESSONS = {"policy": policy_iteration.PolicyIterationLesson, "value": value_iteration.ValueIterationLesson}


def lesson(kind: str, problem: str, *flags: str) -> Any:
    options = parse(CHAPTERS[kind].Options, ["--problem", problem, *flags])
    model = load_model(options)
    return make_lesson(LESSONS[kind], model, beginning_on(model, PLANNERS[kind]), options)


def play(view: PictureView) -> None:
    press(view, pygame.K_SPACE)
    for _ in range(400):
        view.pass_time(0.5)
        if not view.commands.playing:
            return


def test_jacks_policies_and_values_are_those_of_figure_4_2() -> None:
    """From the policy that moves no car: four improvements change it, the fifth finds nothing to change."""
    jack = lesson("policy", "car-rental", "--exact")
    moved, values = jack.pictures()
    assert isinstance(moved, Table) and moved.numbers.shape == (21, 21) and not moved.numbers.any()
    view = PictureView([jack])
    click(view, place(view, "Evaluate"))
    click(view, place(view, "Improve"))
    assert "changed the policy in 3" in view.commands.message and view.commands.message.endswith("states")
    play(view)
    assert jack.agent.improvements == 5 and jack.done
    moved, values = jack.pictures()
    # The first place's cars upwards, the second's to the right: read off the book's picture.
    assert (moved.numbers[0, 0], moved.numbers[20, 20], moved.numbers[10, 10]) == (5, -4, 0)
    assert moved.states[0, 0] == 20 * 21 and moved.words[0][0] == "5"
    assert (values.numbers[20, 0], values.numbers[0, 20]) == pytest.approx((421.41, 636.99), abs=0.005)
    assert values.numbers[3, 7] == jack.agent.values[values.states[3, 7]]
    assert not jack.world_settings() and not jack.on_map


@pytest.mark.parametrize("kind", ["policy", "value"])
def test_the_gamblers_lines_are_the_sweeps_and_his_ties_are_dots(kind: str) -> None:
    gambler = lesson(kind, "gambler", "--discount", "1")
    step_together([gambler], 2)
    first, second = (gambler.pictures()[0].lines[f"sweep {number}"][1] for number in (1, 2))
    if kind == "value":
        assert len(gambler.pictures()) == 1, "no policy before it is asked for"
        # After one sweep who has 50 or more has one throw, after two who has 25 has two.
        assert [first[capital - 1] for capital in (25, 49, 50, 75)] == [0, 0, 0.4, 0.4]
        assert [second[capital - 1] for capital in (25, 49, 50, 75)] == pytest.approx([0.16, 0.16, 0.4, 0.64])
        press(PictureView([gambler]), pygame.K_p)
    view = PictureView([gambler])
    play(view)
    chances, stakes = gambler.pictures()
    assert isinstance(stakes, Chart) and stakes.kind == "dots"
    dots = set(zip(*(axis.tolist() for axis in stakes.lines[""]), strict=True))
    assert {(50, 50), (51, 1), (51, 49), (26, 1), (26, 24), (26, 26)} <= dots
    assert [stake for capital, stake in dots if capital == 50] == [50]
    assert len(chances.lines) == 4 and list(chances.lines)[:3] == ["sweep 1", "sweep 2", "sweep 3"]
    assert list(chances.lines.values())[-1][1] == pytest.approx(gambler.agent.values[1:100])


def test_blackjack_shows_both_tables_and_the_exact_values() -> None:
    hand = lesson("value", "blackjack", "--discount", "1")
    step_together([hand], 100)
    hand.show_policy()
    assert hand.agent.values[:-1] == pytest.approx(optimal_values(hand.agent.mdp, 1.0)[:-1])
    policies, values = hand.pictures()[:2], hand.pictures()[2:]
    assert [table.title for table in values] == ["value, no usable ace", "value, usable ace"]
    # Figure 5.2: without an ace stick on 17 and more, and on 12 against 4 to 6; with one hit 17, stick on 19.
    plain, with_ace = (table.words for table in policies)
    assert "".join(plain[21 - 17]) == "SSSSSSSSSS" and "".join(plain[21 - 16]) == "HSSSSSHHHH"
    assert "".join(plain[21 - 12]) == "HHHSSSHHHH" and "".join(with_ace[21 - 17]) == "HHHHHHHHHH"
    assert "".join(with_ace[21 - 18]) == "HSSSSSSSHH" and "".join(with_ace[21 - 19]) == "SSSSSSSSSS"
    assert hand.backup(int(values[1].states[21 - 13, 1]))[0] == "13 against 2, usable ace"
    assert hand.backup(200) == ["the hand is over", "the end: nothing follows"]


@pytest.mark.parametrize("kind", ["policy", "value"])
def test_what_always_ends_is_undiscounted_unless_something_else_is_typed(kind: str) -> None:
    for flags, discount, title in (([], 1.0, "chance to win"), (["--discount", "0.9"], 0.9, "value")):
        gambler = lesson(kind, "gambler", *flags)
        step_together([gambler], 1)
        assert gambler.discount == discount and gambler.pictures()[0].title == title
        assert any(f"+ {discount:g} × " in line for line in gambler.backup(50))
    assert (lesson(kind, "blackjack").discount, lesson(kind, "car-rental").discount) == (1.0, 0.9)
    options = parse(CHAPTERS[kind].Options, ["--problem", "gambler"])
    assert options.discount == 1 and replace(options, discount=0.5).discount == 0.5
    assert parse(CHAPTERS[kind].Options, []).discount == 0.9


def test_the_policys_line_names_its_action_and_speaks_of_an_average_only_of_several() -> None:
    jack = lesson("policy", "car-rental")
    (line,) = (line for line in jack.backup(10 * 21 + 3) if line.startswith("policy: "))
    assert line.startswith("policy: 0 = "), "it moves no car"
    gambler = lesson("policy", "gambler")
    (line,) = (line for line in gambler.backup(50) if line.startswith("policy: "))
    assert line.startswith("policy: the average of all = "), "every stake alike"


def test_what_the_page_says_of_blackjack() -> None:
    pages = [(ROOT / "dp" / name).read_text(encoding="utf-8") for name in ("README.md", "README.ko.md")]
    assert all("python dp/value_iteration.py --problem blackjack --discount 1" in page for page in pages)
    hand = lesson("value", "blackjack", "--discount", "1")
    hand.agent.solve()
    assert "Against a dealer's two one sticks on 13, hits on 12, and with an ace hits even 17." in pages[0]
    hands = (13, False), (12, False), (17, True)
    assert [hand.agent.policy[state_of(total, 2, ace)].argmax() for total, ace in hands] == [STICK, HIT, HIT]
    assert "here it stands after 10 sweeps, exactly." in pages[0] and "스윕 10번" in pages[1]
    assert hand.agent.sweeps == 10


@pytest.mark.parametrize(("problem", "state"), [("car-rental", 10 * 21 + 3), ("gambler", 51), ("blackjack", 5)])
def test_pointing_at_a_state_reads_its_backup(problem: str, state: int) -> None:
    shown = lesson("policy", problem)
    step_together([shown], 6)
    lines = shown.backup(state)
    agent = shown.agent
    backed_up = agent.mdp.action_values(agent.values, agent.discount)[state]
    sums = [line.split(": ", 1)[1] for line in lines if "×" in line]
    assert len(sums) == min(MOST_LISTED, agent.mdp.available[state].sum())
    for line, best in zip(sums, np.sort(backed_up)[::-1], strict=False):
        expression, result = line.split(" = ")
        reward, rest = expression.split(" + ")
        discount, following = (float(number) for number in rest.split(" × "))
        assert float(reward) + discount * following == pytest.approx(float(result), rel=2e-4, abs=2e-5)
        assert float(result) == pytest.approx(best, rel=1e-4, abs=1e-5)
    view = PictureView([shown])
    lesson_and_spots = view._spots[0][1]
    at = next(
        (x, y) for y in range(0, view.size[1], 3) for x in range(0, 900, 3) if lesson_and_spots.state_at(x, y) == state
    )
    before = pygame.image.tobytes(view.picture, "RGB")
    mouse(view, pygame.MOUSEMOTION, at)
    assert view._pointed(at) == (shown, state) and pygame.image.tobytes(view.picture, "RGB") != before
    said = view.commands.message
    click(view, at)
    assert view.commands.message == said, "there is no map to change"


def test_move_walks_through_the_states_and_ends() -> None:
    gambler = lesson("value", "gambler", "--discount", "1")
    view = PictureView([gambler])
    play(view)
    press(view, pygame.K_p)
    before = pygame.image.tobytes(view.picture, "RGB")
    press(view, pygame.K_m)
    assert gambler.walk is not None
    while not gambler.walk.over:
        view.pass_time(0.5)
    assert gambler.walk.over and gambler.walk.state in (0, 100) and "arrived" in view.commands.message
    assert pygame.image.tobytes(view.picture, "RGB") != before
    jack = lesson("policy", "car-rental", "--exact")
    jack.move()
    jack.advance_walk(30)
    assert jack.walk is not None and jack.walk.over and jack.walk.trail[0] == 10 * 21 + 10


def test_another_discount_carries_the_values_on_and_reset_begins_again() -> None:
    jack = lesson("policy", "car-rental", "--exact")
    step_together([jack], 6)
    values = jack.agent.values
    jack.settings()[0].set(0.5)
    assert (jack.agent.values == values).all() and jack.discount == 0.5
    jack.reset()
    assert not jack.agent.values.any() and jack.discount == 0.9
    assert (jack.agent.policy.argmax(axis=1) == 5).all(), "the policy that moves no car"


def test_pictures_are_placed_so_that_the_smallest_is_largest() -> None:
    tables = lesson("value", "blackjack").pictures()
    wide, high = pygame.Rect(0, 0, 1000, 400), pygame.Rect(0, 0, 400, 1000)
    assert [rect.top for rect in places(tables, wide, 10)] == [10, 10]
    assert [rect.left for rect in places(tables, high, 10)] == [10, 10]
    for room in (wide, high):
        first, second = places(tables, room, 10)
        assert not first.colliderect(second) and room.contains(first) and room.contains(second)

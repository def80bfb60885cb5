"""What the window is told about a learner."""

from gridworld import GridWorld
from gridworld.env import GridWorldEnv
from gridworld.task import Task
from gridworld.window.playback import step_together
from tabular import dyna_q, monte_carlo_control, monte_carlo_off_policy, q_learning, sarsa_lambda, td_prediction
from tabular.parts.given_policy import given_policy, uniform_policy
from tabular.parts.learner_lesson import LearnerLesson
from tabular.parts.method import Method
from tabular.parts.rivals import all_methods
from tabular.parts.trial import Trial

import numpy as np
import pytest


def make(method: Method, env: GridWorldEnv) -> Trial:
    return Trial(method.agent(env, seed=0), env, method.train, seed=0)


def lesson_of(method: Method, name: str = "course", episodes: int = 30) -> LearnerLesson:
    return LearnerLesson(GridWorld.load(name), method, make, episodes=episodes, max_steps=1000)


@pytest.fixture
def lesson() -> LearnerLesson:
    return lesson_of(q_learning.method(q_learning.Options(step_size=0.5)))


def test_a_step_changes_one_entry_and_says_so_in_numbers(lesson: LearnerLesson) -> None:
    before = lesson.agent.action_values
    lesson.advance(1)
    snapshot, last = lesson.snapshot(), lesson.agent.last_update
    assert snapshot.action_values is not None and last is not None
    changed = np.argwhere(snapshot.action_values != before)
    assert len(changed) <= 1
    assert snapshot.updated is not None
    assert (snapshot.updated.state, snapshot.updated.action) == (last.state, last.action)
    assert last.state == 0
    assert last.new == pytest.approx(last.old + last.step_size * (last.target - last.old))
    told = dict(lesson.status())
    assert told["episode"] == "1 of 30"
    assert told["target"] == f"{last.target:.3f}"
    assert told["TD error"] == f"{last.target - last.old:+.3f}"
    assert told["step size"] == "0.5"
    assert told["q(s, a)"] == f"{last.old:.3f} → {last.new:.3f}"


def test_the_trail_is_this_episodes(lesson: LearnerLesson) -> None:
    while not lesson.trial.returns:
        lesson.advance(1)
    snapshot = lesson.snapshot()
    assert snapshot.agent == 12 == snapshot.trail[-1], "it stands on the goal until the next episode begins"
    lesson.advance(1)
    assert len(lesson.snapshot().trail) == 1


def test_the_strips_hold_returns_and_the_distance_from_the_truth(lesson: LearnerLesson) -> None:
    lesson.advance(10**6)
    returns, errors = (next(iter(strip.lines.values())) for strip in lesson.strips())
    assert lesson.done
    assert len(returns) == 30
    assert len(errors) == 31
    assert errors[-1] < errors[0]


def test_more_goes_on_after_the_last_episode(lesson: LearnerLesson) -> None:
    buttons = {button.label: button for button in lesson.buttons()}
    assert not buttons["More"].ready()
    lesson.advance(10**6)
    assert buttons["More"].ready() and not buttons["Finish"].ready()
    buttons["More"].press()
    assert lesson.playing and not lesson.done
    buttons["Finish"].press()
    assert len(lesson.trial.returns) == 31


def test_sliders_reach_the_agent(lesson: LearnerLesson) -> None:
    settings = {setting.label: setting for setting in lesson.settings()}
    for label, name, value in (
        ("discount", "discount", 0.5),
        ("step size", "step_size", 0.2),
        ("epsilon", "epsilon", 1.0),
    ):
        settings[label].set(value)
        assert getattr(lesson.agent, name) == settings[label].get() == value
    assert lesson.discount == 0.5


def test_reset_puts_every_slider_back(lesson: LearnerLesson) -> None:
    before = [(setting.label, setting.get()) for setting in lesson.settings()]
    for setting in lesson.settings():
        setting.set(0.33)
    lesson.reset()
    assert [(setting.label, setting.get()) for setting in lesson.settings()] == before


def test_lambda_and_planning_steps_have_sliders_and_a_step_size_of_its_own_has_none_that_works() -> None:
    traced, dyna = lesson_of(sarsa_lambda.method(sarsa_lambda.Options())), lesson_of(dyna_q.method(dyna_q.Options()))
    settings = {setting.label: setting for setting in traced.settings() + dyna.settings()}
    settings["lambda"].set(0.5)
    settings["planning steps"].set(3.0)
    assert (traced.agent.trace_decay, dyna.agent.planning_steps) == (0.5, 3)  # type: ignore[union-attr]
    dyna.advance(1)
    assert dyna.status()[3] == ("also moved", "3 entries")
    assert settings["step size"].enabled()
    task, options = Task("course"), monte_carlo_off_policy.Options()
    policies = given_policy(task, options), uniform_policy(task)
    off_policy = lesson_of(monte_carlo_off_policy.method(options, *policies))
    assert [setting.label for setting in off_policy.settings() if not setting.enabled()] == ["step size"]


def test_another_learner_goes_on_with_the_same_table() -> None:
    options = q_learning.Options(step_size=0.5)
    lesson = lesson_of(q_learning.method(options))
    lesson._others = lambda: all_methods(options)
    lesson.advance(300)
    table, episodes, steps = lesson.agent.action_values, len(lesson.trial.returns), lesson.trial.total_steps
    lesson.settings()[2].set(0.77)
    seen = []
    for _ in lesson._others():
        lesson.change_learner()
        seen.append(lesson.title)
        np.testing.assert_array_equal(lesson.agent.action_values, table)
        assert (len(lesson.trial.returns), lesson.trial.total_steps) == (episodes, steps)
        assert lesson.agent.epsilon == 0.77  # type: ignore[union-attr]
    assert len(set(seen)) == len(seen) and seen[-1] == "Q-learning"
    assert "goes on with what" in lesson.take_message()
    lesson.advance(200)
    assert lesson.trial.total_steps == steps + 200
    assert len(lesson.errors) == len(lesson.trial.returns) + 1


def test_falls_are_counted_and_the_greedy_path_is_shown_where_one_can_fall() -> None:
    lesson = lesson_of(q_learning.method(q_learning.Options(discount=1.0, step_size=0.5)), "cliff")
    assert lesson.shows_path and [strip.title for strip in lesson.strips()][1].startswith("falls an episode")
    lesson.advance(3000)
    # -1 a step and 100 more for each fall: what an episode earned says how often it fell.
    played = zip(lesson.trial.returns, lesson.trial.lengths, strict=True)
    fallen = [round((-total - length) / 99) for total, length in played]
    assert lesson.falls[: len(fallen)] == fallen and sum(fallen) > 10
    path = lesson.snapshot().path
    assert path is not None and path[0] == 36
    assert not lesson_of(q_learning.method(q_learning.Options())).shows_path


def test_an_edit_keeps_what_was_learned_and_moves_the_truth(lesson: LearnerLesson) -> None:
    lesson.advance(300)
    before, far = lesson.agent.action_values, lesson.errors[-1]
    lesson.edit(lesson.world.with_cell(24, "G").with_cell(12, "."))
    np.testing.assert_array_equal(lesson.agent.action_values, before)
    assert lesson.truth.error(lesson.agent) != far
    lesson.advance(500)
    assert lesson.agent.visits[12] != [0, 0, 0, 0], "the old goal is floor now"


def test_an_agent_that_is_walled_in_begins_again_at_the_start(lesson: LearnerLesson) -> None:
    lesson.advance(3)
    state = lesson.env.state
    assert state != 0
    lesson.edit(lesson.world.with_cell(state, "#"))
    assert lesson.snapshot().agent == 0
    lesson.advance(50)
    assert lesson.env.state != state


def test_reset_begins_again_with_the_same_seed(lesson: LearnerLesson) -> None:
    lesson.advance(200)
    first = lesson.agent.action_values
    lesson.reset()
    assert not lesson.agent.action_values.any()
    lesson.advance(200)
    np.testing.assert_array_equal(lesson.agent.action_values, first)


def test_prediction_shows_values_and_the_policy_it_was_given() -> None:
    task = Task("random-walk")
    options = td_prediction.Options(discount=1.0, initial_value=0.5, policy="left-right")
    lesson = lesson_of(td_prediction.method(options, given_policy(task, options)), "random-walk", episodes=50)
    # Example 6.2: at first every value is 0.5, and the root mean square error that of 1/6 ... 5/6.
    assert lesson.errors[0] == pytest.approx(np.sqrt(np.mean((np.arange(1, 6) / 6 - 0.5) ** 2)))
    lesson.advance(10**5)
    snapshot = lesson.snapshot()
    assert snapshot.action_values is None and snapshot.values is not None
    assert lesson.errors[-1] < lesson.errors[0]
    assert {setting.label for setting in lesson.settings()} == {"discount", "step size"}


def test_an_episodes_returns_are_shown_one_entry_a_step_from_its_end() -> None:
    lesson = lesson_of(monte_carlo_control.method(monte_carlo_control.Options()))
    while not lesson.trial.returns:
        assert lesson.pending == 0
        lesson.advance(1)
    learned, steps = lesson.agent.action_values, lesson.trial.total_steps
    count = lesson.pending + 1
    assert count > 1
    shown = []
    for left in range(count - 1, 0, -1):
        assert lesson.pending == left
        snapshot, update = lesson.snapshot(), lesson.entry.update  # type: ignore[union-attr]
        assert snapshot.agent == update.state
        assert snapshot.action_values is not None
        assert snapshot.action_values[update.state, update.action] == update.new
        shown.append((snapshot.action_values != 0).sum())
        lesson.advance(1)
    assert shown == sorted(shown) and shown[0] == 1, "each step shows one entry more"
    assert lesson.trial.total_steps == steps
    np.testing.assert_array_equal(lesson.snapshot().action_values, learned)


def test_many_steps_at_once_show_no_entry_for_itself() -> None:
    lesson = lesson_of(monte_carlo_control.method(monte_carlo_control.Options()))
    lesson.advance(50)
    assert lesson.trial.total_steps == 50


def test_a_lesson_beside_one_that_looks_back_waits() -> None:
    first = lesson_of(monte_carlo_control.method(monte_carlo_control.Options()))
    second = lesson_of(q_learning.method(q_learning.Options()))
    waited = False
    for _ in range(200):
        step_together([first, second], 1)
        waited = waited or first.pending > 0
        assert first.trial.total_steps == second.trial.total_steps
    assert waited

"""Episodes in the window: as many as were asked for, with the returns of their seeds; beside a run, without end."""

import io
from dataclasses import dataclass
from typing import Any

from common.environments.make import make_environment
from common.networks.acting import Greedy
from common.runs.evaluation import play_side_by_side, seeds
from common.runs.run_options import RunOptions
from deep.parts.watch.news import News
from deep.parts.watch.played_episodes import PlayedEpisodes

import numpy as np
import pytest


@dataclass(frozen=True)
class Options(RunOptions):
    """Options of a demo."""

    demo: bool = True
    episodes: int = 2
    epsilon_end: float = 0.25


def balancing(slope: float = 1.0) -> Greedy:
    """Pushes to where the pole leans; with a negative slope it lets it fall."""
    weights = np.array([0.1, 0.5, 1.0, 1.0])
    return Greedy({"q": lambda states: np.stack([-(states @ weights), states @ weights], axis=-1) * slope})


def lesson(policy: Greedy | None = None, **settings: Any) -> PlayedEpisodes:
    env = make_environment("CartPole-v1")
    return PlayedEpisodes("walker", env, lambda: policy or balancing(), settings.pop("options", Options()), **settings)


def told(step: int, status: dict[str, float], **more: Any) -> dict[str, Any]:
    message = {"step": step, "steps": 9000, "episodes": 41, "target": 475.0, "weights_step": step, "status": status}
    return message | {"scores": [[step, 17.0]], "evaluations": [[step, 23.0]]} | more


def running() -> News:
    news = News(io.StringIO(""))
    while not news.over:
        pass
    news.over = False
    return news


def test_the_returns_are_those_of_the_same_seeds_elsewhere() -> None:
    said: list[tuple[int, float]] = []
    falling = balancing(-1.0)
    played = lesson(falling, told=lambda *of: said.append(of))
    while not played.over:
        played.advance(1)
    env = make_environment("CartPole-v1")
    elsewhere = [play_side_by_side([env], falling, [seed])[0] for seed in seeds(0, 2)]
    assert played.scores == elsewhere and said == [(1, elsewhere[0]), (2, elsewhere[1])]
    played.advance(10)
    assert len(played.scores) == 2
    played.reset()
    assert (played.episode, played.over, played.scores) == (1, False, [])


def test_an_episodes_end_stays_in_sight_while_it_plays_and_no_longer_than_a_single_step_asks_for() -> None:
    played = lesson(balancing(-1.0))
    while not played.ended:
        played.advance(1)
    played.advance(1)
    assert not played.ended and played.episode == 2, "a single step begins the next one"
    played.playing = True
    while not played.ended:
        played.advance(1)
    played.advance(1)
    assert played.ended and not played.over
    played.advance(1000)
    assert played.over, "as fast as it goes, nobody waits"


def test_a_demo_is_greedy_until_somebody_wants_it_to_explore() -> None:
    played = lesson()
    (button,) = played.buttons()
    assert button.label == "Explore" and list(played.notes) == ["greedy"]
    explored = []
    for _ in range(2):
        played.advance(1)
        explored.append(played.decision.explored)
    button.press()
    for _ in range(200):
        played.advance(1)
        explored.append(played.decision.explored)
    assert not any(explored[:2]) and any(explored[2:])
    assert played.buttons()[0].label == "Greedy"
    assert "any action with probability 0.25" in played.notes[0]


def test_beside_a_run_it_plays_the_newest_weights_as_the_run_does_and_says_how_that_goes() -> None:
    news, loaded = running(), []
    news.take(told(1000, {"epsilon": 1.0, "loss": 0.5}))

    def load() -> Greedy:
        loaded.append(news.weights_step)
        return balancing(-1.0)

    played = PlayedEpisodes("walker", make_environment("CartPole-v1"), load, Options(episodes=1), news=news)
    assert played.decision.explored and played.explores
    rows = dict(played.status())
    assert rows["environment step"] == "1,000 of 9,000" and rows["episode"] == "42", "the run's own number"
    assert rows["last return"] == "17" and rows["greedy evaluation"] == "23" and rows["epsilon"] == "1"
    returns, epsilon, loss = played.strips()
    assert returns.lines == {"training, mean of 10": [17.0], "greedy": [23.0]} and returns.level[1] == 475
    assert returns.at["greedy"] == [1000.0] and (loss.title, epsilon.title) == ("loss", "epsilon")
    news.take(told(2000, {"epsilon": 0.0, "loss": 0.5}))
    assert played.take_news() and not played.take_news()
    while not played.ended:
        played.advance(1)
    played.advance(1)
    assert loaded == [1000, 2000] and not played.over and "2,000" in played.subtitle


def test_when_training_has_ended_its_best_weights_are_played_until_the_window_is_closed() -> None:
    news = running()
    news.take(told(1000, {"epsilon": 1.0}))
    played = lesson(balancing(-1.0), news=news)
    news.over = True
    for _ in range(3):
        while not played.ended:
            played.advance(1)
        played.advance(1)
    assert not played.over and not played.explores and "best weights" in played.subtitle
    assert dict(played.status())["episodes ended"] == "41" and "has ended" in played.hint


@pytest.mark.parametrize(
    ("scale", "title"), [(1.0, "value of the state"), (0.1, "value of the state, of 0.1 × reward")]
)
def test_the_critics_value_is_drawn_step_by_step_in_its_own_unit(scale: float, title: str) -> None:
    @dataclass(frozen=True)
    class Scaled(Options):
        """With a scale."""

        reward_scale: float = scale

    critic = Greedy({"policy": balancing().networks["q"], "value": lambda state: np.array([state.sum()])})
    played = lesson(critic, options=Scaled())
    played.advance(3)
    (strip,) = played.strips()
    assert strip.title == title and len(strip.lines["value"]) == 4
    assert dict(played.status()).get("learns from") == (None if scale == 1 else "0.1 × reward")


def test_without_a_critic_the_largest_action_value_is_drawn_step_by_step() -> None:
    played = lesson()
    largest = []
    for _ in range(4):
        largest.append(float(played.decision.numbers.max()))
        played.advance(1)
    (strip,) = played.strips()
    assert strip.title == "largest action value" and strip.lines["value"][:4] == largest
    assert dict(played.status())["largest action value"] == f"{strip.lines['value'][-1]:.2f}"

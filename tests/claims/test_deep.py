"""What deep/README.md says will be seen, is seen: each test runs or computes one of its sentences."""

import csv
import itertools
from collections import deque
from pathlib import Path
from typing import Any

from benchmarks.learners import dictionary
from benchmarks.parts.chapter_process import train_chapter
from common.errors import UserError
from common.networks.network import Network
from common.networks.weights import load_networks, save_networks
from deep import actor_critic, double_dqn, dqn, dueling_dqn, n_step_dqn, prioritised_dqn
from deep.parts.agent import Agent
from gridworld.obstacles import (
    FIRST_SCENE,
    N_ACTIONS,
    OBSTACLE_ROWS,
    MovingObstaclesEnv,
    Scene,
    _turned,
    follow,
    observe,
)

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
DOWN, RIGHT = 1, 3


# -- From a table to a function


def random_starts() -> list[tuple[float, Scene]]:
    """(probability, scene) of every start of RandomObstacles-v0."""
    starts: dict[Scene, float] = {}
    sides = list(itertools.product(range(5), (-1, 1)))
    for obstacles in itertools.product(sides, repeat=len(OBSTACLE_ROWS)):
        columns = tuple(column for column, _ in obstacles)
        directions = tuple(_turned(column, direction) for column, direction in obstacles)
        for moving in (False, True):
            scene = Scene(0, columns, directions, moving)
            starts[scene] = starts.get(scene, 0.0) + 1 / (2 * len(sides) ** len(OBSTACLE_ROWS))
    return [(chance, scene) for scene, chance in starts.items()]


def reachable(scenes: list[Scene]) -> set[Scene]:
    """All scenes in which an agent may have to choose, from these on."""
    seen, waiting = set(scenes), deque(scenes)
    while waiting:
        scene = waiting.popleft()
        for action in range(N_ACTIONS):
            after, _, terminated = follow(scene, action)
            if not terminated and after not in seen:
                seen.add(after)
                waiting.append(after)
    return seen


def blind_return(scene: Scene) -> float:
    """Down the left edge, then right, whatever stands there."""
    total = 0.0
    for action in [DOWN] * 4 + [RIGHT] * 4:
        scene, reward, terminated = follow(scene, action)
        total += reward
    assert terminated
    return total


def safe_steps(start: Scene) -> int:
    """The fewest steps to the goal that meet nobody."""
    layer, steps = {start}, 0
    while True:
        steps += 1
        reached = [follow(scene, action) for scene in layer for action in range(N_ACTIONS)]
        if any(terminated and reward == 1 for _, reward, terminated in reached):
            return steps
        layer = {scene for scene, reward, terminated in reached if reward == 0 and not terminated}


def test_the_scenes_from_the_fixed_start_and_from_random_ones() -> None:
    assert len(reachable([FIRST_SCENE])) == 384
    assert len(reachable([scene for _, scene in random_starts()])) == 24_576


def test_the_path_that_looks_at_no_obstacle() -> None:
    assert blind_return(FIRST_SCENE) == 1.0
    assert sum(chance * blind_return(scene) for chance, scene in random_starts()) == pytest.approx(0.65, abs=0.005)


def test_the_best_policy_gets_1_from_every_start_in_8_steps_or_9() -> None:
    steps = [(chance, safe_steps(scene)) for chance, scene in random_starts()]
    assert {number for _, number in steps} == {8, 9}
    assert sum(chance * number for chance, number in steps) == pytest.approx(8.0, abs=0.05)


def test_the_marks_beside_a_result_are_those_two() -> None:
    for randomise, starts in ((True, random_starts()), (False, [(1.0, FIRST_SCENE)])):
        best, blind = MovingObstaclesEnv(randomise).marks.values()
        assert best == 1.0
        assert blind == pytest.approx(sum(chance * blind_return(scene) for chance, scene in starts), abs=0.005)


def test_the_bars_at_the_start_are_what_is_to_come() -> None:
    assert round(0.99**7, 2) == 0.93
    [saved] = load_networks(ROOT / "deep" / "weights" / "deep_sarsa.weights.h5").networks.values()
    network = Network(saved.description, saved.weights)
    highest = network(np.stack([observe(scene) for _, scene in random_starts()])).max(axis=1)
    assert highest.min() > 0.8 and highest.max() < 1.0


PAGES = [(ROOT / "deep" / name).read_text(encoding="utf-8") for name in ("README.md", "README.ko.md")]


def test_a_table_needs_several_times_the_steps_and_fewer_seconds() -> None:
    """Of ten seeds, and what it is worth before: less than the path that looks at no obstacle."""
    with dictionary.Options().table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for learner in ("table", "network"):
        assert all(f" | {dictionary.row(rows, learner)}\n" in page for page in PAGES), learner
    table, network = ([row for row in rows if row["learner"] == learner] for learner in ("table", "network"))
    assert len(table) == len(network) == 10 and all(row["solved"] == "True" for row in rows)
    assert min(int(row["steps"]) for row in table) > 5 * max(int(row["steps"]) for row in network)
    assert max(float(row["seconds"]) for row in table) < min(float(row["seconds"]) for row in network)
    assert max(float(row["after_100000"]) for row in table) < 0.65


@pytest.mark.slow
def test_a_dictionary_solves_it_too_and_needs_several_times_the_steps() -> None:
    table = dictionary.Dictionary(seed=0)
    table.learn(100_000)
    after_100_000 = table.mean_return(300)
    table.learn(300_000)
    after_400_000 = table.mean_return(300)
    print(f"\na dictionary: mean return {after_100_000:.2f} after 100,000 steps, {after_400_000:.2f} after 400,000")
    assert after_100_000 < 0.65
    assert after_400_000 == pytest.approx(0.99, abs=0.01)


# -- A network is written once


class OneLayer(Agent):
    """An agent whose hidden layer is given."""

    roles = {"q": "online"}  # noqa: RUF012  (a class of three lines)

    def __init__(self, *hidden: Any) -> None:
        from deep.parts.lazy import keras

        self.generator = np.random.default_rng(0)
        self.online = keras.Sequential([keras.Input((3,)), *hidden, keras.layers.Dense(2)])


def test_a_known_layer_gets_a_copy_that_computes_what_keras_computes() -> None:
    from deep.parts.lazy import keras

    agent = OneLayer(keras.layers.Dense(4, "tanh"), keras.layers.Dense(4, "relu"))
    agent.begin()
    states = np.random.default_rng(1).normal(size=(5, 3)).astype(np.float32)
    assert agent.copied, "it acts through Keras"
    np.testing.assert_allclose(agent.predict(agent.online, states), agent.online(states), rtol=1e-5, atol=1e-6)


def test_an_unknown_layer_is_named_in_one_line_and_acts_through_keras(capsys: pytest.CaptureFixture[str]) -> None:
    from deep.parts.lazy import keras

    agent = OneLayer(keras.layers.Dense(4), keras.layers.LayerNormalization())
    agent.begin()
    states = np.random.default_rng(1).normal(size=(5, 3)).astype(np.float32)
    np.testing.assert_allclose(agent.predict(agent.online, states), agent.online(states), rtol=1e-5, atol=1e-6)
    lines = capsys.readouterr().err.splitlines()
    assert not agent.copied and len(lines) == 1 and "LayerNormalization" in lines[0]


@pytest.mark.parametrize("layer", ["Dropout", "BatchNormalization"])
def test_a_layer_that_acts_otherwise_than_it_learns_is_refused(layer: str) -> None:
    from deep.parts.lazy import keras

    made = keras.layers.Dropout(0.5) if layer == "Dropout" else keras.layers.BatchNormalization()
    with pytest.raises(UserError, match=layer):
        OneLayer(keras.layers.Dense(4), made).begin()


def test_a_weights_file_says_whose_it_is_and_describes_its_networks(tmp_path: Path) -> None:
    agent = actor_critic.ActorCritic(4, 2, actor_critic.Options(hidden=(8,)), np.random.default_rng(0))
    path = tmp_path / "some.weights.h5"
    save_networks(path, agent.networks(agent.weights()), "actor_critic")
    file = load_networks(path)
    assert file.chapter == "actor_critic" and set(file.networks) == {"policy", "value"}
    for role, saved in file.networks.items():  # from the file alone: NumPy acts with what Keras described
        states = np.random.default_rng(1).normal(size=(5, 4)).astype(np.float32)
        wanted = getattr(agent, agent.roles[role])(states)
        np.testing.assert_allclose(Network(saved.description, saved.weights)(states), wanted, rtol=1e-5, atol=1e-6)


# -- The ladder of DQN


@pytest.mark.parametrize("chapter", [double_dqn, dueling_dqn, prioritised_dqn, n_step_dqn])
def test_a_rung_has_dqns_options_plus_its_own(chapter: Any) -> None:
    defaults, rung = vars(dqn.Options()), vars(chapter.Options())
    assert {name: rung[name] for name in defaults} == defaults


def test_plain_dqn_learns_from_the_environments_own_reward() -> None:
    assert dqn.Options().fall_penalty == 0 and not hasattr(dqn.Options(), "n_step")


def test_the_numbers_about_discounting() -> None:
    assert round(1 / (1 - 0.998), 6) == 500
    assert round(0.998**500, 2) == 0.37
    assert [round((1 - 0.99**steps) / (1 - 0.99)) for steps in (300, 500)] == [95, 99]
    assert round(0.9**100, 5) == 0.00003
    assert np.log(2) == pytest.approx(0.69, abs=0.005)


# -- Experiments and self-checks


def run(chapter: str, folder: Path, seed: int, arguments: str) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The summary of a run and the rows of its progress.csv."""
    summary = train_chapter(chapter, seed, folder, arguments.split())
    with (folder / "progress.csv").open(encoding="utf-8", newline="") as file:
        return summary, list(csv.DictReader(file))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_who_never_stops_exploring_scores_like_chance_and_learns_all_the_same(seed: int, tmp_path: Path) -> None:
    summary, rows = run("dqn", tmp_path, seed, "--epsilon-decay 1 --epsilon-end 1 --steps 20000")
    assert summary["solved"]
    assert all(10 < float(row["score"]) < 40 for row in rows if int(row["episodes"]) >= 10)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_two_steps_ahead_are_not_enough_on_these_seeds(seed: int, tmp_path: Path) -> None:
    summary, _ = run("dqn", tmp_path, seed, "--discount 0.5 --steps 20000")
    assert not summary["solved"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_the_network_reads_where_the_obstacles_are(seed: int, tmp_path: Path) -> None:
    summary, _ = run("deep_sarsa", tmp_path, seed, "--steps 100000")
    assert summary["solved"] and summary["steps"] < 100_000


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_who_is_sure_of_himself_need_not_be_right(seed: int, tmp_path: Path) -> None:
    summary, rows = run("reinforce", tmp_path, seed, "--learning-rate 1 --steps 10000")
    assert not summary["solved"]
    assert min(float(row["entropy"]) for row in rows if int(row["steps"]) <= 2000) < 0.1

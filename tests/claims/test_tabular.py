"""The sentences of tabular/README.md, each beside the command that shows it; numbers are compared as they stand."""

import csv
import difflib
import re
from pathlib import Path

from tabular import td_prediction
from tabular.parts import experiment
from tabular.parts.rivals import learners
from tests.claims.tabular_page import ENGLISH, KOREAN, ROOT, RUN, SAID, distance, earned, says, shown, worth

import pytest


@pytest.fixture(autouse=True)
def in_an_empty_folder_without_a_display(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


def test_both_pages_have_the_same_commands() -> None:
    for pattern in (r"^python .*$", r"`(python [^`]+)`"):
        assert re.findall(pattern, ENGLISH, re.MULTILINE) == re.findall(pattern, KOREAN, re.MULTILINE)


# The two problems


def test_example_6_2() -> None:
    said = shown("walk")
    errors = distance(said)
    says("After 100 episodes the step size 0.05 stands at 0.036, 0.15 at 0.070", "100 runs")
    assert (errors[0], errors[2]) == (pytest.approx(0.036, abs=5e-4), pytest.approx(0.070, abs=5e-4))
    [table] = Path().rglob("curve.csv")
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    says("From the fifth episode on every TD curve is below every Monte Carlo curve.")
    for row in rows[4:]:
        means = {name: float(value) for name, value in row.items() if name.endswith("mean")}
        highest = max(value for name, value in means.items() if name.startswith("TD"))
        assert highest < min(value for name, value in means.items() if name.startswith("Monte"))


def test_in_the_first_episode_of_the_walk_td_changes_one_state() -> None:
    says("the first episode changes one state only, because all other targets equal the old value.")
    assert "100 episodes" in shown("first steps")
    from gridworld.env import GridWorldEnv
    from gridworld.task import Task
    from tabular.parts.given_policy import given_policy
    from tabular.parts.table_agent import StateTable

    options = td_prediction.example_6_2(td_prediction.Options(random_walk=True))
    for seed in range(5):
        agent = StateTable(given_policy(Task(options.map), options), options)
        env = GridWorldEnv(options.map)
        env.reset(seed=seed)
        list(td_prediction.train(env, agent, 1))
        assert sum(value != 0.5 for value in agent.table) == 1


def test_two_lines_differ_between_sarsa_and_q_learning() -> None:
    says("Two lines of the loop differ: the target, and where the next action is chosen")
    loops = []
    for name in ("sarsa", "q_learning"):
        lines = (ROOT / "tabular" / f"{name}.py").read_text(encoding="utf-8").splitlines()
        first = next(at for at, line in enumerate(lines) if line.startswith("def train"))
        last = next(at for at, line in enumerate(lines) if line.startswith("def method"))
        loops.append([line for line in lines[first:last] if line.strip()[:1] != "#"])
    changes = [line[0] for line in difflib.ndiff(*loops) if line[0] in "+-"]
    assert (changes.count("-"), changes.count("+")) == (2, 2)
    [went], [came] = set(loops[0]) - set(loops[1]), set(loops[1]) - set(loops[0])
    assert went.strip().startswith("target = ") and came.strip().startswith("target = ")
    choice = "            next_action = agent.act(next_state)"
    assert loops[0].index(choice) < loops[0].index(went) and loops[1].index(choice) > loops[1].index(came)


@pytest.mark.slow
def test_the_cliff() -> None:
    said = shown("cliff")
    says("A thousand learners of each kind, stepped together, 500 episodes, epsilon 0.1, step size 0.5.")
    assert said.count("1,000 learners, 500 episodes each") == 2
    says("SARSA earns -27 an episode, Q-learning -50")
    assert round(earned(said, "SARSA")) == -27
    assert round(earned(said, "Q-learning")) == -50
    says("every one of the thousand Q-learners knows the shortest path, 13 moves")
    assert "Q-learning: 13 moves, 100%" in said
    says("SARSA's commonest path has 17 moves, as far from the edge as it gets, but")
    assert "SARSA: 17 moves" in said
    assert "\no o o o o o o o o o o o     " in said, "along the top row"


@pytest.mark.slow
def test_exploration_that_fades_on_the_cliff() -> None:
    fading = shown("fading")
    more = shown("exploring")
    says("-13.0 an episode against SARSA's -15.3. With more exploration it is the other way round: -201 against -61.")
    assert (round(earned(fading, "Q-learning"), 1), round(earned(fading, "SARSA"), 1)) == (-13.0, -15.3)
    assert (round(earned(more, "Q-learning")), round(earned(more, "SARSA"))) == (-201, -61)


def test_the_table_is_the_limit() -> None:
    said = shown("obstacles")
    says("answers with one line: this needs [deep/deep_sarsa.py]")
    assert said.count("\n") == 1 and "deep/deep_sarsa.py" in said


# How it is built


def test_an_environment_of_your_own(capsys: pytest.CaptureFixture[str]) -> None:
    says("Its environment is gymnasium's, so you can hand it your own:")
    [snippet] = re.findall(r"```python\n(.*?)```", ENGLISH, re.DOTALL)
    assert snippet in KOREAN
    exec(snippet, {})
    reached = float(capsys.readouterr().out)
    assert reached > 90, "of 2,000 episodes, of which a random walk ends about 30 at the goal"


def test_many_learners_are_stepped_together() -> None:
    says("`--seeds` (30 or more of SARSA, Expected SARSA or Q-learning) all learners are stepped together")
    assert experiment._FEWEST_TOGETHER == 30
    together = {name for name, chapter in learners() if chapter.method(chapter.Options()).bootstrap is not None}
    assert together == {"sarsa", "expected_sarsa", "q_learning"}


# Questions


@pytest.mark.slow
def test_what_the_answers_run() -> None:
    for name in ("predicts", "controls"):
        assert "500 episodes" in shown(name)
    says("takes the detour.", "walks along the edge, and falls.")
    assert worth(shown("detour")) < -13
    said = shown("edge")
    assert worth(said) == -13
    assert earned(said, "Q-learning") < -30, "a fall costs 100"


def test_the_picture_is_what_its_command_makes() -> None:
    shown("picture")
    assert Path("sarsa.png").read_bytes().startswith(b"\x89PNG")
    says("in its 33rd episode")


def test_every_command_of_the_page_is_run_by_a_test() -> None:
    assert set(RUN.values()) == {" ".join(command.split()) for command in SAID}
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_tabular*.py"))
    assert [name for name in RUN if f'"{name}"' not in tests and f"'{name}'" not in tests] == []

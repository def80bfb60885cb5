"""Every command of a page is run by a test that asserts what the page says of it, or has its outcome in a raw table.

A command counts as covered where a test holds it as it stands on the page (with or without its folder);
the others are listed here, each beside the test or the raw table that knows it.
"""

import re
import shlex
from pathlib import Path

from benchmarks.parts.experiments import COMMAND as EXPERIMENT
from benchmarks.parts.experiments import ELSEWHERE, NO_EXPERIMENT, PLANTED, row, table
from tests.claims.kept_figures import KEPT
from tests.claims.running import ROOT, run_here

import pytest

PAGES = ("README.md", "gridworld/README.md", "dp/README.md", "deep/README.md", "deep/control.md")
"""tabular/README.md and docs/ have tests of their own: test_tabular.py, test_front_page.py, test_not_learning.py."""
CLAIMS = "".join(
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("*.py")) if path != Path(__file__)
)
COMMAND = re.compile(r"python (?:-m |-c |[\w/]+\.py)[^`#\n]*")
TESTS = {
    "gridworld/README.md": {
        "dp/value_iteration.py --map two-cells --discount 0": "test_worlds.py::test_four_discounts",
        "dp/value_iteration.py --map two-cells --discount 0.5": "test_worlds.py::test_four_discounts",
        '-c "from gridworld import GridWorld; print(': "test_worlds.py::test_the_model_of_the_two_cells",
        '-c "from gridworld import GridWorld; from dp.parts.exact import optimal_values; print(optimal_values('
        "GridWorld.load('two-cells')": "test_worlds.py::test_epsilon_greedy",
        '-c "import numpy; from gridworld import GridWorld;': "test_worlds.py::test_the_maps_of_other_books",
        '-c "from gridworld import GridWorld; from dp.parts.exact import optimal_values; print(optimal_values('
        "GridWorld.load('windy-king')": "test_worlds.py::test_the_maps_of_other_books",
        "dp/value_iteration.py --map exits": "test_worlds.py::test_the_maps_of_other_books",
        "dp/value_iteration.py --map windy": "test_worlds.py::test_the_maps_of_other_books",
        "tabular/td_prediction.py --map two-cells": "test_worlds.py::"
        "test_the_coin_by_hand_by_the_model_and_by_experience",
        "-m gridworld --language ko": "../common/test_language.py::test_the_window_of_a_walk_is_in_korean",
        "-m gridworld --map slippery": "test_worlds.py::test_on_ice_the_past_does_not_matter",
        "-m gridworld --map course": "test_worlds.py::"
        "test_a_way_through_a_triangle_is_worth_nothing_and_the_shortest_good_one_has_six_moves",
        "dp/value_iteration.py --map slippery --discount 0.9": "../test_every_command.py::"
        "test_a_cell_shows_all_five_parts",
        "dp/policy_iteration.py --map sutton-4-1 --discount 1": "test_worlds.py::test_what_the_answers_say",
    },
    "dp/README.md": {
        "dp/policy_iteration.py --record": "test_dp.py::test_what_both_do_on_the_course_map",
        "dp/value_iteration.py --slip 0.2 --discount": "test_dp.py::test_a_discount_closer_to_1_needs_more_sweeps",
        "dp/value_iteration.py --map slippery --discount 1": "test_dp.py::test_a_risk_is_a_matter_of_arithmetic",
        "dp/value_iteration.py --size 10": "test_dp.py::test_the_number_of_sweeps_soon_stops_growing",
        "dp/value_iteration.py --size 300": "test_dp.py::test_side_by_side_on_a_large_map",
        "dp/policy_iteration.py --size 300": "test_dp.py::test_side_by_side_on_a_large_map",
        "dp/value_iteration.py --in-place": "test_dp.py::test_more_to_try",
        "dp/policy_iteration.py --map discount": "test_dp.py::test_the_discount_decides_what_is_worth_the_trouble",
        "dp/policy_iteration.py --sweeps-per-improvement 20": "test_dp.py::test_side_by_side_on_a_large_map",
        "dp/policy_iteration.py --env Taxi-v3": "../test_every_command.py::test_the_same_script_plans_for_a_taxi",
        "dp/policy_iteration.py --problem car-rental --record": "../dp/test_problem_windows.py::"
        "test_jacks_policies_and_values_are_those_of_figure_4_2",
        "dp/genetic_algorithm.py --headless": "test_dp.py::test_breeding_over_seeds",
        "dp/value_iteration.py --env CartPole-v1": "../test_every_command.py::test_a_world_without_a_table_is_one_line",
        "benchmarks/dp.py --larger": "test_dp.py::test_side_by_side_with_quantecon",
    },
    "README.md": {
        "dp/policy_iteration.py --record": "../test_every_command.py::test_what_the_front_page_runs",
        'dp/value_iteration.py --map "my map.toml"': "../test_every_command.py::test_what_the_front_page_runs",
    },
    "deep/README.md": {
        '-c "print(sum(0.9**t': "../test_every_command.py::test_two_lines_of_python",
        '-c "import numpy; print(numpy.zeros(4)': "../test_every_command.py::test_two_lines_of_python",
        "-m common.difference": "../test_every_command.py::test_consecutive_scripts_are_the_same_but_for_their_idea",
    },
    "deep/control.md": {},
}
"""Of each page: how a command begins, and the test, of tests/claims or here, that runs it or computes what is said."""
INSTALLS = ("-m pip", "-m pytest", "-m venv", "-m exercises", "-m benchmarks.parts.experiments")
MEASURED = {
    "benchmarks/dp.py": "dp",
    "benchmarks/tabular.py": "tabular",
    "benchmarks/ladder.py": "ladder",
    "benchmarks/variance.py": "variance",
    "benchmarks/trust_region.py": "trpo-kl",
    "benchmarks/pendulum.py": "ppo-pendulum",
    "benchmarks/learners/asynchronous.py": "asynchronous",
    "benchmarks/learners/dictionary.py": "dictionary",
    "benchmarks/learners/genetic.py": "genetic",
}
"""Programs of benchmarks/ and the raw table that each leaves, beside solve.py, peers.py and their kind."""


def commands(page: str) -> list[str]:
    """What stands behind `python` in every command of a page, once."""
    found = [" ".join(each.split()) for each in COMMAND.findall((ROOT / page).read_text(encoding="utf-8"))]
    return list(dict.fromkeys(each.removeprefix("python ") for each in found))


def in_a_raw_table(command: str) -> bool:
    """Whether an experiment of the deep pages was measured, or a program of benchmarks/ left its table."""
    results = {path.stem for path in (ROOT / "benchmarks" / "results").glob("*.csv")}
    program, *arguments = shlex.split(command)
    if program.startswith("benchmarks/"):
        named = [arguments[arguments.index("--label") + 1]] if "--label" in arguments else arguments[:1]
        wanted = MEASURED.get(program) or (named[0] if program == "benchmarks/solve.py" else program[11:-3])
        return wanted == "NAME" or any(each == wanted or each.startswith(f"{wanted}-") for each in results)
    experiment = EXPERIMENT.match(f"python {command}")
    if experiment is None:
        return program.removeprefix("deep/").removesuffix(".py") in results  # with its defaults: the row of ten seeds
    name = experiment[1].strip()
    return name == PLANTED or ELSEWHERE.get(name) in results or any(each["command"] == name for each in table())


def covered(page: str, command: str) -> bool:
    """Whether anything asserts what the page says of the command."""
    bare = re.sub(r"^(dp|tabular|deep)/", "", command)
    if command.startswith(INSTALLS) or any(flag in command for flag in NO_EXPERIMENT):
        return True  # pytest: below; exercises: tests/exercises; demos and help: tests/deep and tests/common
    quoted = (f'"{command}"', f"python {command}", f'"{bare}"')
    if any(each in CLAIMS for each in quoted) or f'"{bare.removesuffix(".py")}"' in CLAIMS:
        return True
    figure = re.search(r"--figure (\S+)", command)
    if figure and any(kept[0].lower().replace(" ", "-").endswith(figure[1].lower()) for kept in KEPT):
        return True
    if any(command.startswith(begin) for begin in TESTS[page]):
        return True
    return command.startswith(("deep/", "benchmarks/")) and in_a_raw_table(command)


@pytest.mark.parametrize("page", PAGES)
def test_no_command_stands_on_a_page_that_nothing_asserts(page: str) -> None:
    """`python -m benchmarks.parts.experiments --seeds 1 --only COMMAND` measures a new one of the deep pages."""
    assert [command for command in commands(page) if not covered(page, command)] == []


@pytest.mark.parametrize("page", ["README.md", "README.ko.md", "control.md", "control.ko.md"])
def test_the_rows_of_the_experiments_are_the_raw_tables(page: str) -> None:
    text = (ROOT / "deep" / page).read_text(encoding="utf-8")
    rows = re.findall(r"^(\| `(\w+\.py --[^`|]+)` \|(?: ?[\d/,.-]+ \|){3})$", text, re.MULTILINE)
    assert rows and [line for line, command in rows if line != row(command)] == []


def test_what_is_listed_here_exists() -> None:
    for page, tests in TESTS.items():
        for begin, test in tests.items():
            file, name = test.split("::")
            assert f"def {name}(" in (ROOT / "tests" / "claims" / file).read_text(encoding="utf-8"), test
            assert any(command.startswith(begin) for command in commands(page)), (
                f"{page}: no command begins with {begin}"
            )


@pytest.mark.parametrize("page", [*PAGES, "tabular/README.md"])
def test_every_pytest_command_selects_something(page: str) -> None:
    for command in commands(page):
        words = shlex.split(command) if command.startswith("-m pytest ") else []
        if len(words) > 2:
            text = "".join(each.read_text(encoding="utf-8") for each in (ROOT / words[2]).parent.glob("*.py"))
            assert (ROOT / words[2]).is_file(), command
            keywords = re.split(" and | or ", words[words.index("-k") + 1]) if "-k" in words else []
            assert all(keyword in text for keyword in keywords), command


# -- What no other test runs


@pytest.fixture
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("in_an_empty_folder")
def test_what_the_front_page_runs() -> None:
    [drawn] = re.findall(r"^```toml\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    Path("my map.toml").write_text(drawn, encoding="utf-8")
    assert "policy" in run_here('python dp/value_iteration.py --map "my map.toml" --headless')
    run_here("python dp/policy_iteration.py --record policy_iteration.gif")
    assert Path("policy_iteration.gif").read_bytes().startswith(b"GIF8")


@pytest.mark.usefixtures("in_an_empty_folder")
def test_a_world_without_a_table_is_one_line() -> None:
    """The last limit of dynamic programming, "as an error message"."""
    said = run_here("python dp/value_iteration.py --env CartPole-v1")
    assert "CartPole-v1" in said and "\n" not in said


@pytest.mark.usefixtures("in_an_empty_folder")
def test_the_same_script_plans_for_a_taxi() -> None:
    assert re.search(
        r"\d+ improvements, [\d,]+ sweeps", run_here("python dp/policy_iteration.py --env Taxi-v3 --headless")
    )


def test_a_cell_shows_all_five_parts() -> None:
    """Pointing at a cell shows its backup in numbers: probability, reward, discount and next value."""
    from dp.value_iteration import ValueIteration
    from gridworld.world import GridWorld

    world = GridWorld.load("slippery")
    agent = ValueIteration(world.mdp())
    agent.solve()
    backup = world.mdp().action_values(agent.values, 0.9)
    assert backup[world.starts[0]].max() == pytest.approx(agent.values[world.starts[0]])


def test_two_lines_of_python() -> None:
    """One a step for ever is worth 1/(1 - discount); a state becomes a batch of one."""
    assert float(run_here('python -c "print(sum(0.9**t for t in range(1000)))"')) == pytest.approx(1 / (1 - 0.9))
    assert run_here('python -c "import numpy; print(numpy.zeros(4)[None].shape)"') == "(1, 4)"


def test_consecutive_scripts_are_the_same_but_for_their_idea() -> None:
    page = (ROOT / "deep" / "README.md").read_text(encoding="utf-8")
    pairs = re.findall(r"^python -m common\.difference (\S+) (\S+)$", page, re.MULTILINE)
    assert len(pairs) >= 3
    for first, second in pairs:
        lines = (ROOT / second).read_text(encoding="utf-8").splitlines()
        other = set((ROOT / first).read_text(encoding="utf-8").splitlines())
        assert sum(line in other for line in lines) > 0.6 * len(lines), (first, second)

"""The chapters on environments that users bring: their settings, their faults, the end of an episode that has none."""

from pathlib import Path
from typing import Any

import tests.common.environments.odd_environments as odd
from common.errors import UserError
from tests.tabular.calls import call, refuse

import pytest


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_an_environments_settings_are_given_one_by_one() -> None:
    lake = ["--env", "FrozenLake-v1", "--env-arg", "is_slippery=False"]
    said = call("q_learning", *lake, "--headless", "--epsilon", "0.5", "--episodes", "2000", "--save", "sure.npz")
    assert "value of the start, exact: 0.5905 under this greedy policy, 0.5905 at best" in said
    assert "on FrozenLake-v1 is_slippery=False: 2,000 episodes" in said
    said = call("q_learning", *lake, "--headless", "--demo", "--load", "sure.npz")
    assert said.count("arrived after 6 steps, return 1") == 5
    assert "learned on" in refuse("q_learning", "--env", "FrozenLake-v1", "--headless", "--load", "sure.npz")
    assert "is_slippery" in refuse("q_learning", "--env", "FrozenLake-v1", "--env-arg", "slippery=False")
    assert "say which with --env" in refuse("q_learning", "--env-arg", "slippery=False")


@pytest.mark.parametrize(("environment", "words"), odd.TABLE_FAULTS.items())
def test_a_fault_of_a_users_environment_is_one_line(environment: Any, words: str) -> None:
    name = odd.registered(environment)
    with pytest.raises(UserError) as error:
        call("q_learning", "--env", name, "--episodes", "2", "--headless")
    assert words in str(error.value) and name in str(error.value) and len(str(error.value).splitlines()) == 1


def test_an_environment_without_an_end_is_cut_off_and_it_is_said() -> None:
    name = odd.registered(odd.CellEndless)
    said = call("sarsa", "--env", name, "--episodes", "3", "--headless", "--save", "t.npz")
    limit = "were cut off after 1,000 steps (--max-steps sets another limit)"
    assert f"{name} has no time limit: 3 of 3 episodes {limit}" in said
    assert "cut off" not in call("sarsa", "--env", name, "--episodes", "3", "--headless", "--max-steps", "5")
    said = call("sarsa", "--env", name, "--headless", "--demo", "--load", "t.npz")
    assert said.count("no end in sight after 1000 steps") == 5


def test_a_demo_on_record_needs_pictures() -> None:
    name = odd.registered(odd.CellEndless)
    call("sarsa", "--env", name, "--episodes", "1", "--headless", "--max-steps", "5", "--save", "t.npz")
    assert f"but {name} draws none" in refuse(
        "sarsa", "--env", name, "--demo", "--load", "t.npz", "--record", "film.png", "--headless"
    )

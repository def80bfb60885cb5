"""Environments by id: near misses are named, retired versions give their successor."""

import re
import sys
from dataclasses import dataclass
from typing import Any

from common.environments.arguments import EnvArguments, environment_settings, make_with_settings
from common.environments.checked import say_once
from common.environments.make import make_environment
from common.errors import UserError
from common.options import CheckedOptions, parse

import gymnasium as gym
import pytest


def test_known_id() -> None:
    assert make_environment("CartPole-v1").spec.id == "CartPole-v1"  # type: ignore[union-attr]
    assert make_environment("FrozenLake-v1", is_slippery=False).unwrapped.P[0][1][0][0] == 1.0  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("CartPol-v1", "CartPole-v1"),
        ("nothing like it at all", "known"),
        ("CartPole-v99", "CartPole-v1"),
        ("", "known"),
        ("no_such_module:Env-v0", "no_such_module"),
    ],
)
def test_unknown_id_names_the_nearest(identifier: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        make_environment(identifier)


def test_what_is_missing_for_an_environment_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "Box2D", None)  # as where it is not installed
    for module in [each for each in sys.modules if each.startswith("gymnasium.envs.box2d")]:
        monkeypatch.delitem(sys.modules, module)
    with pytest.raises(UserError, match=re.escape('"gymnasium[box2d]"')) as raised:
        make_environment("LunarLander-v3")
    assert "\n" not in str(raised.value) and "--env LunarLander-v3 needs" in str(raised.value)


def test_a_setting_the_environment_does_not_take() -> None:
    with pytest.raises(UserError, match="unheard_of"):
        make_environment("CartPole-v1", unheard_of=1)


def test_taxi_v3_gives_the_newest_taxi(capsys: pytest.CaptureFixture[str]) -> None:
    say_once.cache_clear()
    environment = make_environment("Taxi-v3")
    make_environment("Taxi-v3")
    assert environment.spec is not None
    assert environment.spec.id in gym.registry
    if environment.spec.id != "Taxi-v3":
        assert capsys.readouterr().out.count("Taxi-v3 is retired") == 1


# Settings on the command line


@dataclass(frozen=True)
class Options(CheckedOptions):
    """A script's."""

    env_arg: EnvArguments = ()
    """a setting"""


def test_it_is_given_once_for_each_setting() -> None:
    assert parse(Options, []).env_arg == ()
    given = parse(Options, ["--env-arg", "is_slippery=False", "--env-arg", "map_name=8x8"]).env_arg
    assert environment_settings(given) == {"is_slippery": False, "map_name": "8x8"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("False", False),
        ("true", True),
        ("none", None),
        ("0.5", 0.5),
        ("-3", -3),
        ("[1, 'two']", [1, "two"]),
        ("8x8", "8x8"),
        ("a=b", "a=b"),
        ("", ""),
        ("지도", "지도"),
        ("__import__('os')", "__import__('os')"),
        ("(" * 500, "(" * 500),
    ],
)
def test_a_value_is_a_literal_or_a_text_and_never_code(text: str, value: Any) -> None:
    assert environment_settings([f"name={text}"]) == {"name": value}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["is_slippery"], "is not NAME=VALUE: write, for example, is_slippery=False"),
        (["=3"], "is not NAME=VALUE"),
        (["is-slippery=3"], "is not NAME=VALUE"),
        (["a=1", "a=2"], "a is given twice, as 1 and as 2"),
        (["slippery=False"], "unexpected keyword argument 'slippery'.*takes desc, map_name, is_slippery"),
        (["map_name=9x9"], "KeyError: '9x9'"),
        (["desc=x"], "ValueError"),
    ],
)
def test_what_is_no_setting_is_one_line(given: list[str], words: str) -> None:
    with pytest.raises(UserError, match=words) as error:
        make_with_settings("FrozenLake-v1", given)
    assert len(str(error.value).splitlines()) == 1


def test_an_unknown_id_is_still_an_unknown_id() -> None:
    with pytest.raises(UserError, match="--env NoSuchThing-v0 is not a known environment"):
        make_with_settings("NoSuchThing-v0", ["a=1"])


def test_what_the_script_needs_counts_before_what_the_user_says() -> None:
    env = make_with_settings("FrozenLake-v1", ["render_mode=ansi", "is_slippery=False"], render_mode="rgb_array")
    assert env.render_mode == "rgb_array"
    assert env.unwrapped.P[0][2] == [(1.0, 1, 0, False)]

"""Environments by id: near misses are named, retired versions give their successor."""

import gymnasium as gym
import pytest

from common.environments import _say_once, make_environment
from common.options import UserError


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


def test_a_setting_the_environment_does_not_take() -> None:
    with pytest.raises(UserError, match="unheard_of"):
        make_environment("CartPole-v1", unheard_of=1)


def test_taxi_v3_gives_the_newest_taxi(capsys: pytest.CaptureFixture[str]) -> None:
    _say_once.cache_clear()
    environment = make_environment("Taxi-v3")
    make_environment("Taxi-v3")
    assert environment.spec is not None
    assert environment.spec.id in gym.registry
    if environment.spec.id != "Taxi-v3":
        assert capsys.readouterr().out.count("Taxi-v3 is retired") == 1
